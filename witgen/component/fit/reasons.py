"""Why something does not fit, as data: a closed union. `component.words` puts it into words.

What differs has an `expected` and a `found` side. Types, functions and definitions are there in WIT notation, which is
never taken apart again.
"""

from __future__ import annotations

from enum import Enum
from typing import assert_never

from ...dataclass import dataclass
from .. import types as t
from ..items import (
    Constructor,
    Freestanding,
    Function,
    FunctionItem,
    InterfaceItem,
    Method,
    Static,
    WorldItem,
)
from ..notation import definition_text, function_text, structure_text


class ItemKind(Enum):
    """What a name refers to."""

    WORLD = "world"
    INTERFACE = "interface"
    FUNCTION = "function"
    METHOD = "method"
    STATIC = "static function"
    CONSTRUCTOR = "constructor"
    RECORD = "record"
    VARIANT = "variant"
    ENUM = "enum"
    FLAGS = "flags"
    RESOURCE = "resource"
    TYPE = "type"
    """Any other type: an alias, or one without a name."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item by its kind, and in WIT notation; that is empty for an interface, a world and a resource."""

    kind: ItemKind
    notation: str = ""


INTERFACE = Item(ItemKind.INTERFACE)
WORLD = Item(ItemKind.WORLD)
RESOURCE = Item(ItemKind.RESOURCE)


@dataclass(frozen=True, slots=True)
class NotProvided:
    """The component imports what the world does not have."""

    found: Item


@dataclass(frozen=True, slots=True)
class Missing:
    """The world asks for an export that the component does not have."""

    expected: Item


@dataclass(frozen=True, slots=True)
class OtherKind:
    """Two items of different kinds: a record and an enum, a function and an interface, a method and a static function."""

    expected: Item
    found: Item


@dataclass(frozen=True, slots=True)
class OtherInterface:
    """One label, two interfaces: their ids."""

    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class OtherResource:
    """Two resources that are not the same, by their names, or where these are alike by what they are."""

    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class OtherType:
    """Two types that are not the same. None: there is no payload, or no result."""

    expected: str | None
    found: str | None


@dataclass(frozen=True, slots=True)
class OtherParameters:
    """Functions whose parameters have other names, or the same in another order; the functions in full."""

    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class OtherParts:
    """Records, variants, enums or flags whose fields, cases or flags have other names, or the same in another order."""

    expected: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherAsync:
    """Of two functions one is async; whether the expected one is, and whether the one that was found is."""

    expected: bool
    found: bool


TwoSided = OtherKind | OtherInterface | OtherResource | OtherType | OtherParameters | OtherParts | OtherAsync
"""Something is on both sides, and differs."""
Reason = NotProvided | Missing | TwoSided


def swapped(reason: TwoSided) -> TwoSided:
    """The same difference with its sides exchanged."""
    match reason:
        case OtherKind(expected, found):
            return OtherKind(found, expected)
        case OtherInterface(expected, found):
            return OtherInterface(found, expected)
        case OtherResource(expected, found):
            return OtherResource(found, expected)
        case OtherType(expected, found):
            return OtherType(found, expected)
        case OtherParameters(expected, found):
            return OtherParameters(found, expected)
        case OtherParts(expected, found):
            return OtherParts(found, expected)
        case OtherAsync(expected, found):
            return OtherAsync(found, expected)
        case _:
            assert_never(reason)


def type_item(type: t.Type | t.Resource) -> Item:
    """A type, aliases followed, as an item with its whole structure."""
    match type:
        case t.Record():
            kind = ItemKind.RECORD
        case t.Variant():
            kind = ItemKind.VARIANT
        case t.Enum():
            kind = ItemKind.ENUM
        case t.Flags():
            kind = ItemKind.FLAGS
        case t.Resource():
            return RESOURCE
        case _:
            kind = ItemKind.TYPE
    return Item(kind, structure_text(type))


def definition_item(definition: t.TypeDefinition) -> Item:
    """A definition as an item; an alias is one itself, whatever it leads to."""
    if isinstance(definition, t.Alias):
        return Item(ItemKind.TYPE, definition_text(definition))
    return type_item(definition)


def function_item(function: Function) -> Item:
    """A function as an item."""
    match function.kind:
        case Freestanding():
            kind = ItemKind.FUNCTION
        case Method():
            kind = ItemKind.METHOD
        case Static():
            kind = ItemKind.STATIC
        case Constructor():
            kind = ItemKind.CONSTRUCTOR
        case _:
            assert_never(function.kind)
    return Item(kind, function_text(function))


def world_item(item: WorldItem) -> Item:
    """An import or export as an item."""
    match item:
        case InterfaceItem():
            return INTERFACE
        case FunctionItem(function):
            return function_item(function)
        case _:
            return Item(definition_item(item.type).kind)


__all__ = [
    "INTERFACE",
    "RESOURCE",
    "WORLD",
    "Item",
    "ItemKind",
    "Missing",
    "NotProvided",
    "OtherAsync",
    "OtherInterface",
    "OtherKind",
    "OtherParameters",
    "OtherParts",
    "OtherResource",
    "OtherType",
    "Reason",
    "TwoSided",
    "definition_item",
    "function_item",
    "swapped",
    "type_item",
    "world_item",
]
