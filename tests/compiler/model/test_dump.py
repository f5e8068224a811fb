"""The JSON document: shape, numbering, sharing of anonymous types."""

from __future__ import annotations

import json

from tests.wit_text import resolve_text
from witgen.compiler.model.formats.json import dump, dump_json


def kinds(text: str) -> list[object]:
    """The kinds of all types, in order."""
    types = dump(resolve_text(text).resolved)["types"]
    assert isinstance(types, list)
    return [entry["kind"] for entry in types if isinstance(entry, dict)]


def test_an_empty_package() -> None:
    """Four arrays are always there; what is absent is left out."""
    assert dump(resolve_text("package a:b;").resolved) == {
        "worlds": [],
        "interfaces": [],
        "types": [],
        "packages": [{"name": "a:b", "interfaces": {}, "worlds": {}}],
    }


def test_anonymous_types_are_shared_within_a_package() -> None:
    """By structure, aliases not looked through; each after what it needs."""
    text = (
        "package a:b; interface i { type n = list<u8>; f: func(a: list<u8>, b: list<list<u8>>) -> option<n>; }"
        " interface j { g: func(a: list<list<u8>>); }"
    )
    assert kinds(text) == [{"list": "u8"}, {"list": "u8"}, {"list": 1}, {"option": 0}]
    other = text + " package c:d { interface k { h: func(a: list<u8>); } }"
    assert kinds(other)[-1] == {"list": "u8"}


def test_one_own_handle_per_name() -> None:
    """For the definition that is named: the alias, not its target. Aliases of resources are plain."""
    text = "package a:b; interface i { resource r; type a = r; type b = own<r>; f: func(x: r, y: a, z: own<r>) -> list<r>; }"
    assert kinds(text) == [
        "resource",
        {"type": 0},
        {"handle": {"own": 0}},
        {"handle": {"own": 0}},
        {"list": 3},
        {"handle": {"own": 1}},
    ]


def test_items_of_a_world() -> None:
    """Keys are plain names or the number of the interface; gates, ids and docs stand with the item."""
    text = (
        "package a:b@1.0.0; interface i {} world w {\n/// Docs.\n@since(version = 1.0.0) import i;"
        ' @external-id("x") import l: i; import m: interface {} import f: async func() -> u8; export i; }'
    )
    document = dump(resolve_text(text).resolved)
    assert document["worlds"] == [
        {
            "name": "w",
            "imports": {
                "interface-0": {
                    "interface": {
                        "id": 0,
                        "stability": {"stable": {"since": "1.0.0"}},
                        "docs": {"contents": "Docs."},
                    }
                },
                "l": {"interface": {"id": 0, "external_id": "x"}},
                "m": {"interface": {"id": 1}},
                "f": {"function": {"name": "f", "kind": "async-freestanding", "params": [], "result": "u8"}},
            },
            "exports": {"interface-0": {"interface": {"id": 0}}},
            "package": 0,
        }
    ]
    assert document["interfaces"] == [
        {"name": "i", "types": {}, "functions": {}, "package": 0},
        {"name": None, "types": {}, "functions": {}, "package": 0},
    ]


def test_gates_of_anonymous_types() -> None:
    """That of the definition they occur in, or else the first among their members."""
    document = dump(
        resolve_text(
            "package a:b@1.0.0; interface i { @since(version = 1.0.0) record r { a: list<u8> }"
            " f: func(a: tuple<u8, r>, b: list<u16>); }"
        ).resolved
    )
    assert isinstance(document["types"], list)
    gated = [isinstance(entry, dict) and "stability" in entry for entry in document["types"]]
    assert gated == [True, True, True, False]


def test_text_is_two_space_json_in_plain_utf_8() -> None:
    """It ends with a newline and keeps letters as they are."""
    text = dump_json(resolve_text("/// Größe\npackage a:b;").resolved)
    assert json.loads(text)["packages"][0]["docs"] == {"contents": "Größe"}
    assert '\n      "name": "a:b",\n' in text and "Größe" in text and text.endswith("}\n")
