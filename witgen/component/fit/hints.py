"""Guesses at what was meant: a name that is nearly the same, the same name elsewhere, another version."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_MOST = 300
"""Names that are looked at: more would take long, and a guess among so many is worth little."""


def near(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """A hint if one of `names` is nearly `name`."""
    others = list(islice(names, _MOST))
    for other in others:
        if other.lower() == name.lower():
            return (f"there is `{other}`: case counts in names",)
    found = get_close_matches(name, others, 1, 0.7)
    return (f"there is `{found[0]}`: was it renamed?",) if found else ()


def renamed(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """A hint if one of `names` is nearly `name`, or is the only one left that it can be."""
    others = list(islice(names, _MOST))
    return near(name, others) or ((f"there is `{others[0]}`: was it renamed?",) if len(others) == 1 else ())


def interface_hints(name: str, names: Iterable[str], free: Iterable[str]) -> tuple[str, ...]:
    """Hints for an interface that is missing among `names`: other versions first, then other packages, then typing.

    `free` are those of the names that nothing else goes by.
    """
    base = name.partition("@")[0]
    for other in names:
        if other.partition("@")[0] == base:
            return (f"there is `{other}`, a version that does not match",)
    last = base.rpartition("/")[2]
    others = list(free)
    moved = [other for other in others if other.partition("@")[0].rpartition("/")[2] == last]
    return (f"there is `{moved[0]}`: was it moved?",) if moved else near(name, others)


__all__ = ["interface_hints", "near", "renamed"]
