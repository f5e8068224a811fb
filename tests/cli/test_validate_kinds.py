"""`witgen validate` for every kind of type and item: what is printed of a component that differs in one thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import golden
from tests.wit_text import world_of
from witgen.cli import main
from witgen.compiler.trial.stub import stub_component

WORLD = """package demo:kinds@0.3.1;
interface types {
  record point { x: s32, y: s32 }
  variant event { quit, moved(point), failed(result<u8, string>) }
  type id = u64;
  type path = list<point>;
  resource token { constructor(id: id); check: func(at: point) -> bool; make: static func() -> token; }
}
interface values {
  use types.{id};
  cells: func(row: list<u8, 4>) -> list<f32, 16>;
  tables: func(m: map<string, list<u8>>) -> map<u8, id>;
  results: func(a: result, b: result<u8>, c: result<_, string>, d: result<u8, string>);
  nested: func(x: option<option<tuple<u8, result<list<id>, string>>>>);
  context: func(e: error-context);
}
interface pipes {
  read: async func(input: stream<u8>, done: future<u8>) -> stream<string>;
  wait: async func(for: future) -> result<future<string>, error-context>;
}
interface draw { use types.{path, event, token}; line: func(along: path, t: borrow<token>); send: func(e: event); }
interface edit { use types.{path, token as key}; cut: func(along: path, k: key) -> path; }
interface undo { use draw.{event}; use edit.{key}; type tub = key; back: func(e: event, k: borrow<tub>) -> tub; }
interface store { get: func(key: string) -> option<string>; put: func(key: string, value: string); }
world kinds {
  import types;
  import values;
  import pipes;
  import old: store;
  import now: async func(zone: string) -> u64;
  import clock: interface { enum zone { utc, local } resource timer { start: func(); } make: func(z: zone) -> timer; }
  use types.{point, token};
  record pair { a: point, b: token }
  resource gate { constructor(p: pair); pass: func(t: borrow<token>) -> bool; open: static func() -> gate; }
  import give: func(g: gate) -> pair;
  export fresh: store;
  export draw;
  export edit;
  export undo;
  export URL: func(text: string) -> string;
  export menu: interface { enum item { tea, coffee } order: func(i: item, n: u8) -> result<u8>; }
  export run: func(g: borrow<gate>) -> result;
}
world versions { import other:dep/log@0.2.1; import other:dep/log@0.2.4; export other:dep/log@0.2.4; }
package other:dep@0.2.1 { interface log { write: func(line: string); flush: func(); } }
package other:dep@0.2.4 { interface log { write: func(line: string, level: u8); flush: func(); } }
"""
# What is changed in the component's own text, and what by; several pairs are changed at once.
CHANGES = {
    "kinds-fixed-length-list": [("row: list<u8, 4>", "row: list<u8, 8>")],
    "kinds-fixed-length-list-or-list": [("-> list<f32, 16>", "-> list<f32>")],
    "kinds-map-key": [("map<string, list<u8>>", "map<u32, list<u8>>")],
    "kinds-map-value": [("map<u8, id>", "map<u8, option<id>>")],
    "kinds-map-or-list": [("m: map<string, list<u8>>", "m: list<tuple<string, list<u8>>>")],
    "kinds-result-without-payload": [("a: result,", "a: result<u8>,")],
    "kinds-result-without-error": [("b: result<u8>", "b: result<u8, string>")],
    "kinds-result-without-value": [("c: result<_, string>", "c: result<string>")],
    "kinds-nested": [("result<list<id>, string>", "result<list<u32>, string>")],
    "kinds-nested-option": [("option<option<tuple<", "option<tuple<"), ("string>>>>);", "string>>>);")],
    "kinds-error-context": [("e: error-context)", "e: string)")],
    "kinds-stream-element": [("input: stream<u8>", "input: stream<u16>")],
    "kinds-stream-or-future": [("done: future<u8>", "done: stream<u8>")],
    "kinds-future-payload": [("for: future)", "for: future<string>)")],
    "kinds-future-in-result": [("result<future<string>,", "result<future,")],
    "kinds-async-import": [("import now: async func", "import now: func")],
    "kinds-async-in-interface": [("read: async func", "read: func")],
    "kinds-alias": [("type id = u64", "type id = u32")],
    "kinds-alias-or-record": [("record point { x: s32, y: s32 }", "type point = tuple<s32, s32>;")],
    "kinds-alias-of-a-list": [("type path = list<point>", "type path = list<id>")],
    "kinds-shared-types": [("record point { x: s32, y: s32 }", "record point { x: s32, y: s32, z: s32 }")],
    "kinds-payload-in-shared-types": [("failed(result<u8, string>)", "failed(string)")],
    "kinds-another-type-of-the-interface": [("send: func(e: event)", "send: func(e: path)")],
    "kinds-constructor": [("constructor(id: id);", "constructor(id: id, again: bool);")],
    "kinds-no-constructor": [("constructor(id: id); ", "")],
    "kinds-method-or-static": [("check: func(at: point)", "check: static func(at: point)")],
    "kinds-static-or-method": [("make: static func() -> token", "make: func() -> token")],
    "kinds-static-result": [("make: static func() -> token", "make: static func() -> option<token>")],
    "kinds-resource-renamed": [
        ("resource token", "resource ticket"),
        ("static func() -> token", "static func() -> ticket"),
        ("path, event, token}", "path, event, ticket as token}"),
        ("use types.{path, token as key}", "use types.{path, ticket as key}"),
        ("use types.{point, token}", "use types.{point, ticket as token}"),
    ],
    "kinds-resource-for-record": [
        ("record pair { a: point, b: token }", "resource pair;"),
        ("-> pair", "-> own<pair>"),
    ],
    "kinds-alias-of-a-resource": [("type tub = key;", "resource tub;")],
    "kinds-another-resource": [("use draw.{event}; use edit.{key}", "use draw.{event}; resource key")],
    "kinds-inline-import": [("make: func(z: zone) -> timer", "make: func(z: zone) -> option<timer>")],
    "kinds-inline-enum": [("enum zone { utc, local }", "enum zone { local, utc }")],
    "kinds-inline-resource-method": [("start: func();", "start: func(); stop: func();")],
    "kinds-inline-export": [("order: func(i: item, n: u8)", "order: func(i: item, count: u8)")],
    "kinds-label": [("import old: store", "import old: draw")],
    "kinds-label-renamed": [("export fresh: store", "export new: store")],
    "kinds-label-inside": [("get: func(key: string)", "get: func(key: list<u8>)")],
    "kinds-world-record": [("record pair { a: point, b: token }", "record pair { b: token, a: point }")],
    "kinds-world-resource": [("pass: func(t: borrow<token>)", "pass: func(t: token)")],
    "kinds-world-resource-not-offered": [("  import give", "  resource fence;\n  import give")],
    "kinds-world-function": [("export run: func(g: borrow<gate>)", "export run: func(g: borrow<token>)")],
    "kinds-case-of-a-name": [("export URL", "export url")],
    "kinds-export-that-is-imported": [("export edit;", "import edit;"), ("export undo;\n", "")],
    "kinds-function-or-interface": [("export menu: interface {", "export menu: func();\n  export card: interface {")],
    "kinds-moved-function": [
        ("line: func(along: path, t: borrow<token>); ", ""),
        (
            "interface edit { use types.{path, token as key};",
            "interface edit { use types.{path, token as key}; line: func(along: path, t: borrow<key>);",
        ),
    ],
    "kinds-swapped-of-one-type": [("put: func(key: string, value: string)", "put: func(value: string, key: string)")],
    "kinds-order-of-three": [
        ("a: result, b: result<u8>, c: result<_, string>", "c: result<_, string>, a: result, b: result<u8>"),
    ],
    "kinds-other-version": [("demo:kinds@0.3.1", "demo:kinds@0.4.0")],
    "kinds-many": [
        ("demo:kinds@0.3.1", "demo:kinds@0.3.7"),
        ("record point { x: s32, y: s32 }", "record point { x: s32, z: s64 }"),
        ("quit, moved(point)", "quit(u8), moved(point)"),
        ("type id = u64", "type id = string"),
        ("row: list<u8, 4>", "rows: list<u8, 4>"),
        ("read: async func(input: stream<u8>, done: future<u8>)", "read: func(done: future<u16>, input: stream<u8>)"),
        ("import now: async func(zone: string) -> u64", "import now: async func(zone: string)"),
        ("enum item { tea, coffee }", "enum item { tea, cocoa, coffee }"),
        ("export run: func(g: borrow<gate>) -> result;", ""),
        ("import old: store;", "import old: store; import wasi:cli/stdin@0.2.3; import demo:more/extra;"),
        (
            "world versions",
            "package wasi:cli@0.2.3 { interface stdin {} } package demo:more { interface extra {} }\nworld versions",
        ),
    ],
}
VERSIONS = {
    "kinds-versions": [("line: string, level: u8", "line: string, level: u16")],
    "kinds-versions-one-less": [("export other:dep/log@0.2.4", "export other:dep/log@0.2.1")],
    "kinds-versions-another-patch": [("@0.2.4", "@0.2.9")],
    "kinds-versions-another-minor": [("@0.2.4", "@0.5.0")],
}
FITS = {"kinds-versions-another-patch", "kinds-no-constructor"}


def check(name: str, world: str, changes: list[tuple[str, str]], shown: pytest.CaptureFixture[str]) -> None:
    """Validate the component of a changed world."""
    changed = WORLD
    for old, new in changes:
        assert old in changed, old
        changed = changed.replace(old, new)
    Path("kinds.wit").write_text(WORLD)
    Path("kinds.wat").write_text(stub_component(world_of(changed, world)))
    assert main(["validate", "kinds.wat", "kinds.wit", "--world", world]) == (0 if name in FITS else 1)
    captured = shown.readouterr()
    assert captured.err == ""
    golden.check(golden.GOLDEN / "validate" / f"{name}.txt", captured.out)


@pytest.mark.parametrize("name", CHANGES)
def test_kinds(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The component differs in one thing (one has many)."""
    monkeypatch.chdir(tmp_path)
    check(name, "kinds", CHANGES[name], capsys)


@pytest.mark.parametrize("name", VERSIONS)
def test_versions(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two versions of one interface that are compatible, in one world."""
    monkeypatch.chdir(tmp_path)
    check(name, "versions", VERSIONS[name], capsys)


def test_a_resource_exported_again_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The worlds above have several: under `use … as`, and under an alias of that."""
    monkeypatch.chdir(tmp_path)
    Path("kinds.wit").write_text(WORLD)
    Path("kinds.wat").write_text(stub_component(world_of(WORLD, "kinds")))
    assert main(["validate", "kinds.wat", "kinds.wit", "--world", "kinds"]) == 0
    assert capsys.readouterr().out == "`kinds.wat` fits world `demo:kinds/kinds@0.3.1`\n"
