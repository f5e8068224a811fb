"""What a model says, as plain data: references by name, anonymous types by structure, nothing by number.

Two models say the same exactly if their facts are equal. Where an inline interface was copied from is left out.
"""

from __future__ import annotations

import enum
from dataclasses import fields, is_dataclass
from typing import cast

from witgen.component.items import (
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    Package,
    Resolved,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from witgen.component.types import Definition

Facts = object


def facts(resolved: Resolved) -> Facts:
    """The facts of a whole load; the order of interfaces, types, functions and world items counts."""
    return {str(package.name): package_facts(package) for package in resolved.packages}, str(resolved.root.name)


def package_facts(package: Package) -> Facts:
    """The facts of one package."""
    interfaces = [interface_facts(interface) for interface in package.interfaces.values()]
    return str(package.name), package.docs, interfaces, [world_facts(world) for world in package.worlds.values()]


def interface_facts(interface: Interface) -> Facts:
    """The facts of an interface."""
    return (
        interface.name,
        str(interface.package.name),
        interface.docs,
        interface.stability,
        [definition_facts(definition) for definition in interface.types.values()],
        [function_facts(function) for function in interface.functions.values()],
    )


def world_facts(world: World) -> Facts:
    """The facts of a world."""
    imports = [(key_facts(key), item_facts(item)) for key, item in world.imports.items()]
    exports = [(key_facts(key), item_facts(item)) for key, item in world.exports.items()]
    return world.name, world.docs, world.stability, imports, exports


def key_facts(key: WorldKey) -> Facts:
    """The key of an import or export."""
    return ("id", key.interface.id) if isinstance(key, InterfaceKey) else key


def item_facts(item: WorldItem) -> Facts:
    """An import or export."""
    match item:
        case InterfaceItem(interface, docs, stability, external_id):
            what = interface_facts(interface) if interface.name is None else interface.id
            return "interface", what, docs, stability, external_id
        case FunctionItem(function):
            return "function", function_facts(function)
        case TypeItem(definition):
            return "type", definition_facts(definition)


def function_facts(function: Function) -> Facts:
    """A function with its signature."""
    kind = function.kind
    resource = "" if isinstance(kind, Freestanding) else kind.resource.name
    signature = [(param.name, type_facts(param.type)) for param in function.params], type_facts(function.result)
    about = function.docs, function.stability, function.external_id
    return function.name, type(kind).__name__, resource, function.is_async, signature, about


def definition_facts(definition: Definition) -> Facts:
    """A definition: all its fields."""
    parts = ((field.name, getattr(definition, field.name)) for field in fields(definition))
    return type(definition).__name__, [
        (name, value if name == "name" else type_facts(value)) for name, value in parts if name != "owner"
    ]


def type_facts(value: object) -> Facts:
    """A type, or a part of one: definitions by their names, everything else by its fields."""
    match value:
        case Definition():
            owner = value.owner
            return value.name, owner.id if isinstance(owner, Interface) else f"world {owner.name}"
        case tuple():
            return [type_facts(part) for part in cast("tuple[object, ...]", value)]
        case None | str() | int() | enum.Enum():
            return value
        case _:
            assert is_dataclass(value), value
            return type(value).__name__, [type_facts(getattr(value, field.name)) for field in fields(value)]
