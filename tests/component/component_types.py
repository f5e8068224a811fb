"""What wasmtime reports of a component's type, and what a world asks for, both as lines of text to compare.

A line is `import|export PATH: TYPE`; types are spelled out in full, since a component's structural types have no names
at run time. Resources are numbered by first appearance, so that two that ought to be one, or one that ought to be two,
show. What wasmtime-py cannot describe is left out (what streams and futures carry, async) or fails (maps).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from wasmtime import Engine
from wasmtime import component as wc

from witgen.component import types as t
from witgen.component.items import (
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    TypeItem,
    World,
    WorldKey,
)


class _Numbers:
    """Numbers things by first appearance."""

    def __init__(self, same: Callable[[object, object], bool]) -> None:
        self._same = same
        self._seen: list[object] = []

    def of(self, thing: object) -> int:
        for number, seen in enumerate(self._seen):
            if self._same(seen, thing):
                return number
        self._seen.append(thing)
        return len(self._seen) - 1


def _named(pairs: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name}: {text}" if text else name for name, text in pairs)


# What wasmtime reports ------------------------------------------------------------------------------------------------


def reported(component: wc.Component, engine: Engine) -> list[str]:
    """The lines of a component, sorted by path; a type that is no resource leaves none."""
    resources = _Numbers(lambda a, b: a == b)
    lines: list[str] = []
    for side, externs in (("import", component.type.imports(engine)), ("export", component.type.exports(engine))):
        for name, extern in sorted(externs.items()):
            implements = f" implements {extern.implements}" if extern.implements else ""
            lines.extend(_reported_item(f"{side} {name}{implements}", extern.ty, engine, resources))
    return lines


def _reported_item(path: str, item: object, engine: Engine, resources: _Numbers) -> Iterator[str]:
    match item:
        case wc.FuncType():
            params = _named((name, _reported_type(type, resources)) for name, type in item.params)
            result = item.result
            yield f"{path}: func({params}) -> {_optional(result, resources)}"
        case wc.ResourceType():
            yield f"{path}: resource {resources.of(item)}"
        case wc.ComponentInstanceType():
            yield f"{path}: instance"
            for name, extern in sorted(item.exports(engine).items()):
                yield from _reported_item(f"{path} {name}", extern.ty, engine, resources)
        case wc.ValType():
            pass
        case _:
            raise AssertionError(item)


def _optional(type: wc.ValType | None, resources: _Numbers) -> str:
    return "_" if type is None else _reported_type(type, resources)


def _reported_type(type: wc.ValType, resources: _Numbers) -> str:
    def text(inner: wc.ValType | None) -> str:
        return _optional(inner, resources)

    match type:
        case wc.ListType():
            return f"list<{text(type.element)}>"
        case wc.RecordType():
            return f"record({_named((name, text(inner)) for name, inner in type.fields)})"
        case wc.TupleType():
            return f"tuple<{', '.join(text(inner) for inner in type.elements)}>"
        case wc.VariantType():
            return f"variant({_named((name, text(inner)) for name, inner in type.cases)})"
        case wc.EnumType():
            return f"enum({', '.join(type.names)})"
        case wc.FlagsType():
            return f"flags({', '.join(type.names)})"
        case wc.OptionType():
            return f"option<{text(type.payload)}>"
        case wc.ResultType():
            return f"result<{text(type.ok)}, {text(type.err)}>"
        case wc.OwnType():
            return f"own {resources.of(type.ty)}"
        case wc.BorrowType():
            return f"borrow {resources.of(type.ty)}"
        case wc.StreamType():
            return "stream"
        case wc.FutureType():
            return "future"
        case _:
            return type.__class__.__name__.lower()


# What a world asks for ------------------------------------------------------------------------------------------------


def expected(world: World) -> list[str]:
    """The lines that a component of this world must have."""
    return list(_Expected(world).lines())


class _Expected:
    def __init__(self, world: World) -> None:
        self._world = world
        self._resources = _Numbers(lambda a, b: a == b)
        self._side = ""
        self._key: WorldKey = ""
        self._interface: Interface | None = None

    def lines(self) -> Iterator[str]:
        for side, items in (("import", self._world.imports), ("export", self._world.exports)):
            for name, key, item in sorted((_external(key), key, item) for key, item in items.items()):
                path = f"{side} {name}"
                self._side, self._key, self._interface = side, key, None
                match item:
                    case FunctionItem():
                        yield f"{path}: {self._function(item.function)}"
                    case TypeItem():
                        yield from self._type_line(path, item.type)
                    case InterfaceItem():
                        self._interface = item.interface
                        yield from self._instance(path, item.interface)
                    case _:
                        assert_never(item)

    def _instance(self, path: str, interface: Interface) -> Iterator[str]:
        implements = f" implements {interface.id}" if isinstance(self._key, str) and interface.id else ""
        path += implements
        yield f"{path}: instance"
        for name in sorted([*interface.types, *interface.functions]):
            if name in interface.types:
                yield from self._type_line(f"{path} {name}", interface.types[name])
            else:
                yield f"{path} {name}: {self._function(interface.functions[name])}"

    def _type_line(self, path: str, definition: t.TypeDefinition) -> Iterator[str]:
        target = t.resolve_alias(definition)
        if isinstance(target, t.Resource):
            yield f"{path}: resource {self._number(target)}"

    def _number(self, resource: t.Resource) -> int:
        """By the resource and the import or export that supplies it here."""
        owner = resource.owner
        supplier: tuple[str, WorldKey]
        if isinstance(owner, World):
            supplier = ("import", "")
        elif owner is self._interface:
            supplier = (self._side, self._key)
        else:
            exported = self._interface is not None and self._side == "export"
            key = InterfaceKey(owner)
            supplier = ("export" if exported and key in self._world.exports else "import", key)
        return self._resources.of((supplier, resource))

    def _function(self, function: Function) -> str:
        params = _named((param.name, self._type(param.type)) for param in function.params)
        return f"func({params}) -> {self._optional(function.result)}"

    def _optional(self, type: t.Type | None) -> str:
        return "_" if type is None else self._type(type)

    def _type(self, type: t.Type) -> str:
        text = self._optional
        match t.resolve_alias(type):
            case t.Primitive() as primitive:
                return primitive.value
            case t.List(element):
                return f"list<{text(element)}>"
            case t.Record() as record:
                return f"record({_named((field.name, text(field.type)) for field in record.fields)})"
            case t.Tuple(elements):
                return f"tuple<{', '.join(text(element) for element in elements)}>"
            case t.Variant() as variant:
                return f"variant({_named((case.name, text(case.type)) for case in variant.cases)})"
            case t.Enum() as enum:
                return f"enum({', '.join(case.name for case in enum.cases)})"
            case t.Flags() as flags:
                return f"flags({', '.join(flag.name for flag in flags.flags)})"
            case t.Option(element):
                return f"option<{text(element)}>"
            case t.Result(ok, err):
                return f"result<{text(ok)}, {text(err)}>"
            case t.Own(resource):
                return f"own {self._number(t.resource_of(resource))}"
            case t.Borrow(resource):
                return f"borrow {self._number(t.resource_of(resource))}"
            case t.Stream():
                return "stream"
            case t.Future():
                return "future"
            case other:
                raise AssertionError(other)


def _external(key: WorldKey) -> str:
    return key if isinstance(key, str) else key.interface.id or ""
