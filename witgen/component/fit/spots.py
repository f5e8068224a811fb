"""From the place of a difference back to the item of the model that stands there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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

Item = Package | Interface | World | Function | TypeDefinition


@dataclass(frozen=True, slots=True)
class Spot:
    """An item, or a member of it: a field, case, flag or parameter by its name; of a world, `import x` or `export x`."""

    item: Item
    member: str = ""


class Spots:
    """Finds items by the places that differences have; what it has looked through it remembers."""

    def __init__(self) -> None:
        self._functions: dict[Interface, dict[str, Function]] = {}
        self._items: dict[World, dict[str, WorldItem]] = {}

    def in_world(self, world: World, place: Sequence[str]) -> Spot:
        """What stands at a place that begins with an import or export of the world; the world, where nothing does."""
        head, *rest = place
        if world not in self._items:
            self._items[world] = dict(_heads(world))
        match self._items[world].get(head):
            case FunctionItem(function):
                return Spot(function, _quoted(rest[0]) if rest else "")
            case TypeItem(definition):
                return Spot(definition)
            case InterfaceItem(interface):
                found = self.in_interface(interface, rest) if rest else None
                return found or Spot(world, head)
            case None:
                named = world.imports.get(_quoted(rest[0])) if rest else None
                return _of_type(named.type, rest[1:]) if isinstance(named, TypeItem) else Spot(world)

    def in_interface(self, interface: Interface, place: Sequence[str]) -> Spot | None:
        """What stands at a place within an interface; None where nothing does."""
        what, *rest = place
        name = _quoted(what)
        if not what.startswith("function "):
            definition = interface.types.get(name)
            return None if definition is None else _of_type(definition, rest)
        if interface not in self._functions:
            self._functions[interface] = {function_name(found): found for found in interface.functions.values()}
        function = self._functions[interface].get(name)
        return None if function is None else Spot(function, _quoted(rest[0]) if rest else "")


def _heads(world: World) -> Iterator[tuple[str, WorldItem]]:
    """What a world imports and exports, by how places begin."""
    for verb, side in (("import", world.imports), ("export", world.exports)):
        for key, item in side.items():
            yield f"{verb} {function_name(item.function) if isinstance(item, FunctionItem) else item_name(key)}", item


def _of_type(definition: TypeDefinition, rest: Sequence[str]) -> Spot:
    return Spot(definition, _quoted(rest[0]) if rest else "")


def _quoted(what: str) -> str:
    return what.split("`")[1] if "`" in what else ""


__all__ = ["Item", "Spot", "Spots"]
