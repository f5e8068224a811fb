"""The Python names of what docs in WIT mention by its name there: types, cases, fields, functions, methods, values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...component.items import Constructor, Freestanding, Function
from ...component.types import Enum, Flags, Record, TypeDefinition, Variant
from .naming import shouty, snake

_VALUES = {"none": "None", "true": "True", "false": "False"}


def names_in_docs(
    types: Mapping[TypeDefinition, str], cases: Mapping[Variant, Sequence[str]], functions: Mapping[Function, str]
) -> dict[str, str]:
    """What the docs of one interface, or of a world, may mention.

    Args:
        types: its types, with their names in Python.
        cases: the names of the classes for the cases of its variants.
        functions: its functions and methods, with their names in Python.

    Returns:
        Python names by those in WIT. A method goes by its name alone and with its resource (`bucket.get`). A case or a
        field that has several meanings is left out.
    """
    members: dict[str, set[str]] = {}
    for wit, python in _members(types, cases):
        members.setdefault(wit, set()).add(python)
    found = _VALUES | {wit: texts.pop() for wit, texts in members.items() if len(texts) == 1}
    found |= {definition.name: python for definition, python in types.items()}
    for function, python in functions.items():
        match function.kind:
            case Freestanding():
                found[function.item_name] = python
            case Constructor():
                pass
            case kind:
                found[function.item_name] = python
                found[f"{kind.resource.name}.{function.item_name}"] = f"{types[kind.resource]}.{python}"
    return found


def _members(types: Mapping[TypeDefinition, str], cases: Mapping[Variant, Sequence[str]]) -> Iterator[tuple[str, str]]:
    for definition, name in types.items():
        match definition:
            case Record(fields=fields):
                yield from ((field.name, snake(field.name)) for field in fields)
            case Variant():
                yield from zip((case.name for case in definition.cases), cases[definition], strict=True)
            case Enum(cases=members) | Flags(flags=members):
                yield from ((member.name, f"{name}.{shouty(member.name)}") for member in members)
            case _:
                pass


__all__ = ["names_in_docs"]
