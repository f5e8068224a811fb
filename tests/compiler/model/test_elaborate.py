"""Worlds made complete: implied imports and exports, their order, and worlds that cannot be."""

from __future__ import annotations

import pytest

from tests.wit_text import findings, resolve_text
from witgen.component.items import InterfaceItem, World, WorldItem, WorldKey
from witgen.component.types import Stable

CHAIN = (
    "package a:b@1.0.0; interface a { type t = u8; } interface b { use a.{t}; } interface c { use b.{t}; }"
    " interface other { use a.{t}; } "
)


def names(side: dict[WorldKey, WorldItem]) -> list[str]:
    """The keys of imports or exports; interfaces under their own id by their name, after a slash."""
    return [key if isinstance(key, str) else f"/{key.interface.name}" for key in side]


def world(text: str) -> World:
    """The world `w`."""
    return resolve_text(text).resolved.root.worlds["w"]


@pytest.mark.parametrize(
    ("body", "imports", "exports"),
    [
        ("import c;", ["/a", "/b", "/c"], []),
        ("import b; import a; import c;", ["/a", "/b", "/c"], []),
        ("import other; import c;", ["/a", "/other", "/b", "/c"], []),
        ("export c;", ["/a", "/b"], ["/c"]),
        ("export c; export b; export a;", [], ["/a", "/b", "/c"]),
        ("export c; export b;", ["/a"], ["/b", "/c"]),
        ("import c; export c;", ["/a", "/b", "/c"], ["/c"]),
        ("use c.{t};", ["/a", "/b", "/c", "t"], []),
        ("import l: c;", ["/a", "/b", "l"], []),
        ("import l: c; import m: c; import c;", ["/a", "/b", "l", "m", "/c"], []),
        ("export l: c;", ["/a", "/b"], ["l"]),
        # A label export never meets a need, and is refused once the need has made an import of its interface.
        ("export l: b; export c;", ["/a", "/b"], ["l", "/c"]),
        ("export c; export l: b;", [], []),
        ("import l: interface { use b.{t}; }", ["/a", "/b", "l"], []),
        ("export a; export l: interface { use b.{t}; }", [], []),
        ("export a; export f: func(); export other;", [], ["f", "/a", "/other"]),
        ("import f: func(); resource r { m: func(); } type u = u8; import a; use b.{t};", None, []),
    ],
)
def test_what_a_world_needs_is_made_explicit(body: str, imports: list[str] | None, exports: list[str]) -> None:
    """Interfaces after those they need; exports use exports where they are exported by id."""
    text = f"{CHAIN}world w {{ {body} }}"
    if imports == exports == []:
        assert findings(text) == ["incompatible-world 1:140"]
        return
    found = world(text)
    expected = ["/a", "/b", "t", "r", "u", "f", "[method]r.m"] if imports is None else imports
    assert (names(found.imports), names(found.exports)) == (expected, exports)


def test_an_interface_cannot_be_needed_from_both_sides() -> None:
    """At the world's name, for the first export that cannot be."""
    assert findings(f"{CHAIN}world w {{ export a; export c; }}") == ["incompatible-world 1:140"]
    assert findings(f"{CHAIN}world w {{ export c; export a; }}") == ["incompatible-world 1:140"]
    assert findings(f"{CHAIN}world w {{ export a; export b; export c; }}") == []


def test_what_was_added_inherits_the_gate_of_its_cause() -> None:
    """But no docs; what is listed keeps both, if it is reached as itself first."""
    found = world(
        CHAIN
        + "world w {\n/// Mine.\n@since(version = 1.0.0) import c;\n/// Its own.\nimport other;\n/// Late.\nimport a; }"
    )
    items = dict(zip(names(found.imports), found.imports.values(), strict=True))
    shown = {n: (i.docs, i.stability) for n, i in items.items() if isinstance(i, InterfaceItem)}
    assert shown == {
        "/a": (None, Stable("1.0.0")),
        "/b": (None, Stable("1.0.0")),
        "/c": ("Mine.", Stable("1.0.0")),
        "/other": ("Its own.", None),
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("import a; export a;", []),
        ("import a; import a;", ["duplicate-name 1:161"]),
        ("import l: a; import l: b;", ["duplicate-name 1:164"]),
        ("use a.{t}; import t: func();", ["duplicate-name 1:162"]),
        ("type t = u8; use a.{t};", ["duplicate-name 1:164"]),
        ("import l: func(); export l: func();", []),
        ("import l: func(); import L: func();", ["duplicate-name 1:169"]),
        ("import l: func(); export L: func();", []),
        ("import a: func(); import a;", []),
        ("import f: func(x: l); type l = u8;", []),
        ("import f: func(); import g: func(x: f);", ["unknown-name 1:180"]),
    ],
)
def test_names_of_a_world(body: str, expected: list[str]) -> None:
    """Imports and exports are apart; plain names and ids are apart; case does not count."""
    assert findings(f"{CHAIN}world w {{ {body} }}") == expected


def test_elaborated_worlds_are_included_whole() -> None:
    """What an included world implies is there once."""
    found = world(f"{CHAIN}world base {{ import c; }} world w {{ include base; import other; }}")
    assert names(found.imports) == ["/a", "/other", "/b", "/c"]
