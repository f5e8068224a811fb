"""Engines that fit, and finding out whether one does.

wasmtime 50.0.1 traps whenever a host function written in Python receives two or more borrowed handles, unless the
engine was made with component-model concurrency off; 49.0.0 is the other way round. Neither can be read off an engine,
so a component of a few lines tries it, once per engine and only where it matters.
"""

from __future__ import annotations

import contextlib
import os
import threading
from functools import lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary, WeakSet

from wasmtime import Config, Engine, Store, WasmtimeError
from wasmtime.component import Component, Linker

from . import _wasmtime
from ._errors import EngineError
from ._reflect import Items, read_component, signature_of
from ._wasmtime import HostFunction, ResourceHost


def engine(
    *,
    component_async: bool = False,
    epoch_interruption: bool = False,
    fuel: bool = False,
    stack_size: int | None = None,
    cache: bool | str | os.PathLike[str] = False,
) -> Engine:
    """An engine for generated packages.

    `component_async` allows components with async functions; with wasmtime 50.0.1 a component can then not call a
    method of Python's that borrows a second handle, so they are not allowed unless asked for. `epoch_interruption` and
    `fuel` make `Limits(epoch_deadline=…)` and `Limits(fuel=…)` possible, and necessary. `stack_size` is how many bytes of
    stack wasm may use, 512 KiB unless said; Python needs some more on the same stack. `cache` keeps compiled code:
    True in the user's cache folder, a path in that folder (made if there is none).

    Raises: wasmtime.WasmtimeError if the cache cannot be set up; OSError if its folder cannot be written; ValueError.
    """
    config = Config()
    for feature in ("wasm_component_model_implements", "wasm_component_model_map"):
        if hasattr(Config, feature):  # without them, a component that has a label or a map anywhere does not compile
            setattr(config, feature, True)
    if not component_async and not _carries_with_concurrency():
        _wasmtime.concurrency_off(config)
    if epoch_interruption:
        config.epoch_interruption = True
    if fuel:
        config.consume_fuel = True
    if stack_size is not None:
        if not _SMALLEST_STACK <= stack_size <= _LARGEST_STACK:
            raise ValueError(f"engine(stack_size): expected {_SMALLEST_STACK} to {_LARGEST_STACK}, got {stack_size}")
        config.max_wasm_stack = stack_size
    if cache is True:
        config.cache = True
    elif cache is not False:
        config.cache = str(_cache_settings(Path(cache)))
    made = Engine(config)
    _stacks[made] = _STACK if stack_size is None else stack_size
    if epoch_interruption:
        _counting.add(made)
    return made


_STACK = 512 * 1024
"""What wasmtime lets wasm use of a thread's stack, unless told otherwise."""
_SMALLEST_STACK, _LARGEST_STACK = 16 * 1024, 2 * 1024 * 1024
"""The largest is that of wasmtime's own stacks for async calls, beyond which it makes no engine."""
_PYTHON_STACK = 256 * 1024
"""What is left to Python, below and above wasm."""
_stacks: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()
_counting: WeakSet[Engine] = WeakSet()


def counts_epochs(engine: Engine) -> bool:
    """Whether it was made here with `epoch_interruption`, so that its stores may have a clock."""
    return engine in _counting


def check_stack(engine: Engine) -> None:
    """Refuse to run where wasm would come to the end of the thread's stack before that of its own: a segmentation fault.

    What can be known of it is the size that new threads get. Raises: EngineError.
    """
    size, wasm = threading.stack_size(), _stacks.get(engine, _STACK)
    if size and size < wasm + _PYTHON_STACK:
        raise EngineError(
            f"threads have a stack of {size} bytes, of which wasm may use {wasm}: make it {wasm + _PYTHON_STACK} or more"
            " (threading.stack_size), or give the engine a smaller one: witgen.runtime.engine(stack_size=…)"
        )


def _cache_settings(folder: Path) -> Path:
    """Write wasmtime's settings for a cache in `folder`; returns their file."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "wasmtime-cache.toml"
    quoted = str(folder / "code").replace("\\", "\\\\").replace('"', '\\"')
    text = f'[cache]\ndirectory = "{quoted}"\n'
    if not settings.exists() or settings.read_text("utf-8") != text:
        settings.write_text(text, "utf-8")
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
_fit_lock = threading.Lock()


def carries_two_borrows(engine: Engine) -> bool:
    """Whether a host function can receive two borrowed handles in one call. Tried once per engine."""
    with _fit_lock:
        known = _fit.get(engine)
        if known is None:
            known = _fit[engine] = _probe(engine)
        return known


@lru_cache(maxsize=1)
def _carries_with_concurrency() -> bool:
    """Whether this version of wasmtime needs no care."""
    return _probe(Engine())


def _probe(engine: Engine) -> bool:
    component = Component(engine, _PROBE)
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
