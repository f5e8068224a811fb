"""WIT types, resolved: a closed union of anonymous types and definitions. Standard library only.

Anonymous types compare by value. Definitions (`Record` … `Alias`) have identity: two records with the same fields are
different types. A reference to a definition is the definition itself; a reference to a resource, directly or through
aliases, is an `Own` of the definition that was named (WIT specification, "Handles"). Aliases are kept: `resolve_alias`
looks through them.

Every `match` over `Type` ends in `assert_never`, so a new type fails to type-check until each room handles it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never, overload

from ..dataclass import dataclass, field
from .described import Primitive

if TYPE_CHECKING:
    from .items import Interface, World

# Anonymous types ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class List:
    """`list<element>`."""

    element: Type


@dataclass(frozen=True, slots=True)
class FixedList:
    """`list<element, size>`."""

    element: Type
    size: int


@dataclass(frozen=True, slots=True)
class Map:
    """`map<key, value>`."""

    key: Type
    value: Type


@dataclass(frozen=True, slots=True)
class Option:
    """`option<element>`."""

    element: Type


@dataclass(frozen=True, slots=True)
class Result:
    """`result<ok, err>`; None stands for an absent payload."""

    ok: Type | None
    err: Type | None


@dataclass(frozen=True, slots=True)
class Tuple:
    """`tuple<…>`, possibly empty."""

    elements: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Future:
    """`future<element>`, or `future` alone."""

    element: Type | None


@dataclass(frozen=True, slots=True)
class Stream:
    """`stream<element>`, or `stream` alone."""

    element: Type | None


@dataclass(frozen=True, slots=True)
class Own:
    """`own<resource>`: `resource` is the definition that was named, a `Resource` or an alias that leads to one."""

    resource: Resource | Alias


@dataclass(frozen=True, slots=True)
class Borrow:
    """`borrow<resource>`: `resource` is the definition that was named, a `Resource` or an alias that leads to one."""

    resource: Resource | Alias


# Definitions ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stable:
    """`@since(version = …)`, perhaps with `@deprecated`; versions as text."""

    since: str
    deprecated: str | None = None


@dataclass(frozen=True, slots=True)
class Unstable:
    """`@unstable(feature = …)`, perhaps with `@deprecated`."""

    feature: str
    deprecated: str | None = None


Stability = Stable | Unstable


@dataclass(frozen=True, slots=True)
class Field:
    """A record's field."""

    name: str
    type: Type
    docs: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A variant's case, perhaps with a payload."""

    name: str
    type: Type | None
    docs: str | None = None


@dataclass(frozen=True, slots=True)
class EnumCase:
    """An enum's case or a flag."""

    name: str
    docs: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """What all definitions have: `name` in kebab case, the interface or world that owns it, docs and gates."""

    name: str
    owner: Interface | World = field(repr=False)
    docs: str | None
    stability: Stability | None
    external_id: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Record(Definition):
    """`record name { … }`."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Variant(Definition):
    """`variant name { … }`: at least one case."""

    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Enum(Definition):
    """`enum name { … }`: at least one case."""

    cases: tuple[EnumCase, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Flags(Definition):
    """`flags name { … }`, possibly empty."""

    flags: tuple[EnumCase, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Resource(Definition):
    """`resource name`. Its functions are among those of its owner (`Interface.functions_of`, or the world's items)."""


@dataclass(frozen=True, slots=True, eq=False)
class Alias(Definition):
    """`type name = target;`, or a name taken by `use` (`target` then is a definition of another owner).

    An alias of a resource has the definition itself as its target, not an `Own` of it.
    """

    target: Type | Resource


Type = (
    Primitive
    | List
    | FixedList
    | Map
    | Option
    | Result
    | Tuple
    | Future
    | Stream
    | Own
    | Borrow
    | Record
    | Variant
    | Enum
    | Flags
    | Alias
)
AnonymousType = List | FixedList | Map | Option | Result | Tuple | Future | Stream | Own | Borrow
TypeDefinition = Record | Variant | Enum | Flags | Resource | Alias


@overload
def parts(type: Primitive | AnonymousType | Record | Variant | Enum | Flags) -> tuple[Type, ...]: ...


@overload
def parts(type: Type | Resource) -> tuple[Type | Resource, ...]: ...


def parts(type: Type | Resource) -> tuple[Type | Resource, ...]:
    """The types directly inside a type, in source order.

    An alias has its target. Handles and resources have none: a handle only names its resource.
    """
    match type:
        case Primitive() | Own() | Borrow() | Enum() | Flags() | Resource():
            return ()
        case List(element) | FixedList(element) | Option(element):
            return (element,)
        case Map(key, value):
            return (key, value)
        case Result(ok, err):
            return tuple(payload for payload in (ok, err) if payload is not None)
        case Tuple(elements):
            return elements
        case Future(payload) | Stream(payload):
            return () if payload is None else (payload,)
        case Record(fields=fields):
            return tuple(field.type for field in fields)
        case Variant(cases=cases):
            return tuple(case.type for case in cases if case.type is not None)
        case Alias(target=target):
            return (target,)
        case _:
            assert_never(type)


def resolve_alias(type: Type | Resource) -> Type | Resource:
    """The type that any number of aliases lead to: never an `Alias`."""
    while isinstance(type, Alias):
        type = type.target
    return type


def resource_of(type: Resource | Alias) -> Resource:
    """The resource that an `Own` or `Borrow` leads to.

    Raises:
        AssertionError: the alias leads to no resource, which resolving has ruled out.
    """
    target = resolve_alias(type)
    assert isinstance(target, Resource), target
    return target


__all__ = [
    "Alias",
    "AnonymousType",
    "Borrow",
    "Case",
    "Definition",
    "Enum",
    "EnumCase",
    "Field",
    "FixedList",
    "Flags",
    "Future",
    "List",
    "Map",
    "Option",
    "Own",
    "Primitive",
    "Record",
    "Resource",
    "Result",
    "Stability",
    "Stable",
    "Stream",
    "Tuple",
    "Type",
    "TypeDefinition",
    "Unstable",
    "Variant",
    "parts",
    "resolve_alias",
    "resource_of",
]
