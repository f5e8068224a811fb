"""Descriptions of a world's types and functions, as text that builds the data of `witgen.testing`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import assert_never

from ....component.items import Constructor, Freestanding, Function, Method, Static
from ....component.types import (
    Alias,
    Borrow,
    Enum,
    FixedList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Type,
    TypeDefinition,
    Variant,
    resolve_alias,
    resource_of,
)
from ...emit.pymodel import PyAssign
from ..guest_options import kebab
from ..naming import camel, parameter, shouty, snake, variant_case
from .annotations import direct_result, is_option
from .constructors import PairConstructor
from .layout import WORLD, Bound, Home, Layout, Side

TESTING = "_t"
"""The name by which the module knows `witgen.testing`."""


class Describer:
    """Describes one world; `constants` are the assignments, in order."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._known: dict[tuple[TypeDefinition, bool], str] = {}
        self._taken: set[str] = set()
        self.constants: list[PyAssign] = []

    @property
    def world_protocol(self) -> str:
        """The class for what the world exports itself."""
        return camel(kebab(self._layout.options.world_module))

    def interface(self, bound: Bound, key: str) -> str:
        """The constant that describes an interface."""
        exported = bound.side is Side.EXPORTS
        functions = bound.interface.functions.values()
        resources = [type for type in bound.interface.types.values() if isinstance(type, Resource)]
        named = f', protocol="{bound.protocol}", home="{bound.home.module}"' if exported else ""
        return self._interface(
            f"_{'X' if exported else 'I'}_{bound.home.module.upper()}",
            f'"{key}", "{bound.label}", "{self._module(bound.home)}"',
            self._functions(functions, exported),
            self._tuple(self._definition(resource, exported) for resource in resources),
            named,
        )

    def world_function(self, function: Function, key: str) -> str:
        """The constant that describes an import of the world itself."""
        text = self._function(function, exported=False, path=_path(function))
        module = self._module(WORLD)
        return self._interface(f"_W_{key.upper()}", f'"{key}", "", "{module}"', f"({text},)", "()", "")

    def world_exports(self, functions: Sequence[Function], key: str) -> str:
        """The constant that describes what the world exports itself; types are those of its imports."""
        text = self._functions(functions, exported=False)
        named = f', protocol="{self.world_protocol}"'
        return self._interface("_X_WORLD_", f'"{key}", "", "{self._module(WORLD)}"', text, "()", named)

    def world(
        self,
        imports: Iterable[str],
        exports: Iterable[str],
        constructors: Mapping[Home, Sequence[PairConstructor]],
    ) -> PyAssign:
        """The description of the world."""
        layout = self._layout
        text = f'"{layout.world.id}", "{layout.options.world_module}", {self._tuple(imports)}, {self._tuple(exports)}'
        made = [
            f'("{self._module(home)}", "{constructor.name}", {self._type(constructor.type, home.side is Side.EXPORTS)})'
            for home, found in constructors.items()
            for constructor in found
        ]
        if made:
            text += f", {self._tuple(made)}"
        return PyAssign("WORLD", f"{TESTING}.WorldType({text})")

    def _interface(self, name: str, head: str, functions: str, resources: str, named: str) -> str:
        return self._constant(name, f"{TESTING}.Interface({head}, {functions}, {resources}{named})")

    # Functions --------------------------------------------------------------------------------------------------------

    def _functions(self, functions: Iterable[Function], exported: bool) -> str:
        return self._tuple(self._function(function, exported, _path(function)) for function in functions)

    def _function(self, function: Function, exported: bool, path: str) -> str:
        params = function.params[1:] if isinstance(function.kind, Method) else function.params
        listed = self._tuple(f'("{parameter(p.name)}", {self._type(p.type, exported)})' for p in params)
        result = "None" if function.result is None else self._type(function.result, exported)
        text = f'"{path}", {listed}, {result}'
        if direct_result(function.result) is not None:
            text += ", raises=True"
        if function.is_async:
            text += ", is_async=True"
        if not isinstance(function.kind, Freestanding):
            text += f", resource={self._definition(function.kind.resource, exported)}"
        return f"{TESTING}.Func({text})"

    # Types ------------------------------------------------------------------------------------------------------------

    def _type(self, type: Type, exported: bool) -> str:
        """`exported`: as the functions of exported interfaces know it."""
        match type:
            case Primitive():
                return f"{TESTING}.{type.value.replace('-', '_').upper()}"
            case List(element):
                return f"{TESTING}.List({self._type(element, exported)})"
            case FixedList(element, size):
                return f"{TESTING}.FixedList({self._type(element, exported)}, {size})"
            case Map(key, value):
                return f"{TESTING}.Map({self._type(key, exported)}, {self._type(value, exported)})"
            case Option(element):
                nested = ", nested=True" if is_option(element) else ""
                return f"{TESTING}.Option({self._type(element, exported)}{nested})"
            case Result(ok, err):
                return f"{TESTING}.Result({self._optional(ok, exported)}, {self._optional(err, exported)})"
            case Tuple(elements):
                return f"{TESTING}.Tuple({self._tuple(self._type(element, exported) for element in elements)})"
            case Stream(payload):
                return f"{TESTING}.Stream({self._optional(payload, exported)})"
            case Future(payload):
                return f"{TESTING}.Future({self._optional(payload, exported)})"
            case Own(resource):
                return f"{TESTING}.Own({self._definition(resource_of(resource), exported)})"
            case Borrow(resource):
                return f"{TESTING}.Borrow({self._definition(resource_of(resource), exported)})"
            case Record() | Variant() | Enum() | Flags():
                return self._definition(type, exported)
            case Alias():
                target = resolve_alias(type)
                assert not isinstance(target, Resource | Alias), f"a resource stands as a type: {type.name}"
                return self._type(target, exported)
            case _:
                assert_never(type)

    def _optional(self, type: Type | None, exported: bool) -> str:
        return "None" if type is None else self._type(type, exported)

    def _definition(self, definition: TypeDefinition, exported: bool) -> str:
        """The constant for a definition. What holds a resource of both sides has one for each of them."""
        key = (definition, exported and self._layout.holding.holds(definition))
        found = self._known.get(key)
        if found is None:
            home = self._layout.homes(definition)[0]
            name = f"_{'_'.join(home.parts) or 'world'}_{snake(definition.name)}{'_x' if key[1] else ''}".upper()
            text = self._describe(definition, home, exported)
            found = self._known[key] = self._constant(name, f"{TESTING}.{text}")
        return found

    def _describe(self, definition: TypeDefinition, home: Home, exported: bool) -> str:
        head = f'"{self._module(home)}", "{camel(definition.name)}"'
        match definition:
            case Record():
                fields = (f'("{snake(f.name)}", {self._type(f.type, exported)})' for f in definition.fields)
                return f"Record({head}, {self._tuple(fields)})"
            case Variant():
                cases = (
                    f'("{variant_case(definition.name, case.name)}", {self._optional(case.type, exported)})'
                    for case in definition.cases
                )
                return f"Variant({head}, {self._tuple(cases)})"
            case Enum():
                return f"Enum({head}, {self._quoted(case.name for case in definition.cases)})"
            case Flags():
                return f"Flags({head}, {self._quoted(flag.name for flag in definition.flags)})"
            case Resource():
                other = self._layout.exported_home(definition)
                on_export = home.side is Side.EXPORTS or (exported and other is not None)
                module = self._module(other if on_export and other is not None else home)
                tail = ", exported=True" if on_export else ""
                return f'Resource("{module}", "{camel(definition.name)}"{tail})'
            case Alias():
                raise AssertionError(f"an alias has no class: {definition.name}")

    # Text -------------------------------------------------------------------------------------------------------------

    def _module(self, home: Home) -> str:
        return ".".join((self._layout.options.world_module, *home.parts))

    def _constant(self, name: str, value: str) -> str:
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        self.constants.append(PyAssign(name, value))
        return name

    def _quoted(self, names: Iterable[str]) -> str:
        return self._tuple(f'"{shouty(name)}"' for name in names)

    @staticmethod
    def _tuple(parts: Iterable[str]) -> str:
        listed = tuple(parts)
        return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


def _path(function: Function) -> str:
    match function.kind:
        case Freestanding():
            return snake(function.item_name)
        case Constructor(resource):
            return camel(resource.name)
        case Method():
            return f".{snake(function.item_name)}"
        case Static(resource):
            return f"{camel(resource.name)}.{snake(function.item_name)}"


__all__ = ["TESTING", "Describer"]
