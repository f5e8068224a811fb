"""What changes without breaking what is built: names of types, docs, gates, versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...component import types as t
from ...component.fit.item_parts import ItemPart
from ...component.fit.lookup import item_name
from ...component.fit.reasons import definition_item
from ...component.fit.steps import OWN, Path, Step, StepKind, definition_step, function_step, part_step
from ...component.items import (
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    Package,
    TypeItem,
    World,
    WorldItem,
)
from ...component.notation import definition_text, function_name, parts_of
from ...dataclass import replace
from ..model.formats.wit import attribute_texts
from .by_place import EVERYBODY, NOBODY, ChangesByPlace, added, removed
from .change import Bump, Change, Kind, OtherAttributes, OtherDocs, OtherVersion, Renamed
from .hints import ChangeHint, DoesNotLink, SourceMustChange
from .pairs import Naming

_Documented = Package | Interface | World | Function | t.TypeDefinition


class Compatible:
    """Adds to what is known to break; `docs` says whether both sides have docs and gates at all."""

    def __init__(self, naming: Naming, changes: ChangesByPlace, *, docs: bool) -> None:
        self._naming = naming
        self._changes = changes
        self._docs = docs

    # Packages and versions

    def versions(self, roots: tuple[Package, Package] | None, linked: frozenset[str]) -> None:
        """Each package that has a different version, or name; `linked` are those with something that both sides have.

        The version of `roots` is what this is all about: a new one asks for nothing.
        """
        known = () if roots is None else (roots[0].name, roots[1].name)
        for pair in self._naming.pairs:
            if pair.old == pair.new:
                continue
            place = (Step(StepKind.PACKAGE, self._naming.package(pair.old)),)
            texts = str(pair.old), str(pair.new)
            breaks = NOBODY if pair.links or str(pair.old) not in linked else EVERYBODY
            own = (pair.old, pair.new) == known
            items = (ItemPart(roots[0]), ItemPart(roots[1])) if roots is not None and own else (None, None)
            hints: tuple[ChangeHint, ...] = () if pair.links else (DoesNotLink(),)
            what: Renamed | OtherVersion = OtherVersion(*texts)
            bump = Bump.NONE if own else Bump.MAJOR if breaks else Bump.PATCH
            if (pair.old.namespace, pair.old.name) != (pair.new.namespace, pair.new.name):
                what, bump = Renamed(*texts), Bump.MAJOR
            self._changes.put(Change(place, what, breaks, bump, hints, *items))

    def package(self, old: Package, new: Package) -> None:
        """The docs of a package."""
        self._notes((Step(StepKind.PACKAGE, self._naming.package(old.name)),), old, new)

    # Interfaces

    def interface(self, old: Interface, new: Interface, head: Path, *, types: bool, docs: bool) -> None:
        """What is in an interface: its types, if they count; docs and gates of everything, if they do."""
        if types:
            self._types(head, old.types, new.types)
        if not (docs and self._docs):
            return
        self._notes(head, old, new)
        for name in old.types.keys() & new.types.keys():
            self._definition(head, old.types[name], new.types[name])
        for name in old.functions.keys() & new.functions.keys():
            left, right = old.functions[name], new.functions[name]
            self._notes((*head, function_step(left)), left, right)

    def _types(self, head: Path, old: Mapping[str, t.TypeDefinition], new: Mapping[str, t.TypeDefinition]) -> None:
        """Types that are on one side only; those that are reported already break what is built."""
        gone = [name for name in old if name not in new and not self._is_known(head, old[name], Kind.REMOVED)]
        come = [name for name in new if name not in old and not self._is_known(head, new[name], Kind.ADDED)]
        for name, other in _renamed({name: old[name] for name in gone}, {name: new[name] for name in come}):
            gone.remove(name)
            come.remove(other)
            place, items = (*head, Step(StepKind.TYPE, name)), (ItemPart(old[name]), ItemPart(new[other]))
            self._changes.put(Change(place, Renamed(name, other), NOBODY, Bump.NONE, (SourceMustChange(),), *items))
        for name in gone:
            place = (*head, Step(StepKind.TYPE, name))
            change = removed(place, definition_item(old[name]), NOBODY, ItemPart(old[name]))
            self._changes.put(replace(change, hints=(SourceMustChange(),)))
        for name in come:
            place = (*head, Step(StepKind.TYPE, name))
            self._changes.put(added(place, definition_item(new[name]), NOBODY, ItemPart(new[name])))

    def _is_known(self, head: Path, definition: t.TypeDefinition, kind: Kind) -> bool:
        if self._changes.is_renamed((*head, definition_step(definition))):
            return True
        return self._changes.appears((*head, Step(StepKind.TYPE, definition.name)), kind)

    def _definition(self, head: Path, old: t.TypeDefinition, new: t.TypeDefinition) -> None:
        """Docs and gates of a definition, docs of its parts."""
        is_one_kind = type(old) is type(new)
        place = (*head, definition_step(old) if is_one_kind else Step(StepKind.TYPE, old.name))
        self._notes(place, old, new)
        others = {part_step(new, part.name): part.docs for part in parts_of(new)}
        for part in parts_of(old):
            step = part_step(old, part.name)
            if step in others:
                items = ItemPart(old, part.name), ItemPart(new, part.name)
                self._docs_of((*place, step), part.docs, others[step], *items)

    # Worlds

    def world(self, old: World, new: World, head: Path) -> None:
        """Types of the world itself; docs and gates of it, of its imports and exports, and of what is written in it."""
        own = self._own_types(old, head, Kind.REMOVED), self._own_types(new, head, Kind.ADDED)
        self._types(head or (OWN,), *own)
        if self._docs:
            self._notes(head or (OWN,), old, new)
        for kind, side, other_side in (
            (StepKind.IMPORT, old.imports, new.imports),
            (StepKind.EXPORT, old.exports, new.exports),
        ):
            others = {item_name(key): item for key, item in other_side.items()}
            for key, item in side.items():
                there = others.get(self._naming.to_new(item_name(key)), others.get(item_name(key)))
                if there is not None:
                    self._item(head, Step(kind, item_name(key)), item, there, (old, new))

    def _own_types(self, world: World, head: Path, kind: Kind) -> dict[str, t.TypeDefinition]:
        """The types of a world, without those that are reported as imports."""
        items = (item for item in world.imports.values() if isinstance(item, TypeItem))
        return {
            item.type.name: item.type
            for item in items
            if not self._changes.appears((*head, Step(StepKind.IMPORT, item.type.name)), kind)
        }

    def _item(self, head: Path, step: Step, old: WorldItem, new: WorldItem, worlds: tuple[World, World]) -> None:
        shown = function_name(old.function) if isinstance(old, FunctionItem) else self._naming.shown(step.name)
        place = (*head, Step(step.kind, shown))
        match old, new:
            case InterfaceItem(), InterfaceItem():
                if old.interface.id is None and new.interface.id is None:
                    self.interface(old.interface, new.interface, place, types=True, docs=True)
                if self._docs:
                    items = [ItemPart(world, step) for world in worlds]
                    self._docs_of(place, old.docs, new.docs, *items)
                    self._attributes(place, _attributes(old), _attributes(new), *items)
            case FunctionItem(), FunctionItem() if self._docs:
                self._notes(place, old.function, new.function)
            case TypeItem(), TypeItem() if self._docs:
                self._definition(head or (OWN,), old.type, new.type)
            case _:
                pass

    # Docs and gates

    def _notes(self, place: Path, old: _Documented, new: _Documented) -> None:
        """Docs and gates of an item."""
        if not self._docs:
            return
        self._docs_of(place, old.docs, new.docs, ItemPart(old), ItemPart(new))
        if not isinstance(old, Package) and not isinstance(new, Package):
            self._attributes(place, _attributes(old), _attributes(new), ItemPart(old), ItemPart(new))

    def _docs_of(self, place: Path, old: str | None, new: str | None, old_item: ItemPart, new_item: ItemPart) -> None:
        if old != new:
            self._changes.put(Change(place, OtherDocs(old, new), old_item=old_item, new_item=new_item))

    def _attributes(self, place: Path, old: str, new: str, old_item: ItemPart, new_item: ItemPart) -> None:
        if old != new:
            self._changes.put(Change(place, OtherAttributes(old, new), old_item=old_item, new_item=new_item))


def _renamed(old: Mapping[str, t.TypeDefinition], new: Mapping[str, t.TypeDefinition]) -> Iterator[tuple[str, str]]:
    """Types that differ only in their names, where there is no doubt."""
    by_text: dict[str, tuple[list[str], list[str]]] = {}
    for side, types in enumerate((old, new)):
        for name, definition in types.items():
            by_text.setdefault(_body(definition), ([], []))[side].append(name)
    for gone, come in by_text.values():
        if len(gone) == len(come) == 1:
            yield gone[0], come[0]


def _body(definition: t.TypeDefinition) -> str:
    """What a definition is, also where it is another name of what may have another name itself."""
    base = t.resolve_alias(definition)
    if definition is base or isinstance(base, t.Resource) or not isinstance(base, t.Definition):
        return definition_text(definition, whole=True)
    return f"type = {definition_text(base, whole=True)}"


def _attributes(item: Interface | World | Function | t.TypeDefinition | InterfaceItem) -> str:
    external = None if isinstance(item, Interface | World) else item.external_id
    return " ".join(attribute_texts(item.stability, external))


__all__ = ["Compatible"]
