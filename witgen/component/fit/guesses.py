"""Guesses at what was meant: a name that is nearly the same, the same name elsewhere, another version."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ...text import CLEAR_LIKENESS, nearest
from .hints import Guess, Hint, Meant

_MOST = 300
"""Names that are looked at: more would take long, and a guess among so many is worth little."""


def near(name: str, names: Iterable[str]) -> tuple[Hint, ...]:
    """A hint if one of `names` is nearly `name`."""
    found = nearest(name, islice(names, _MOST), CLEAR_LIKENESS)
    if found is None:
        return ()
    return (Meant(found, Guess.CASE if found.lower() == name.lower() else Guess.NAME),)


def renamed(name: str, names: Iterable[str]) -> tuple[Hint, ...]:
    """A hint if one of `names` is nearly `name`, or is the only one left that it can be."""
    others = list(islice(names, _MOST))
    return near(name, others) or ((Meant(others[0], Guess.NAME),) if len(others) == 1 else ())


def interface_hints(name: str, names: Iterable[str], free: Iterable[str]) -> tuple[Hint, ...]:
    """Hints for an interface that is missing among `names`: other versions first, then other packages, then typing.

    `free` are those of the names that nothing else goes by.
    """
    base = name.partition("@")[0]
    for other in names:
        if other.partition("@")[0] == base:
            return (Meant(other, Guess.VERSION),)
    last = base.rpartition("/")[2]
    others = list(free)
    moved = [other for other in others if other.partition("@")[0].rpartition("/")[2] == last]
    return (Meant(moved[0], Guess.PACKAGE),) if moved else near(name, others)


__all__ = ["interface_hints", "near", "renamed"]
