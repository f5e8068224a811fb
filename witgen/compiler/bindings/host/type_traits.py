"""What a host planner needs to know of types: the resources they mention, and whether "in" and "out" are spelled alike.

Answers are kept per definition, and definitions are visited before their users, so that no chain of them is too long to
follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from ....component.items import Function, Interface, InterfaceItem, Resolved, TypeItem, World
from ....component.types import (
    Alias,
    Borrow,
    Definition,
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
from ....dataclass import dataclass


@dataclass(frozen=True, slots=True)
class _Traits:
    resources: tuple[Resource, ...]
    is_wider: bool
    depth: int = 0
    """How many anonymous types lie in one another, looking through aliases but not into definitions."""


_PLAIN = _Traits((), False)
DEEPEST = 60
"""How many brackets of an annotation may lie in one another; Python's own limit is near two hundred."""


class TypeTraits:
    """The traits of all types of one load."""

    def __init__(self, resolved: Resolved) -> None:
        self._known: dict[TypeDefinition, _Traits] = {}
        for package in resolved.packages:
            for interface in package.interfaces.values():
                self._visit(interface.types.values())
            for world in package.worlds.values():
                self.visit_world(world)

    def visit_world(self, world: World) -> None:
        """Take in the types that `world` itself and its inline interfaces define."""
        for item in (*world.imports.values(), *world.exports.values()):
            match item:
                case InterfaceItem(interface):
                    self._visit(interface.types.values())
                case TypeItem(definition):
                    self._visit((definition,))
                case _:
                    pass

    def _visit(self, definitions: Iterable[TypeDefinition]) -> None:
        for definition in definitions:
            self._of_definition(definition)

    def resources(self, *types: Type | Resource | None) -> tuple[Resource, ...]:
        """The resources that values of `types` hold, each once, in the order in which they are mentioned."""
        found: dict[Resource, None] = {}
        for type in types:
            if type is not None:
                found.update(dict.fromkeys(self._of(type).resources))
        return tuple(found)

    def is_wider(self, type: Type) -> bool:
        """Whether "in" takes more than "out" gives: for lists, streams and futures, through aliases and anonymous types."""
        return self._of(type).is_wider

    def is_deep(self, type: Type) -> bool:
        """Whether the annotation of `type` nests deeper than `DEEPEST` brackets where aliases are looked through."""
        return self._of(type).depth > DEEPEST

    def _of_definition(self, definition: TypeDefinition) -> _Traits:
        known = self._known.get(definition)
        if known is None:
            known = self._known[definition] = self._compute(definition)
        return known

    def _compute(self, definition: TypeDefinition) -> _Traits:
        match definition:
            case Resource():
                return _Traits((definition,), False)
            case Record():
                return _Traits(self.resources(*(field.type for field in definition.fields)), False)
            case Variant():
                return _Traits(self.resources(*(case.type for case in definition.cases)), False)
            case Enum() | Flags():
                return _PLAIN
            case Alias():
                return self._of(definition.target)
            case _:
                assert_never(definition)

    def _of(self, type: Type | Resource) -> _Traits:
        match type:
            case Primitive():
                return _PLAIN
            case Record() | Variant() | Enum() | Flags() | Alias() | Resource():
                return self._of_definition(type)
            case List(element) | FixedList(element, _):
                return self._join(element, is_wider=True)
            case Map(key, value):
                return self._join(key, value, is_wider=True)
            case Option(element):
                return self._join(element)
            case Result(ok, err):
                return self._join(ok, err)
            case Tuple(elements):
                return self._join(*elements)
            case Future(element) | Stream(element):
                return self._join(element, is_wider=True)
            case Own(resource) | Borrow(resource):
                return _Traits((resource_of(resource),), False)
            case _:
                assert_never(type)

    def _join(self, *types: Type | None, is_wider: bool = False) -> _Traits:
        known = [self._of(type) for type in types if type is not None]  # once each: types nest a hundred deep
        return _Traits(
            tuple(dict.fromkeys(resource for traits in known for resource in traits.resources)),
            is_wider or any(traits.is_wider for traits in known),
            1 + max((traits.depth for traits in known), default=0),
        )


def direct_result(function: Function) -> Result | None:
    """The `result` that a function returns and therefore raises, looked up through aliases; None where it has none."""
    if function.result is None:
        return None
    target = resolve_alias(function.result)
    return target if isinstance(target, Result) else None


def returned(function: Function) -> Type | None:
    """What a function returns in Python: the success payload where its result is a `result`."""
    result = direct_result(function)
    return function.result if result is None else result.ok


def error_definition(function: Function) -> Record | Variant | Enum | Flags | Alias | None:
    """The named type of a function's errors: looked up through `use` and aliases of names; None if it has no name."""
    result = direct_result(function)
    if result is None or result.err is None:
        return None
    error = result.err
    while isinstance(error, Alias) and isinstance(error.target, Record | Variant | Enum | Flags | Alias):
        error = error.target
    return error if isinstance(error, Record | Variant | Enum | Flags | Alias) else None


def used(definition: TypeDefinition) -> TypeDefinition | None:
    """What `definition` takes by `use` from another interface; None for all others."""
    if isinstance(definition, Alias) and isinstance(definition.target, Definition):
        target = definition.target
        return target if target.owner is not definition.owner else None
    return None


def needed_interfaces(traits: TypeTraits, interface: Interface) -> tuple[Interface, ...]:
    """The other interfaces whose resources the functions of `interface` mention, in order."""
    found: dict[Interface, None] = {}
    for function in interface.functions.values():
        for resource in traits.resources(*(p.type for p in function.params), function.result):
            if isinstance(resource.owner, Interface) and resource.owner is not interface:
                found[resource.owner] = None
    return tuple(found)
