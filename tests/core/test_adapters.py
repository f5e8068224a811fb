"""What the engine's own core code does: strings and lists that are copied by the entry that needs them."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pytest
from wasmtime import Config, wat2wasm

import witgen.runtime as rt
from tests.core.guests import (
    GROWING,
    Host,
    exporting,
    function,
    importing,
    start,
    world_with,
)
from witgen.runtime import generated as abi
from witgen.runtime._core.adapters import MOST_STRINGS, ROOM, pieces_of
from witgen.runtime._core.instance import CoreInstance

BACK = "(i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16)"
"""Returns the string or list that it is given."""
SIZES = (0, 1, 100, ROOM - 1, ROOM, ROOM + 1, 3 * ROOM)
ECHO = exporting('(param "p" string) (result string)', "(param i32 i32) (result i32)", BACK, allocate=GROWING)
STRINGS = abi.List(abi.STRING)
ECHO_STRINGS = exporting(
    '(param "p" (list string)) (result (list string))', "(param i32 i32) (result i32)", BACK, allocate=GROWING
)
PAIRS = abi.List(abi.Tuple((abi.STRING, abi.U32)))
ECHO_PAIRS = exporting(
    '(param "p" (list (tuple string u32))) (result (list (tuple string u32)))',
    "(param i32 i32) (result i32)",
    BACK,
    allocate=GROWING,
)


def echo(instance: CoreInstance | None = None) -> Callable[..., object]:
    """The function that returns its string."""
    return function(instance or start(ECHO), abi.STRING, abi.STRING)


@pytest.mark.parametrize("size", SIZES)
def test_strings_of_every_size(size: int) -> None:
    """What the scratch memory has room for, and what it does not."""
    text = "é" * (size // 2) + "x" * (size % 2)
    assert echo()(text) == text


@pytest.mark.parametrize("size", SIZES)
def test_what_an_import_returns(size: int) -> None:
    """The guest adds up its bytes."""
    value = bytes(n % 251 for n in range(size))
    body = """(local $at i32) (local $sum i32) (call $g (i32.const 16)) (local.set $at (i32.load (i32.const 16)))
      (block $done (loop $more
        (br_if $done (i32.eq (local.get $at) (i32.add (i32.load (i32.const 16)) (i32.load (i32.const 20)))))
        (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $more)))
      (local.get $sum)"""
    text = importing("(result (list u8))", "(param i32)", body, allocate=GROWING)
    instance = start(text, world_with((), abi.List(abi.U8)), {"host": Host(value)})
    assert function(instance, abi.U32)() == sum(value)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["a", "", "é"],
        ["x"] * MOST_STRINGS,
        ["x"] * (MOST_STRINGS + 1),
        ["y" * 100] * (ROOM // 100),
        ["y" * 100] * (ROOM // 100 + 1),
        ["z" * (ROOM + 1), "a"],
    ],
    ids=lambda texts: f"{len(texts)} of {len(texts[0]) if texts else 0}",
)
def test_lists_of_strings(texts: list[str]) -> None:
    """Few and many, short and long."""
    assert function(start(ECHO_STRINGS), STRINGS, STRINGS)(texts) == texts


# ---- several pieces ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Number:
    """A case of eight bytes, which joins the slot of a string's pointer."""

    value: int


@dataclass(frozen=True)
class Text:
    """A case with a string."""

    value: str


@dataclass(frozen=True)
class Numbers:
    """A case with a list."""

    value: list[int]


MIXED = abi.Variant("Mixed", (("n", Number, abi.U64), ("t", Text, abi.STRING), ("l", Numbers, abi.List(abi.U32))))
PARAMS = (abi.STRING, abi.Option(abi.STRING), MIXED, abi.List(abi.U64))
SIGNATURE = (
    '(param "p0" string) (param "p1" (option string)) (param "p2" $mixed) (param "p3" (list u64))'
    " (result (tuple string (option string) $mixed (list u64)))"
)
PIECES = f"""(component
  (type $mixed' (variant (case "n" u64) (case "t" string) (case "l" (list u32))))
  (export $mixed "mixed" (type $mixed'))
  (core module $m (memory (export "memory") 1) {GROWING}
    (func (export "f") (param i32 i32 i32 i32 i32 i32 i64 i32 i32 i32) (result i32)
      (i32.store (i32.const 64) (local.get 0)) (i32.store (i32.const 68) (local.get 1))
      (i32.store (i32.const 72) (local.get 2)) (i32.store (i32.const 76) (local.get 3))
      (i32.store (i32.const 80) (local.get 4))
      (i32.store (i32.const 88) (local.get 5))
      (i64.store (i32.const 96) (local.get 6))
      (if (local.get 5) (then (i32.store (i32.const 100) (local.get 7))))
      (i32.store (i32.const 104) (local.get 8)) (i32.store (i32.const 108) (local.get 9))
      (i32.const 64)))
  (core instance $i (instantiate $m))
  (func (export "f") {SIGNATURE} (canon lift (core func $i "f")
    (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"""


@pytest.mark.parametrize("mixed", [Number(2**64 - 1), Text("héllo"), Text(""), Numbers([1, 2**32 - 1])], ids=repr)
@pytest.mark.parametrize("option", [None, "", "some", "s" * (ROOM - 4), "s" * ROOM])
def test_several_of_them_and_absent_ones(mixed: object, option: str | None) -> None:
    """A slot that has a pointer in one case has a number in another; what has no room goes its own way."""
    instance = start(PIECES)
    f = function(instance, abi.Tuple(PARAMS), *PARAMS)
    values = ("text", option, mixed, [1, 2**64 - 1])
    assert f(*values) == values


def test_which_arguments_are_pieces() -> None:
    """Strings and lists of plain values, by slot, alignment and size; other lists take their own way."""
    found = [(piece.slot, piece.align, piece.size, piece.is_optional) for piece in pieces_of(PARAMS)]
    assert found == [(0, 1, 1, False), (3, 1, 1, True), (6, 1, 1, True), (6, 4, 4, True), (8, 8, 8, False)]
    assert pieces_of((abi.U8, STRINGS, abi.Map(abi.U8, abi.STRING))) == ()
    assert len(pieces_of((STRINGS, abi.STRING))) == 1
    assert pieces_of((abi.STRING, STRINGS)) == ()  # the list would be allocated before the string


@pytest.mark.parametrize(
    "values", [("a", "b", ["c"]), ("a", "b" * ROOM, ["c"]), ("a" * ROOM, "b", ["c"]), ("a" * ROOM, "b" * ROOM, ["c"])]
)
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1)])
def test_memory_is_allocated_in_the_order_of_arguments(values: tuple[object, ...], order: tuple[int, ...]) -> None:
    """As the Canonical ABI has it (`lower_flat_values`), whichever way they take."""
    types, texts = (abi.STRING, abi.STRING, STRINGS), ("string", "string", "(list string)")
    signature = (
        " ".join(f'(param "p{n}" {texts[kind]})' for n, kind in enumerate(order)) + " (result (tuple u32 u32 u32))"
    )
    body = "".join(f"(i32.store (i32.const {64 + 4 * n}) (local.get {2 * n}))" for n in range(3)) + "(i32.const 64)"
    text = exporting(signature, "(param i32 i32 i32 i32 i32 i32) (result i32)", body, allocate=GROWING)
    result = abi.Tuple((abi.U32, abi.U32, abi.U32))
    pointers = function(start(text), result, *(types[kind] for kind in order))(*(values[kind] for kind in order))
    first, second, third = cast("tuple[int, int, int]", pointers)
    assert first < second < third


# ---- without them --------------------------------------------------------------------------------------------------


def test_an_engine_without_modules_that_have_several_memories() -> None:
    """Calls do without."""
    config = Config()
    config.wasm_multi_memory = False
    engine = rt.Engine(config)
    prepared = abi.Prepared(
        engine, bytes(wat2wasm(ECHO)), abi.WorldType("t:t/t", "0.1.0", functions=("f",)), abi="witgen"
    )
    instance = prepared.instantiate(rt.Store(engine), {})
    assert isinstance(instance, CoreInstance) and instance.live.scratch is None
    assert echo(instance)("text") == "text"
    assert instance.live.status[0] == 0


def test_a_pool_has_room_for_as_many_instances_as_it_says() -> None:
    """Adapters take none of it."""
    engine = rt.engine(pooling=rt.Pooling(instances=2, core_instances=1))
    instances = [start(ECHO, engine=engine) for _ in range(2)]
    assert [echo(instance)("text") for instance in instances] == ["text", "text"]


@pytest.mark.parametrize("limits", [rt.Limits(memories=1), rt.Limits(instances=1)], ids=repr)
def test_limits_count_what_the_component_has(limits: rt.Limits) -> None:
    """As with wasmtime's ABI."""
    assert echo(start(ECHO, limits=limits))("text") == "text"


# ---- failures ------------------------------------------------------------------------------------------------------


def test_realloc_may_not_call_an_import() -> None:
    """Whoever makes the call: an argument, an element of a list, a result."""
    text = """(component
      (import "test:core/host" (instance $host (export "g" (func (result string)))))
      (core module $libc (import "h" "g" (func $g (param i32))) (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (call $g (i32.const 64)) (i32.const 64)))
      (core module $shim (table (export "t") 1 funcref) (type $t (func (param i32)))
        (func (export "g") (param i32) (call_indirect (type $t) (local.get 0) (i32.const 0))))
      (core instance $shim (instantiate $shim))
      (core instance $libc (instantiate $libc (with "h" (instance (export "g" (func $shim "g"))))))
      (core func $g (canon lower (func $host "g")
        (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
      (core module $fill (import "" "t" (table 1 funcref)) (import "" "g" (func $g (param i32)))
        (elem (i32.const 0) func $g))
      (core instance (instantiate $fill (with "" (instance (export "t" (table $shim "t")) (export "g" (func $g))))))
      (core module $m (import "" "g" (func $g (param i32)))
        (func (export "s") (param i32 i32)) (func (export "n") (call $g (i32.const 64))))
      (core instance $m (instantiate $m (with "" (instance (export "g" (func $g))))))
      (func (export "one") (param "p0" string) (canon lift (core func $m "s")
        (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
      (func (export "list") (param "p0" (list string)) (canon lift (core func $m "s")
        (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
      (func (export "none") (canon lift (core func $m "n"))))"""
    host = abi.ImportInterface("host", "test:core/host", "host.Host", (abi.ImportFunc("g", "g", (), abi.STRING),))
    world = abi.WorldType("test:core/core", "0.1.0", (host,), functions=("one", "list", "none"))
    for name, params, values in (("one", (abi.STRING,), ("a",)), ("list", (STRINGS,), (["a"],)), ("none", (), ())):
        instance = start(text, world, {"host": Host("text")})
        with pytest.raises(rt.Trap, match="cannot leave component instance"):
            function(instance, None, *params, name=name)(*values)


class Calls:
    """In a cycle, so that the collector finds it; its finalizer calls the component."""

    def __init__(self, call: Callable[..., object], seen: list[object]) -> None:
        self.call = call
        self.seen = seen
        self.cycle = self

    def __del__(self) -> None:
        try:
            self.seen.append(self.call("f" * 50))
        except rt.Trap as error:
            self.seen.append(error.kind)


def test_a_finalizer_that_calls_the_component() -> None:
    """It runs whenever the collector does, and changes no argument of the call that it interrupts."""
    call = echo()
    strings = function(start(ECHO_STRINGS), STRINGS, STRINGS)
    pairs = function(start(ECHO_PAIRS), PAIRS, PAIRS)
    seen: list[object] = []
    before = gc.get_threshold()

    def thrice(text: str) -> object:
        return strings([text] * 3)

    def paired(text: str) -> object:
        return pairs([(text, 1)] * 3)

    try:
        for threshold in range(1, 60):
            Calls(call, seen)
            Calls(thrice, seen)
            Calls(paired, seen)
            gc.set_threshold(threshold)
            assert call("x" * 40) == "x" * 40
            assert strings(["a", "bc"]) == ["a", "bc"]
            assert pairs([("a", 1), ("bc", 2)]) == [("a", 1), ("bc", 2)]
            gc.set_threshold(*before)
            gc.collect()
    finally:
        gc.set_threshold(*before)
    assert len(seen) == 177
