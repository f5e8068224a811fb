"""What types are made of and known by, for comparing them."""

from __future__ import annotations

from collections.abc import Iterator

from .. import types as t

AnyType = t.Type | t.Resource
Value = t.Record | t.Variant | t.Enum | t.Flags
"""The definitions that have a body."""
_Whole = t.Primitive | t.Definition
_Parts = list[tuple[str, t.Type | None]]


def inner_pairs(left: AnyType, right: AnyType) -> list[tuple[t.Type, t.Type]] | None:
    """The types inside two types of the same shape; None if the shapes differ."""
    if type(left) is not type(right):
        return None
    pairs: tuple[_Parts, _Parts]
    match left, right:
        case t.Record(fields=fields), t.Record(fields=others):
            pairs = [(field.name, field.type) for field in fields], [(field.name, field.type) for field in others]
        case t.Variant(cases=cases), t.Variant(cases=other_cases):
            pairs = [(case.name, case.type) for case in cases], [(case.name, case.type) for case in other_cases]
        case (t.Enum(cases=names), t.Enum(cases=other_names)) | (t.Flags(flags=names), t.Flags(flags=other_names)):
            return [] if [part.name for part in names] == [part.name for part in other_names] else None
        case t.Result(ok, err), t.Result(other_ok, other_err):
            pairs = [("ok", ok), ("err", err)], [("ok", other_ok), ("err", other_err)]
        case t.FixedList(size=size), t.FixedList(size=other_size) if size != other_size:
            return None
        case _:
            assert not isinstance(left, _Whole) and not isinstance(right, _Whole)
            inner, other_inner = t.parts(left), t.parts(right)
            return list(zip(inner, other_inner, strict=True)) if len(inner) == len(other_inner) else None
    found: list[tuple[t.Type, t.Type]] = []
    for (name, part), (other_name, other) in zip(*pairs, strict=False):
        if name != other_name or (part is None) is not (other is None):
            return None
        if part is not None and other is not None:
            found.append((part, other))
    return found if len(pairs[0]) == len(pairs[1]) else None


def names_of(type: AnyType) -> Iterator[t.TypeDefinition]:
    """The definitions that a type is known by: aliases, and what they lead to."""
    while isinstance(type, t.Definition):
        yield type
        if not isinstance(type, t.Alias):
            return
        type = type.target


def mentioned(type: AnyType) -> Iterator[t.TypeDefinition]:
    """The definitions that a type mentions, aliases resolved, without looking into them, in order."""
    stack = [type]
    while stack:
        top = t.resolve_alias(stack.pop())
        if isinstance(top, t.Own | t.Borrow):
            yield t.resource_of(top.resource)
        elif isinstance(top, t.Definition):
            yield top
        elif not isinstance(top, t.Primitive):
            stack.extend(reversed(t.parts(top)))


__all__ = ["AnyType", "Value", "inner_pairs", "mentioned", "names_of"]
