"""The types of WIT as generated packages describe them, generic over how each side represents definitions and resources.

One vocabulary for both sides: a host package describes its types for `witgen.runtime`, a guest's native module for
`witgen.testing`. A definition is a class on one side and a class that is loaded on demand on the other, so each side adds
its own records, variants, enums, flags and resources and closes the union. It does so with a subclass `List["Type"]` and
the like, in its own module: with these generic classes themselves, checkers take `Map(STRING, some_record)` in a generated
package for a `Map[object]`. Imported with every generated package: standard library only, and few classes.
"""

from __future__ import annotations

import enum
from typing import Generic, TypeVar

from ..dataclass import dataclass

T_co = TypeVar("T_co", covariant=True)
"""The types of one side."""
R_co = TypeVar("R_co", covariant=True)
"""The resources of one side."""


class Primitive(enum.Enum):
    """The types without structure; the value is the WIT keyword."""

    BOOL = "bool"
    U8 = "u8"
    U16 = "u16"
    U32 = "u32"
    U64 = "u64"
    S8 = "s8"
    S16 = "s16"
    S32 = "s32"
    S64 = "s64"
    F32 = "f32"
    F64 = "f64"
    CHAR = "char"
    STRING = "string"
    ERROR_CONTEXT = "error-context"


BOOL = Primitive.BOOL
U8 = Primitive.U8
U16 = Primitive.U16
U32 = Primitive.U32
U64 = Primitive.U64
S8 = Primitive.S8
S16 = Primitive.S16
S32 = Primitive.S32
S64 = Primitive.S64
F32 = Primitive.F32
F64 = Primitive.F64
CHAR = Primitive.CHAR
STRING = Primitive.STRING
ERROR_CONTEXT = Primitive.ERROR_CONTEXT

BYTES = (U8, S8)
"""The elements of a list that is `bytes` in Python."""


@dataclass(frozen=True, slots=True)
class List(Generic[T_co]):
    """`list<element>`; of `u8` or `s8` it is `bytes` in Python."""

    element: T_co


@dataclass(frozen=True, slots=True)
class FixedList(Generic[T_co]):
    """`list<element, size>`."""

    element: T_co
    size: int


@dataclass(frozen=True, slots=True)
class Map(Generic[T_co]):
    """`map<key, value>`."""

    key: T_co
    value: T_co


@dataclass(frozen=True, slots=True)
class Tuple(Generic[T_co]):
    """`tuple<…>`."""

    elements: tuple[T_co, ...]


@dataclass(frozen=True, slots=True)
class Option(Generic[T_co]):
    """`option<element>`; where the element is an option too, a value is a `Some`."""

    element: T_co


@dataclass(frozen=True, slots=True)
class Result(Generic[T_co]):
    """`result<ok, err>`. As a function's result it is returned or raised; elsewhere it is an `Ok` or an `Err`."""

    ok: T_co | None = None
    err: T_co | None = None


@dataclass(frozen=True, slots=True)
class Own(Generic[R_co]):
    """`own<resource>`."""

    resource: R_co


@dataclass(frozen=True, slots=True)
class Borrow(Generic[R_co]):
    """`borrow<resource>`."""

    resource: R_co


@dataclass(frozen=True, slots=True)
class Stream(Generic[T_co]):
    """`stream<element>`."""

    element: T_co | None = None


@dataclass(frozen=True, slots=True)
class Future(Generic[T_co]):
    """`future<element>`."""

    element: T_co | None = None
