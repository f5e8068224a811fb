"""Descriptions of a world as its guest sees it: what a generated `…_native.py` hands to the native back end.

Plain data. Classes are named, not imported: a world's modules are loaded when the world is first entered.
"""

from __future__ import annotations

import sys
from importlib import import_module

from ..component import described
from ..component.described import (
    BOOL,
    BYTES,
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


class Result(described.Result["Type"]):
    """`result<ok, err>`."""

    __slots__ = ()


class Stream(described.Stream["Type"]):
    """`stream<element>`."""

    __slots__ = ()


class Future(described.Future["Type"]):
    """`future<element>`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A record: module and name of its dataclass, and its fields by attribute."""

    module: str
    name: str
    fields: tuple[tuple[str, Type], ...] = ()

    def cls(self) -> type:
        """The generated class."""
        return load_class(self.module, self.name)


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant: its cases by the name of their class, with the payload's type or None."""

    module: str
    name: str
    cases: tuple[tuple[str, Type | None], ...]

    def case(self, index: int) -> type:
        """The generated class of a case."""
        return load_class(self.module, self.cases[index][0])


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum, with the names of its members."""

    module: str
    name: str
    members: tuple[str, ...]

    def cls(self) -> type:
        """The generated class."""
        return load_class(self.module, self.name)


@dataclass(frozen=True, slots=True)
class Flags:
    """Flags, with the names of the bits."""

    module: str
    name: str
    members: tuple[str, ...] = ()

    def cls(self) -> type:
        """The generated class."""
        return load_class(self.module, self.name)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource on one side: `module` holds its class (imported) or its Protocol (`exported`)."""

    module: str
    name: str
    exported: bool = False

    def cls(self) -> type:
        """The generated class."""
        return load_class(self.module, self.name)

    @property
    def label(self) -> str:
        """What messages call it: `archive.Ledger`."""
        return f"{self.module.rpartition('.')[2]}.{self.name}"


class Own(described.Own["Resource"]):
    """`own<resource>`."""

    __slots__ = ()


class Borrow(described.Borrow["Resource"]):
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


@dataclass(frozen=True, slots=True)
class Func:
    """A function. `path` is where it is in an implementation.

    `find` is an attribute, `Ledger` a class to call (a constructor), `Ledger.open` a static function of it, and `.note` a
    method of the resource in the first parameter. (For an import of the world itself the implementation is the function.)
    `params` leaves `self` out. With `raises`, a result is returned or raised; otherwise it is an ordinary value.
    """

    path: str
    params: tuple[tuple[str, Type], ...] = ()
    result: Type | None = None
    raises: bool = False
    is_async: bool = False
    resource: Resource | None = None
    """The resource whose constructor, method or static function this is."""


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface of the world, or a function of the world itself, or (exports) all of those.

    Args:
        key: the keyword that an implementation is given under, or the attribute of the exports.
        id: what messages call it; "" for what is the world's own.
        module: the generated module (imports: of the stubs).
        functions: what is in it.
        resources: those it defines.
        protocol: the class that the application defines for it, for an export.
        home: the top-level module in which componentize-py looks for the application's resources, for an export.
    """

    key: str
    id: str
    module: str
    functions: tuple[Func, ...] = ()
    resources: tuple[Resource, ...] = ()
    protocol: str = ""
    home: str = ""

    def label(self, function: Func) -> str:
        """What messages call a function of it: `archive.Ledger.note`."""
        path = function.path
        if path.startswith(".") and function.resource is not None:
            path = function.resource.name + path
        elif function.resource is not None and "." not in path:
            path = f"{path}.__init__"
        return path if not self.id else f"{self.module.rpartition('.')[2]}.{path}"


@dataclass(frozen=True, slots=True)
class WorldType:
    """A world: its id, its generated module, what it imports and what it exports."""

    id: str
    module: str
    imports: tuple[Interface, ...] = ()
    exports: tuple[Interface, ...] = ()
    constructors: tuple[tuple[str, str, Stream | Future], ...] = field(default=())
    """The functions that make streams and futures: module, name and type."""

    @property
    def is_async(self) -> bool:
        """Whether it needs the runtime of asynchronous functions."""
        functions = (function for interface in (*self.imports, *self.exports) for function in interface.functions)
        return bool(self.constructors) or any(function.is_async for function in functions)


def load_class(module: str, name: str) -> type:
    """The class `name` of the module `module`."""
    found = getattr(sys.modules.get(module) or import_module(module), name)
    assert isinstance(found, type), f"{module}.{name}"
    return found


__all__ = [
    "BOOL",
    "BYTES",
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
    "Borrow",
    "Enum",
    "FixedList",
    "Flags",
    "Func",
    "Future",
    "Interface",
    "List",
    "Map",
    "Option",
    "Own",
    "Primitive",
    "Record",
    "Resource",
    "Result",
    "Stream",
    "Tuple",
    "Type",
    "Variant",
    "WorldType",
    "load_class",
]
