"""What changed between two worlds or packages, as data. `compiler/report` puts it into words."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import assert_never

from ...component.fit.item_parts import ItemPart
from ...component.fit.reasons import Item, TwoSided
from ...component.fit.steps import Path
from ...dataclass import dataclass, field
from .hints import ChangeHint


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


# What changed ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Added:
    """Something is there on the new side only."""

    new: Item


@dataclass(frozen=True, slots=True)
class Removed:
    """Something is there on the old side only."""

    old: Item


@dataclass(frozen=True, slots=True)
class Changed:
    """Something differs so that it breaks somebody; `expected` of the reason is the old side."""

    reason: TwoSided


@dataclass(frozen=True, slots=True)
class Renamed:
    """A type, or the package itself, has another name and is otherwise the same."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """A package has another version: its name with each."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class OtherAttributes:
    """An item has other gates or another external id: the attributes as WIT has them, empty for none."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class OtherDocs:
    """An item has other documentation."""

    old: str | None
    new: str | None


What = Added | Removed | Changed | Renamed | OtherVersion | OtherAttributes | OtherDocs


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `place` leads from the package, interface or world inwards; names in it have no versions.

    `old_item` and `new_item` are what is there on each side, for the position where it is written.
    """

    place: Path
    what: What
    breaks: frozenset[Party] = frozenset()
    bump: Bump = Bump.NONE
    hints: tuple[ChangeHint, ...] = ()
    old_item: ItemPart | None = field(default=None, compare=False)
    new_item: ItemPart | None = field(default=None, compare=False)

    @property
    def kind(self) -> Kind:
        """What happened, in one word."""
        match self.what:
            case Added():
                return Kind.ADDED
            case Removed():
                return Kind.REMOVED
            case Changed():
                return Kind.CHANGED
            case Renamed():
                return Kind.RENAMED
            case OtherVersion():
                return Kind.VERSION
            case OtherAttributes():
                return Kind.ATTRIBUTES
            case OtherDocs():
                return Kind.DOCS
            case _:
                assert_never(self.what)

    @property
    def topic(self) -> tuple[Kind, str]:
        """What the change is about: at one place, there is one change for each topic."""
        return self.kind, type(self.what.reason).__name__ if isinstance(self.what, Changed) else ""

    @property
    def newly_required(self) -> bool:
        """Whether hosts must supply something before they can load what is built for the new side."""
        return self.kind is Kind.ADDED and Party.HOSTS in self.breaks


__all__ = [
    "Added",
    "Bump",
    "Change",
    "Changed",
    "Kind",
    "OtherAttributes",
    "OtherDocs",
    "OtherVersion",
    "Party",
    "Removed",
    "Renamed",
    "What",
]
