"""Imports and exports as places in a world, and which of them a definition belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from .. import types as t
from ..items import Interface, InterfaceKey, World

Key = tuple[str, str, t.TypeDefinition]
"""A definition by the import or export that it stands in: WIT's interface has it once, a component twice."""


@dataclass(frozen=True, slots=True)
class Place:
    """An import or export: which side, and its name; `interface` is that of the expected world, if it is one.

    What belongs to the world itself has the name `world`, and is imported, whoever mentions it; `head` is then how the
    path begins.
    """

    side: str
    text: str
    interface: Interface | None
    head: str = ""

    @property
    def shown(self) -> str:
        """How the path of what is in it begins."""
        return self.head or f"{self.side} {self.text}"


def world_place(head: str = "world") -> Place:
    """The place of the world's own types, or of a function of the world (`head`), which mentions these."""
    return Place("import", "world", None, head)


class Homes:
    """The places of a world's definitions."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._places: dict[tuple[str, Interface], Place] = {}

    def home(self, user: Place, definition: t.TypeDefinition) -> Place:
        """Where the definition that `user` mentions is imported or exported (WIT, "World elaboration")."""
        owner = definition.owner
        if isinstance(owner, World):
            return world_place()
        if owner is user.interface or owner.name is None:
            return user
        known = self._places.get((user.side, owner))
        if known is None:
            exported = user.side == "export" and InterfaceKey(owner) in self._world.exports
            known = Place("export" if exported else "import", str(owner.id), owner)
            self._places[user.side, owner] = known
        return known

    def key(self, user: Place, definition: t.TypeDefinition) -> Key:
        """The definition that `user` mentions, by its place."""
        home = self.home(user, definition)
        return home.side, home.text, definition


__all__ = ["Homes", "Key", "Place", "world_place"]
