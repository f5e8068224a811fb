"""The parts that messages share: suggestions for a misspelt name, lists of what there is."""

from __future__ import annotations

from collections.abc import Iterable

from ....dataclass import dataclass
from ....text import LIKENESS, nearest

_MOST_LISTED = 12
_LONGEST_COMPARED = 100
_MOST_COMPARED = 1000


@dataclass(slots=True)
class Suggestions:
    """Suggestions for one run: looking for near names is slow, so a text full of errors gets only the first few."""

    left: int = 25

    def near(self, name: str, candidates: Iterable[str]) -> tuple[str, ...]:
        """As `did_you_mean`, as long as there is budget left."""
        if not self.left:
            return ()
        self.left -= 1
        return did_you_mean(name, candidates)


def did_you_mean(name: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """A help line with the nearest of `candidates`; none where nothing is near."""
    length = len(name)
    if length > _LONGEST_COMPARED:
        return ()
    # The similarity of two texts is at most what their lengths allow; comparing takes time, so few are compared.
    choices = sorted(
        choice
        for choice in set(candidates)
        if choice != name and 2 * min(length, len(choice)) >= LIKENESS * (length + len(choice))
    )
    if len(choices) > _MOST_COMPARED:
        choices = [choice for choice in choices if choice[0] == name[0]][:_MOST_COMPARED]
    near = nearest(name, choices)
    return () if near is None else (f"did you mean `{near}`?",)


def listing(names: Iterable[str]) -> str:
    """Names in back-quotes, separated by commas, in the given order; a long list is cut and says so."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > _MOST_LISTED:
        return ", ".join(quoted[:_MOST_LISTED]) + f" and {len(quoted) - _MOST_LISTED} more"
    return ", ".join(quoted)


def defines(owner: str, kind: str, names: Iterable[str]) -> tuple[str, ...]:
    """A note that lists what `owner` defines of a kind."""
    return (f"{owner} defines {listing(names) or f'no {kind}'}",)
