"""Evaluates components: definitions in, what is imported and exported out (Component Model, "Component Definitions").

An abstract run: an instantiated component is run again with what it is given, so that types that pass through it stay
the types that they are; nothing is computed but types. What no type depends on (core modules above all) is skipped by its
size.
"""

from __future__ import annotations

from typing import assert_never

from ...dataclass import dataclass
from .canon import Lift, read_canonical
from .cursor import Cursor
from .entities import (
    Closure,
    ClosureKind,
    Entity,
    Extern,
    ExternName,
    FuncType,
    Instance,
    Named,
    Opaque,
    ResourceType,
    Shape,
    TypeEntity,
)
from .errors import BinaryError, Fault
from .file_kinds import not_webassembly
from .scope import Scope
from .syntax import (
    DEEPEST,
    Alias,
    Budget,
    CoreAlias,
    CoreSort,
    Declaration,
    Declarations,
    Description,
    ExportAlias,
    ExportType,
    Grammar,
    Import,
    OuterAlias,
    RawCoreType,
    RawFunc,
    RawResource,
    RawShape,
    RawType,
    Sort,
)

MOST_NAMES = 200
"""How many names may lead from one to another until a type is there."""

_MAGIC = b"\0asm"
_MODULE = b"\x01\x00\x00\x00"
_COMPONENT = b"\x0d\x00\x01\x00"
_DOCS = "package-docs"
_ENTRIES = {
    0x05: "instances",
    0x06: "aliases",
    0x07: "types",
    0x08: "canonical definitions",
    0x0A: "imports",
    0x0B: "exports",
}
"""The sections whose entries are read, and what those are."""


@dataclass(frozen=True, slots=True)
class Externs:
    """What a component imports and exports, in its order."""

    imports: tuple[Extern, ...]
    exports: tuple[Extern, ...]


@dataclass(frozen=True, slots=True)
class DocsSection:
    """The contents of the custom section `package-docs`, and where they begin."""

    data: bytes
    offset: int


class Evaluation:
    """One file. `run` gives what the component itself imports and exports, `look_into` does so for the type of one."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._grammar = Grammar(Budget())
        self._depth = 0
        self.docs: DocsSection | None = None

    def run(self) -> Externs:
        """Read the file.

        Raises:
            BinaryError: it is not a component, or not a right one.
        """
        cursor = Cursor(self._data, 0, len(self._data))
        read_preamble(cursor)
        scope = Scope()
        self._sections(cursor, scope, None)
        return _externs(scope)

    def look_into(self, closure: Closure) -> Externs:
        """What a component, or the type of one, imports and exports. Every call makes new resources."""
        return _externs(self._enter(closure, None))

    # Closures

    def _enter(self, closure: Closure, given: dict[str, Entity] | None) -> Scope:
        """Evaluate a closure with the imports in `given`, or, where that is None, with those that it declares."""
        if self._depth >= DEEPEST:
            raise BinaryError(Fault.TOO_LARGE, f"components nest more than {DEEPEST} levels deep", closure.at)
        self._grammar.budget.spend(1, closure.at)
        self._depth += 1
        scope = Scope(closure.outer, closure.types, closure.components)
        if closure.kind is ClosureKind.COMPONENT:
            cursor = Cursor(self._data, closure.at, closure.end)
            read_preamble(cursor)
            self._sections(cursor, scope, given)
        else:
            self._grammar.budget.spend(len(closure.declarations), closure.at)
            for entry in closure.declarations:
                self._declare(entry, scope, given)
        self._depth -= 1
        return scope

    def _declare(self, entry: Declaration, scope: Scope, given: dict[str, Entity] | None) -> None:
        match entry:
            case Import():
                self._import(entry, scope, given)
            case ExportType(name, description):
                entity = self._described(name, description, scope)
                _export(scope, name, entity)
                _enter_space(scope, entity)
            case ExportAlias() | OuterAlias() | CoreAlias():
                self._alias(entry, scope)
            case RawShape() | RawFunc() | RawResource() | Declarations():
                scope.types.append(self._type(entry, scope))
            case RawCoreType():
                pass  # it lies in a space of its own, which nothing refers to but core modules
            case _:
                assert_never(entry)

    # Sections

    def _sections(self, cursor: Cursor, scope: Scope, given: dict[str, Entity] | None) -> None:
        grammar = self._grammar
        while not cursor.done:
            start = cursor.at
            grammar.budget.spend(1, start)
            number = cursor.byte()
            part = cursor.part("a section")
            match number:
                case 0x00:
                    self._custom(part, scope)
                case 0x01 | 0x02 | 0x03 | 0x09 | 0x0C:
                    pass  # core modules, instances and types; a start function; values
                case 0x04:
                    closure = Closure(
                        ClosureKind.COMPONENT, part.at, part.end, scope, len(scope.types), len(scope.components)
                    )
                    scope.components.append(closure)
                case _ if number in _ENTRIES:
                    for _ in range(grammar.count(part, _ENTRIES[number])):
                        self._entry(number, part, scope, given)
                    if not part.done:
                        raise part.malformed(f"a section holds more than its {_ENTRIES[number]}", part.at)
                case _:
                    raise cursor.unknown("section", number, start)

    def _entry(self, number: int, part: Cursor, scope: Scope, given: dict[str, Entity] | None) -> None:
        grammar = self._grammar
        match number:
            case 0x05:
                scope.instances.append(self._instance(part, scope))
            case 0x06:
                self._alias(grammar.alias(part), scope)
            case 0x07:
                scope.types.append(self._type(grammar.type(part), scope))
            case 0x08:
                self._canonical(part, scope)
            case 0x0A:
                self._import(Import(grammar.extern_name(part), grammar.description(part)), scope, given)
            case _:
                self._component_export(part, scope)

    def _custom(self, part: Cursor, scope: Scope) -> None:
        start = part.at
        if scope.outer is None and part.name() == _DOCS:
            if self.docs is not None:
                raise part.malformed(f"there is a second section `{_DOCS}`", start)
            self.docs = DocsSection(bytes(part.data[part.at : part.end]), part.at)

    def _canonical(self, part: Cursor, scope: Scope) -> None:
        start = part.at
        canonical = read_canonical(self._grammar, part)
        if isinstance(canonical, Lift):
            scope.funcs.append(scope.func_type(canonical.type, start))

    # Definitions

    def _type(self, raw: RawType, scope: Scope) -> TypeEntity:
        match raw:
            case RawShape():
                return scope.shape(raw)
            case RawFunc():
                return scope.function(raw)
            case RawResource(offset):
                return ResourceType(offset)
            case Declarations(is_component, entries, offset):
                kind = ClosureKind.COMPONENT_TYPE if is_component else ClosureKind.INSTANCE_TYPE
                return Closure(kind, offset, offset, scope, len(scope.types), len(scope.components), entries)
            case _:
                assert_never(raw)

    def _alias(self, alias: Alias, scope: Scope) -> None:
        match alias:
            case CoreAlias() | ExportAlias(CoreSort()) | OuterAlias(CoreSort()):
                pass
            case ExportAlias(sort, instance, name, offset):
                extern = scope.instance(instance, offset).exports.get(name)
                if extern is None:
                    raise BinaryError(Fault.MALFORMED, f"instance {instance} does not export `{name}`", offset)
                if _sort_of(extern.entity) is not sort:
                    raise BinaryError(Fault.MALFORMED, f"the export `{name}` is of a different sort", offset)
                _enter_space(scope, extern.entity)
            case OuterAlias(Sort.TYPE, count, index, offset):
                scope.types.append(scope.outer_type(count, index, offset))
            case OuterAlias(Sort.COMPONENT, count, index, offset):
                scope.components.append(scope.outer_component(count, index, offset))
            case OuterAlias(_, _, _, offset):
                raise BinaryError(Fault.MALFORMED, "an outer alias can refer only to types and components", offset)
            case _:
                assert_never(alias)

    def _import(self, item: Import, scope: Scope, given: dict[str, Entity] | None) -> None:
        name = item.name
        if given is None:
            entity = self._described(name, item.description, scope)
        else:
            found = given.get(name.text)
            if found is None or _sort_of(found) is not item.description.sort:
                raise BinaryError(Fault.MALFORMED, f"an instantiation gives no fitting `{name.text}`", name.offset)
            entity = found
        if name.text in scope.imports:
            raise BinaryError(Fault.MALFORMED, f"`{name.text}` is imported twice", name.offset)
        scope.imports[name.text] = Extern(name, entity)
        _enter_space(scope, entity)

    def _described(self, name: ExternName, description: Description, scope: Scope) -> Entity:
        """A new entity of the described type."""
        sort, index, offset = description.sort, description.index, description.offset
        if sort is Sort.CORE or sort is Sort.VALUE:
            return Opaque("a core module" if sort is Sort.CORE else "a value")
        if index is None:
            return _named(name.text, ResourceType(offset), offset)
        if sort is Sort.TYPE:
            return _named(name.text, scope.type(index, offset), offset)
        if sort is Sort.FUNC:
            return scope.func_type(index, offset)
        closure = scope.closure(index, offset)
        if (closure.kind is ClosureKind.INSTANCE_TYPE) is not (sort is Sort.INSTANCE):
            raise BinaryError(Fault.MALFORMED, f"type {index} is that of a {closure.kind.value}", offset)
        return closure if sort is Sort.COMPONENT else Instance(self._enter(closure, None).exports)

    def _component_export(self, part: Cursor, scope: Scope) -> None:
        name = self._grammar.extern_name(part)
        start = part.at
        entity = self._indexed(self._grammar.sort(part), part.u32(), scope, start)
        if part.flag("ascribed type"):
            description = self._grammar.description(part)
            if description.sort is not _sort_of(entity):
                raise BinaryError(Fault.MALFORMED, f"`{name.text}` is exported as a different sort", start)
            entity = self._described(name, description, scope)
        elif isinstance(entity, Named | Shape | ResourceType):
            entity = _named(name.text, entity, name.offset)
        _export(scope, name, entity)
        _enter_space(scope, entity)

    def _indexed(self, sort: Sort, index: int, scope: Scope, offset: int) -> Entity:
        match sort:
            case Sort.FUNC:
                return scope.func(index, offset)
            case Sort.TYPE:
                found = scope.type(index, offset)
                return Named("", found, offset) if isinstance(found, FuncType | Closure) else found
            case Sort.INSTANCE:
                return scope.instance(index, offset)
            case Sort.COMPONENT:
                return scope.component(index, offset)
            case Sort.CORE | Sort.VALUE:
                return Opaque("a core module" if sort is Sort.CORE else "a value")

    def _instance(self, part: Cursor, scope: Scope) -> Instance:
        start = part.at
        match part.byte():
            case 0x00:
                component = scope.component(part.u32(), start)
                given: dict[str, Entity] = {}
                for _ in range(self._grammar.count(part, "arguments")):
                    name, at = part.name(), part.at
                    given[name] = self._indexed(self._grammar.sort(part), part.u32(), scope, at)
                return Instance(self._enter(component, given).exports)
            case 0x01:
                exports: dict[str, Extern] = {}
                for _ in range(self._grammar.count(part, "exports")):
                    extern_name, at = self._grammar.extern_name(part), part.at
                    entity = self._indexed(self._grammar.sort(part), part.u32(), scope, at)
                    exports[extern_name.text] = Extern(extern_name, entity)
                return Instance(exports)
            case form:
                raise part.unknown("form of an instance", form, start)


def read_preamble(cursor: Cursor) -> None:
    """Read the first eight bytes of a component.

    Raises:
        BinaryError: they are not those of a component.
    """
    start = cursor.at
    first = bytes(cursor.data[start : min(start + 4, cursor.end)])
    version = bytes(cursor.data[start + 4 : min(start + 8, cursor.end)])
    if not first and start == 0:
        raise BinaryError(Fault.NOT_A_COMPONENT, "the file is empty", start)
    if first != _MAGIC[: len(first)]:
        raise not_webassembly(bytes(cursor.data[start : min(start + 8, cursor.end)]), start)
    if len(version) < 4:
        raise cursor.malformed("ends within its first eight bytes", cursor.end)
    if version == _MODULE:
        raise BinaryError(Fault.CORE_MODULE, "this is a core module, not a component", start + 4)
    if version != _COMPONENT:
        raise BinaryError(Fault.UNSUPPORTED, f"unknown version of the component format: {version.hex(' ')}", start + 4)
    cursor.at += 8


def _named(name: str, target: TypeEntity, offset: int) -> Named:
    length = target.length + 1 if isinstance(target, Named) else 1
    if length > MOST_NAMES:
        raise BinaryError(Fault.TOO_LARGE, f"a type has a chain of more than {MOST_NAMES} names", offset)
    return Named(name, target, offset, length)


def _sort_of(entity: Entity) -> Sort:
    match entity:
        case FuncType():
            return Sort.FUNC
        case Named() | Shape() | ResourceType():
            return Sort.TYPE
        case Instance():
            return Sort.INSTANCE
        case Closure():
            return Sort.COMPONENT
        case Opaque(word):
            return Sort.VALUE if word == "a value" else Sort.CORE
        case _:
            assert_never(entity)


def _enter_space(scope: Scope, entity: Entity) -> None:
    match entity:
        case FuncType():
            scope.funcs.append(entity)
        case Named() | Shape() | ResourceType():
            scope.types.append(entity)
        case Instance():
            scope.instances.append(entity)
        case Closure():
            scope.components.append(entity)
        case Opaque():
            pass
        case _:
            assert_never(entity)


def _export(scope: Scope, name: ExternName, entity: Entity) -> None:
    if name.text in scope.exports:
        raise BinaryError(Fault.MALFORMED, f"`{name.text}` is exported twice", name.offset)
    scope.exports[name.text] = Extern(name, entity)


def _externs(scope: Scope) -> Externs:
    return Externs(tuple(scope.imports.values()), tuple(scope.exports.values()))


__all__ = ["DocsSection", "Evaluation", "Externs", "read_preamble"]
