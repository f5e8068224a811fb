"""Resources: the counterparts of the codecs in `_codecs.resources`, on pointers.

A handle in a tree of arguments is only read, so what Python owns can be passed as it is. A handle in a tree that wasm
gave belongs to the tree; taking it over leaves a `bool` in its place.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from ctypes import byref
from typing import TYPE_CHECKING, cast

from wasmtime import Store

from .._errors import NativeResourceError
from .._handles import Handle, NativeHandle, held_by, is_over, make
from .._process.threads import get_ident
from .._stores.stack import enter, fits, leave, note_greenlet, place_of
from .._stores.store import Entry, busy_error, explain, raise_kept
from .._types import Borrow, ExportedResource, ImportedResource, Own
from .._uncopied import Uncopied
from .._wasmtime import context_of, error_at
from . import memory as _memory
from .columns import Refused
from .door import failed, need_room
from .memory import Pointer, any_delete, any_drop, argument

if TYPE_CHECKING:
    from .._codecs.effects import Call
    from .._link import Link


def check(error: object) -> None:
    """Raise the error that C returned, if it did.

    Raises:
        WasmtimeError: C returned an error.
    """
    if error:
        raise error_at(cast("int", error))


class Resource(Uncopied):
    """A handle of wasm's that Python owns: the counterpart of wasmtime-py's `ResourceAny`."""

    __slots__ = ("_pointer", "address")

    def __init__(self, address: int) -> None:
        self.address = address
        self._pointer = argument(address)

    def drop(self, store: Store, /) -> None:
        """End the life of the resource, inside an entry.

        Raises:
            WasmtimeError: C returned an error.
        """
        check(any_drop(argument(context_of(store)), self._pointer))

    def close(self, handle: Handle, /) -> None:
        """The same in an entry of its own, as exported functions have theirs. `handle` stands for this resource.

        Raises:
            StoreBusyError: another thread is inside the store.
            Trap: its destructor trapped.
        """
        held = held_by(handle)
        instance = held.instance
        state, frame = instance.state, instance.frame
        owner, me = state.owner, get_ident()
        if not owner:
            state.owner = me
        elif owner != me:
            busy_error()
        above, place = None, place_of(me)
        outer = state.frame
        try:
            if instance.forgotten and outer is None:
                with Entry(instance):
                    pass  # which drops them, and so may run user code
                if is_over(handle):
                    return
            need_room()
            known = place[0]
            if known is not fits[0]:
                above = known
                enter(state, above, me)
            if instance.watch is not None:
                instance.watch()
            held.raw = None
            state.frame = frame
            if "greenlet" in sys.modules:
                note_greenlet(state)
            place[0] = state
            try:
                try:
                    error = any_drop(instance.context, self._pointer)
                finally:
                    place[0] = known
            except BaseException as aborted:  # noqa: BLE001  # raised again
                failed(instance, None, aborted)
            state.frame = outer
            if error:
                failed(instance, cast("int", error))
            raise_kept(frame)
        finally:
            state.frame = outer
            if above is not None:
                leave(state, above, place)
            frame.error = None
            state.owner = owner

    def __del__(self, delete: Callable[[Pointer], object] = any_delete) -> None:
        delete(self._pointer)  # a default, not a global: handles may go after the interpreter has emptied its modules


class HostObjects:
    """Handles of the host's own resources in one store."""

    __slots__ = ("context",)

    def __init__(self, address: int) -> None:
        """`address` is that of the store's context."""
        self.context = argument(address)

    def own(self, rep: int, ty: int) -> Resource:
        """A new handle.

        Raises:
            Trap: the store can hold no more of them.
        """
        host = argument(cast("int", _memory.host_new(True, rep, ty)))
        made = Pointer()
        error = _memory.host_to_any(self.context, host, byref(made))
        _memory.host_delete(host)
        if error:
            raise explain(error_at(cast("int", error)))
        return Resource(made.value or 0)

    def rep(self, address: int) -> int:
        """The rep of a handle, which is the host's from here on.

        Raises:
            WasmtimeError: C returned an error.
        """
        found = Pointer()
        check(_memory.any_to_host(self.context, argument(address), byref(found)))
        rep = cast("int", _memory.host_rep(found))
        _memory.host_delete(found)
        return rep


class Imported:
    """A resource that the component imports."""

    __slots__ = ("_owned", "_resource")

    def __init__(self, resource: ImportedResource, owned: bool) -> None:
        self._resource = resource
        self._owned = owned

    def lower(self, call: Call, value: object) -> int:
        """The address of the handle, which lives as long as `call`."""
        instance = call.instance
        table = instance.table(self._resource)
        if table is None:
            if isinstance(value, NativeHandle) and held_by(value).resource is self._resource:
                return address_of(call, value, self._owned)
            raise NativeResourceError
        if not instance.implements(self._resource, value):
            raise Refused
        if self._owned:
            made = instance.host_objects.own(call.add(table, value), table.ty)
            call.keep(made)
        else:
            made = cast("Resource", call.loan(table, value, instance.host_objects.own))
        return made.address

    def lift(self, call: Call, pointer: int, base: int) -> object:
        """The object of a handle."""
        table = call.instance.table(self._resource)
        if table is None:
            native = make(NativeHandle, call.instance, taken(pointer, base), self._resource, None)
            if not self._owned:
                call.borrow(native)
            return native
        rep = call.instance.host_objects.rep(pointer)
        return table.objects.pop(rep) if self._owned else table.objects[rep]


class Exported:
    """A resource that the component implements."""

    __slots__ = ("_cls", "_link", "_owned", "_resource")

    def __init__(self, resource: ExportedResource, owned: bool) -> None:
        self._resource = resource
        self._link: type[Link] | None = None
        self._cls = cast("type[Handle]", resource.cls)
        self._owned = owned

    def lower(self, call: Call, value: object) -> int:
        """The address of the handle, which lives as long as `call`."""
        if not isinstance(value, self._cls):
            raise Refused
        return address_of(call, value, self._owned)

    def lift(self, call: Call, pointer: int, base: int) -> object:
        """A handle of the generated class."""
        if self._link is None:
            self._link = cast("type[Link]", self._resource.link())
        instance = call.instance
        return make(self._cls, instance, taken(pointer, base), self._resource, instance.link(self._link))


def address_of(call: Call, handle: Handle, owned: bool) -> int:
    """Where the handle is that a call gives away or borrows.

    Raises:
        Misfit: it is closed, was given away, or is not of this store.
    """
    raw = call.pass_handle(handle, owned)
    call.keep(raw)
    return cast("Resource", raw).address


def taken(pointer: int, base: int) -> Resource:
    """What a value at `base` held, taken out of it."""
    _memory.VIEWS["B"][base] = 0
    return Resource(pointer)


def resource_codec(ty: Own | Borrow) -> Imported | Exported:
    """The codec of a handle type."""
    owned = isinstance(ty, Own)
    if isinstance(ty.resource, ImportedResource):
        return Imported(ty.resource, owned)
    return Exported(ty.resource, owned)
