"""The modules of the worlds themselves: `_types` (their types) and `_world` (of each its class, and that of a prepared component).

The keywords of `instantiate` and `bind` are a typed dictionary, so that they and their docs are written once. The lists that
three methods had instead let tools that do not know `Unpack`, such as Jedi, complete keywords; pyright's completions and
signature help have them in both forms. Importing the proxy package takes 20 ms in both, and passing eleven keywords on
takes 1.5 instead of 2.0 microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....component.linker_names import is_native, is_native_http
from ....component.types import Resource
from ...emit.host_modules import Export, ExportedFunction, ImportKeyword, ImportsClass, WorldClass, WorldModule
from ...emit.pymodel import PyModule
from ..annotations import annotation
from ..docs import docstring
from ..imports import sorted_names
from .abi import Links
from .annotations import ExportSpelling, KeywordSpelling, Plan, arguments
from .exported import exported_function
from .functions import keyword_docs
from .imported import Protocols
from .joint import Joint
from .layout import TYPES, WORLD, Key, Part, Site, WorldFunction, canonical_key
from .scope import ModuleScope
from .type_traits import returned


def plan_types(plan: Plan) -> PyModule | None:
    """The module of the world's own types; None where it has none."""
    layout = plan.layout
    if not layout.types:
        return None
    scope = ModuleScope(TYPES, frozenset(layout.names.module), layout.names.members)
    writer = Protocols(plan, scope, layout.names)
    items = writer.definitions(layout.types.values())
    docs = f"Types of {named(layout.joint)}, which the package offers under its own name."
    return PyModule(
        f"{TYPES[0]}.py",
        docstring(docs),
        scope.blocks(),
        exported=sorted_names(writer.offered),
        items=tuple(items),
    )


def named(joint: Joint) -> str:
    """How docs call the worlds."""
    ids = " and ".join(f"`{world.id}`" for world in joint.worlds)
    return f"world {ids}" if len(joint.worlds) == 1 else f"worlds {ids}"


_NAMES = (
    "Abi",
    "Bound",
    "ComponentSource",
    "Engine",
    "FolderPath",
    "Instance",
    "Isolation",
    "Limits",
    "Need",
    "Prepared",
    "Store",
    "WasiConfig",
)
"""What the template takes from the runtime."""
_FOR_IMPORTS = ("TypedDict", "Unpack")
"""What it takes for worlds with imports."""
_BUILTINS = ("bool", "staticmethod")
"""The builtins that the template uses in the class of a world."""


def plan_world(plan: Plan, links: Links) -> WorldModule:
    """The module of the classes of all worlds."""
    layout = plan.layout
    parts = layout.parts
    classes = sorted_names([name for part in parts for name in part.classes])
    members = {*_METHODS, *(f.python for part in parts for f in part.export_functions)}
    scope = ModuleScope(WORLD, {*classes, "_abi"}, frozenset(members))
    scope.module(("_abi",), "_abi")
    worlds = tuple(_World(plan, links, part, scope).world_class() for part in parts)
    has_imports = any(world.imports for world in worlds)
    names = {name: scope.helper(name) for name in (*_NAMES, *(_FOR_IMPORTS if has_imports else ()))}
    text = f"The classes of {named(layout.joint)}, which the package offers under its own name."
    return WorldModule("_world.py", text, scope.blocks(), exported=classes, worlds=worlds, names=names)


_METHODS = ("__init__", "prepare", "instantiate", "close")
_LEFT_OUT = " Defaults to wasmtime's."
_HTTP = " Defaults to wasmtime's with `http=True`."


class _World:
    """The slots of one world's classes."""

    def __init__(self, plan: Plan, links: Links, part: Part, scope: ModuleScope) -> None:
        self._plan = plan
        self._links = links
        self._part = part
        self._members = frozenset((*_METHODS, *(f.python for f in part.export_functions)))
        self._scope = scope

    def world_class(self) -> WorldClass:
        """The world's class, and that of a component prepared for it."""
        world, part = self._part.world, self._part
        first = f"World `{world.id}`: an instance of a component that fits it."
        docs = f"{first}\n\n{world.docs}" if world.docs and world.docs.strip() else first
        imports = self._imports()
        keywords = {keyword.name for keyword in imports.keywords} if imports else set[str]()
        return WorldClass(
            part.own_class,
            part.pre_class,
            world.id,
            docstring(docs, world.stability),
            self._links.table(part),
            self._links.of_world(part) if part.export_functions else "",
            tuple(self._exports()),
            tuple(self._functions()),
            _free("store", keywords),
            _free("component", keywords),
            imports,
            {name: self._scope.builtin(name, self._members) for name in _BUILTINS},
        )

    # What it imports --------------------------------------------------------------------------------------------------

    def _imports(self) -> ImportsClass | None:
        """One keyword for each import, in the world's order. Those that wasmtime supplies may be left out."""
        layout, part = self._plan.layout, self._part
        if not part.imports_class:
            return None
        spell = KeywordSpelling(self._plan, self._scope, self._keywords())
        keywords: list[ImportKeyword] = []
        for site in layout.imported:
            if not site.has_class:
                continue
            for key in part.imports(site):
                text = self._interface(site, key, spell)
                default = _LEFT_OUT if is_native(key.wit) else _HTTP if is_native_http(key.wit) else ""
                if default:
                    text = f"{self._scope.helper('NotRequired')}[{text} | None]"
                keywords.append(ImportKeyword(key.python, text, f"An implementation of `{key.wit}`.{default}"))
        for resource in layout.resources:
            if part.has(resource):
                docs = f"The class of resource `{resource.name}`."
                keywords.append(ImportKeyword(layout.resource_keys[resource], self._resource(resource, spell), docs))
        for item in part.import_functions:
            docs = keyword_docs(self._plan, item.function, layout.names)
            keywords.append(ImportKeyword(item.python, self._function(item, spell), docs))
        generic = self._scope.helper("Generic") if spell.variables else ""
        return ImportsClass(part.imports_class, generic, ", ".join(spell.variables), tuple(keywords))

    def _keywords(self) -> set[str]:
        """The keys of the typed dictionary, which hide builtins in its class."""
        layout, part = self._plan.layout, self._part
        interfaces = {key.python for site in layout.imported for key in part.imports(site)}
        return {*interfaces, *layout.resource_keys.values(), *(item.python for item in part.import_functions)}

    def _interface(self, site: Site, key: Key, spell: KeywordSpelling) -> str:
        assert site.import_path is not None
        generics = self._plan.generics
        like = site.names.supplied_class if generics.factories(site) else site.names.own_class
        name = self._scope.foreign(site.import_path, like)
        params = generics.interface(site)
        if key is canonical_key(site.imports, site):
            return name + arguments([spell.resource(r) for r in params])
        separate = {r: spell.separate(key.python, r) for r in site.resources}
        return name + arguments([separate.get(r) or spell.resource(r) for r in params])

    def _resource(self, resource: Resource, spell: KeywordSpelling) -> str:
        generics = self._plan.generics
        if not generics.makers(resource):
            return f"type[{spell.resource(resource)}]"
        name = self._scope.foreign(TYPES, self._plan.layout.names.factories[resource])
        return name + arguments([spell.resource(r) for r in generics.factory(resource)])

    def _function(self, item: WorldFunction, spell: KeywordSpelling) -> str:
        function = item.function
        params = ", ".join(annotation(param.type, spell) for param in function.params)
        result = annotation(returned(function), spell, wide=True)
        if function.is_async:
            result = f"{self._scope.helper('Awaitable')}[{result}]"
        return f"{self._scope.helper('Callable')}[[{params}], {result}]"

    # What it exports --------------------------------------------------------------------------------------------------

    def _exports(self) -> Iterator[Export]:
        for site in self._plan.layout.exported:
            if not site.has_class or not self._part.exports(site):
                continue
            assert site.export_path is not None
            interface = self._scope.foreign(site.export_path, site.names.own_class)
            for key in self._part.exports(site):
                yield Export(key.python, interface, self._links.by_key[key.python])

    def _functions(self) -> Iterator[ExportedFunction]:
        layout = self._plan.layout
        spell = ExportSpelling(self._plan, self._scope, self._members)
        attributes = {key.python for site in layout.exported for key in self._part.exports(site)}
        for item in self._part.export_functions:
            twin = ""
            if item.function.is_async:
                twin = _free(layout.names.blocking[item.function], attributes)
            yield from exported_function(spell, layout.names, item.function, self._part.own_class, item.python, twin)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name
