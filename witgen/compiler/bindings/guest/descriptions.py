"""Descriptions of a world for the native back end: the constants of `…_native.py`, built of `witgen.testing`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import assert_never

from ....component.items import Constructor, Freestanding, Function, Method, Static
from ....component.types import Enum, Flags, Record, Resource, TypeDefinition, Variant
from ...emit.guest_modules import DescribedFunction, DescribedInterface, DescribedWorld
from ..descriptions import Described, Descriptions, Expression, keyword, string, strings, tuple_of
from ..guest_options import kebab
from ..naming import camel, shouty, snake, variant_case
from .annotations import direct_result
from .constructors import PairConstructor
from .functions import parameter, receiver_of
from .layout import WORLD, Bound, Home, Layout, Side

TESTING = "_t"
"""The name by which the module knows `witgen.testing`."""


class WorldDescriptions(Descriptions[bool]):
    """Describes one world; a type is seen from exported interfaces (True) or from the rest of the world."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(TESTING)
        self._layout = layout

    @property
    def world_protocol(self) -> str:
        """The class for what the world exports itself."""
        return camel(kebab(self._layout.options.world_module))

    # The world --------------------------------------------------------------------------------------------------------

    def interface(self, bound: Bound, key: str) -> str:
        """The constant that describes an interface."""
        exported = bound.side is Side.EXPORTS
        functions = self._functions(bound.interface.functions.values(), exported)
        resources = [type for type in bound.interface.types.values() if isinstance(type, Resource)]
        return self._interface(
            f"_{'X' if exported else 'I'}_{bound.home.module.upper()}",
            key,
            bound.label,
            bound.home,
            functions,
            [self.resource(resource, exported) for resource in resources],
            protocol=bound.protocol if exported else "",
            home_name=bound.home.module if exported else "",
        )

    def world_function(self, function: Function, key: str) -> str:
        """The constant that describes an import of the world itself."""
        described = (self._function(function, exported=False),)
        return self._interface(f"_W_{key.upper()}", key, "", WORLD, described, [])

    def world_exports(self, functions: Sequence[Function], key: str) -> str:
        """The constant that describes what the world exports itself; types are those of its imports."""
        described = self._functions(functions, exported=False)
        return self._interface("_X_WORLD_", key, "", WORLD, described, [], protocol=self.world_protocol)

    def world(
        self,
        imports: Iterable[str],
        exports: Iterable[str],
        constructors: Mapping[Home, Sequence[PairConstructor]],
    ) -> DescribedWorld:
        """The description of the world."""
        made = [
            tuple_of((self._module(home), string(made.name), self.of(made.type, home.side is Side.EXPORTS)))
            for home, found in constructors.items()
            for made in found
        ]
        return DescribedWorld(
            string(self._layout.world.id).text,
            string(self._layout.options.world_module).text,
            tuple_of(map(Expression, imports)).text,
            tuple_of(map(Expression, exports)).text,
            tuple_of(made).text if made else "",
        )

    def _interface(
        self,
        constant: str,
        key: str,
        wit: str,
        home: Home,
        functions: tuple[DescribedFunction, ...],
        resources: Iterable[str],
        *,
        protocol: str = "",
        home_name: str = "",
    ) -> str:
        constant = self.claim(constant)
        self.constants.append(
            DescribedInterface(
                constant,
                string(key).text,
                string(wit).text,
                self._module(home).text,
                functions,
                tuple_of(map(Expression, resources)).text,
                string(protocol).text if protocol else "",
                string(home_name).text if home_name else "",
            )
        )
        return constant

    # Functions --------------------------------------------------------------------------------------------------------

    def _functions(self, functions: Iterable[Function], exported: bool) -> tuple[DescribedFunction, ...]:
        return tuple(self._function(function, exported) for function in functions)

    def _function(self, function: Function, exported: bool) -> DescribedFunction:
        params = function.params[1:] if isinstance(function.kind, Method) else function.params
        receiver = receiver_of(function, exported=exported)
        return DescribedFunction(
            string(_path(function)).text,
            tuple_of([tuple_of((string(parameter(p.name, receiver)), self.of(p.type, exported))) for p in params]).text,
            self.of(function.result, exported).text,
            direct_result(function.result) is not None,
            function.is_async,
            "" if isinstance(function.kind, Freestanding) else self.resource(function.kind.resource, exported),
        )

    # Types ------------------------------------------------------------------------------------------------------------

    def meaning(self, definition: Described, side: bool) -> Hashable:
        """The definition, and the side if it holds a resource that is on both."""
        return (definition, side and self._layout.holders.holds(definition))

    def constant_name(self, definition: TypeDefinition, side: bool) -> str:
        """The home and the definition in capitals; `X` after them for a second meaning."""
        home = self._layout.homes_of_items(definition.owner, on_both=False)[0]
        tail = "_x" if side and self._layout.holders.holds(definition) else ""
        return f"_{'_'.join(home.parts) or 'world'}_{snake(definition.name)}{tail}".upper()

    def definition(self, definition: Record | Variant | Enum | Flags, side: bool) -> Expression:
        """With the module and the name of its class."""
        head = (self._module(self._layout.homes(definition)[0]), string(camel(definition.name)))
        match definition:
            case Record(fields=fields):
                parts = [tuple_of((string(snake(field.name)), self.part(field.type, side))) for field in fields]
                return self.call("Record", *head, tuple_of(parts))
            case Variant(name=name, cases=cases):
                parts = [
                    tuple_of((string(variant_case(name, case.name)), self.part(case.type, side))) for case in cases
                ]
                return self.call("Variant", *head, tuple_of(parts))
            case Enum(cases=members):
                return self.call("Enum", *head, strings(shouty(member.name) for member in members))
            case Flags(flags=members):
                return self.call("Flags", *head, strings(shouty(member.name) for member in members))
            case _:
                assert_never(definition)

    def resource(self, resource: Resource, side: bool) -> str:
        """The constant of a resource: of the class that the package has, or of what the application defines."""
        meaning = (resource, side and self._layout.holders.holds(resource))
        return self.known(meaning) or self.constant(
            meaning, self.constant_name(resource, side), self._resource(resource, side)
        )

    def _resource(self, resource: Resource, side: bool) -> Expression:
        home, other = self._layout.homes(resource)[0], self._layout.exported_home(resource)
        on_export = home.side is Side.EXPORTS or (side and other is not None)
        module = self._module(other if on_export and other is not None else home)
        tail = [keyword("exported", "True")] if on_export else []
        return self.call("Resource", module, string(camel(resource.name)), *tail)

    def _module(self, home: Home) -> Expression:
        return string(".".join((self._layout.options.world_module, *home.parts)))


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


__all__ = ["TESTING", "WorldDescriptions"]
