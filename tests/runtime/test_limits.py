"""A hostile component within limits: each way to take too much is stopped, and says by its kind what it was."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.metadata import version

import pytest

import witgen.runtime as rt
from tests.runtime import layers
from tests.runtime.layers import once_per_layer
from witgen.runtime import generated as abi
from witgen.runtime._stores.guarded import KnownEngine

HOST = "test:limits/host@1.0.0"
TEXT = f"""(component
  (import "{HOST}" (instance $host
    (export "file" (type $file (sub resource)))
    (export "[constructor]file" (func (result (own $file))))))
  (alias export $host "file" (type $file))
  (core func $open (canon lower (func $host "[constructor]file")))
  (core func $close (canon resource.drop $file))
  (type $own (resource (rep i32)))
  (core func $make (canon resource.new $own))
  (core module $m
    (import "i" "open" (func $open (result i32)))
    (import "i" "close" (func $close (param i32)))
    (import "i" "make" (func $make (param i32) (result i32)))
    (memory (export "memory") 1)
    (table $t 1 funcref)
    (func (export "spin") (param i32) (result i32) (loop $l (br $l)) unreachable)
    (func $deep (export "deep") (param i32) (result i32) (i32.add (call $deep (local.get 0)) (i32.const 1)))
    (func (export "bomb") (param i32) (result i32)
      (loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable)
    (func (export "size") (param i32) (result i32) (memory.size))
    (func (export "table") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
    (func (export "open") (param i32) (result i32)
      (loop $l (drop (call $open)) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (i32.const 0))
    (func (export "reopen") (param i32) (result i32)
      (loop $l (call $close (call $open)) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (i32.const 0))
    (func (export "make") (param i32) (result i32)
      (loop $l (drop (call $make (i32.const 1))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (i32.const 0))
    (func (export "copies") (param i32) (result i32) (local $i i32)
      (i32.store (i32.const 0) (i32.const 16))
      (i32.store (i32.const 4) (local.get 0))
      (loop $l
        (i32.store offset=20 (i32.mul (local.get $i) (i32.const 8)) (i32.const 65000))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 0))))
      (i32.const 0)))
  (core instance $m (instantiate $m (with "i" (instance
    (export "open" (func $open)) (export "close" (func $close)) (export "make" (func $make))))))
  (alias core export $m "memory" (core memory $memory))
  {" ".join(
    f'(func (export "{name}") (param "n" u32) (result u32) (canon lift (core func $m "{name}")))'
    for name in ("spin", "deep", "bomb", "size", "table", "open", "reopen", "make")
  )}
  (func (export "copies") (param "n" u32) (result (list (list u8)))
    (canon lift (core func $m "copies") (memory $memory))))"""
FILE = abi.ImportedResource(HOST, "file", "host.File")
WORLD = abi.WorldType(
    "test:limits/limits",
    "0.1.0",
    (
        abi.ImportInterface(
            "host", HOST, "host.Host", (abi.ImportFunc("[constructor]file", "File", (), abi.Own(FILE)),), (FILE,)
        ),
    ),
)
NEWEST = version("wasmtime").startswith("50.")


class Host:
    class File:
        pass


@once_per_layer
def prepared(fuel: bool = False, epochs: bool = False, stack_size: int | None = None) -> abi.Prepared:
    wasm = rt.engine(fuel=fuel, epoch_interruption=epochs, stack_size=stack_size)
    return abi.Prepared(wasm, layers.component(wasm, TEXT), WORLD)


class App:
    def __init__(self, limits: rt.Limits | None = None, pre: abi.Prepared | None = None) -> None:
        pre = pre or prepared()
        self.instance = pre.instantiate(rt.Store(pre.engine), {"host": Host()}, limits)

    def __call__(self, name: str, n: int = 0) -> int:
        return self.instance.bind(abi.ExportFunc[[int], int]("", name, (("n", abi.U32),), abi.U32))(n)

    def copies(self, n: int) -> list[bytes]:
        ty = abi.List(abi.List(abi.U8))
        return self.instance.bind(abi.ExportFunc[[int], list[bytes]]("", "copies", (("n", abi.U32),), ty))(n)

    def stopped(self, name: str, n: int = 0) -> rt.TrapKind:
        """The kind of the trap that a call ends in, upon which the store is spent."""
        with pytest.raises(rt.Trap) as caught:
            self.copies(n) if name == "copies" else self(name, n)
        with pytest.raises(rt.StoreSpentError):
            self("size")
        return caught.value.kind


def test_an_endless_loop_runs_out_of_fuel_or_time() -> None:
    """By fuel, which counts work; by a deadline, which a ticker counts in time."""
    assert App(rt.Limits(fuel=100_000), prepared(fuel=True)).stopped("spin") == "fuel"
    pre = prepared(epochs=True)
    with rt.Ticker(pre.engine, 0.005):
        assert App(rt.Limits(epoch_deadline=4), pre).stopped("spin") == "epoch"


def test_limits_are_renewed_between_calls() -> None:
    """An instance that lives longer than one call gets its fuel, and its time, for each."""
    fuel, deadline = rt.Limits(fuel=2_000), rt.Limits(epoch_deadline=1)
    app = App(fuel, prepared(fuel=True))
    for _ in range(50):
        app("reopen", 20)
        fuel.renew(app.instance.store)
    assert app.stopped("reopen", 5000) == "fuel"
    pre = prepared(epochs=True)
    pre.engine.increment_epoch()
    app = App(deadline, pre)
    for _ in range(3):
        app("size")
        pre.engine.increment_epoch()
        deadline.renew(app.instance.store)
    assert app("size") == 1
    pre.engine.increment_epoch()
    assert app.stopped("size") == "epoch"


def test_an_engine_that_counts_fuel_needs_some() -> None:
    """Without, the first instruction would trap, as if much had been done."""
    with pytest.raises(rt.EngineError, match=r"the store has none: pass limits=Limits\(fuel=…\)"):
        App(None, prepared(fuel=True))
    assert App(rt.Limits(fuel=2_000), prepared(fuel=True))("size") == 1


def test_without_a_deadline_ticks_do_no_harm() -> None:
    """An engine may count ticks for Ctrl-C and cancellation alone."""
    pre = prepared(epochs=True)
    app = App(None, pre)
    for _ in range(3):
        assert app("size") == 1
        pre.engine.increment_epoch()


def test_what_is_no_limits() -> None:
    """A wrong kind is a TypeError that names the argument."""
    pre = prepared()
    with pytest.raises(TypeError, match=r"instantiate\(limits\): expected Limits, got int"):
        pre.instantiate(rt.Store(pre.engine), {"host": Host()}, limits=5)  # type: ignore[arg-type]  # what is tested
    with pytest.raises(TypeError, match=r"instantiate\(wasi\): expected WasiConfig, got int"):
        pre.instantiate(rt.Store(pre.engine), {"host": Host()}, wasi=5)  # type: ignore[arg-type]  # what is tested


def ticks(wasm: rt.Engine) -> bool:
    """Whether the epoch of an engine advances."""
    assert isinstance(wasm, KnownEngine)
    before = wasm.epoch
    time.sleep(0.05)
    return wasm.epoch > before


def test_a_ticker_ticks_until_closed() -> None:
    """It is closed by leaving the block, and more than once without harm; its interval is a time."""
    wasm = rt.engine(epoch_interruption=True)
    with rt.Ticker(wasm, 0.001) as ticker:
        assert ticks(wasm)
    ticker.close()
    assert not ticks(wasm)


@pytest.mark.parametrize("interval", [0, -1, 1e-12, 1e12, float("inf"), float("nan"), 10**400])
def test_intervals_that_cannot_be_kept(interval: float) -> None:
    """Their thread would fail, or never catch up, and closing the ticker would wait for it without end."""
    with pytest.raises(ValueError, match="seconds between two ticks"):
        rt.Ticker(rt.engine(epoch_interruption=True), interval)


def test_a_memory_bomb_gets_no_memory() -> None:
    """Growing fails inside the component, which then does what it likes: this one traps by itself."""
    app = App(rt.Limits(memory_size=4 * 2**20, table_elements=100))
    assert app("table", 50) == 1
    assert app("table", 50) == 2**32 - 1
    assert app.stopped("bomb") == "unreachable"


def test_deep_recursion_comes_to_the_end_of_its_stack() -> None:
    """A trap, whatever stack the engine gives."""
    assert App().stopped("deep") == "stack"
    assert App(None, prepared(stack_size=2**21)).stopped("deep") == "stack"
    for size in (0, 2**22):
        with pytest.raises(ValueError, match="stack_size"):
            rt.engine(stack_size=size)


@pytest.mark.slow
def test_a_flood_of_handles_is_stopped() -> None:
    """By the limit for objects of the host's; and by wasmtime's own, for those and for the component's own."""
    app = App(rt.Limits(handles=10))
    assert app("open", 10) == 0
    assert app.stopped("open", 1) == "handles"
    app = App(rt.Limits(handles=10))
    assert app("reopen", 1000) == 0
    if NEWEST:
        assert App().stopped("make", 1_000_000) == "handles"
        assert App().stopped("open", 1_000_000) == "handles"


@pytest.mark.skipif(not NEWEST, reason="older versions copy what they are told to")
def test_a_result_that_copies_the_same_bytes_over_and_over_is_stopped() -> None:
    """One page of memory could ask for gigabytes of the host's: wasmtime counts what crosses in a call."""
    app = App()
    assert [len(data) for data in app.copies(2)] == [65000] * 2
    assert app.stopped("copies", 8000) == "limit"


@pytest.mark.slow
def test_threads_with_too_little_stack_are_refused() -> None:
    """Where wasm would come to the end of the thread's stack first, which is a segmentation fault."""
    program = """
import threading
from tests.runtime import test_limits as t
from witgen.runtime import EngineError
small = t.prepared(stack_size=100_000)
def run(pre):
    try:
        print(t.App(None, pre).stopped("deep"), flush=True)
    except EngineError as error:
        print(str(error)[:43], flush=True)
threading.stack_size(400_000 // 4096 * 4096)
for pre in (t.prepared(), small):
    thread = threading.Thread(target=run, args=(pre,))
    thread.start()
    thread.join()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    expected = ["this thread has a stack of 397312 bytes, of", "stack"]
    assert (done.stdout.splitlines(), done.returncode) == (expected, 0), done.stderr
