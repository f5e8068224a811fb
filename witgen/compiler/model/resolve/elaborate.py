"""Completes worlds: every interface that an item needs becomes an import or export of its own (WIT: worlds).

Imports are put in the order interfaces, used types, own types, functions, functions of resources, each interface after
those it needs. An exported interface takes what it needs from the exports where it is exported there under its own id,
otherwise from the imports; an interface that would have to come from both makes the world impossible.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....component.items import (
    Freestanding,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from ....component.types import Alias, Definition, TypeDefinition
from ....dataclass import dataclass, field
from ...diagnostics import Label, Span, codes
from .models import Models


def dependency(definition: TypeDefinition) -> Interface | None:
    """The interface that a used type comes from; None for a type that is defined where it is used."""
    if isinstance(definition, Alias) and isinstance(definition.target, Definition):
        owner = definition.target.owner
        if owner is not definition.owner:
            assert isinstance(owner, Interface), "types of worlds cannot be used elsewhere"
            return owner
    return None


def direct_dependencies(interface: Interface) -> tuple[Interface, ...]:
    """The interfaces whose types an interface uses, in the order of its types, each once."""
    found = (dependency(definition) for definition in interface.types.values())
    return tuple(dict.fromkeys(owner for owner in found if owner is not None))


def elaborate_world(models: Models, world: World, at: Span) -> None:
    """Complete a world whose includes were taken in; what cannot be completed is reported at `at`, the world's name."""
    elaboration = _Elaboration(world, models.needs)
    elaboration.add_imports()
    impossible = elaboration.add_exports()
    if impossible is not None:
        _report(models, world, at, *impossible)
    world.imports.clear()
    world.imports.update(sorted(elaboration.imports.items(), key=lambda entry: _class(entry[1])))
    world.exports.clear()
    world.exports.update(elaboration.exports)


def _class(item: WorldItem) -> int:
    match item:
        case InterfaceItem():
            return 0
        case TypeItem(definition):
            used = isinstance(definition, Alias) and isinstance(definition.target, Definition)
            return 1 if used and dependency(definition) is not None else 2
        case FunctionItem(function):
            return 3 if isinstance(function.kind, Freestanding) else 4


@dataclass(slots=True)
class _Visit:
    """An interface on the way to the exports or imports, with those it needs that are still to be visited."""

    key: WorldKey
    interface: Interface
    exporting: bool
    rest: Iterator[Interface]


@dataclass(slots=True)
class _Elaboration:
    """One world's work: the sides as they grow, and which imports the exports have forced. `needs` is shared by worlds."""

    world: World
    needs: dict[Interface, tuple[Interface, ...]]
    imports: dict[WorldKey, WorldItem] = field(default_factory=dict[WorldKey, WorldItem])
    exports: dict[WorldKey, WorldItem] = field(default_factory=dict[WorldKey, WorldItem])
    forced: set[Interface] = field(default_factory=set[Interface])

    def add_imports(self) -> None:
        """Add the imports, class by class, each interface after those it needs."""
        for key, item in sorted(self.world.imports.items(), key=lambda entry: _class(entry[1])):
            match item:
                case InterfaceItem():
                    self._import_interface(key, item)
                case TypeItem(definition):
                    home = dependency(definition)
                    if home is not None:
                        caused = InterfaceItem(home, stability=definition.stability)
                        self._import_interface(InterfaceKey(home), caused)
                    self.imports[key] = item
                case FunctionItem():
                    self.imports[key] = item

    def _needs(self, interface: Interface) -> Iterator[Interface]:
        if interface not in self.needs:
            self.needs[interface] = direct_dependencies(interface)
        return iter(self.needs[interface])

    def _import_interface(self, key: WorldKey, item: InterfaceItem) -> None:
        """Add an interface after those it needs; those have its stability, no docs and no external id."""
        if key in self.imports:
            return
        stack: list[tuple[WorldKey, InterfaceItem, Iterator[Interface]]] = [(key, item, self._needs(item.interface))]
        while stack:
            current, entry, rest = stack[-1]
            needed = next(rest, None)
            if needed is None:
                self.imports[current] = entry
                stack.pop()
            elif (needed_key := InterfaceKey(needed)) not in self.imports:
                caused = InterfaceItem(needed, stability=item.stability)
                stack.append((needed_key, caused, self._needs(needed)))

    def add_exports(self) -> tuple[str, Interface] | None:
        """Add the exports: functions, then interfaces, each after those it needs.

        Returns:
            The name of the first export that cannot be, and the interface that would have to be import and export.
        """
        for key, item in self.world.exports.items():
            if isinstance(item, FunctionItem):
                self.exports[key] = item
        for key, item in self.world.exports.items():
            if isinstance(item, InterfaceItem):
                clash = self._export_interface(key, item)
                if clash is not None:
                    return key if isinstance(key, str) else str(key.interface.id), clash
        return None

    def _export_interface(self, key: WorldKey, cause: InterfaceItem) -> Interface | None:
        """Add an export and all it needs; returns the interface that is in the way, if one is."""
        if key in self.exports:
            return None
        stack = [_Visit(key, cause.interface, True, self._needs(cause.interface))]
        while stack:
            visit = stack[-1]
            needed = next(visit.rest, None)
            if needed is None:
                if not self._add_visited(visit, key, cause):
                    return visit.interface
                stack.pop()
                continue
            needed_key = InterfaceKey(needed)
            exporting = visit.exporting and needed_key in self.world.exports
            if needed_key in self.exports:
                if not exporting:
                    return needed
            elif exporting or needed not in self.forced:
                stack.append(_Visit(needed_key, needed, exporting, self._needs(needed)))
        return None

    def _add_visited(self, visit: _Visit, key: WorldKey, cause: InterfaceItem) -> bool:
        """Add an interface whose needs are met; False: it is exported, but was forced to be an import before."""
        caused = InterfaceItem(visit.interface, stability=cause.stability, external_id=cause.external_id)
        if not visit.exporting:
            self.forced.add(visit.interface)
            self.imports.setdefault(visit.key, caused)
            return True
        if visit.interface in self.forced:
            return False
        self.exports[visit.key] = cause if visit.key == key else caused
        return True


def _report(models: Models, world: World, at: Span, name: str, clash: Interface) -> None:
    other = clash.id or "an inline interface"
    models.diagnostics.error(
        codes.INCOMPATIBLE_WORLD,
        f"world `{world.name}` would have to import and export `{other}` at once",
        Label(at),
        notes=(
            f"its export `{name}` needs `{other}` as an import, through an interface that is not exported",
            f"but `{other}` is exported too",
        ),
        help=("export every interface in between, or leave one of the exports out",),
    )
