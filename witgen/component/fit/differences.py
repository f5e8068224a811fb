"""What a comparison finds, as data."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a component does not fit a world.

    `place` is the item's full path from the world's import or export inwards; `expected` and `found` are in WIT notation,
    None for what is not there.
    """

    place: tuple[str, ...]
    message: str
    expected: str | None = None
    found: str | None = None
    hints: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The place as one text."""
        return ", ".join(self.place)


@dataclass(slots=True)
class Comparison:
    """Everything that was found: what does not fit, and what fits without being in the world."""

    differences: list[Difference] = field(default_factory=list[Difference])
    supplied: list[str] = field(default_factory=list[str])
    """Imports that the world does not offer and wasmtime supplies itself; toolchains add them."""
    unasked: list[str] = field(default_factory=list[str])
    """Exports that the world does not ask for."""


__all__ = ["Comparison", "Difference"]
