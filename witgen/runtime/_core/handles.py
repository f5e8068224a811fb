"""Component instances and their handle tables (Canonical ABI, "Component Instance State", "Table State", "Resource State").

A handle of a host's resource holds the Python object itself, so there is nothing to look up and nothing to clear.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .failure import (
    cannot_leave,
    handle_in_use,
    not_owned,
    other_resource,
    table_full,
    unknown_handle,
)

if TYPE_CHECKING:
    from .._codecs.effects import Call

MOST_HANDLES = 1 << 19
"""How many handles a component instance may have: half as many as wasmtime allows, far below `Table.MAX_LENGTH`. Each takes
about a hundred bytes of the host's memory."""


class Resource:
    """A resource in a live component. `owner` is the instance that defines it, None for one of the host."""

    __slots__ = ("count", "drop", "name", "owner")

    def __init__(self, owner: ComponentState | None, name: str) -> None:
        self.owner = owner
        self.name = name
        self.count = 0
        """How many owned handles of it there are in all tables."""
        self.drop: Callable[[object, ComponentState | None], None] = _nothing
        """Runs the destructor: with the rep, and the instance that drops it (None: the host)."""


def _nothing(_rep: object, _caller: ComponentState | None) -> None:
    pass


class Crossing:
    """What one call does with handles.

    As a scope, it counts what was lent to the component that is called, which must drop all of it before it returns. Of the
    component that calls, it has the handles that are lent until it ends. `python` has what becomes of handles that Python
    holds, and `added` what was put into tables, to be taken out again where an argument does not fit.
    """

    __slots__ = ("added", "borrows", "is_reply", "lent", "python")

    def __init__(self, python: Call | None = None, is_reply: bool = False) -> None:
        self.borrows = 0
        self.lent: list[Entry] = []
        self.added: list[tuple[ComponentState, int]] = []
        self.python = python
        self.is_reply = is_reply
        """Whether the component called: then what is given was asked for."""

    def enter(self) -> None:
        """All arguments are lowered.

        Raises:
            ResourceInUseError: a sequence, as it was read, closed what had been lowered before it.
        """
        if self.python is not None:
            self.python.enter()

    def undo(self) -> None:
        """The call does not happen."""
        for state, index in self.added:
            state.withdraw(index)
        self.added.clear()

    def finish(self) -> None:
        """The call is over."""
        for entry in self.lent:
            entry.lends -= 1
        if self.python is not None:
            self.python.finish()


class Entry:
    """A handle: of a resource with representation `rep`, owned, or borrowed for the length of `scope`."""

    __slots__ = ("lends", "owned", "rep", "resource", "scope")

    def __init__(self, resource: Resource, rep: object, scope: Crossing | None) -> None:
        self.resource = resource
        self.rep = rep
        self.owned = scope is None
        self.scope = scope
        self.lends = 0
        """How many running calls have borrowed it."""


class ComponentState:
    """One component instance: its handles, and whether it may be entered and left."""

    __slots__ = ("entries", "free", "may_enter", "may_leave")

    def __init__(self) -> None:
        self.entries: list[Entry | None] = [None]
        self.free: list[int] = []
        self.may_enter = True
        self.may_leave = True

    def add(self, entry: Entry) -> int:
        """Put a handle in.

        Returns:
            Its index.

        Raises:
            Trap: there are too many. Without it, a guest could fill the memory of the host.
        """
        if entry.owned:
            entry.resource.count += 1
        if self.free:
            index = self.free.pop()
            self.entries[index] = entry
            return index
        if len(self.entries) > MOST_HANDLES:
            table_full()
        self.entries.append(entry)
        return len(self.entries) - 1

    def withdraw(self, index: int) -> None:
        """Take out again what `add` put in."""
        entry = self.entries[index]
        if entry is not None:
            if entry.owned:
                entry.resource.count -= 1
            self.entries[index] = None
            self.free.append(index)

    def get(self, index: int, resource: Resource) -> Entry:
        """A handle of a resource.

        Raises:
            Trap: it is not in use, or of a different resource. Without it, a guest could pass off one object as another.
        """
        entry = self.entries[index] if index < len(self.entries) else None
        if entry is None:
            unknown_handle(index)
        if entry.resource is not resource:
            other_resource(index)
        return entry

    def remove(self, index: int, resource: Resource) -> Entry:
        """Take a handle out.

        Raises:
            Trap: as `get`; or it is lent to a running call, which would go on using it.
        """
        entry = self.get(index, resource)
        if entry.lends:
            handle_in_use()
        if entry.owned:
            entry.resource.count -= 1
        self.entries[index] = None
        self.free.append(index)
        return entry

    def take(self, index: int, resource: Resource) -> object:
        """Take an owned handle out (`lift_own`).

        Returns:
            Its representation.

        Raises:
            Trap: as `remove`; or it is borrowed, so what it is of belongs to somebody else.
        """
        entry = self.get(index, resource)
        if not entry.owned:
            not_owned()
        return self.remove(index, resource).rep

    def lend(self, index: int, resource: Resource, lent: list[Entry]) -> object:
        """Lend a handle to a call (`lift_borrow`), which gives it back when it ends with those in `lent`."""
        entry = self.get(index, resource)
        entry.lends += 1
        lent.append(entry)
        return entry.rep

    # ---- built-ins -------------------------------------------------------------------------------------------------

    def resource_new(self, resource: Resource, rep: int) -> int:
        """`resource.new`."""
        if not self.may_leave:  # the specification forbids it, so that `realloc` cannot change what a call relies on
            cannot_leave()
        return self.add(Entry(resource, rep, None))

    def resource_rep(self, resource: Resource, index: int) -> int:
        """`resource.rep`."""
        rep = self.get(index, resource).rep
        assert isinstance(rep, int), "only the component that defines a resource asks for this, and its reps are ints"
        return rep

    def resource_drop(self, resource: Resource, index: int) -> None:
        """`resource.drop`."""
        if not self.may_leave:
            cannot_leave()
        entry = self.remove(index, resource)
        if entry.scope is not None:
            entry.scope.borrows -= 1
        else:
            resource.drop(entry.rep, self)


__all__ = ["MOST_HANDLES", "ComponentState", "Crossing", "Entry", "Resource"]
