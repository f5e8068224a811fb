"""Handles: what the guest holds of the test's objects, and the test of the guest's.

An imported resource is an object of the test with a number; the guest holds an instance of the generated class with
that number in `handle`, as in a component. An exported one is the guest's own object; the test holds an `ExportedHandle`.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self, cast

from . import _ends
from ._errors import Misfit
from ._types import Future, Resource, Stream

_numbers = itertools.count(1)
"""Handles are numbered across components, so that one of an earlier test is never taken for another."""


@dataclass(slots=True)
class Entry:
    """One handle that the guest holds."""

    resource: Resource
    object: object
    owned: bool


class ExportedHandle:
    """A guest resource that the test holds. Its class has the methods that WIT gives it; `with` drops it."""

    _resource: Resource
    _object: object
    _gone: str

    def __new__(cls, *args: object) -> Self:
        """A constructor, where WIT has one, takes the place of this."""
        raise TypeError(f"{cls.__name__} has no constructor")

    def __init__(self, *args: object) -> None:
        """The object is complete: see `make_handle`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._gone = self._gone or "was dropped"
        self._object = None

    def __repr__(self) -> str:
        return f"<{self._resource.label} {self._gone or 'of the guest'}>"


def make_handle(cls: type[ExportedHandle], resource: Resource, value: object) -> ExportedHandle:
    """A handle on the guest's object `value`."""
    handle = object.__new__(cls)
    handle.__dict__.update(_resource=resource, _object=value, _gone="")
    return handle


def object_of(handle: ExportedHandle, *, give: bool = False) -> object:
    """The guest's object for a handle; `give` uses the handle up.

    Raises:
        Misfit: the handle was dropped or given away.
    """
    resource, value, gone = held(handle)
    if gone:
        raise Misfit(f"this {resource.name} {gone}")
    if give:
        handle.__dict__["_gone"] = "was given away"
        handle.__dict__["_object"] = None
    return value


def held(handle: ExportedHandle) -> tuple[Resource, object, str]:
    """Resource, object and why it is gone, if it is. Not methods: WIT may have names like theirs."""
    inside = handle.__dict__
    return cast("Resource", inside["_resource"]), inside["_object"], cast("str", inside["_gone"])


class Table:
    """The handles that the guest holds on the test's objects."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.closed = False

    def add(self, proxy: object, entry: Entry) -> object:
        """Make `proxy`, an instance of the generated class, a handle."""
        number = next(_numbers)
        self.entries[number] = entry
        finalizer = weakref.finalize(proxy, self.drop, number)
        finalizer.atexit = False
        setattr(proxy, "handle", number)  # noqa: B010 - the attribute is the runtime's
        setattr(proxy, "finalizer", finalizer)  # noqa: B010
        return proxy

    def entry(self, proxy: object, resource: Resource) -> tuple[int, Entry]:
        """The handle that `proxy` stands for.

        Raises:
            Misfit: it is dropped, or a handle of a different resource.
        """
        number = cast("object", getattr(proxy, "handle", None))
        if not isinstance(number, int):
            if not isinstance(proxy, resource.cls()):
                raise _other_class(resource, proxy)
            if type(proxy) is not resource.cls():
                raise Misfit(f"{type(proxy).__name__} is an object of the test's, no handle: pass it through an export")
            raise Misfit(f"this {resource.name} was dropped or given away")
        entry = self.entries.get(number)
        if entry is None:
            raise Misfit(f"this {resource.name} was dropped, or it is of an earlier component")
        if entry.resource is not resource and entry.resource != resource:
            raise Misfit(f"expected {_with_side(resource)}, found {_with_side(entry.resource)}")
        return number, entry

    def take(self, proxy: object, number: int) -> None:
        """The handle is given away."""
        del self.entries[number]
        delattr(proxy, "handle")
        finalizer = cast("object", getattr(proxy, "finalizer", None))
        if isinstance(finalizer, weakref.finalize):
            finalizer.detach()

    def exit(self, proxy: object) -> None:
        """What `__exit__` of a generated class does."""
        finalizer = cast("object", getattr(proxy, "finalizer", None))
        if not isinstance(finalizer, weakref.finalize) or not finalizer.detach():
            raise TypeError(f"this {type(proxy).__name__} was dropped or given away before the end of the `with`")
        number = cast("object", getattr(proxy, "handle", None))
        setattr(proxy, "handle", None)  # noqa: B010
        if isinstance(number, int):
            self.drop(number)

    def drop(self, number: int) -> None:
        """The guest has no use for the handle any more; an owned object hears of it, by its `__exit__` if it has one."""
        entry = self.entries.pop(number, None)
        if entry is None or not entry.owned or self.closed:
            return
        own = getattr(type(entry.object), "__exit__", None)
        if own is not None and own is not entry.resource.cls().__dict__.get("__exit__"):
            cast("Callable[..., object]", own)(entry.object, None, None, None)

    def end_loan(self, proxy: object) -> None:
        """The call is over for which the guest was lent a handle.

        Raises:
            Misfit: the guest has dropped it.
        """
        number = cast("object", getattr(proxy, "handle", None))
        if not isinstance(number, int) or number not in self.entries:
            raise Misfit("was lent for the call and must not be dropped: do not use it in a `with`")
        self.take(proxy, number)


class GuestHandles:
    """The guest's side, for one call; `lent` collects what it holds for the length of the call."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.lent: list[object] = []
        self._taking: list[tuple[object, int]] = []

    def lower(self, resource: Resource, value: object, *, owned: bool) -> object:
        """The test's object for the guest's handle; the guest's own object for an exported resource."""
        if resource.exported:
            return _marked(value)
        number, entry = self._table.entry(value, resource)
        if owned:
            if not entry.owned:
                raise Misfit(f"this {resource.name} is borrowed: its ownership cannot be passed on")
            self._table.take(value, number)
        return entry.object

    def lift(self, resource: Resource, flat: object, *, owned: bool) -> object:
        """A new handle on the test's object; the guest's own object for an exported resource."""
        if resource.exported:
            return flat
        cls = resource.cls()
        proxy = cast("Callable[[type], object]", cls.__new__)(cls)
        self._table.add(proxy, Entry(resource, flat, owned))
        if not owned:
            self.lent.append(proxy)
        return proxy

    def lower_end(self, type: Stream | Future, value: object) -> object:
        """The reading end that the guest gives away."""
        return _ends.lower_guest(type, value)

    def lift_end(self, type: Stream | Future, flat: object) -> object:
        """A reading end for the guest."""
        return _ends.lift_guest(type, flat, self)


def _with_side(resource: Resource) -> str:
    """A resource as messages name it: a guest may import and export one of the same name."""
    return f"the {'exported' if resource.exported else 'imported'} {resource.label}"


def _other_class(resource: Resource, value: object) -> Misfit:
    """What is wrong with an object that is not a handle of `resource`; its class may have the same name."""
    cls = type(value)
    if cls.__name__ != resource.name:
        return Misfit(f"expected {resource.label}, found {cls.__name__}")
    return Misfit(
        f"expected a handle of {_with_side(resource)}, found an object of {cls.__module__}.{cls.__qualname__}, which is"
        " a different class of the same name"
    )


class HostHandles:
    """The test's side; `classes` are those of the handles on exported resources."""

    def __init__(self, classes: dict[Resource, type[ExportedHandle]]) -> None:
        self._classes = classes

    def lower(self, resource: Resource, value: object, *, owned: bool) -> object:
        """Any object serves as an imported resource; an exported one is given by its handle."""
        if not resource.exported:
            if value is None or (type(value) is resource.cls() and hasattr(value, "finalizer")):
                raise Misfit(f"expected an implementation of {resource.label}, found {value!r}")
            return value
        cls = self._classes.get(resource, ExportedHandle)
        if not isinstance(value, cls):
            raise _other_class(resource, value)
        return object_of(value, give=owned)

    def lift(self, resource: Resource, flat: object, *, owned: bool) -> object:
        """The object itself; a handle on the guest's."""
        return make_handle(self._classes.get(resource, ExportedHandle), resource, flat) if resource.exported else flat

    def lower_end(self, type: Stream | Future, value: object) -> object:
        """Chunks, or a value."""
        return _ends.lower_host_end(type, value, self)

    def lift_end(self, type: Stream | Future, flat: object) -> object:
        """A `HostStream` or `HostFuture`."""
        return _ends.lift_host(type, flat, self)


def _marked(value: object) -> object:
    """A guest's object as the runtime makes it a resource: it must take two attributes."""
    try:
        setattr(value, "__componentize_py_handle", 0)
        setattr(value, "finalizer", None)  # noqa: B010
        delattr(value, "__componentize_py_handle")
        delattr(value, "finalizer")
    except AttributeError:
        raise Misfit(f"{type(value).__name__} cannot be a resource: it takes no new attributes (`__slots__`)") from None
    return value


__all__ = ["Entry", "ExportedHandle", "GuestHandles", "HostHandles", "Table", "held", "object_of"]
