"""Stub components: assembled by wasmtime, whose report of their type must be the world's."""

from __future__ import annotations

import re

import pytest
from wasmtime import Config, Engine, Store, WasmtimeError
from wasmtime.component import Component, Func, Linker

from tests.component.component_types import expected, reported
from tests.wit_text import world_of
from witgen import runtime
from witgen.compiler.trial.stub import needs_async, stub_component
from witgen.compiler.trial.stub.flatten import Flattener
from witgen.component import types as t
from witgen.component.items import Freestanding, Function, FunctionItem, Package, Param, World
from witgen.component.names import PackageName

VALUES = """
package test:values@1.2.3;
interface types {
  record point { x: s32, y: s32, label: option<string> }
  variant shape { dot, circle(f64), path(list<point>) }
  enum colour { red, green }
  flags caps { read, write, %type }
  type points = list<point>;
  type id = u64;
  alias-me: func(p: points) -> id;
}
interface all {
  use types.{point, shape as figure, colour, caps, points, id};
  type mine = figure;
  everything: func(a: bool, b: u8, c: s64, d: f32, e: char, f: string, g: list<u8>) -> tuple<point, mine, colour>;
  %record: func(caps: caps, %result: result<points, id>, r2: result, r3: result<u8>, r4: result<_, string>);
  nested: func(x: option<option<tuple<list<result<figure, list<tuple<id, colour, caps, point>>>>, string>>>) -> id;
  nothing: func();
}
world values { import all; export all; }
"""

RESOURCES = """
package test:resources;
interface store {
  variant failure { gone, other(string) }
  resource bucket {
    constructor(name: string);
    get: func(key: string) -> option<list<u8>>;
    merge: func(other: borrow<bucket>);
    open: static func(name: string) -> result<bucket, failure>;
  }
  resource cursor { constructor(of: borrow<bucket>) -> result<cursor, failure>; }
  record held { one: bucket, many: list<cursor> }
  take: func(h: held) -> bucket;
}
interface audit {
  use store.{bucket as pail, failure};
  type tub = pail;
  resource log { note: func(b: borrow<tub>) -> result<_, failure>; }
  swap: func(b: pail) -> tub;
}
world only-imports { import audit; }
world only-exports { export audit; export store; }
world exports-one { export audit; }
world both { import store; import audit; export store; export audit; }
"""

WORLD_ITEMS = """
package test:items@0.1.0;
interface shared { resource token; record pair { a: u8, b: token } }
world items {
  use shared.{pair, token as ticket};
  record local { p: pair }
  resource gate { constructor(l: local); pass: func(t: borrow<ticket>) -> bool; make: static func() -> gate; }
  type gates = list<gate>;
  import log: func(message: string, l: local) -> gates;
  import plain: interface { use shared.{token}; enum e { a } f: func(e: e) -> token; }
  export run: func(g: gates, p: pair) -> result<local, string>;
  export many: func(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64, i: f32, j: f32, k: f32, l: f32,
    m: string, n: string, o: string) -> tuple<u8, u8>;
  export served: interface { use shared.{pair}; resource r { constructor(); } f: func(p: pair) -> r; }
}
world empty {}
world hollow { import nothing-in: interface {} export nothing-out: interface {} }
"""

LABELS = """
package test:labels@2.0.0;
interface base { record id { n: u32 } }
interface kv { use base.{id}; resource handle; get: func(h: borrow<handle>, i: id) -> string; }
interface user { use kv.{handle}; f: func() -> handle; }
world labels { import kv; import one: kv; import two: kv; import user; export kv; export three: kv; export user; }
"""

ASYNC = """
package test:later;
interface io {
  resource pipe { read: async func() -> stream<u8>; make: static async func(n: u32) -> pipe; }
  record box { s: stream<string>, f: future<result<u8, string>>, none: future }
  send: async func(b: box, s: stream) -> future<box>;
  variant either { one(stream<box>), two(future) }
  both: func(f: future<u8>, e: either) -> result<stream<either>, future<stream>>;
}
world later { import io; export io; import wait: async func(); export go: async func(a: string) -> tuple<u64, u64>; }
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    """An engine with every feature of components that Python can switch on."""
    config = Config()
    config.wasm_component_model_map = True
    config.wasm_component_model_implements = True
    return Engine(config)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (VALUES, "values"),
        (RESOURCES, "only-imports"),
        (RESOURCES, "only-exports"),
        (RESOURCES, "exports-one"),
        (RESOURCES, "both"),
        (WORLD_ITEMS, "items"),
        (WORLD_ITEMS, "empty"),
        (WORLD_ITEMS, "hollow"),
        (LABELS, "labels"),
        (ASYNC, "later"),
    ],
    ids=lambda value: "" if "\n" in value else value,
)
def test_the_component_has_the_type_of_the_world(engine: Engine, text: str, name: str) -> None:
    """Every import and export is there with its parameters, results and resources, and nothing else is."""
    world = world_of(text, name)
    assert reported(Component(engine, stub_component(world)), engine) == expected(world)


def test_a_use_of_an_interface_that_is_also_exported_takes_the_exported_resource(engine: Engine) -> None:
    """`audit` and `store` exported together share one bucket, which is not the imported one."""
    lines = reported(Component(engine, stub_component(world_of(RESOURCES, "both"))), engine)
    buckets = {
        line.rpartition(" ")[2] for line in lines if ("bucket:" in line or "tub:" in line) and "resource" in line
    }
    exported = {line.rpartition(" ")[2] for line in lines if line.startswith("export") and "tub: resource" in line}
    assert len(buckets) == 2
    assert len(exported) == 1


def test_async_functions_keep_their_type() -> None:
    """What wasmtime-py does not report is in the text: async on both sides, and a callback where it is lifted."""
    text = stub_component(world_of(ASYNC, "later"))
    assert re.search(r'\(import "wait" \(func \$[^ ]+ async\)\)', text)
    assert '(export "[method]pipe.read" (func async (param "self" (borrow ' in text
    assert text.count("(canon lift (core func") == 5
    assert text.count(" async (callback (core func") == 4


def test_maps_assemble_where_they_are_switched_on(engine: Engine) -> None:
    """A map keeps its key and value, and only an engine without the feature refuses it."""
    text = "package test:maps; world w { import f: func(m: map<string, list<u8>>); export g: func() -> map<u8, char>; }"
    stub = stub_component(world_of(text, "w"))
    assert "(map string (list u8))" in stub
    assert Component(engine, stub).type.exports(engine).keys() == {"g"}
    with pytest.raises(WasmtimeError, match="map feature"):
        Component(Engine(), stub)


@pytest.mark.parametrize(
    ("type", "feature"),
    [("list<u32, 4>", "fixed-length lists feature"), ("result<error-context>", "error-context feature")],
)
def test_what_wasmtime_cannot_compile_is_refused_for_that_reason_only(engine: Engine, type: str, feature: str) -> None:
    """The text of a type that has no switch in Python is well-formed: wasmtime names the feature, not a syntax error."""
    stub = stub_component(world_of(f"package test:w; world w {{ export f: func(x: {type}) -> {type}; }}", "w"))
    with pytest.raises(WasmtimeError, match=feature):
        Component(engine, stub)


def test_every_export_traps_when_it_is_called(engine: Engine) -> None:
    """Functions of the world and of interfaces, with and without parameters in memory, end in `unreachable`."""
    text = """package test:traps;
    interface i { f: func(); g: func(s: string) -> list<string>; resource r { constructor(); s: static func(); } }
    world w { export i; export top: func(a: u8) -> u8; }"""
    component = Component(engine, stub_component(world_of(text, "w")))

    def call(interface: str, name: str, *arguments: object) -> None:
        with Store(engine) as store:
            instance = Linker(engine).instantiate(store, component)
            within = instance.get_export_index(store, interface) if interface else None
            index = instance.get_export_index(store, name, within)
            assert index is not None
            function = instance.get_func(store, index)
            assert isinstance(function, Func)
            function(store, *arguments)

    for interface, name, arguments in [
        ("", "top", (1,)),
        ("test:traps/i", "f", ()),
        ("test:traps/i", "g", ("x",)),
        ("test:traps/i", "[constructor]r", ()),
        ("test:traps/i", "[static]r.s", ()),
    ]:
        with pytest.raises(WasmtimeError, match="unreachable"):
            call(interface, name, *arguments)


def test_the_text_is_the_same_every_time() -> None:
    """Two models of one text give one text of a stub."""
    assert stub_component(world_of(RESOURCES, "both")) == stub_component(world_of(RESOURCES, "both"))


# Flattening -----------------------------------------------------------------------------------------------------------


P = t.Primitive
PACKAGE = Package(PackageName("test", "flat"))
WORLD = World("w", PACKAGE)


def variant(*payloads: t.Type | None) -> t.Variant:
    """A variant with these payloads."""
    cases = tuple(t.Case(f"c{number}", payload) for number, payload in enumerate(payloads))
    return t.Variant("v", WORLD, None, None, None, cases)


@pytest.mark.parametrize(
    ("params", "result", "core"),
    [
        ((), None, "() -> ()"),
        ((P.BOOL, P.CHAR, P.S64, P.F32, P.F64), P.U8, "(i32 i32 i64 f32 f64) -> (i32)"),
        ((P.STRING, t.List(P.U64), t.Map(P.U8, P.F64)), P.STRING, "(i32 i32 i32 i32 i32 i32) -> (i32)"),
        ((t.Option(P.F32),), P.F64, "(i32 f32) -> (f64)"),
        ((t.Result(None, None), t.Result(P.F32, P.U32), t.Result(P.F32, P.F64)), None, "(i32 i32 i32 i32 i64) -> ()"),
        ((variant(P.F64, None, t.Tuple((P.F32, P.STRING)), P.U64),), None, "(i32 i64 i32 i32) -> ()"),
        ((variant(t.Tuple((P.U8, P.F32)), t.Tuple((P.F32, P.F32))),), None, "(i32 i32 f32) -> ()"),
        ((t.FixedList(P.F32, 3), t.Future(P.STRING), t.Stream(None)), None, "(f32 f32 f32 i32 i32) -> ()"),
        ((P.U64,) * 16, t.Result(None, None), f"({' '.join(['i64'] * 16)}) -> (i32)"),
        ((P.U64,) * 17, t.Option(P.U8), "(i32) -> (i32)"),
        ((t.FixedList(P.U8, 2**32 - 1),), t.FixedList(P.F64, 1), "(i32) -> (f64)"),
    ],
)
@pytest.mark.parametrize("is_async", [False, True])
def test_core_signatures(params: tuple[t.Type, ...], result: t.Type | None, core: str, is_async: bool) -> None:
    """Parameters and result flatten as the Canonical ABI says; an async lift returns its callback's code instead."""
    named = tuple(Param(f"p{number}", type) for number, type in enumerate(params))
    signature = Flattener().lifted(Function("f", Freestanding(), is_async, named, result))
    wanted = core.partition(" -> ")[0] + " -> (i32)" if is_async else core
    assert f"({' '.join(signature.params)}) -> ({' '.join(signature.results)})" == wanted


def test_a_deep_type_is_no_recursion() -> None:
    """Ten thousand levels are written and flattened; only an assembler may say that this is too deep."""
    deep: t.Type = P.U8
    for _ in range(10_000):
        deep = t.Option(t.Tuple((deep,)))
    world = World("w", PACKAGE)
    world.exports["f"] = FunctionItem(Function("f", Freestanding(), False, (Param("x", deep),), deep))
    text = stub_component(world)
    assert max(map(len, text.splitlines())) < 200
    assert text.count("\n") < 20_000


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("world w { import f: func(a: list<u8>) -> string; }", False),
        ("world w { import f: async func(); }", True),
        ("world w { export f: func(a: option<tuple<stream<u8>>>); }", True),
        ("interface i { record r { last: future } } world w { import i; }", True),
        ("interface i { type t = future<u8>; } interface j { use i.{t}; f: func() -> t; } world w { import j; }", True),
        ("interface i { resource r { go: async func(); } } world w { export i; }", True),
    ],
)
def test_what_needs_an_engine_with_async(text: str, wanted: bool) -> None:
    """Just the worlds whose stub wasmtime compiles with async only."""
    world = world_of(f"package a:b; {text}", "w")
    assert needs_async(world) is wanted
    engine = runtime.engine(component_async=False)
    if wanted:
        with pytest.raises(WasmtimeError):
            Component(engine, stub_component(world))
    else:
        Component(engine, stub_component(world))
