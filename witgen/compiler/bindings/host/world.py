"""The modules of the worlds themselves: `_types` (their types) and `_world` (of each its class, and that of a prepared component)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ....component.linker_names import is_native, is_native_http
from ....component.types import Resource
from ...emit.pymodel import PyClass, PyFunction, PyItem, PyModule, PyParam
from ..annotations import annotation
from ..docs import docstring
from ..imports import sorted_names
from .abi import Links
from .annotations import ExportSpelling, FunctionSpelling, Plan, arguments
from .exported import blocking_attribute, link_attribute, linked
from .functions import argument_docs, deprecation, function_docs
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
    return writer.module(TYPES, docstring(docs), items, writer.offered)


def named(joint: Joint) -> str:
    """How docs call the worlds."""
    ids = " and ".join(f"`{world.id}`" for world in joint.worlds)
    return f"world {ids}" if len(joint.worlds) == 1 else f"worlds {ids}"


def plan_world(plan: Plan, links: Links) -> PyModule:
    """The module of the classes of all worlds."""
    layout = plan.layout
    parts = layout.parts
    classes = sorted_names([name for part in parts for name in (part.own_class, part.pre_class)])
    members = {"__init__", "prepare", "instantiate", "close"}
    members.update(f.python for part in parts for f in part.export_functions)
    scope = ModuleScope(WORLD, {*classes, "_abi"}, frozenset(members))
    scope.module(("_abi",), "_abi")
    items = [item for part in parts for item in _World(plan, links, part, scope).classes()]
    text = f"The classes of {named(layout.joint)}, which the package offers under its own name."
    return PyModule("_world.py", text, scope.blocks(), exported=classes, items=tuple(items))


_LEFT_OUT = " Defaults to wasmtime's."
_HTTP = " Defaults to wasmtime's with `http=True`."


class _World:
    """The classes of one world."""

    def __init__(self, plan: Plan, links: Links, part: Part, scope: ModuleScope) -> None:
        self._plan = plan
        self._links = links
        self._part = part
        self._name = part.own_class
        self._pre = part.pre_class
        self._members = frozenset(
            ("__init__", "prepare", "instantiate", "close", *(f.python for f in part.export_functions))
        )
        self._scope = scope
        keywords = {param.name for param in self._keywords(())}
        self._store = _free("store", keywords)
        self._component = _free("component", keywords)

    def classes(self) -> list[PyItem]:
        """The world's class, and that of a component prepared for it."""
        return [self._world_class(), self._pre_class()]

    # The signature of `instantiate` -----------------------------------------------------------------------------------

    def _keywords(self, members: Iterable[str]) -> list[PyParam]:
        """One keyword for each import: required ones first, each group in the world's order."""
        layout = self._plan.layout
        spell = FunctionSpelling(self._plan, self._scope, frozenset(members))
        required: list[PyParam] = []
        optional: list[PyParam] = []
        for site in layout.imported:
            if not site.has_class:
                continue
            for key in self._part.imports(site):
                text = self._interface(site, key, spell)
                if is_native(key.wit) or is_native_http(key.wit):
                    optional.append(PyParam(key.python, f"{text} | None", "None"))
                else:
                    required.append(PyParam(key.python, text))
        own = [r for r in layout.resources if self._part.has(r)]
        required += [PyParam(layout.resource_keys[r], self._resource(r, spell)) for r in own]
        required += [PyParam(f.python, self._function(f, spell)) for f in self._part.import_functions]
        return required + optional

    def _interface(self, site: Site, key: Key, spell: FunctionSpelling) -> str:
        assert site.import_path is not None
        generics = self._plan.generics
        like = site.names.supplied_class if generics.factories(site) else site.names.own_class
        name = self._scope.foreign(site.import_path, like)
        params = generics.interface(site)
        if key is canonical_key(site.imports, site):
            return name + arguments([spell.resource(r) for r in params])
        separate = {r: self._plan.separate_variable(self._scope, key.python, r) for r in site.resources}
        return name + arguments([separate.get(r) or spell.resource(r) for r in params])

    def _resource(self, resource: Resource, spell: FunctionSpelling) -> str:
        generics = self._plan.generics
        if not generics.makers(resource):
            return f"type[{spell.resource(resource)}]"
        name = self._scope.foreign(TYPES, self._plan.layout.names.factories[resource])
        return name + arguments([spell.resource(r) for r in generics.factory(resource)])

    def _function(self, item: WorldFunction, spell: FunctionSpelling) -> str:
        function = item.function
        params = ", ".join(annotation(param.type, spell) for param in function.params)
        result = annotation(returned(function), spell, wide=True)
        if function.is_async:
            result = f"{self._scope.helper('Awaitable')}[{result}]"
        return f"{self._scope.helper('Callable')}[[{params}], {result}]"

    def _instantiate_docs(self, component: str) -> str:
        """What each keyword is; the docs of imported functions are nowhere else."""
        layout = self._plan.layout
        lines = [
            f"{key.python}: An implementation of `{key.wit}`.{_LEFT_OUT if is_native(key.wit) else _HTTP if is_native_http(key.wit) else ''}"
            for site in layout.imported
            if site.has_class
            for key in self._part.imports(site)
        ]
        own = [r for r in layout.resources if self._part.has(r)]
        lines += [f"{layout.resource_keys[r]}: The class of resource `{r.name}`." for r in own]
        for item in self._part.import_functions:
            docs = argument_docs(self._plan, item.function, layout.names).split("\n")
            first = f"{item.python}: Function `{item.function.name}`."
            lines += [f"{first} {docs[0]}".rstrip(), *(f"    {line}".rstrip() for line in docs[1:])]
        text = f"Instantiate {component} in `{self._store}`."
        return "\n".join([text, "", "Args:", *(f"    {line}".rstrip() for line in lines)]) if lines else text

    def _settings(self, members: frozenset[str]) -> list[PyParam]:
        return [
            PyParam("limits", f"{self._scope.helper('Limits')} | None", "None"),
            PyParam("wasi", f"{self._scope.helper('WasiConfig')} | None", "None"),
            PyParam("http", self._scope.builtin("bool", members), "False"),
        ]

    # Classes ----------------------------------------------------------------------------------------------------------

    def _world_class(self) -> PyClass:
        world = self._part.world
        methods = [self._init(), self._prepare(), self._instantiate(), self._close()]
        spell = ExportSpelling(self._plan, self._scope, self._members)
        for item in self._part.export_functions:
            methods.append(self._export(item, spell, item.python, is_async=item.function.is_async))
            if item.function.is_async:
                methods.append(self._export(item, spell, self._blocking(item), is_async=False))
        first = f"World `{world.id}`: an instance of a component that fits it."
        docs = f"{first}\n\n{world.docs}" if world.docs and world.docs.strip() else first
        return PyClass(self._name, docstring=docstring(docs, world.stability), methods=tuple(methods))

    def _init(self) -> PyFunction:
        layout = self._plan.layout
        body = ["self._instance = instance"]
        if self._part.export_functions:
            body.append(f"self._link = instance.link(_abi.{self._links.of_world(self._part)})")
        for site in layout.exported:
            if not site.has_class or not self._part.exports(site):
                continue
            assert site.export_path is not None
            cls = self._scope.foreign(site.export_path, site.names.own_class)
            body += [
                f"self.{k.python} = {cls}(instance.link(_abi.{self._links.by_key[k.python]}))"
                for k in self._part.exports(site)
            ]
        params = (PyParam("self"), PyParam("instance", self._scope.helper("Instance")), PyParam("/"))
        return PyFunction("__init__", params, "None", body=tuple(body))

    def _prepare(self) -> PyFunction:
        engine, source = self._scope.helper("Engine"), self._scope.helper("ComponentSource")
        folder = self._scope.helper("FolderPath")
        params = (
            PyParam("engine", engine),
            PyParam("component", source),
            PyParam("/"),
            PyParam("*"),
            PyParam("cache", f"{folder} | None", "None"),
            PyParam("cached_only", self._scope.builtin("bool", self._members), "False"),
            PyParam("isolated", f"{self._scope.helper('Isolation')} | None", "None"),
            PyParam("abi", self._scope.helper("Abi"), '"auto"'),
        )
        docs = (
            "Check once that `component` fits the world, for instances in many stores and threads.\n\n"
            "Args:\n"
            "    engine: The engine of the stores; see `witgen.runtime.engine`.\n"
            "    component: A path, bytes, or a `Component`.\n"
            "    cache: A folder in which compiled code is kept.\n"
            "    cached_only: Take code from `cache` only, and compile nothing.\n"
            "    isolated: Compile in a process of its own, within these bounds.\n"
            "    abi: Who carries the values: `wasmtime`'s component API, `witgen`'s engine, or the choice of `auto`.\n\n"
            "Raises:\n"
            "    ComponentMismatchError: The component does not fit; the error lists all that differs."
        )
        given = f"engine, component, _abi.{self._links.table(self._part)}, cache, cached_only, isolated, abi"
        body = f"return {self._pre}({self._scope.helper('Prepared')}({given}))"
        return PyFunction("prepare", params, self._pre, docs, (self._static(),), body=(body,))

    def _static(self) -> str:
        return self._scope.builtin("staticmethod", self._members)

    def _instantiate(self) -> PyFunction:
        keywords = [*self._keywords(self._members), *self._settings(self._members)]
        params = (
            PyParam(self._store, self._scope.helper("Store")),
            PyParam(self._component, self._scope.helper("ComponentSource")),
            PyParam("/"),
            PyParam("*"),
            *keywords,
        )
        passed = "".join(f", {param.name}={param.name}" for param in keywords)
        body = (
            f"return {self._name}.prepare({self._store}.engine, {self._component}).instantiate({self._store}{passed})"
        )
        docs = self._instantiate_docs(f"`{self._component}`")
        return PyFunction("instantiate", params, self._name, docs, (self._static(),), body=(body,))

    def _close(self) -> PyFunction:
        docs = "Let go of the objects that the component still holds. The store stays open."
        return PyFunction("close", (PyParam("self"),), "None", docs, body=("self._instance.close()",))

    def _blocking(self, item: WorldFunction) -> str:
        """The name of the blocking twin, which no attribute of the class may have."""
        part = self._part
        taken = {key.python for site in self._plan.layout.exported for key in part.exports(site)}
        return _free(self._plan.layout.names.blocking[item.function], taken)

    def _export(self, item: WorldFunction, spell: ExportSpelling, python: str, *, is_async: bool) -> PyFunction:
        function = item.function
        names = self._plan.layout.names
        params = list(zip(names.parameters[function], function.params, strict=True))
        attribute = (blocking_attribute if function.is_async and not is_async else link_attribute)(names, function)
        marks = deprecation(self._scope, function.stability)
        method = "" if is_async or marks else f"{self._name}.{python}"
        call = linked(self._scope, attribute, (name for name, _ in params), method)
        result = returned(function)
        if is_async:
            call = f"await {call}"
        return PyFunction(
            python,
            (PyParam("self"), *(PyParam(name, annotation(p.type, spell, wide=True)) for name, p in params)),
            annotation(result, spell),
            function_docs(self._plan, function, names, exported=True),
            marks,
            is_async,
            (call if result is None else f"return {call}",),
        )

    def _pre_class(self) -> PyClass:
        init = PyFunction(
            "__init__",
            (PyParam("self"), PyParam("prepared", self._scope.helper("Prepared")), PyParam("/")),
            "None",
            body=("self._prepared = prepared",),
        )
        keywords = self._keywords(())
        settings = self._settings(frozenset())
        params = (
            PyParam("self"),
            PyParam(self._store, self._scope.helper("Store")),
            PyParam("/"),
            PyParam("*"),
            *keywords,
            *settings,
        )
        given = self._given(keywords)
        body = f"return {self._name}(self._prepared.instantiate({self._store}, {given}, limits, wasi, http))"
        docs = f"Instantiate the component in `{self._store}`. The arguments are those of `{self._name}.instantiate`."
        make = PyFunction("instantiate", params, self._name, docs, body=(body,))
        text = f"A component that fits the world, ready to be instantiated; made by `{self._name}.prepare`."
        return PyClass(self._pre, docstring=text, methods=(init, self._needs(), self._abi(), make, self._bind()))

    def _given(self, keywords: Sequence[PyParam]) -> str:
        """The implementations by keyword, as the runtime takes them."""
        return "{" + ", ".join(f'"{param.name}": {param.name}' for param in keywords) + "}"

    def _bind(self) -> PyFunction:
        keywords = self._keywords(())
        http = self._settings(frozenset())[-1]
        docs = (
            f"Check and link the imports once, for many instances: `.instantiate({self._store})` of what is returned.\n\n"
            f"The keywords are those of `{self._name}.instantiate`; the implementations serve all instances."
        )
        return PyFunction(
            "bind",
            (PyParam("self"), PyParam("*"), *keywords, http),
            f"{self._scope.helper('Bound')}[{self._name}]",
            docs,
            body=(f"return self._prepared.bind({self._name}, {self._given(keywords)}, http)",),
        )

    def _abi(self) -> PyFunction:
        docs = "Who carries the values: `wasmtime` or `witgen`."
        property_ = (self._scope.builtin("property", ()),)
        return PyFunction(
            "abi", (PyParam("self"),), self._scope.helper("Abi"), docs, property_, body=("return self._prepared.abi",)
        )

    def _needs(self) -> PyFunction:
        result = f"tuple[{self._scope.helper('Need')}, ...]"
        docs = "What the component imports, each with the keyword of `instantiate` that supplies it."
        body = ("return self._prepared.needs",)
        return PyFunction("needs", (PyParam("self"),), result, docs, (self._scope.builtin("property", ()),), body=body)


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name
