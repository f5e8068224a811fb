"""Guesses at what happened: something removed and something added that are alike were renamed or moved."""

from __future__ import annotations

from ...component.fit.item_parts import ItemPart
from ...component.fit.reasons import Item, OtherParameters, OtherParts
from ...component.fit.steps import Path, StepKind
from ...component.items import Function, Interface
from ...component.notation import parts_of
from ...component.types import Definition
from ...dataclass import replace
from ...text import CLEAR_LIKENESS, nearest
from .change import Added, Change, Changed, Kind, Removed
from .hints import AddedInterface, CalledNow, ChangeHint, Fate, IsNow, WasAdded, WasBefore, WasRemoved

_MOST = 200
"""Removed or added items that are looked at: more would take long, and a guess among so many is worth little."""


def with_hints(changes: list[Change]) -> list[Change]:
    """The changes with hints where one is likely."""
    gone = [change for change in changes if change.kind is Kind.REMOVED][:_MOST]
    come = [change for change in changes if change.kind is Kind.ADDED][:_MOST]
    hints: dict[Change, list[ChangeHint]] = {}
    left = list(come)
    fresh = [found.item for change in come if (found := change.new_item) and isinstance(found.item, Interface)]
    for change in gone:
        beside = [other for other in left if _kind(other) is _kind(change)]
        other = _renamed(change, [other for other in beside if other.place[:-1] == change.place[:-1]])
        fate = Fate.RENAMED
        if other is None:
            other, fate = _moved(change, beside), Fate.MOVED
        if other is not None:
            left.remove(other)
            hints[change] = [WasAdded(_name(other), _outer(other, change), fate)]
            hints[other] = [WasRemoved(_name(change), _outer(change, other), fate)]
        elif (home := _home(change, fresh)) is not None:
            hints[change] = [AddedInterface(str(home.id))]
        elif (turned := _turned(change, left)) is not None:
            hints[change] = [IsNow(_kind(turned))]
            hints[turned] = [WasBefore(_kind(change))]
    return [replace(change, hints=(*change.hints, *hints.get(change, ()), *_inner(change))) for change in changes]


def _renamed(gone: Change, come: list[Change]) -> Change | None:
    """Of what was added in the same place: what has nearly the name, or alone the type."""
    names = {_name(other): other for other in come}
    near = nearest(_name(gone), names, CLEAR_LIKENESS)
    if near is not None and _last(near) != _last(_name(gone)):
        return names[near]
    alike = [other for other in come if _item(other).notation and _item(other) == _item(gone)]
    return alike[0] if len(alike) == 1 else None


def _moved(gone: Change, come: list[Change]) -> Change | None:
    """Of what was added elsewhere: what has the same name and the same type; of interfaces, the same last name."""
    alike = [other for other in come if _last(_name(other)) == _last(_name(gone)) and _item(other) == _item(gone)]
    return alike[0] if len(alike) == 1 else None


def _home(gone: Change, fresh: list[Interface]) -> Interface | None:
    """The new interface that has a function of the removed one's name."""
    function = None if gone.old_item is None else gone.old_item.item
    if not isinstance(function, Function):
        return None
    return next((interface for interface in fresh if function.name in interface.functions), None)


def _turned(gone: Change, come: list[Change]) -> Change | None:
    """The same import as an export, or the other way round."""
    pair = {StepKind.IMPORT, StepKind.EXPORT}
    alike = (other for other in come if {_kind(gone), _kind(other)} == pair and _name(other) == _name(gone))
    return next((other for other in alike if other.place[:-1] == gone.place[:-1]), None)


def _outer(change: Change, beside: Change) -> Path:
    """Where a change is, for a hint at another one; empty if that is in the same place."""
    outer = change.place[:-1]
    return () if outer == beside.place[:-1] else outer


def _kind(change: Change) -> StepKind:
    return change.place[-1].kind


def _name(change: Change) -> str:
    return change.place[-1].name


def _item(change: Change) -> Item:
    """What was added or removed."""
    match change.what:
        case Added(item) | Removed(item):
            return item
        case _:
            raise AssertionError(f"neither added nor removed: {change}")


def _last(name: str) -> str:
    return name.partition("@")[0].rpartition("/")[2]


def _inner(change: Change) -> tuple[ChangeHint, ...]:
    """Of other names in one list: the one that changed, if it is only one."""
    match change.what:
        case Changed(OtherParameters() | OtherParts()):
            olds, news = _part_names(change.old_item), _part_names(change.new_item)
        case _:
            return ()
    if len(olds) != len(news):
        return ()
    other = [(old, new) for old, new in zip(olds, news, strict=True) if old != new]
    return (CalledNow(*other[0]),) if len(other) == 1 else ()


def _part_names(found: ItemPart | None) -> list[str]:
    match found:
        case ItemPart(Function(params=params)):
            return [param.name for param in params]
        case ItemPart(Definition() as definition):
            return [part.name for part in parts_of(definition)]
        case _:
            return []


__all__ = ["with_hints"]
