"""Compares a component's own world with one that it is to fit: every export that is asked for must be there with that
exact type, every import that is needed must be offered.

Names match as they do for wasmtime's linker: `0.2.x` is `0.2.y` and `1.x` is `1.y`; within a match a component may use
less than is offered, and export more than is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ..items import (
    Constructor,
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    Method,
    Static,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from ..linker_names import family, is_native, is_native_http
from ..notation import function_name, function_text
from ..types import Resource, TypeDefinition
from .differences import Comparison, Difference
from .guesses import interface_hints, near, renamed
from .hints import Guess, Hint, ImportedInstead, Meant, VersionsDiffer
from .homes import Home, own_home
from .lookup import Entry, Lookup
from .reasons import (
    INTERFACE,
    RESOURCE,
    Missing,
    NotProvided,
    OtherInterface,
    OtherKind,
    Reason,
    function_item,
    world_item,
)
from .steps import Path, Step, StepKind, function_step
from .types import TypeComparison

_MOST_HINTS = 50
"""Differences that get hints: these take time, and nobody reads so many."""
_MOST_ALIKE = 300
"""Functions whose types are spelled out for a hint."""


def _as_it_is(name: str) -> str:
    return name


def compare(
    component: World, world: World, *, strict: bool = False, called: Callable[[str], str] = _as_it_is
) -> Comparison:
    """Find every way in which a component does not fit a world.

    Args:
        component: the component's own world, with just what it has (`witgen.component.binary.component_world`).
        world: the world that is asked for and offered, elaborated.
        strict: whether imports that wasmtime itself supplies are differences as well.
        called: gives the name under which the world is asked for an interface of the component, if not its own.
    """
    work = _Work(component, world, strict, called)
    work.imports()
    work.exports()
    return work.comparison


class _Work:
    def __init__(self, component: World, world: World, strict: bool, called: Callable[[str], str]) -> None:
        self._component = component
        self._world = world
        self._strict = strict
        self._called = called
        self._offered = Lookup(world.imports, _as_it_is)
        self._asked = Lookup(world.exports, _as_it_is)
        self._needs = Lookup(component.imports, called)
        self._has = Lookup(component.exports, called)
        self.comparison = Comparison()
        self._types = TypeComparison(world, self.comparison.differences)
        self._resources = self._types.resources

    # Imports: what the component needs must be offered

    def imports(self) -> None:
        """Compare what the component imports with what the world offers."""
        for entry in self._needs:
            if isinstance(entry.item, InterfaceItem):
                self._imported_interface(entry, entry.item.interface, self._offered.find(self._called(entry.name)))
        types, found = _types(self._world.imports), _types(self._component.imports)
        self._lost_imports(own_home(), types, found)
        self._types.types(own_home(), types, found, self._component)
        offered = _functions(self._world.imports)
        for function in _functions(self._component.imports).values():
            self._imported_function(function, offered)

    def _imported_function(self, function: Function, offered: Mapping[str, Function]) -> None:
        home = own_home(Step(StepKind.IMPORT, function_name(function)))
        entry = self._offered.find(function.name)
        if entry is None:
            twin = _twin(function, offered)
            if twin is not None:
                self._types.function(home, twin, function)
            elif not self._is_lost(function):
                free = (other for name, other in offered.items() if name not in self._component.imports)
                names = map(function_name, free)
                hints = self._hints(near, function_name(function), names)
                self._add((home.head,), NotProvided(function_item(function)), hints)
        elif isinstance(entry.item, FunctionItem):
            self._types.function(home, entry.item.function, function)
        else:
            self._other_kind(home.head, entry.item, FunctionItem(function))

    def _imported_interface(self, needed: Entry, interface: Interface, entry: Entry | None) -> None:
        if entry is None:
            if not self._strict and (is_native(needed.name) or is_native_http(needed.name)):
                self.comparison.supplied.append(needed.name)
                return
            self._resources.not_offered.add(interface)
            hints = self._interface_hints(needed.name, self._offered, self._needs)
            self._add((Step(StepKind.IMPORT, needed.name),), NotProvided(INTERFACE), hints)
            return
        home = Home(Step(StepKind.IMPORT, entry.name), None)
        if not isinstance(entry.item, InterfaceItem):
            self._resources.not_offered.add(interface)
            self._other_kind(home.head, entry.item, needed.item)
            return
        there = entry.item.interface
        if not self._implements(home, there, interface):
            self._resources.not_offered.add(interface)
            return
        home = Home(home.step, there)
        self._lost_imports(home, there.types, interface.types)
        self._types.types(home, there.types, interface.types, interface)
        for name, function in interface.functions.items():
            offered = there.functions.get(name) or _twin(function, there.functions)
            if offered is not None:
                self._types.function(home, offered, function)
            elif not self._is_lost(function):
                hints = self._function_hints(function, there, interface, self._offered)
                self._add((home.head, function_step(function)), NotProvided(function_item(function)), hints)

    def _lost_imports(
        self, home: Home, offered: Mapping[str, TypeDefinition], found: Mapping[str, TypeDefinition]
    ) -> None:
        """Tell of resources of the component that are not offered."""
        for resource, hints in self._lost(found, offered):
            self._resources.lost.add(resource)
            self._add((home.head, Step(StepKind.TYPE, resource.name)), NotProvided(RESOURCE), hints)

    # Exports: what the world asks for must be there

    def exports(self) -> None:
        """Compare what the world asks for with what the component exports."""
        used: set[str] = set()
        for asked in self._asked:
            found = self._has.find(asked.name)
            if found is not None:
                used.add(found.name)
            match asked.item:
                case TypeItem():
                    pass  # WIT exports types in interfaces only
                case FunctionItem(function):
                    self._exported_function(asked, function, found)
                case InterfaceItem(interface):
                    self._exported_interface(asked, interface, found)
        self.comparison.unasked += [entry.name for entry in self._has if entry.name not in used]

    def _exported_function(self, asked: Entry, function: Function, found: Entry | None) -> None:
        home = own_home(Step(StepKind.EXPORT, asked.name))
        if found is None:
            names = (name for name in self._has.names(FunctionItem) if self._asked.find(name) is None)
            hints = self._hints(near, asked.name, names) or self._imported(asked.name)
            self._add((home.head,), Missing(function_item(function)), hints)
        elif isinstance(found.item, FunctionItem):
            self._types.function(home, function, found.item.function)
        else:
            self._other_kind(home.head, asked.item, found.item)

    def _exported_interface(self, asked: Entry, interface: Interface, entry: Entry | None) -> None:
        home = Home(Step(StepKind.EXPORT, asked.name), interface)
        if entry is None or not isinstance(entry.item, InterfaceItem):
            self._resources.missing.add(home.step)
            if entry is None:
                hints = self._interface_hints(asked.name, self._has, self._asked)
                hints = hints or self._imported(asked.name)
                self._add((home.head,), Missing(INTERFACE), hints)
            else:
                self._other_kind(home.head, asked.item, entry.item)
            return
        found = entry.item.interface
        if not self._implements(home, interface, found):
            self._resources.missing.add(home.step)
            return
        for resource, hints in self._lost(interface.types, found.types):
            self._resources.lost.add((home.step, resource))
            self._add((home.head, Step(StepKind.TYPE, resource.name)), Missing(RESOURCE), hints)
        self._types.types(home, interface.types, found.types, found)
        for name, function in interface.functions.items():
            there = found.functions.get(name) or _twin(function, found.functions)
            if there is not None:
                self._types.function(home, function, there)
            elif not self._is_lost(function, home):
                hints = self._function_hints(function, found, interface, self._has)
                self._add((home.head, function_step(function)), Missing(function_item(function)), hints)

    # Both

    def _add(self, place: Path, reason: Reason, hints: tuple[Hint, ...] = ()) -> None:
        self.comparison.differences.append(Difference(place, reason, hints))

    def _other_kind(self, head: Step, expected: WorldItem, found: WorldItem) -> None:
        self._add((head,), OtherKind(world_item(expected), world_item(found)))

    def _lost(
        self, wanted: Mapping[str, TypeDefinition], there: Mapping[str, TypeDefinition]
    ) -> Iterator[tuple[Resource, tuple[Hint, ...]]]:
        """The resources that are wanted and not there, with hints; an alias is not a resource of its own."""
        for name, definition in wanted.items():
            if isinstance(definition, Resource) and name not in there:
                others = (other for other, type in there.items() if isinstance(type, Resource) and other not in wanted)
                yield definition, self._hints(renamed, name, others)

    def _is_lost(self, function: Function, home: Home | None = None) -> bool:
        """Whether it belongs to a resource that is reported as missing, whose functions are missing with it."""
        match function.kind:
            case Constructor(resource) | Method(resource) | Static(resource):
                key = resource if home is None else (home.step, resource)
                return key in self._resources.lost
            case Freestanding():
                return False

    def _implements(self, home: Home, expected: Interface, found: Interface) -> bool:
        """Under a label, both must stand for the same interface; the linker looks at neither."""
        ours, theirs = expected.id, found.id
        if ours is None or theirs is None or ours == theirs or family(ours) == family(self._called(theirs)):
            return True
        is_other = ours.partition("@")[0] == theirs.partition("@")[0]
        hints: tuple[Hint, ...] = (VersionsDiffer(),) if is_other else ()
        self._add((home.head,), OtherInterface(ours, theirs), hints)
        return False

    # Hints: only the first differences are worth the time that they take

    def _hints(
        self, guess: Callable[[str, Iterable[str]], tuple[Hint, ...]], name: str, names: Iterable[str]
    ) -> tuple[Hint, ...]:
        """What may have been meant by a name, among `names`."""
        return guess(name, names) if len(self.comparison.differences) < _MOST_HINTS else ()

    def _interface_hints(self, name: str, there: Lookup, wanted: Lookup) -> tuple[Hint, ...]:
        """What may have been meant by an interface that is not `there`, among those that nothing else is `wanted` for."""
        if len(self.comparison.differences) >= _MOST_HINTS:
            return ()
        free = [other for other in there.names(InterfaceItem) if wanted.find(self._called(other)) is None]
        meant = _implemented(wanted, name)
        twins = [other for other in free if meant is not None and _implemented(there, other) == meant]
        if ":" not in name and len(twins) == 1:
            return (Meant(twins[0], Guess.INTERFACE),)
        return interface_hints(name, there.names(InterfaceItem), free)

    def _imported(self, name: str) -> tuple[Hint, ...]:
        """A hint if the component imports what it should export."""
        return () if self._needs.find(name) is None else (ImportedInstead(name),)

    def _function_hints(
        self, function: Function, there: Interface, wanted: Interface, others: Lookup
    ) -> tuple[Hint, ...]:
        """What may have been meant by a function: one with a name nearly the same, or the same name elsewhere."""
        if len(self.comparison.differences) >= _MOST_HINTS:
            return ()
        free = [other for name, other in there.functions.items() if name not in wanted.functions]
        hints = near(function_name(function), map(function_name, free))
        if hints:
            return hints
        text = function_text(function)
        alike = [other for other in free[:_MOST_ALIKE] if function_text(other) == text]
        if len(alike) == 1:
            return (Meant(function_name(alike[0]), Guess.TYPE),)
        for entry in others:
            if isinstance(entry.item, InterfaceItem) and function.name in entry.item.interface.functions:
                return (Meant(entry.name, Guess.HOME),)
        return ()


def _types(items: Mapping[WorldKey, WorldItem]) -> dict[str, TypeDefinition]:
    return {key: item.type for key, item in items.items() if isinstance(key, str) and isinstance(item, TypeItem)}


def _functions(items: Mapping[WorldKey, WorldItem]) -> dict[str, Function]:
    return {
        key: item.function for key, item in items.items() if isinstance(key, str) and isinstance(item, FunctionItem)
    }


def _implemented(there: Lookup, name: str) -> str | None:
    """The id of the interface that is known by a name, None for one that is inline."""
    entry = there.find(name)
    return entry.item.interface.id if entry is not None and isinstance(entry.item, InterfaceItem) else None


def _twin(function: Function, functions: Mapping[str, Function]) -> Function | None:
    """The function that has the name as another kind of function of the resource: a method for a static one, say."""
    match function.kind:
        case Method(resource):
            return functions.get(f"[static]{resource.name}.{function.item_name}")
        case Static(resource):
            return functions.get(f"[method]{resource.name}.{function.item_name}")
        case Constructor() | Freestanding():
            return None


__all__ = ["compare"]
