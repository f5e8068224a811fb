"""The module of an exported interface: what the component gives, as classes with thin methods.

A resource becomes a handle class and a factory object; the interface a class that holds a link to the instance. Where
the interface is imported too, the value types are those of the imported side, and the classes say that they implement
its Protocols, so that one component's export can be another's import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from ....component.items import Constructor, Freestanding, Function, Method, Static
from ....component.types import Alias, Enum, Flags, Record, Resource, TypeDefinition, Variant
from ....dataclass import replace
from ...emit.host_modules import (
    ExportedFunction,
    ExportedInterface,
    FactoryAttribute,
    HandleClass,
    HandleFactory,
    InterfaceClass,
)
from ...emit.pymodel import Printed, PyAssign, PyClass, PyEnum, PyItem, PyParam
from ..annotations import annotation
from ..docs import docstring, respelled
from ..imports import sorted_names
from .annotations import ExportSpelling, Plan, arguments, export_path
from .definitions import Definitions, is_offered
from .functions import deprecation, function_docs, interface_docs, module_docs
from .layout import ABI, Site
from .names import Names
from .scope import ModuleScope
from .type_traits import returned, used


def plan_exported(plan: Plan, site: Site, link: str) -> ExportedInterface:
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

    def module(self) -> ExportedInterface:
        site = self._site
        listed = [d for d in site.interface.types.values() if is_offered(self._plan, d, exported=True)]
        for definition in listed:
            self._offer(definition)
        items = [item for definition in listed for item in self._items(definition)]
        interface = self._interface() if site.has_class else None
        self._offered += [i.name for i in items if isinstance(i, PyClass | PyEnum | HandleClass | HandleFactory)]
        if interface is not None:
            self._offered.append(interface.name)
        checking = self._scope.checking_blocks()
        return ExportedInterface(
            f"{'/'.join(self._path)}.py",
            module_docs(site, self._title()),
            self._scope.blocks(),
            checking,
            sorted_names(self._offered),
            tuple(items),
            interface,
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

    def _items(self, definition: TypeDefinition) -> Sequence[Printed]:
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

    def _base(self, name: str, held: Iterable[Resource]) -> str:
        """The class of the imported side, for this side's handles; empty where the interface is not imported."""
        if not self._is_imported:
            return ""
        spell = ExportSpelling(self._plan, self._scope)
        texts = [f'"{spell.resource(r)}"' if r in self._ahead else spell.resource(r) for r in held]
        return f"{self._imported()}.{name}" + arguments(texts)

    def _resource(self, resource: Resource) -> Sequence[Printed]:
        generics = self._plan.generics
        name = self._names.types[resource]
        functions = generics.methods(resource)
        docs = respelled(resource.docs, self._names.doc_names)
        docs = docs or f"The resource `{resource.name}`, which the component implements."
        handle = self._scope.helper("Handle")
        base = self._base(name, generics.protocol(resource)) if self._is_imported else ""
        items: list[Printed] = [
            HandleClass(
                name,
                (handle, base) if base else (handle,),
                docstring(docs, resource.stability),
                self._link_class(),
                self._functions(functions),
                all(self._names.functions[function] != "close" for function in functions),
            )
        ]
        self._ahead.remove(resource)
        makers = generics.makers(resource)
        if makers:
            factory = self._names.factories[resource]
            keys = " or ".join(f"`app.{key.python}.{name}`" for key in self._site.exports)
            items.append(
                HandleFactory(
                    factory,
                    self._base(factory, generics.factory(resource)) if self._is_imported else "",
                    f"{keys}: makes `{name}` handles in that instance.",
                    self._link_class(),
                    self._functions(makers, factory),
                )
            )
        return items

    def _link_class(self) -> str:
        """The class of the link, for type checkers: as an attribute, so that the module itself has no such name."""
        return f"{self._scope.module(ABI, ABI[-1], checking=True)}.{self._link}"

    def _interface(self) -> InterfaceClass:
        site = self._site
        generics = self._plan.generics
        name = self._names.own_class
        made = [r for r in site.resources if generics.makers(r)]
        return InterfaceClass(
            name,
            self._base(name, generics.interface(site)) if self._is_imported else "",
            interface_docs(site, f"The export `{site.title}` of the component."),
            self._link_class(),
            tuple(FactoryAttribute(self._names.types[r], self._names.factories[r]) for r in made),
            self._functions(site.interface.freestanding(), name),
        )

    def _functions(self, functions: Sequence[Function], owner: str = "") -> tuple[ExportedFunction, ...]:
        """The methods for functions; `owner` is their class, where an object of it serves one instance."""
        members = frozenset(self._names.functions[function] for function in functions)
        spell = ExportSpelling(self._plan, self._scope, members)
        return tuple(
            method for function in functions for method in exported_function(spell, self._names, function, owner)
        )


def exported_function(
    spell: ExportSpelling, names: Names, function: Function, owner: str, python: str = "", twin: str = ""
) -> Iterator[ExportedFunction]:
    """The method that calls `function`, and for an async one its blocking twin.

    Args:
        spell: how its annotations are spelled.
        names: the names of what it belongs to.
        function: what to call.
        owner: the class of the method, where an object of it serves one instance: then the function takes the place of
            the method in the object. Not of a deprecated one, whose name may be used nowhere, says pyright, not even in
            its own body.
        python: the name of the method, if not that in `names`.
        twin: the name of the blocking twin, likewise.
    """
    kind = function.kind
    given = list(zip(names.parameters[function], function.params, strict=True))[isinstance(kind, Method) :]
    marks = deprecation(spell.scope, function.stability)
    result = returned(function)
    method = ExportedFunction(
        python or names.functions[function],
        tuple(PyParam(name, annotation(p.type, spell, wide=True)) for name, p in given),
        annotation(result, spell),
        function_docs(spell.plan, function, names, exported=True),
        marks,
        function.is_async,
        result is not None,
        link_attribute(names, function),
        (*(("self",) if isinstance(kind, Method) else ()), *(name for name, _ in given)),
    )
    bound = spell.scope.hidden_helper("bound") if owner and not marks and not isinstance(kind, Constructor) else ""
    blocking = replace(method, is_async=False, bound=bound, owner=owner)
    if function.is_async:
        yield method
        attribute = blocking_attribute(names, function)
        yield replace(blocking, name=twin or names.blocking[function], attribute=attribute)
    else:
        yield blocking


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
