"""What a comparison finds, as data."""

from __future__ import annotations

from ...dataclass import dataclass, field
from .hints import Hint
from .reasons import Reason
from .steps import Path


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a component does not fit a world.

    `place` leads from the world's import or export inwards to what differs.
    """

    place: Path
    reason: Reason
    hints: tuple[Hint, ...] = ()


@dataclass(slots=True)
class Comparison:
    """Everything that was found: what does not fit, and what fits without being in the world."""

    differences: list[Difference] = field(default_factory=list[Difference])
    supplied: list[str] = field(default_factory=list[str])
    """Imports that the world does not provide and wasmtime supplies itself; toolchains add them."""
    unasked: list[str] = field(default_factory=list[str])
    """Exports that the world does not ask for."""


__all__ = ["Comparison", "Difference"]
