"""Text that every room needs: counted things, a name that was nearly written, why the system refused. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable

LIKENESS = 0.6
"""How much alike two names must be, from 0 to 1, to suggest the one where the other is unknown."""
CLEAR_LIKENESS = 0.7
"""The same where nothing else says that a name is meant: one typing error in a word of four letters is enough."""


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`; `noun` is in the singular and takes an s."""
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"


def nearest(name: str, names: Iterable[str], likeness: float = LIKENESS) -> str | None:
    """The one of `names` that is most like `name`; None if none is alike.

    Case does not count, so a name that differs in nothing else is the most alike.
    """
    from difflib import get_close_matches  # most runs need no guess

    folded = {other.casefold(): other for other in names}
    near = get_close_matches(name.casefold(), list(folded), 1, likeness)
    return folded[near[0]] if near else None


def reason_of(problem: OSError | ValueError) -> str:
    """Why the system refused something, in its own words; the class of the error if it has none.

    A ValueError is what Python refuses before it asks the system: a path with a NUL, a stream that is closed.
    """
    return (problem.strerror if isinstance(problem, OSError) else None) or str(problem) or type(problem).__name__


__all__ = ["CLEAR_LIKENESS", "LIKENESS", "counted", "nearest", "reason_of"]
