"""The path from a world, package or interface inwards to an item, in steps. Data: `component.words` puts it into words."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, assert_never

from .. import types as t
from ..items import Function, Method, Param
from ..notation import function_name


class StepKind(StrEnum):
    """What a step leads to. The values give changes their order; they are not shown."""

    EXPORT = "export"
    IMPORT = "import"
    INTERFACE = "interface"
    PACKAGE = "package"
    WORLD = "world"
    ENUM = "enum"
    FLAGS = "flags"
    FUNCTION = "function"
    RECORD = "record"
    RESOURCE = "resource"
    TYPE = "type"
    VARIANT = "variant"
    CASE = "case"
    FIELD = "field"
    FLAG = "flag"
    PARAMETER = "parameter"
    RESULT = "result"


class Step(NamedTuple):
    """One step: its kind and the name of what it leads to, which a result and the world of a comparison do not have.

    `number` counts parameters from 1; `self` has 0.
    """

    kind: StepKind
    name: str = ""
    number: int = 0


Path = tuple[Step, ...]

DEFINITIONS = frozenset(
    {StepKind.RECORD, StepKind.VARIANT, StepKind.ENUM, StepKind.FLAGS, StepKind.RESOURCE, StepKind.TYPE}
)
"""The steps that lead to a type's definition."""

OWN = Step(StepKind.WORLD)
"""The types of the world itself."""


def function_step(function: Function) -> Step:
    """The step to a function of an interface. A method and a static function of one name have the same."""
    return Step(StepKind.FUNCTION, function_name(function))


def parameter_step(function: Function, index: int) -> Step:
    """The step to one of a function's parameters, counted from 0 with `self`."""
    param: Param = function.params[index]
    return Step(StepKind.PARAMETER, param.name, index if isinstance(function.kind, Method) else index + 1)


def definition_step(definition: t.TypeDefinition) -> Step:
    """The step to a definition, by its kind."""
    match definition:
        case t.Record():
            kind = StepKind.RECORD
        case t.Variant():
            kind = StepKind.VARIANT
        case t.Enum():
            kind = StepKind.ENUM
        case t.Flags():
            kind = StepKind.FLAGS
        case t.Resource():
            kind = StepKind.RESOURCE
        case t.Alias():
            kind = StepKind.TYPE
        case _:
            assert_never(definition)
    return Step(kind, definition.name)


def part_step(definition: t.TypeDefinition, name: str) -> Step:
    """The step from a definition to the field, case or flag of that name."""
    match definition:
        case t.Record():
            return Step(StepKind.FIELD, name)
        case t.Variant() | t.Enum():
            return Step(StepKind.CASE, name)
        case t.Flags():
            return Step(StepKind.FLAG, name)
        case t.Resource() | t.Alias():
            raise AssertionError(f"`{definition.name}` has no parts")
        case _:
            assert_never(definition)


__all__ = [
    "DEFINITIONS",
    "OWN",
    "Path",
    "Step",
    "StepKind",
    "definition_step",
    "function_step",
    "parameter_step",
    "part_step",
]
