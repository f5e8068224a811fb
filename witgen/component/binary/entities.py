"""What a component's index spaces hold: types, functions, instances, components, each an object with identity.

An import or export of a type makes a new `Named`, whose chain of targets leads to a `Shape` or a `ResourceType`. A
component and the types of instances and components stay closed (`Closure`) until someone asks what is inside.

Nobody changes these objects once they are made, nor those of `syntax`; to freeze thousands of them would take a quarter
of the time of reading.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from ...dataclass import dataclass
from ..types import Primitive

if TYPE_CHECKING:
    from .scope import Scope
    from .syntax import Declaration


class Kind(Enum):
    """What a value type is made of; the value is the WIT word."""

    RECORD = "record"
    VARIANT = "variant"
    ENUM = "enum"
    FLAGS = "flags"
    LIST = "list"
    FIXED_LIST = "fixed-length list"
    MAP = "map"
    TUPLE = "tuple"
    OPTION = "option"
    RESULT = "result"
    FUTURE = "future"
    STREAM = "stream"
    OWN = "own"
    BORROW = "borrow"
    PLAIN = "primitive type"


DEFINITIONS = frozenset({Kind.RECORD, Kind.VARIANT, Kind.ENUM, Kind.FLAGS})
"""The kinds that WIT has only under a name."""


@dataclass(slots=True, eq=False)
class Shape:
    """A value type as it is written: `names` of fields, cases or flags, `parts` beside them (None: no payload).

    `depth` and `cost` are those of the type spelled out in WIT, where what has a name of its own is not spelled out.
    """

    kind: Kind
    parts: tuple[Ref | None, ...]
    names: tuple[str, ...]
    size: int
    offset: int
    depth: int
    cost: int


@dataclass(slots=True, eq=False)
class ResourceType:
    """A resource: the type itself, which has no name."""

    offset: int


@dataclass(slots=True, eq=False)
class Named:
    """A type as it was imported or exported under a name; `length` is how many names lead to what it is."""

    name: str
    target: TypeEntity
    offset: int
    length: int = 1


@dataclass(slots=True, eq=False)
class FuncType:
    """A function."""

    is_async: bool
    params: tuple[tuple[str, Ref], ...]
    result: Ref | None
    offset: int


class ClosureKind(Enum):
    """What the bytes of a closure are."""

    COMPONENT = "component"
    COMPONENT_TYPE = "component type"
    INSTANCE_TYPE = "instance type"


@dataclass(slots=True, eq=False)
class Closure:
    """A component, or the type of one or of an instance, not yet entered: its bytes or declarations, and where it is.

    `types` and `components` are how much of that scope it may refer to: what was there before it. So nothing can
    contain itself.
    """

    kind: ClosureKind
    at: int
    end: int
    outer: Scope
    types: int
    components: int
    declarations: tuple[Declaration, ...] = ()


@dataclass(slots=True, eq=False)
class ExternName:
    """The name of an import or export with what may be beside it (Component Model, "Import and Export Definitions").

    `text` has the version in full: a suffix that stood apart is part of it.
    """

    text: str
    implements: str | None
    external_id: str | None
    offset: int


@dataclass(slots=True, eq=False)
class Extern:
    """An import or export: its name, and what it is."""

    name: ExternName
    entity: Entity


@dataclass(slots=True, eq=False)
class Instance:
    """An instance: what it exports, by name."""

    exports: dict[str, Extern]


@dataclass(slots=True, eq=False)
class Opaque:
    """A core module or a value: its `word`."""

    word: str


Ref = Primitive | Shape | Named | ResourceType
"""What a value type may refer to."""
TypeEntity = Shape | Named | ResourceType | FuncType | Closure
"""What the type index space holds."""
Entity = FuncType | Named | Shape | ResourceType | Instance | Closure | Opaque
"""What may be imported, exported or passed: a function is its type, a component is unread."""


def base(entity: TypeEntity) -> Shape | ResourceType | FuncType | Closure:
    """What a type is, whatever it is called."""
    while isinstance(entity, Named):
        entity = entity.target
    return entity


__all__ = [
    "DEFINITIONS",
    "Closure",
    "ClosureKind",
    "Entity",
    "Extern",
    "ExternName",
    "FuncType",
    "Instance",
    "Kind",
    "Named",
    "Opaque",
    "Ref",
    "ResourceType",
    "Shape",
    "TypeEntity",
    "base",
]
