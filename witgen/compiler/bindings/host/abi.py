"""The private module `_abi`: how the types of the package cross into the component, as data for the runtime.

The data are calls of constructors, although `_plain` has the same types as rows of JSON. A prototype built equal
descriptions at import from those rows and a map from names to classes (CPython 3.11, best of seven): 1.06 ms against
0.48 ms for the proxy world, 32 ms against 19 ms for 2,000 functions and 400 types. It saves the file (30 kB for the
proxy) but not what only `_abi` knows: Python's names where the rules have exceptions, what a resource means under each
key, the error classes, and the link classes, whose declarations type checkers read. A program that loads a package
but prepares nothing would have to read `_plain` as well. So both stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import chain

from .... import __version__
from ....component.items import Constructor, Freestanding, Function, Interface, Method, Static
from ....component.linker_names import is_native, is_native_http
from ....component.types import Resource
from ....dataclass import dataclass, replace
from ...emit.host_modules import (
    AbiModule,
    ExportTable,
    ImportedFunction,
    ImportTable,
    LinkClass,
    LinkFunction,
    WorldTable,
)
from ..annotations import annotation
from ..descriptions import Expression, string, strings, tuple_of
from .annotations import ExportSpelling, Plan
from .descriptions import HostDescriptions, Side, shout
from .exported import blocking_attribute, link_attribute
from .functions import doc_annotation, error_class
from .layout import ABI, Key, Part, Path, Site, WorldFunction, canonical_key
from .names import Names
from .scope import GENERATED, HELPERS, RUNTIME, ModuleScope
from .type_traits import error_definition, needed_interfaces, returned


@dataclass(frozen=True, slots=True)
class Links:
    """The names of the link classes: of each exported interface by its key in Python, and of the world's functions."""

    by_key: dict[str, str]
    worlds: dict[str, str]
    """By the name of the world's class."""
    tables: dict[str, str]
    """The constants that describe the worlds, likewise."""

    def of_world(self, part: Part) -> str:
        """The link class of a world's own functions."""
        return self.worlds[part.own_class]

    def table(self, part: Part) -> str:
        """The constant that describes a world."""
        return self.tables[part.own_class]


class AbiScope(ModuleScope):
    """The scope of `_abi`: modules are imported whole, under private aliases that no WIT name can meet."""

    def __init__(self, plan: Plan, links: Links, members: Collection[str]) -> None:
        super().__init__(ABI, {*links.by_key.values(), *links.worlds.values(), *links.tables.values()}, members)
        self._rt = "_rt" if "rt" in members else "rt"
        self._aliases: dict[Path, str] = {}
        for site in plan.layout.sites.values():
            if site.import_path is not None:
                self._alias(site.import_path, f"_i_{site.import_flat}")
            if site.export_path is not None:
                self._alias(site.export_path, f"_x_{site.export_flat}")

    def _alias(self, path: Path, alias: str) -> None:
        while alias in self._aliases.values():
            alias += "_"
        self._aliases[path] = alias

    def helper(self, name: str) -> str:
        """Helpers that generated modules alone import are attributes of `rt`."""
        if name == "rt":
            return self._imports.name(RUNTIME, "generated", self._rt)
        if HELPERS[name] == GENERATED:
            return f"{self.helper('rt')}.{name}"
        return super().helper(name)

    def foreign(self, path: Path, name: str, *, checking: bool = False) -> str:
        """A class as an attribute of its module; those of the world itself are imported by name."""
        alias = self._aliases.get(path)
        return super().foreign(path, name) if alias is None else f"{self.module(path, alias)}.{name}"


def link_names(plan: Plan) -> Links:
    """How the link classes are called."""
    by_key = {
        key.python: "".join(word[:1].upper() + word[1:] for word in key.python.split("_")) + "Link"
        for site in plan.layout.exported
        for key in site.exports
    }
    parts = plan.layout.parts
    if len(parts) == 1:
        own = {parts[0].own_class: "WorldLink_" if "WorldLink" in by_key.values() else "WorldLink"}
        return Links(by_key, own, {parts[0].own_class: "WORLD"})
    taken = set(by_key.values())
    worlds: dict[str, str] = {}
    for part in parts:
        name = f"{part.own_class}WorldLink"
        while name in taken:
            name += "_"
        taken.add(name)
        worlds[part.own_class] = name
    return Links(by_key, worlds, {part.own_class: f"WORLD_{shout(part.own_class)}" for part in parts})


def plan_abi(plan: Plan, links: Links) -> AbiModule:
    """The module; `links` are what `link_names` gives."""
    return _Abi(plan, links).module()


class _Abi:
    def __init__(self, plan: Plan, links: Links) -> None:
        self._plan = plan
        self._links = links
        layout = plan.layout
        members = set(chain.from_iterable(site.names.members for site in layout.sites.values())) | layout.names.members
        self._scope = AbiScope(plan, links, members)
        self._rt = self._scope.helper("rt")
        self._descriptions = HostDescriptions(plan, self._scope, links.by_key)

    def module(self) -> AbiModule:
        layout = self._plan.layout
        links = [self._link(site, key) for site in layout.exported for key in site.exports if site.has_class]
        links += [self._world_link(part) for part in layout.parts if part.export_functions]
        shared = {
            site: {key.python: self._import(site, key) for key in site.imports}
            for site in layout.imported
            if site.has_class
        }
        worlds = tuple(self._world(part, shared) for part in layout.parts)
        return AbiModule(
            "_abi.py",
            "How the types of this package cross into the component. Private.",
            self._scope.blocks(),
            items=tuple(self._descriptions.constants),
            rt=self._rt,
            links=tuple(links),
            shared=tuple(table for tables in shared.values() for table in tables.values()),
            worlds=worlds,
            version=__version__,
        )

    # Exports ----------------------------------------------------------------------------------------------------------

    def _link(self, site: Site, key: Key) -> LinkClass:
        first = site.exports[0]
        base = f"{self._rt}.Link" if key is first else self._links.by_key[first.python]
        functions = tuple(site.interface.functions.values())
        side = Side(True, site, key)
        return self._link_class(self._links.by_key[key.python], base, functions, site.names, key.wit, side)

    def _world_link(self, part: Part) -> LinkClass:
        functions = tuple(f.function for f in part.export_functions)
        name = self._links.of_world(part)
        return self._link_class(name, f"{self._rt}.Link", functions, self._plan.layout.names, "", Side(True))

    def _link_class(
        self, name: str, base: str, functions: tuple[Function, ...], names: Names, interface: str, side: Side
    ) -> LinkClass:
        attributes = {function: link_attribute(names, function) for function in functions}
        spell = ExportSpelling(self._plan, self._scope, frozenset(attributes.values()))
        found: list[LinkFunction] = []
        for function in functions:
            described = self._described(function, names, side)
            link = LinkFunction(
                attributes[function],
                interface,
                function.name,
                self._signature(function, spell, function.is_async),
                described,
                function.is_async,
                blocking=False,
            )
            found.append(link)
            if function.is_async:
                signature = self._signature(function, spell, is_async=False)
                attribute = blocking_attribute(names, function)
                found.append(replace(link, attribute=attribute, signature=signature, blocking=True))
        return LinkClass(name, base, tuple(found))

    def _signature(self, function: Function, spell: ExportSpelling, is_async: bool) -> str:
        params = ", ".join(
            (
                spell.resource(function.kind.resource)
                if i == 0 and isinstance(function.kind, Method)
                else annotation(param.type, spell, wide=True)
            )
            for i, param in enumerate(function.params)
        )
        result = annotation(returned(function), spell)
        if is_async:
            result = f"{self._scope.helper('Awaitable')}[{result}]"
        return f"[{params}], {result}"

    # Functions --------------------------------------------------------------------------------------------------------

    def _described(self, function: Function, names: Names, side: Side) -> tuple[str, ...]:
        """Parameters and result, without what is not there."""
        params = tuple_of(
            [
                tuple_of((string(name), self._descriptions.of(param.type, side)))
                for name, param in zip(names.parameters[function], function.params, strict=True)
            ]
        )
        if function.result is None:
            return (params.text,) if function.params else ()
        return params.text, self._descriptions.result(function.result, side, self._error(function, side)).text

    def _error(self, function: Function, side: Side) -> str:
        definition = error_definition(function)
        named = error_class(self._plan, definition) if side.exported and definition is not None else None
        return "" if named is None else self._scope.foreign(*named)

    # Imports ----------------------------------------------------------------------------------------------------------

    def _import(self, site: Site, key: Key) -> ImportTable:
        side = Side(False, site, key)
        functions = [
            self._function(function, site.names, _path(site.names, function), side)
            for function in site.interface.functions.values()
        ]
        resources = [self._descriptions.resource(resource, side) for resource in site.resources]
        needs = [self._id(interface) for interface in needed_interfaces(self._plan.traits, site.interface)]
        http = is_native_http(key.wit)
        return ImportTable(
            _table(key.python),
            key.python,
            key.wit,
            f"{site.import_flat}.{site.names.own_class}",
            tuple(functions),
            _constants(resources),
            is_native(key.wit) or http,
            http,
            strings(needs).text if needs else "",
        )

    def _id(self, interface: Interface) -> str:
        site = self._plan.layout.sites[interface]
        return canonical_key(site.imports, site).wit

    def _import_resource(self, resource: Resource) -> ImportTable:
        layout = self._plan.layout
        side = Side(False)
        functions = tuple(
            self._function(function, layout.names, _path(layout.names, function, bare=True), side)
            for function in layout.resource_functions
            if not isinstance(function.kind, Freestanding) and function.kind.resource is resource
        )
        key = layout.resource_keys[resource]
        constants = _constants([self._descriptions.resource(resource, side)])
        return ImportTable(_table(key), key, "", layout.names.types[resource], functions, constants)

    def _import_function(self, function: WorldFunction, prefix: str) -> ImportTable:
        found = self._function(function.function, self._plan.layout.names, "", Side(False))
        protocol = doc_annotation(self._plan, function.function)
        return ImportTable(_table(prefix + function.python), function.python, "", protocol, (found,))

    def _function(self, function: Function, names: Names, path: str, side: Side) -> ImportedFunction:
        return ImportedFunction(function.name, path, self._described(function, names, side), function.is_async)

    # The world --------------------------------------------------------------------------------------------------------

    def _world(self, part: Part, shared: dict[Site, dict[str, ImportTable]]) -> WorldTable:
        layout = self._plan.layout
        prefix = "" if len(layout.parts) == 1 else f"{shout(part.own_class)}_"
        imports = [self._import_resource(r) for r in layout.resources if part.has(r)]
        imports += [self._import_function(function, prefix) for function in part.import_functions]
        listed = [tables[key.python] for site, tables in shared.items() for key in part.imports(site)]
        exports = [key for site in layout.exported if site.has_class for key in part.exports(site)]
        functions = [f.function.name for f in part.export_functions]
        return WorldTable(
            self._links.table(part),
            part.world.id,
            tuple(imports),
            _constants([table.constant for table in (*listed, *imports)]),
            tuple(ExportTable(k.wit, strings(k.item.interface.functions).text) for k in exports),
            strings(functions).text if functions else "",
        )


def _table(key: str) -> str:
    """The constant for what `instantiate` takes under a keyword."""
    return f"_IMPORT_{key.upper()}"


def _constants(names: Sequence[str]) -> str:
    """A tuple of constants; nothing where there are none."""
    return tuple_of(map(Expression, names)).text if names else ""


def _path(names: Names, function: Function, *, bare: bool = False) -> str:
    """Where an implementation has `function`: `log`, `Bucket`, `Bucket.open`, `.get`.

    `bare`: what is implemented is the class of the resource itself.
    """
    name = names.functions[function]
    match function.kind:
        case Freestanding():
            return name
        case Constructor(resource):
            return "" if bare else names.types[resource]
        case Static(resource):
            return name if bare else f"{names.types[resource]}.{name}"
        case Method():
            return f".{name}"
