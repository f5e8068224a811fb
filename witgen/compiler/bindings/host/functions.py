"""What generated functions have in common: their docs, and how a deprecation is shown."""

from __future__ import annotations

from ....component.items import Function
from ....component.types import Alias, Enum, Flags, Record, Resource, Stability, TypeDefinition, Variant
from ..annotations import annotation
from ..docs import docstring, raises, respelled
from .annotations import Plan, export_path
from .layout import Path, Site
from .names import Names
from .scope import ModuleScope
from .type_traits import direct_result, error_definition, returned


class _DocSpelling:
    """Spells types in docs: bare names, nothing is imported for them."""

    def __init__(self, plan: Plan) -> None:
        self._layout = plan.layout

    def builtin(self, name: str) -> str:
        return name

    def helper(self, name: str) -> str:
        return name

    def definition(self, definition: Record | Variant | Enum | Flags) -> str:
        return self._layout.names_of(definition).types[definition]

    def alias(self, definition: Alias, wide: bool) -> str | None:
        return self._layout.names_of(definition).types[definition]

    def resource(self, resource: Resource) -> str:
        return self._layout.names_of(resource).types[resource]


def error_class(plan: Plan, definition: TypeDefinition) -> tuple[Path, str] | None:
    """The module and name of the subclass of `Err` that exports raise for `definition`; None where that is `Err`."""
    name = plan.layout.names_of(definition).errors.get(definition)
    if name is None:
        return None
    if not plan.traits.resources(definition):
        return plan.layout.home(definition), name
    path = export_path(plan.layout, definition)
    return None if path is None else (path, name)


def function_docs(plan: Plan, function: Function, names: Names, *, exported: bool) -> str:
    """The docstring of a function: its docs with the names of Python, its gate, and what it raises."""
    raised = _raised(plan, function, exported=exported)
    extra = () if raised is None else (raises(*raised),)
    return docstring(respelled(function.docs, names.in_docs(function)), function.stability, extra)


def keyword_docs(plan: Plan, function: Function, names: Names) -> str:
    """The docstring of the keyword for a function that the world imports: it has no other place for its docs."""
    raised = _raised(plan, function, exported=False)
    extra = () if raised is None else (raises(*raised),)
    docs = respelled(function.docs, names.in_docs(function)) or ""
    return docstring(f"Function `{function.name}`. {docs.strip()}", function.stability, extra)


def _raised(plan: Plan, function: Function, *, exported: bool) -> tuple[str, str | None] | None:
    """The class that a function raises for its errors, and the type of its `value`; None where it has no errors."""
    result = direct_result(function)
    if result is None:
        return None
    definition = error_definition(function)
    named = error_class(plan, definition) if exported and definition is not None else None
    value = None if result.err is None else annotation(result.err, _DocSpelling(plan))
    return "Err" if named is None else named[1], value


def module_docs(site: Site, title: str) -> str:
    """The docstring of an interface's module: a title; what the interface says of itself where no class says it."""
    if site.has_class:
        return docstring(title)
    docs = respelled(site.interface.docs, site.names.doc_names)
    return docstring(f"{title}\n\n{docs}" if docs and docs.strip() else title, site.interface.stability)


def interface_docs(site: Site, text: str) -> str:
    """The docstring of an interface's class: what the interface says of itself, and then `text`."""
    docs, stability = respelled(site.interface.docs, site.names.doc_names), site.interface.stability
    return docstring(docs, stability, (text,)) if docs and docs.strip() else docstring(text, stability)


def deprecation(scope: ModuleScope, stability: Stability | None) -> tuple[str, ...]:
    """The decorator that makes checkers show a deprecation; none where there is none."""
    if stability is None or stability.deprecated is None:
        return ()
    return (f'{scope.helper("deprecated")}("Deprecated since {stability.deprecated}.")',)


def doc_annotation(plan: Plan, function: Function) -> str:
    """How messages call what a function of the world is to be: `Callable[[Config], bool]`."""
    spell = _DocSpelling(plan)
    params = ", ".join(annotation(param.type, spell) for param in function.params)
    result = annotation(returned(function), spell)
    return f"Callable[[{params}], {f'Awaitable[{result}]' if function.is_async else result}]"
