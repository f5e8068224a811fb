"""Descriptions of WIT types, functions and interfaces: what a generated `_abi.py` hands to the runtime.

Plain data, independent of how values cross: a value layer (`_public`, later a faster one) compiles them into code that
lowers and lifts. The generated classes appear here as objects; the runtime never imports generated code and never reads
WIT text.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator

from ..component import described
from ..component.described import (
    BOOL,
    CHAR,
    ERROR_CONTEXT,
    F32,
    F64,
    S8,
    S16,
    S32,
    S64,
    STRING,
    U8,
    U16,
    U32,
    U64,
    Primitive,
)
from ..dataclass import dataclass, field
from ._values import Err


class List(described.List["Type"]):
    """`list<element>`; of `u8` or `s8` it is `bytes` in Python."""

    __slots__ = ()


class FixedList(described.FixedList["Type"]):
    """`list<element, size>`."""

    __slots__ = ()


class Map(described.Map["Type"]):
    """`map<key, value>`."""

    __slots__ = ()


class Tuple(described.Tuple["Type"]):
    """`tuple<…>`."""

    __slots__ = ()


class Option(described.Option["Type"]):
    """`option<element>`."""

    __slots__ = ()


class Stream(described.Stream["Type"]):
    """`stream<element>`."""

    __slots__ = ()


class Future(described.Future["Type"]):
    """`future<element>`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Result(described.Result["Type"]):
    """`result<ok, err>`; `error` is the subclass of `Err` that an export raises for a named error type."""

    error: type[Err[object]] = Err


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A record: its dataclass, and its fields as (WIT name, attribute, type)."""

    cls: type
    fields: tuple[tuple[str, str, Type], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """A variant: its cases as (WIT name, class, payload type or None); a class with a payload has `.value`."""

    name: str
    cases: tuple[tuple[str, type, Type | None], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Enum:
    """An enum: its class, and the WIT names of its members in order."""

    cls: type[enum.Enum]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Flags:
    """Flags: the class, and the WIT names of its bits in order."""

    cls: type[enum.Flag]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ImportedResource:
    """A resource that the user implements (or that WASI supplies natively). `interface` is "" for one of the world."""

    interface: str
    name: str
    cls: str
    """How messages call the Protocol: `storage.Bucket`."""


@dataclass(frozen=True, slots=True, eq=False)
class ExportedResource:
    """A resource that the component implements: `cls` is the generated handle class, `link` that of its interface."""

    interface: str
    name: str
    cls: type
    link: Callable[[], type]
    """Gives the generated link class; called late, since the link class names the resource."""


AnyResource = ImportedResource | ExportedResource


class Own(described.Own["AnyResource"]):
    """`own<resource>`."""

    __slots__ = ()


class Borrow(described.Borrow["AnyResource"]):
    """`borrow<resource>`."""

    __slots__ = ()


Type = (
    Primitive
    | List
    | FixedList
    | Map
    | Tuple
    | Option
    | Result
    | Record
    | Variant
    | Enum
    | Flags
    | Own
    | Borrow
    | Stream
    | Future
)


def parts(ty: Type | None) -> list[Type | None]:
    """The types that a value of a type is directly made of."""
    match ty:
        case List(element) | FixedList(element) | Option(element):
            return [element]
        case Map(key, value):
            return [key, value]
        case Tuple(elements):
            return list(elements)
        case Result(ok, err):
            return [ok, err]
        case Record() | Variant():
            return [part for _, _, part in (ty.fields if isinstance(ty, Record) else ty.cases)]
        case _:
            return []


def mentioned(ty: Type | None) -> Iterator[Own | Borrow]:
    """Every `own` and `borrow` in a type, once for each named type and each place outside of those."""
    waiting = [ty]
    seen: set[int] = set()
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, Own | Borrow):
            yield inner
        if id(inner) not in seen:
            if isinstance(inner, Record | Variant):
                seen.add(id(inner))
            waiting += parts(inner)


@dataclass(frozen=True, slots=True)
class ImportFunc:
    """One imported function.

    `path` says where the implementation has it: `log` (attribute of the implementation), `Bucket` (constructor: call
    that attribute), `Bucket.open` (static), `.get` (method of the resource object in the first parameter), or "" (the
    implementation itself: a function of the world). `params` are (Python name, type); a method's first one is `self`.
    """

    name: str
    path: str
    params: tuple[tuple[str, Type], ...] = ()
    result: Type | None = None
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class ImportInterface:
    """One imported interface, or a function of the world (then `id` is "" and there is one function).

    `key` is the keyword of `instantiate`, `id` the name under which the component imports it, `protocol` what messages
    call the Protocol to implement (`host.Host`). `native`: wasmtime supplies it where the user leaves it out; `http`:
    it does so only when asked with `http=True`. `needs` are the ids of interfaces whose resources it mentions: an
    interface with resources and those that mention them are either all native or all given.
    """

    key: str
    id: str
    protocol: str
    functions: tuple[ImportFunc, ...] = ()
    resources: tuple[ImportedResource, ...] = ()
    native: bool = False
    http: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportInterface:
    """One exported interface: the name under which the component exports it, and the names of its functions."""

    id: str
    functions: tuple[str, ...] = ()


WorldText = Callable[[], str]
"""Gives the worlds of a package as plain data (`witgen.component.plain`), which are read when they are needed."""


@dataclass(frozen=True, slots=True)
class WorldType:
    """A world: its id, what it imports and exports, and the witgen version that generated it."""

    id: str
    version: str
    imports: tuple[ImportInterface, ...] = ()
    exports: tuple[ExportInterface, ...] = ()
    functions: tuple[str, ...] = field(default=())
    """The names of the functions that the world itself exports."""
    plain: WorldText | None = None
    """What a component is compared with when it is prepared; without it, only functions are, one by one."""


__all__ = [
    "BOOL",
    "CHAR",
    "ERROR_CONTEXT",
    "F32",
    "F64",
    "S8",
    "S16",
    "S32",
    "S64",
    "STRING",
    "U8",
    "U16",
    "U32",
    "U64",
    "AnyResource",
    "Borrow",
    "Enum",
    "ExportInterface",
    "ExportedResource",
    "FixedList",
    "Flags",
    "Future",
    "ImportFunc",
    "ImportInterface",
    "ImportedResource",
    "List",
    "Map",
    "Option",
    "Own",
    "Primitive",
    "Record",
    "Result",
    "Stream",
    "Tuple",
    "Type",
    "Variant",
    "WorldText",
    "WorldType",
    "mentioned",
    "parts",
]
