"""What is to be known beside a change, as data: a closed union. `compiler/report` puts it into words."""

from __future__ import annotations

from enum import Enum, auto

from ...component.fit.hints import Hint
from ...component.fit.steps import Path, StepKind
from ...dataclass import dataclass


class Fate(Enum):
    """What probably happened to something that is on one side only."""

    RENAMED = auto()
    MOVED = auto()


@dataclass(frozen=True, slots=True)
class WasAdded:
    """Beside a removal: what was added that is like it. `outer` leads to it, if it is elsewhere."""

    name: str
    outer: Path
    fate: Fate


@dataclass(frozen=True, slots=True)
class WasRemoved:
    """Beside an addition: what was removed that is like it. `outer` leads to it, if it is elsewhere."""

    name: str
    outer: Path
    fate: Fate


@dataclass(frozen=True, slots=True)
class AddedInterface:
    """Beside the removal of a function: an interface that was added and has one of the name."""

    id: str


@dataclass(frozen=True, slots=True)
class IsNow:
    """Beside the removal of an import: it is an export now; or the other way round."""

    kind: StepKind


@dataclass(frozen=True, slots=True)
class WasBefore:
    """Beside an addition: what it was."""

    kind: StepKind


@dataclass(frozen=True, slots=True)
class CalledNow:
    """The definition, or the one part of it that changed, has another name."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class SourceMustChange:
    """What is built still fits; source that names the type must change."""


@dataclass(frozen=True, slots=True)
class DoesNotLink:
    """Components and hosts of one version do not link with those of the other."""


@dataclass(frozen=True, slots=True)
class SuppliedByWasmtime:
    """An import that wasmtime supplies to hosts that link its WASI."""


ChangeHint = (
    Hint
    | WasAdded
    | WasRemoved
    | AddedInterface
    | IsNow
    | WasBefore
    | CalledNow
    | SourceMustChange
    | DoesNotLink
    | SuppliedByWasmtime
)

__all__ = [
    "AddedInterface",
    "CalledNow",
    "ChangeHint",
    "DoesNotLink",
    "Fate",
    "IsNow",
    "SourceMustChange",
    "SuppliedByWasmtime",
    "WasAdded",
    "WasBefore",
    "WasRemoved",
]
