"""Definitions with another name and another body on each side: what differs in one is one change.

A comparison says what differs in a definition where the side that asks has it. If that has another name on the other side,
one difference is found at two places, and at each it breaks one party.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...component.fit.steps import DEFINITIONS, Path
from ...component.types import Definition
from ...dataclass import replace
from .change import Change, Kind, Party
from .hints import CalledNow

_Inside = dict[tuple[object, ...], Change]


def joined(changes: Iterable[Change]) -> list[tuple[Change, Change, Change]]:
    """Changes of the old side and of the new side that are one, and this one; it is called what the old side calls it."""
    sides: tuple[dict[Path, _Inside], dict[Path, _Inside]] = ({}, {})
    for change in changes:
        side, place = _only_side(change), definition_in(change.place)
        if side is not None and place is not None:
            inner = change.place[len(place) :], change.what
            sides[side].setdefault(place, {})[inner] = change
    found: list[tuple[Change, Change, Change]] = []
    for place, other in _pairs(*sides):
        hint = CalledNow(place[-1].name, other[-1].name)
        for what, old in sides[0][place].items():
            new = sides[1][other][what]
            one = replace(old, breaks=old.breaks | new.breaks, hints=(*old.hints, hint), new_item=new.new_item)
            found.append((old, new, one))
    return found


def definition_in(place: Path) -> Path | None:
    """The part of a place that leads to a definition."""
    return next((place[: at + 1] for at, step in enumerate(place) if step.kind in DEFINITIONS), None)


def _only_side(change: Change) -> int | None:
    """Which side has the definition, if only one has; there it breaks those who rely on what that side asks for."""
    if change.kind is not Kind.CHANGED or change.old_item is None or change.new_item is None:
        return None
    there = isinstance(change.old_item.item, Definition), isinstance(change.new_item.item, Definition)
    if there == (True, False) and change.breaks == frozenset({Party.HOSTS}):
        return 0
    return 1 if there == (False, True) and change.breaks == frozenset({Party.GUESTS}) else None


def _pairs(olds: dict[Path, _Inside], news: dict[Path, _Inside]) -> Iterable[tuple[Path, Path]]:
    """Definitions with the same differences, where there is no doubt."""
    alike: dict[tuple[object, ...], tuple[list[Path], list[Path]]] = {}
    for side, places in enumerate((olds, news)):
        for place, inside in places.items():
            kind = place[-1].kind
            alike.setdefault((place[:-1], kind, frozenset(inside)), ([], []))[side].append(place)
    return [(old[0], new[0]) for old, new in alike.values() if len(old) == len(new) == 1]


__all__ = ["definition_in", "joined"]
