"""The stub component of a world, as component text.

Imports are declared in the world's order, each interface as an instance type of its own; what one takes from another
comes through `alias export`. An exported interface becomes a nested component that imports the types it takes from
others, defines and exports its own, and lifts its functions from a core module of traps: only the instance of such a
component exports functions whose types are named by that same instance, as the Component Model demands. Functions that
the world exports itself are lifted in the outermost component.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from ....component.items import (
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    TypeItem,
    World,
    WorldKey,
)
from ....component.types import Alias, TypeDefinition
from ....dataclass import dataclass
from .flatten import Flattener
from .scope import Ids, Scope

_INDENT = "  "


def stub_component(world: World) -> str:
    """The text of a component with the world's imports and exports, all of whose exports trap when called.

    Every import is there, used or not, with exactly its type. Types that wasmtime has behind a switch (maps) or not at
    all (fixed-length lists, error contexts) are written as the Component Model's text format has them: whether the
    text assembles is the assembler's to say. Plain functions are lifted synchronously, async ones with a callback.
    """
    return ComponentWriter(world).text()


@dataclass(frozen=True, slots=True)
class Callee:
    """An imported instance that exports call: its interface, and its identifier in the outermost component."""

    interface: Interface
    instance: str


class ComponentWriter:
    """Writes a component for a world: `_callee` and `_lift` say what exports do, which here is to trap."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ids = Ids()
        self._flattener = Flattener()
        self._root = Scope(self._ids, self._aliased)
        self._imported: dict[Interface, str] = {}
        self._exported: dict[Interface, str] = {}
        self._instances: dict[WorldKey, str] = {}
        self._functions: dict[str, str] = {}

    def text(self) -> str:
        """The component's text."""
        for key, item in self._world.imports.items():
            match item:
                case InterfaceItem():
                    self._import_interface(key, item.interface)
                case FunctionItem():
                    assert isinstance(key, str)
                    known = self._functions[key] = self._ids.fresh("function")
                    kind = self._root.function(item.function, known)
                    self._root.add(f'(import "{key}" {kind})')
                case TypeItem():
                    assert isinstance(key, str)
                    self._root.declare("import", key, item.type)
                case _:
                    assert_never(item)
        functions = {
            key: item.function
            for key, item in self._world.exports.items()
            if isinstance(key, str) and isinstance(item, FunctionItem)
        }
        self._lift(self._root, functions, None)
        for key, item in self._world.exports.items():
            match item:
                case InterfaceItem():
                    self._export_interface(key, item.interface)
                case TypeItem():
                    assert isinstance(key, str)
                    self._root.export(key, item.type)
                case FunctionItem():
                    pass
                case _:
                    assert_never(item)
        return "\n".join(["(component", *_indent(self._root.lines), ")", ""])

    # Imports

    def _import_interface(self, key: WorldKey, interface: Interface) -> None:
        known = self._ids.fresh(interface.name or str(key))
        self._root.add(*self._instance_import(_external(key, interface), known, interface, self._root, True))
        self._instances[key] = known
        if isinstance(key, InterfaceKey):
            self._imported[interface] = known

    def _instance_import(
        self, name: str, known: str, interface: Interface, outer: Scope, with_functions: bool
    ) -> list[str]:
        inner = Scope(self._ids, outer.named)
        for type_name, definition in interface.types.items():
            inner.declare("export", type_name, definition)
        if with_functions:
            for function_name, function in interface.functions.items():
                text = inner.function(function)
                inner.add(f'(export "{function_name}" {text})')
        return [f"(import {name} (instance {known}", *_indent(inner.lines), "))"]

    def _aliased(self, definition: TypeDefinition) -> str:
        """A type that the outermost component has in one of its instances."""
        interface = definition.owner
        assert isinstance(interface, Interface), "a world's types are declared before they are used"
        return self._alias(self._root, self._instance(interface), definition)

    def _alias(self, scope: Scope, instance: str, definition: TypeDefinition) -> str:
        known = self._ids.fresh(definition.name)
        scope.add(f'(alias export {instance} "{definition.name}" (type {known}))')
        return known

    def _instance(self, interface: Interface) -> str:
        """The instance that supplies an interface's types: an exported one comes first (WIT, "World elaboration")."""
        return self._exported.get(interface) or self._imported[interface]

    # Exports

    def _export_interface(self, key: WorldKey, interface: Interface) -> None:
        hint = interface.name or str(key)
        supplied: dict[Interface, str] = {}

        def foreign(definition: TypeDefinition) -> str:
            assert isinstance(definition.owner, Interface), "an interface takes types from interfaces only"
            return self._alias(inner, supplied[definition.owner], definition)

        inner = Scope(self._ids, foreign)
        arguments: list[str] = []
        callee = self._callee(key)
        needed = _dependencies(interface)
        if callee:
            needed |= _dependencies(callee.interface)
        for other in (*self._imported, *self._exported):
            if other in needed and other not in supplied:
                argument = supplied[other] = self._ids.fresh(other.name or "instance")
                arguments.append(f'(with "{other.id}" (instance {self._instance(other)}))')
                inner.add(*self._instance_import(f'"{other.id}"', argument, other, inner, False))
        called: str | None = None
        if callee:
            called = self._ids.fresh("callee")
            arguments.append(f'(with "callee" (instance {callee.instance}))')
            inner.add(*self._instance_import('"callee"', called, callee.interface, inner, True))
        for name, definition in interface.types.items():
            inner.export(name, definition)
        self._lift(inner, interface.functions, called)

        component, instance, known = (self._ids.fresh(hint) for _ in range(3))
        self._root.add(f"(component {component}", *_indent(inner.lines), ")")
        self._root.add(f"(instance {instance} (instantiate {component}", *_indent(arguments), "))")
        self._root.add(f"(export {known} {_external(key, interface)} (instance {instance}))")
        if isinstance(key, InterfaceKey):
            self._exported[interface] = known

    # Bodies

    def _callee(self, key: WorldKey) -> Callee | None:
        """The imported instance that the functions of the interface exported under `key` call; a stub's call none."""
        return None

    def _lift(self, scope: Scope, functions: Mapping[str, Function], callee: str | None) -> None:
        """Lift each function from a core module (of traps) and export it under its name.

        `callee` identifies the callee's instance in `scope`; functions of the world have none.
        """
        if not functions:
            return
        module, core = self._ids.fresh("module"), self._ids.fresh("core")
        body = ['(memory (export "memory") 1)', _core_function("cabi_realloc", ("i32",) * 4, ("i32",))]
        if any(function.is_async for function in functions.values()):
            body.append(_core_function("callback", ("i32",) * 3, ("i32",)))
        for name, function in functions.items():
            signature = self._flattener.lifted(function)
            body.append(_core_function(f"export:{name}", signature.params, signature.results))
        scope.add(f"(core module {module}", *_indent(body), ")")
        scope.add(f"(core instance {core} (instantiate {module}))")
        memory = f'(memory (core memory {core} "memory")) (realloc (core func {core} "cabi_realloc"))'
        for name, function in functions.items():
            options = f'async (callback (core func {core} "callback")) {memory}' if function.is_async else memory
            self._lift_one(scope, name, function, core, options)

    def _lift_one(self, scope: Scope, name: str, function: Function, core: str, options: str) -> None:
        """Lift what the core instance `core` exports as `export:name`, and export it as `name`."""
        kind = scope.signature(function)
        known = self._ids.fresh("function")
        scope.add(f'(func {known}{kind} (canon lift (core func {core} "export:{name}") {options}))')
        scope.add(f'(export "{name}" (func {known}))')


def _external(key: WorldKey, interface: Interface) -> str:
    """An interface's name in the component; a label of the "implements" form says which interface it stands for."""
    if isinstance(key, InterfaceKey):
        return f'"{interface.id}"'
    return f'"{key}"' if interface.id is None else f'"{key}" (implements "{interface.id}")'


def _dependencies(interface: Interface) -> set[Interface]:
    """The interfaces whose types an interface takes, directly or through others."""
    found: set[Interface] = set()
    stack = [interface]
    while stack:
        for definition in stack.pop().types.values():
            if isinstance(definition, Alias) and isinstance(definition.target, TypeDefinition):
                owner = definition.target.owner
                if isinstance(owner, Interface) and owner is not interface and owner not in found:
                    found.add(owner)
                    stack.append(owner)
    return found


def _core_function(name: str, params: Iterable[str], results: Iterable[str]) -> str:
    signature = "".join(f" (param {kind})" for kind in params) + "".join(f" (result {kind})" for kind in results)
    return f'(func (export "{name}"){signature} unreachable)'


def _indent(lines: Iterable[str]) -> list[str]:
    return [_INDENT + line for line in lines]


__all__ = ["Callee", "ComponentWriter", "stub_component"]
