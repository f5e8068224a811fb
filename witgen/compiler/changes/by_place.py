"""What is found, while it is being found: one change for each place, whichever comparison came upon it."""

from __future__ import annotations

from ...component.fit.item_parts import ItemPart
from ...component.fit.reasons import Item
from ...component.fit.steps import Path
from ...dataclass import replace
from .change import Added, Bump, Change, Kind, Party, Removed
from .renames import definition_in, joined

NOBODY: frozenset[Party] = frozenset()
EVERYBODY = frozenset(Party)


class ChangesByPlace:
    """The changes by place and topic."""

    def __init__(self) -> None:
        self._changes: dict[tuple[Path, tuple[Kind, str]], Change] = {}
        self._renamed: set[Path | None] = set()

    def appears(self, place: Path, kind: Kind) -> bool:
        """Whether it is known that something was added or removed, as `kind` says."""
        return (place, (kind, "")) in self._changes

    def has(self, change: Change) -> bool:
        """Whether the change is known, whomever it breaks."""
        return (change.place, change.topic) in self._changes

    def put(self, change: Change) -> None:
        """Take in a change; what is known already also breaks those whom it breaks here."""
        key = change.place, change.topic
        known = self._changes.get(key)
        if known is not None:
            change = replace(known, breaks=known.breaks | change.breaks)
        self._changes[key] = replace(change, bump=max(change.bump, _bump(change.kind, change.breaks)))

    def join(self) -> None:
        """Join the changes of definitions that have a different name and a different body on each side."""
        for old, new, one in joined(self._changes.values()):
            del self._changes[new.place, new.topic]
            self._changes[old.place, old.topic] = one
            self._renamed |= {definition_in(old.place), definition_in(new.place)}

    def is_renamed(self, place: Path) -> bool:
        """Whether the rename is already reported with the definition's other differences."""
        return place in self._renamed

    def all(self) -> list[Change]:
        """All changes, in the order of their places."""
        return sorted(self._changes.values(), key=lambda change: (change.place, change.kind.value, change.topic[1]))


def added(place: Path, new: Item, breaks: frozenset[Party], item: ItemPart | None) -> Change:
    """Something that is on the new side only."""
    return Change(place, Added(new), breaks, new_item=item)


def removed(place: Path, old: Item, breaks: frozenset[Party], item: ItemPart | None) -> Change:
    """Something that is on the old side only."""
    return Change(place, Removed(old), breaks, old_item=item)


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


__all__ = ["EVERYBODY", "NOBODY", "ChangesByPlace", "added", "removed"]
