"""Several worlds in one package: what they share, and where they cannot meet.

Interfaces are shared, whichever of the worlds import or export them, so that what one world's component exports can be
passed as what another's imports. The functions of the worlds themselves stay apart; their types go into one module.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....component.items import Function, FunctionItem, Interface, InterfaceItem, TypeItem, World, WorldItem, WorldKey
from ....component.types import Alias, Resource, TypeDefinition
from ....dataclass import dataclass, field
from ...diagnostics import Diagnostics, codes
from .. import naming
from .type_traits import TypeTraits


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """The worlds of a package, and the imports and exports of all of them, those of the first world first."""

    worlds: tuple[World, ...]
    imports: dict[WorldKey, WorldItem]
    exports: dict[WorldKey, WorldItem]
    twins: dict[TypeDefinition, TypeDefinition] = field(default_factory=dict[TypeDefinition, TypeDefinition])
    """What a later world takes by `use` under the same name as an earlier one: the same type, once in the package."""

    @property
    def first(self) -> World:
        """The world that names are looked at from where it does not matter which."""
        return self.worlds[0]

    @property
    def folder(self) -> str:
        """The name of the package: that of the world, or, of several, that of the WIT package of the first."""
        return naming.distribution_folder(self.first.name if len(self.worlds) == 1 else self.first.package.name.name)

    @property
    def title(self) -> str:
        """How messages call the worlds."""
        names = ", ".join(f"`{world.name}`" for world in self.worlds)
        return f"world {names}" if len(self.worlds) == 1 else f"worlds {names}"

    def home(self, interface: Interface) -> World:
        """The world in which an inline interface is written."""
        for world in self.worlds:
            for item in (*world.imports.values(), *world.exports.values()):
                if isinstance(item, InterfaceItem) and item.interface is interface:
                    return world
        raise AssertionError("an interface of no world")


def join(worlds: tuple[World, ...], diagnostics: Diagnostics) -> Joint:
    """Lay the worlds together. What cannot be is reported to `diagnostics`."""
    if len(worlds) == 1:
        return Joint(worlds, worlds[0].imports, worlds[0].exports)
    _check_names(worlds, diagnostics)
    joint = Joint(worlds, {}, {})
    for world in worlds:
        for ours, theirs in ((joint.imports, world.imports), (joint.exports, world.exports)):
            for key, item in theirs.items():
                known = ours.setdefault(key, item)
                if known is not item and not _same(known, item, joint):
                    diagnostics.error(
                        codes.NAME_CLASH,
                        f"{joint.title} cannot share a package: `{key}` is something else in `{world.name}` than in the"
                        " worlds before it",
                        help=("generate them one by one, or move it into an interface that they share",),
                    )
    return joint


def _check_names(worlds: tuple[World, ...], diagnostics: Diagnostics) -> None:
    seen: dict[str, World] = {}
    for world in worlds:
        other = seen.setdefault(naming.camel(world.name), world)
        if other is not world:
            diagnostics.error(
                codes.NAME_CLASH,
                f"worlds `{other.id}` and `{world.id}` would both be the class `{naming.camel(world.name)}`",
                help=("generate them one by one",),
            )


def _same(known: WorldItem, item: WorldItem, joint: Joint) -> bool:
    """Whether two worlds may have these under one key."""
    match known, item:
        case FunctionItem(), FunctionItem():
            return True
        case InterfaceItem(interface=ours), InterfaceItem(interface=theirs):
            return ours is theirs
        case TypeItem(type=Alias() as ours), TypeItem(type=Alias() as theirs) if ours.target is theirs.target:
            joint.twins[theirs] = ours
            return True
        case _:
            return False


def check_views(joint: Joint, traits: TypeTraits, diagnostics: Diagnostics) -> None:
    """Refuse a world whose exports speak of the host's resources where another world's component implements these.

    The exported interface could be typed for either, and is one class.
    """
    given = {item.interface: world for world in reversed(joint.worlds) for item in _interfaces(world.exports)}
    for world in joint.worlds:
        own = {item.interface for item in _interfaces(world.exports)}
        for what, function in _exported(world):
            for resource in _resources(function, traits):
                owner = resource.owner
                if isinstance(owner, Interface) and owner in given and owner not in own:
                    diagnostics.error(
                        codes.NOT_SUPPORTED,
                        f"{joint.title} cannot share a package: {what} of `{world.name}` speaks of resource"
                        f" `{resource.name}`, which the host implements there, and the component in"
                        f" `{given[owner].name}`",
                        help=("generate them one by one",),
                    )
                    return


def _interfaces(items: dict[WorldKey, WorldItem]) -> Iterator[InterfaceItem]:
    return (item for item in items.values() if isinstance(item, InterfaceItem))


def _exported(world: World) -> Iterator[tuple[str, Function]]:
    for key, item in world.exports.items():
        if isinstance(item, FunctionItem):
            yield f"the export `{key}`", item.function
        elif isinstance(item, InterfaceItem):
            title = item.interface.id or key
            yield from ((f"`{f.item_name}` of the exported `{title}`", f) for f in item.interface.functions.values())


def _resources(function: Function, traits: TypeTraits) -> tuple[Resource, ...]:
    return traits.resources(*function.signature)


__all__ = ["Joint", "check_views", "join"]
