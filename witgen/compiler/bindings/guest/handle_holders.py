"""Which types hold a handle of a resource that the world both imports and exports.

Such types are written twice, once beside each side's class of the resource. Answers are remembered per definition, and
asking in the order of definition keeps the recursion as shallow as one type is nested.
"""

from __future__ import annotations

from collections.abc import Iterable

from ....component.types import (
    Alias,
    Borrow,
    Enum,
    Flags,
    Own,
    Primitive,
    Record,
    Resource,
    Type,
    TypeDefinition,
    Variant,
    parts,
    resource_of,
)


class HandleHolders:
    """Answers whether a type holds a handle of one of `resources`. `definitions` come each after those it mentions."""

    def __init__(self, resources: frozenset[Resource], definitions: Iterable[TypeDefinition]) -> None:
        self._resources = resources
        self._known: dict[TypeDefinition, bool] = {}
        for definition in definitions:
            self.holds(definition)

    def holds(self, type: Type | Resource | None) -> bool:
        """Whether `type` holds such a handle, at any depth; for a resource: whether it is one of them."""
        match type:
            case None | Primitive() | Enum() | Flags():
                return False
            case Resource():
                return type in self._resources
            case Own(resource) | Borrow(resource):
                return resource_of(resource) in self._resources
            case Record() | Variant() | Alias():
                if type not in self._known:
                    self._known[type] = any(self.holds(part) for part in parts(type))
                return self._known[type]
            case _:
                return any(self.holds(part) for part in parts(type))


__all__ = ["HandleHolders"]
