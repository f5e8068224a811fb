"""A package against a package: each of its worlds by name, and each of its interfaces."""

from __future__ import annotations

from collections.abc import Mapping

from ...component.fit.item_parts import ItemPart
from ...component.fit.reasons import INTERFACE, WORLD, Item
from ...component.fit.steps import Path, Step, StepKind
from ...component.items import Interface, InterfaceItem, Package, World
from ...component.names import PackageName
from .breaking import Breaking, Found, closure, world_of
from .by_place import EVERYBODY, NOBODY, ChangesByPlace, added, removed
from .change import Change, Kind, Party
from .compatible import Compatible
from .guesses import with_hints
from .pairs import pair_packages
from .worlds import linked, packages_of, shared_interfaces

Pairs = list[tuple[Interface, Interface]]
_ROLES = (StepKind.IMPORT, StepKind.EXPORT)


def diff_packages(old: Package, new: Package) -> list[Change]:
    """What changed between two packages.

    An interface is judged as what it is in the worlds that both packages have: imported, exported or both. One that is
    nothing in both of any two is judged as what it is in any world; one that is in no world, as both.
    """
    work = _Packages(old, new)
    work.contents()
    work.interfaces()
    work.worlds()
    work.compatible()
    return with_hints(work.changes.all())


class _Packages:
    """Two packages, and what is known of them so far."""

    def __init__(self, old: Package, new: Package) -> None:
        self._old = old
        self._new = new
        self._naming = pair_packages(_mentioned(old), _mentioned(new), (old.name, new.name))
        self._breaking = Breaking(self._naming)
        self._worlds = [(world, new.worlds[name]) for name, world in old.worlds.items() if name in new.worlds]
        self._shared = [(it, new.interfaces[name]) for name, it in old.interfaces.items() if name in new.interfaces]
        self._roles = self._all_roles()
        self._alone: list[tuple[World, World]] = []
        self.changes = ChangesByPlace()

    def contents(self) -> None:
        """Worlds and interfaces that only one of the packages has."""
        self._contents(self._old.interfaces, self._new.interfaces)
        self._contents(self._old.worlds, self._new.worlds)

    def _contents(self, old: Mapping[str, Interface | World], new: Mapping[str, Interface | World]) -> None:
        for item in (item for name, item in old.items() if name not in new):
            self.changes.put(removed(self._place_of(item), _item(item), EVERYBODY, ItemPart(item)))
        for item in (item for name, item in new.items() if name not in old):
            self.changes.put(added(self._place_of(item), _item(item), NOBODY, ItemPart(item)))

    def interfaces(self) -> None:
        """What differs in interfaces, in each of their roles."""
        used = [pair for pair in self._shared if self._roles.get(self._shown(pair[0]))]
        unused = [pair for pair in self._shared if not self._roles.get(self._shown(pair[0]))]
        self._needs(unused)
        for role in _ROLES:
            self._judge(role, [pair for pair in used if role in self._roles[self._shown(pair[0])]])
            self._judge(role, unused)

    def _judge(self, role: StepKind, pairs: Pairs) -> None:
        if not pairs:
            return
        old, new = (_alone(role, [pair[side] for pair in pairs]) for side in (0, 1))
        self._alone.append((old, new))
        own = {self._shown(pair[0]) for pair in pairs}
        known = {*self._roles, *(self._shown(pair[0]) for pair in self._shared)}
        for found in self._breaking.compare(old, new, ()):
            # What is in an interface that only comes along is judged where it is by itself, if that depends on its role.
            if found.interface is not None and (
                found.interface in own or found.interface not in known or found.change.kind is Kind.CHANGED
            ):
                self.changes.put(found.change)

    def _needs(self, unused: Pairs) -> None:
        """Interfaces that have to be imported with one that is in no world, and had not to be before; or no longer."""
        for old, new in unused:
            olds, news = ({self._shown(it): it for it in closure([side])} for side in (old, new))
            place = self._place(old)
            for name in olds.keys() - news.keys():
                breaks = frozenset({Party.GUESTS})
                step = Step(StepKind.IMPORT, name)
                self.changes.put(removed((*place, step), INTERFACE, breaks, ItemPart(old)))
            for name in news.keys() - olds.keys():
                breaks = frozenset({Party.HOSTS})
                step = Step(StepKind.IMPORT, name)
                self.changes.put(added((*place, step), INTERFACE, breaks, ItemPart(new)))

    def worlds(self) -> None:
        """What differs in the worlds that both packages have; what is in an interface of the package is known."""
        own = {self._shown(old) for old, _ in self._shared}
        for old, new in self._worlds:
            for found in self._breaking.compare(old, new, (Step(StepKind.WORLD, old.name),)):
                self.changes.put(self._in_world(found) if found.interface in own else found.change)

    def _in_world(self, found: Found) -> Change:
        """The change, at the interface if it is one of the interface; else the world is the reason."""
        return found.change if self.changes.has(found.change) else found.in_world()

    def compatible(self) -> None:
        """What breaks nothing; and versions."""
        self.changes.join()
        compatible = Compatible(self._naming, self.changes, docs=True)
        pairs = [*self._worlds, *self._alone]
        compatible.versions((self._old, self._new), linked(self._naming, pairs))
        compatible.package(self._old, self._new)
        for left, right in self._shared:
            compatible.interface(left, right, self._place(left), types=True, docs=True)
        for old, new in self._worlds:
            for left, right in shared_interfaces(self._naming, old, new).values():
                if left.package is not self._old:
                    compatible.interface(left, right, self._place(left), types=True, docs=False)
            compatible.world(old, new, (Step(StepKind.WORLD, old.name),))

    def _shown(self, interface: Interface) -> str:
        return self._naming.shown(str(interface.id))

    def _place_of(self, item: Interface | World) -> Path:
        return (Step(StepKind.WORLD, item.name),) if isinstance(item, World) else self._place(item)

    def _place(self, interface: Interface) -> Path:
        return (Step(StepKind.INTERFACE, self._shown(interface)),)

    def _all_roles(self) -> dict[str, set[StepKind]]:
        """What the interfaces are in the worlds."""
        shared: dict[str, set[StepKind]] = {}
        for old, new in self._worlds:
            for name, role in self._roles_in(old) & self._roles_in(new):
                shared.setdefault(name, set()).add(role)
        found: dict[str, set[StepKind]] = {}
        for world in (*self._old.worlds.values(), *self._new.worlds.values()):
            for name, role in self._roles_in(world):
                found.setdefault(name, set()).add(role)
        # For a world that is new or gone, nothing was built that could break otherwise than by that.
        return {**found, **shared}

    def _roles_in(self, world: World) -> set[tuple[str, StepKind]]:
        """Each interface that a world imports or exports under its id, with what it is there."""
        return {
            (self._shown(item.interface), role)
            for role, side in zip(_ROLES, (world.imports, world.exports), strict=True)
            for item in side.values()
            if isinstance(item, InterfaceItem) and item.interface.id is not None
        }


def _alone(role: StepKind, interfaces: list[Interface]) -> World:
    like = World("", interfaces[0].package)
    return world_of(interfaces, (), like) if role is StepKind.IMPORT else world_of((), interfaces, like)


def _mentioned(package: Package) -> list[PackageName]:
    needed = [it.package.name for it in closure(package.interfaces.values())]
    return list(dict.fromkeys((package.name, *packages_of(package.worlds.values()), *needed)))


def _item(item: Interface | World) -> Item:
    return WORLD if isinstance(item, World) else INTERFACE


__all__ = ["diff_packages"]
