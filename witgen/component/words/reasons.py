"""Reasons in words, and what is on each side."""

from __future__ import annotations

from typing import assert_never

from ..fit.reasons import (
    Item,
    ItemKind,
    Missing,
    NotProvided,
    OtherAsync,
    OtherInterface,
    OtherKind,
    OtherParameters,
    OtherParts,
    OtherResource,
    OtherType,
    Reason,
    TwoSided,
)
from ..fit.steps import DEFINITIONS, Step, StepKind
from .paths import Phrase

_KINDS = {
    ItemKind.WORLD: ("world", "a world"),
    ItemKind.INTERFACE: ("interface", "an interface"),
    ItemKind.FUNCTION: ("function", "a function"),
    ItemKind.METHOD: ("method", "a method"),
    ItemKind.STATIC: ("static function", "a static function"),
    ItemKind.CONSTRUCTOR: ("constructor", "a constructor"),
    ItemKind.RECORD: ("record", "a record"),
    ItemKind.VARIANT: ("variant", "a variant"),
    ItemKind.ENUM: ("enum", "an enum"),
    ItemKind.FLAGS: ("flags", "flags"),
    ItemKind.RESOURCE: ("resource", "a resource"),
    ItemKind.TYPE: ("type", "a type"),
}
"""Each kind of item by itself, and in a sentence."""
_PARTS = {
    StepKind.RECORD: "fields",
    StepKind.VARIANT: "cases",
    StepKind.ENUM: "cases",
    StepKind.FLAGS: "flags",
}


def reason_phrase(reason: Reason, at: Step) -> Phrase:
    """Why the item that the step `at` leads to does not fit."""
    match reason:
        case NotProvided():
            return Phrase("is not provided by the world")
        case Missing():
            return Phrase("is missing")
        case OtherKind(expected, found):
            return Phrase(f"expected {kind_text(expected)}, found {kind_text(found)}", is_clause=True)
        case OtherInterface() | OtherResource() | OtherType() | OtherParameters() | OtherParts() | OtherAsync():
            return difference_phrase(reason, at)
        case _:
            assert_never(reason)


def difference_phrase(reason: TwoSided, at: Step) -> Phrase:
    """What differs in the item that the step `at` leads to, in words that do not say which side is expected."""
    match reason:
        case OtherKind(old, new):
            return Phrase(f"changed from {kind_text(old)} to {kind_text(new)}")
        case OtherInterface():
            return Phrase("implements a different interface")
        case OtherResource() if at.kind in DEFINITIONS:
            return Phrase("is a different resource")
        case OtherType() if at.kind in DEFINITIONS:
            return Phrase("is a different type")
        case OtherType() if at.kind is StepKind.CASE:
            return Phrase("has a different payload")
        case OtherType() | OtherResource():
            return Phrase("has a different type")
        case OtherParameters():
            return Phrase("has different parameters")
        case OtherParts():
            return Phrase(f"has different {_PARTS.get(at.kind, 'parts')}")
        case OtherAsync():
            return Phrase("async-ness differs", is_clause=True)
        case _:
            assert_never(reason)


def side_texts(reason: Reason, at: Step) -> tuple[str | None, str | None]:
    """What is expected and what was found, in WIT notation where it has one; None for what is not there."""
    match reason:
        case NotProvided(found):
            return None, item_text(found)
        case Missing(expected):
            return item_text(expected), None
        case OtherKind(expected, found):
            return item_text(expected), item_text(found)
        case OtherInterface(expected, found) | OtherResource(expected, found) | OtherParameters(expected, found):
            return expected, found
        case OtherType(expected, found):
            absent = "no payload" if at.kind is StepKind.CASE else "no result"
            return expected or absent, found or absent
        case OtherParts(expected, found):
            return _listed(expected), _listed(found)
        case OtherAsync(expected, found):
            return _async_text(expected), _async_text(found)
        case _:
            assert_never(reason)


def item_text(item: Item) -> str:
    """An item in WIT notation; one that has none by its kind."""
    return item.notation or _KINDS[item.kind][0]


def kind_text(item: Item) -> str:
    """What an item is, for a sentence: `a record`, `an enum`, `the type `list<u8>``."""
    if item.kind is ItemKind.TYPE and item.notation:
        return f"the type `{item.notation}`"
    return _KINDS[item.kind][1]


def _async_text(is_async: bool) -> str:
    return "async" if is_async else "sync"


def _listed(names: tuple[str, ...]) -> str:
    return f"{{ {', '.join(names)} }}"


__all__ = ["difference_phrase", "item_text", "kind_text", "reason_phrase", "side_texts"]
