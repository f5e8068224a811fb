"""From the place of a difference or change back to the item of the model that is there."""

from __future__ import annotations

from collections.abc import Iterator

from ...dataclass import dataclass
from ..items import (
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    Package,
    TypeItem,
    World,
    WorldItem,
)
from ..notation import function_name
from ..types import TypeDefinition
from .lookup import item_name
from .steps import Path, Step, StepKind


@dataclass(frozen=True, slots=True)
class ItemPart:
    """An item, or a part of it: a field, case, flag or parameter by its name, of a world the step to an import or export."""

    item: Package | Interface | World | Function | TypeDefinition
    part: str | Step = ""


class ItemParts:
    """Finds items by the places of differences; what it has looked through it remembers."""

    def __init__(self) -> None:
        self._functions: dict[Interface, dict[str, Function]] = {}
        self._items: dict[World, dict[Step, WorldItem]] = {}

    def in_world(self, world: World, place: Path) -> ItemPart:
        """What is at a place that begins with an import or export of the world; the world, if nothing is."""
        head, *rest = place
        if world not in self._items:
            self._items[world] = dict(_heads(world))
        match self._items[world].get(head):
            case FunctionItem(function):
                return ItemPart(function, _name(rest))
            case TypeItem(definition):
                return ItemPart(definition)
            case InterfaceItem(interface):
                found = self.in_interface(interface, tuple(rest)) if rest else None
                return found or ItemPart(world, head)
            case None:
                named = world.imports.get(rest[0].name) if rest else None
                return ItemPart(named.type, _name(rest[1:])) if isinstance(named, TypeItem) else ItemPart(world)

    def in_interface(self, interface: Interface, place: Path) -> ItemPart | None:
        """What is at a place within an interface; None if nothing is."""
        step, *rest = place
        if step.kind is not StepKind.FUNCTION:
            definition = interface.types.get(step.name)
            return None if definition is None else ItemPart(definition, _name(rest))
        if interface not in self._functions:
            self._functions[interface] = {function_name(found): found for found in interface.functions.values()}
        function = self._functions[interface].get(step.name)
        return None if function is None else ItemPart(function, _name(rest))


def _heads(world: World) -> Iterator[tuple[Step, WorldItem]]:
    """What a world imports and exports, by how places begin."""
    for kind, side in ((StepKind.IMPORT, world.imports), (StepKind.EXPORT, world.exports)):
        for key, item in side.items():
            yield Step(kind, function_name(item.function) if isinstance(item, FunctionItem) else item_name(key)), item


def _name(rest: list[Step]) -> str:
    return rest[0].name if rest else ""


__all__ = ["ItemPart", "ItemParts"]
