"""Leaving and entering a component, and what a failure spends: each check, by what a hostile component does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from wasmtime import wat2wasm

import witgen.runtime as rt
from tests.component.plan.texts import TWICE
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


# ---- `realloc` and what it may not do ------------------------------------------------------------------------------------

PLAIN = "(list (tuple u32 u8))"
PLAIN_TYPE = abi.List(abi.Tuple((abi.U32, abi.U8)))
"""A parameter whose elements are lowered one by one, so that Python calls `realloc`; an adapter does it for a string."""
BUSY = f"""(component
  (import "{HOST}" (instance $host (export "g" (func))))
  (type $r (resource (rep i32)))
  (core func $g (canon lower (func $host "g")))
  (core func $new (canon resource.new $r))
  (core func $drop (canon resource.drop $r))
  (core module $m
    (import "" "g" (func $g))
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) DOES (i32.const 64))
    (func (export "f") (param i32 i32) (result i32) (i32.const 1)))
  (core instance $m (instantiate $m
    (with "" (instance (export "g" (func $g)) (export "new" (func $new)) (export "drop" (func $drop))))))
  (func (export "f") (param "p0" TYPE) (result u32)
    (canon lift (core func $m "f") (memory (core memory $m "memory")) (realloc (core func $m "realloc")))))"""


@pytest.mark.parametrize("does", ["(call $g)", "(drop (call $new (i32.const 1)))", "(call $drop (i32.const 1))"])
@pytest.mark.parametrize(
    ("signature", "ty", "value"),
    [("string", abi.STRING, "a"), (PLAIN, PLAIN_TYPE, [(1, 1)])],
    ids=["adapter", "Python"],
)
def test_realloc_does_not_leave(does: str, signature: str, ty: abi.Type, value: object) -> None:
    """Neither by an import nor by a built-in that changes handles, whoever calls it: an adapter in wasm, or Python."""
    text = BUSY.replace("DOES", does).replace("TYPE", signature)
    host = Host()
    call = function(start(text, world_with((), None), {"host": host}), abi.U32, ty)
    with pytest.raises(rt.Trap, match="cannot leave component instance"):
        call(value)
    quiet = BUSY.replace("DOES", "").replace("TYPE", signature)
    assert function(start(quiet, world_with((), None), {"host": host}), abi.U32, ty)(value) == 1


COUNTING = f"""(component
  (import "{HOST}" (instance $host (export "g" (func))))
  (core func $g (canon lower (func $host "g")))
  (core module $m
    (import "" "g" (func $g))
    (memory (export "memory") 1)
    (global $asked (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $asked (i32.add (global.get $asked) (i32.const 1))) (i32.const 64))
    (func (export "take") (param i32 i32) (result i32) (i32.const 1))
    (func (export "f") (result i32) (call $g) (global.get $asked)))
  (core instance $m (instantiate $m (with "" (instance (export "g" (func $g))))))
  (func (export "take") (param "p0" TYPE) (result u32)
    (canon lift (core func $m "take") (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
  (func (export "f") (result u32) (canon lift (core func $m "f"))))"""


@pytest.mark.parametrize(
    ("signature", "ty", "value"),
    [
        ("string", abi.STRING, "a"),
        ("string", abi.STRING, LONG),
        ("(list string)", abi.List(abi.STRING), ["a"]),
        (PLAIN, PLAIN_TYPE, [(1, 1)]),
    ],
)
def test_a_call_back_writes_nothing(signature: str, ty: abi.Type, value: object) -> None:
    """A component that runs cannot be entered: not even its `realloc` is, for the arguments of a call that is refused."""
    caught: list[str] = []

    class Calling(Host):
        def g(self, *values: object) -> object:
            try:
                take(value)
            except rt.Trap as error:
                caught.append(error.kind)
            return None

    world = abi.WorldType("test:core/core", "0.1.0", world_with((), None).imports, functions=("f", "take"))
    instance = start(COUNTING.replace("TYPE", signature), world, {"host": Calling()})
    take, call = function(instance, abi.U32, ty, name="take"), function(instance, abi.U32)
    assert (call(), caught) == (0, ["cannot-enter"])
    assert take(value) == 1
    assert call() != 0


@pytest.mark.parametrize(
    ("signature", "ty", "value"),
    [
        ("string", abi.STRING, "a"),
        ("string", abi.STRING, LONG),
        ("(list string)", abi.List(abi.STRING), ["a"]),
        (PLAIN, PLAIN_TYPE, [(1, 1)]),
    ],
)
def test_a_finalizer_that_calls_while_realloc_runs(
    signature: str, ty: abi.Type, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would write over the arguments that are there already, wherever the collector happens to run."""
    text = exporting(
        f'(param "p" {signature}) (result u32)', "(param i32 i32) (result i32)", "(i32.const 4)", allocate=GROWING
    )
    real, seen = api.func_call, list[str]()

    def collect_and_call(*arguments: object) -> object:
        monkeypatch.setattr(api, "func_call", real)
        if not seen:
            try:
                seen.append(str(call(value)))
            except rt.Trap as error:
                seen.append(error.kind)
        return real(*arguments)

    monkeypatch.setattr(api, "func_call", collect_and_call)
    call = function(start(text), abi.U32, ty)
    assert call(value) == 4
    assert seen == ["cannot-enter"]
    assert call(value) == 4


# ---- a trap that nobody saw ----------------------------------------------------------------------------------------------


def test_a_signal_after_a_trap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What wasmtime says of the trap is deleted with the call: it would stay in memory, and be found by a later one."""
    real = api.func_call

    def call_and_raise(*arguments: object) -> object:
        real(*arguments)
        raise TimeoutError("a signal")

    deleted: list[object] = []

    def delete(trap: object) -> object:
        deleted.append(trap)
        return real_delete(trap)

    real_delete = api.trap_delete
    monkeypatch.setattr(api, "trap_delete", delete)
    monkeypatch.setattr(api, "func_call", call_and_raise)
    instance = start(exporting("(result u32)", "(result i32)", "unreachable"))
    with pytest.raises(TimeoutError):
        function(instance, abi.U32)()
    assert (instance.live.trap[0], len(deleted)) == (0, 1)


# ---- components in components --------------------------------------------------------------------------------------------

RELATED = """(component
  (component $child
    (core module $m (func (export "f") (result i32) (i32.const 1)))
    (core instance $m (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $m "f"))))
  (instance $child (instantiate $child))
  (core func $f (canon lower (func $child "f")))
  (core module $m
    (import "" "f" (func $f (result i32)))
    (func (export "f") (result i32) (call $f)))
  (core instance $m (instantiate $m (with "" (instance (export "f" (func $f))))))
  (func (export "f") (result u32) (canon lift (core func $m "f"))))"""


def test_a_component_does_not_call_one_inside_it() -> None:
    """The specification's tests have it trap, and wasmtime does."""
    with pytest.raises(rt.Trap, match="cannot enter component instance"):
        function(start(RELATED), abi.U32)()


SIBLINGS = f"""(component
  (import "{HOST}" (instance $host (export "g" (func))))
  (component $callee
    (core module $m (func (export "f") (result i32) (i32.const 1)))
    (core instance $m (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $m "f"))))
  (component $caller
    (import "f" (func $f (result u32)))
    (import "g" (func $g))
    (core func $f (canon lower (func $f)))
    (core func $g (canon lower (func $g)))
    (core module $m
      (import "" "f" (func $f (result i32)))
      (import "" "g" (func $g))
      (func (export "f") (result i32) (call $g) (call $f)))
    (core instance $m (instantiate $m (with "" (instance (export "f" (func $f)) (export "g" (func $g))))))
    (func (export "f") (result u32) (canon lift (core func $m "f"))))
  (instance $callee (instantiate $callee))
  (instance $caller (instantiate $caller (with "f" (func $callee "f")) (with "g" (func $host "g"))))
  (export "f" (func $caller "f")))"""


def test_a_component_that_runs_is_not_entered_by_another() -> None:
    """Instances are made one after the other, so that none can call in a circle today; the state is set here instead."""

    class Entering(Host):
        def g(self, *values: object) -> object:
            for number in self.seen:
                instance.live.states[cast("int", number)].may_enter = False
            return None

    host = Entering()
    instance = start(SIBLINGS, world_with((), None), {"host": host})
    call = function(instance, abi.U32)
    assert call() == 1
    host.seen.append(1)
    with pytest.raises(rt.Trap, match="cannot enter component instance"):
        call()


def test_a_destructor_does_not_enter_a_component_that_runs() -> None:
    """For the same reason, the state is set here."""
    live = start(TWICE, abi.WorldType("test:core/twice", "0.1.0")).live
    resource = next(resource for resource in live.resources if resource.owner is not None)
    resource.drop(1, None)
    assert resource.owner is not None
    resource.owner.may_enter = False
    with pytest.raises(rt.Trap, match="cannot enter component instance"):
        resource.drop(1, None)
