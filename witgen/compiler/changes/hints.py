"""Guesses at what happened: something removed and something added that are alike were renamed or moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from ...component import types as t
from ...component.fit.spots import Spot
from ...component.items import Function, Interface
from .change import Change, Kind

_MOST = 200
"""Removed or added items that are looked at: more would take long, and a guess among so many is worth little."""
_PLAIN = ("interface", "world", "resource")
"""Texts that tell nothing of an item."""


def with_hints(changes: list[Change]) -> list[Change]:
    """The changes with hints where one is likely."""
    gone = [change for change in changes if change.kind is Kind.REMOVED][:_MOST]
    come = [change for change in changes if change.kind is Kind.ADDED][:_MOST]
    hints: dict[Change, list[str]] = {}
    left = list(come)
    fresh = [spot.item for change in come if (spot := change.new_spot) and isinstance(spot.item, Interface)]
    for change in gone:
        beside = [other for other in left if _sort(other) == _sort(change)]
        other = _renamed(change, [other for other in beside if other.place[:-1] == change.place[:-1]])
        word = "renamed"
        if other is None:
            other, word = _moved(change, beside), "moved"
        if other is not None:
            left.remove(other)
            hints[change] = [f"{_known(other, change)} was added: was it {word}?"]
            hints[other] = [f"{_known(change, other)} was removed: was it {word}?"]
        elif (home := _home(change, fresh)) is not None:
            hints[change] = [f"there is one in `{home.id}`, which was added: was it moved?"]
        elif (turned := _turned(change, left)) is not None:
            hints[change] = [f"it is an {_sort(turned)} now"]
            hints[turned] = [f"it was an {_sort(change)}"]
    return [replace(change, hints=(*change.hints, *hints.get(change, ()), *_inner(change))) for change in changes]


def _renamed(gone: Change, come: list[Change]) -> Change | None:
    """Of what was added in the same place: what has nearly the name, or alone the type."""
    names = {_name(other): other for other in come}
    near = get_close_matches(_name(gone), names, 1, 0.7)
    if near and _last(near[0]) != _last(_name(gone)):
        return names[near[0]]
    alike = [other for other in come if other.new == gone.old and gone.old not in _PLAIN]
    return alike[0] if len(alike) == 1 else None


def _moved(gone: Change, come: list[Change]) -> Change | None:
    """Of what was added elsewhere: what has the same name and the same type; of interfaces, the same last name."""
    alike = [other for other in come if _last(_name(other)) == _last(_name(gone)) and other.new == gone.old]
    return alike[0] if len(alike) == 1 else None


def _home(gone: Change, fresh: list[Interface]) -> Interface | None:
    """The new interface that has a function of the removed one's name."""
    function = None if gone.old_spot is None else gone.old_spot.item
    if not isinstance(function, Function):
        return None
    return next((interface for interface in fresh if function.name in interface.functions), None)


def _turned(gone: Change, come: list[Change]) -> Change | None:
    """The same import as an export, or the other way round."""
    pair = {"import", "export"}
    alike = (other for other in come if {_sort(gone), _sort(other)} == pair and _name(other) == _name(gone))
    return next((other for other in alike if other.place[:-1] == gone.place[:-1]), None)


def _known(change: Change, beside: Change) -> str:
    """What a change is about, for a hint at another: with its place, if that is another."""
    name = f"`{_name(change)}`"
    outer = change.place[:-1]
    return name if outer == beside.place[:-1] or not outer else f"{name} of {', '.join(outer)}"


def _sort(change: Change) -> str:
    return change.place[-1].partition(" ")[0]


def _name(change: Change) -> str:
    what = change.place[-1]
    return what.split("`")[1] if "`" in what else what.partition(" ")[2]


def _last(name: str) -> str:
    return name.partition("@")[0].rpartition("/")[2]


def _inner(change: Change) -> Iterable[str]:
    """Of other names in one list: the one that changed, if it is only one."""
    if change.kind is not Kind.CHANGED or not change.message.startswith("has other "):
        return ()
    olds, news = _parts(change.old_spot), _parts(change.new_spot)
    if len(olds) != len(news):
        return ()
    other = [(old, new) for old, new in zip(olds, news, strict=True) if old != new]
    return (f"`{other[0][0]}` is called `{other[0][1]}` now",) if len(other) == 1 else ()


def _parts(spot: Spot | None) -> list[str]:
    match spot:
        case Spot(Function(params=params)):
            return [param.name for param in params]
        case Spot(t.Record(fields=parts)):
            return [part.name for part in parts]
        case Spot(t.Variant(cases=cases)):
            return [part.name for part in cases]
        case Spot(t.Enum(cases=names) | t.Flags(flags=names)):
            return [part.name for part in names]
        case _:
            return []


__all__ = ["with_hints"]
