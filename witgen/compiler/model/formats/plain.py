"""Elaborated worlds as plain data, one item a line: what a host package carries. `from_plain` says how it looks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import assert_never

from ....component import types as t
from ....component.items import (
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from ....component.plain import PRIMITIVES, Plain
from ....dataclass import dataclass, field


def worlds_text(worlds: Iterable[World]) -> str:
    """The worlds and the interfaces that they reach, as text that ends with a newline: ASCII, without backslashes.

    Docs, gates and external ids are left out. The same worlds give the same text.
    """
    writer = _Writer()
    for world in worlds:
        writer.world(world)
    return "[\n" + ",\n".join([json.dumps(row) for row in writer.rows]) + "\n]\n"


@dataclass(slots=True)
class _Writer:
    rows: list[list[Plain]] = field(default_factory=list[list[Plain]])
    _names: dict[Interface, str] = field(default_factory=dict[Interface, str])
    _numbers: dict[str, int] = field(default_factory=dict[str, int])

    def world(self, world: World) -> None:
        """Write a world, and before it the interfaces that are not there yet."""
        items = (*world.imports.values(), *world.exports.values())
        for item in items:
            if isinstance(item, InterfaceItem):
                self._interface(item.interface)
            elif isinstance(item, TypeItem):
                self._needed(item.type)
        self.rows.append(["world", world.id])
        for word, side in (("import", world.imports), ("export", world.exports)):
            for key, item in side.items():
                self._item(word, key, item, world)

    def _item(self, word: str, key: WorldKey, item: WorldItem, world: World) -> None:
        match item:
            case InterfaceItem(interface):
                names: list[Plain] = [] if isinstance(key, InterfaceKey) else [key]
                self.rows.append([word, *names, self._names[interface]])
            case FunctionItem(function):
                assert key == function.name, "a function has its name in the component"
                self._function(f"{word} ", function)
            case TypeItem(definition):
                assert word == "import" and key == definition.name, "types of a world are among its imports"
                self.rows.append(self._definition(definition, world))
            case _:
                assert_never(item)

    # Interfaces

    def _interface(self, interface: Interface) -> None:
        """Write an interface after those whose types it takes."""
        waiting = [interface]
        while waiting:  # chains of `use` may be longer than Python's stack
            last = waiting[-1]
            needed = [i for i in _homes(last.types.values(), last) if i not in self._names]
            if needed and last not in self._names:
                waiting += needed
                continue
            waiting.pop()
            if last not in self._names:
                self._one_interface(last)

    def _one_interface(self, interface: Interface) -> None:
        name = interface.id or str(interface.package.name)
        number = self._numbers[name] = self._numbers.get(name, 0) + 1
        self._names[interface] = name if interface.id is not None and number == 1 else f"{name}#{number}"
        self.rows.append(["interface", self._names[interface]])
        for definition in interface.types.values():
            self.rows.append(self._definition(definition, interface))
        for function in interface.functions.values():
            self._function("", function)

    def _needed(self, definition: t.TypeDefinition) -> None:
        for interface in _homes([definition], definition.owner):
            self._interface(interface)

    # Items

    def _definition(self, definition: t.TypeDefinition, owner: Interface | World) -> list[Plain]:
        name = definition.name
        match definition:
            case t.Record(fields=fields):
                return ["record", name, {part.name: _type(part.type) for part in fields}]
            case t.Variant(cases=cases):
                return ["variant", name, {part.name: _optional(part.type) for part in cases}]
            case t.Enum(cases=names):
                return ["enum", name, [part.name for part in names]]
            case t.Flags(flags=names):
                return ["flags", name, [part.name for part in names]]
            case t.Resource():
                return ["resource", name]
            case t.Alias(target=target):
                if isinstance(target, t.Definition) and target.owner is not owner:
                    assert isinstance(target.owner, Interface), "types of a world are used in it alone"
                    return ["use", name, self._names[target.owner], *([] if target.name == name else [target.name])]
                return ["type", name, _type(target)]
            case _:
                assert_never(definition)

    def _function(self, side: str, function: Function) -> None:
        word = f"{side}{'async ' if function.is_async else ''}func"
        params: dict[str, Plain] = {param.name: _type(param.type) for param in function.params}
        assert len(params) == len(function.params), "parameters have different names"
        result = [] if function.result is None else [_type(function.result)]
        self.rows.append([word, function.name, params, *result])


def _homes(definitions: Iterable[t.TypeDefinition], owner: Interface | World) -> list[Interface]:
    """The interfaces that definitions are taken from, other than `owner`, the last first."""
    found: dict[Interface, None] = {}
    for definition in definitions:
        if isinstance(definition, t.Alias) and isinstance(definition.target, t.Definition):
            home = definition.target.owner
            if isinstance(home, Interface) and home is not owner:
                found[home] = None
    return [*reversed(found)]


def _type(type: t.Type | t.Resource) -> Plain:
    match type:
        case t.Primitive():
            return type.value
        case t.Record() | t.Variant() | t.Enum() | t.Flags() | t.Alias() | t.Resource():
            return _name(type)
        case t.Own(resource):
            return ["own", _name(resource)]
        case t.Borrow(resource):
            return ["borrow", _name(resource)]
        case t.List(element):
            return ["list", _type(element)]
        case t.FixedList(element, size):
            return ["list", _type(element), size]
        case t.Map(key, value):
            return ["map", _type(key), _type(value)]
        case t.Option(element):
            return ["option", _type(element)]
        case t.Tuple(elements):
            return ["tuple", *map(_type, elements)]
        case t.Result(ok, err):
            return ["result", _optional(ok), _optional(err)]
        case t.Future(payload):
            return ["future", _optional(payload)]
        case t.Stream(payload):
            return ["stream", _optional(payload)]
        case _:
            assert_never(type)


def _optional(type: t.Type | None) -> Plain:
    return None if type is None else _type(type)


def _name(definition: t.TypeDefinition) -> str:
    """How what has a name is mentioned where it has it."""
    return f"%{definition.name}" if definition.name in PRIMITIVES else definition.name


__all__ = ["worlds_text"]
