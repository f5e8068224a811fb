"""Changes of a model in place, which are taken back; and what is asked of a model to know what a change means.

A model is a graph in which every reference is an object, so a definition that is changed in place is changed for all that
use it, as in WIT text. Nothing here is taken from `witgen.component.fit`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from witgen.component import types as t
from witgen.component.items import (
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    TypeItem,
    World,
    WorldKey,
)

K = TypeVar("K")
V = TypeVar("V")
AnyType = t.Type | t.Resource


class Edits:
    """What was changed, so that it can be taken back."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def set(self, owner: object, attribute: str, value: object) -> None:
        """Set an attribute, of a frozen object too."""
        old: object = getattr(owner, attribute)
        self._undo.append(partial(object.__setattr__, owner, attribute, old))
        object.__setattr__(owner, attribute, value)

    def fill(self, mapping: dict[K, V], items: Mapping[K, V]) -> None:
        """Give a dictionary other contents."""
        self._undo.append(partial(_fill, mapping, dict(mapping)))
        _fill(mapping, dict(items))

    def put(self, mapping: dict[K, V], key: K, value: V) -> None:
        """Add something."""
        self.fill(mapping, {**mapping, key: value})

    def drop(self, mapping: dict[K, V], key: K) -> None:
        """Remove something."""
        self.fill(mapping, {other: value for other, value in mapping.items() if other != key})

    def rename(self, mapping: dict[K, V], key: K, new: K) -> None:
        """Give something another key in the same position."""
        self.fill(mapping, {new if other == key else other: value for other, value in mapping.items()})

    def undo(self) -> None:
        """Take everything back."""
        while self._undo:
            self._undo.pop()()


def _fill(mapping: dict[K, V], items: dict[K, V]) -> None:
    mapping.clear()
    mapping.update(items)


@contextmanager
def applied(change: Callable[[Edits], None]) -> Generator[None]:
    """The model as it is after the change, for as long as this lasts."""
    edits = Edits()
    try:
        change(edits)
        yield
    finally:
        edits.undo()


def key_name(key: WorldKey) -> str:
    """The name of an import or export."""
    if isinstance(key, InterfaceKey):
        assert key.interface.id is not None
        return key.interface.id
    return key


def interfaces_of(world: World) -> list[Interface]:
    """Every interface that a world imports or exports, once."""
    items = [*world.imports.values(), *world.exports.values()]
    return list({id(item.interface): item.interface for item in items if isinstance(item, InterfaceItem)}.values())


def functions_of(world: World) -> list[Function]:
    """Every function that a world mentions."""
    found = [f for interface in interfaces_of(world) for f in interface.functions.values()]
    items = [*world.imports.values(), *world.exports.values()]
    return found + [item.function for item in items if isinstance(item, FunctionItem)]


def definitions_of(world: World) -> list[t.TypeDefinition]:
    """Every definition that a world mentions."""
    found = [d for interface in interfaces_of(world) for d in interface.types.values()]
    return found + [item.type for item in world.imports.values() if isinstance(item, TypeItem)]


def direct_parts(type: AnyType) -> list[AnyType]:
    """The types that a type is written with, one level down."""
    match type:
        case t.Primitive() | t.Enum() | t.Flags() | t.Resource():
            return []
        case t.Record(fields=fields):
            return [field.type for field in fields]
        case t.Variant(cases=cases):
            return [case.type for case in cases if case.type is not None]
        case t.Alias(target=target):
            return [target]
        case t.Own(resource) | t.Borrow(resource):
            return [resource]
        case _:
            return list(t.parts(type))


def reaches(type: AnyType, wanted: Callable[[AnyType], bool]) -> bool:
    """Whether a type is, or has somewhere in it, what is wanted."""
    return wanted(type) or any(reaches(part, wanted) for part in direct_parts(type))


def has_borrow(type: AnyType) -> bool:
    """Whether a borrow is anywhere in a type, so that nothing can return it."""
    return reaches(type, lambda part: isinstance(part, t.Borrow))


def alike(left: AnyType | None, right: AnyType | None) -> bool:
    """Whether two types of one world are the same by structure, resources by identity: the rule, spelled once more."""
    if left is None or right is None:
        return left is right
    left, right = t.resolve_alias(left), t.resolve_alias(right)
    if type(left) is not type(right):
        return False
    match left, right:
        case (t.Primitive(), _) | (t.Resource(), _):
            return left is right
        case t.Record(fields=fields), t.Record(fields=others):
            names = [f.name for f in fields] == [f.name for f in others]
            return names and all(alike(f.type, o.type) for f, o in zip(fields, others, strict=True))
        case t.Variant(cases=cases), t.Variant(cases=other_cases):
            names = [c.name for c in cases] == [c.name for c in other_cases]
            return names and all(alike(c.type, o.type) for c, o in zip(cases, other_cases, strict=True))
        case (t.Enum(cases=parts), t.Enum(cases=other_parts)) | (t.Flags(flags=parts), t.Flags(flags=other_parts)):
            return [p.name for p in parts] == [p.name for p in other_parts]
        case t.Result(ok, err), t.Result(other_ok, other_err):
            return alike(ok, other_ok) and alike(err, other_err)
        case t.FixedList(size=size), t.FixedList(size=other_size) if size != other_size:
            return False
        case _:
            mine, theirs = direct_parts(left), direct_parts(right)
            return len(mine) == len(theirs) and all(map(alike, mine, theirs))


__all__ = [
    "AnyType",
    "Edits",
    "alike",
    "applied",
    "definitions_of",
    "direct_parts",
    "functions_of",
    "has_borrow",
    "interfaces_of",
    "key_name",
    "reaches",
]
