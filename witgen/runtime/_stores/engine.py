"""Engines that fit, and finding out whether one does.

wasmtime 50.0.1 traps whenever a host function written in Python receives two or more borrowed handles, unless the
engine was made with component-model concurrency off; 49.0.0 is the other way round. Neither can be read off an engine,
so a component of a few lines tries it, once per engine and only where it matters.
"""

from __future__ import annotations

import contextlib
import os
from functools import lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

from wasmtime import Engine, Func, Instance, Module, Store, Trap, WasmtimeError, wat2wasm
from wasmtime.component import Linker

from .. import _wasmtime
from .._errors import EngineError
from .._kinds import instead_of
from .._process.fork import Lock, importing
from .._wasmtime import HostFunction, ResourceHost
from .._wasmtime.defaults import STACK_SIZE
from .._wasmtime.reflect import Items, read_component, signature_of
from .compiling import compile_component
from .guarded import KnownEngine, Settings
from .pooling import Pooling


def engine(
    *,
    component_async: bool = False,
    epoch_interruption: bool = False,
    fuel: bool = False,
    stack_size: int | None = None,
    cache: bool | str | os.PathLike[str] = False,
    signals_based_traps: bool = False,
    pooling: Pooling | None = None,
) -> Engine:
    """An engine for generated packages.

    Args:
        component_async: allow components with async functions. With wasmtime 50.0.1 a component can then not call a Python
            method that borrows a second handle.
        epoch_interruption: make `Limits(epoch_deadline=…)` possible. Wasm then runs more slowly.
        fuel: make `Limits(fuel=…)` possible, and necessary. Wasm then runs more slowly.
        stack_size: how many bytes of stack wasm may use, 512 KiB by default. Python needs some more on the same stack.
        cache: keep compiled code: True in the user's cache folder, a path in that folder (created if missing).
        signals_based_traps: let wasmtime find traps by signals. Loops that read memory run up to 1.5 times as fast; a trap
            is an EngineError where other code (`faulthandler`, say) has replaced the signal handlers since.
        pooling: keep a pool of instances of at most that size. Instances with memories are then made and closed in less time.

    Raises:
        ValueError: `stack_size` is out of range.
        TypeError: `stack_size` is not a number of bytes, or `pooling` not a `Pooling`.
        EngineError: this system, or this build of wasmtime, cannot have the pool.
        OSError: the folder of the cache cannot be written.
        wasmtime.WasmtimeError: the cache cannot be set up.
    """
    _check_stack_size(stack_size)
    if pooling is not None:
        _check_pooling(pooling)
    settings = Settings(
        component_async=component_async,
        epoch_interruption=epoch_interruption,
        fuel=fuel,
        stack_size=STACK_SIZE if stack_size is None else stack_size,
        cache=cache if isinstance(cache, bool) else str(_cache_settings(Path(cache))),
        signals_based_traps=signals_based_traps,
        pooling=pooling,
    )
    return KnownEngine(settings, component_async or _carries_with_concurrency())


def _check_stack_size(stack_size: object) -> None:
    if stack_size is None:
        return
    if not isinstance(stack_size, int) or isinstance(stack_size, bool):
        raise TypeError(f"engine(stack_size): expected int, got {type(stack_size).__name__}")
    if not _SMALLEST_STACK <= stack_size <= _LARGEST_STACK:
        raise ValueError(f"engine(stack_size): expected {_SMALLEST_STACK} to {_LARGEST_STACK}, got {stack_size}")


def _check_pooling(pooling: object) -> None:
    if not isinstance(pooling, Pooling):
        raise TypeError(f"engine(pooling): expected Pooling, got {instead_of(Pooling, pooling)}")
    if not _wasmtime.HAS_POOLING:
        raise EngineError("engine(pooling=…): this build of wasmtime has no pooling allocator")
    pooling.check_room()


_SMALLEST_STACK, _LARGEST_STACK = 16 * 1024, 2 * 1024 * 1024
"""The largest is that of wasmtime's own stacks for async calls, beyond which it makes no engine."""


def counts_epochs(engine: Engine) -> bool:
    """Whether deadlines of `engine` can stop a component. One that was not made here is tried, once."""
    if isinstance(engine, KnownEngine):
        return engine.settings.epoch_interruption
    with _counting_lock:
        known = _counting.get(engine)
        if known is None:
            known = _counting[engine] = _stops_at_once(engine)
        return known


_counting: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()
_counting_lock = Lock()


def _stops_at_once(engine: Engine) -> bool:
    """Whether a function that does nothing is interrupted when the deadline has passed before it begins."""
    store = Store(engine)
    with contextlib.suppress(WasmtimeError):  # an engine without fuel
        store.set_fuel(1_000_000)
    store.set_epoch_deadline(0)
    instance = Instance(store, Module(engine, '(module (func (export "run")))'), [])
    run = instance.exports(store)["run"]
    assert isinstance(run, Func)
    try:
        run(store)
    except Trap:
        return True
    return False


def stack_size(engine: Engine) -> int:
    """How many bytes of a thread's stack `engine` lets wasm use, as far as is known."""
    return engine.settings.stack_size if isinstance(engine, KnownEngine) else STACK_SIZE


def _cache_settings(folder: Path) -> Path:
    """Write wasmtime's settings for a cache in `folder`; returns their file."""
    with importing:
        from ...atomic import replace_file  # most engines have no such cache

    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "wasmtime-cache.toml"
    quoted = str(folder / "code").replace("\\", "\\\\").replace('"', '\\"')
    text = f'[cache]\ndirectory = "{quoted}"\n'
    if not settings.exists() or settings.read_text("utf-8") != text:
        replace_file(settings, text.encode("utf-8"), prefix=".settings-")  # at once: other processes may be reading it
    return settings


_PROBE = """
(component
  (import "host" (instance $host
    (export "r" (type $r (sub resource)))
    (export "make" (func (result (own $r))))
    (export "two" (func (param "a" (borrow $r)) (param "b" (borrow $r))))))
  (alias export $host "r" (type $r))
  (core func $make (canon lower (func $host "make")))
  (core func $two (canon lower (func $host "two")))
  (core func $drop (canon resource.drop $r))
  (core module $m
    (import "h" "make" (func $make (result i32)))
    (import "h" "two" (func $two (param i32 i32)))
    (import "h" "drop" (func $drop (param i32)))
    (func (export "run") (local $h i32)
      (local.set $h (call $make))
      (call $two (local.get $h) (local.get $h))
      (call $drop (local.get $h))))
  (core instance $i (instantiate $m (with "h" (instance
    (export "make" (func $make)) (export "two" (func $two)) (export "drop" (func $drop))))))
  (func (export "run") (canon lift (core func $i "run"))))
"""

_fit: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()
_fit_lock = Lock()


def carries_two_borrows(engine: Engine) -> bool:
    """Whether a host function can receive two borrowed handles in one call. Tried once per engine."""
    with _fit_lock:
        known = _fit.get(engine)
        if known is None:
            # A pool may be full, or have no room for what is tried: an engine
            # without it, and else with the same settings, shows the same.
            tried = engine.serial() if isinstance(engine, KnownEngine) and engine.settings.pooling else engine
            known = _fit[engine] = _probe(tried)
        return known


@lru_cache(maxsize=1)
def _carries_with_concurrency() -> bool:
    """Whether this version of wasmtime needs no care."""
    return _probe(KnownEngine(Settings(parallel_compilation=False), concurrency=True))


def _probe(engine: Engine) -> bool:
    component = compile_component(engine, wat2wasm(_PROBE))
    imports, exports = read_component(component, engine)
    host = imports["host"]
    assert isinstance(host, Items)
    linker = Linker(engine)
    store = Store(engine)

    def two(arguments: list[object]) -> None:
        for argument in arguments:
            assert isinstance(argument, _wasmtime.ResourceAny)
            argument.to_host(store)

    with linker.root() as root, root.add_instance("host") as instance:
        _wasmtime.define_resource(instance, "r", 1, lambda rep: None, lambda error: None)
        make = HostFunction(signature_of(host["make"]), lambda _: ResourceHost.own(1, 1), lambda error: None)
        _wasmtime.define_function(instance, "make", make)
        _wasmtime.define_function(instance, "two", HostFunction(signature_of(host["two"]), two, lambda error: None))
    with contextlib.suppress(WasmtimeError):  # an engine without fuel
        store.set_fuel(1_000_000)
    store.set_epoch_deadline(1 << 40)
    function = linker.instantiate(store, component).get_func(store, "run")
    assert function is not None
    try:
        _wasmtime.Function(function, signature_of(exports["run"]))(store, [])
    except WasmtimeError:
        return False
    finally:
        store.close()
    return True
