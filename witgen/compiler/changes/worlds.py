"""One world against one world."""

from __future__ import annotations

from collections.abc import Iterable

from ...component.fit.lookup import item_name
from ...component.fit.steps import Step, StepKind
from ...component.items import Interface, InterfaceItem, InterfaceKey, World, WorldKey
from ...component.names import PackageName
from .breaking import Breaking
from .by_place import ChangesByPlace
from .change import Change
from .compatible import Compatible
from .guesses import with_hints
from .pairs import Naming, pair_packages


def diff_worlds(old: World, new: World, built: tuple[bool, bool] = (False, False)) -> list[Change]:
    """Compare two worlds, whatever their names.

    Args:
        old: the world that is there.
        new: the world that takes its place.
        built: for either world, whether it is a component's own, with just what the component has. Such a world lacks types
            that nothing uses, docs and gates, so these are reported only between two worlds that are not.
    """
    written = not any(built)
    roots = (old.package, new.package) if written else None
    names = None if roots is None else (roots[0].name, roots[1].name)
    naming = pair_packages(packages_of([old]), packages_of([new]), names)
    changes = ChangesByPlace()
    for found in Breaking(naming, built).compare(old, new, ()):
        changes.put(found.change)
    changes.join()
    compatible = Compatible(naming, changes, docs=written)
    compatible.versions(roots, linked(naming, [(old, new)]))
    if written:
        for left, right in shared_interfaces(naming, old, new).values():
            own = left.package is old.package and right.package is new.package
            place = (Step(StepKind.INTERFACE, naming.shown(str(left.id))),)
            compatible.interface(left, right, place, types=True, docs=own)
        compatible.world(old, new, ())
    return with_hints(changes.all())


def packages_of(worlds: Iterable[World]) -> list[PackageName]:
    """The packages of worlds, and of all interfaces that they import and export."""
    found: dict[PackageName, None] = {}
    for world in worlds:
        found[world.package.name] = None
        for item in (*world.imports.values(), *world.exports.values()):
            if isinstance(item, InterfaceItem):
                found[item.interface.package.name] = None
    return list(found)


def shared_interfaces(naming: Naming, old: World, new: World) -> dict[str, tuple[Interface, Interface]]:
    """The interfaces that both worlds have, each on the same side under the same name, by how places show them."""
    return {
        naming.shown(left.id): (left, right)
        for left, right in _pairs(naming, old, new)
        if left.id is not None and right.id is not None and naming.shown(left.id) == naming.shown(right.id)
    }


def linked(naming: Naming, worlds: Iterable[tuple[World, World]]) -> frozenset[str]:
    """The old packages with an interface that both of two worlds have."""
    return frozenset(
        str(left.package.name)
        for old, new in worlds
        for left, right in _pairs(naming, old, new)
        if left.id is not None and right.id is not None
    )


def _pairs(naming: Naming, old: World, new: World) -> Iterable[tuple[Interface, Interface]]:
    for side, other in ((old.imports, new.imports), (old.exports, new.exports)):
        there = {_name(key, naming): item for key, item in other.items()}
        for key, item in side.items():
            found = there.get(_name(key, naming))
            if isinstance(item, InterfaceItem) and isinstance(found, InterfaceItem):
                yield item.interface, found.interface


def _name(key: WorldKey, naming: Naming) -> str:
    return naming.shown(item_name(key)) if isinstance(key, InterfaceKey) else key


__all__ = ["diff_worlds", "linked", "packages_of", "shared_interfaces"]
