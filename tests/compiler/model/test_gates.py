"""Feature gates: what they leave out, and what must go with it."""

from __future__ import annotations

import pytest

from tests.wit_text import findings, resolve_text
from witgen.compiler.diagnostics import Diagnostics
from witgen.compiler.input.parsed import load_text
from witgen.compiler.model.resolve.gates import ALL_FEATURES, Features
from witgen.compiler.model.resolve.passes import resolve
from witgen.component.items import InterfaceItem
from witgen.component.types import Stable, Unstable

HEAD = "package a:b@1.2.0; "

GATED = (
    HEAD + "interface i { @unstable(feature = x) type t = u8; @since(version = 1.0.0) type u = u8;"
    " @unstable(feature = y) f: func(); @since(version = 1.2.0) @deprecated(version = 9.0.0) g: func(); }"
    " @unstable(feature = x) interface j { h: func(); }"
    " @unstable(feature = y) world v {}"
    " world w { @unstable(feature = x) import j;"
    " @unstable(feature = y) import k: func(); @unstable(feature = y) include v; import i; }"
)


@pytest.mark.parametrize(
    ("features", "types", "functions", "interfaces", "worlds", "imports"),
    [
        (frozenset[str](), ["u"], ["g"], ["i"], ["w"], ["i"]),
        (frozenset({"x"}), ["t", "u"], ["g"], ["i", "j"], ["w"], ["i", "j"]),
        (frozenset({"y"}), ["u"], ["f", "g"], ["i"], ["v", "w"], ["i", "k"]),
        (ALL_FEATURES, ["t", "u"], ["f", "g"], ["i", "j"], ["v", "w"], ["i", "j", "k"]),
    ],
)
def test_unstable_items_need_their_feature(
    features: Features,
    types: list[str],
    functions: list[str],
    interfaces: list[str],
    worlds: list[str],
    imports: list[str],
) -> None:
    """What a gate removed is not there at all."""
    root = resolve_text(GATED, features).resolved.root
    assert sorted(root.interfaces) == interfaces
    assert sorted(root.worlds) == worlds
    assert list(root.interfaces["i"].types) == types
    assert list(root.interfaces["i"].functions) == functions
    keys = (k if isinstance(k, str) else str(k.interface.name) for k in root.worlds["w"].imports)
    assert sorted(keys) == imports


def test_stability_is_recorded() -> None:
    """Since, unstable and deprecated, as text."""
    root = resolve_text(GATED, ALL_FEATURES).resolved.root
    interface = root.interfaces["i"]
    assert interface.stability is None
    assert interface.types["t"].stability == Unstable("x")
    assert interface.types["u"].stability == Stable("1.0.0")
    assert interface.functions["g"].stability == Stable("1.2.0", "9.0.0")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.2.0", []),
        ("1.2.0-rc.1", []),
        ("1.2.1", ["unreleased-gate 1:63"]),
        ("1.2.0+x", ["unreleased-gate 1:65"]),
        ("2.0.0", ["unreleased-gate 1:63"]),
    ],
)
def test_since_is_no_filter(version: str, expected: list[str]) -> None:
    """A version that the package has not reached is a mistake, at the item's name; build metadata counts."""
    assert findings(f"{HEAD}interface i {{ @since(version = {version}) type t = u8; }}") == expected


def test_since_needs_a_version() -> None:
    """At the name of the item: of an interface, a used name, an item of another package."""
    assert findings("package a:b; @since(version = 1.0.0) interface i {}") == ["unversioned-gate 1:48"]
    assert findings("package a:b; interface j { type t = u8; } interface i { @since(version = 1.0.0) use j.{t}; }") == [
        "unversioned-gate 1:88"
    ]
    assert findings(
        "package a:b; world w { @since(version = 1.0.0) import c:d/i; } package c:d { interface i {} }"
    ) == ["unversioned-gate 1:59"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("interface i { @unstable(feature = x) type t = u8; type u = list<t>; }", ["gated-reference 1:75"]),
        ("interface i { @unstable(feature = x) type t = u8; record r { a: u8, b: t } }", ["gated-reference 1:88"]),
        ("interface i { @unstable(feature = x) type t = u8; f: func() -> t; g: func(); }", ["gated-reference 1:70"]),
        ("interface i { @unstable(feature = x) resource r { m: func(); } }", ["gated-reference 1:70"]),
        ("interface i { @unstable(feature = x) resource r { constructor(); } }", ["gated-reference 1:70"]),
        ("@unstable(feature = x) interface i { f: func(); type t = u8; }", ["gated-reference 1:73"]),
        ("@unstable(feature = x) interface i {} world w { export l: i; }", ["gated-reference 1:75"]),
        ("world w { @unstable(feature = x) import l: interface { type t = u8; } }", ["gated-reference 1:80"]),
        # A rule of the reference parser: a kept world keeps its types.
        ("world w { @unstable(feature = x) type t = u8; }", ["gated-reference 1:58"]),
        # What refers to a broken item is not reported again.
        (
            "interface i { @unstable(feature = x) type t = u8; type u = t; type v = u; f: func(a: v); }",
            ["gated-reference 1:75"],
        ),
        # Gated alike: all goes.
        ("interface i { @unstable(feature = x) type t = u8; @unstable(feature = x) f: func() -> list<t>; }", []),
        ("interface i { @unstable(feature = x) resource r { @unstable(feature = x) m: func(); } }", []),
        ("@unstable(feature = x) interface i { f: func(); }", []),
        ("@unstable(feature = x) world v { import f: func(); } world w { @unstable(feature = x) include v; }", []),
    ],
)
def test_references_to_what_is_left_out(text: str, expected: list[str]) -> None:
    """What is kept must not need it."""
    assert findings(HEAD + text) == expected
    assert findings(HEAD + text, ALL_FEATURES) == []


def test_items_of_another_package() -> None:
    """A foreign interface is wanted if one mention of it is kept; if none is, only its package must exist."""
    lib = "package c:d@1.0.0 { @unstable(feature = x) interface i { @unstable(feature = x) type t = u8; } }"
    kept = f"{HEAD}interface j {{ use c:d/i@1.0.0.{{t}}; }} {lib}"
    assert findings(kept) == ["gated-reference 1:42"]
    assert findings(kept, frozenset({"x"})) == []
    assert findings(f"{HEAD}interface j {{ @unstable(feature = y) use c:d/nope@1.0.0.{{t}}; }} {lib}") == []
    assert findings(f"{HEAD}interface j {{ @unstable(feature = y) use e:f/i.{{t}}; }}") == ["unknown-package 1:61"]
    both = (
        f"{HEAD}interface j {{ @unstable(feature = y) use c:d/i@1.0.0.{{t}}; }} world w {{ import c:d/i@1.0.0; }} {lib}"
    )
    assert findings(both) == ["gated-reference 1:65"]


def test_the_first_mention_of_a_used_type_decides() -> None:
    """As for the reference parser: left out there, a later use of the same type lacks it."""
    uses = "interface j {{ {0} use c:d/i.{{t}}; }} interface k {{ {1} use c:d/i.{{t}}; }} package c:d {{ {2} }}"
    lib = "interface i { type t = u8; }"
    gate = "@unstable(feature = x)"
    assert findings(HEAD + uses.format(gate, "", lib)) == ["gated-reference 1:100"]
    assert findings(HEAD + uses.format("", gate, lib)) == []
    assert findings(HEAD + uses.format(gate, gate, lib)) == []
    assert findings(HEAD + uses.format(gate, "", lib), ALL_FEATURES) == []
    assert findings(HEAD + uses.format("", "", "interface i {}")) == ["unknown-name 1:46"]


def test_since_is_judged_first_at_anonymous_types() -> None:
    """They share the gate of the definition they occur in and come before it."""
    text = f"{HEAD}interface i {{ @since(version = 9.0.0) record r {{ a: u8, b: tuple<u8, list<u8>> }} }}"
    (found,) = findings(text)
    assert found == f"unreleased-gate 1:{text.index('list<') + 1}"


def test_an_unknown_feature_is_a_warning() -> None:
    """With a suggestion; features of all packages, members included, are known."""
    text = (
        "package a:b; interface i { resource r { @unstable(feature = next) f: func(); } }"
        " package c:d { world w { import l: interface { @unstable(feature = %other) f: func(); } } }"
    )
    diagnostics = Diagnostics()
    resolve(load_text(text), frozenset({"next", "other", "nest"}), diagnostics)
    assert [(d.code.slug, d.message, d.notes, d.help) for d in diagnostics.found] == [
        (
            "unknown-feature",
            "no gate mentions the feature `nest`",
            ("the features are `next`, `other`",),
            ("did you mean `next`?",),
        )
    ]


def test_an_inline_interface_has_its_gate_twice() -> None:
    """On the item of the world, and on the interface."""
    world = resolve_text(f"{HEAD}world w {{ @since(version = 1.0.0) import l: interface {{}} }}").resolved.root.worlds[
        "w"
    ]
    item = world.imports["l"]
    assert isinstance(item, InterfaceItem)
    assert item.stability == item.interface.stability == Stable("1.0.0")
