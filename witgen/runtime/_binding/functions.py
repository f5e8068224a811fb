"""Whether the component's own type of a function is the one that the package was generated for.

Conversions follow the component's type, checks the description: they must agree before anything crosses.
"""

from __future__ import annotations

from collections.abc import Iterable

from wasmtime import component as wc

from .. import _wasmtime
from .._types import (
    Borrow,
    Enum,
    Flags,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Result,
    Tuple,
    Type,
    Variant,
)
from .._wasmtime import Signature, ValType

_PRIMITIVES: dict[Primitive, type[ValType]] = {
    Primitive.BOOL: wc.Bool,
    Primitive.U8: wc.U8,
    Primitive.U16: wc.U16,
    Primitive.U32: wc.U32,
    Primitive.U64: wc.U64,
    Primitive.S8: wc.S8,
    Primitive.S16: wc.S16,
    Primitive.S32: wc.S32,
    Primitive.S64: wc.S64,
    Primitive.F32: wc.F32,
    Primitive.F64: wc.F64,
    Primitive.CHAR: wc.Char,
    Primitive.STRING: wc.String,
}


def misfit(params: tuple[tuple[str, Type], ...], result: Type | None, signature: Signature) -> str:
    """What differs first between a description and the component's type of a function; "" if nothing does."""
    if len(params) != len(signature.params):
        return f"expected {len(params)} parameters, found {len(signature.params)}"
    for (name, expected), (_, found) in zip(params, signature.params, strict=True):
        difference = _differ(expected, found)
        if difference:
            return f"parameter {name}: {difference}"
    difference = _differ_optional(result, signature.result)
    return f"result: {difference}" if difference else ""


def _differ_optional(expected: Type | None, found: ValType | None) -> str:
    if expected is None or found is None:
        return "" if expected is None and found is None else f"expected {_say(expected)}, found {_say_found(found)}"
    return _differ(expected, found)


def _differ(expected: Type, found: ValType) -> str:
    match expected, found:
        case Primitive(), _ if isinstance(found, _PRIMITIVES.get(expected, ())):
            return ""
        case List(element), _wasmtime.ListType():
            return _differ(element, found.element)
        case Map(key, value), _wasmtime.MapType():
            return _differ(key, found.key) or _differ(value, found.value)
        case Option(element), _wasmtime.OptionType():
            return _differ(element, found.payload)
        case Tuple(elements), _wasmtime.TupleType() if len(elements) == len(found.elements):
            return _first(map(_differ, elements, found.elements))
        case Result(ok, err), _wasmtime.ResultType():
            return _differ_optional(ok, found.ok) or _differ_optional(err, found.err)
        case Record(), _wasmtime.RecordType():
            names, theirs = [n for n, _, _ in expected.fields], [n for n, _ in found.fields]
            if names != theirs:
                return f"expected a record of {_list(names)}, found one of {_list(theirs)}"
            return _first(
                f".{n}: {d}" if (d := _differ(ty, f)) else ""
                for (n, _, ty), (_, f) in zip(expected.fields, found.fields, strict=True)
            )
        case Variant(), _wasmtime.VariantType():
            names, theirs = [n for n, _, _ in expected.cases], [n for n, _ in found.tagged_cases]
            if names != theirs:
                return f"expected a variant of {_list(names)}, found one of {_list(theirs)}"
            return _first(
                f"case {n}: {d}" if (d := _differ_optional(ty, f)) else ""
                for (n, _, ty), (_, f) in zip(expected.cases, found.tagged_cases, strict=True)
            )
        case Enum(names=names), wc.EnumType():
            return (
                ""
                if list(names) == found.names
                else f"expected an enum of {_list(names)}, found one of {_list(found.names)}"
            )
        case Flags(names=names), wc.FlagsType():
            return "" if list(names) == found.names else f"expected flags {_list(names)}, found {_list(found.names)}"
        case Own(), wc.OwnType():
            return ""
        case Borrow(), wc.BorrowType():
            return ""
        case _:
            return f"expected {_say(expected)}, found {_say_found(found)}"


def _first(differences: Iterable[str]) -> str:
    return next(filter(None, differences), "")


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def _say(ty: Type | None) -> str:
    if ty is None:
        return "nothing"
    return ty.value if isinstance(ty, Primitive) else type(ty).__name__.lower()


def _say_found(ty: ValType | None) -> str:
    if ty is None:
        return "nothing"
    return type(ty).__name__.removesuffix("Type").lower()
