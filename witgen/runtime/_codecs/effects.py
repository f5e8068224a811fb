"""What one call does to resources, so that all of it happens or none: decided while lowering, done on entering wasm."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from wasmtime import WasmtimeError

from .._closing import close_each
from .._errors import ResourceInUseError, Trap
from .._handles import Handle, Held, held_by
from .._wasmtime import Owned, drop
from .base import Misfit

if TYPE_CHECKING:
    from .._instance import Instance

T = TypeVar("T")


def closed_error() -> None:
    """Refuse a call whose arguments do not hold any more.

    Raises:
        ResourceInUseError: always.
    """
    raise ResourceInUseError("a handle among the arguments was closed or given away while they were being read")


def _with(items: list[T] | tuple[()], item: T) -> list[T]:
    """`items` with one more, in place if it is a list."""
    if not items:
        return [item]
    items.append(item)
    return items


class HostTable:
    """The objects of one imported resource that wasm has handles for, by rep. `ty` is its number in the linker."""

    __slots__ = ("_next", "objects", "ty")

    def __init__(self, ty: int) -> None:
        self.ty = ty
        self.objects: dict[int, object] = {}
        self._next = 0

    def add(self, value: object) -> int:
        """Put an object in; returns its rep, a u32 that is not in use."""
        while True:
            self._next = self._next % 0xFFFF_FFFF + 1
            if self._next not in self.objects:
                self.objects[self._next] = value
                return self._next


class Call:
    """One call in either direction, as codecs see it."""

    __slots__ = ("_added", "_borrowed", "_entered", "_given", "_kept", "_lent", "_loans", "instance")

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        # Empty tuples until there is something: most calls have one or two of these.
        self._given: list[Held] | tuple[()] = ()
        self._lent: list[Held] | tuple[()] = ()
        self._borrowed: list[Held] | tuple[()] = ()
        self._added: list[tuple[HostTable, int]] | tuple[()] = ()
        self._loans: list[tuple[HostTable, int, Owned]] | tuple[()] = ()
        self._kept: list[object] | tuple[()] = ()
        self._entered = False

    def pass_handle(self, handle: Handle, owned: bool) -> Owned:
        """The call gives the handle away, or borrows it; returns what the value layer takes.

        Raises:
            Misfit: it is closed, was given away, or is not of this store.
        """
        held = held_by(handle)
        name = type(handle).__name__
        if held.raw is None or held in self._given:
            raise Misfit(f"{name} is closed or was given away", ValueError)
        if held.instance is not self.instance:
            raise Misfit(f"{name} belongs to a different instance", ValueError)
        if not owned:
            self._lent = _with(self._lent, held)
        elif held.lends or held in self._lent:
            raise Misfit(f"{name} is in use by a call and cannot be given away", ResourceInUseError)
        else:
            self._given = _with(self._given, held)
        return held.raw

    def add(self, table: HostTable, value: object) -> int:
        """The call gives an object of the host away; returns its rep.

        The limit is for what the component asks for: what the host gives unasked is its own affair.

        Raises:
            Trap: the component asks for more than it may hold.
        """
        instance = self.instance
        if instance.handles is not None and len(table.objects) >= instance.handles and instance.state.frame is not None:
            raise Trap("handles", f"the component exceeded the limit of {instance.handles} handles for one resource")
        rep = table.add(value)
        self._added = _with(self._added, (table, rep))
        return rep

    def loan(self, table: HostTable, value: object, own: Callable[[int, int], Owned]) -> Owned:
        """The call lends an object of the host; returns what the value layer takes, valid until `finish`.

        `own` makes it, from rep and number of the resource. It is an own which the host keeps, and drops at the end, upon which the store forgets it. A borrow of the
        host's would do as well with wasmtime 50; 48 and 49 trap on one.
        """
        rep = table.add(value)
        made = own(rep, table.ty)
        self._loans = _with(self._loans, (table, rep, made))
        return made

    def keep(self, value: object) -> None:
        """Keep `value` for as long as the call lasts."""
        self._kept = _with(self._kept, value)

    def borrow(self, handle: Handle) -> None:
        """The call was lent a native resource: wasm traps unless it is dropped before the call returns."""
        held = held_by(handle)
        held.lends += 1  # so that it cannot be closed or given away
        self._borrowed = _with(self._borrowed, held)

    def enter(self) -> None:
        """All arguments are lowered: what was decided is done.

        Raises:
            ResourceInUseError: a sequence, as it was read, closed what had been lowered before it.
        """
        if any(held.raw is None for held in (*self._given, *self._lent)):
            closed_error()
        self._entered = True
        for held in self._given:
            held.raw = None
        for held in self._lent:
            held.lends += 1

    def finish(self) -> None:
        """The call is over: loans end. Without `enter` before, nothing of it has happened."""
        for table, rep, raw in self._loans:
            table.objects.pop(rep, None)
            with suppress(
                WasmtimeError, ValueError
            ):  # the store is spent by a trap, or was closed before wasm was entered
                drop(self.instance.store, raw)
        if self._entered:
            for held in self._lent:
                held.lends -= 1
        else:
            for table, rep in self._added:
                table.objects.pop(rep, None)
        if self._borrowed:
            close_each(self._drop_borrowed, self._borrowed)

    def _drop_borrowed(self, held: Held) -> None:
        borrowed, held.raw = held.raw, None
        if borrowed is not None:
            drop(self.instance.store, borrowed)
