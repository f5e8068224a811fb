"""A world as the component has it that is built for it: what is imported and exported under one id is two things there."""

from __future__ import annotations

from ...component.items import InterfaceItem, InterfaceKey, World, WorldItem, WorldKey
from ...component.types import TypeDefinition
from ...dataclass import replace
from ..model.resolve.copying import Copier, copy_interface
from ..model.spans import Spans

_Copies = dict[TypeDefinition, TypeDefinition]


def component_of(world: World) -> World:
    """The world with an interface of its own for each import and export, as `witgen.component.binary.component_world` gives it."""
    found = World(world.name, world.package, world.docs, world.stability)
    copies: _Copies = {}
    world_copier = Copier(world, found, Spans(), copies)
    for key, item in world.imports.items():
        _copy(found.imports, key, item, world_copier, copies)
    exported = dict(copies)
    export_copier = Copier(world, found, Spans(), copies)
    for key, item in world.exports.items():
        _copy(found.exports, key, item, export_copier, exported)
    return found


def _copy(side: dict[WorldKey, WorldItem], key: WorldKey, item: WorldItem, copier: Copier, copies: _Copies) -> None:
    """Copy an item; what has an id is from now on what later items refer to, what has a label only refers."""
    if isinstance(key, str) and not isinstance(item, InterfaceItem):
        side[key] = copier.copy_item(item, key)
    elif isinstance(item, InterfaceItem):
        inner = copies if isinstance(key, InterfaceKey) else dict(copies)
        interface = copy_interface(item.interface, item.interface.package, copier.spans, inner)
        side[InterfaceKey(interface) if isinstance(key, InterfaceKey) else key] = replace(item, interface=interface)


__all__ = ["component_of"]
