"""wasmtime's stores and engines, without what crashes the process or stops a limit from acting."""

from __future__ import annotations

import os
from typing import Self

import wasmtime

from ...dataclass import dataclass, replace
from .. import _wasmtime
from .._errors import ResourceInUseError
from .._uncopied import Uncopied
from .._wasmtime.defaults import STACK_SIZE
from . import stack as _stack
from .pooling import STACKS, Pooling
from .store import is_running


class Store(Uncopied, wasmtime.Store):
    """A wasmtime store that cannot be closed while a call runs in it, nor copied."""

    def close(self) -> None:
        """Free all that lives in the store.

        Raises:
            ResourceInUseError: a call is running in it.
        """
        if is_running(self):
            raise ResourceInUseError("the store cannot be closed while a call runs in it")
        super().close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How an engine is made."""

    component_async: bool = False
    epoch_interruption: bool = False
    fuel: bool = False
    stack_size: int = STACK_SIZE
    cache: bool | str = False
    """True for the user's cache folder; the file of other settings; False for none."""
    signals_based_traps: bool = False
    parallel_compilation: bool = True
    pooling: Pooling | None = None

    def config(self, concurrency: bool) -> wasmtime.Config:
        """These settings for wasmtime; `concurrency` is whether component-model concurrency may stay on."""
        config = wasmtime.Config()
        for feature in ("wasm_component_model_implements", "wasm_component_model_map"):
            if hasattr(
                wasmtime.Config, feature
            ):  # without them, a component that has a label or a map anywhere does not compile
                setattr(config, feature, True)
        if not concurrency:
            _wasmtime.concurrency_off(config)
        config.signals_based_traps = self.signals_based_traps
        config.parallel_compilation = self.parallel_compilation
        config.max_wasm_stack = self.stack_size
        if self.epoch_interruption:
            config.epoch_interruption = True
        if self.fuel:
            config.consume_fuel = True
        if self.cache is not False:
            config.cache = self.cache
        if self.pooling is not None:
            _wasmtime.set_pooling(config, _pool_limits(self.pooling))
        return config


def _pool_limits(pool: Pooling) -> dict[str, int]:
    return {
        "total_component_instances": pool.instances,
        "total_core_instances": pool.instances * pool.core_instances,
        "total_memories": pool.instances * pool.memories,
        "total_tables": pool.instances * pool.tables,
        "total_stacks": max(pool.instances, STACKS),
        "total_gc_heaps": pool.instances,
        "max_core_instances_per_component": pool.core_instances,
        "max_memories_per_component": pool.memories,
        "max_tables_per_component": pool.tables,
        "max_memories_per_module": pool.memories,
        "max_tables_per_module": pool.tables,
        "max_memory_size": pool.memory_size,
        "table_elements": pool.table_elements,
        "linear_memory_keep_resident": pool.keep_resident,
    }


class KnownEngine(wasmtime.Engine):
    """An engine made by `witgen.runtime.engine`, which knows its settings and counts its epoch."""

    def __init__(self, settings: Settings, concurrency: bool) -> None:
        self.settings = settings
        self.process = os.getpid()
        """Where it was made."""
        self.epoch = 0
        """The ticks so far."""
        self.is_ticked = False
        """Whether ticks were counted by other means than a `Ticker`."""
        self._concurrency = concurrency
        _stack.needs_stack(settings.stack_size)
        super().__init__(settings.config(concurrency))

    def increment_epoch(self) -> None:
        """Count a tick.

        Raises:
            ValueError: the engine is closed.
        """
        self.is_ticked = True
        self.advance(1)

    def advance(self, ticks: int) -> None:
        """Count `ticks` ticks.

        Raises:
            ValueError: the engine is closed.
        """
        self.epoch += ticks  # before wasmtime's count: who is stopped there must find it here
        _wasmtime.advance_epoch(self, ticks)

    def is_foreign_pool(self) -> bool:
        """Whether it has a pool that was reserved before a fork: wasmtime would clean memories by the parent's pages."""
        return self.settings.pooling is not None and self.process != os.getpid()

    def serial(self) -> Self:
        """An engine whose compiled code this one can load, which compiles on the calling thread alone."""
        return type(self)(
            replace(self.settings, parallel_compilation=False, cache=False, pooling=None), self._concurrency
        )
