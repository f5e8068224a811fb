"""A component prepared for the engine: its plan, its core modules compiled, and code that all instances share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import cast
from weakref import WeakKeyDictionary

from wasmtime import Engine, FuncType, Memory, Module, Store, ValType, WasmtimeError

from ...component.plan.items import (
    Function,
    Imported,
    Instance,
    Lifted,
    Lowered,
    Options,
    Plan,
    ResourceBuiltin,
)
from .._codecs.base import Codec
from .._errors import EngineError, MissingExportError, UnsupportedTypeError
from .._process.fork import importing
from .._stores.guarded import KnownEngine
from .._types import ImportFunc, Type
from .._wasmtime.reflect import Unsupported
from .adapters import make_adapter
from .api import open_api
from .callbacks import BuiltinCode, ImportCode, InnerImportCode
from .calls import ExportCode, InnerCode
from .fitting import resources_of
from .flatten import signature
from .inner import InnerTypes
from .live import Bound, Live
from .lower import writes_memory

HostFunction = Callable[[str, str], "tuple[int, str, ImportFunc, Codec | None]"]
"""From the name under which a function is imported ("" for one of the world) and its own, what is known of it: slot, label,
description, and codec of the result."""


class CorePrepared:
    """Thread-safe."""

    def __init__(
        self,
        engine: Engine,
        plan: Plan,
        modules: dict[int, Module],
        compiled: Callable[[bytes], Module],
        host: HostFunction,
    ) -> None:
        """`modules` are the compiled core modules, by where they start in the file; `compiled` compiles one more.

        Raises:
            EngineError: the engine's memories move, or this version of wasmtime is not known.
            UnsupportedTypeError: a function cannot be carried.
        """
        open_api()
        check_engine(engine)
        self.plan = plan
        self.modules = modules
        self._host = host
        self._inner = InnerTypes()
        self._lock = threading.RLock()
        self._func_types: dict[tuple[str, str], FuncType] = {}
        self._codes: dict[int, ImportCode | InnerImportCode | BuiltinCode] = {}
        self._callees: dict[tuple[int, int], InnerCode] = {}
        self._core_types = [self._core_type(trampoline) for trampoline in plan.trampolines]
        for function in _functions(plan):
            _check_carried(function)
        is_pooled = isinstance(engine, KnownEngine) and engine.settings.pooling is not None
        # A pool has room for as many instances as it says, which adapters would take from.
        self.adapter = None if is_pooled else make_adapter(self._options(), self._exported(), compiled)

    def _options(self) -> Iterator[Options]:
        """The options by which strings and lists go into the component."""
        for function in _functions(self.plan):
            if isinstance(function, Lifted) and any(map(writes_memory, self._types(function)[0])):
                yield function.options
        for trampoline in self.plan.trampolines:
            if isinstance(trampoline, Lowered):
                params, result = self._types(trampoline.function)
                if writes_memory(result):
                    yield trampoline.options
                if isinstance(trampoline.function, Lifted) and any(map(writes_memory, params)):
                    yield trampoline.function.options

    def _exported(self) -> Iterator[tuple[Lifted, tuple[Type, ...], Type | None]]:
        for function in _functions(self.plan):
            if isinstance(function, Lifted):
                yield function, *self._types(function)

    # ---- core types ------------------------------------------------------------------------------------------------

    def core_type(self, index: int) -> tuple[str, str]:
        """The core type of a trampoline."""
        return self._core_types[index]

    def func_type(self, params: str, results: str) -> FuncType:
        """A core type as wasmtime has it, for this engine."""
        with self._lock:
            known = self._func_types.get((params, results))
            if known is None:
                made = FuncType([_VALUES[letter]() for letter in params], [_VALUES[letter]() for letter in results])
                known = self._func_types[params, results] = made
            return known

    def _core_type(self, trampoline: Lowered | ResourceBuiltin) -> tuple[str, str]:
        if isinstance(trampoline, ResourceBuiltin):
            return "i", "" if trampoline.operation == "drop" else "i"
        _check_carried(trampoline.function)
        params, result = self._types(trampoline.function)
        made = signature(params, result, True)
        return made.params, made.results

    def _types(self, function: Function) -> tuple[tuple[Type, ...], Type | None]:
        """The types of a function as they pass between components.

        Raises:
            UnsupportedTypeError: the engine cannot carry a type in it.
        """
        try:
            params = tuple(self._inner.of(ty) for _, ty in function.type.params)
            return params, self._inner.optional(function.type.result)
        except Unsupported as error:
            raise UnsupportedTypeError(f"abi='witgen' does not carry {error}") from None

    # ---- code ------------------------------------------------------------------------------------------------------

    def trampoline(self, trampoline: Lowered | ResourceBuiltin) -> ImportCode | InnerImportCode | BuiltinCode:
        """The code of a trampoline, made when it is asked for first."""
        with self._lock:
            known = self._codes.get(id(trampoline))
            if known is None:
                known = self._codes[id(trampoline)] = self._make(trampoline)
            return known

    def _make(self, trampoline: Lowered | ResourceBuiltin) -> ImportCode | InnerImportCode | BuiltinCode:
        if isinstance(trampoline, ResourceBuiltin):
            return BuiltinCode(trampoline)
        function = trampoline.function
        if isinstance(function, Imported):
            slot, label, described, codec = self._host(function.interface, function.name)
            types = [ty for _, ty in described.params]
            resources = resources_of(label, types, described.result, function.type)
            return ImportCode(slot, label, described, codec, trampoline, resources)
        params, result = self._types(function)
        described_resources: dict[object, int] = {made: index for index, made in self._inner.resources.items()}
        entered = self.plan.entered(function.options.instance, trampoline.options.instance)
        key = (id(function), trampoline.options.instance)
        callee = self._callees.get(key)
        if callee is None:
            related = self.plan.is_related(function.options.instance, trampoline.options.instance)
            callee = InnerCode(params, result, function, entered, described_resources, related)
            self._callees[key] = callee
        return InnerImportCode(params, result, trampoline, described_resources, callee)

    def export(
        self, interface: str, name: str, label: str, params: tuple[tuple[str, Type, Codec], ...], result: Type | None
    ) -> ExportCode:
        """The code of an exported function: `interface` as the component exports it, "" for one of the world.

        Raises:
            MissingExportError: the component does not export it.
            InterfaceError: the component's type of it is not the one that the package was generated for.
            UnsupportedTypeError: the engine cannot carry a type in it.
        """
        instance = self.plan.exports.instances.get(interface) if interface else self.plan.exports
        function = None if instance is None else instance.functions.get(name)
        if function is None:
            raise MissingExportError(f"the component does not export {label}")
        if isinstance(function, Imported):
            raise UnsupportedTypeError(f"{label}: the component exports a function that it imports")
        resources = resources_of(label, [ty for _, ty, _ in params], result, function.type)
        entered = self.plan.entered(function.options.instance, None)
        owner = function.options.instance
        own = frozenset(n for n, resource in enumerate(self.plan.resources) if resource.instance == owner)
        number = None if self.adapter is None else self.adapter.calls.get(id(function))
        return ExportCode(label, params, result, function, entered, resources, own, number)

    def bind(self, trampoline: Lowered | ResourceBuiltin, live: Live) -> Bound:
        """The code of a trampoline in an instance."""
        return self.trampoline(trampoline).bind(live)


_VALUES = {"i": ValType.i32, "l": ValType.i64, "f": ValType.f32, "d": ValType.f64}


def _functions(plan: Plan) -> list[Function]:
    """Every function that the component exports."""
    found: list[Function] = []
    seen: set[int] = set()
    waiting: list[Instance] = [plan.exports]
    while waiting:
        instance = waiting.pop()
        if id(instance) not in seen:
            seen.add(id(instance))
            found += instance.functions.values()
            waiting += instance.instances.values()
    return found


def _check_carried(function: Function) -> None:
    """Check that the engine can carry what passes.

    Raises:
        UnsupportedTypeError: the engine cannot carry a type in it.
    """
    if function.type.is_async or (isinstance(function, Lifted) and function.options.is_async):
        raise UnsupportedTypeError("the component has async functions, which abi='witgen' does not carry yet")


# ---- engines -------------------------------------------------------------------------------------------------------

_fit: WeakKeyDictionary[Engine, str] = WeakKeyDictionary()
_fit_lock = threading.Lock()
_PAGES = (1, 15, 240, 3_840, 28_672, 32_767)
"""How much a memory is made to grow, step by step, to just below 4 GiB. Nothing of that is ever touched."""


def check_engine(engine: Engine) -> None:
    """Whether memories stay where they are when they grow: it is tried once per engine.

    Raises:
        EngineError: they do not, or there is no room for one. Without this check, a guest could make its memory move, and what is read and written
            afterwards would be memory that was freed.
    """
    with _fit_lock:
        found = _fit.get(engine)
        if found is None:
            found = _fit[engine] = _probe(engine)
    if found:
        raise EngineError(found)


def _probe(engine: Engine) -> str:
    store = Store(engine)
    try:
        with importing:
            from wasmtime import Limits, MemoryType

        try:
            memory = Memory(store, MemoryType(Limits(1, None)))
        except WasmtimeError as error:  # where the process may have few addresses (`ulimit -v`)
            raise EngineError(f"the engine can make no memory: {error}") from None
        before = _address(memory, store)
        for pages in _PAGES:
            try:
                memory.grow(store, pages)
            except WasmtimeError:  # no more can be had, as with the pooling allocator
                break
            if _address(memory, store) != before:
                return (
                    "the engine's memories move as they grow (memory_reservation is less than 4 GiB), which abi='witgen'"
                    " does not carry"
                )
    finally:
        store.close()
    return ""


def _address(memory: Memory, store: Store) -> int:
    with importing:
        from ctypes import c_void_p
    with importing:
        from ctypes import cast as cast_pointer

    return cast("int", cast_pointer(memory.data_ptr(store), c_void_p).value)


__all__ = ["CorePrepared", "HostFunction", "check_engine"]
