"""Filling and pruning a cache of compiled code, for `witgen compile` and for programs."""

from __future__ import annotations

import time

from ...dataclass import dataclass
from .._errors import EngineError
from .._process.fork import importing
from .cache import Cache, CacheError, FolderPath, Pruned
from .isolation import Isolation, Progress


@dataclass(frozen=True, slots=True)
class CompiledAhead:
    """What `compile_ahead` did: seconds of time, and whether the code was in the cache before."""

    seconds: float
    was_cached: bool


def compile_ahead(
    component: bytes | bytearray,
    cache: FolderPath,
    *,
    component_async: bool = False,
    epoch_interruption: bool = False,
    fuel: bool = False,
    stack_size: int | None = None,
    signals_based_traps: bool = False,
    limits: Isolation | None = None,
    progress: Progress | None = None,
) -> CompiledAhead:
    """Compile a component into a cache, in a process of its own, for engines that are made with the same keywords.

    Nothing of the component runs, and nothing is loaded into this process. One that is compiled already is left alone.

    Args:
        component: in the binary format or as text.
        cache: the folder that `prepare(cache=…)` is given.
        component_async: as for `engine`, like the next four keywords.
        limits: what the process may use; None for no limits.
        progress: is called a few times a second with the seconds that passed and the bytes of memory in use.

    Raises:
        CompileLimitError: it takes too much.
        EngineError: the cache cannot be used, or no process can be started.
        TypeError: `component` is not bytes (a path, say).
        ValueError: `stack_size` is none that an engine can have.
        wasmtime.WasmtimeError: it is not a component, or has what the engine was not made for.
    """
    with importing:
        from .separate import compile_apart

    _check_bytes(component)
    began = time.monotonic()
    settings = {
        "component_async": component_async,
        "epoch_interruption": epoch_interruption,
        "fuel": fuel,
        "stack_size": stack_size,
        "signals_based_traps": signals_based_traps,
    }
    free = Isolation(seconds=None, memory=None)
    try:
        was_cached = compile_apart(settings, component, Cache(cache), limits or free, progress)
    except CacheError as error:
        raise EngineError(str(error)) from None
    return CompiledAhead(time.monotonic() - began, was_cached)


def _check_bytes(component: object) -> None:
    if not isinstance(component, bytes | bytearray):
        raise TypeError(f"compile_ahead(): expected a component's bytes, got {type(component).__name__}")


def prune_cache(cache: FolderPath, *, max_age: float | None = None, max_size: int | None = None) -> Pruned:
    """Remove code from a cache: what was not used for longest goes first.

    Args:
        cache: the folder.
        max_age: seconds since the last use; what is older goes.
        max_size: bytes; what is beyond goes.

    Raises:
        EngineError: the cache cannot be used.
    """
    try:
        return Cache(cache).prune(max_age, max_size)
    except CacheError as error:
        raise EngineError(str(error)) from None


__all__ = ["CompiledAhead", "compile_ahead", "prune_cache"]
