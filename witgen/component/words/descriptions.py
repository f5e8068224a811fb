"""Differences as text: what `witgen validate` prints of each, and what `prepare` of a host package raises."""

from __future__ import annotations

from collections.abc import Sequence

from ...dataclass import dataclass
from ...text import counted
from ..fit import Difference
from .hints import hint_text
from .paths import sentence, step_text
from .reasons import reason_phrase, side_texts


@dataclass(frozen=True, slots=True)
class Description:
    """A difference in words.

    Attributes:
        place: the path from the world's import or export inwards to what differs, a text for each step.
        message: what is wrong with the item there.
        expected: what the world has, in WIT notation; None if it has nothing.
        found: what the component has, likewise.
        hints: what may have been meant, a sentence each.
        sentence: the path and the message as one sentence.
    """

    place: tuple[str, ...]
    message: str
    expected: str | None
    found: str | None
    hints: tuple[str, ...]
    sentence: str

    @property
    def path(self) -> str:
        """The place as one text."""
        return ", ".join(self.place)


def describe(difference: Difference) -> Description:
    """Put a difference into words."""
    at = difference.place[-1]
    phrase = reason_phrase(difference.reason, at)
    expected, found = side_texts(difference.reason, at)
    return Description(
        tuple(step_text(step) for step in difference.place),
        phrase.text,
        expected,
        found,
        tuple(map(hint_text, difference.hints)),
        sentence(difference.place, phrase),
    )


def lines_of(described: Description) -> list[str]:
    """A difference with its details, one line each."""
    details = [*fact_lines(described), *(f"hint:     {hint}" for hint in described.hints)]
    return [described.sentence, *(f"  {detail}" for detail in details)]


def fact_lines(described: Description) -> list[str]:
    """What was expected and what was found, where there is any."""
    sides = ("expected: ", described.expected), ("found:    ", described.found)
    return [f"{label}{text}" for label, text in sides if text is not None]


def verdict(subject: str, world: str, differences: Sequence[object]) -> str:
    """Whether the component that `subject` names fits the world, and how many differences there are."""
    if not differences:
        return f"{subject} fits world `{world}`"
    return f"{subject} does not fit world `{world}`: {counted(len(differences), 'difference')}"


__all__ = ["Description", "describe", "fact_lines", "lines_of", "verdict"]
