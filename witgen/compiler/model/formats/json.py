"""The resolved model as JSON, in the shape that `wasm-tools component wit --json` prints.

Four arrays; a reference is the index in its array. Anonymous types, which compare by value in the model, get one entry
per structure and package. Numbering follows the reference where that is cheap; comparisons are made up to renumbering.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import assert_never

from ....component import types
from ....component.items import (
    Constructor,
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    Method,
    Package,
    Resolved,
    Static,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from ....component.types import Stability, Stable, Type, TypeDefinition, Unstable, parts
from ....dataclass import dataclass, field
from ...garbage_collector import paused_collector

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def dump(resolved: Resolved) -> dict[str, Json]:
    """The model as plain data: `worlds`, `interfaces`, `types`, `packages`."""
    with paused_collector():
        return _dump(resolved)


def _dump(resolved: Resolved) -> dict[str, Json]:
    dumper = _Dumper()
    for package in resolved.packages:
        dumper.number_package(package)
    return {
        "worlds": [dumper.world(world) for world in dumper.worlds],
        "interfaces": [dumper.interface(interface) for interface in dumper.interfaces],
        "types": list(dumper.entries),
        "packages": [dumper.package(package) for package in dumper.packages],
    }


def dump_json(resolved: Resolved) -> str:
    """The model as JSON text: two spaces of indentation, UTF-8 unescaped, ending with a newline."""
    return json.dumps(dump(resolved), indent=2, ensure_ascii=False) + "\n"


@dataclass(slots=True)
class _Dumper:
    """The numbers given so far. Types are written when they are numbered: each after those it refers to."""

    packages: dict[Package, int] = field(default_factory=dict[Package, int])
    worlds: dict[World, int] = field(default_factory=dict[World, int])
    interfaces: dict[Interface, int] = field(default_factory=dict[Interface, int])
    definitions: dict[TypeDefinition, int] = field(default_factory=dict[TypeDefinition, int])
    anonymous: dict[tuple[Package, Type], int] = field(default_factory=dict[tuple[Package, Type], int])
    gates: dict[tuple[Package, Type], Stability | None] = field(
        default_factory=dict[tuple[Package, Type], "Stability | None"]
    )
    current: Package | None = None
    gate: Stability | None = None
    entries: list[Json] = field(default_factory=list["Json"])

    # Numbering --------------------------------------------------------------------------------------------------------

    def number_package(self, package: Package) -> None:
        """Number what a package defines: interfaces, worlds, then types.

        Types come with the interface or world that owns them, those of copies last; the own handles that parameters and
        results are come after all other types.
        """
        self.current = package
        self.packages[package] = len(self.packages)
        worlds = package.worlds.values()
        inline = [interface for world in worlds for interface in _inline(world)]
        copies = [interface for interface in inline if interface.clone_of is not None]
        written = [interface for interface in inline if interface.clone_of is None]
        for interface in (*package.interfaces.values(), *written, *copies):
            self.interfaces.setdefault(interface, len(self.interfaces))
        for world in worlds:
            self.worlds[world] = len(self.worlds)
        for interface in package.interfaces.values():
            self._number_types(interface.types.values(), interface.functions.values())
        for world in worlds:
            self._number_types(_types(world), _functions(world))
            for interface in _inline(world):
                if interface.clone_of is None:
                    self._number_types(interface.types.values(), interface.functions.values())
        for interface in (*package.interfaces.values(), *written):
            self._number_handles(interface.functions.values())
        for world in worlds:
            self._number_handles(_functions(world))
        for interface in copies:
            self._number_types(interface.types.values(), interface.functions.values())
            self._number_handles(interface.functions.values())

    def _number_types(self, definitions: Iterable[TypeDefinition], functions: Iterable[Function]) -> None:
        for definition in definitions:
            self._number_definition(definition)
        for function in functions:
            for type in function.signature:
                if not isinstance(type, types.Own):
                    self.ref(type)

    def _number_handles(self, functions: Iterable[Function]) -> None:
        for function in functions:
            for type in function.signature:
                self.ref(type)

    def _number_definition(self, definition: TypeDefinition) -> None:
        self.gate = definition.stability
        kind = self._kind(definition)
        self.gate = None
        self.definitions[definition] = len(self.entries)
        owner = definition.owner
        entry: dict[str, Json] = {"name": definition.name, "kind": kind}
        if isinstance(owner, Interface):
            entry["owner"] = {"interface": self.interfaces[owner]}
        else:
            entry["owner"] = {"world": self.worlds[owner]}
        self.entries.append(entry | _extras(definition.docs, definition.stability, definition.external_id))

    # Types ------------------------------------------------------------------------------------------------------------

    def ref(self, type: Type | types.Resource) -> Json:
        """A reference: the keyword of a primitive, or an index; an anonymous type is numbered on first need."""
        match type:
            case types.Primitive():
                return type.value
            case types.Record() | types.Variant() | types.Enum() | types.Flags() | types.Resource() | types.Alias():
                return self.definitions[type]
            case _:
                assert self.current is not None
                shared = (self.current, type)
                if shared not in self.anonymous:
                    kind = self._anonymous_kind(type)
                    gate = None if isinstance(type, types.Own) else self.gate or self._member_gate(type)
                    self.anonymous[shared] = len(self.entries)
                    self.gates[shared] = gate
                    entry: dict[str, Json] = {"name": None, "kind": kind, "owner": None}
                    self.entries.append(entry | _extras(None, gate, None))
                return self.anonymous[shared]

    def _member_gate(self, type: types.AnonymousType) -> Stability | None:
        """The first gate among the types directly inside an anonymous one."""
        if isinstance(type, types.Own | types.Borrow):
            return type.resource.stability
        for part in parts(type):
            if isinstance(part, types.Definition):
                gate = part.stability
            elif isinstance(part, types.Primitive):
                gate = None
            else:
                assert self.current is not None
                gate = self.gates[self.current, part]
            if gate is not None:
                return gate
        return None

    def optional_ref(self, type: Type | None) -> Json:
        """As `ref`; null for an absent payload."""
        return None if type is None else self.ref(type)

    def _kind(self, definition: TypeDefinition) -> Json:
        match definition:
            case types.Resource():
                return "resource"
            case types.Alias(target=target):
                if isinstance(target, types.Primitive | types.Definition):
                    return {"type": self.ref(target)}
                return self._anonymous_kind(target)
            case types.Record(fields=fields):
                return {"record": {"fields": [_named(f.name, self.ref(f.type), f.docs) for f in fields]}}
            case types.Variant(cases=cases):
                return {"variant": {"cases": [_named(c.name, self.optional_ref(c.type), c.docs) for c in cases]}}
            case types.Enum(cases=enum_cases):
                return {"enum": {"cases": [_member(c.name, c.docs) for c in enum_cases]}}
            case types.Flags(flags=flags):
                return {"flags": {"flags": [_member(f.name, f.docs) for f in flags]}}
            case _:
                assert_never(definition)

    def _anonymous_kind(self, type: types.AnonymousType) -> Json:
        match type:
            case types.List(element):
                return {"list": self.ref(element)}
            case types.FixedList(element, size):
                return {"fixed-length-list": [self.ref(element), size]}
            case types.Map(key, value):
                return {"map": [self.ref(key), self.ref(value)]}
            case types.Option(element):
                return {"option": self.ref(element)}
            case types.Result(ok, err):
                return {"result": {"ok": self.optional_ref(ok), "err": self.optional_ref(err)}}
            case types.Tuple(elements):
                return {"tuple": {"types": [self.ref(element) for element in elements]}}
            case types.Future(element):
                return {"future": self.optional_ref(element)}
            case types.Stream(element):
                return {"stream": self.optional_ref(element)}
            case types.Own(resource):
                return {"handle": {"own": self.ref(resource)}}
            case types.Borrow(resource):
                return {"handle": {"borrow": self.ref(resource)}}
            case _:
                assert_never(type)

    # Items ------------------------------------------------------------------------------------------------------------

    def function(self, function: Function) -> Json:
        """A function with its signature."""
        entry: dict[str, Json] = {
            "name": function.name,
            "kind": self._function_kind(function),
            "params": [{"name": param.name, "type": self.ref(param.type)} for param in function.params],
        }
        if function.result is not None:
            entry["result"] = self.ref(function.result)
        return entry | _extras(function.docs, function.stability, function.external_id)

    def _function_kind(self, function: Function) -> Json:
        prefix = "async-" if function.is_async else ""
        match function.kind:
            case Freestanding():
                return f"{prefix}freestanding"
            case Method(resource):
                return {f"{prefix}method": self.ref(resource)}
            case Static(resource):
                return {f"{prefix}static": self.ref(resource)}
            case Constructor(resource):
                return {"constructor": self.ref(resource)}
            case _:
                assert_never(function.kind)

    def interface(self, interface: Interface) -> Json:
        """An interface with its types and functions."""
        self.current = interface.package
        entry: dict[str, Json] = {
            "name": interface.name,
            "types": {name: self.definitions[definition] for name, definition in interface.types.items()},
            "functions": {name: self.function(function) for name, function in interface.functions.items()},
        }
        entry |= _extras(interface.docs, interface.stability, None)
        entry["package"] = self.packages[interface.package]
        if interface.clone_of is not None:
            entry["clone_of"] = self.interfaces[interface.clone_of]
        return entry

    def world(self, world: World) -> Json:
        """A world with what it imports and exports."""
        self.current = world.package
        entry: dict[str, Json] = {
            "name": world.name,
            "imports": {self._key(key): self._item(item) for key, item in world.imports.items()},
            "exports": {self._key(key): self._item(item) for key, item in world.exports.items()},
            "package": self.packages[world.package],
        }
        return entry | _extras(world.docs, world.stability, None)

    def _key(self, key: WorldKey) -> str:
        return key if isinstance(key, str) else f"interface-{self.interfaces[key.interface]}"

    def _item(self, item: WorldItem) -> Json:
        match item:
            case InterfaceItem(interface, docs, stability, external_id):
                entry: dict[str, Json] = {"id": self.interfaces[interface]}
                extras = _extras(docs, stability, external_id)
                return {"interface": entry | {name: extras[name] for name in _ITEM if name in extras}}
            case FunctionItem(function):
                return {"function": self.function(function)}
            case TypeItem(definition):
                return {"type": self.definitions[definition]}
            case _:
                assert_never(item)

    def package(self, package: Package) -> Json:
        """A package with the numbers of what it defines."""
        entry: dict[str, Json] = {"name": str(package.name)}
        entry |= _docs(package.docs)
        entry["interfaces"] = {name: self.interfaces[interface] for name, interface in package.interfaces.items()}
        entry["worlds"] = {name: self.worlds[world] for name, world in package.worlds.items()}
        return entry


_ITEM = ("stability", "external_id", "docs")


def _all_items(world: World) -> Iterable[WorldItem]:
    return (*world.imports.values(), *world.exports.values())


def _inline(world: World) -> list[Interface]:
    interfaces = [item.interface for item in _all_items(world) if isinstance(item, InterfaceItem)]
    return [interface for interface in interfaces if interface.name is None]


def _types(world: World) -> list[TypeDefinition]:
    return [item.type for item in _all_items(world) if isinstance(item, TypeItem)]


def _functions(world: World) -> list[Function]:
    return [item.function for item in _all_items(world) if isinstance(item, FunctionItem)]


def _named(name: str, type: Json, docs: str | None) -> Json:
    entry: dict[str, Json] = {"name": name, "type": type}
    return entry | _docs(docs)


def _member(name: str, docs: str | None) -> Json:
    entry: dict[str, Json] = {"name": name}
    return entry | _docs(docs)


def _docs(docs: str | None) -> dict[str, Json]:
    return {} if docs is None else {"docs": {"contents": docs}}


def _extras(docs: str | None, stability: Stability | None, external_id: str | None) -> dict[str, Json]:
    extras = _docs(docs)
    match stability:
        case None:
            pass
        case Stable(since, deprecated):
            extras["stability"] = {"stable": _gate("since", since, deprecated)}
        case Unstable(feature, deprecated):
            extras["stability"] = {"unstable": _gate("feature", feature, deprecated)}
        case _:
            assert_never(stability)
    if external_id is not None:
        extras["external_id"] = external_id
    return extras


def _gate(kind: str, value: str, deprecated: str | None) -> Json:
    entry: dict[str, Json] = {kind: value}
    return entry if deprecated is None else entry | {"deprecated": deprecated}
