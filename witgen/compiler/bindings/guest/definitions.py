"""Records, variants, enums and flags as Python classes."""

from __future__ import annotations

from ....component.types import Alias, Enum, Flags, Record, Resource, TypeDefinition, Variant
from ....dataclass import replace
from ...emit.pymodel import PyAssign, PyClass, PyEnum, PyField, PyItem, PyMember
from ..docs import docstring
from ..naming import CLASS_ATTRIBUTES, camel, shouty, snake, variant_case
from .annotations import Place, annotation
from .scope import Scope


def definition_names(definition: TypeDefinition) -> tuple[str, ...]:
    """The names that a definition binds in its module; none for an alias."""
    match definition:
        case Alias():
            return ()
        case Variant():
            cases = tuple(variant_case(definition.name, case.name) for case in definition.cases)
            return (*cases, camel(definition.name))
        case Record() | Enum() | Flags() | Resource():
            return (camel(definition.name),)


def plan_record(record: Record, scope: Scope, notes: tuple[str, ...]) -> tuple[PyItem, ...]:
    """A dataclass with the fields in order, all of them positional. `notes` are paragraphs to add to the docs."""
    names = tuple(snake(field.name) for field in record.fields)
    place = Place(scope, frozenset(names))
    fields = tuple(
        PyField(
            name,
            annotation(field.type, place),
            _default(name, scope, place.members),
            docstring(scope.respelled(field.docs, record.owner)),
        )
        for name, field in zip(names, record.fields, strict=True)
    )
    return (
        _dataclass(
            camel(record.name),
            docstring(scope.respelled(record.docs, record.owner), record.stability, notes),
            fields,
            scope,
        ),
    )


def plan_variant(variant: Variant, scope: Scope, notes: tuple[str, ...]) -> tuple[PyItem, ...]:
    """A dataclass per case, then the union of them all under the variant's name. `notes` are added to its docs."""
    items: list[PyItem] = []
    place = Place(scope, frozenset({"value"}))
    for case in variant.cases:
        fields = () if case.type is None else (PyField("value", annotation(case.type, place)),)
        case_class = _dataclass(
            variant_case(variant.name, case.name), docstring(scope.respelled(case.docs, variant.owner)), fields, scope
        )
        # componentize-py's runtime looks up the class itself: an object of a subclass traps.
        items.append(
            replace(case_class, decorators=(scope.helper("typing", "final", frozenset()), *case_class.decorators))
        )
    union = " | ".join(variant_case(variant.name, case.name) for case in variant.cases)
    items.append(
        PyAssign(
            camel(variant.name),
            union,
            docstring=docstring(scope.respelled(variant.docs, variant.owner), variant.stability, notes),
        )
    )
    return tuple(items)


def plan_enum(enum: Enum, scope: Scope) -> tuple[PyItem, ...]:
    """An `Enum` whose members count from 0, as the runtime builds them."""
    members = tuple(
        PyMember(shouty(case.name), str(index), docstring(scope.respelled(case.docs, enum.owner)))
        for index, case in enumerate(enum.cases)
    )
    base = scope.helper("enum", "Enum", frozenset())
    return (PyEnum(camel(enum.name), base, members, docstring(scope.respelled(enum.docs, enum.owner), enum.stability)),)


def plan_flags(flags: Flags, scope: Scope) -> tuple[PyItem, ...]:
    """A `Flag` with one bit per flag, in order."""
    auto = f"{scope.helper('enum', 'auto', frozenset())}()" if flags.flags else ""
    members = tuple(
        PyMember(shouty(flag.name), auto, docstring(scope.respelled(flag.docs, flags.owner))) for flag in flags.flags
    )
    base = scope.helper("enum", "Flag", frozenset())
    return (
        PyEnum(camel(flags.name), base, members, docstring(scope.respelled(flags.docs, flags.owner), flags.stability)),
    )


def _default(name: str, scope: Scope, members: frozenset[str]) -> str:
    """What follows a field's `=`: nothing, unless the absence of a default must be explicit."""
    return f"{scope.helper('dataclasses', 'field', members)}()" if name in CLASS_ATTRIBUTES else ""


def _dataclass(name: str, doc: str, fields: tuple[PyField, ...], scope: Scope) -> PyClass:
    decorator = scope.helper("dataclasses", "dataclass", frozenset())
    return PyClass(name, docstring=doc, decorators=(decorator,), fields=fields)


__all__ = ["definition_names", "plan_enum", "plan_flags", "plan_record", "plan_variant"]
