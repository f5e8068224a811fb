"""What breaks: the comparison of `witgen.component.fit` in both directions, joined by place.

A component that was built for the old side must fit the new one, or guests are broken; one that was built for the new
side must fit the old one, or hosts are. A difference in an interface is one change, at the interface, however many
worlds import or export it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from ...component.fit import Difference, compare
from ...component.fit.item_parts import ItemPart, ItemParts
from ...component.fit.lookup import item_name
from ...component.fit.reasons import (
    Missing,
    NotProvided,
    OtherAsync,
    OtherInterface,
    OtherKind,
    OtherParameters,
    OtherParts,
    OtherResource,
    OtherType,
    swapped,
)
from ...component.fit.steps import DEFINITIONS, OWN, Path, Step, StepKind, definition_step
from ...component.items import Interface, InterfaceItem, InterfaceKey, TypeItem, World
from ...component.linker_names import is_native
from ...component.types import TypeDefinition
from ...dataclass import dataclass, replace
from ..model.resolve.elaborate import direct_dependencies
from .by_place import added, removed
from .change import Change, Changed, Party
from .component import component_of
from .hints import SuppliedByWasmtime
from .pairs import Naming


@dataclass(frozen=True, slots=True)
class Found:
    """A change, and the interface that it is in, as places have it; None for what is the world's own.

    `outer` is the world's import or export that has the interface, as a place.
    """

    change: Change
    interface: str | None
    outer: Path = ()

    def in_world(self) -> Change:
        """The change as one of the world."""
        return replace(self.change, place=(*self.outer, *self.change.place[1:]))


class Breaking:
    """Compares pairs of worlds; `built` says for each side whether its worlds are those of components."""

    def __init__(self, naming: Naming, built: tuple[bool, bool] = (False, False)) -> None:
        self._naming = naming
        self._built = built
        self._parts = ItemParts()

    def compare(self, old: World, new: World, head: Path) -> Iterable[Found]:
        """Every way in which one of two worlds does not fit the other; `head` is the start of every path within the world."""
        sides = _Sides(self._naming, self._parts, old, new, head)
        component = old if self._built[0] else component_of(old)
        for found in compare(component, new, strict=True, called=self._naming.to_new).differences:
            yield sides.found(found, Party.GUESTS)
        component = new if self._built[1] else component_of(new)
        for found in compare(component, old, strict=True, called=self._naming.to_old).differences:
            yield sides.found(found, Party.HOSTS)


class _Sides:
    """Two worlds that are compared, and where their imports and exports are."""

    def __init__(self, naming: Naming, parts: ItemParts, old: World, new: World, head: Path) -> None:
        self._naming = naming
        self._parts = parts
        self._worlds = old, new
        self._head = head
        self._heads = _heads(old), _heads(new)
        self._interfaces = [
            {naming.shown(interface.id): interface for interface in heads.values() if interface.id is not None}
            for heads in self._heads
        ]
        self._own_heads = [{self._shown(head): head for head in heads} for heads in self._heads]
        self._types = _types(old), _types(new)

    def found(self, difference: Difference, broken: Party) -> Found:
        """A difference as a change. If guests are broken, a component of the old side was compared with the new world."""
        place, interface = self._place(difference.place)
        old, new = (self._item(side, place, interface) for side in (0, 1))
        breaks = frozenset({broken})
        head = difference.place[0]
        outer = (*self._head, self._shown(head))
        if interface is None:
            place = (*(self._head or (OWN,)), *place[1:]) if place[0].kind is StepKind.WORLD else (*self._head, *place)
        is_old_built = broken is Party.GUESTS
        match difference.reason:
            case NotProvided(item):
                change = removed(place, item, breaks, old) if is_old_built else added(place, item, breaks, new)
                if not is_old_built and difference.place == (head,) and is_native(head.name):
                    change = replace(change, hints=(SuppliedByWasmtime(),))
            case Missing(item):
                change = added(place, item, breaks, new) if is_old_built else removed(place, item, breaks, old)
            case (
                OtherKind()
                | OtherInterface()
                | OtherResource()
                | OtherType()
                | OtherParameters()
                | OtherParts()
                | OtherAsync()
            ) as reason:
                what = Changed(swapped(reason) if is_old_built else reason)
                change = Change(place, what, breaks, hints=difference.hints, old_item=old, new_item=new)
            case _:
                assert_never(difference.reason)
        return Found(change, interface, outer)

    def _place(self, place: Path) -> tuple[Path, str | None]:
        """The place as both sides have it, and the interface that it is in."""
        head, *rest = place
        named = {self._naming.shown(there.id) for heads in self._heads if (there := heads.get(head)) and there.id}
        if rest and len(named) == 1:
            (shown,) = named
            types = [side[shown].types if shown in side else {} for side in self._interfaces]
            return (Step(StepKind.INTERFACE, shown), *_inner(rest, *types)), shown
        if not rest:
            return (self._shown(head),), None
        inline = [
            heads[head].types if head in heads else types for heads, types in zip(self._heads, self._types, strict=True)
        ]
        return (self._shown(head), *_inner(rest, *inline)), None

    def _shown(self, head: Step) -> Step:
        return Step(head.kind, self._naming.shown(head.name))

    def _item(self, side: int, place: Path, interface: str | None) -> ItemPart:
        world = self._worlds[side]
        if interface is None:
            head = self._own_heads[side].get(place[0], place[0])
            return self._parts.in_world(world, (head, *place[1:]))
        there = self._interfaces[side].get(interface)
        if there is None:
            return ItemPart(world)
        return self._parts.in_interface(there, place[1:]) or ItemPart(there)


def _heads(world: World) -> dict[Step, Interface]:
    """The interfaces of a world by how the places of differences in them begin."""
    found: dict[Step, Interface] = {}
    for kind, side in ((StepKind.IMPORT, world.imports), (StepKind.EXPORT, world.exports)):
        for key, item in side.items():
            if isinstance(item, InterfaceItem):
                found[Step(kind, item_name(key))] = item.interface
    return found


def _types(world: World) -> dict[str, TypeDefinition]:
    return {str(key): item.type for key, item in world.imports.items() if isinstance(item, TypeItem)}


def _inner(rest: Iterable[Step], old: Mapping[str, TypeDefinition], new: Mapping[str, TypeDefinition]) -> Path:
    """The inner part of a place; a definition that is of a different kind on each side is a `type` on both."""
    first, *others = rest
    if first.kind in DEFINITIONS:
        found = {definition_step(side[first.name]) for side in (old, new) if first.name in side}
        is_one = len(found) == 1 and first.kind is not StepKind.TYPE
        first = found.pop() if is_one else Step(StepKind.TYPE, first.name)
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
