"""What changes without breaking what is built: names of types, docs, gates, versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ...component import types as t
from ...component.fit.lookup import item_name
from ...component.fit.spots import Spot
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
from ...component.notation import definition_text, function_name, keyword
from ..model.formats.wit import attribute_texts
from .change import Bump, Change, Kind
from .naming import Naming
from .record import EVERYBODY, NOBODY, Place, Record, appeared

_SOURCE = "what is built still fits, source that names the type must change"
_Documented = Package | Interface | World | Function | t.TypeDefinition


class Compatible:
    """Adds to what is known to break; `docs` says whether both sides have docs and gates at all."""

    def __init__(self, naming: Naming, record: Record, *, docs: bool) -> None:
        self._naming = naming
        self._record = record
        self._docs = docs

    # Packages and versions

    def versions(self, roots: tuple[Package, Package] | None, linked: frozenset[str]) -> None:
        """Each package that has another version, or name; `linked` are those with something that both sides have.

        The version of `roots` is what this is all about: a new one asks for nothing.
        """
        known = () if roots is None else (roots[0].name, roots[1].name)
        for pair in self._naming.pairs:
            if pair.old == pair.new:
                continue
            place = (f"package {self._naming.package(pair.old)}",)
            texts = str(pair.old), str(pair.new)
            breaks = NOBODY if pair.links or str(pair.old) not in linked else EVERYBODY
            own = (pair.old, pair.new) == known
            spots = (Spot(roots[0]), Spot(roots[1])) if roots is not None and own else (None, None)
            hints = () if pair.links else ("components and hosts of one do not link with those of the other",)
            kind, message = Kind.VERSION, "has another version"
            bump = Bump.NONE if own else Bump.MAJOR if breaks else Bump.PATCH
            if (pair.old.namespace, pair.old.name) != (pair.new.namespace, pair.new.name):
                kind, message, bump = Kind.RENAMED, "has another name", Bump.MAJOR
            self._record.put(Change(place, kind, message, *texts, breaks, bump, hints, *spots))

    def package(self, old: Package, new: Package) -> None:
        """The docs of a package."""
        self._told((f"package {self._naming.package(old.name)}",), old, new)

    # Interfaces

    def interface(self, old: Interface, new: Interface, head: Place, *, types: bool, docs: bool) -> None:
        """What is in an interface: its types, if they count; docs and gates of everything, if they do."""
        if types:
            self._types(head, old.types, new.types, Spot(old), Spot(new))
        if not (docs and self._docs):
            return
        self._told(head, old, new)
        for name in old.types.keys() & new.types.keys():
            self._definition(head, old.types[name], new.types[name])
        for name in old.functions.keys() & new.functions.keys():
            left, right = old.functions[name], new.functions[name]
            self._told((*head, f"function `{function_name(left)}`"), left, right)

    def _types(
        self,
        head: Place,
        old: Mapping[str, t.TypeDefinition],
        new: Mapping[str, t.TypeDefinition],
        old_spot: Spot,
        new_spot: Spot,
    ) -> None:
        """Types that are on one side only; those that are reported already break what is built."""
        gone = [name for name in old if name not in new and not self._is_known(head, old[name], Kind.REMOVED)]
        come = [name for name in new if name not in old and not self._is_known(head, new[name], Kind.ADDED)]
        for name, other in _renamed({name: old[name] for name in gone}, {name: new[name] for name in come}):
            gone.remove(name)
            come.remove(other)
            change = Change(
                (*head, f"type `{name}`"), Kind.RENAMED, f"is called `{other}` now", name, other,
                hints=(_SOURCE,), old_spot=Spot(old[name]), new_spot=Spot(new[other]),
            )  # fmt: skip
            self._record.put(change)
        for name in gone:
            place = (*head, f"type `{name}`")
            change = appeared(place, definition_text(old[name]), None, NOBODY, Spot(old[name]), new_spot)
            self._record.put(_with_hint(change, _SOURCE))
        for name in come:
            place = (*head, f"type `{name}`")
            self._record.put(appeared(place, None, definition_text(new[name]), NOBODY, old_spot, Spot(new[name])))

    def _is_known(self, head: Place, definition: t.TypeDefinition, kind: Kind) -> bool:
        if self._record.is_renamed((*head, f"{keyword(definition)} `{definition.name}`")):
            return True
        return ((*head, f"type `{definition.name}`"), kind) in self._record

    def _definition(self, head: Place, old: t.TypeDefinition, new: t.TypeDefinition) -> None:
        """Docs and gates of a definition, docs of its members."""
        word = keyword(old) if keyword(old) == keyword(new) else "type"
        place = (*head, f"{word} `{old.name}`")
        self._told(place, old, new)
        others = dict(_members(new))
        for member, docs in _members(old):
            if member in others:
                name = member.split("`")[1]
                spots = Spot(old, name), Spot(new, name)
                self._docs_of((*place, member), docs, others[member], *spots)

    # Worlds

    def world(self, old: World, new: World, head: Place) -> None:
        """Types of the world itself; docs and gates of it, of its imports and exports, and of what is written in it."""
        own = self._own_types(old, head, Kind.REMOVED), self._own_types(new, head, Kind.ADDED)
        self._types(head or ("world",), *own, Spot(old), Spot(new))
        if self._docs:
            self._told(head or ("world",), old, new)
        for verb, side, other_side in (("import", old.imports, new.imports), ("export", old.exports, new.exports)):
            others = {item_name(key): item for key, item in other_side.items()}
            for key, item in side.items():
                there = others.get(self._naming.to_new(item_name(key)), others.get(item_name(key)))
                if there is not None:
                    self._item(head, verb, item_name(key), item, there, (old, new))

    def _own_types(self, world: World, head: Place, kind: Kind) -> dict[str, t.TypeDefinition]:
        """The types of a world, without those that are reported as imports."""
        items = (item for item in world.imports.values() if isinstance(item, TypeItem))
        return {
            item.type.name: item.type
            for item in items
            if ((*head, f"import {item.type.name}"), kind) not in self._record
        }

    def _item(
        self, head: Place, verb: str, name: str, old: WorldItem, new: WorldItem, worlds: tuple[World, World]
    ) -> None:
        shown = function_name(old.function) if isinstance(old, FunctionItem) else self._naming.shown(name)
        place = (*head, f"{verb} {shown}")
        match old, new:
            case InterfaceItem(), InterfaceItem():
                if old.interface.id is None and new.interface.id is None:
                    self.interface(old.interface, new.interface, place, types=True, docs=True)
                if self._docs:
                    spots = [Spot(world, f"{verb} {name}") for world in worlds]
                    self._docs_of(place, old.docs, new.docs, *spots)
                    self._attributes(place, _attributes(old), _attributes(new), *spots)
            case FunctionItem(), FunctionItem() if self._docs:
                self._told(place, old.function, new.function)
            case TypeItem(), TypeItem() if self._docs:
                self._definition(head or ("world",), old.type, new.type)
            case _:
                pass

    # Docs and gates

    def _told(self, place: Place, old: _Documented, new: _Documented) -> None:
        if not self._docs:
            return
        self._docs_of(place, old.docs, new.docs, Spot(old), Spot(new))
        if not isinstance(old, Package) and not isinstance(new, Package):
            self._attributes(place, _attributes(old), _attributes(new), Spot(old), Spot(new))

    def _docs_of(self, place: Place, old: str | None, new: str | None, old_spot: Spot, new_spot: Spot) -> None:
        if old != new:
            spots = old_spot, new_spot
            self._record.put(Change(place, Kind.DOCS, "has other docs", old, new, old_spot=spots[0], new_spot=spots[1]))

    def _attributes(self, place: Place, old: str, new: str, old_spot: Spot, new_spot: Spot) -> None:
        if old != new:
            change = Change(
                place, Kind.ATTRIBUTES, "has other attributes", old or "none", new or "none",
                old_spot=old_spot, new_spot=new_spot,
            )  # fmt: skip
            self._record.put(change)


def _renamed(old: Mapping[str, t.TypeDefinition], new: Mapping[str, t.TypeDefinition]) -> Iterator[tuple[str, str]]:
    """Types that are the same but for their names, where there is no doubt."""
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


def _members(definition: t.TypeDefinition) -> Iterator[tuple[str, str | None]]:
    """Fields, cases and flags as places have them, with their docs."""
    match definition:
        case t.Record(fields=fields):
            yield from ((f"field `{field.name}`", field.docs) for field in fields)
        case t.Variant(cases=cases):
            yield from ((f"case `{case.name}`", case.docs) for case in cases)
        case t.Enum(cases=names):
            yield from ((f"case `{case.name}`", case.docs) for case in names)
        case t.Flags(flags=flags):
            yield from ((f"flag `{flag.name}`", flag.docs) for flag in flags)
        case t.Resource() | t.Alias():
            return


def _attributes(item: Interface | World | Function | t.TypeDefinition | InterfaceItem) -> str:
    external = None if isinstance(item, Interface | World) else item.external_id
    return " ".join(attribute_texts(item.stability, external))


def _with_hint(change: Change, hint: str) -> Change:
    return replace(change, hints=(*change.hints, hint))


__all__ = ["Compatible"]
