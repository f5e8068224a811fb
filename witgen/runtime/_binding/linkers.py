"""The imports of a component, matched with those of its world, and the linkers that supply them.

Names match as wasmtime's linker matches them (`0.2.3` with `0.2.8`). Definitions of ours go under the component's own
names: wasmtime prefers an exact name to a compatible one, and would silently pass over an override under another patch
version.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Protocol

from wasmtime import Engine
from wasmtime.component import Linker

from ...component.linker_names import family, is_native, is_native_http
from ...dataclass import dataclass
from .. import _wasmtime
from .._codecs.base import Codec
from .._codecs.of_type import Compiler
from .._errors import (
    EngineError,
    ImplementationError,
    InterfaceError,
    UnsupportedTypeError,
    UnusedImportWarning,
)
from .._process.fork import Lock, importing
from .._stores import store as _store
from .._stores.engine import carries_two_borrows
from .._stores.signals import watch
from .._types import ImportedResource, ImportFunc, ImportInterface, WorldType
from .._uncopied import Uncopied
from .._wasmtime import HostFunction, LinkerInstance
from .._wasmtime.reflect import Items, Unsupported, is_function, is_resource, signature_of
from .choices import Choice, Choices, Needed
from .functions import misfit
from .implementations import Given, HostCall, Requirements, article, borrows, destroy, label
from .offered import Need, Offered

if TYPE_CHECKING:
    from .._layer import Layer


class Definable(Protocol):
    """A host function, whichever layer carries its values."""

    def define(self, instance: LinkerInstance, name: str, /) -> None: ...


@dataclass(frozen=True, slots=True)
class HostDescription:
    """A host function as it is defined in `_core`: `codec` is that of its result."""

    slot: int
    label: str
    function: ImportFunc
    codec: Codec | None

    def define(self, instance: LinkerInstance, name: str, /) -> None:
        """There is no linker to define it in."""
        raise AssertionError(f"{name} belongs to no linker")


def unsupported(what: str, keyword: str) -> UnsupportedTypeError:
    """The error for a function with a type that cannot cross."""
    return UnsupportedTypeError(
        f"{what}: wasmtime-py cannot carry {keyword}: leave the function out of the world, or give it another type"
    )


class Imports(Uncopied):
    """The imports of one component. Thread-safe."""

    def __init__(self, engine: Engine, world: WorldType, imports: Items, compiler: Compiler, layer: Layer) -> None:
        """Find what the component imports in the world, and compare its functions with the world's.

        Raises:
            InterfaceError: the component's type of an import is not the one that the package was generated for.
            UnsupportedTypeError: wasmtime-py cannot carry a type of an import.
            EngineError: the engine lacks a feature that an import needs.
        """
        self._engine = engine
        self._compiler = compiler
        self._layer = layer
        self._world = world
        self._lock = Lock()
        self._linkers: dict[tuple[frozenset[str], bool], Linker] = {}
        self._functions: dict[str, dict[str, Definable]] = {}
        self.numbers = {r: n for n, r in enumerate((r for i in world.imports for r in i.resources), 1)}
        self._slots: dict[str, int] = {}
        count = 0
        for interface in world.imports:
            self._slots[interface.key] = count
            count += len(interface.functions)
        self._count = count
        self._requirements = {i.key: Requirements(i) for i in world.imports}
        self.members = {r: m for required in self._requirements.values() for r, m in required.members.items()}
        """The methods of each imported resource."""
        self.needed: dict[str, Needed] = {}
        self._taken: dict[str, dict[str, ImportedResource]] = {}
        self._passing: dict[str, Items] = {}
        """Interfaces that only pass on resources that they take from others: all is supplied with those."""
        self._extra_native: dict[str, Items] = {}
        """What the world lacks and wasmtime supplies."""
        self._extra_http: dict[str, Items] = {}
        self._choices = Choices(world, self.needed, self._extra_native, self._extra_http)
        self._match(imports)
        self._take(imports)
        for needed in self.needed.values():
            if not needed.interface.native:
                self._prepare(needed)

    # ---- what the component needs ----------------------------------------------------------------------------------

    def _match(self, imports: Items) -> None:
        exact = {i.id: i for i in self._world.imports if i.id}
        named = {family(i.id): i for i in self._world.imports if i.id}
        loose = {
            name: interface
            for interface in self._world.imports
            if not interface.id
            for name in (*(f.name for f in interface.functions), *(r.name for r in interface.resources))
        }
        for name, item in imports.items():
            if isinstance(item, Items):
                if not any(is_function(i) or is_resource(i) for i in item.values()):
                    continue  # types only: there is nothing to supply
                interface = exact.get(name) or named.get(family(name))
                if interface is None:
                    if any(is_function(i) for i in item.values()) or is_native(name) or is_native_http(name):
                        self._extra(name, item)
                    else:
                        self._passing[name] = item
                    continue
                self._needs(interface).uses[name] = item
            elif is_function(item) or is_resource(item):
                interface = loose.get(name)
                if interface is None:
                    if is_function(item):
                        self._extra(name, Items())
                    continue  # a resource that the world takes from an interface: it is defined there, and shared
                self._needs(interface).uses.setdefault("", Items())[name] = item

    def _take(self, imports: Items) -> None:
        """Find the resources that are separate in the component but aliases in the world.

        wasmtime wants a definition of each. One that is an alias in the component as well is defined where the alias leads.
        """
        known = {(i.id, r.name): (i, r) for i in self._world.imports for r in i.resources}
        defined: dict[tuple[str, str], object] = {}
        others: list[tuple[str, str, str, object]] = []
        for under, (interface, items) in self._imported(imports).items():
            for name, item in items.items():
                if (interface, name) in known:
                    defined[interface, name] = item
                elif is_resource(item):
                    others.append((under, interface, name, item))
        others += [(n, n, r, i) for n, items in self._passing.items() for r, i in items.items() if is_resource(i)]
        others = [other for other in others if other[3] not in defined.values()]
        if not others:
            return
        taken = self._taken_resources()
        for under, interface, name, item in others:
            home = taken.get((interface, name)) or taken.get((family(interface), name))
            if home is None and under in self._passing:
                self._extra(under, self._passing[under])
            if home in known and defined.get(home) != item:
                owner, resource = known[home]
                self._needs(owner)
                self._taken.setdefault(under, {})[name] = resource

    def _taken_resources(self) -> dict[tuple[str, str], tuple[str, str]]:
        """As `taken_resources`, with interfaces by their compatible names as well."""
        if self._world.plain is None:
            return {}
        with importing:
            from .comparison import taken_resources

        taken = taken_resources(self._world.id, self._world.plain)
        return {(family(interface), name): home for (interface, name), home in taken.items()} | taken

    def _imported(self, imports: Items) -> dict[str, tuple[str, Items]]:
        """What the component imports, by the name under which it does: the id of the world's interface, and the items."""
        imported = {"": ("", imports)}
        for needed in self.needed.values():
            imported |= {under: (needed.interface.id, items) for under, items in needed.uses.items() if under}
        return imported

    def _needs(self, interface: ImportInterface) -> Needed:
        return self.needed.setdefault(interface.key, Needed(interface))

    def _extra(self, name: str, items: Items) -> None:
        if is_native(name):
            self._extra_native[name] = items
        elif is_native_http(name):
            self._extra_http[name] = items
        else:
            raise InterfaceError(f"the component imports {name}, which world {self._world.id} does not")

    # ---- what was given --------------------------------------------------------------------------------------------

    def given(self, imports: Mapping[str, object], http: bool) -> Given:
        """Check what was given.

        What the component does not import is warned of where it would have replaced something of wasmtime's: nobody
        would notice that it never runs. What the world asks for is not: a component may use less.

        Raises:
            MissingImportError: something that the component imports was not given.
            ImplementationError: an implementation lacks a member.
            NativeGroupError: some of a group of native interfaces were given, and not all.
        """
        if not self._slots.keys() >= imports.keys():
            unknown = ", ".join(f"{key}=" for key in sorted(imports.keys() - self._slots.keys()))
            keys = ", ".join(f"{key}=" for key in self._slots) or "none"
            raise ImplementationError(f"world {self._world.id} has no import {unknown}; its imports are {keys}")
        offered: set[str] = set()
        found: dict[str, object] = {}
        for key, value in imports.items():
            if isinstance(value, Offered):
                offered.add(key)
                value = value.implementation
            if value is not None:
                found[key] = value
        choice = self._choices.of(frozenset(found), http)
        for interface in choice.unused:
            if interface.key not in offered:
                warnings.warn(
                    f"{interface.key}= ({article(interface.protocol)}) is never used: the component does not import"
                    f" {interface.id}; offered(…) around it says that this is meant",
                    UnusedImportWarning,
                    stacklevel=4,  # the caller of the generated `instantiate` or `bind`
                )
        targets: list[Callable[..., object] | None] = [None] * self._count
        classes: dict[ImportedResource, type | None] = {}
        for key, value in found.items():
            functions, its_classes = self._requirements[key].check(value)
            slot = self._slots[key]
            targets[slot : slot + len(functions)] = functions
            classes.update(its_classes)
        return Given(choice, tuple(targets), classes)

    def needs(self) -> tuple[Need, ...]:
        """What the component imports, in the order of the world, and then what only wasmtime can supply."""
        known = [
            Need(name or interface.key, interface.key, interface.native, interface.http)
            for interface in self._world.imports
            if interface.key in self.needed
            for name in self.needed[interface.key].uses
        ]
        native = [Need(name, "", True, False) for name in self._extra_native]
        return (*known, *native, *(Need(name, "", True, True) for name in self._extra_http))

    def keyword(self, resource: ImportedResource) -> str:
        """The keyword of `instantiate` that supplies `resource`; "" if none does."""
        return next((i.key for i in self._world.imports if resource in i.resources), "")

    def described(self, under: str, name: str) -> HostDescription | None:
        """The host function that the component imports as `name` of `under` ("" for one of the world), for `_core`."""
        for needed in self.needed.values():
            if under in needed.uses:
                found = self._prepare(needed).get(f"{under}#{name}")
                if isinstance(found, HostDescription):
                    return found
        return None

    # ---- linkers ---------------------------------------------------------------------------------------------------

    def natives(self, choice: Choice) -> list[str]:
        """What wasmtime supplies in a choice."""
        known = [n.interface.id for key, n in self.needed.items() if n.interface.native and key not in choice.used]
        return [*known, *self._extra_native, *self._extra_http]

    def linker(self, choice: Choice) -> Linker:
        """The linker for this set of interfaces.

        Raises:
            InterfaceError: the component's type of an import is not the one that the package was generated for.
            UnsupportedTypeError: wasmtime-py cannot carry a type of an import.
            EngineError: the engine lacks a feature that an import needs.
        """
        key = choice.used, choice.http
        with self._lock:
            known = self._linkers.get(key)
            if known is None:
                known = self._linkers[key] = self._link(choice)
            return known

    def _link(self, choice: Choice) -> Linker:
        given = choice.used
        linker = Linker(self._engine)
        linker.allow_shadowing = True
        if choice.native:
            linker.add_wasip2()
            if choice.http:
                linker.add_wasi_http()
        with linker.root() as root:
            self._define_taken(root, "", given)
            for key, needed in self.needed.items():
                if key not in given:
                    continue
                functions = self._prepare(needed)
                for name, items in needed.uses.items():
                    if not name:
                        self._define(root, needed.interface, items, functions, name)
                        continue
                    with root.add_instance(name) as instance:
                        self._define_taken(instance, name, given)
                        self._define(instance, needed.interface, items, functions, name)
            for name in self._passing.keys() & self._taken.keys():
                with root.add_instance(name) as instance:
                    self._define_taken(instance, name, given)
        return linker

    def _define(
        self,
        instance: LinkerInstance,
        interface: ImportInterface,
        items: Items,
        functions: Mapping[str, Definable],
        under: str,
    ) -> None:
        for resource in interface.resources:
            if is_resource(items.get(resource.name)):
                self._define_resource(instance, resource.name, resource)
        for name, item in items.items():
            if is_function(item):
                functions[f"{under}#{name}"].define(instance, name)

    def _define_taken(self, instance: LinkerInstance, under: str, given: frozenset[str]) -> None:
        for name, resource in self._taken.get(under, {}).items():
            if self.keyword(resource) in given:
                self._define_resource(instance, name, resource)

    def _define_resource(self, instance: LinkerInstance, name: str, resource: ImportedResource) -> None:
        number, run = self.numbers[resource], partial(destroy, resource)
        if self._layer == "public":
            _wasmtime.define_resource(
                instance, name, number, lambda rep: run(_store.current().instance, rep), _store.keep
            )
        else:
            with importing:
                from .._fast.imported import define_resource

            define_resource(instance, name, number, run)

    def _prepare(self, needed: Needed) -> dict[str, Definable]:
        """The host functions of an interface, by `name under which it is imported#function`."""
        interface = needed.interface
        known = self._functions.get(interface.key)
        if known is not None:
            return known
        by_name = {f.name: (n, f) for n, f in enumerate(interface.functions, self._slots[interface.key])}
        functions: dict[str, Definable] = {}
        for under, items in needed.uses.items():
            for name, item in items.items():
                if is_resource(item) and name not in {r.name for r in interface.resources}:
                    # a resource that the interface takes from another one: it is defined there, and shared
                    continue
                if not is_function(item):
                    continue
                if name not in by_name:
                    raise InterfaceError(
                        f"the component imports {under}, {name}, which world {self._world.id} does not"
                    )
                slot, function = by_name[name]
                functions[f"{under}#{name}"] = self._host_function(slot, interface, function, item)
        self._functions[interface.key] = functions
        return functions

    def _host_function(self, slot: int, interface: ImportInterface, function: ImportFunc, item: object) -> Definable:
        what = label(interface, function)
        if function.is_async:
            raise UnsupportedTypeError(f"{what}: wasmtime-py cannot supply an async function")
        try:
            call = HostCall(slot, interface, function, self._compiler)
            signature = signature_of(item)
        except Unsupported as error:
            raise unsupported(what, str(error)) from None
        difference = misfit(function.params, function.result, signature)
        if difference:
            raise InterfaceError(f"import {interface.id or self._world.id}, {function.name}: {difference}")
        if self._layer == "core":
            return HostDescription(slot, what, function, call.result)
        if borrows(function) > 1 and not carries_two_borrows(self._engine):
            raise EngineError(
                f"{what} borrows more than one handle in a call, upon which this version of wasmtime traps with this"
                " engine: make it with witgen.runtime.engine(), which turns component async off"
            )
        if self._layer == "public":
            return HostFunction(signature, call, _store.keep)
        with importing:
            from .._fast.imported import FastHostFunction

        return FastHostFunction(slot, what, function, call.result, watch(self._engine) is not None)
