"""Compares a component's own world with one that it is to fit (`design`: every export that is asked for is there with
that exact type, every import that is needed is offered).

Names match as they do for wasmtime's linker: `0.2.x` is `0.2.y` and `1.x` is `1.y`; within a match a component may use
less than is offered, and export more than is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..linker_names import family, is_native, is_native_http
from ..model.items import (
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from ..model.types import Resource, TypeDefinition, resolve_alias
from .differences import Comparison, Difference
from .hints import interface_hints, near
from .spell import function_name, function_text
from .types import Place, TypeComparison

_MOST_HINTS = 50


def _as_it_is(name: str) -> str:
    return name


def compare(
    component: World, world: World, *, strict: bool = False, called: Callable[[str], str] = _as_it_is
) -> Comparison:
    """Find every way in which a component does not fit a world.

    Args:
        component: the component's own world, with just what it has (`witgen.binary.component_world`).
        world: the world that is asked for and offered, elaborated.
        strict: whether imports that wasmtime itself supplies are differences, too.
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
        self.comparison = Comparison()
        self._types = TypeComparison(world, self.comparison.differences)

    # Imports: what the component needs must be offered

    def imports(self) -> None:
        """Compare what the component imports with what the world offers."""
        offered = _by_name(self._world.imports)
        exact = {_name(key): (_name(key), item) for key, item in self._world.imports.items()}
        for key, item in self._component.imports.items():
            name = _name(key)
            sought = self._called(name)
            expected_name, there = exact.get(sought) or offered.get(_family(sought, item), (name, None))
            place = Place("import", name, None)
            match item:
                case TypeItem(definition):
                    self._imported_type(place, definition, there)
                case FunctionItem(function):
                    self._imported_function(place, function, there)
                case InterfaceItem(interface):
                    self._imported_interface(name, interface, expected_name, there)

    def _imported_type(self, place: Place, definition: TypeDefinition, there: WorldItem | None) -> None:
        if isinstance(there, TypeItem):
            self._types.bind(Place("import", "world", None, "world"), there.type, definition)
        elif isinstance(definition, Resource):
            self._not_offered(place.text, f"resource {definition.name}", ())

    def _imported_function(self, place: Place, function: Function, there: WorldItem | None) -> None:
        if isinstance(there, FunctionItem):
            self._types.function(Place("import", "world", None, f"import {place.text}"), there.function, function)
        else:
            names = (key for key in self._world.imports if isinstance(key, str))
            self._not_offered(place.text, function_text(function), self._hints(near, place.text, names))

    def _imported_interface(self, name: str, interface: Interface, expected_name: str, there: WorldItem | None) -> None:
        if not isinstance(there, InterfaceItem):
            if is_native(name) or is_native_http(name):
                self.comparison.supplied.append(name)
                if not self._strict:
                    self._types.not_offered.add(interface)
                    return
            names = (_name(key) for key, item in self._world.imports.items() if isinstance(item, InterfaceItem))
            self._types.not_offered.add(interface)
            self._not_offered(name, "interface", self._hints(interface_hints, name, names))
            return
        place = Place("import", expected_name, there.interface)
        self._implements(place, there.interface, interface)
        for type_name, definition in interface.types.items():
            if type_name in there.interface.types:
                self._types.bind(place, there.interface.types[type_name], definition)
            elif isinstance(definition, Resource):
                self._lacks(place, f"type `{type_name}`", "is not offered", None, "resource")
        for function_id, function in interface.functions.items():
            offered = there.interface.functions.get(function_id)
            if offered is not None:
                self._types.function(place, offered, function)
            else:
                what, found = f"function `{function_name(function)}`", function_text(function)
                self._lacks(place, what, "is not offered", None, found, there.interface, function)

    def _not_offered(self, name: str, found: str, hints: tuple[str, ...]) -> None:
        self.comparison.differences.append(
            Difference((f"import {name}",), "is needed and not offered", None, found, hints)
        )

    # Exports: what the world asks for must be there

    def exports(self) -> None:
        """Compare what the world asks for with what the component exports."""
        there = _by_name(self._component.exports, self._called)
        exact = {self._called(_name(key)): item for key, item in self._component.exports.items()}
        for key, item in self._world.exports.items():
            name = _name(key)
            found = exact.get(name) or there.get(_family(name, item), (name, None))[1]
            match item:
                case TypeItem():
                    pass  # WIT exports types in interfaces only
                case FunctionItem(function):
                    if isinstance(found, FunctionItem):
                        place = Place("export", "world", None, f"export {name}")
                        self._types.function(place, function, found.function)
                    else:
                        names = (other for other in exact if ":" not in other)
                        self._missing(name, function_text(function), self._hints(near, name, names))
                case InterfaceItem(interface):
                    if isinstance(found, InterfaceItem):
                        self._exported_interface(Place("export", name, interface), interface, found.interface)
                    else:
                        names = (other for other, entry in exact.items() if isinstance(entry, InterfaceItem))
                        self._types.missing.add(("export", name))
                        self._missing(name, "interface", self._hints(interface_hints, name, names))
        asked = _by_name(self._world.exports)
        for key, item in self._component.exports.items():
            if _family(self._called(_name(key)), item) not in asked:
                self.comparison.unasked.append(_name(key))

    def _exported_interface(self, place: Place, interface: Interface, found: Interface) -> None:
        self._implements(place, interface, found)
        for name, definition in interface.types.items():
            if name in found.types:
                self._types.bind(place, definition, found.types[name])
            elif isinstance(resolve_alias(definition), Resource):
                self._lacks(place, f"type `{name}`", "is missing", "resource", None)
        for function_id, function in interface.functions.items():
            if function_id in found.functions:
                self._types.function(place, function, found.functions[function_id])
            else:
                what, text = f"function `{function_name(function)}`", function_text(function)
                self._lacks(place, what, "is missing", text, None, found, function)

    def _missing(self, name: str, expected: str, hints: tuple[str, ...]) -> None:
        self.comparison.differences.append(Difference((f"export {name}",), "is missing", expected, None, hints))

    # Both

    def _hints(
        self, guess: Callable[[str, Iterable[str]], tuple[str, ...]], name: str, names: Iterable[str]
    ) -> tuple[str, ...]:
        """What may have been meant by a name, among `names`; only the first differences are worth the time it takes."""
        return guess(name, names) if len(self.comparison.differences) < _MOST_HINTS else ()

    def _implements(self, place: Place, expected: Interface, found: Interface) -> None:
        """Under a label, both must stand for the same interface; the linker looks at neither."""
        if expected.id is None or found.id is None:
            return
        if family(expected.id) != family(self._called(found.id)):
            self.comparison.differences.append(
                Difference((place.shown,), "implements another interface", expected.id, found.id)
            )

    def _lacks(
        self,
        place: Place,
        what: str,
        message: str,
        expected: str | None,
        found: str | None,
        others: Interface | None = None,
        function: Function | None = None,
    ) -> None:
        hints: tuple[str, ...] = ()
        if others is not None and function is not None:
            hints = self._hints(near, function_name(function), map(function_name, others.functions.values()))
        self.comparison.differences.append(Difference((place.shown, what), message, expected, found, hints))


def _name(key: WorldKey) -> str:
    if isinstance(key, InterfaceKey):
        assert key.interface.id is not None, "an interface's own key has its id"
        return key.interface.id
    return key


def _family(name: str, item: WorldItem) -> str:
    """The name under which the linker looks for an item."""
    return family(name) if isinstance(item, InterfaceItem) else name


def _by_name(
    items: Mapping[WorldKey, WorldItem], called: Callable[[str], str] = _as_it_is
) -> dict[str, tuple[str, WorldItem]]:
    """The items, with their own names, by those under which the linker looks for them; the first of those that match."""
    found: dict[str, tuple[str, WorldItem]] = {}
    for key, item in items.items():
        found.setdefault(_family(called(_name(key)), item), (_name(key), item))
    return found


__all__ = ["compare"]
