"""Python values of WIT types: strategies that draw them, and a comparison that misses nothing."""

from __future__ import annotations

import enum
import math
import string
import struct
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import assert_never, cast

from hypothesis import strategies as st

import witgen.runtime as rt
from tests.forwarding.package import Package
from witgen.component.types import (
    Alias,
    Borrow,
    Case,
    Definition,
    Enum,
    FixedList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Type,
    Variant,
    resolve_alias,
)

Strategy = st.SearchStrategy[object]

_LONGEST = 4
_LONGEST_FLAT = 40
_LARGEST_F32 = 3.4028234663852886e38


class Values:
    """Draws values made of a package's own classes; each type has one strategy, made when it is first drawn from."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._made: dict[Type, Strategy] = {}

    def of(self, type: Type | None) -> Strategy:
        """The values of `type`; None stands for an absent payload. Types that no component of ours carries: TypeError."""
        if type is None:
            return st.none()
        known = self._made.get(type)
        if known is None:
            # Deferred under a name: hypothesis prints strategies, and one of a large type would be megabytes of text.
            known = self._made[type] = _primitive(type) if isinstance(type, Primitive) else _named(_Part(self, type))
        return known

    def made(self, type: Type) -> Strategy:
        """The strategy of a type with parts."""
        match type:
            case Primitive():
                return _primitive(type)
            case Alias(target=target):
                assert not isinstance(target, Resource)
                return self.of(target)
            case List(element=element):
                if resolve_alias(element) in (Primitive.U8, Primitive.S8):
                    return st.binary(max_size=3 * _LONGEST_FLAT)
                return st.lists(self.of(element), max_size=self._longest(element))
            case Map(key=key, value=value):
                return st.dictionaries(self.of(key), self.of(value), max_size=_LONGEST)
            case Tuple(elements=elements):
                return st.tuples(*map(self.of, elements))
            case Option(element=element):
                inner = self.of(element)
                present = st.builds(rt.Some, inner) if isinstance(resolve_alias(element), Option) else inner
                return st.one_of(st.none(), present)
            case Result(ok=ok, err=err):
                return st.one_of(st.builds(rt.Ok, self.of(ok)), st.builds(rt.Err, self.of(err)))
            case Record():
                cls = _maker(self._package.cls(type))
                return st.builds(cls, *(self.of(field.type) for field in type.fields))
            case Variant():
                return st.one_of([self._case(type, number, case) for number, case in enumerate(type.cases)])
            case Enum():
                return st.sampled_from(_members(self._package.cls(type)))
            case Flags():
                # All of them and the last alone as well: drawn numbers are mostly small.
                every = (1 << len(type.flags)) - 1
                bits = st.one_of(st.sampled_from([every, every ^ every >> 1]), st.integers(0, every))
                return st.builds(_maker(self._package.cls(type)), bits)
            case Own() | Borrow() | FixedList() | Stream() | Future():
                raise TypeError(f"no values of {type}")
            case _:
                assert_never(type)

    def _longest(self, element: Type) -> int:
        """Large elements make short lists: hypothesis gives up on values of some thousand choices."""
        if isinstance(element, Primitive):
            return _LONGEST_FLAT
        return _LONGEST if _weight(element) <= 10 else 2

    def _case(self, variant: Variant, number: int, case: Case) -> Strategy:
        made = _maker(self._package.cls(variant, number))
        return st.builds(made) if case.type is None else st.builds(made, self.of(case.type))


class _Part:
    """A type with the values that it is drawn by; hypothesis prints it as its type's name."""

    def __init__(self, values: Values, type: Type) -> None:
        self._values = values
        self._type = type
        self._strategy: Strategy | None = None

    @property
    def strategy(self) -> Strategy:
        """What it is drawn from."""
        if self._strategy is None:
            self._strategy = self._values.made(self._type)
        return self._strategy

    def __repr__(self) -> str:
        return self._type.name if isinstance(self._type, Definition) else type(self._type).__name__


@st.composite
def _named(draw: st.DrawFn, part: _Part) -> object:
    return draw(part.strategy)


def _maker(cls: type) -> Callable[..., object]:
    return cast(Callable[..., object], cls)


def _members(cls: type) -> list[object]:
    return list(cast("type[enum.Enum]", cls))


def _primitive(type: Primitive) -> Strategy:
    match type:
        case Primitive.BOOL:
            return st.booleans()
        case Primitive.F32:
            # Bounded: what is drawn without bounds and does not fit into 32 bits is rejected, with all that is around it.
            special = st.sampled_from([math.nan, math.inf, -math.inf, -0.0])
            return st.one_of(st.floats(-_LARGEST_F32, _LARGEST_F32, width=32), special)
        case Primitive.F64:
            return st.floats()
        case Primitive.CHAR:
            return st.characters(exclude_categories=["Cs"])
        case Primitive.STRING:
            # Plain letters as well: what is drawn of all of Unicode is seldom of one byte.
            text = st.text(st.characters(exclude_categories=["Cs"]), max_size=_LONGEST_FLAT)
            return st.one_of(st.text(string.ascii_letters, max_size=3 * _LONGEST_FLAT), text)
        case Primitive.ERROR_CONTEXT:
            raise TypeError(f"no values of {type}")
        case _:
            lowest, highest = _range(type)
            return st.one_of(st.sampled_from([lowest, highest, 0]), st.integers(lowest, highest))


def _range(type: Primitive) -> tuple[int, int]:
    bits = int(type.value[1:])
    return (0, (1 << bits) - 1) if type.value[0] == "u" else (-(1 << bits - 1), (1 << bits - 1) - 1)


def _weight(type: Type | Resource) -> int:
    """How many values there are in a value of the type, at least."""
    match type:
        case Record(fields=fields):
            return sum(_weight(field.type) for field in fields)
        case Tuple(elements):
            return sum(map(_weight, elements))
        case Variant(cases=cases):
            return 1 + max(0 if case.type is None else _weight(case.type) for case in cases)
        case Result(ok, err):
            return 1 + max(0 if part is None else _weight(part) for part in (ok, err))
        case Option(element) | List(element):
            return 1 + _weight(element)
        case Map(key, value):
            return 1 + _weight(key) + _weight(value)
        case Alias(target=target):
            return _weight(target)
        case _:
            return 1


def same(one: object, other: object) -> bool:
    """Whether two values are the same in type and content, deeply: 1 is not True, 0.0 is not -0.0, NaN is NaN.

    Errors may be of any class: what an export raises has one of its own.
    """
    if _is_error(one) and _is_error(other):
        return same(_value(one), _value(other))
    if one.__class__ is not other.__class__:
        return False
    if isinstance(one, float) and isinstance(other, float):
        return (math.isnan(one) and math.isnan(other)) or struct.pack("d", one) == struct.pack("d", other)
    parts, others = _parts(one), _parts(other)
    if parts is None or others is None:
        return one == other
    return len(parts) == len(others) and all(map(same, parts, others))


def _is_error(value: object) -> bool:
    return isinstance(value, rt.Err)


def _value(error: object) -> object:
    return cast("rt.Err[object]", error).value


def _parts(value: object) -> list[object] | None:
    """What a value is made of; None for one without parts."""
    if isinstance(value, list | tuple):
        return list(cast("list[object]", value))
    if isinstance(value, dict):
        return list(cast("dict[object, object]", value).items())
    if is_dataclass(value):
        return [getattr(value, field.name) for field in fields(value)]
    return None


__all__ = ["Strategy", "Values", "same"]
