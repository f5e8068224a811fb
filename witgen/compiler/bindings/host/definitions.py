"""Value types as classes: dataclasses for records and cases, enums, flags, aliases, and the error of a named type."""

from __future__ import annotations

from ....component.types import (
    Alias,
    Case,
    Definition,
    Enum,
    EnumCase,
    Field,
    Flags,
    Record,
    Resource,
    Stability,
    TypeDefinition,
    Variant,
    resolve_alias,
)
from ...emit.pymodel import PyAssign, PyClass, PyEnum, PyField, PyItem, PyMember
from .. import naming
from ..annotations import annotation
from ..docs import docstring, respelled
from .annotations import ExportSpelling, ImportSpelling, Plan, arguments, export_path
from .names import Names
from .scope import ModuleScope
from .type_traits import used


class Definitions:
    """The value types of one interface (or the world) for the module of `scope`.

    `exported` gives the side: types for the component's handles, or generic over the user's resources.
    """

    def __init__(self, plan: Plan, scope: ModuleScope, names: Names, *, exported: bool) -> None:
        self._plan = plan
        self._scope = scope
        self._names = names
        self._exported = exported

    def _spelling(self, members: tuple[str, ...] = ()) -> ImportSpelling | ExportSpelling:
        if self._exported:
            return ExportSpelling(self._plan, self._scope, members)
        return ImportSpelling(self._plan, self._scope, members)

    def record(self, record: Record) -> list[PyItem]:
        """A dataclass."""
        names = self._names.fields[record]
        spell = self._spelling(names)
        fields = tuple(
            PyField(name, annotation(field.type, spell), self._default(name), self._docs(field))
            for name, field in zip(names, record.fields, strict=True)
        )
        held = self._plan.traits.resources(record)
        return [
            self._dataclass(self._names.types[record], held, fields, self._docs(record, record.stability)),
            *self.error(record),
        ]

    def _default(self, name: str) -> str:
        """What follows a field's `=`: nothing, unless the absence of a default must be explicit."""
        return f"{self._scope.helper('field')}()" if name in naming.CLASS_ATTRIBUTES else ""

    def variant(self, variant: Variant) -> list[PyItem]:
        """A dataclass for each case, and their union."""
        items: list[PyItem] = []
        union: list[str] = []
        for name, case in zip(self._names.cases[variant], variant.cases, strict=True):
            items.append(self._case(name, case))
            union.append(name + self._arguments(self._plan.traits.resources(case.type)))
        items.append(
            PyAssign(self._names.types[variant], " | ".join(union), docstring=self._docs(variant, variant.stability))
        )
        return [*items, *self.error(variant)]

    def _case(self, name: str, case: Case) -> PyClass:
        fields: tuple[PyField, ...] = ()
        if case.type is not None:
            fields = (PyField("value", annotation(case.type, self._spelling())),)
        return self._dataclass(name, self._plan.traits.resources(case.type), fields, self._docs(case))

    def _dataclass(self, name: str, held: tuple[Resource, ...], fields: tuple[PyField, ...], docs: str) -> PyClass:
        variables = self._arguments(held)
        bases = (f"{self._scope.helper('Generic')}{variables}",) if variables else ()
        return PyClass(name, bases, docs, (self._scope.helper("dataclass"),), fields)

    def _arguments(self, held: tuple[Resource, ...]) -> str:
        if self._exported:
            return ""
        spell = self._spelling()
        return arguments([spell.resource(resource) for resource in held])

    def enum(self, enum: Enum) -> list[PyItem]:
        """An `enum.Enum`, its values counted from 0."""
        members = tuple(self._member(case, str(i)) for i, case in enumerate(enum.cases))
        base = f"{self._scope.standard('enum')}.Enum"
        return [PyEnum(self._names.types[enum], base, members, self._docs(enum, enum.stability)), *self.error(enum)]

    def flags(self, flags: Flags) -> list[PyItem]:
        """An `enum.Flag`."""
        module = self._scope.standard("enum")
        members = tuple(self._member(flag, f"{module}.auto()") for flag in flags.flags)
        return [
            PyEnum(self._names.types[flags], f"{module}.Flag", members, self._docs(flags, flags.stability)),
            *self.error(flags),
        ]

    def alias(self, alias: Alias) -> list[PyItem]:
        """Another name for a type of the same interface, or a name for one that has none; imported for a used one."""
        name = self._names.types[alias]
        target = alias.target
        docs = self._docs(alias, alias.stability)
        if used(alias) is not None:
            return self.error(alias)  # the module imports it
        if isinstance(target, Resource) or isinstance(resolve_alias(target), Resource):
            assert isinstance(target, Definition)
            return [PyAssign(name, self._names.types[target], docstring=docs)]
        if not is_offered(self._plan, alias, exported=self._exported):
            return []
        return [PyAssign(name, annotation(target, self._spelling()), docstring=docs), *self.error(alias)]

    def _member(self, case: EnumCase, value: str) -> PyMember:
        return PyMember(naming.shouty(case.name), value, self._docs(case))

    def _docs(self, item: TypeDefinition | Field | Case | EnumCase, stability: Stability | None = None) -> str:
        return docstring(respelled(item.docs, self._names.doc_names), stability)

    def error(self, definition: TypeDefinition) -> list[PyItem]:
        """The subclass of `Err` for errors of a type that some function has; it may not be generic."""
        name = self._names.errors.get(definition)
        if name is None or (not self._exported and self._plan.traits.resources(definition)):
            return []
        value = self._names.types[definition]
        return [PyClass(name, (f"{self._scope.helper('Err')}[{value}]",), f"Raised with {_article(value)} `{value}`.")]


def is_offered(plan: Plan, definition: TypeDefinition, *, exported: bool) -> bool:
    """Whether the module of `definition`'s owner has a name for it.

    It has none for an alias of an anonymous type that holds resources, except among the component's handles.
    """
    if isinstance(resolve_alias(definition), Definition) or not plan.traits.resources(definition):
        return True
    while isinstance(definition, Alias):
        if export_path(plan.layout, definition) is None:
            return False
        if not isinstance(definition.target, Alias):
            break
        definition = definition.target
    return exported


def _article(name: str) -> str:
    return "an" if name[0] in "AEIO" else "a"
