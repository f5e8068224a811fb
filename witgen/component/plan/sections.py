"""The whole component binary as data: sections in, definitions with unresolved indices out (Component Model, "Binary
Format").

Core modules stay where they are in the file (`CoreModule` is a range of bytes). The grammar of types, aliases, names and
canonical definitions is that of `binary`, with its budget: a hostile file costs bounded time and memory.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...dataclass import dataclass, field
from ..binary.canon import Canonical, read_canonical
from ..binary.cursor import Cursor
from ..binary.entities import ExternName
from ..binary.errors import BinaryError, Fault
from ..binary.evaluate import read_preamble
from ..binary.syntax import (
    DEEPEST,
    Alias,
    AnySort,
    Budget,
    CoreSort,
    Declarations,
    Grammar,
    Import,
    RawFunc,
    RawResource,
    RawShape,
)


@dataclass(slots=True, eq=False)
class CoreModule:
    """A core module: its bytes are `data[start:end]` of the file."""

    start: int
    end: int


@dataclass(slots=True, eq=False)
class ComponentCode:
    """A component: its definitions in the order of the file, its bytes being `data[start:end]`."""

    start: int
    end: int
    definitions: list[Definition] = field(default_factory=list["Definition"])


@dataclass(slots=True, eq=False)
class CoreInstantiate:
    """A core instance of a module; `arguments` are core instances by the module name of the imports they satisfy."""

    module: int
    arguments: tuple[tuple[str, int], ...]
    offset: int


@dataclass(slots=True, eq=False)
class CoreExports:
    """A core instance that is made of core items."""

    exports: tuple[tuple[str, CoreSort, int], ...]
    offset: int


@dataclass(slots=True, eq=False)
class Instantiate:
    """An instance of a component; `arguments` satisfy its imports by name."""

    component: int
    arguments: tuple[tuple[str, AnySort, int], ...]
    offset: int


@dataclass(slots=True, eq=False)
class InstanceExports:
    """An instance that is made of items."""

    exports: tuple[tuple[ExternName, AnySort, int], ...]
    offset: int


@dataclass(slots=True, eq=False)
class Export:
    """An export of the component. What type it is given does not matter here: wasmtime has checked that it fits."""

    name: ExternName
    sort: AnySort
    index: int
    offset: int


@dataclass(slots=True, eq=False)
class CoreType:
    """A definition in the index space of core types."""

    offset: int


@dataclass(slots=True, eq=False)
class Unplanned:
    """A definition that no plan can hold: its `what` is how messages call it."""

    what: str
    offset: int


Definition = (
    CoreModule
    | ComponentCode
    | CoreInstantiate
    | CoreExports
    | CoreType
    | Instantiate
    | InstanceExports
    | RawShape
    | RawFunc
    | RawResource
    | Declarations
    | Alias
    | Canonical
    | Import
    | Export
    | Unplanned
)

_SECTIONS = {
    0x02: "core instances",
    0x05: "instances",
    0x06: "aliases",
    0x07: "types",
    0x08: "canonical definitions",
    0x0A: "imports",
    0x0B: "exports",
}


def read_code(data: memoryview) -> ComponentCode:
    """Read the whole file.

    Args:
        data: the file's bytes.

    Raises:
        BinaryError: it is not a component, or cannot be read.
    """
    return _Reader().component(Cursor(data, 0, len(data)), 0)


def core_modules(code: ComponentCode) -> Iterator[CoreModule]:
    """The core modules of a component, and of the components in it."""
    for definition in code.definitions:
        if isinstance(definition, CoreModule):
            yield definition
        elif isinstance(definition, ComponentCode):
            yield from core_modules(definition)


class _Reader:
    def __init__(self) -> None:
        self._grammar = Grammar(Budget())

    def component(self, cursor: Cursor, depth: int) -> ComponentCode:
        if depth >= DEEPEST:
            raise BinaryError(Fault.TOO_LARGE, f"components nest more than {DEEPEST} levels deep", cursor.at)
        code = ComponentCode(cursor.at, cursor.end)
        read_preamble(cursor)
        add = code.definitions.append
        while not cursor.done:
            start = cursor.at
            self._grammar.budget.spend(1, start)
            number = cursor.byte()
            part = cursor.part("a section")
            match number:
                case 0x00:
                    part.name()  # custom sections say nothing about how to run a component
                case 0x01:
                    add(CoreModule(part.at, part.end))
                case 0x03:
                    for _ in range(self._grammar.count(part, "core types")):
                        add(CoreType(start))  # their contents are skipped: only `thread.spawn-ref` refers to them
                case 0x04:
                    add(self.component(part, depth + 1))
                case 0x09:
                    add(Unplanned("a start function", start))
                case 0x0C:
                    add(Unplanned("a value definition", start))
                case _ if number in _SECTIONS:
                    for _ in range(self._grammar.count(part, _SECTIONS[number])):
                        add(self._definition(number, part))
                    if not part.done:
                        raise part.malformed(f"a section holds more than its {_SECTIONS[number]}", part.at)
                case _:
                    raise cursor.unknown("section", number, start)
        return code

    def _definition(self, number: int, part: Cursor) -> Definition:
        grammar = self._grammar
        match number:
            case 0x02:
                return self._core_instance(part)
            case 0x05:
                return self._instance(part)
            case 0x06:
                return grammar.alias(part)
            case 0x07:
                return grammar.type(part)
            case 0x08:
                return read_canonical(grammar, part)
            case 0x0A:
                return Import(grammar.extern_name(part), grammar.description(part))
            case _:
                start = part.at
                name, sort, index = grammar.extern_name(part), grammar.any_sort(part), part.u32()
                if part.flag("ascribed type"):
                    grammar.description(part)
                return Export(name, sort, index, start)

    def _core_instance(self, part: Cursor) -> CoreInstantiate | CoreExports:
        start, grammar = part.at, self._grammar
        match part.byte():
            case 0x00:
                module = part.u32()
                arguments: list[tuple[str, int]] = []
                for _ in range(grammar.count(part, "arguments")):
                    name = part.name()
                    part.expect(CoreSort.INSTANCE.value, "sort of an argument")
                    arguments.append((name, part.u32()))
                return CoreInstantiate(module, tuple(arguments), start)
            case 0x01:
                count = grammar.count(part, "exports")
                return CoreExports(
                    tuple((part.name(), grammar.core_sort(part), part.u32()) for _ in range(count)), start
                )
            case form:
                raise part.unknown("form of a core instance", form, start)

    def _instance(self, part: Cursor) -> Instantiate | InstanceExports:
        start, grammar = part.at, self._grammar
        match part.byte():
            case 0x00:
                component, count = part.u32(), grammar.count(part, "arguments")
                return Instantiate(
                    component, tuple((part.name(), grammar.any_sort(part), part.u32()) for _ in range(count)), start
                )
            case 0x01:
                count = grammar.count(part, "exports")
                return InstanceExports(
                    tuple((grammar.extern_name(part), grammar.any_sort(part), part.u32()) for _ in range(count)), start
                )
            case form:
                raise part.unknown("form of an instance", form, start)


__all__ = [
    "ComponentCode",
    "CoreExports",
    "CoreInstantiate",
    "CoreModule",
    "CoreType",
    "Definition",
    "Export",
    "InstanceExports",
    "Instantiate",
    "Unplanned",
    "core_modules",
    "read_code",
]
