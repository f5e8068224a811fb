"""Leaving and entering a component, and what a failure spends: each check, by what a hostile component does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from wasmtime import wat2wasm

import witgen.runtime as rt
from tests.core.guests import ENGINE, GROWING, HOST, Host, exporting, function, importing, realloc, start, world_with
from witgen.runtime import generated as abi
from witgen.runtime._core import api
from witgen.runtime._core.adapters import ROOM
from witgen.runtime._stores.store import state_of

LEAVING = f"""(component
  (import "{HOST}" (instance $host (export "g" (func))))
  (core func $g (canon lower (func $host "g")))
  (core module $m
    (import "" "g" (func $g))
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (call $g) (i32.const 64))
    (func (export "post") (param i32) (call $g))
    (func (export "f") (param i32 i32) (result i32) (call $g) (i32.const 1)))
  (core instance $m (instantiate $m (with "" (instance (export "g" (func $g))))))
  (func (export "f") (param "p0" string) (result u32)
    (canon lift (core func $m "f") (memory (core memory $m "memory")) (realloc (core func $m "realloc")) OPTIONS)))"""


def test_an_import_from_realloc_or_post_return() -> None:
    """The component is half way through a call: what it relies on must not change."""
    host = Host()
    text = LEAVING.replace("OPTIONS", "")
    call = function(start(text, world_with((), None), {"host": host}), abi.U32, abi.STRING)
    with pytest.raises(rt.Trap, match="cannot leave component instance"):
        call("a")
    quiet = LEAVING.replace("(call $g) (i32.const 64)", "(i32.const 64)")
    text = quiet.replace("OPTIONS", '(post-return (core func $m "post"))')
    call = function(start(text, world_with((), None), {"host": host}), abi.U32, abi.STRING)
    with pytest.raises(rt.Trap, match="cannot leave component instance"):
        call("a")
    assert function(start(quiet.replace("OPTIONS", ""), world_with((), None), {"host": host}), abi.U32, abi.STRING)("a")


def test_a_component_is_not_entered_twice() -> None:
    """By an import that calls back, also where it catches the error: the component goes on as if nothing had been."""
    caught: list[Exception] = []

    class Calling(Host):
        def g(self, *values: object) -> object:
            try:
                call()
            except rt.Trap as error:
                caught.append(error)
            return None

    instance = start(importing("", "", "(call $g) (i32.const 3)"), world_with((), None), {"host": Calling()})
    call = function(instance, abi.U32)
    assert call() == 3
    assert [error.kind for error in caught if isinstance(error, rt.Trap)] == ["cannot-enter"]


def test_a_failure_spends_one_instance() -> None:
    """The store, and other instances in it, go on."""
    text = exporting(
        '(param "p" u32) (result u32)',
        "(param i32) (result i32)",
        "(if (local.get 0) (then unreachable)) (i32.const 4)",
    )
    world = abi.WorldType("test:core/core", "0.1.0", functions=("f",))
    prepared = abi.Prepared(ENGINE, bytes(wat2wasm(text)), world, abi="witgen")
    store = rt.Store(ENGINE)
    one, other = (prepared.instantiate(store, {}) for _ in range(2))
    calls = [one.bind(abi.ExportFunc[[int], int]("", "f", (("p", abi.U32),), abi.U32)) for one in (one, other)]
    with pytest.raises(rt.Trap):
        calls[0](1)
    with pytest.raises(rt.StoreSpentError, match="the instance is spent"):
        calls[0](0)
    assert calls[1](0) == 4
    assert state_of(store).spent is None


def test_an_instance_that_fails_while_arguments_are_read() -> None:
    """User code that runs meanwhile calls, and that call traps: the outer one is not made any more."""
    text = exporting(
        '(param "p" (list u32)) (result u32)',
        "(param i32 i32) (result i32)",
        "(if (i32.eqz (local.get 1)) (then unreachable)) (i32.const 4)",
    )
    call = function(start(text), abi.U32, abi.List(abi.U32))

    class Calling(list[int]):
        def __iter__(self) -> Iterator[int]:
            with pytest.raises(rt.Trap):
                call([])
            return super().__iter__()

    with pytest.raises(rt.StoreSpentError):
        call(Calling([1, 2]))


LONG = "x" * (ROOM + 1)
PAIRS = abi.List(abi.Tuple((abi.STRING, abi.U32)))


def test_a_call_that_fails_before_it_enters_spends_the_instance() -> None:
    """Its `realloc` answers wrongly once, for a list of what is lowered one by one; nothing of it runs after that."""
    wrong_once = realloc("""(if (result i32) (i32.eqz (i32.load (i32.const 8)))
      (then (i32.store (i32.const 8) (i32.const 1)) (i32.const -16)) (else (i32.const 1024)))""")
    text = exporting(
        '(param "p" (list (tuple string u32))) (result u32)',
        "(param i32 i32) (result i32)",
        "(i32.const 4)",
        allocate=wrong_once,
    )
    call = function(start(text), abi.U32, PAIRS)
    with pytest.raises(rt.Trap, match="beyond end of memory"):
        call([("x", 1)])
    for _ in range(2):
        with pytest.raises(rt.StoreSpentError, match="beyond end of memory"):
            call([("x", 1)])


@pytest.mark.parametrize("raised", [KeyboardInterrupt, TimeoutError])
@pytest.mark.parametrize(
    ("signature", "ty", "value", "entry"),
    [
        ("string", abi.STRING, "x", 1),
        ("string", abi.STRING, LONG, 1),
        ("(list string)", abi.List(abi.STRING), ["x"], 1),
        ("(list string)", abi.List(abi.STRING), [LONG], 1),
        ("(list (tuple string u32))", PAIRS, [("x", 1)], 1),
        ("(list (tuple string u32))", PAIRS, [("x", 1)], 2),
    ],
    ids=["string", "long string", "strings", "long strings", "tuples", "string in a tuple"],
)
def test_a_signal_while_realloc_runs(
    signature: str,
    ty: abi.Type,
    value: object,
    entry: int,
    raised: type[BaseException],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its handler raises as soon as wasm has returned: the instance is spent, and says by what; its store goes on.

    `entry` says which entry into wasm of the call it interrupts.
    """
    left, real = [0], api.func_call

    def call_and_raise(*arguments: object) -> object:
        found = real(*arguments)
        left[0] -= 1
        if left[0] == 0:
            raise raised("a signal")
        return found

    monkeypatch.setattr(api, "func_call", call_and_raise)
    text = exporting(
        f'(param "p" {signature}) (result u32)', "(param i32 i32) (result i32)", "(i32.const 4)", allocate=GROWING
    )
    instance = start(text)
    call = function(instance, abi.U32, ty)
    assert call(value) == 4
    left[0] = entry
    with pytest.raises(raised, match="a signal"):
        call(value)
    for _ in range(2):
        with pytest.raises(rt.StoreSpentError, match=raised.__name__):
            call(value)
    assert state_of(instance.store).spent is None
