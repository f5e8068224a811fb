"""wasmtime's stores and engines, without what crashes the process or stops a limit from acting."""

from __future__ import annotations

from typing import Self

import wasmtime

from ..dataclass import dataclass, replace
from . import _stack, _wasmtime
from ._defaults import STACK_SIZE
from ._errors import ResourceInUseError
from ._store import is_running
from ._uncopied import Uncopied


class Store(Uncopied, wasmtime.Store):
    """A wasmtime store that cannot be closed while a call runs in it, nor copied."""

    def close(self) -> None:
        """Free all that lives in the store.

        Raises:
            ResourceInUseError: A call is running in it.
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
        return config


class KnownEngine(wasmtime.Engine):
    """An engine made by `witgen.runtime.engine`, which knows its settings and counts its epoch."""

    def __init__(self, settings: Settings, concurrency: bool) -> None:
        self.settings = settings
        self.epoch = 0
        """The ticks so far."""
        self.is_ticked = False
        """Whether ticks were counted by other means than a `Ticker`."""
        self._concurrency = concurrency
        _stack.needs_stack(settings.stack_size)
        super().__init__(settings.config(concurrency))

    def increment_epoch(self) -> None:
        """Count a tick. Raises: ValueError if the engine is closed."""
        self.is_ticked = True
        self.advance(1)

    def advance(self, ticks: int) -> None:
        """Count `ticks` ticks. Raises: ValueError if the engine is closed."""
        self.epoch += ticks  # before wasmtime's count: who is stopped there must find it here
        _wasmtime.advance_epoch(self, ticks)

    def serial(self) -> Self:
        """An engine whose compiled code this one can load, which compiles on the calling thread alone."""
        return type(self)(replace(self.settings, parallel_compilation=False, cache=False), self._concurrency)
