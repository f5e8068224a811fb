"""Types and functions in WIT notation, for what is said of a difference."""

from __future__ import annotations

from typing import assert_never

from .. import types as t
from ..items import Constructor, Freestanding, Function, Method, Static

_MOST_PARTS = 20
"""Fields, cases or flags that are shown of a definition."""


def type_text(type: t.Type | t.Resource) -> str:
    """A type as WIT has it; definitions by their names."""
    match type:
        case t.Primitive():
            return type.value
        case t.Record() | t.Variant() | t.Enum() | t.Flags() | t.Alias() | t.Resource():
            return type.name
        case t.Own(resource):
            return f"own<{resource.name}>"
        case t.Borrow(resource):
            return f"borrow<{resource.name}>"
        case t.List(element):
            return f"list<{type_text(element)}>"
        case t.FixedList(element, size):
            return f"list<{type_text(element)}, {size}>"
        case t.Map(key, value):
            return f"map<{type_text(key)}, {type_text(value)}>"
        case t.Option(element):
            return f"option<{type_text(element)}>"
        case t.Tuple(elements):
            return f"tuple<{', '.join(map(type_text, elements))}>"
        case t.Result(ok, err):
            return _angled("result", [] if ok is err is None else [ok] if err is None else [ok, err])
        case t.Future(payload):
            return _angled("future", [] if payload is None else [payload])
        case t.Stream(payload):
            return _angled("stream", [] if payload is None else [payload])
        case _:
            assert_never(type)


def kind_text(definition: t.TypeDefinition) -> str:
    """The keyword that defines it."""
    match definition:
        case t.Record():
            return "record"
        case t.Variant():
            return "variant"
        case t.Enum():
            return "enum"
        case t.Flags():
            return "flags"
        case t.Resource():
            return "resource"
        case t.Alias():
            return "type"
        case _:
            assert_never(definition)


def structure_text(type: t.Type | t.Resource, *, whole: bool = False) -> str:
    """A type by what it is made of: of a definition its body, without its name; long bodies are cut, if not `whole`."""
    match type:
        case t.Record(fields=fields):
            return _body("record", [f"{field.name}: {type_text(field.type)}" for field in fields], whole)
        case t.Variant(cases=cases):
            return _body("variant", [_case_text(case) for case in cases], whole)
        case t.Enum(cases=names) | t.Flags(flags=names):
            return _body(kind_text(type), [part.name for part in names], whole)
        case t.Resource():
            return "resource"
        case _:
            return type_text(type)


def _body(word: str, parts: list[str], whole: bool) -> str:
    shown = (
        parts if whole or len(parts) <= _MOST_PARTS else [*parts[:_MOST_PARTS], f"and {len(parts) - _MOST_PARTS} more"]
    )
    return f"{word} {{ {', '.join(shown)} }}" if shown else f"{word} {{}}"


def _case_text(case: t.Case) -> str:
    return case.name if case.type is None else f"{case.name}({type_text(case.type)})"


def function_text(function: Function) -> str:
    """A function's type as WIT has it."""
    params = function.params[1:] if isinstance(function.kind, Method) else function.params
    listed = ", ".join(f"{param.name}: {type_text(param.type)}" for param in params)
    result = "" if function.result is None else f" -> {type_text(function.result)}"
    match function.kind:
        case Constructor():
            return f"constructor({listed}){result}"
        case Static():
            word = "static "
        case Freestanding() | Method():
            word = ""
        case _:
            assert_never(function.kind)
    return f"{word}{'async ' if function.is_async else ''}func({listed}){result}"


def function_name(function: Function) -> str:
    """A function's name as its author knows it: `bucket.get`, `bucket (constructor)`."""
    match function.kind:
        case Freestanding():
            return function.name
        case Constructor(resource):
            return f"{resource.name} (constructor)"
        case Method(resource) | Static(resource):
            return f"{resource.name}.{function.item_name}"
        case _:
            assert_never(function.kind)


def _angled(word: str, parts: list[t.Type | None]) -> str:
    inner = ", ".join("_" if part is None else type_text(part) for part in parts)
    return f"{word}<{inner}>" if inner else word


__all__ = ["function_name", "function_text", "kind_text", "structure_text", "type_text"]
