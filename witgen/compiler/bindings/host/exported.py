"""The module of an exported interface: what the component gives, as classes with thin methods.

A resource becomes a handle class and a factory object; the interface a class that holds a link to the instance. Where
the interface is imported too, the value types are those of the imported side, and the classes say that they implement
its Protocols, so that one component's export can be another's import.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from ....component.items import Constructor, Freestanding, Function, Method, Static
from ....component.types import Alias, Enum, Flags, Record, Resource, TypeDefinition, Variant
from ...emit.pymodel import PyAssign, PyClass, PyEnum, PyField, PyFunction, PyItem, PyModule, PyParam
from ..annotations import annotation
from ..docs import docstring
from ..imports import sorted_names
from .annotations import ExportSpelling, Plan, arguments, export_path
from .definitions import Definitions, is_offered
from .functions import deprecation, function_docs, interface_docs, module_docs
from .layout import ABI, Site
from .names import Names
from .scope import ModuleScope
from .type_traits import returned, used


def plan_exported(plan: Plan, site: Site, link: str) -> PyModule:
    """The module of what the component gives for `site`; `link` is its class in `_abi`."""
    return _Exports(plan, site, link).module()


class _Exports:
    def __init__(self, plan: Plan, site: Site, link: str) -> None:
        path = site.export_path
        assert path is not None
        self._plan = plan
        self._site = site
        self._path = path
        self._names = site.names
        self._scope = ModuleScope(path, frozenset(site.names.module), site.names.members)
        self._values = Definitions(plan, self._scope, site.names, exported=True)
        self._offered: list[str] = []
        self._link = link
        self._ahead = set(site.resources)
        """The handle classes that the module has not defined yet: bases name them as strings."""

    def module(self) -> PyModule:
        site = self._site
        listed = [d for d in site.interface.types.values() if is_offered(self._plan, d, exported=True)]
        for definition in listed:
            self._offer(definition)
        items = [item for definition in listed for item in self._items(definition)]
        if site.has_class:
            items.append(self._interface())
        self._offered += [i.name for i in items if isinstance(i, PyClass | PyEnum)]
        checking = self._scope.checking_blocks()
        return PyModule(
            f"{'/'.join(self._path)}.py",
            module_docs(site, self._title()),
            self._scope.blocks(),
            checking,
            sorted_names(self._offered),
            tuple(items),
        )

    def _title(self) -> str:
        keys = " or ".join(f"`app.{key.python}`" for key in self._site.exports)
        text = f"Exported interface `{self._site.title}`"
        if self._site.has_class:
            text += f", reached as {keys}"
            if self._site.import_path is not None:
                text += "; may be passed as an import"
        return f"{text}."

    # Types ------------------------------------------------------------------------------------------------------------

    @property
    def _is_imported(self) -> bool:
        return self._site.import_path is not None

    def _offer(self, definition: TypeDefinition) -> None:
        """Import what is defined elsewhere: taken by `use`, or at home on the imported side."""
        name = self._names.types[definition]
        self._offered.append(name)
        target = used(definition)
        if target is not None:
            path = export_path(self._plan.layout, target) if self._plan.traits.resources(target) else None
            home = self._plan.layout.home(target)
            self._scope.claim(path or home, self._plan.layout.names_of(target).types[target], name)
            return
        if not self._is_imported:
            return
        if not self._plan.traits.resources(definition):
            self._reoffer(name)
            if definition in self._names.errors:
                self._reoffer(self._names.errors[definition])
        if isinstance(definition, Variant):
            for case in self._names.cases[definition]:
                self._reoffer(case)

    def _reoffer(self, name: str) -> None:
        assert self._site.import_path is not None
        self._scope.claim(self._site.import_path, name)
        self._offered.append(name)

    def _items(self, definition: TypeDefinition) -> list[PyItem]:
        if isinstance(definition, Resource):
            return self._resource(definition)
        if self._is_imported and not (isinstance(definition, Alias) and self._plan.traits.resources(definition)):
            return self._specialised(definition)
        match definition:
            case Record():
                return self._values.record(definition)
            case Variant():
                return self._values.variant(definition)
            case Enum():
                return self._values.enum(definition)
            case Flags():
                return self._values.flags(definition)
            case Alias():
                return self._values.alias(definition)
            case _:
                assert_never(definition)

    def _specialised(self, definition: TypeDefinition) -> list[PyItem]:
        """A generic class of the imported side, for this side's handles."""
        held = self._plan.traits.resources(definition)
        if not held:
            return []
        spell = ExportSpelling(self._plan, self._scope)
        name = self._names.types[definition]
        value = f"{self._imported()}.{name}" + arguments([spell.resource(r) for r in held])
        return [PyAssign(name, value), *self._values.error(definition)]

    def _imported(self) -> str:
        assert self._site.import_path is not None
        return self._scope.module(self._site.import_path, "_imported")

    # Classes ----------------------------------------------------------------------------------------------------------

    def _base(self, name: str, held: Iterable[Resource]) -> tuple[str, ...]:
        if not self._is_imported:
            return ()
        spell = ExportSpelling(self._plan, self._scope)
        texts = [f'"{spell.resource(r)}"' if r in self._ahead else spell.resource(r) for r in held]
        return (f"{self._imported()}.{name}" + arguments(texts),)

    def _resource(self, resource: Resource) -> list[PyItem]:
        generics = self._plan.generics
        name = self._names.types[resource]
        functions = generics.methods(resource)
        bases = (
            self._scope.helper("Handle"),
            *self._base(name, generics.protocol(resource) if self._is_imported else ()),
        )
        link = self._link_class()
        methods = self._methods(functions)
        if all(self._names.functions[function] != "close" for function in functions):
            methods.append(
                PyFunction(
                    "close",
                    (PyParam("self"),),
                    "None",
                    "Drop the handle; `with` does so too.",
                    body=("self.__exit__()",),
                )
            )
        docs = docstring(resource.docs, resource.stability)
        items: list[PyItem] = [PyClass(name, bases, docs, fields=(PyField("_link", link),), methods=tuple(methods))]
        self._ahead.remove(resource)
        makers = generics.makers(resource)
        if makers:
            factory = self._names.factories[resource]
            bases = self._base(factory, generics.factory(resource) if self._is_imported else ())
            keys = " or ".join(f"`app.{key.python}.{name}`" for key in self._site.exports)
            docs = f"{keys}: makes `{name}` handles in that instance."
            init = self._init(link)
            items.append(PyClass(factory, bases, docs, methods=(init, *self._methods(makers, factory))))
        return items

    def _link_class(self) -> str:
        """The class of the link, for type checkers: as an attribute, so that the module itself has no such name."""
        return f"{self._scope.module(ABI, ABI[-1], checking=True)}.{self._link}"

    def _init(self, link: str, *statements: str) -> PyFunction:
        params = (PyParam("self"), PyParam("link", link), PyParam("/"))
        return PyFunction("__init__", params, "None", body=("self._link = link", *statements))

    def _interface(self) -> PyClass:
        site = self._site
        generics = self._plan.generics
        link = self._link_class()
        made = [r for r in site.resources if generics.makers(r)]
        init = self._init(link, *(f"self.{self._names.types[r]} = {self._names.factories[r]}(link)" for r in made))
        bases = self._base(self._names.own_class, generics.interface(site) if self._is_imported else ())
        functions = self._methods(site.interface.freestanding(), self._names.own_class)
        docs = interface_docs(site, f"The export `{site.title}` of the component.")
        return PyClass(self._names.own_class, bases, docs, methods=(init, *functions))

    def _methods(self, functions: Sequence[Function], owner: str = "") -> list[PyFunction]:
        """The methods for functions; `owner` is their class, where an object of it serves one instance."""
        members = frozenset(self._names.functions[function] for function in functions)
        spell = ExportSpelling(self._plan, self._scope, members)
        methods: list[PyFunction] = []
        for function in functions:
            methods.append(self._method(function, spell, owner, is_async=function.is_async))
            if function.is_async:
                methods.append(self._method(function, spell, owner, is_async=False))
        return methods

    def _method(self, function: Function, spell: ExportSpelling, owner: str, *, is_async: bool) -> PyFunction:
        """A method; not `is_async` for an async function is its blocking twin."""
        given = list(zip(self._names.parameters[function], function.params, strict=True))
        twin = function.is_async and not is_async
        attribute = (blocking_attribute if twin else link_attribute)(self._names, function)
        if isinstance(function.kind, Method):
            given = given[1:]
        passed = ["self"] if isinstance(function.kind, Method) else []
        passed += [name for name, _ in given]
        name = self._names.blocking[function] if twin else self._names.functions[function]
        marks = deprecation(self._scope, function.stability)
        is_replaced = owner and not is_async and not marks and not isinstance(function.kind, Constructor)
        call = linked(self._scope, attribute, passed, f"{owner}.{name}" if is_replaced else "")
        result = returned(function)
        if is_async:
            call = f"await {call}"
        return PyFunction(
            name,
            (PyParam("self"), *(PyParam(name, annotation(p.type, spell, wide=True)) for name, p in given)),
            annotation(result, spell),
            function_docs(self._plan, function, self._names, exported=True),
            marks,
            is_async,
            (call if result is None else f"return {call}",),
        )


def linked(scope: ModuleScope, attribute: str, passed: Iterable[str], method: str = "") -> str:
    """The call of a link's function; after the first one the function takes the place of `method` in the object.

    Not of a deprecated one: its name may be used nowhere, says pyright, not even in its own body.
    """
    function = f"self._link.{attribute}"
    if method:
        function = f"{scope.hidden_helper('bound')}(self, {method}, {function})"
    return f"{function}({', '.join(passed)})"


def blocking_attribute(names: Names, function: Function) -> str:
    """The attribute of a link class for the blocking twin of an async function."""
    name = names.blocking[function]
    match function.kind:
        case Method(resource) | Static(resource) | Constructor(resource):
            return f"{names.types[resource]}_{name}"
        case Freestanding():
            return name


def link_attribute(names: Names, function: Function) -> str:
    """The attribute of a link class for `function`: `total`, `Circle` (constructor), `Circle_area`."""
    name = names.functions[function]
    match function.kind:
        case Constructor(resource):
            return names.types[resource]
        case Method(resource) | Static(resource):
            return f"{names.types[resource]}_{name}"
        case Freestanding():
            return f"{name}_" if name == "instance" else name  # a link has an attribute of that name
