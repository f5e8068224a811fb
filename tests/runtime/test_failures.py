"""What comes out when wasm or an implementation fails, and what is left of the store."""

from __future__ import annotations

import copy
import signal
import subprocess
import sys
import threading
from importlib.metadata import version
from typing import cast

import pytest
from wasmtime import wat2wasm

import witgen.runtime as rt
from tests.runtime import layers
from tests.runtime.layers import on_engine, once_per_layer
from witgen.runtime import generated as abi
from witgen.runtime._stores.store import StoreState, classify

HOST = "test:fail/host@1.0.0"
ACTS = [
    "act",
    "call-far",
    "call-null",
    "call-other",
    "convert",
    "deep",
    "divide",
    "exit",
    "grow",
    "load",
    "loop",
    "nan",
    "overflow",
    "spin",
    "unreachable",
]
LIFTED = " ".join(
    f'(func (export "{name}") (param "n" u32) (result u32) (canon lift (core func $main "{name}")))' for name in ACTS
)
TEXT = f"""(component
  (import "{HOST}" (instance $host
    (export "act" (func (param "n" u32) (result u32)))
    (export "try" (func (param "n" u32) (result (result u32 (error u32)))))))
  (import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))
  (core module $libc (memory (export "memory") 1) (table (export "table") 2 funcref))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (core func $act (canon lower (func $host "act")))
  (core func $try (canon lower (func $host "try") (memory $memory)))
  (core func $exit (canon lower (func $exit "exit")))
  (core module $main
    (type $none (func))
    (import "i" "act" (func $act (param i32) (result i32)))
    (import "i" "try" (func $try (param i32 i32)))
    (import "i" "exit" (func $exit (param i32)))
    (import "m" "memory" (memory 1))
    (import "m" "table" (table 2 funcref))
    (elem (i32.const 1) $act)
    (func $deep (export "deep") (param i32) (result i32) (i32.add (call $deep (local.get 0)) (i32.const 1)))
    (func (export "act") (param i32) (result i32) (call $act (local.get 0)))
    (func (export "try") (param i32) (result i32) (call $try (local.get 0) (i32.const 64)) (i32.const 64))
    (func (export "loop") (param i32) (result i32)
      (loop $l (drop (call $act (local.get 0))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (i32.const 0))
    (func (export "unreachable") (param i32) (result i32) unreachable)
    (func (export "spin") (param i32) (result i32) (loop $l (br $l)) unreachable)
    (func (export "divide") (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
    (func (export "overflow") (param i32) (result i32) (i32.div_s (i32.const 0x80000000) (i32.const -1)))
    (func (export "convert") (param i32) (result i32) (i32.trunc_f64_s (f64.const 1e300)))
    (func (export "nan") (param i32) (result i32) (i32.trunc_f64_s (f64.const nan)))
    (func (export "load") (param i32) (result i32) (i32.load (i32.const -8)))
    (func (export "call-far") (param i32) (result i32) (call_indirect (type $none) (i32.const 9)) (i32.const 0))
    (func (export "call-null") (param i32) (result i32) (call_indirect (type $none) (i32.const 0)) (i32.const 0))
    (func (export "call-other") (param i32) (result i32) (call_indirect (type $none) (i32.const 1)) (i32.const 0))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "exit") (param i32) (result i32) (call $exit (local.get 0)) (i32.const 0)))
  (core instance $main (instantiate $main (with "m" (instance $libc)) (with "i" (instance
    (export "act" (func $act)) (export "try" (func $try)) (export "exit" (func $exit))))))
  {LIFTED}
  (func (export "try") (param "n" u32) (result (result u32 (error u32)))
    (canon lift (core func $main "try") (memory $memory))))
"""
EXIT_IMPORT = '(import "wasi:cli/exit@0.2.0" (instance $exit (export "exit" (func (param "status" (result))))))'
EXIT_LOWERED = '(core func $exit (canon lower (func $exit "exit")))'
WITHOUT_EXIT = TEXT.replace(EXIT_IMPORT, "").replace(
    EXIT_LOWERED,
    """(core module $none (func (export "exit") (param i32) unreachable)) (core instance $none (instantiate $none))
    (alias core export $none "exit" (core func $exit))""",
)
"""For witgen's engine, which has no native WASI."""
U32 = (("n", abi.U32),)
RESULT = abi.Result(abi.U32, abi.U32)
WORLD = abi.WorldType(
    "test:fail/fail",
    "0.1.0",
    (
        abi.ImportInterface(
            "host",
            HOST,
            "host.Host",
            (abi.ImportFunc("act", "act", U32, abi.U32), abi.ImportFunc("try", "try_", U32, RESULT)),
        ),
    ),
)


class Host:
    """Acts as it is told."""

    app: App

    def act(self, n: int) -> int:
        return n

    def try_(self, n: int) -> int:
        return n


class App:
    def __init__(self, instance: abi.Instance) -> None:
        self.instance = instance

    def __call__(self, name: str, n: int = 0) -> object:
        return self.instance.bind(abi.ExportFunc[[int], int]("", name, U32, abi.U32))(n)

    def try_(self, n: int) -> object:
        return self.instance.bind(abi.ExportFunc[[int], int]("", "try", U32, RESULT))(n)


@once_per_layer
def prepared(fuel: bool = False, epochs: bool = False) -> abi.Prepared:
    engine = rt.engine(fuel=fuel, epoch_interruption=epochs)
    return abi.Prepared(engine, layers.component(engine, WITHOUT_EXIT if on_engine() else TEXT), WORLD)


def start(
    host: Host | None = None, limits: rt.Limits | None = None, *, fuel: bool = False, epochs: bool = False
) -> App:
    pre = prepared(fuel, epochs)
    host = host or Host()
    host.app = App(pre.instantiate(rt.Store(pre.engine), {"host": host}, limits))
    return host.app


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("unreachable", "unreachable"),
        ("deep", "stack"),
        ("divide", "integer-divide-by-zero"),
        ("overflow", "integer-overflow"),
        ("convert", "integer-overflow"),
        ("nan", "invalid-conversion"),
        ("load", "memory"),
        ("call-far", "table"),
        ("call-null", "indirect-call"),
        ("call-other", "indirect-call"),
    ],
)
def test_trap_tells_its_kind_and_spends_the_store(name: str, kind: str) -> None:
    """A trap is one class with a kind; later calls are refused with the first cause, without entering wasm."""
    app = start()
    assert app("act", 3) == 3
    with pytest.raises(rt.Trap) as caught:
        app(name)
    assert caught.value.kind == kind
    with pytest.raises(
        rt.StoreSpentError, match=r"^the (store|instance) is spent by an earlier failure: Trap: "
    ) as again:
        app("act", 3)
    cause = again.value.__cause__
    assert isinstance(cause, rt.Trap)
    assert cause.kind == kind


def test_out_of_fuel() -> None:
    """Limits(fuel) bounds the work."""
    app = start(limits=rt.Limits(fuel=10_000), fuel=True)
    with pytest.raises(rt.Trap) as caught:
        app("spin")
    assert caught.value.kind == "fuel"


def test_epoch_deadline() -> None:
    """Limits(epoch_deadline) with another thread that ticks stops a loop; nothing is known of it when it begins."""
    with pytest.warns(rt.LimitWarning, match="no Ticker of this engine is running"):
        app = start(limits=rt.Limits(epoch_deadline=1), epochs=True)
    engine = app.instance.store.engine
    timer = threading.Timer(0.02, engine.increment_epoch)
    timer.start()
    with pytest.raises(rt.Trap) as caught:
        app("spin")
    timer.join()
    assert caught.value.kind == "epoch"


def test_memory_limit() -> None:
    """Growing beyond the limit fails inside the component only; starting with more than it is a BindError."""
    app = start(limits=rt.Limits(memory_size=2 * 65536))
    assert app("grow", 1) == 1
    assert app("grow", 1) == 2**32 - 1
    with pytest.raises(rt.BindError, match="memory"):
        start(limits=rt.Limits(memory_size=10))


@pytest.mark.parametrize(("status", "code"), [(0, 0), (1, 1)])
def test_exit(status: int, code: int) -> None:
    """`wasi:cli/exit` raises Exit with the code, and the store is spent. The engine, which has no WASI, says so by name."""
    if on_engine():
        pre = abi.Prepared(rt.engine(), bytes(wat2wasm(TEXT)), WORLD)
        with pytest.raises(rt.EngineError, match="needs WASI that wasmtime supplies"):
            pre.instantiate(rt.Store(pre.engine), {"host": Host()})
        return
    app = start()
    with pytest.raises(rt.Exit) as caught:
        app("exit", status)
    assert caught.value.code == code
    with pytest.raises(rt.StoreSpentError, match=f"Exit: the component exited with code {code}"):
        app("act", 1)


def test_exception_comes_out_as_itself() -> None:
    """The same object, with its traceback into the implementation, its cause and its context."""
    cause = KeyError("cause")
    error = LookupError("mine")

    class Failing(Host):
        def act(self, n: int) -> int:
            raise error from cause

    app = start(Failing())
    with pytest.raises(LookupError) as caught:
        app("act")
    assert caught.value is error
    assert error.__cause__ is cause
    assert error.__context__ is None
    assert [entry.name for entry in caught.traceback][-1] == "act"
    with pytest.raises(rt.StoreSpentError, match="LookupError: mine"):
        app("act")


def test_exceptions_of_others_are_not_raised_late() -> None:
    """A failure in one store leaves nothing behind that another call could raise."""

    class Failing(Host):
        def act(self, n: int) -> int:
            raise LookupError

    with pytest.raises(LookupError):
        start(Failing())("act")
    with pytest.raises(rt.Trap):
        start()("unreachable")


def test_err_lowers_as_the_error() -> None:
    """An implementation raises Err where the function has a result; the export raises its own."""

    class Trying(Host):
        def try_(self, n: int) -> int:
            raise rt.Err(n + 1)

    app = start(Trying())
    with pytest.raises(rt.Err) as caught:
        app.try_(5)
    assert caught.value.value == 6
    assert start().try_(4) == 4
    with pytest.raises(rt.Err):
        app.try_(5)  # the store is not spent


def test_err_from_a_function_without_result_is_an_exception() -> None:
    """Where the function cannot fail, an Err comes out as itself."""
    error = rt.Err("unexpected")

    class Failing(Host):
        def act(self, n: int) -> int:
            raise error

    app = start(Failing())
    with pytest.raises(rt.Err) as caught:
        app("act")
    assert caught.value is error
    with pytest.raises(rt.StoreSpentError):
        app("act")


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("x", TypeError, "host.Host.act() result: expected int, got str"),
        (-1, ValueError, "host.Host.act() result: -1 does not fit u32"),
        (None, TypeError, "host.Host.act() result: expected int, got None"),
    ],
)
def test_implementation_returns_what_does_not_fit(value: object, error: type[Exception], message: str) -> None:
    """The message names the implementation's function."""

    class Wrong(Host):
        def act(self, n: int) -> int:
            return cast("int", value)

    with pytest.raises(error) as caught:
        start(Wrong())("act")
    assert str(caught.value) == message


def test_implementation_errs_with_what_does_not_fit() -> None:
    """Neither may an error be of another type, nor be returned."""

    class Wrong(Host):
        def try_(self, n: int) -> int:
            raise rt.Err("x")

    class Returned(Host):
        def try_(self, n: int) -> int:
            return cast("int", rt.Err(1))

    with pytest.raises(TypeError, match=r"^host\.Host\.try_\(\) error: expected int, got str$"):
        start(Wrong()).try_(1)
    with pytest.raises(TypeError, match=r"expected int, got Err: an error is raised, not returned$"):
        start(Returned()).try_(1)


def test_reentry_from_a_callback() -> None:
    """An implementation may call exports of the instance that calls it (wasmtime 48 and the engine trap on that)."""

    class Calling(Host):
        def act(self, n: int) -> int:
            return n if n == 0 else 1 + int(str(self.app("act", n - 1)))

    app = start(Calling())
    if on_engine() or version("wasmtime").startswith("48."):
        with pytest.raises(rt.Trap) as caught:
            app("act", 20)
        assert caught.value.kind == "cannot-enter"
    else:
        assert app("act", 20) == 20


def test_another_thread_is_refused_while_a_call_runs() -> None:
    """A store belongs to one thread at a time; afterwards, another thread may use it."""
    seen: list[object] = []

    class Waiting(Host):
        def act(self, n: int) -> int:
            def intrude() -> None:
                try:
                    self.app("act", 1)
                except rt.StoreBusyError as error:
                    seen.append(error)

            if n == 7:
                thread = threading.Thread(target=intrude)
                thread.start()
                thread.join()
            return n

    app = start(Waiting())
    assert app("act", 7) == 7
    assert [type(error) for error in seen] == [rt.StoreBusyError]
    thread = threading.Thread(target=lambda: seen.append(app("act", 9)))
    thread.start()
    thread.join()
    assert seen[1:] == [9]


def test_threads_never_see_each_others_exceptions() -> None:
    """Four threads that fail at the same time, each with its own exception."""
    barrier = threading.Barrier(4, timeout=20)
    wrong: list[BaseException] = []

    class Failing(Host):
        def __init__(self, error: Exception) -> None:
            self.error = error

        def act(self, n: int) -> int:
            barrier.wait()
            raise self.error

    def run() -> None:
        for _ in range(50):
            error = LookupError()
            try:
                start(Failing(error))("act")
            except BaseException as caught:  # noqa: BLE001  # whatever came out
                if caught is not error:
                    wrong.append(caught)

    prepared()
    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("error", ["KeyboardInterrupt", "SystemExit", "GeneratorExit"])
def test_base_exceptions_do_not_crash_the_process(error: str) -> None:
    """What is no Exception goes the same way; without care it is a segmentation fault."""
    program = f"""
import sys
from tests.runtime.test_failures import Host, start
class Failing(Host):
    def act(self, n): raise {error}("from the callback")
try:
    start(Failing())("act")
except {error} as caught:
    print(repr(caught), flush=True)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == (f"{error}('from the callback')\n", 0), done.stderr


@pytest.mark.slow
def test_the_end_of_the_stack_is_an_exception() -> None:
    """However deep the caller is, a callback that finds no room left is a RecursionError and no garbage for Rust."""
    program = """
import sys
from tests.runtime.plugin import start
def from_below(depth, call):
    return from_below(depth - 1, call) if depth else call()
ends = set()
for depth in range(sys.getrecursionlimit() - 80, sys.getrecursionlimit()):
    app = start()
    circle = app.shapes.circle_new(7)
    circle.ping(), app.uses.consume_new("bound before")
    for call in (circle.ping, lambda: app.uses.consume_new("seven b")):
        try:
            ends.add(from_below(depth, call))
        except RecursionError:
            ends.add("too deep")
    circle.__exit__()
print(sorted(ends, key=str), flush=True)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == ("[7, 'too deep']\n", 0), done.stderr


def test_a_store_is_not_closed_by_a_callback() -> None:
    """What wasm runs in cannot be freed under it; nor may a copy free it a second time."""

    class Closing(Host):
        def act(self, n: int) -> int:
            with pytest.raises(rt.ResourceInUseError, match="while a call runs in it"):
                app.instance.store.close()
            return n

    app = start(Closing())
    assert app("act") == start()("act")
    with pytest.raises(TypeError, match="a Store cannot be copied"):
        copy.copy(app.instance.store)
    app.instance.store.close()


@pytest.mark.slow
def test_ctrl_c_while_wasm_runs() -> None:
    """A guest in a loop of callbacks is interrupted, time after time, and the process lives on."""
    program = """
import os, signal, threading
from tests.runtime.test_failures import Host, start
class Interrupted(Host):
    def __init__(self, delay):
        self.timer = threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT))
        self.timer.daemon = True
        self.calls = 0
    def act(self, n):
        self.calls += 1
        if self.calls == 1:
            self.timer.start()
        return n
for n in range(12):
    app = start(Interrupted(0.01 + n / 1000))
    try:
        app("loop", 10**9)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.split(), done.returncode) == (["interrupted"] * 12, 0), done.stderr


def test_handlers_of_the_user_are_left_alone() -> None:
    """A handler of one's own for SIGINT stays during calls, as does any handler in other threads."""
    seen: list[object] = []

    class Looking(Host):
        def act(self, n: int) -> int:
            seen.append(signal.getsignal(signal.SIGINT))
            return n

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        start(Looking())("act")
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [signal.SIG_IGN]


def test_closed_store() -> None:
    """A call in it, a function of it and another instance in it are Python's ValueError."""
    function, host = abi.ExportFunc[[int], int]("", "act", U32, abi.U32), {"host": Host()}
    pre = prepared()
    store = rt.Store(pre.engine)
    instance = pre.instantiate(store, host)
    call = instance.bind(function)
    store.close()
    closed = r"^the store is closed: "
    with pytest.raises(ValueError, match=closed):
        call(1)
    with pytest.raises(ValueError, match=closed):
        instance.bind(function)
    for limits in (None, rt.Limits(memory_size=1 << 20)):
        with pytest.raises(ValueError, match=closed):
            pre.instantiate(store, host, limits)


def test_exception_while_starting() -> None:
    """A start function that fails in an import: the exception comes out of `instantiate`, and nothing stays behind."""
    text = f"""(component
      (import "{HOST}" (instance $host (export "act" (func (param "n" u32) (result u32)))))
      (core func $act (canon lower (func $host "act")))
      (core module $m (import "i" "act" (func $act (param i32) (result i32)))
        (func $s (drop (call $act (i32.const 5)))) (start $s))
      (core instance (instantiate $m (with "i" (instance (export "act" (func $act)))))))"""
    engine = rt.engine()
    pre = abi.Prepared(engine, layers.component(engine, text), WORLD)
    seen: list[int] = []

    class Failing(Host):
        def act(self, n: int) -> int:
            seen.append(n)
            raise LookupError("while starting")

    store = rt.Store(engine)
    with pytest.raises(LookupError, match="while starting"):
        pre.instantiate(store, {"host": Failing()})
    assert seen == [5]
    if on_engine():  # where a failure spends the instance, and not its store
        pre.instantiate(store, {"host": Host()})
    else:
        with pytest.raises(rt.StoreSpentError):
            pre.instantiate(store, {"host": Host()})
    with pytest.raises(rt.Trap):
        start()("unreachable")


def test_trap_while_starting() -> None:
    """A start function that traps is a Trap, not a BindError."""
    engine = rt.engine()
    text = "(component (core module $m (func $s unreachable) (start $s)) (core instance (instantiate $m)))"
    pre = abi.Prepared(engine, layers.component(engine, text), WORLD)
    with pytest.raises(rt.Trap) as caught:
        pre.instantiate(rt.Store(engine), {"host": None})
    assert caught.value.kind == "unreachable"


def test_classification_falls_back() -> None:
    """What is not known is `other`."""
    assert classify("error while executing\nwasm trap: something new\n") == "other"
    assert classify("no trap at all") == "other"


def test_a_failed_store_can_be_collected() -> None:
    """Remembering the failure does not keep the store alive."""
    import gc
    import weakref

    class Failing(Host):
        def act(self, n: int) -> int:
            raise LookupError

    app = start(Failing())
    gone = weakref.ref(app.instance.store)
    with pytest.raises(LookupError) as caught:
        app("act")
    del app, caught
    gc.collect()
    assert gone() is None


def test_a_chain_of_spent_stores_names_the_first_failure() -> None:
    """Not each store that failed after it: the message stays as long as it is."""
    failures = ["RuntimeError: no room"]
    for _ in range(3):
        state = StoreState()
        state.spend(rt.StoreSpentError(f"the store is spent by an earlier failure: {failures[-1]}", failures[-1]))
        with pytest.raises(
            rt.StoreSpentError, match=r"^the store is spent by an earlier failure: RuntimeError: no room$"
        ) as error:
            state.check()
        failures.append(error.value.failure)
    assert set(failures) == {"RuntimeError: no room"}
