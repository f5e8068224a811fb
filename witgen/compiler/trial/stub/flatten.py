"""Core signatures of lifted functions, as "Flattening" in the Component Model's Canonical ABI defines them.

A flattening is only ever compared with `MAX_FLAT_PARAMS`, so it is cut one past that: a fixed-length list of a million
elements costs no more than a record of seventeen. Types are walked with an explicit stack, each once.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Literal, assert_never

from ....component.items import Function
from ....component.types import (
    Alias,
    Borrow,
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
    parts,
)
from ....dataclass import dataclass

MAX_FLAT_PARAMS = 16
MAX_FLAT_RESULTS = 1

CoreType = Literal["i32", "i64", "f32", "f64"]
Flat = tuple[CoreType, ...]

_POINTER: Flat = ("i32",)
_POINTER_AND_LENGTH: Flat = ("i32", "i32")
_CUT = MAX_FLAT_PARAMS + 1


@dataclass(frozen=True, slots=True)
class CoreSignature:
    """Parameters and results of a core function."""

    params: Flat
    results: Flat


class Flattener:
    """Flattens types and remembers what it has seen; the types must stay alive as long as it does."""

    def __init__(self) -> None:
        self._seen: dict[int, Flat] = {}

    def lifted(self, function: Function) -> CoreSignature:
        """The core function that `canon lift` makes `function` of (Canonical ABI, `flatten_functype`).

        An async function is lifted with a callback: its core function returns the callback code.
        """
        params: Flat = tuple(kind for param in function.params for kind in self.flatten(param.type))
        if len(params) > MAX_FLAT_PARAMS:
            params = _POINTER
        if function.is_async:
            return CoreSignature(params, ("i32",))
        results = () if function.result is None else self.flatten(function.result)
        return CoreSignature(params, results if len(results) <= MAX_FLAT_RESULTS else _POINTER)

    def lowered(self, function: Function) -> CoreSignature:
        """The core function that `canon lower` makes of a function that is not async (as above).

        What does not fit into a core result goes where an additional parameter points.
        """
        signature = self.lifted(function)
        if function.result is None or len(self.flatten(function.result)) <= MAX_FLAT_RESULTS:
            return signature
        return CoreSignature((*signature.params, *_POINTER), ())

    def flatten(self, type: Type) -> Flat:
        """The core types that stand for a value of `type`, cut after the seventeenth."""
        stack = [type]
        while stack:
            top = stack[-1]
            missing = [part for part in _parts(top) if id(part) not in self._seen]
            if missing:
                stack.extend(missing)
            else:
                self._seen[id(top)] = self._combine(top)[:_CUT]
                stack.pop()
        return self._seen[id(type)]

    def _combine(self, type: Type) -> Flat:
        match type:
            case Primitive():
                return _primitive(type)
            case List() | Map():
                return _POINTER_AND_LENGTH
            case Own() | Borrow() | Future() | Stream() | Enum() | Flags():
                return ("i32",)
            case Option() | Result() | Variant():
                return ("i32", *self._join(type))
            case Record() | Tuple() | Alias():
                return self._concatenate(_parts(type))
            case FixedList(element, size):
                return self._seen[id(element)] * min(size, _CUT)
            case _:
                assert_never(type)

    def _concatenate(self, parts: tuple[Type, ...]) -> Flat:
        return tuple(kind for part in parts for kind in self._seen[id(part)])

    def _join(self, type: Option | Result | Variant) -> Flat:
        columns = zip_longest(*(self._seen[id(payload)] for payload in _parts(type)))
        return tuple(_join_column(column) for column in columns)


def _parts(type: Type) -> tuple[Type, ...]:
    """The types whose core types make up those of `type`; what is behind a pointer or a handle does not."""
    match type:
        case List() | Map() | Future() | Stream():
            return ()
        case Alias(target=target):
            assert not isinstance(target, Resource), "a resource is a value only as a handle"
            return (target,)
        case _:
            return parts(type)


def _primitive(type: Primitive) -> Flat:
    match type:
        case Primitive.STRING:
            return _POINTER_AND_LENGTH
        case Primitive.U64 | Primitive.S64:
            return ("i64",)
        case Primitive.F32:
            return ("f32",)
        case Primitive.F64:
            return ("f64",)
        case _:
            return ("i32",)


def _join_column(column: tuple[CoreType | None, ...]) -> CoreType:
    kinds: set[CoreType] = {kind for kind in column if kind is not None}
    if len(kinds) == 1:
        return kinds.pop()
    return "i32" if kinds == {"i32", "f32"} else "i64"


__all__ = ["MAX_FLAT_PARAMS", "MAX_FLAT_RESULTS", "CoreSignature", "CoreType", "Flat", "Flattener"]
