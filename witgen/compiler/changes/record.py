"""What is found, while it is being found: one change for each place, whichever comparison came upon it."""

from __future__ import annotations

from dataclasses import replace

from ...component.fit.spots import Spot
from .change import Bump, Change, Kind, Party
from .renames import Place, definition_in, joined

NOBODY: frozenset[Party] = frozenset()
EVERYBODY = frozenset(Party)
_VERBS = {Kind.ADDED: "was added", Kind.REMOVED: "was removed"}


class Record:
    """The changes by place, kind and message."""

    def __init__(self) -> None:
        self._changes: dict[tuple[Place, Kind, str], Change] = {}
        self._renamed: set[Place | None] = set()

    def __contains__(self, key: tuple[Place, Kind]) -> bool:
        return (*key, _VERBS[key[1]]) in self._changes

    def has(self, change: Change) -> bool:
        """Whether the change is known, whomever it breaks."""
        return (change.place, change.kind, change.message) in self._changes

    def put(self, change: Change) -> None:
        """Take in a change; what is known already breaks those whom it breaks here, too."""
        key = change.place, change.kind, change.message
        known = self._changes.get(key)
        if known is not None:
            change = replace(known, breaks=known.breaks | change.breaks)
        self._changes[key] = replace(change, bump=max(change.bump, _bump(change.kind, change.breaks)))

    def join(self) -> None:
        """Tell once what is known of definitions with another name and another body on each side."""
        for old, new, one in joined(self._changes.values()):
            del self._changes[new.place, new.kind, new.message]
            self._changes[old.place, old.kind, old.message] = one
            self._renamed |= {definition_in(old.place), definition_in(new.place)}

    def is_renamed(self, place: Place) -> bool:
        """Whether that a definition has another name is told with what else differs in it."""
        return place in self._renamed

    def all(self) -> list[Change]:
        """All changes, in the order of their places."""
        return sorted(self._changes.values(), key=lambda change: (change.place, change.kind.value, change.message))


def appeared(
    place: Place,
    old: str | None,
    new: str | None,
    breaks: frozenset[Party],
    old_spot: Spot | None,
    new_spot: Spot | None,
) -> Change:
    """Something that is on one side only: `old` or `new` is None."""
    kind = Kind.ADDED if old is None else Kind.REMOVED
    if kind is Kind.ADDED:
        old_spot = None
    else:
        new_spot = None
    return Change(place, kind, _VERBS[kind], old, new, breaks, old_spot=old_spot, new_spot=new_spot)


def _bump(kind: Kind, breaks: frozenset[Party]) -> Bump:
    match kind:
        case Kind.DOCS:
            return Bump.PATCH
        case Kind.VERSION:
            return Bump.NONE
        case Kind.ADDED:
            # What hosts must supply from now on is an addition all the same: guests that are built already need none.
            return Bump.MAJOR if Party.GUESTS in breaks else Bump.MINOR
        case Kind.REMOVED | Kind.CHANGED | Kind.RENAMED | Kind.ATTRIBUTES:
            return Bump.MAJOR if breaks else Bump.MINOR


__all__ = ["EVERYBODY", "NOBODY", "Place", "Record", "appeared"]
