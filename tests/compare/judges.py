"""Judges of whether a component fits a world that know nothing of `witgen.component.fit`.

The *validator* of components inside wasmtime decides whether the component's type is a subtype of the world's: names and
versions exactly, and names of types, too. The *linker* of wasmtime instantiates the component with what the world offers,
and every export that the world asks for is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cached_property

from wasmtime import Config, Engine, Store, WasmtimeError
from wasmtime.component import Component, Instance, Linker, LinkerInstance, ResourceType

from tests.compare.edits import key_name
from witgen.compiler.trial.stub.component import ComponentWriter
from witgen.compiler.trial.stub.scope import Scope
from witgen.component import types as t
from witgen.component.items import (
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    TypeItem,
    World,
    WorldKey,
)

BEYOND = (
    "is not valid at this time",
    "fixed-length lists feature",
    "must have at least one",
    "error-context feature",
    "64 flags",
)
"""What wasmtime says of types that it does not take in any component."""


class Verdict(Enum):
    """What a judge says; `ABSTAINS` if it cannot read the component at all."""

    FITS = "fits"
    REFUSED = "refused"
    ABSTAINS = "abstains"


def engine() -> Engine:
    """An engine with every feature of components that Python can switch on."""
    config = Config()
    config.wasm_component_model_map = True
    config.wasm_component_model_implements = True
    return Engine(config)


# The validator --------------------------------------------------------------------------------------------------------


class TypeWriter(ComponentWriter):
    """Writes the type of a component that has a world's imports and exports."""

    def _export_interface(self, key: WorldKey, interface: Interface) -> None:
        known = self._ids.fresh(interface.name or key_name(key))
        name = f'"{key_name(key)}"'
        if not isinstance(key, InterfaceKey) and interface.id is not None:
            name += f' (implements "{interface.id}")'
        # What the interface takes from others is looked up anew: since the imports, others may have been exported.
        outer = Scope(self._ids, self._aliased)
        first, *rest = self._instance_import(name, known, interface, outer, True)
        self._root.add(first.replace("(import", "(export", 1), *rest)
        if isinstance(key, InterfaceKey):
            self._exported[interface] = known

    def _lift(self, scope: Scope, functions: Mapping[str, Function], callee: str | None) -> None:
        for name, function in functions.items():
            scope.add(f'(export "{name}" {scope.function(function)})')


def question(component: str, world: World) -> str:
    """A component that is valid exactly if the type of `component` (its text) is a subtype of the world's.

    It stands inside another, which never makes an instance of it, so that nothing is compiled.
    """
    got = component.replace("(component", "(component $got", 1)
    want = f'(component $want (import "c" {TypeWriter(world).text()}))'
    return f'(component (component {got} {want} (instance (instantiate $want (with "c" (component $got))))))'


class Judges:
    """Both, for one component, as text."""

    def __init__(self, engine: Engine, component: str) -> None:
        self._engine = engine
        self._component = component

    @cached_property
    def _compiled(self) -> Component | WasmtimeError:
        try:
            return Component(self._engine, self._component)
        except WasmtimeError as error:
            return error

    def validator(self, world: World) -> tuple[Verdict, str]:
        """Ask the validator."""
        return _judged(lambda: Component(self._engine, question(self._component, world)))

    def linker(self, world: World) -> tuple[Verdict, str]:
        """Ask the linker; then look up what the world asks for.

        Abstains if that needs an async host function, which wasmtime-py cannot make.
        """
        compiled = self._compiled
        if isinstance(compiled, WasmtimeError):
            return _refusal(compiled)

        def link() -> None:
            with Store(self._engine) as store:
                instance = offer(self._engine, world).instantiate(store, compiled)
                for name, inner in asked(world):
                    look_up(store, instance, name, inner)

        verdict, said = _judged(link)
        if "declared `async func` in WIT, but was satisfied with a sync" in said and _offers_async(world):
            return Verdict.ABSTAINS, said
        return verdict, said


# The linker -----------------------------------------------------------------------------------------------------------


def _offers_async(world: World) -> bool:
    return any(
        function.is_async
        for item in world.imports.values()
        for function in (
            [item.function]
            if isinstance(item, FunctionItem)
            else item.interface.functions.values() if isinstance(item, InterfaceItem) else []
        )
    )


def offer(engine: Engine, world: World) -> Linker:
    """A linker with everything that a world offers; each of its resources is one type, wherever it has a name."""
    made: dict[tuple[str, t.Resource], ResourceType] = {}
    linker = Linker(engine)

    def resource(place: str, definition: t.TypeDefinition, owner: object) -> ResourceType | None:
        base = t.resolve_alias(definition)
        if not isinstance(base, t.Resource):
            return None
        home = base.owner
        where = place if home is owner else home.id or ""
        return made.setdefault((where, base), ResourceType.host(len(made) + 1))

    with linker.root() as root:
        for key, item in world.imports.items():
            name = key_name(key)
            match item:
                case FunctionItem():
                    root.add_func(name, _never)
                case TypeItem(definition):
                    _add_resource(root, name, resource(world.id, definition, world))
                case InterfaceItem(interface):
                    with root.add_instance(name) as instance:
                        for type_name, definition in interface.types.items():
                            _add_resource(instance, type_name, resource(name, definition, interface))
                        for function in interface.functions:
                            instance.add_func(function, _never)
    return linker


def asked(world: World) -> list[tuple[str, str]]:
    """The functions that a world asks for: the export, and the function in it ("" for one that is itself an export)."""
    found: list[tuple[str, str]] = []
    for key, item in world.exports.items():
        if isinstance(item, FunctionItem):
            found.append((key_name(key), ""))
        elif isinstance(item, InterfaceItem):
            found += [(key_name(key), function) for function in item.interface.functions]
            found += [
                (key_name(key), f"type {name}")
                for name, definition in item.interface.types.items()
                if isinstance(definition, t.Resource)
            ]
            found += [] if item.interface.functions else [(key_name(key), "instance")]
    return found


def look_up(store: Store, instance: Instance, name: str, inner: str) -> None:
    """Find an export.

    Raises:
        LookupError: there is none.
    """
    index = instance.get_export_index(store, name)
    if index is not None and inner not in ("", "instance"):
        index = instance.get_export_index(store, inner.removeprefix("type "), index)
    if index is None:
        raise LookupError(f"{name} {inner}: no export")
    if inner != "instance" and not inner.startswith("type ") and instance.get_func(store, index) is None:
        raise LookupError(f"{name} {inner}: no function")


def _add_resource(instance: LinkerInstance, name: str, resource: ResourceType | None) -> None:
    if resource is not None:
        instance.add_resource(name, resource, _dropped)


def _never(*arguments: object) -> None:
    raise AssertionError("nothing is called")


def _dropped(*arguments: object) -> None:
    raise AssertionError("nothing is called")


def _judged(ask: Callable[[], object]) -> tuple[Verdict, str]:
    try:
        ask()
    except WasmtimeError as error:
        return _refusal(error)
    except LookupError as error:
        return Verdict.REFUSED, str(error)
    return Verdict.FITS, ""


def _refusal(error: WasmtimeError) -> tuple[Verdict, str]:
    said = str(error)
    assert " --> " not in said, said  # text that does not even assemble
    return (Verdict.ABSTAINS if any(words in said for words in BEYOND) else Verdict.REFUSED), said


__all__ = ["Judges", "Verdict", "engine", "question"]
