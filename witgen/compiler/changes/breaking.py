"""What breaks: the comparison of `witgen.component.fit` in both directions, joined by place.

A component that was built for the old side must fit the new one, or guests are broken; one that was built for the new
side must fit the old one, or hosts are. A difference in an interface is one change, at the interface, however many
worlds import or export it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ...component.fit import Difference, compare
from ...component.fit.lookup import item_name
from ...component.fit.spots import Spot, Spots
from ...component.items import Interface, InterfaceItem, InterfaceKey, TypeItem, World
from ...component.linker_names import is_native
from ...component.notation import keyword
from ...component.types import TypeDefinition
from ..model.resolve.elaborate import direct_dependencies
from .change import Change, Kind, Party
from .component import component_of
from .naming import Naming
from .record import Place, appeared
from .renames import DEFINITIONS

_NATIVE = "wasmtime supplies it to hosts that link its WASI"


@dataclass(frozen=True, slots=True)
class Found:
    """A change, and the interface that it is in, as places have it; None for what is the world's own.

    `outer` is the world's import or export that has the interface, as a place.
    """

    change: Change
    interface: str | None
    outer: Place = ()

    def in_world(self) -> Change:
        """The change as one of the world."""
        return replace(self.change, place=(*self.outer, *self.change.place[1:]))


class Breaking:
    """Compares pairs of worlds; `built` says of either side whether they are those of components."""

    def __init__(self, naming: Naming, built: tuple[bool, bool] = (False, False)) -> None:
        self._naming = naming
        self._built = built
        self._spots = Spots()

    def compare(self, old: World, new: World, head: Place) -> Iterable[Found]:
        """Every way in which one of two worlds does not fit the other; `head` begins the places of what is the world's."""
        sides = _Sides(self._naming, self._spots, old, new, head)
        component = old if self._built[0] else component_of(old)
        for found in compare(component, new, strict=True, called=self._naming.to_new).differences:
            yield sides.found(found, found.found, found.expected, Party.GUESTS)
        component = new if self._built[1] else component_of(new)
        for found in compare(component, old, strict=True, called=self._naming.to_old).differences:
            yield sides.found(found, found.expected, found.found, Party.HOSTS)


class _Sides:
    """Two worlds that are compared, and where their imports and exports are."""

    def __init__(self, naming: Naming, spots: Spots, old: World, new: World, head: Place) -> None:
        self._naming = naming
        self._spots = spots
        self._worlds = old, new
        self._head = head
        self._heads = _heads(old), _heads(new)
        self._interfaces = [
            {naming.shown(interface.id): interface for interface in heads.values() if interface.id is not None}
            for heads in self._heads
        ]
        self._own_heads = [{self._shown(head): head for head in heads} for heads in self._heads]
        self._types = _types(old), _types(new)

    def found(self, difference: Difference, old: str | None, new: str | None, broken: Party) -> Found:
        """A difference as a change."""
        place, interface = self._place(difference.place)
        spots = [self._spot(side, place, interface) for side in (0, 1)]
        breaks = frozenset({broken})
        outer = (*self._head, self._shown(difference.place[0]))
        if interface is None:
            place = (*(self._head or ("world",)), *place[1:]) if place[0] == "world" else (*self._head, *place)
        if old is None or new is None:
            change = appeared(place, old, new, breaks, spots[0], spots[1])
            verb, _, name = difference.place[0].partition(" ")
            if old is None and verb == "import" and len(difference.place) == 1 and is_native(name):
                change = replace(change, hints=(_NATIVE,))
            return Found(change, interface, outer)
        change = Change(
            place, Kind.CHANGED, difference.message, old, new, breaks, hints=difference.hints,
            old_spot=spots[0], new_spot=spots[1],
        )  # fmt: skip
        return Found(change, interface, outer)

    def _place(self, place: Place) -> tuple[Place, str | None]:
        """The place as both sides have it, and the interface that it is in."""
        head, *rest = place
        named = {self._naming.shown(there.id) for heads in self._heads if (there := heads.get(head)) and there.id}
        if rest and len(named) == 1:
            (shown,) = named
            types = [side[shown].types if shown in side else {} for side in self._interfaces]
            return (f"interface {shown}", *_elements(rest, *types)), shown
        if not rest:
            return (self._shown(head),), None
        inline = [
            heads[head].types if head in heads else types for heads, types in zip(self._heads, self._types, strict=True)
        ]
        return (self._shown(head), *_elements(rest, *inline)), None

    def _shown(self, head: str) -> str:
        verb, space, name = head.partition(" ")
        return f"{verb}{space}{self._naming.shown(name)}"

    def _spot(self, side: int, place: Place, interface: str | None) -> Spot:
        world = self._worlds[side]
        if interface is None:
            head = self._own_heads[side].get(place[0], place[0])
            return self._spots.in_world(world, (head, *place[1:]))
        there = self._interfaces[side].get(interface)
        if there is None:
            return Spot(world)
        return self._spots.in_interface(there, place[1:]) or Spot(there)


def _heads(world: World) -> dict[str, Interface]:
    """The interfaces of a world by how the places of differences in them begin."""
    found: dict[str, Interface] = {}
    for verb, side in (("import", world.imports), ("export", world.exports)):
        for key, item in side.items():
            if isinstance(item, InterfaceItem):
                found[f"{verb} {item_name(key)}"] = item.interface
    return found


def _types(world: World) -> dict[str, TypeDefinition]:
    return {str(key): item.type for key, item in world.imports.items() if isinstance(item, TypeItem)}


def _elements(
    rest: Iterable[str], old: Mapping[str, TypeDefinition], new: Mapping[str, TypeDefinition]
) -> Iterable[str]:
    """The inner part of a place; a definition that is of another kind on each side is a `type` on both."""
    first, *others = rest
    if first.startswith(DEFINITIONS):
        name = first.split("`")[1]
        kinds = {keyword(side[name]) for side in (old, new) if name in side}
        word = kinds.pop() if len(kinds) == 1 and not first.startswith("type ") else "type"
        first = f"{word} `{name}`"
    return (first, *others)


# Interfaces by themselves ---------------------------------------------------------------------------------------------


def world_of(imports: Iterable[Interface], exports: Iterable[Interface], like: World) -> World:
    """A world that imports and exports these interfaces, and imports what they need; `like` lends its name."""
    world = World(like.name, like.package)
    asked = list(exports)
    for interface in asked:
        world.exports[InterfaceKey(interface)] = InterfaceItem(interface)
    needed = [needs for interface in asked for needs in direct_dependencies(interface)]
    outside = [interface for interface in needed if InterfaceKey(interface) not in world.exports]
    for interface in closure([*imports, *outside]):
        world.imports[InterfaceKey(interface)] = InterfaceItem(interface)
    return world


def closure(interfaces: Iterable[Interface]) -> list[Interface]:
    """The interfaces and all that they need, each after those it needs."""
    found: dict[Interface, None] = {}
    stack = [(interface, iter(direct_dependencies(interface))) for interface in interfaces]
    stack.reverse()
    entered: set[Interface] = set()
    while stack:
        interface, rest = stack[-1]
        entered.add(interface)
        needed = next((other for other in rest if other not in found), None)
        if needed is None:
            stack.pop()
            found.setdefault(interface)
        elif needed not in entered:
            stack.append((needed, iter(direct_dependencies(needed))))
    return list(found)


__all__ = ["Breaking", "Found", "closure", "world_of"]
