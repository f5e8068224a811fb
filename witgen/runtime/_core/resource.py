"""Handles as they cross: functions bound to one instance, which generated code calls by name.

A resource of the host is represented by the Python object itself. One that the component defines has a number, which
Python holds in a `GuestResource`, the counterpart of the component API's `ResourceAny`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from wasmtime import Store

from .._codecs.base import Codec, expected_class
from .._errors import Trap, UnsupportedTypeError
from .._fast.columns import Refused
from .._fast.door import need_room
from .._handles import Handle, held_by, is_over, make
from .._process.threads import get_ident
from .._stores.stack import enter, fits, leave, place_of
from .._stores.store import Entry as Stay
from .._stores.store import busy_error
from .._types import Borrow, ExportedResource, ImportedResource, Own
from .handles import ComponentState, Crossing, Entry, Resource

if TYPE_CHECKING:
    from .._codecs.effects import Call
    from .._link import Link
    from .instance import CoreInstance
    from .live import Live

Convert = Callable[[Crossing, object], object]


class GuestResource:
    """A resource that the component defines, owned by Python."""

    __slots__ = ("live", "rep", "resource")

    def __init__(self, live: Live, resource: Resource, rep: object) -> None:
        self.live = live
        self.resource = resource
        self.rep = rep

    def drop(self, _store: Store, /) -> None:
        """Run its destructor, inside a stay in the store.

        Raises:
            Trap: its destructor trapped.
            Exception: what an implementation raised.
        """
        live = self.live
        if not live.alive:  # it went with its instance
            return
        state = live.instance.store_state
        outer, state.frame = state.frame, live.frame
        try:
            self.resource.drop(self.rep, None)
        except BaseException as error:
            live.die(error)
            raise
        finally:
            state.frame = outer

    def close(self, handle: Handle, /) -> None:
        """The same, from outside; `handle` stands for this resource.

        While the component runs a call, which it cannot be entered for, the resource is dropped before the next one.

        Raises:
            StoreBusyError: another thread is inside the store.
            Trap: its destructor trapped.
        """
        live, held = self.live, held_by(handle)
        instance = held.instance
        if not live.alive:  # it went with its instance
            held.let_go()
            return
        if not live.root.may_enter:
            held.let_go()
            instance.forgotten.append(self)
            return
        state = instance.store_state
        owner, me = state.owner, get_ident()
        if not owner:
            state.owner = me
        elif owner != me:  # else: two threads change one memory
            busy_error()
        place = place_of(me)
        above = None if place[0] is fits[0] else place[0]
        outer = state.frame
        try:
            if instance.forgotten and outer is None:
                with Stay(instance):
                    pass  # which drops them, and so may run user code
                if is_over(handle):
                    return
            need_room()  # else: an error in a callback before its first line, upon which the process crashes
            if above is not None:  # else: stores that call one another come to the end of the thread's stack
                enter(state, above, me)
            held.raw = None
            state.frame = live.frame
            try:
                self.resource.drop(self.rep, None)
            except BaseException as error:
                live.die(error)
                raise
        finally:
            state.frame = outer
            if above is not None:
                leave(state, above, place)
            state.owner = owner


# ---- between core code and Python ----------------------------------------------------------------------------------


def lifting(ty: Own | Borrow, instance: CoreInstance, state: ComponentState, resource: Resource) -> Convert:
    """The function from a handle's index to what Python gets.

    Raises:
        UnsupportedTypeError: the engine cannot carry a type in it.
    """
    described = ty.resource
    if isinstance(described, ImportedResource):
        return _taking(state, resource) if isinstance(ty, Own) else _lending(state, resource)
    if isinstance(ty, Borrow):
        raise UnsupportedTypeError(f"borrow<{described.name}> is given to the host, which abi='witgen' does not carry")
    link_class = cast("type[Link]", described.link())
    cls = cast("type[Handle]", described.cls)

    def lift(_crossing: Crossing, index: object) -> object:
        rep = state.take(cast("int", index), resource)
        # The link is asked for again: kept here, it would be in a cycle that `close` cannot cut.
        return make(cls, instance, GuestResource(instance.live, resource, rep), described, instance.link(link_class))

    return lift


def lowering(ty: Own | Borrow, instance: CoreInstance, state: ComponentState, resource: Resource) -> Convert:
    """The function from what Python gives to a handle's index (or a rep, where a component borrows what is its own)."""
    described = ty.resource
    if isinstance(described, ImportedResource):
        return partial(_give_object, isinstance(ty, Own), described, instance, state, resource)
    return partial(_give_handle, isinstance(ty, Own), described, state, resource)


def _give_object(
    owned: bool,
    described: ImportedResource,
    instance: CoreInstance,
    state: ComponentState,
    resource: Resource,
    crossing: Crossing,
    value: object,
) -> int:
    if not instance.implements(described, value):
        raise Refused
    if not owned:
        return _borrow(state, resource, value, crossing)
    most = instance.handles
    if most is not None and crossing.is_reply and resource.count >= most:
        raise Trap("handles", f"the component asked for more than {most} handles of one resource")
    return _own(state, resource, value, crossing)


def _give_handle(
    owned: bool,
    described: ExportedResource,
    state: ComponentState,
    resource: Resource,
    crossing: Crossing,
    value: object,
) -> object:
    if not isinstance(value, described.cls):
        raise Refused
    assert crossing.python is not None and isinstance(value, Handle)
    raw = crossing.python.pass_handle(value, owned)
    # Two interfaces may describe resources of one class. Without it, one could be passed off as the other.
    if not isinstance(raw, GuestResource) or raw.resource is not resource:
        raise Refused
    if owned:
        return _own(state, resource, raw.rep, crossing)
    return raw.rep if resource.owner is state else _borrow(state, resource, raw.rep, crossing)


def _own(state: ComponentState, resource: Resource, rep: object, crossing: Crossing) -> int:
    index = state.add(Entry(resource, rep, None))
    crossing.added.append((state, index))
    return index


def _borrow(state: ComponentState, resource: Resource, rep: object, crossing: Crossing) -> int:
    index = state.add(Entry(resource, rep, crossing))
    crossing.borrows += 1
    crossing.added.append((state, index))
    return index


# ---- between components --------------------------------------------------------------------------------------------


def lifting_inner(ty: Own | Borrow, state: ComponentState, resource: Resource) -> Convert:
    """The function from a handle's index to its rep."""
    return _taking(state, resource) if isinstance(ty, Own) else _lending(state, resource)


def lowering_inner(ty: Own | Borrow, state: ComponentState, resource: Resource) -> Convert:
    """The function from a rep to a handle's index (or the rep, where a component borrows what is its own)."""
    if isinstance(ty, Own):
        return lambda crossing, rep: _own(state, resource, rep, crossing)
    if resource.owner is state:
        return lambda _crossing, rep: rep
    return lambda crossing, rep: _borrow(state, resource, rep, crossing)


def _taking(state: ComponentState, resource: Resource) -> Convert:
    return lambda _crossing, index: state.take(cast("int", index), resource)


def _lending(state: ComponentState, resource: Resource) -> Convert:
    return lambda crossing, index: state.lend(cast("int", index), resource, crossing.lent)


# ---- what does not fit ---------------------------------------------------------------------------------------------


class HandleCodec(Codec):
    """Says what is wrong with an object that is given for a handle; it converts nothing."""

    def __init__(self, ty: Own | Borrow) -> None:
        self._resource = ty.resource
        self._owned = isinstance(ty, Own)

    def lower(self, call: Call, value: object) -> object:
        """Check that `value` can be given for the handle.

        Raises:
            Misfit: it cannot.
        """
        match self._resource:
            case ImportedResource():
                if not call.instance.implements(self._resource, value):
                    raise expected_class(self._resource.cls, call.instance.classes_of(self._resource), value)
            case ExportedResource():
                if not isinstance(value, self._resource.cls) or not isinstance(value, Handle):
                    raise expected_class(self._resource.cls.__name__, (self._resource.cls,), value)
                call.pass_handle(value, self._owned)
        return None


__all__ = ["GuestResource", "HandleCodec", "lifting", "lifting_inner", "lowering", "lowering_inner"]
