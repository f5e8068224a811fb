"""Where the compiled code of a component comes from: this process, another one, or a cache."""

from __future__ import annotations

from wasmtime import Engine, Module
from wasmtime.component import Component

from ...dataclass import dataclass
from .._errors import EngineError, NotCachedError
from .._kinds import instead_of
from .._process.fork import importing
from .._stores.compiling import compile_component, compile_module
from .._stores.guarded import KnownEngine
from .cache import Cache, CacheError, FolderPath, compiled, compiled_module
from .isolation import Isolation


@dataclass(frozen=True, slots=True)
class CodeSource:
    """How `prepare` was asked to compile."""

    engine: Engine
    cache: FolderPath | None = None
    cached_only: bool = False
    isolated: Isolation | None = None

    def __post_init__(self) -> None:
        _check_isolated(self.isolated)
        if self.cached_only and self.cache is None:
            raise TypeError("prepare(cached_only=True): pass `cache` as well")

    def component(self, data: bytes | bytearray, path: str) -> Component:
        """The component of `data`, in the binary format, which was read from `path` ("" for bytes).

        Raises:
            NotCachedError: code comes from a cache only, and is not there.
            CompileLimitError: compiling in a process of its own took more than it was allowed.
            EngineError: that process cannot be started, its cache cannot be used, or its code is for a different
                engine.
            wasmtime.WasmtimeError: it is not a component.
        """
        if self.cached_only:
            return self._cached(data, path)
        if self.isolated is None:
            return (
                compile_component(self.engine, data) if self.cache is None else compiled(self.engine, data, self.cache)
            )
        if self.cache is not None:
            return self._apart(data, self.cache, self.isolated)
        with importing:
            import tempfile

        with tempfile.TemporaryDirectory(prefix="witgen-") as folder:
            return self._apart(data, folder, self.isolated)

    def module(self, data: bytes | bytearray) -> Module:
        """The core module of `data`.

        A process of its own compiles components only, and what it puts into a cache are these.

        Raises:
            wasmtime.WasmtimeError: it is not a core module.
            EngineError: code comes from a cache only, or from a process of its own.
        """
        if self.cached_only or self.isolated is not None:
            raise EngineError("abi='witgen' compiles in this process: cached_only= and isolated= need abi='wasmtime'")
        return (
            compile_module(self.engine, data) if self.cache is None else compiled_module(self.engine, data, self.cache)
        )

    def _cached(self, data: bytes | bytearray, path: str) -> Component:
        assert self.cache is not None
        try:
            found = Cache(self.cache).find(self.engine, data)
        except CacheError as error:
            raise NotCachedError(str(error)) from None
        if found is None:
            raise NotCachedError(
                f"the code of {f'`{path}`' if path else 'the component'} for this engine and this wasmtime is not in the"
                f" cache `{self.cache}`: `witgen compile {path or 'COMPONENT'} --cache {self.cache}` puts it there, with the"
                " options that the engine was made with"
            )
        return found

    def _apart(self, data: bytes | bytearray, folder: FolderPath, limits: Isolation) -> Component:
        with importing:
            from .separate import compile_apart

        cache = Cache(folder)
        try:
            found = cache.find(self.engine, data)
            if found is None:
                compile_apart(_settings(self.engine), data, cache, limits)
                found = cache.find(self.engine, data)
        except CacheError as error:
            raise EngineError(str(error)) from None
        if found is None:
            raise EngineError(
                "the compiling process made code for a different engine: both processes must use the same wasmtime"
            )
        return found


def _check_isolated(given: object) -> None:
    if given is not None and not isinstance(given, Isolation):
        raise TypeError(f"prepare(isolated): expected Isolation, got {instead_of(Isolation, given)}")


def _settings(engine: Engine) -> dict[str, object]:
    """The keywords that make an engine whose code `engine` can run.

    Raises:
        EngineError: it was not made by `witgen.runtime.engine`.
    """
    if not isinstance(engine, KnownEngine):
        raise EngineError(
            "a compiling process cannot make an engine like this one: make it with witgen.runtime.engine()"
        )
    made = engine.settings
    return {
        "component_async": made.component_async,
        "epoch_interruption": made.epoch_interruption,
        "fuel": made.fuel,
        "stack_size": made.stack_size,
        "signals_based_traps": made.signals_based_traps,
    }


__all__ = ["CodeSource"]
