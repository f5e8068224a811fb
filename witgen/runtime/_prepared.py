"""A component checked against its world, ready to be instantiated in many stores and threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import wasmtime
from wasmtime import Engine, WasmtimeError
from wasmtime.component import Component, ExportIndex, Linker

from ..component.linker_names import family
from ..dataclass import dataclass
from . import _wasmtime
from ._abi import Abi, ChosenAbi, chosen_abi
from ._binding.functions import misfit
from ._binding.implementations import Given
from ._binding.linkers import Imports, unsupported
from ._binding.offered import Need
from ._binding.refused import refusal
from ._bound import Bound
from ._codecs.base import Codec
from ._codecs.of_type import Compiler
from ._codecs.plain import ResultCodec
from ._compiled.cache import FolderPath
from ._compiled.isolation import Isolation
from ._compiled.source import CodeSource
from ._component_source import ComponentSource, component_bytes
from ._errors import BindError, EngineError, InterfaceError, MissingExportError, UnsupportedTypeError
from ._instance import Instance
from ._kinds import instead_of
from ._layer import Layer, value_layer
from ._link import ExportSignature
from ._names import export_label, full_name
from ._process.fork import importing, is_forked
from ._stores import store as _store
from ._stores.guarded import KnownEngine, Store
from ._stores.limits import Limits, counts_instances
from ._stores.wasi import WasiConfig
from ._stores.wasi_threads import check_wasi_threads
from ._types import Result, Type, WorldType
from ._uncopied import Uncopied
from ._version import check_version
from ._wasmtime import Signature
from ._wasmtime.reflect import Items, Unsupported, is_function, read_component, signature_of

if TYPE_CHECKING:
    from ._core.calls import ExportCode as CoreExportCode
    from ._core.load import Loaded
    from ._core.prepared import CorePrepared
    from ._fast.export import ExportCode
    from ._fast.resource import HostObjects

W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Export:
    """An exported function, found and compiled."""

    label: str
    index: ExportIndex
    signature: Signature
    params: tuple[tuple[str, Codec], ...]
    result: ResultCodec | None
    plain: Codec | None
    code: ExportCode | None
    """What the fast layer made of it."""
    core: CoreExportCode | None = None
    """What the engine in `_core` made of it."""


class Prepared(Uncopied):
    """A component that fits `world`, compiled for `engine`. Thread-safe."""

    def __init__(
        self,
        engine: Engine,
        component: ComponentSource,
        world: WorldType,
        cache: FolderPath | None = None,
        cached_only: bool = False,
        isolated: Isolation | None = None,
        abi: Abi = "auto",
    ) -> None:
        """Check a component, compile it if need be, and read what it imports and exports.

        Args:
            engine: what it is to run on.
            component: what to prepare; a `Component` is compiled already.
            world: what it is compared with.
            cache: a folder for compiled code.
            cached_only: whether code comes from `cache` alone, so that nothing is compiled.
            isolated: the bounds of a process of its own, in which it is compiled; its code comes back through `cache`, or
                a folder that is then removed.
            abi: who does the Canonical ABI: "wasmtime"'s component API, "witgen"'s engine on its core API, or "auto".

        Raises:
            ComponentMismatchError: it does not fit the world.
            NotCachedError: with `cached_only`, its code is not in `cache`.
            CompileLimitError: with `isolated`, compiling takes too much.
            BindError: as above, UnsupportedTypeError, EngineError, and what is not a component.
            OSError: a path cannot be read.
        """
        check_version(world.version)
        _check_engine(engine)
        self.engine = engine
        self.world = world
        code = CodeSource(engine, cache, cached_only, isolated)
        self.abi: ChosenAbi = chosen_abi(abi, component, code)
        """Who does the Canonical ABI: `wasmtime`'s component API, or `witgen`'s engine on its core API."""
        loaded: Loaded | None = None
        if self.abi == "witgen":
            with importing:
                from ._core.load import load

            loaded = load(engine, component, world, code)
            self.component = loaded.skeleton  # which is of the same type
        else:
            self.component = _load(engine, component, world, code)
        imports, self._exports = read_component(self.component, engine)
        self._names: dict[str, str] = {}
        for name, item in self._exports.items():
            if isinstance(item, Items):
                self._names |= {family(name): name, name: name}
        self._check_exports()
        self.layer: Layer = "core" if loaded else value_layer()
        self.host_objects = _host_objects() if self.layer == "fast" else None
        """What instances need of the fast layer, where it carries the values."""
        self._compiler = Compiler(self.layer)
        self.imports = Imports(engine, world, imports, self._compiler, self.layer)
        self._compiled: dict[ExportSignature, Export] = {}
        self._counts_fuel = True
        """Whether the engine counts fuel, as far as is known."""
        self._core: CorePrepared | None = loaded.prepared(engine, self.imports) if loaded else None

    @property
    def needs(self) -> tuple[Need, ...]:
        """What the component imports."""
        return self.imports.needs()

    def _check_exports(self) -> None:
        missing = [name for name in self.world.functions if not is_function(self._exports.get(name))]
        for interface in self.world.exports:
            items = self._interface(interface.id)
            if items is None:
                if interface.functions:
                    missing.append(interface.id)
                continue
            missing.extend(full_name(interface.id, f) for f in interface.functions if not is_function(items.get(f)))
        if missing:
            raise MissingExportError(
                f"the component does not export what world {self.world.id} asks for: {'; '.join(missing)}"
            )

    def _interface(self, name: str) -> Items | None:
        items = self._exports.get(self._name(name))
        return items if isinstance(items, Items) else None

    def _name(self, interface: str) -> str:
        """Under which name the component exports an interface: that very one if it does, or a compatible one, or ""."""
        return self._names.get(interface) or self._names.get(family(interface), "")

    def export(self, function: ExportSignature) -> Export:
        """An exported function.

        Raises:
            MissingExportError: the component does not export it.
            InterfaceError: the component's type of it is not the one that the package was generated for.
            UnsupportedTypeError: wasmtime-py cannot carry a type of it.
        """
        known = self._compiled.get(function)
        if known is None:
            known = self._compiled[function] = self._compile(function)
        return known

    def _compile(self, function: ExportSignature) -> Export:
        name = full_name(function.interface, function.name)
        items = self._interface(function.interface) if function.interface else self._exports
        item = None if items is None else items.get(function.name)
        index: ExportIndex | None = None
        if function.interface:
            inner = self.component.get_export_index(self._name(function.interface))
            if inner is not None:
                index = self.component.get_export_index(function.name, inner)
        else:
            index = self.component.get_export_index(function.name)
        if index is None or not is_function(item):
            raise MissingExportError(f"the component does not export {name}")
        try:
            params = tuple((param, self._compiler.compile(ty)) for param, ty in function.params)
            result = self._compiler.result(function.result) if isinstance(function.result, Result) else None
            plain = None if function.result is None or result else self._compiler.compile(function.result)
            signature = signature_of(item)
        except Unsupported as error:
            raise unsupported(name, str(error)) from None
        if signature.is_async != function.is_async:
            kinds = ("one that is not", "an async function")
            raise InterfaceError(
                f"export {name}: expected {kinds[function.is_async]}, found {kinds[signature.is_async]}"
            )
        if signature.is_async and not _wasmtime.CALLS_ASYNC:
            raise UnsupportedTypeError(f"{name}: this version of wasmtime cannot call async functions from Python")
        difference = misfit(function.params, function.result, signature)
        if difference:
            raise InterfaceError(f"export {name}: {difference}")
        label = export_label(function)
        described = [(name, ty, codec) for (name, ty), (_, codec) in zip(function.params, params, strict=True)]
        code, core = None, None
        if self._core is not None:
            exported = self._name(function.interface) if function.interface else ""
            core = self._core.export(exported, function.name, label, tuple(described), function.result)
        elif self.layer == "fast":
            code = self._code(label, function, described)
        return Export(label, index, signature, params, result, plain, code, core)

    @staticmethod
    def _code(label: str, function: ExportSignature, described: list[tuple[str, Type, Codec]]) -> ExportCode:
        with importing:
            from ._fast.export import ExportCode, Signature

        return ExportCode(Signature(label, tuple(described), function.result, function.is_async))

    def instantiate(
        self,
        store: Store,
        imports: Mapping[str, object],
        limits: Limits | None = None,
        wasi: wasmtime.WasiConfig | None = None,
        http: bool = False,
    ) -> Instance:
        """Instantiate in `store`; `imports` are the implementations by keyword, None for what is left to wasmtime.

        Raises:
            BindError: an implementation, the store or its limits do not fit; the subclass says which.
            TypeError: the store is one of wasmtime's, or limits or WASI settings are not of their classes.
            ValueError: the store is closed.
            StoreSpentError: an earlier call spent the store.
            StoreBusyError: another thread is inside the store.
            Trap: starting the component failed.
            Exit: the component ended itself as it was started.
            Exception: what an implementation raised meanwhile.
        """
        self._check(store, limits, wasi)
        given = self.imports.given(imports, http)
        return self._start(store, given, self._linker(given), limits, wasi)

    def _linker(self, given: Given) -> Linker | None:
        """What links the component with what was given; witgen's engine needs nothing."""
        return None if self._core is not None else self.imports.linker(given.choice)

    def bind(self, make: Callable[[Instance], W], imports: Mapping[str, object], http: bool = False) -> Bound[W]:
        """Check `imports` (as for `instantiate`) once, for many instances; `make` gives the object of the world's
        class.

        Raises:
            BindError: an implementation does not fit; the subclass says why.
        """
        given = self.imports.given(imports, http)
        linker = self._linker(given)

        def instantiate(store: Store, limits: Limits | None, wasi: wasmtime.WasiConfig | None) -> W:
            self._check(store, limits, wasi)
            return make(self._start(store, given, linker, limits, wasi))

        return Bound(instantiate)

    def _check(self, store: Store, limits: Limits | None, wasi: wasmtime.WasiConfig | None) -> None:
        _check_store(store)
        _check_kind("limits", Limits, limits)
        _check_kind("wasi", wasmtime.WasiConfig, wasi)
        if store.engine is not self.engine:
            raise EngineError(
                "the store belongs to a different engine than the one that the component was prepared for"
            )
        if isinstance(self.engine, KnownEngine) and self.engine.is_foreign_pool():
            raise EngineError(
                "the engine has a pool of instances (engine(pooling=…)), which does not cross a fork: make the engine in the"
                " process that uses it"
            )

    def _start(
        self, store: Store, given: Given, linker: Linker | None, limits: Limits | None, wasi: wasmtime.WasiConfig | None
    ) -> Instance:
        if self._core is not None:
            return self._start_core(self._core, store, given, limits, wasi)
        assert linker is not None
        if is_forked() and given.choice.waits:
            check_wasi_threads()
        instance = Instance(self, store, given, None if limits is None else limits.handles)
        try:
            with _store.Entry(instance) as entry:
                self._limit(store, limits)
                _grant(instance.state, store, wasi, given.choice.http, given.choice.native)
                instance.start(entry.instantiate(linker, self.component))
        except BaseException:
            instance.abandon()  # nobody else has it
            raise
        return instance

    def _start_core(
        self, core: CorePrepared, store: Store, given: Given, limits: Limits | None, wasi: wasmtime.WasiConfig | None
    ) -> Instance:
        """The same on witgen's engine."""
        with importing:
            from ._core.instance import CoreInstance

        if wasi is not None or given.choice.native:
            raise EngineError(
                f"the component needs WASI that wasmtime supplies ({', '.join(self.imports.natives(given.choice))}),"
                " which abi='witgen' does not have: implement it, or prepare the component with abi='wasmtime'"
            )
        instance = CoreInstance(self, core, store, given, None if limits is None else limits.handles)
        try:
            with _store.Entry(instance):
                self._limit(store, limits)
                instance.begin(limits is None or not counts_instances(limits))
        except BaseException:
            instance.abandon()  # nobody else has it
            raise
        return instance

    def _limit(self, store: Store, limits: Limits | None) -> None:
        """Set the limits of a store, inside a stay in it.

        Raises:
            EngineError: the engine was made without what a limit needs.
        """
        if isinstance(self.engine, KnownEngine) and self.engine.settings.epoch_interruption:
            _store.start_clock(store, self.engine)
        if limits is not None:
            limits.set(store)
        if self._counts_fuel and (limits is None or limits.fuel is None):
            self._counts_fuel = _check_fuel(store)


def _host_objects() -> type[HostObjects]:
    with importing:
        from ._fast.resource import HostObjects

    return HostObjects


def _check_engine(engine: object) -> None:
    if not isinstance(engine, Engine):
        raise TypeError(f"prepare(): expected an Engine, got {instead_of(Engine, engine)}")


def _check_store(store: object) -> None:
    if not isinstance(store, Store):
        raise TypeError(
            f"instantiate(): expected a witgen.runtime.Store, got {type(store).__module__}.{type(store).__name__}:"
            " a wasmtime.Store can be closed during a call in it, which crashes the process"
        )
    _wasmtime.check_open(store)


def _check_kind(keyword: str, wanted: type, given: object) -> None:
    if given is not None and not isinstance(given, wanted):
        raise TypeError(f"instantiate({keyword}): expected {wanted.__name__}, got {instead_of(wanted, given)}")


def _check_fuel(store: Store) -> bool:
    """Whether the engine counts fuel. A store without fuel would trap at its first instruction, and say that all was
    consumed.

    Raises:
        EngineError: it counts, and the store has none.
    """
    try:
        empty = store.get_fuel() == 0
    except WasmtimeError:
        return False
    if empty:
        raise EngineError(
            "the engine counts fuel (engine(fuel=True)), but the store has none: pass limits=Limits(fuel=…)"
        )
    return True


def _load(engine: Engine, source: ComponentSource, world: WorldType, code: CodeSource) -> Component:
    """The component, compiled, and compared with the world as a whole where the world says how."""
    if isinstance(source, Component):
        _compare_compiled(world, source, engine, "")
        return source
    path, data = component_bytes(source)
    try:
        is_compared = _compare_bytes(world, data, path)
        component = code.component(data, path)
    except WasmtimeError as error:
        raise refusal(error, path) from error
    if not is_compared:
        _compare_compiled(world, component, engine, path)
    return component


def _compare_bytes(world: WorldType, data: bytes | bytearray, path: str) -> bool:
    if world.plain is None:
        return False
    with importing:
        from ._binding.comparison import compare_bytes

    return compare_bytes(world.id, world.plain, data, path)


def _compare_compiled(world: WorldType, component: Component, engine: Engine, path: str) -> None:
    if world.plain is None:
        return
    with importing:
        from ._binding.comparison import compare_compiled

    compare_compiled(world.id, world.plain, component, engine, path)


def _grant(state: _store.StoreState, store: Store, wasi: wasmtime.WasiConfig | None, http: bool, native: bool) -> None:
    """Give the store its WASI context: a call of native WASI aborts the process where there is none."""
    if wasi is not None:
        if state.wasi:
            raise BindError("the store has its WASI configuration already: pass wasi= the first time only")
        _set_wasi(state, store, wasi)
    elif native and not state.wasi:
        _set_wasi(state, store, WasiConfig())
    if http and native and not state.http:
        store.set_wasi_http()
        state.http = True


def _set_wasi(state: _store.StoreState, store: Store, wasi: wasmtime.WasiConfig) -> None:
    try:
        if isinstance(wasi, WasiConfig):  # of wasmtime's own it is not known what it grants
            wasi.attach(state)
        store.set_wasi(wasi)
    except ValueError:
        raise BindError("wasi= was used for another store already: a WasiConfig can be used once") from None
    state.wasi = True
