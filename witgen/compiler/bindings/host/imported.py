"""The module of an imported interface: value types, and the Protocols that the user implements.

A resource becomes a Protocol of its methods and a factory Protocol of its constructor and statics; the interface
becomes a Protocol that is generic over type variables, which stand for the user's classes. Parameters are positional-only,
because the runtime calls by position and users may rename.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import assert_never

from ....component.items import Function, Method
from ....component.types import Alias, Enum, Flags, Record, Resource, TypeDefinition, Variant
from ....dataclass import replace
from ...emit.host_modules import ImplementedInterface, ImportedInterface, Protocol, SuppliedInterface
from ...emit.pymodel import Printed, PyClass, PyEnum, PyField, PyFunction, PyParam
from ..annotations import annotation
from ..docs import docstring, respelled
from ..imports import sorted_names
from .annotations import ImportSpelling, Plan, arguments
from .definitions import Definitions, is_offered
from .functions import deprecation, function_docs, interface_docs, module_docs
from .generics import Params
from .layout import Site
from .names import Names
from .scope import ModuleScope
from .type_traits import returned, used

_DROPPED = "`__exit__`, if you define it, is called when the component drops the object."


def plan_imported(plan: Plan, site: Site) -> ImportedInterface:
    """The module of what the user implements for `site`."""
    path = site.import_path
    assert path is not None
    scope = ModuleScope(path, frozenset(site.names.module), site.names.members)
    writer = Protocols(plan, scope, site.names)
    items = writer.definitions(site.interface.types.values())
    exported = [*writer.offered]
    interface: ImplementedInterface | None = None
    supplied: SuppliedInterface | None = None
    if site.has_class:
        interface = _interface(writer, site)
        exported.append(interface.name)
        if plan.generics.factories(site):
            supplied = _supplied(writer, site)
            exported.append(supplied.name)
    title = f"Interface `{site.title}`, which the world imports."
    docs = module_docs(site, title)
    return ImportedInterface(
        f"{'/'.join(path)}.py",
        docs,
        scope.blocks(),
        exported=sorted_names(exported),
        items=tuple(items),
        interface=interface,
        supplied=supplied,
    )


def _interface(writer: Protocols, site: Site) -> ImplementedInterface:
    params = writer.plan.generics.interface(site)
    docs = interface_docs(site, _how_to_implement(writer.plan, site, params))
    base, methods = writer.abstract(params, site.interface.freestanding())
    return ImplementedInterface(site.names.own_class, base, docs, writer.factories(site, params), methods)


def _supplied(writer: Protocols, site: Site) -> SuppliedInterface:
    """The Protocol of what is passed: as the class of the interface, but its factories are only read.

    A plain class fits it whose factory is a method, a property or a class attribute. It is a Protocol of its own because
    pyright lets no subclass set an attribute that its base has as a property.
    """
    params = writer.plan.generics.supplied(site)
    functions = site.interface.freestanding()
    prop = writer.scope.builtin("property", frozenset(writer.names.functions[f] for f in functions))
    docs = f"Any object with the members of `{site.names.own_class}`; its factories may be methods or properties."
    factories = writer.factories(site, params)
    base, methods = writer.abstract(params, functions)
    return SuppliedInterface(
        site.names.supplied_class,
        base,
        docs,
        factories,
        tuple(replace(method, docstring="") for method in methods),
        prop,
        writer.scope.helper("abstractmethod"),
    )


def _how_to_implement(plan: Plan, site: Site, params: Params) -> str:
    keys = " or ".join(f"`{key.python}=`" for key in site.imports)
    mine = [f"My{plan.layout.names_of(resource).types[resource]}" for resource in params]
    verb = f"Subclass `{site.names.own_class}{arguments(mine)}`" if mine else f"Implement `{site.names.own_class}`"
    return "\n".join(textwrap.wrap(f"{verb} and pass it as {keys}.", 80, break_long_words=False))


class Protocols:
    """Writes the definitions of one interface, or of the world, as what the user implements."""

    def __init__(self, plan: Plan, scope: ModuleScope, names: Names) -> None:
        self.plan = plan
        self.scope = scope
        self.names = names
        self.offered: list[str] = []
        self._values = Definitions(plan, scope, names, exported=False)

    def definitions(self, definitions: Iterable[TypeDefinition]) -> list[Printed]:
        """The items of `definitions`, in order. Types that they take by `use` are imported and re-exported."""
        listed = [d for d in definitions if is_offered(self.plan, d, exported=False)]
        for definition in listed:
            self._offer(definition)
        return [item for definition in listed for item in self._items(definition)]

    def _offer(self, definition: TypeDefinition) -> None:
        name = self.names.types[definition]
        target = used(definition)
        if target is not None:
            self.scope.claim(self.plan.layout.home(target), self.plan.layout.names_of(target).types[target], name)
        self.offered.append(name)

    def _items(self, definition: TypeDefinition) -> Sequence[Printed]:
        items: Sequence[Printed]
        match definition:
            case Record():
                items = self._values.record(definition)
            case Variant():
                items = self._values.variant(definition)
            case Enum():
                items = self._values.enum(definition)
            case Flags():
                items = self._values.flags(definition)
            case Alias():
                items = self._values.alias(definition)
            case Resource():
                items = self._resource(definition)
            case _:
                assert_never(definition)
        self.offered += [
            i.name for i in items if isinstance(i, PyClass | PyEnum | Protocol) and i.name not in self.offered
        ]
        return items

    def _resource(self, resource: Resource) -> list[Printed]:
        generics = self.plan.generics
        name = self.names.types[resource]
        docs = respelled(resource.docs, self.names.doc_names) or f"The resource `{resource.name}`, which you implement."
        docs = docstring(docs, resource.stability, (_DROPPED,))
        items: list[Printed] = [
            self.protocol(name, generics.protocol(resource), generics.methods(resource), docs, resource)
        ]
        if generics.makers(resource):
            params = generics.factory(resource)
            docs = f"What makes `{name}` objects: a class with these members."
            items.append(self.protocol(self.names.factories[resource], params, generics.makers(resource), docs))
        return items

    def factory_type(self, resource: Resource, variables: Params) -> str:
        """The factory Protocol of `resource`, for the variables of an interface."""
        spell = ImportSpelling(self.plan, self.scope, variances=variables)
        return self.names.factories[resource] + arguments(
            [spell.resource(r) for r in self.plan.generics.factory(resource)]
        )

    def factories(self, site: Site, params: Params) -> tuple[PyField, ...]:
        """The attributes of an implementation of an interface that make its resources."""
        return tuple(
            PyField(site.names.types[r], self.factory_type(r, params)) for r in self.plan.generics.factories(site)
        )

    def protocol(
        self, name: str, params: Params, functions: Iterable[Function], docs: str, own: Resource | None = None
    ) -> Protocol:
        """A Protocol with abstract methods, generic over `params`; `own` is the resource that the methods belong to."""
        base, methods = self.abstract(params, functions, own)
        return Protocol(name, base, docs, methods)

    def abstract(
        self, params: Params, functions: Iterable[Function], own: Resource | None = None
    ) -> tuple[str, tuple[PyFunction, ...]]:
        """The base class and the abstract methods of a Protocol."""
        functions = tuple(functions)
        members = frozenset(self.names.functions[function] for function in functions)
        spell = ImportSpelling(self.plan, self.scope, members, variances=params, own=own)
        base = self.scope.helper("Protocol") + arguments([spell.resource(r) for r in params])
        return base, tuple(self._method(function, spell) for function in functions)

    def _method(self, function: Function, spell: ImportSpelling) -> PyFunction:
        names = self.names.parameters[function]
        given = list(zip(names, function.params, strict=True))
        if isinstance(function.kind, Method):
            given = given[1:]
        return PyFunction(
            self.names.functions[function],
            tuple(PyParam(name, annotation(p.type, spell)) for name, p in given),
            annotation(returned(function), spell, wide=True),
            function_docs(self.plan, function, self.names, exported=False),
            (*deprecation(self.scope, function.stability), self.scope.helper("abstractmethod")),
            function.is_async,
        )
