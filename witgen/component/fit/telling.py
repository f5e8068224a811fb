"""Differences as text: what `witgen validate` prints of each, and what `prepare` of a host package raises."""

from __future__ import annotations

from collections.abc import Sequence

from .differences import Difference


def difference_lines(difference: Difference) -> list[str]:
    """A difference with its details, one line each."""
    shown = [f"  {fact}" for fact in facts(difference)]
    return [f"{difference.path} {difference.message}", *shown, *(f"  hint:     {hint}" for hint in difference.hints)]


def facts(difference: Difference) -> list[str]:
    """What was expected and what was found, where there is any."""
    lines: list[str] = []
    if difference.expected is not None:
        lines.append(f"expected: {difference.expected}")
    if difference.found is not None:
        lines.append(f"found:    {difference.found}")
    return lines


def verdict(subject: str, world: str, differences: Sequence[Difference]) -> str:
    """Whether the component that `subject` names fits the world, and how many differences there are."""
    if not differences:
        return f"{subject} fits world `{world}`"
    count = "1 difference" if len(differences) == 1 else f"{len(differences)} differences"
    return f"{subject} does not fit world `{world}`: {count}"


__all__ = ["difference_lines", "facts", "verdict"]
