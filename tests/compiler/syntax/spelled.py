"""A world spelled out as lines, without docs and gates, to compare worlds that were read in different ways.

A line is about an import or export, or a type or function of one: types in full but for definitions, which stand under
the names of their owners, so that two that ought to be one, or one that ought to be two, show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from witgen.component import types as t
from witgen.component.items import (
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)


def spelled(world: World) -> list[str]:
    """The lines of a world, sorted."""
    return sorted([*_side("import", world, world.imports), *_side("export", world, world.exports)])


def _side(verb: str, world: World, items: Mapping[WorldKey, WorldItem]) -> Iterator[str]:
    labels = {
        item.interface: f"{verb} {key}"
        for key, item in items.items()
        if isinstance(key, str) and isinstance(item, InterfaceItem) and item.interface.name is None
    }
    speller = _Speller(world, labels)
    for key, item in items.items():
        place = f"{verb} {key if isinstance(key, str) else key.interface.id}"
        match item:
            case InterfaceItem(interface, external_id=external_id):
                yield f"{place}: interface {interface.id or ''} {external_id}"
                for name, definition in interface.types.items():
                    yield f"{place}: type {name} {speller.definition(definition)}"
                for name, function in interface.functions.items():
                    yield f"{place}: {name} {speller.function(function)}"
            case FunctionItem(function):
                yield f"{place}: {speller.function(function)}"
            case TypeItem(definition):
                yield f"{place}: type {speller.definition(definition)}"
            case _:
                assert_never(item)


class _Speller:
    def __init__(self, world: World, labels: Mapping[Interface, str]) -> None:
        self._world = world
        self._labels = labels

    def function(self, function: Function) -> str:
        kind = type(function.kind).__name__
        params = ", ".join(f"{param.name}: {self.type(param.type)}" for param in function.params)
        result = "" if function.result is None else f" -> {self.type(function.result)}"
        return f"{kind} {'async ' if function.is_async else ''}({params}){result} {function.external_id}"

    def definition(self, definition: t.TypeDefinition) -> str:
        match definition:
            case t.Alias(target=target):
                text = self.name(target) if isinstance(target, t.Resource) else self.type(target)
            case t.Record(fields=fields):
                text = "record " + ", ".join(f"{f.name}: {self.type(f.type)}" for f in fields)
            case t.Variant(cases=cases):
                text = "variant " + ", ".join(f"{c.name}({self._payload(c.type)})" for c in cases)
            case t.Enum(cases=enum_cases):
                text = "enum " + ", ".join(c.name for c in enum_cases)
            case t.Flags(flags=flags):
                text = "flags " + ", ".join(f.name for f in flags)
            case t.Resource():
                text = "resource"
            case _:
                assert_never(definition)
        return f"{text} {definition.external_id}"

    def name(self, definition: t.TypeDefinition) -> str:
        owner = definition.owner
        home = "world" if isinstance(owner, World) else owner.id or self._labels.get(owner, "elsewhere")
        return f"{home}#{definition.name}"

    def _payload(self, type: t.Type | None) -> str:
        return "_" if type is None else self.type(type)

    def type(self, type: t.Type) -> str:
        match type:
            case t.Primitive():
                return type.value
            case t.Record() | t.Variant() | t.Enum() | t.Flags() | t.Alias():
                return self.name(type)
            case t.Own(resource):
                return f"own<{self.name(resource)}>"
            case t.Borrow(resource):
                return f"borrow<{self.name(resource)}>"
            case t.FixedList(element, size):
                return f"list<{self.type(element)}, {size}>"
            case t.Future(payload) | t.Stream(payload):
                word = "future" if isinstance(type, t.Future) else "stream"
                return f"{word}<{self._payload(payload)}>"
            case t.Result(ok, err):
                return f"result<{self._payload(ok)}, {self._payload(err)}>"
            case t.List() | t.Map() | t.Option() | t.Tuple():
                return f"{type.__class__.__name__}<{', '.join(map(self.type, t.parts(type)))}>"
            case _:
                assert_never(type)
