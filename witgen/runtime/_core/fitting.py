"""A description of a function held beside its type in the plan: they must agree before anything crosses.

Code is generated from descriptions. wasmtime has compared them with what it reports of the skeleton; this compares them
with the plan, from which core signatures are known, and finds which resource of the plan each one means.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...component.binary.entities import Kind
from ...component.plan.items import FuncType, Shape, ValueType
from ...component.types import Primitive as PlanPrimitive
from .._errors import InterfaceError
from .._types import (
    Borrow,
    Enum,
    FixedList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Result,
    Stream,
    Tuple,
    Type,
    Variant,
)


def resources_of(label: str, params: Sequence[Type], result: Type | None, planned: FuncType) -> dict[object, int]:
    """The index in the plan of each resource that a function mentions, by its description.

    Raises:
        InterfaceError: the description is not that of the function. Without it, values would be read and written as if
            they were of a different type.
    """
    found: dict[object, int] = {}
    pairs: list[tuple[Type | None, ValueType | None]] = [(result, planned.result)]
    pairs += zip(params, (ty for _, ty in planned.params), strict=len(params) == len(planned.params))
    fits = len(params) == len(planned.params)
    while pairs and fits:
        described, ty = pairs.pop()
        if described is None or ty is None:
            fits = described is None and ty is None
        elif isinstance(ty, PlanPrimitive):
            fits = isinstance(described, Primitive) and described.value == ty.value
        elif isinstance(described, Own | Borrow):
            fits = ty.kind is (Kind.OWN if isinstance(described, Own) else Kind.BORROW)
            fits = fits and found.setdefault(described.resource, ty.resource) == ty.resource
        else:
            inner = _parts(described, ty)
            fits = inner is not None and len(inner) == len(ty.parts)
            pairs += zip(inner or (), ty.parts, strict=False)
    if not fits:
        raise InterfaceError(f"{label}: the component's type of this function is not the one that was described")
    return found


def _parts(described: Type, ty: Shape) -> Sequence[Type | None] | None:
    """The parts of a description that is of the same kind, with the same names; None for any other."""
    match described:
        case List(element) if ty.kind is Kind.LIST:
            return (element,)
        case Map(key, value) if ty.kind is Kind.MAP:
            return (key, value)
        case Tuple(elements) if ty.kind is Kind.TUPLE:
            return elements
        case Option(element) if ty.kind is Kind.OPTION:
            return (element,)
        case Result(ok, err) if ty.kind is Kind.RESULT:
            return (ok, err)
        case Record() if ty.kind is Kind.RECORD and tuple(n for n, _, _ in described.fields) == ty.names:
            return tuple(field for _, _, field in described.fields)
        case Variant() if ty.kind is Kind.VARIANT and tuple(n for n, _, _ in described.cases) == ty.names:
            return tuple(payload for _, _, payload in described.cases)
        case Enum(names=names) if ty.kind is Kind.ENUM and names == ty.names:
            return ()
        case Flags(names=names) if ty.kind is Kind.FLAGS and names == ty.names:
            return ()
        case FixedList() | Stream() | Future():
            return None
        case _:
            return None


__all__ = ["resources_of"]
