"""Types, definitions and functions in WIT notation, in tokens. Standard library only.

This is the one place that knows how WIT writes a type. A token is literal text or a definition, which is mentioned
by its name, so that a caller can make a link of it, or escape it where it is a keyword (`text`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from ..dataclass import dataclass
from . import types as t
from .items import Constructor, Freestanding, Function, Method, Param, Static

Token = str | t.TypeDefinition
Part = t.Field | t.Case | t.EnumCase | Param
"""What is listed in a definition or a function."""
_MOST_PARTS = 20
"""Fields, cases or flags that `structure_text` shows of a definition."""


def text(tokens: Iterable[Token], name: Callable[[str], str] = str) -> str:
    """Tokens as one text; `name` gives the names of definitions as they are to be written."""
    return "".join([token if isinstance(token, str) else name(token.name) for token in tokens])


# Types ----------------------------------------------------------------------------------------------------------------


def type_tokens(type: t.Type | t.Resource) -> list[Token]:
    """A type as WIT writes it where a value has this type: `own<r>` is `r` there (WIT, "Handles")."""
    found: list[Token] = []
    _add(type, found)
    return found


def type_text(type: t.Type | t.Resource) -> str:
    """The tokens of a type as one text."""
    return text(type_tokens(type))


def target_tokens(alias: t.Alias) -> list[Token]:
    """What an alias leads to. `own` is written out: the bare name makes an alias of the resource, not of a handle."""
    target = alias.target
    return ["own<", target.resource, ">"] if isinstance(target, t.Own) else type_tokens(target)


def _add(type: t.Type | t.Resource, found: list[Token]) -> None:
    match type:
        case t.Primitive():
            found.append(type.value)
        case t.Record() | t.Variant() | t.Enum() | t.Flags() | t.Alias() | t.Resource():
            found.append(type)
        case t.Own(resource):
            found.append(resource)
        case t.Borrow(resource):
            found += ["borrow<", resource, ">"]
        case t.List(element):
            _add_applied("list", (element,), found)
        case t.FixedList(element, size):
            found.append("list<")
            _add(element, found)
            found.append(f", {size}>")
        case t.Map(key, value):
            _add_applied("map", (key, value), found)
        case t.Option(element):
            _add_applied("option", (element,), found)
        case t.Tuple(elements):
            _add_applied("tuple", elements, found)
            if not elements:
                found.append("<>")
        case t.Result(ok, None):
            _add_applied("result", () if ok is None else (ok,), found)
        case t.Result(ok, err):
            _add_applied("result", (ok, err), found)
        case t.Future(payload):
            _add_applied("future", () if payload is None else (payload,), found)
        case t.Stream(payload):
            _add_applied("stream", () if payload is None else (payload,), found)
        case _:
            assert_never(type)


def _add_applied(word: str, arguments: tuple[t.Type | None, ...], found: list[Token]) -> None:
    """A type constructor with its arguments, of which None is an absent payload."""
    found.append(word)
    between = "<"
    for argument in arguments:
        found.append(between)
        if argument is None:
            found.append("_")
        else:
            _add(argument, found)
        between = ", "
    if arguments:
        found.append(">")


# Definitions ----------------------------------------------------------------------------------------------------------


def keyword(definition: t.TypeDefinition) -> str:
    """The keyword that begins a definition."""
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


def parts_of(definition: t.TypeDefinition) -> tuple[t.Field | t.Case | t.EnumCase, ...]:
    """The fields, cases or flags of a definition; an alias and a resource have none."""
    match definition:
        case t.Record(fields=fields):
            return fields
        case t.Variant(cases=cases):
            return cases
        case t.Enum(cases=names) | t.Flags(flags=names):
            return names
        case t.Resource() | t.Alias():
            return ()
        case _:
            assert_never(definition)


def part_tokens(part: Part, name: Callable[[str], str] = str) -> list[Token]:
    """A field, case, flag or parameter: `name: type`, `name(type)` or `name`."""
    match part:
        case t.Field() | Param():
            return [f"{name(part.name)}: ", *type_tokens(part.type)]
        case t.Case(type=payload) if payload is not None:
            return [f"{name(part.name)}(", *type_tokens(payload), ")"]
        case t.Case() | t.EnumCase():
            return [name(part.name)]
        case _:
            assert_never(part)


def structure_text(type: t.Type | t.Resource, *, whole: bool = False) -> str:
    """A type by what it is made of: of a definition its body without its name, of an alias its target.

    Args:
        type: the type; an `Own` is written out, as in an alias, to keep it apart from its resource.
        whole: whether all parts are shown. If not, those after the first 20 are counted.
    """
    match type:
        case t.Record() | t.Variant() | t.Enum() | t.Flags():
            parts = [text(part_tokens(part)) for part in parts_of(type)]
            if not whole and len(parts) > _MOST_PARTS:
                parts[_MOST_PARTS:] = [f"and {len(parts) - _MOST_PARTS} more"]
            return f"{keyword(type)} {{ {', '.join(parts)} }}" if parts else f"{keyword(type)} {{}}"
        case t.Resource():
            return keyword(type)
        case t.Own(resource):
            return f"own<{resource.name}>"
        case _:
            return type_text(type)


def definition_text(definition: t.TypeDefinition, *, whole: bool = False) -> str:
    """A definition on one line without its name: `record { … }`, `type = target`; `whole` as for `structure_text`."""
    if isinstance(definition, t.Alias):
        return f"type = {text(target_tokens(definition))}"
    return structure_text(definition, whole=whole)


# Functions ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature:
    """A function's type as it is written: `keywords(params) -> result`."""

    keywords: str
    params: tuple[Param, ...]
    result: t.Type | None

    def result_tokens(self) -> list[Token]:
        """` -> type`, or nothing."""
        return [] if self.result is None else [" -> ", *type_tokens(self.result)]


def signature(function: Function) -> Signature:
    """What WIT writes of a function's type: without the `self` of a method and the resource that a constructor makes."""
    keywords = "async func" if function.is_async else "func"
    match function.kind:
        case Freestanding():
            return Signature(keywords, function.params, function.result)
        case Method():
            return Signature(keywords, function.params[1:], function.result)
        case Static():
            return Signature(f"static {keywords}", function.params, function.result)
        case Constructor(resource):
            result = None if function.result == t.Own(resource) else function.result
            return Signature("constructor", function.params, result)
        case _:
            assert_never(function.kind)


def declared_name(function: Function, name: Callable[[str], str] = str) -> str:
    """The text before a function's type in its declaration: `name: `; empty for a constructor."""
    return "" if isinstance(function.kind, Constructor) else f"{name(function.item_name)}: "


def function_text(function: Function) -> str:
    """A function's type on one line."""
    spelled = signature(function)
    params = ", ".join(text(part_tokens(param)) for param in spelled.params)
    return f"{spelled.keywords}({params}){text(spelled.result_tokens())}"


def function_name(function: Function) -> str:
    """A function's name within its interface: `open`, `bucket.get`, `bucket (constructor)`."""
    match function.kind:
        case Freestanding():
            return function.name
        case Constructor(resource):
            return f"{resource.name} (constructor)"
        case Method(resource) | Static(resource):
            return f"{resource.name}.{function.item_name}"
        case _:
            assert_never(function.kind)


__all__ = [
    "Part",
    "Signature",
    "Token",
    "declared_name",
    "definition_text",
    "function_name",
    "function_text",
    "keyword",
    "part_tokens",
    "parts_of",
    "signature",
    "structure_text",
    "target_tokens",
    "text",
    "type_text",
    "type_tokens",
]
