"""What may have been meant, as data: a closed union. `component.words` puts it into words."""

from __future__ import annotations

from enum import Enum, auto

from ...dataclass import dataclass
from .steps import Step, StepKind


class Guess(Enum):
    """Why something that is there may be what was meant."""

    CASE = auto()
    """The names differ in case only."""
    NAME = auto()
    """The names are nearly the same, or nothing else is left."""
    TYPE = auto()
    """A function of the same type."""
    INTERFACE = auto()
    """A label for the same interface."""
    PACKAGE = auto()
    """An interface of the same name in another package."""
    VERSION = auto()
    """Another version, which does not match."""
    HOME = auto()
    """An interface that has a function of the name."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Something that is there, by its name, and why it may be meant."""

    name: str
    guess: Guess


@dataclass(frozen=True, slots=True)
class Reordered:
    """The names are the same, in another order: `parts` says of what, `swapped` that two of them changed places."""

    parts: StepKind
    swapped: bool


@dataclass(frozen=True, slots=True)
class VersionsDiffer:
    """Two versions of an interface that do not match."""


@dataclass(frozen=True, slots=True)
class ImportedInstead:
    """The component imports what it should export."""

    name: str


@dataclass(frozen=True, slots=True)
class OtherHome:
    """Two definitions that are spelled alike: their names, and the imports or exports that they are from.

    `found` is None for a definition of the component that is in none.
    """

    name: str
    expected: Step
    found_name: str
    found: Step | None


@dataclass(frozen=True, slots=True)
class AlikeInName:
    """Types that are spelled alike are not the same, and it is not known why."""


Hint = Meant | Reordered | VersionsDiffer | ImportedInstead | OtherHome | AlikeInName

__all__ = [
    "AlikeInName",
    "Guess",
    "Hint",
    "ImportedInstead",
    "Meant",
    "OtherHome",
    "Reordered",
    "VersionsDiffer",
]
