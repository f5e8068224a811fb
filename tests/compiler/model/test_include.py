"""Worlds that take others in: merging, copying, renaming, clashes."""

from __future__ import annotations

import pytest

from tests.wit_text import findings, resolve_text
from witgen.component.items import FunctionItem, InterfaceItem, Method, TypeItem, World
from witgen.component.types import Alias, Own, Record, Resource, Stable

HEAD = "package a:b@1.0.0; interface i { resource z; } "


def world(text: str, name: str = "w") -> World:
    """A world of the package."""
    return resolve_text(HEAD + text).resolved.root.worlds[name]


def definition(found: World, name: str) -> object:
    """The type that a world imports under a plain name."""
    item = found.imports[name]
    assert isinstance(item, TypeItem)
    return item.type


def test_types_are_copied_for_the_new_owner() -> None:
    """With the copies in each other and in signatures; the included world keeps its own."""
    text = (
        "world v { use i.{z}; record a { b: b, z: list<z> } type b = option<u8>; import f: func(a: a) -> list<b>; }"
        " world w { include v; }"
    )
    resolution = resolve_text(HEAD + text)
    v, w = (resolution.resolved.root.worlds[name] for name in "vw")
    assert list(v.imports)[1:] == list(w.imports)[1:] == ["z", "b", "a", "f"]
    record, used, alias = definition(w, "a"), definition(w, "z"), definition(w, "b")
    assert isinstance(record, Record) and isinstance(used, Alias) and isinstance(alias, Alias)
    assert record is not definition(v, "a") and record.owner is used.owner is alias.owner is w
    assert record.fields[0].type is alias
    assert used.target is resolution.resolved.root.interfaces["i"].types["z"]
    function = w.imports["f"]
    assert isinstance(function, FunctionItem) and function.function.params[0].type is record
    old = definition(v, "a")
    assert isinstance(old, Record) and old.owner is v
    assert resolution.spans.of(record) == resolution.spans.of(old)


def test_a_resource_is_renamed_with_its_functions() -> None:
    """On the import side and the export side, with the handles of the copy."""
    found = world(
        "world v { resource r { constructor(); m: func() -> r; s: static func(); } export e: func(x: r); }"
        " world w { include v with { r as q, e as g } }"
    )
    assert list(found.imports) == ["q", "[constructor]q", "[method]q.m", "[static]q.s"]
    assert list(found.exports) == ["g"]
    resource, method, export = definition(found, "q"), found.imports["[method]q.m"], found.exports["g"]
    assert isinstance(resource, Resource) and resource.name == "q"
    assert isinstance(method, FunctionItem) and method.function.kind == Method(resource)
    assert method.function.name == "[method]q.m" and method.function.result == Own(resource)
    assert isinstance(export, FunctionItem) and export.function.params[0].type == Own(resource)


def test_an_inline_interface_is_copied_and_remembers_its_origin() -> None:
    """A named interface under a label stays itself."""
    found = world(
        "world v { import l: interface { record r {} f: func(r: r); } export m: i; } world w { include v with { l as k } }"
    )
    copied, labelled = found.imports["k"], found.exports["m"]
    assert isinstance(copied, InterfaceItem) and isinstance(labelled, InterfaceItem)
    origin = copied.interface.clone_of
    assert origin is not None and origin.types["r"].owner is origin
    assert copied.interface.types["r"].owner is copied.interface
    assert copied.interface.functions["f"].params[0].type is copied.interface.types["r"]
    assert labelled.interface.name == "i" and labelled.interface.clone_of is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("world v { import i; export i; } world w { import i; include v; include v; }", []),
        ("world v { import f: func(); } world w { include v; include v; }", ["include-conflict 1:107"]),
        ("world v { import f: func(); } world w { include v; include v with { f as g } }", []),
        ("world v { import f: func(); } world w { type f = u8; include v; }", ["include-conflict 1:109"]),
        ("world v { import f: func(); } world w { export f: func(); include v; }", []),
        ("world v { import f: func(); } world w { include v with { g as h } }", ["unknown-rename 1:96"]),
        ("world v { import i; } world w { include v with { i as h } }", ["unknown-rename 1:88"]),
        ("world v { import f: func(); } world w { import F: func(); include v; }", ["duplicate-name 1:114"]),
        ("world w { include w; }", ["dependency-cycle 1:54"]),
        ("world w { include v; }", ["unknown-name 1:66"]),
        ("world w { include i; }", ["wrong-kind 1:66"]),
    ],
)
def test_clashes(text: str, expected: list[str]) -> None:
    """Interfaces under their id merge, plain names must be new."""
    assert findings(HEAD + text) == expected


def stability(text: str) -> object:
    """That of the import of `i` in the world `w`."""
    (item,) = (item for item in world(text).imports.values() if isinstance(item, InterfaceItem))
    return item.stability


def test_gates_of_merged_interfaces() -> None:
    """A missing one is filled in, equal ones stay, different ones are refused."""
    v = "world v { @since(version = 1.0.0) import i; } "
    assert stability(v + "world w { import i; include v; }") == Stable("1.0.0")
    assert stability(v + "world w { @since(version = 1.0.0) import i; include v; }") == Stable("1.0.0")
    assert findings(HEAD + v + "world w { @since(version = 0.1.0) import i; include v; }") == [
        "stability-mismatch 1:146"
    ]
    assert stability("world v { import i; } world w { @since(version = 0.1.0) import i; include v; }") == Stable(
        "0.1.0"
    )


def test_a_foreign_include_drops_since() -> None:
    """Versions of another package mean nothing here; features do."""
    lib = "package c:d@9.0.0 { world v { @since(version = 9.0.0) import j; } interface j {} } "
    assert stability(f"world w {{ include c:d/v@9.0.0; }} {lib}") is None
