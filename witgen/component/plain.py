"""Worlds read back from plain data, as `as_plain` writes it. Standard library only: a host package does so at run time.

The text is JSON with a row for each item, in an order in which what is mentioned comes before its mention:

    ["interface", "demo:app/store@1.0.0"]         begins an interface; `#2` after a name that is used twice
    ["interface", "demo:app@1.0.0#1"]             an inline one: its package, and a number
    ["record", "point", {"x": "s32"}]             variants likewise, null for a case without payload
    ["enum", "colour", ["red", "green"]]          flags likewise
    ["resource", "bucket"]
    ["type", "points", ["list", "point"]]
    ["use", "shape", "demo:app/types@1.0.0"]      followed by its name there, if different
    ["func", "[method]bucket.get", {"self": ["borrow", "bucket"]}, ["option", "string"]]
    ["world", "demo:app/app@1.0.0"]               begins a world, whose own types are rows of it
    ["import", "demo:app/types@1.0.0"]            or a plain name and the interface that has it
    ["export async func", "run", {}]

A type is a primitive one, a name in the interface or world (with `%` before it where that is the keyword of a primitive
type, as in WIT), or a list that begins with a keyword.
"""

from __future__ import annotations

import json
from typing import cast

from . import types as t
from .items import (
    Constructor,
    Freestanding,
    Function,
    FunctionItem,
    FunctionKind,
    Interface,
    InterfaceItem,
    InterfaceKey,
    Method,
    Package,
    Param,
    Static,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from .names import PackageName, Version

Plain = None | str | int | list["Plain"] | dict[str, "Plain"]
PRIMITIVES: dict[str, t.Type | t.Resource] = {primitive.value: primitive for primitive in t.Primitive}
_Parts = dict[str, Plain]


def read_worlds(text: str) -> tuple[World, ...]:
    """The worlds of a text that `as_plain.worlds_text` wrote, without docs and gates.

    Interfaces that several of them have are shared. A text of another origin has no meaning, and may raise anything.
    """
    reader = _Reader()
    for row in cast("list[list[Plain]]", json.loads(text)):
        reader.row(row)
    return tuple(reader.worlds)


class _Reader:
    def __init__(self) -> None:
        self.worlds: list[World] = []
        self._packages: dict[str, Package] = {}
        self._interfaces: dict[str, Interface] = {}
        self._owner: Interface | World | None = None
        self._scope: dict[str, t.Type | t.Resource] = {}

    def row(self, row: list[Plain]) -> None:
        """Take in one row."""
        match row:
            case ["func" | "async func" as word, str(name), dict(params), *result]:
                assert isinstance(self._owner, Interface)
                self._owner.functions[name] = self._function(word, name, params, result)
            case ["use", str(name), str(home), *other]:
                there = other[0] if other else name
                assert isinstance(there, str)
                self._define(name, t.Alias(*self._what(name), self._interfaces[home].types[there]))
            case ["record", str(name), dict(parts)]:
                fields = tuple([t.Field(field, self._type(part)) for field, part in parts.items()])
                self._define(name, t.Record(*self._what(name), fields))
            case ["variant", str(name), dict(parts)]:
                cases = tuple([t.Case(case, self._optional(part)) for case, part in parts.items()])
                self._define(name, t.Variant(*self._what(name), cases))
            case ["enum", str(name), list(names)]:
                self._define(name, t.Enum(*self._what(name), _names(names)))
            case ["flags", str(name), list(names)]:
                self._define(name, t.Flags(*self._what(name), _names(names)))
            case ["resource", str(name)]:
                self._define(name, t.Resource(*self._what(name)))
            case ["type", str(name), target]:
                self._define(name, t.Alias(*self._what(name), self._any(target)))
            case ["import" | "export" as word, str(name)]:
                interface = self._interfaces[name]
                self._side(word)[InterfaceKey(interface)] = InterfaceItem(interface)
            case ["import" | "export" as word, str(name), str(home)]:
                self._side(word)[name] = InterfaceItem(self._interfaces[home])
            case [str(word), str(name), dict(params), *result]:
                self._side(word)[name] = FunctionItem(self._function(word, name, params, result))
            case ["interface", str(text)]:
                self._interface(text)
            case ["world", str(text)]:
                package, name = self._named(text)
                self._begin(package.worlds.setdefault(name, World(name, package)))
                assert isinstance(self._owner, World)
                self.worlds.append(self._owner)
            case _:
                raise AssertionError(f"no row of a world: {row}")

    def _side(self, word: str) -> dict[WorldKey, WorldItem]:
        assert isinstance(self._owner, World)
        return self._owner.imports if word.startswith("import") else self._owner.exports

    # Owners

    def _begin(self, owner: Interface | World) -> None:
        self._owner = owner
        self._scope = PRIMITIVES.copy()

    def _interface(self, text: str) -> None:
        id, _, number = text.partition("#")
        if "/" in id:
            package, name = self._named(id)
            interface = Interface(name, package)
            if not number:
                package.interfaces[name] = interface
        else:
            interface = Interface(None, self._package(id))
        self._interfaces[text] = interface
        self._begin(interface)

    def _named(self, id: str) -> tuple[Package, str]:
        base, at, version = id.partition("@")
        package, _, name = base.partition("/")
        return self._package(f"{package}{at}{version}"), name

    def _package(self, text: str) -> Package:
        if text not in self._packages:
            base, _, version = text.partition("@")
            namespace, _, name = base.partition(":")
            self._packages[text] = Package(PackageName(namespace, name, Version.parse(version)))
        return self._packages[text]

    # Items

    def _what(self, name: str) -> tuple[str, Interface | World, None, None, None]:
        assert self._owner is not None
        return name, self._owner, None, None, None

    def _define(self, name: str, definition: t.TypeDefinition) -> None:
        self._scope[f"%{name}" if name in PRIMITIVES else name] = definition
        if isinstance(self._owner, World):
            self._owner.imports[name] = TypeItem(definition)
        elif self._owner is not None:
            self._owner.types[name] = definition

    def _function(self, word: str, name: str, params: _Parts, result: list[Plain]) -> Function:
        listed = tuple([Param(param, self._type(part)) for param, part in params.items()])
        returned = self._type(result[0]) if result else None
        return Function(name, self._kind(name), "async" in word, listed, returned)

    def _kind(self, name: str) -> FunctionKind:
        if name[0] != "[":
            return Freestanding()
        word, _, rest = name[1:].partition("]")
        owner = rest.partition(".")[0]
        resource = self._scope[f"%{owner}" if owner in PRIMITIVES else owner]
        assert isinstance(resource, t.Resource)
        return _kind(word, resource)

    # Types

    def _optional(self, plain: Plain) -> t.Type | None:
        return None if plain is None else self._type(plain)

    def _type(self, plain: Plain) -> t.Type:
        found = self._any(plain)
        assert not isinstance(found, t.Resource)
        return found

    def _any(self, plain: Plain) -> t.Type | t.Resource:
        if isinstance(plain, str):
            return self._scope[plain]
        match plain:
            case ["own", str(name)]:
                return t.Own(self._resource(name))
            case ["borrow", str(name)]:
                return t.Borrow(self._resource(name))
            case ["list", element]:
                return t.List(self._type(element))
            case ["option", element]:
                return t.Option(self._type(element))
            case ["result", ok, err]:
                return t.Result(self._optional(ok), self._optional(err))
            case ["tuple", *elements]:
                return t.Tuple(tuple([self._type(element) for element in elements]))
            case ["list", element, int(size)]:
                return t.FixedList(self._type(element), size)
            case ["map", key, value]:
                return t.Map(self._type(key), self._type(value))
            case ["future", payload]:
                return t.Future(self._optional(payload))
            case ["stream", payload]:
                return t.Stream(self._optional(payload))
            case _:
                raise AssertionError(f"no type: {plain}")

    def _resource(self, name: str) -> t.Resource | t.Alias:
        found = self._scope[name]
        assert isinstance(found, t.Resource | t.Alias)
        return found


def _kind(word: str, resource: t.Resource) -> FunctionKind:
    match word:
        case "method":
            return Method(resource)
        case "static":
            return Static(resource)
        case _:
            return Constructor(resource)


def _names(names: list[Plain]) -> tuple[t.EnumCase, ...]:
    return tuple([t.EnumCase(name) for name in names if isinstance(name, str)])


__all__ = ["PRIMITIVES", "Plain", "read_worlds"]
