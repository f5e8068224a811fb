"""One instance of a component in one store."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from wasmtime import Store
from wasmtime.component import Func

from ._binding.implementations import Given, leave
from ._closing import close_each
from ._codecs.base import Misfit
from ._codecs.effects import Call, HostTable
from ._errors import MissingExportError, ResourceInUseError
from ._link import ExportFunc, Link, P, R_co
from ._stores import store as _store
from ._stores.coroutines import to_thread
from ._stores.engine import stack_size
from ._stores.signals import watch
from ._types import ImportedResource
from ._uncopied import Uncopied
from ._wasmtime import Function, Owned, RawInstance, Variant, context_of

if TYPE_CHECKING:
    from ._prepared import Export, Prepared

L = TypeVar("L", bound=Link)


class Instance(Uncopied):
    """An instantiated component, as generated code holds it. Made by `Prepared.instantiate`."""

    def __init__(
        self,
        prepared: Prepared,
        store: Store,
        given: Given,
        handles: int | None = None,
    ) -> None:
        self.store = store
        self.state = self.store_state = _store.state_of(store)
        """What it, and what its store, is spent by; on the engine in `_core` these are not the same."""
        self.state.stack_size = stack_size(prepared.engine)
        if self.state.frame is None:
            self.state.stack_used = self.state.stack_size
        self._frame: _store.Frame | None = None
        self.is_closed = False
        self.handles = handles
        """How many objects of each host resource the component may hold; None for no limit."""
        self.forgotten: deque[Owned] = deque()
        """Resources whose handle was collected without being closed: dropped by the next call, never by a finalizer."""
        self._prepared = prepared
        self.targets = given.targets
        self._classes = given.classes
        self._tables: dict[ImportedResource, HostTable] = {}
        self._links: dict[type[Link], Link] = {}
        self._raw: RawInstance | None = None
        self.watch = watch(prepared.engine)
        """Called before wasm is entered and when a callback returns to it; None where that is not needed."""
        if prepared.host_objects is not None:
            address = context_of(store)
            self.host_objects = prepared.host_objects(address)
            self.context = self.host_objects.context
            _store.register(store, address)

    @property
    def frame(self) -> _store.Frame:
        """The entry that all calls of the fast layer share: an error is in it only while wasm unwinds."""
        frame = self._frame
        if frame is None:
            frame = self._frame = _store.Frame(self)
        return frame

    def start(self, raw: RawInstance) -> None:
        """It was instantiated."""
        self._raw = raw

    def link(self, cls: type[L]) -> L:
        """The link of class `cls`; the same one each time."""
        known = self._links.get(cls)
        if not isinstance(known, cls):
            known = self._links[cls] = cls(self)
        return known

    def links(self) -> tuple[Link, ...]:
        """The links that were asked for."""
        return tuple(self._links.values())

    def target(self, slot: int) -> Callable[..., object]:
        """What was given for an imported function."""
        target = self.targets[slot]
        assert target is not None
        return target

    def table(self, resource: ImportedResource) -> HostTable | None:
        """The objects of an imported resource; None where wasmtime supplies it."""
        known = self._tables.get(resource)
        if known is None and resource in self._classes:
            known = self._tables[resource] = HostTable(self._prepared.imports.numbers[resource])
        return known

    def keyword(self, resource: ImportedResource) -> str:
        """The keyword of `instantiate` that would supply `resource`, "" if there is none."""
        return self._prepared.imports.keyword(resource)

    def classes_of(self, resource: ImportedResource) -> tuple[type, ...]:
        """The class that was given for the objects of `resource`, if one was."""
        cls = self._classes[resource]
        return () if cls is None else (cls,)

    def implements(self, resource: ImportedResource, value: object) -> bool:
        """Whether `value` can be an object of `resource`: of the class given, or with the methods if none was."""
        cls = self._classes[resource]
        if cls is not None:
            return isinstance(value, cls)
        return value is not None and all(hasattr(value, member) for member in self._prepared.imports.members[resource])

    def bind(self, function: ExportFunc[P, R_co], /) -> Callable[P, R_co]:
        """The callable for an exported function.

        Raises:
            MissingExportError: the component does not export it.
            InterfaceError: the component's type of it is not the one that the package was generated for.
            UnsupportedTypeError: wasmtime-py cannot carry a type of it.
            StoreSpentError: an earlier call spent the store.
            ValueError: the instance or its store is closed.
        """
        self.state.check()
        export = self._prepared.export(function)
        if self._raw is None or self.is_closed:
            raise ValueError("the instance is closed")
        context_of(self.store)  # raises if it is closed
        raw = self._raw.get_func(self.store, export.index)
        if raw is None:
            raise MissingExportError(f"the component does not export {export.label}")
        call = export.code.bind(self, raw) if export.code is not None else self._call(export, raw)
        if function.is_async and not function.blocking:
            blocking, name = call, export.label

            async def awaiting(*arguments: object) -> object:
                return await to_thread(blocking, *arguments)

            awaiting.__name__ = awaiting.__qualname__ = name
            call = awaiting
        return cast("Callable[P, R_co]", call)  # as the generated declaration says

    def _call(self, export: Export, raw: Func) -> Callable[..., object]:
        """The callable of the public layer."""
        target = Function(raw, export.signature)
        params, result, plain, label = export.params, export.result, export.plain, export.label

        def call(*arguments: object) -> object:
            if len(arguments) != len(params):
                raise TypeError(f"{label}() takes {len(params)} arguments, got {len(arguments)}")
            if self.is_closed:
                raise ValueError(f"{label}(): the instance is closed")
            with _store.Entry(self) as entry:
                if self.is_closed:  # by what a forgotten handle's destructor called
                    raise ValueError(f"{label}(): the instance is closed")
                call = Call(self)
                try:
                    lowered: list[object] = []
                    for (name, codec), argument in zip(params, arguments, strict=True):
                        try:
                            lowered.append(codec.lower(call, argument))
                        except Misfit as misfit:
                            raise misfit.named(f"{label}({name}", ")") from None
                    call.enter()
                    if self.is_closed:  # by an argument, as it was read
                        raise ValueError(f"{label}(): the instance is closed")
                    raw = entry.call(target, lowered)
                    if plain is not None:
                        return plain.lift(call, raw)
                    if result is None:
                        return None
                    assert isinstance(raw, Variant)
                    if raw.tag == "ok":
                        return None if result.ok is None else result.ok.lift(call, raw.payload)
                    error = result.error(None if result.err is None else result.err.lift(call, raw.payload))
                finally:
                    call.finish()
            raise error

        call.__name__ = call.__qualname__ = label
        return call

    def close(self) -> None:
        """Let go of the objects that the component still holds, calling their `__exit__`; it cannot be used after that.

        The store itself is not closed: what lives in wasm goes with it. Closing again does nothing.

        Raises:
            ResourceInUseError: a call runs in its store.
            BaseException: what an `__exit__` raised, once all were called. Of several exceptions the last is raised,
                with the others as its context.
        """
        if self.state.frame is not None:
            raise ResourceInUseError("the instance cannot be closed while a call runs in its store")
        self.abandon()

    def abandon(self) -> None:
        """As `close`, of an instance that nothing can be inside: it was closed, or could not be started.

        Raises:
            BaseException: what an `__exit__` raised, as `close` does.
        """
        self.is_closed = True
        self._raw = self._frame = None  # and with the links nothing is left that leads back to the instance
        self._links.clear()
        objects = [value for table in self._tables.values() for value in table.objects.values()]
        for table in self._tables.values():
            table.objects.clear()
        close_each(leave, reversed(objects))
