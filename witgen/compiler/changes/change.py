"""What changed between two worlds or packages, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum

from ...component.fit.spots import Spot


class Party(Enum):
    """Who is built against the API."""

    HOSTS = "hosts"
    GUESTS = "guests"


class Kind(Enum):
    """What happened to the item at a place."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    VERSION = "version"
    ATTRIBUTES = "attributes"
    DOCS = "docs"


class Bump(IntEnum):
    """The part of a version that has to go up; the highest of several counts."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def word(self) -> str:
        """As it is printed."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `place` is the path from the interface or world inwards, without versions.

    `old` and `new` are in WIT notation, None for what is not there; `old_spot` and `new_spot` say where it is written.
    """

    place: tuple[str, ...]
    kind: Kind
    message: str
    old: str | None = None
    new: str | None = None
    breaks: frozenset[Party] = frozenset()
    bump: Bump = Bump.NONE
    hints: tuple[str, ...] = ()
    old_spot: Spot | None = field(default=None, compare=False)
    new_spot: Spot | None = field(default=None, compare=False)

    @property
    def path(self) -> str:
        """The place as one text."""
        return ", ".join(self.place)

    @property
    def newly_required(self) -> bool:
        """Whether hosts must supply something before they can load what is built for the new side."""
        return self.kind is Kind.ADDED and Party.HOSTS in self.breaks


__all__ = ["Bump", "Change", "Kind", "Party"]
