"""Handles, entering and leaving, core signatures, memories, engines: each check, by what a hostile component does."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import cast

import pytest
import wasmtime
from wasmtime import wat2wasm

import witgen.runtime as rt
from tests.component.plan.texts import OUTER, TWICE
from tests.core.guests import (
    BUMP,
    ENGINE,
    HOST,
    Host,
    exporting,
    function,
    importing,
    start,
    world_with,
)
from tests.runtime import plugin
from witgen.component.plan import make_plan
from witgen.component.plan.items import Lifted
from witgen.runtime import generated as abi
from witgen.runtime._core import handles
from witgen.runtime._core.instance import CoreInstance
from witgen.runtime._core.live import Live
from witgen.runtime._core.memory import Memory
from witgen.runtime._core.resource import GuestResource
from witgen.runtime._handles import held_by

RESOURCES = (
    """(component
  (type $r (resource (rep i32)))
  (type $other (resource (rep i32)))
  (core func $new (canon resource.new $r))
  (core func $rep (canon resource.rep $r))
  (core func $drop (canon resource.drop $r))
  (core func $other-new (canon resource.new $other))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "rep" (func $rep (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "other" (func $other (param i32) (result i32)))
    (func (export "unknown") (result i32) (call $rep (i32.const 7)))
    (func (export "zero") (result i32) (call $rep (i32.const 0)))
    (func (export "far") (result i32) (call $rep (i32.const -1)))
    (func (export "wrong") (result i32) (call $rep (call $other (i32.const 5))))
    (func (export "twice") (result i32) (local $h i32)
      (local.set $h (call $new (i32.const 5))) (call $drop (local.get $h)) (call $drop (local.get $h)) (i32.const 0))
    (func (export "right") (result i32) (call $rep (call $new (i32.const 5))))
    (func (export "flood") (result i32) (loop $next (drop (call $new (i32.const 1))) (br $next)) unreachable))
  (core instance $m (instantiate $m (with "" (instance (export "new" (func $new)) (export "rep" (func $rep))
    (export "drop" (func $drop)) (export "other" (func $other-new))))))
  """
    + " ".join(
        f'(func (export "{name}") (result u32) (canon lift (core func $m "{name}")))'
        for name in ("unknown", "zero", "far", "wrong", "twice", "right", "flood")
    )
    + ")"
)


def resources(name: str) -> object:
    """The result of one of the functions of `RESOURCES`."""
    world = abi.WorldType("test:core/core", "0.1.0", functions=(name,))
    return function(start(RESOURCES, world), abi.U32, name=name)()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("unknown", "unknown handle index 7"),
        ("zero", "unknown handle index 0"),
        ("far", "unknown handle index 4294967295"),
        ("wrong", "handle index 1 used with the wrong type"),
        ("twice", "unknown handle index 1"),
        ("flood", "cannot allocate another handle"),
    ],
)
def test_handles_of_a_component(name: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that is not in use, of a different resource, or one too many."""
    monkeypatch.setattr(handles, "MOST_HANDLES", 1000)
    with pytest.raises(rt.Trap, match=message):
        resources(name)


def test_handles_that_are_right() -> None:
    """The counterpart of the tests above."""
    assert resources("right") == 5


BUCKET = abi.ImportedResource(HOST, "bucket", "host.Bucket")
LENDING = (
    f"""(component
  (import "{HOST}" (instance $host
    (export "bucket" (type $bucket (sub resource)))
    (export "g" (func (param "b" (borrow $bucket))))
    (export "take" (func (param "b" (own $bucket))))
    (export "both" (func (param "a" (borrow $bucket)) (param "b" (own $bucket))))))
  (alias export $host "bucket" (type $bucket))
  (core func $g (canon lower (func $host "g")))
  (core func $take (canon lower (func $host "take")))
  (core func $both (canon lower (func $host "both")))
  (core func $drop (canon resource.drop $bucket))
  (core module $m
    (import "" "g" (func $g (param i32)))
    (import "" "take" (func $take (param i32)))
    (import "" "both" (func $both (param i32 i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "keeps") (param i32))
    (func (export "drops") (param i32) (call $drop (local.get 0)))
    (func (export "gives") (param i32) (call $take (local.get 0)))
    (func (export "both") (param i32) (call $both (local.get 0) (local.get 0))))
  (core instance $m (instantiate $m (with "" (instance (export "g" (func $g)) (export "take" (func $take))
    (export "both" (func $both)) (export "drop" (func $drop))))))
  (func (export "both") (param "b" (own $bucket)) (canon lift (core func $m "both")))
  """
    + " ".join(
        f'(func (export "{name}") (param "b" (borrow $bucket)) (canon lift (core func $m "{name}")))'
        for name in ("keeps", "drops", "gives")
    )
    + ")"
)


class Bucket:
    """An object of the host."""


def lending() -> tuple[abi.WorldType, Host]:
    """The world of `LENDING`, and a host for it."""
    functions = (
        abi.ImportFunc("g", "g", (("b", abi.Borrow(BUCKET)),)),
        abi.ImportFunc("take", "g", (("b", abi.Own(BUCKET)),)),
        abi.ImportFunc("both", "g", (("a", abi.Borrow(BUCKET)), ("b", abi.Own(BUCKET)))),
    )
    interface = abi.ImportInterface("host", HOST, "host.Host", functions, (BUCKET,))
    return abi.WorldType("test:core/core", "0.1.0", (interface,), functions=("keeps", "drops", "gives")), Host()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("keeps", "borrow handles still remain at the end of the call"),
        ("gives", "cannot lift own resource from a borrow"),
    ],
)
def test_what_is_borrowed(name: str, message: str) -> None:
    """It is dropped before the call returns, and is given to nobody."""
    world, host = lending()
    instance = start(LENDING, world, {"host": host})
    with pytest.raises(rt.Trap, match=message):
        function(instance, None, abi.Borrow(BUCKET), name=name)(Bucket())
    assert host.seen == []


def test_what_is_lent_is_not_given_away() -> None:
    """Not by the same call either: the implementation would hold an object as its own that somebody else may drop."""
    world, host = lending()
    instance = start(LENDING, world, {"host": host})
    with pytest.raises(rt.Trap, match="cannot remove owned resource while borrowed"):
        function(instance, None, abi.Own(BUCKET), name="both")(Bucket())
    assert host.seen == []


def test_what_is_borrowed_and_dropped() -> None:
    """Nothing of it is left, and the object is the caller's as before."""
    world, host = lending()
    instance = start(LENDING, world, {"host": host})
    call = function(instance, None, abi.Borrow(BUCKET), name="drops")
    bucket = Bucket()
    for _ in range(3):
        call(bucket)
    assert [entry for state in instance.live.states for entry in state.entries] == [None, None]
    gone = weakref.ref(bucket)
    del bucket
    assert gone() is None


def test_arguments_that_do_not_fit_leave_no_handles() -> None:
    """What was put into a table for them is taken out again."""
    text = plugin.TEXT
    instance = start(text, plugin.WORLD, {"storage": plugin.MyStorage(), "notify": abs})
    app = plugin.App(instance)
    for wrong in ("not a bucket", None):
        with pytest.raises(TypeError):
            app.uses.merge_two(plugin.MyBucket("a"), wrong)  # pyright: ignore[reportArgumentType]  # what is tested
    assert [entry for state in instance.live.states for entry in state.entries if entry is not None] == []
    assert [resource.count for resource in instance.live.resources] == [0] * len(instance.live.resources)


def test_a_handle_of_a_different_resource_is_not_taken_for_self() -> None:
    """Not even where its class says that it fits."""
    instance = start(plugin.TEXT, plugin.WORLD, {"storage": plugin.MyStorage(), "notify": abs})
    with plugin.App(instance).shapes.circle_new(3) as circle:
        assert circle.area() == 9
        held = held_by(circle)
        right, held.raw = held.raw, GuestResource(instance.live, handles.Resource(None, "other"), 5)
        with pytest.raises(ValueError, match="a handle is that of another resource"):
            circle.area()
        held.raw = right
        assert circle.area() == 9


SCALES = """(component
  (type $r' (resource (rep i32)))
  (type $other' (resource (rep i32)))
  (core func $new (canon resource.new $r'))
  (core func $other-new (canon resource.new $other'))
  (core module $m
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "weigh") (param i32 i32 i32) (result i32) (local.get 0))
    (func (export "join") (param i32 i32) (result i32) (i32.const 9)))
  (core instance $m (instantiate $m))
  (export $r "r" (type $r'))
  (export $other "other" (type $other'))
  (func (export "new") (param "rep" u32) (result (own $r)) (canon lift (core func $new)))
  (func (export "other-new") (param "rep" u32) (result (own $other)) (canon lift (core func $other-new)))
  (func (export "weigh") (param "self" (borrow $r)) (param "p" (list u32)) (result u32)
    (canon lift (core func $m "weigh") (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
  (func (export "join") (param "a" (own $r)) (param "b" (borrow $r)) (result u32) (canon lift (core func $m "join"))))"""
"""Two resources, a method of one with more arguments, and a function that takes and borrows."""


class Weight(abi.Handle):
    """Stands for both resources."""


class ScalesLink(abi.Link):
    """The functions are bound by the tests."""


WEIGHT, OTHER_WEIGHT = (abi.ExportedResource("", name, Weight, lambda: ScalesLink) for name in ("r", "other"))


def scales() -> tuple[CoreInstance, dict[str, Callable[..., object]]]:
    """An instance of `SCALES`, and its functions."""
    borrowed, owned = abi.Borrow(WEIGHT), abi.Own(WEIGHT)
    world = abi.WorldType("test:core/core", "0.1.0", functions=("new", "other-new", "weigh", "join"))
    instance = start(SCALES, world)
    return instance, {
        "new": function(instance, owned, abi.U32, name="new"),
        "other": function(instance, abi.Own(OTHER_WEIGHT), abi.U32, name="other-new"),
        "weigh": function(instance, abi.U32, borrowed, abi.List(abi.U32), name="weigh"),
        "join": function(instance, abi.U32, owned, borrowed, name="join"),
    }


def test_a_handle_that_is_closed_while_arguments_are_read() -> None:
    """By what reads the next argument: the component would get the rep of what it has destroyed."""
    _, f = scales()
    weight = cast("Weight", f["new"](5))
    assert f["weigh"](weight, [1]) == 5

    class Closing(list[int]):
        def __iter__(self) -> Iterator[int]:
            weight.__exit__()
            return super().__iter__()

    with pytest.raises(ValueError, match="closed"):
        f["weigh"](weight, Closing([1]))


def test_handles_of_two_resources_with_one_class() -> None:
    """A class is not what says which resource a handle is of: one would be passed off as the other."""
    instance, f = scales()
    one, two, other = (cast("Weight", f[name](n)) for n, name in enumerate(("new", "new", "other")))
    for wrong in ((other, one), (one, other)):
        with pytest.raises((TypeError, ValueError)):
            f["join"](*wrong)
    assert f["join"](one, two) == 9
    assert instance.live.alive
    two.__exit__()
    other.__exit__()


# ---- components in components --------------------------------------------------------------------------------------------


def inner(text: str, name: str) -> abi.WorldType:
    """A world that asks for nothing; `name` is for messages."""
    return abi.WorldType(f"test:core/{name}", "0.1.0")


def test_components_in_a_component() -> None:
    """Each instance has memory, resources and destructors of its own; values and handles pass between them."""
    instance = start(TWICE, inner(TWICE, "twice"))

    def call(interface: str, name: str, result: abi.Type, *values: object) -> object:
        params = tuple((f"p{n}", abi.U32) for n in range(len(values)))
        return instance.bind(abi.ExportFunc[..., object](interface, name, params, result))(*values)

    assert call("user", "run", abi.U32, 42) == 42
    assert call("a", "dropped", abi.U32) == 1
    assert call("b", "dropped", abi.U32) == 0


def test_core_items_from_outside() -> None:
    """A module from the component around, and items of every kind through an instance made of exports."""

    instance = start(OUTER, inner(OUTER, "outer"))
    point = abi.Tuple((abi.F32, abi.F32))
    record = abi.Record(complex, (("x", "real", abi.F32), ("y", "imag", abi.F32)))
    with pytest.raises(rt.InterfaceError):
        instance.bind(abi.ExportFunc[..., object]("math", "total", (("p", point),), abi.F32))
    assert (
        instance.bind(abi.ExportFunc[..., object]("math", "total", (("p", record),), abi.F32))(complex(1, 2.5)) == 3.5
    )


# ---- core signatures, memories, engines ----------------------------------------------------------------------------------


def live_of(text: str) -> tuple[Live, Lifted]:
    """What is behind an instance with a function `f`, and that function."""
    instance = start(text)
    lifted = instance.live.plan.exports.functions["f"]
    assert isinstance(lifted, Lifted)
    return instance.live, lifted


@pytest.mark.parametrize(("params", "results"), [("", "i"), ("i", ""), ("ii", "i"), ("l", "i"), ("i", "f"), ("i", "d")])
def test_a_core_function_of_a_different_type_is_not_called(params: str, results: str) -> None:
    """wasmtime has checked it in the skeleton. Were it ever wrong, the process would die."""
    live, lifted = live_of(exporting('(param "p" u32) (result u32)', "(param i32) (result i32)", "(local.get 0)"))
    live.invoker(lifted.core, "i", "i")
    with pytest.raises(rt.InterfaceError, match="not of the type"):
        live.invoker(lifted.core, params, results)


def test_a_wrong_type_in_the_plan_is_found_when_a_function_is_bound() -> None:
    """The same from outside: a plan that says something else than the component's code."""
    text = exporting('(param "p" u32) (result u32)', "(param i32) (result i32)", "(local.get 0)")
    instance = start(text)
    other, _ = make_plan(
        bytes(wat2wasm(exporting('(param "p" u64) (result u32)', "(param i64) (result i32)", "(i32.const 1)")))
    )
    instance.live.plan.exports.functions["f"].type = other.exports.functions["f"].type
    with pytest.raises(rt.InterfaceError):
        function(instance, abi.U32, abi.U64)
    with pytest.raises(rt.InterfaceError):
        function(instance, abi.U32, abi.U32)


def test_what_is_not_a_memory_of_32_bits() -> None:
    """A function, a shared memory and one of 64 bits: their bytes would be taken for what they are not."""
    live, lifted = live_of(exporting("(result u32)", "(result i32)", "(i32.const 1)"))
    with pytest.raises(rt.UnsupportedTypeError):
        Memory(live.context, live.store, live.extern(lifted.core))
    large = wasmtime.Memory(live.store, wasmtime.MemoryType(wasmtime.Limits(1, 2), is_64=True))
    raw = bytes([3] + [0] * 7) + bytes(large._memory)  # pyright: ignore[reportPrivateUsage]  # as C has it
    with pytest.raises(rt.UnsupportedTypeError, match="64-bit"):
        Memory(live.context, live.store, raw.ljust(32, b"\0"))


def moving() -> wasmtime.Engine:
    """An engine whose memories move."""
    config = wasmtime.Config()
    config.memory_reservation = 0
    config.memory_reservation_for_growth = 0
    return wasmtime.Engine(config)


def test_engines_whose_memories_move_are_refused() -> None:
    """What is read after a move would be memory that was freed."""
    text = exporting("(result u32)", "(result i32)", "(i32.const 1)")
    with pytest.raises(rt.EngineError, match="memories move as they grow"):
        start(text, engine=moving())


@pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows do not limit the addresses of a process")
def test_no_addresses_for_a_memory() -> None:
    """In a process of its own, which may have 2 GiB."""
    program = """
import resource
from tests.core.test_instances import *
text = exporting("(result u32)", "(result i32)", "(i32.const 1)")
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
try:
    start(text, engine=rt.engine())
except rt.EngineError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("the engine can make no memory: mmap failed to reserve"), done.stderr
    assert done.returncode == 0


def test_a_memory_that_moves_all_the_same_is_noticed() -> None:
    """When its size is read again."""
    engine = moving()
    store = rt.Store(engine)
    memory = wasmtime.Memory(store, wasmtime.MemoryType(wasmtime.Limits(1, None)))
    raw = bytes([3] + [0] * 7) + bytes(memory._memory)  # pyright: ignore[reportPrivateUsage]  # as C has it
    from witgen.runtime._core.api import Pointer, open_api
    from witgen.runtime._wasmtime import context_of

    open_api()
    seen = Memory(Pointer(context_of(store)), store, raw.ljust(32, b"\0"))
    assert len(seen.need(65536)) == 65536
    moved = 0
    for _ in range(8):
        memory.grow(store, 64)
        try:
            seen.need(1)
        except rt.EngineError:
            moved += 1
            break
    assert moved


def test_core_types_belong_to_one_engine() -> None:
    """One of another engine aborts the process."""
    program = """
from tests.core.guests import *
import witgen.runtime as rt
from witgen.runtime import generated as abi
text = importing("", "", "(call $g) (i32.const 3)")
for _ in range(3):
    print(function(start(text, world_with((), None), {"host": Host()}, rt.engine()), abi.U32)(), flush=True)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.split(), done.returncode) == (["3"] * 3, 0), done.stderr


def test_what_the_engine_does_not_carry_is_refused_by_name() -> None:
    """When a component is prepared."""
    for text, message in (
        ("(component (core func (canon task.cancel)))", "uses `task.cancel`"),
        ('(component (import "m" (core module)))', "imported core module"),
        (
            (
                '(component (core module $m (func (export "f") (result i32) unreachable)'
                ' (func (export "cb") (param i32 i32 i32) (result i32) unreachable))'
                ' (core instance $i (instantiate $m)) (func (export "f") async'
                ' (canon lift (core func $i "f") async (callback (core func $i "cb")))))'
            ),
            "async functions",
        ),
    ):
        with pytest.raises(rt.UnsupportedTypeError, match=message):
            start(text, engine=rt.engine(component_async=True))
    with pytest.raises(rt.BindError, match="needs the bytes"):
        abi.Prepared(ENGINE, rt.Component(ENGINE, "(component)"), inner("", "none"), abi="witgen")
    with pytest.raises(ValueError, match="expected 'auto', 'wasmtime' or 'witgen', got 'mine'"):
        abi.Prepared(ENGINE, b"(component)", inner("", "none"), abi=cast("rt.Abi", "mine"))


def test_auto_is_wasmtimes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the environment says otherwise."""
    monkeypatch.delenv("WITGEN_ABI", raising=False)
    assert abi.Prepared(ENGINE, b"(component)", inner("", "none")).abi == "wasmtime"
    monkeypatch.setenv("WITGEN_ABI", "witgen")
    assert abi.Prepared(ENGINE, b"(component)", inner("", "none")).abi == "witgen"
    assert abi.Prepared(ENGINE, b"(component)", inner("", "none"), abi="wasmtime").abi == "wasmtime"
    monkeypatch.setenv("WITGEN_ABI", "mine")
    with pytest.raises(rt.EngineError, match="WITGEN_ABI=mine: expected wasmtime or witgen"):
        abi.Prepared(ENGINE, b"(component)", inner("", "none"))


def test_a_module_that_nobody_instantiates_is_validated_too() -> None:
    """As wasmtime does it."""
    with pytest.raises(rt.BindError, match="it is not a valid component"):
        start("(component (core module (func (result i32))))", inner("", "none"))


# ---- closing -------------------------------------------------------------------------------------------------------------


def test_a_closed_instance_is_freed_without_the_collector() -> None:
    """Its functions and what they refer to make circles, which `close` cuts."""
    host = Host()
    text = importing("", "", "(call $g) (i32.const 3)")
    instance = start(text, world_with((), None), {"host": host})
    call = function(instance, abi.U32)
    assert call() == 3
    gone = weakref.ref(host)
    gc.disable()
    try:
        instance.close()
        with pytest.raises(ValueError, match="the instance is closed"):
            call()
        del instance, call, host
        assert gone() is None
    finally:
        gc.enable()


def test_compiled_code_is_kept(tmp_path: object) -> None:
    """The skeleton, and each core module."""
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    data = bytes(wat2wasm(f"(component (core module $a {BUMP}) (core module $b) (core instance (instantiate $a)))"))
    world = abi.WorldType("test:core/core", "0.1.0")
    for _ in range(2):
        abi.Prepared(ENGINE, data, world, tmp_path, abi="witgen").instantiate(rt.Store(ENGINE), {})
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "witgen-code").iterdir()}
    assert len(kept) == 2
    abi.Prepared(ENGINE, data, world, tmp_path, abi="witgen")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "witgen-code").iterdir()} == kept
    with pytest.raises(rt.EngineError, match="need abi='wasmtime'"):
        abi.Prepared(ENGINE, data, world, tmp_path, cached_only=True, abi="witgen")


def test_a_start_function_on_a_small_stack() -> None:
    """It recurses without end: a Trap where the thread has room, else an error before it begins, and no crash."""
    deep = """(component (core module $m (func $f (call $f)) (start $f)) (core instance (instantiate $m)))"""
    program = f"""
import threading
import witgen.runtime as rt
from witgen.runtime import generated as abi
prepared = abi.Prepared(rt.engine(), {bytes(wat2wasm(deep))!r}, abi.WorldType("t:t/t", "0.1.0"), abi="witgen")
def act():
    try:
        prepared.instantiate(rt.Store(prepared.engine), {{}})
    except Exception as error:
        print(type(error).__name__, getattr(error, "kind", ""))
for size in (8, 0.4, 8):
    threading.stack_size(int(size * 2**20))
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("Trap stack\nStackError \nTrap stack\n", 0), done.stderr
