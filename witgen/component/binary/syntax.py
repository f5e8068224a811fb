"""The binary grammar of types, names, aliases: bytes in, declarations with unresolved indices out (Component Model,
"Binary Format": type, alias and import definitions).

Every vector's entries and every declaration are paid for from a `Budget`, so neither time nor memory can grow beyond
what the largest honest file takes.
"""

from __future__ import annotations

from enum import Enum

from ...dataclass import dataclass
from ..types import Primitive
from .core_types import skip_core_type
from .cursor import Cursor
from .entities import ExternName, Kind
from .errors import BinaryError, Fault

MOST_STEPS = 200_000
"""Declarations and parts of types that are read, those of nested components once per instance."""
DEEPEST = 50
"""How deep the types of components and instances, and components in components, may nest."""

_PRIMITIVES = {
    0x7F: Primitive.BOOL,
    0x7E: Primitive.S8,
    0x7D: Primitive.U8,
    0x7C: Primitive.S16,
    0x7B: Primitive.U16,
    0x7A: Primitive.S32,
    0x79: Primitive.U32,
    0x78: Primitive.S64,
    0x77: Primitive.U64,
    0x76: Primitive.F32,
    0x75: Primitive.F64,
    0x74: Primitive.CHAR,
    0x73: Primitive.STRING,
    0x64: Primitive.ERROR_CONTEXT,
}


class Sort(Enum):
    """The index spaces of a component; `CoreSort` has those of core WebAssembly, in which no type of a component lies."""

    CORE = 0x00
    FUNC = 0x01
    VALUE = 0x02
    TYPE = 0x03
    COMPONENT = 0x04
    INSTANCE = 0x05


class CoreSort(Enum):
    """The index spaces of core WebAssembly."""

    FUNC = 0x00
    TABLE = 0x01
    MEMORY = 0x02
    GLOBAL = 0x03
    TAG = 0x04
    TYPE = 0x10
    MODULE = 0x11
    INSTANCE = 0x12


AnySort = Sort | CoreSort
"""The sort of an index, where those of core WebAssembly are distinguished; never `Sort.CORE`."""

_SORTS = {sort.value: sort for sort in Sort}
_CORE_SORTS = {sort.value: sort for sort in CoreSort}

RawRef = Primitive | int
"""A value type: primitive, or a type index."""


@dataclass(slots=True, eq=False)
class RawShape:
    """As `entities.Shape`, with indices."""

    kind: Kind
    parts: tuple[RawRef | None, ...]
    names: tuple[str, ...]
    size: int
    offset: int


@dataclass(slots=True, eq=False)
class RawFunc:
    """As `entities.FuncType`, with indices."""

    is_async: bool
    params: tuple[tuple[str, RawRef], ...]
    result: RawRef | None
    offset: int


@dataclass(slots=True, eq=False)
class RawResource:
    """A resource that the component defines; `destructor` is a core function's index."""

    offset: int
    destructor: int | None = None


@dataclass(slots=True, eq=False)
class Declarations:
    """The type of a component or an instance."""

    is_component: bool
    entries: tuple[Declaration, ...]
    offset: int


@dataclass(slots=True, eq=False)
class ExportAlias:
    """What an instance exports, taken into an index space."""

    sort: AnySort
    instance: int
    name: str
    offset: int


@dataclass(slots=True, eq=False)
class OuterAlias:
    """What an enclosing component has, taken into an index space; `count` 0 is this one."""

    sort: AnySort
    count: int
    index: int
    offset: int


@dataclass(slots=True, eq=False)
class CoreAlias:
    """What a core instance exports, taken into an index space."""

    sort: CoreSort
    instance: int
    name: str
    offset: int


@dataclass(slots=True, eq=False)
class Description:
    """What an import or export is said to be: `index` is a type index, None for a new resource, a value or a module."""

    sort: Sort
    index: int | None
    offset: int


@dataclass(slots=True, eq=False)
class Import:
    """An import, in a component or its type."""

    name: ExternName
    description: Description


@dataclass(slots=True, eq=False)
class ExportType:
    """An export in the type of a component or an instance."""

    name: ExternName
    description: Description


@dataclass(slots=True, eq=False)
class RawCoreType:
    """A core type in the type of a component or an instance, which is skipped: only core modules are of such types."""

    offset: int


RawType = RawShape | RawFunc | RawResource | Declarations
Alias = ExportAlias | OuterAlias | CoreAlias
Declaration = RawType | RawCoreType | Alias | Import | ExportType


class Budget:
    """What may still be read."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST_STEPS

    def spend(self, steps: int, offset: int) -> None:
        """Pay for `steps`.

        Raises:
            BinaryError: it was too much.
        """
        self.left -= steps
        if self.left < 0:
            raise BinaryError(Fault.TOO_LARGE, f"the types take more than {MOST_STEPS:,} declarations", offset)


class Grammar:
    """Reads declarations and pays for them."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget

    def count(self, cursor: Cursor, what: str) -> int:
        """The number of entries of a vector, paid for."""
        start = cursor.at
        count = cursor.count(what)
        self.budget.spend(count + 1, start)
        return count

    # Names and sorts

    def extern_name(self, cursor: Cursor) -> ExternName:
        """The name of an import or export, with its options."""
        start = cursor.at
        form = cursor.byte()
        if form > 2:
            raise cursor.unknown("form of a name", form, start)
        text = cursor.name()
        options: dict[int, str] = {}
        if form == 2:
            for _ in range(self.count(cursor, "options of a name")):
                at = cursor.at
                option = cursor.byte()
                if option > 2:
                    raise cursor.unknown("option of a name", option, at)
                if option in options:
                    raise cursor.malformed("a name has the same option twice", at)
                options[option] = cursor.name()
        return ExternName(text + options.get(1, ""), options.get(0), options.get(2), start)

    def sort(self, cursor: Cursor) -> Sort:
        """The sort of an index; `Sort.CORE` for all of core WebAssembly."""
        sort = self.any_sort(cursor)
        return Sort.CORE if isinstance(sort, CoreSort) else sort

    def any_sort(self, cursor: Cursor) -> AnySort:
        """The sort of an index."""
        start = cursor.at
        value = cursor.byte()
        sort = _SORTS.get(value)
        if sort is None:
            raise cursor.unknown("sort", value, start)
        return self.core_sort(cursor) if sort is Sort.CORE else sort

    def core_sort(self, cursor: Cursor) -> CoreSort:
        """The sort of an index of core WebAssembly."""
        start = cursor.at
        value = cursor.byte()
        sort = _CORE_SORTS.get(value)
        if sort is None:
            raise cursor.unknown("core sort", value, start)
        return sort

    def alias(self, cursor: Cursor) -> Alias:
        """An alias definition."""
        start = cursor.at
        sort = self.any_sort(cursor)
        at = cursor.at
        match cursor.byte():
            case 0x00:
                return ExportAlias(sort, cursor.u32(), cursor.name(), start)
            case 0x01 if isinstance(sort, CoreSort):
                return CoreAlias(sort, cursor.u32(), cursor.name(), start)
            case 0x02:
                return OuterAlias(sort, cursor.u32(), cursor.u32(), start)
            case target:
                raise cursor.unknown("target of an alias", target, at)

    def description(self, cursor: Cursor) -> Description:
        """What an import or export is said to be."""
        start = cursor.at
        sort = self.sort(cursor)
        match sort:
            case Sort.CORE:
                cursor.u32()
                return Description(sort, None, start)
            case Sort.VALUE:
                self.value(cursor)
                return Description(sort, None, start)
            case Sort.TYPE:
                at = cursor.at
                bound = cursor.byte()
                if bound > 1:
                    raise cursor.unknown("bound of a type", bound, at)
                return Description(sort, None if bound else cursor.u32(), start)
            case Sort.FUNC | Sort.COMPONENT | Sort.INSTANCE:
                return Description(sort, cursor.u32(), start)

    # Types

    def type(self, cursor: Cursor, depth: int = 0) -> RawType:
        """A type definition."""
        start = cursor.at
        self.budget.spend(1, start)
        code = cursor.byte()
        if code in _PRIMITIVES:
            return RawShape(Kind.PLAIN, (_PRIMITIVES[code],), (), 0, start)
        match code:
            case 0x3F:
                cursor.byte()
                return RawResource(start, cursor.u32() if cursor.flag("destructor") else None)
            case 0x40 | 0x43:
                count = self.count(cursor, "parameters")
                params = tuple((cursor.name(), self.value(cursor)) for _ in range(count))
                return RawFunc(code == 0x43, params, self.result(cursor), start)
            case 0x41 | 0x42:
                if depth >= DEEPEST:
                    raise BinaryError(Fault.TOO_LARGE, f"types nest more than {DEEPEST} levels deep", start)
                count = self.count(cursor, "declarations")
                is_component = code == 0x41
                entries = (self._declaration(cursor, is_component, depth + 1) for _ in range(count))
                return Declarations(is_component, tuple(entries), start)
            case _:
                return self._shape(cursor, code, start)

    def _shape(self, cursor: Cursor, code: int, start: int) -> RawShape:
        parts: tuple[RawRef | None, ...] = ()
        names: tuple[str, ...] = ()
        size = 0
        match code:
            case 0x72:
                kind = Kind.RECORD
                fields = [(cursor.name(), self.value(cursor)) for _ in range(self.count(cursor, "fields"))]
                names, parts = tuple(name for name, _ in fields), tuple(part for _, part in fields)
            case 0x71:
                kind = Kind.VARIANT
                cases = [self._case(cursor) for _ in range(self.count(cursor, "cases"))]
                names, parts = tuple(name for name, _ in cases), tuple(part for _, part in cases)
            case 0x6E | 0x6D:
                kind = Kind.FLAGS if code == 0x6E else Kind.ENUM
                names = tuple(cursor.name() for _ in range(self.count(cursor, "names")))
            case 0x70:
                kind, parts = Kind.LIST, (self.value(cursor),)
            case 0x67:
                kind, parts = Kind.FIXED_LIST, (self.value(cursor),)
                size = cursor.u32()
            case 0x63:
                kind, parts = Kind.MAP, (self.value(cursor), self.value(cursor))
            case 0x6F:
                kind = Kind.TUPLE
                parts = tuple(self.value(cursor) for _ in range(self.count(cursor, "elements")))
            case 0x6B:
                kind, parts = Kind.OPTION, (self.value(cursor),)
            case 0x6A:
                kind, parts = Kind.RESULT, (self._payload(cursor), self._payload(cursor))
            case 0x66 | 0x65:
                kind, parts = Kind.STREAM if code == 0x66 else Kind.FUTURE, (self._payload(cursor),)
            case 0x69 | 0x68:
                kind, parts = Kind.OWN if code == 0x69 else Kind.BORROW, (cursor.u32(),)
            case _:
                raise cursor.unknown("type", code, start)
        return RawShape(kind, parts, names, size, start)

    def value(self, cursor: Cursor) -> RawRef:
        """A value type."""
        primitive = _PRIMITIVES.get(cursor.peek())
        if primitive is None:
            return cursor.index()
        cursor.at += 1
        return primitive

    def result(self, cursor: Cursor) -> RawRef | None:
        """The result of a function."""
        start = cursor.at
        match cursor.byte():
            case 0x00:
                return self.value(cursor)
            case 0x01:
                cursor.expect(0x00, "number of results")
                return None
            case form:
                raise cursor.unknown("form of a result", form, start)

    def _payload(self, cursor: Cursor) -> RawRef | None:
        return self.value(cursor) if cursor.flag("optional type") else None

    def _case(self, cursor: Cursor) -> tuple[str, RawRef | None]:
        name, payload = cursor.name(), self._payload(cursor)
        cursor.expect(0x00, "refinement of a case")
        return name, payload

    def _declaration(self, cursor: Cursor, is_component: bool, depth: int) -> Declaration:
        start = cursor.at
        match cursor.byte():
            case 0x00:
                skip_core_type(self, cursor, 0)
                return RawCoreType(start)
            case 0x01:
                return self.type(cursor, depth)
            case 0x02:
                return self.alias(cursor)
            case 0x03 if is_component:
                return Import(self.extern_name(cursor), self.description(cursor))
            case 0x04:
                return ExportType(self.extern_name(cursor), self.description(cursor))
            case kind:
                raise cursor.unknown("declaration", kind, start)


__all__ = [
    "DEEPEST",
    "Alias",
    "AnySort",
    "Budget",
    "CoreAlias",
    "CoreSort",
    "Declaration",
    "Declarations",
    "Description",
    "ExportAlias",
    "ExportType",
    "Grammar",
    "Import",
    "OuterAlias",
    "RawCoreType",
    "RawFunc",
    "RawRef",
    "RawResource",
    "RawShape",
    "RawType",
    "Sort",
]
