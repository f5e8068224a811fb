"""Async functions that are exported; imports implemented by coroutines; what cannot be carried is refused by name."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from importlib.metadata import version

import pytest
from wasmtime import wat2wasm

import witgen.runtime as rt
from tests.runtime.layers import once_per_layer
from witgen.runtime import generated as abi
from witgen.runtime._wasmtime import CALLS_ASYNC

HOST = "test:async/host@1.0.0"
TEXT = f"""(component
  (import "{HOST}" (instance $host (export "act" (func (param "n" u32) (result u32)))))
  (core func $act (canon lower (func $host "act")))
  (core func $ret (canon task.return (result u32)))
  (core module $m
    (import "i" "return" (func $ret (param i32)))
    (import "i" "act" (func $act (param i32) (result i32)))
    (global $n (mut i32) (i32.const 0))
    (func (export "now") (param i32) (result i32)
      (call $ret (call $act (local.get 0))) (i32.const 0))
    (func (export "later") (param i32) (result i32)
      (global.set $n (local.get 0)) (i32.const 1))
    (func (export "trap") (param i32) (result i32) unreachable)
    (func (export "stuck") (param i32) (result i32) (i32.const 0))
    (func (export "ever") (param i32) (result i32) (global.set $n (i32.const -1)) (i32.const 1))
    (func (export "again") (param i32 i32 i32) (result i32)
      (if (result i32) (global.get $n)
        (then
          (if (i32.ne (global.get $n) (i32.const -1)) (then (global.set $n (i32.sub (global.get $n) (i32.const 1)))))
          (i32.const 1))
        (else (call $ret (call $act (i32.const 5))) (i32.const 0))))
    (func (export "plain") (param i32) (result i32) (call $act (local.get 0)))
    (func (export "spin") (param i32) (result i32) (loop $l (br $l)) unreachable))
  (core instance $i (instantiate $m (with "i" (instance (export "return" (func $ret)) (export "act" (func $act))))))
  {" ".join(
    f'''(func (export "{name}") async (param "n" u32) (result u32)
      (canon lift (core func $i "{name}") async (callback (core func $i "again"))))'''
    for name in ("now", "later", "trap", "stuck", "ever")
  )}
  (func (export "plain") (param "n" u32) (result u32) (canon lift (core func $i "plain")))
  (func (export "spin") (param "n" u32) (result u32) (canon lift (core func $i "spin"))))"""
U32 = (("n", abi.U32),)
WORLD = abi.WorldType(
    "test:async/async",
    "0.1.0",
    (abi.ImportInterface("host", HOST, "host.Host", (abi.ImportFunc("act", "act", U32, abi.U32),)),),
)

pytestmark = [
    pytest.mark.skipif(not CALLS_ASYNC, reason="this wasmtime cannot call async functions"),
    pytest.mark.component_api,
]


class Host:
    """Answers with twice what it is asked."""

    def act(self, n: int) -> int:
        return 2 * n


class AsyncHost:
    """The same, after a while."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.threads: set[str] = set()
        self.ended = self.waiting = self.most = 0

    @rt.awaited
    async def act(self, n: int) -> int:
        self.threads.add(threading.current_thread().name)
        if n == 13:
            raise LookupError("thirteen")
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.waiting -= 1
            self.ended += 1
        return 2 * n


@once_per_layer
def prepared(epochs: bool = False) -> abi.Prepared:
    wasm = rt.engine(component_async=True, epoch_interruption=epochs)
    return abi.Prepared(wasm, rt.Component(wasm, TEXT), WORLD)


class App:
    def __init__(self, host: Host | AsyncHost, limits: rt.Limits | None = None, epochs: bool = False) -> None:
        pre = prepared(epochs)
        self.instance = pre.instantiate(rt.Store(pre.engine), {"host": host}, limits)

    async def awaits(self, name: str, n: int = 0) -> int:
        bound = self.instance.bind(abi.ExportFunc[[int], "asyncio.Future[int]"]("", name, U32, abi.U32, is_async=True))
        return await bound(n)

    def blocks(self, name: str, n: int = 0) -> int:
        function = abi.ExportFunc[[int], int]("", name, U32, abi.U32, is_async=True, blocking=True)
        return self.instance.bind(function)(n)

    def plain(self, name: str, n: int = 0) -> int:
        return self.instance.bind(abi.ExportFunc[[int], int]("", name, U32, abi.U32))(n)


@pytest.mark.parametrize(("name", "n", "result"), [("now", 4, 8), ("later", 3, 10), ("later", 0, 10)])
def test_an_async_export_is_awaited_or_blocks(name: str, n: int, result: int) -> None:
    """Whether it returns at once or yields before; plain functions of the instance go on working."""
    app = App(Host())
    assert asyncio.run(app.awaits(name, n)) == result
    assert app.blocks(name, n) == result
    assert app.plain("plain", 1) == 2


def test_failures_of_an_async_export() -> None:
    """A trap; a guest that waits for nothing; an exception of an implementation; all spend the store."""
    for name, kind in (("trap", "unreachable"), ("stuck", "other")):
        app = App(Host())
        with pytest.raises(rt.Trap) as caught:
            app.blocks(name)
        assert caught.value.kind in (kind, "deadlock")
        with pytest.raises(rt.StoreSpentError):
            app.plain("plain")
        with pytest.raises(rt.Trap):
            asyncio.run(App(Host()).awaits(name))

    class Failing(Host):
        def act(self, n: int) -> int:
            raise LookupError("mine")

    for is_awaited in (False, True):
        app = App(Failing())
        with pytest.raises(LookupError, match="mine"):
            asyncio.run(app.awaits("later", 2)) if is_awaited else app.blocks("now")
        with pytest.raises(rt.StoreSpentError, match="LookupError: mine"):
            app.plain("plain")


def test_the_world_says_what_is_async() -> None:
    """A function that is async in one of component and package only is refused by name."""
    app = App(Host())
    with pytest.raises(rt.InterfaceError, match="export now: expected one that is not, found an async function"):
        app.plain("now")
    with pytest.raises(rt.InterfaceError, match="export plain: expected an async function, found one that is not"):
        app.blocks("plain")


def test_an_async_export_may_be_lifted_as_a_plain_one() -> None:
    """How a component does it is its own affair."""
    text = """(component
      (core module $m (func (export "f") (param i32) (result i32) (i32.const 7)))
      (core instance $i (instantiate $m))
      (func (export "f") async (param "n" u32) (result u32) (canon lift (core func $i "f"))))"""
    wasm = rt.engine(component_async=True)
    pre = abi.Prepared(wasm, rt.Component(wasm, text), abi.WorldType("t:t/t", "0.1.0", functions=("f",)))
    instance = pre.instantiate(rt.Store(wasm), {})
    function = abi.ExportFunc[[int], int]("", "f", U32, abi.U32, is_async=True, blocking=True)
    assert instance.bind(function)(1) == 7


@pytest.mark.skipif(not version("wasmtime").startswith("50."), reason="only there, engines are made without it")
def test_an_engine_without_async_is_refused_by_name() -> None:
    """The component does not compile there, and the message says how to make one on which it does."""
    with pytest.raises(rt.EngineError, match=r"the component has async functions.*engine\(component_async=True\)"):
        abi.Prepared(rt.engine(), bytes(wat2wasm(TEXT)), WORLD)


def test_stores_wait_side_by_side() -> None:
    """Twenty stores of which each waits: the loop runs the coroutines, in its own thread, at the same time."""
    host = AsyncHost(0.3)

    async def main() -> list[int]:
        apps = [App(host) for _ in range(20)]
        plain = [rt.to_thread(app.plain, "plain", n) for n, app in enumerate(apps[:10])]
        return await asyncio.gather(*plain, *(app.awaits("later", 2) for app in apps[10:]))

    assert asyncio.run(main()) == [*range(0, 20, 2), *[10] * 10]
    assert host.most > 5, "they waited at the same time"
    assert host.threads == {"MainThread"}


def test_exceptions_of_coroutines_come_out_as_themselves() -> None:
    """Raised where the call is awaited, and the store is spent."""
    app = App(AsyncHost())
    with pytest.raises(LookupError, match="thirteen"):
        asyncio.run(rt.to_thread(app.plain, "plain", 13))
    with pytest.raises(rt.StoreSpentError, match="thirteen"):
        app.plain("plain")


def test_a_coroutine_needs_an_event_loop() -> None:
    """A plain call has none to run it on, and says what to do."""
    with pytest.raises(RuntimeError, match=r"AsyncHost.act is a coroutine.*await witgen.runtime.to_thread"):
        App(AsyncHost()).plain("plain", 1)


def test_a_store_is_in_one_call_at_a_time() -> None:
    """A second task is refused while the first waits; afterwards it is welcome."""
    host = AsyncHost(0.2)
    app = App(host)

    async def main() -> None:
        first = asyncio.create_task(app.awaits("now", 1))
        while not host.threads:
            await asyncio.sleep(0.005)
        with pytest.raises(rt.StoreBusyError):
            await app.awaits("now", 2)
        assert await first == 2
        assert await app.awaits("now", 2) == 4

    asyncio.run(main())


def test_cancelling_ends_what_is_waited_for() -> None:
    """The coroutine is cancelled, the component unwound, the store spent; then the task ends."""
    host = AsyncHost(30)
    app = App(host)

    async def main() -> None:
        task = asyncio.create_task(app.awaits("now", 1))
        while not host.threads:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert host.ended == 1
    with pytest.raises(rt.StoreSpentError, match="CancelledError"):
        app.plain("plain")


@pytest.mark.parametrize("name", ["spin", "ever"])
def test_cancelling_stops_a_loop_at_the_next_tick(name: str) -> None:
    """What never calls out is stopped by the clock of its engine, long before its own deadline."""
    with rt.Ticker(prepared(True).engine, 0.005):
        app = App(Host(), rt.Limits(epoch_deadline=10**6), epochs=True)
        call = rt.to_thread(app.plain, name) if name == "spin" else app.awaits(name)

        async def main() -> None:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(call, 0.05)

        asyncio.run(main())
    with pytest.raises(rt.StoreSpentError):
        app.plain("plain")


@pytest.mark.slow
def test_streams_and_futures_never_reach_the_abort() -> None:
    """A component that gives one is refused when the function is bound; wasmtime would end the process."""
    program = """
import witgen.runtime as rt
from witgen.runtime import generated as abi
for kind, ty in (("stream", abi.Stream(abi.U8)), ("future", abi.Future(abi.U8))):
    text = f'''(component
      (type $t ({kind} u8))
      (core func $new (canon {kind}.new $t))
      (core module $m (import "i" "new" (func $new (result i64)))
        (func (export "f") (result i32) (i32.wrap_i64 (call $new))))
      (core instance $i (instantiate $m (with "i" (instance (export "new" (func $new))))))
      (func (export "f") (result $t) (canon lift (core func $i "f"))))'''
    wasm = rt.engine(component_async=True)
    for result in (ty, abi.U32):
        pre = abi.Prepared(wasm, rt.Component(wasm, text), abi.WorldType("t:t/t", "0.1.0", functions=("f",)))
        instance = pre.instantiate(rt.Store(wasm), {})
        try:
            instance.bind(abi.ExportFunc("", "f", (), result))()
        except rt.UnsupportedTypeError as error:
            print(error, flush=True)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    expected = [
        f"f: wasmtime-py cannot carry {k}: leave the function out" for k in ("stream", "stream", "future", "future")
    ]
    assert ([line.partition(" of the world")[0] for line in done.stdout.splitlines()], done.returncode) == (
        expected,
        0,
    ), done.stderr
