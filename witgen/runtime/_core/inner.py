"""Python types for values that only pass between components in a component, where no generated package has classes.

Records pass as tuples, maps as lists of pairs, a variant's cases as classes made here; the rest as everywhere.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import cast

from ...component.binary.entities import Kind
from ...component.plan.items import Shape, ValueType
from ...component.types import Primitive as PlanPrimitive
from .._types import (
    Borrow,
    Enum,
    Flags,
    ImportedResource,
    List,
    Option,
    Own,
    Primitive,
    Result,
    Tuple,
    Type,
    Variant,
)
from .._wasmtime.reflect import Unsupported

_PRIMITIVES = {primitive.value: primitive for primitive in Primitive}


class InnerTypes:
    """The types of one plan: each shape has one, each resource (by its index) one description."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Shape, Type]] = {}
        self.resources: dict[int, ImportedResource] = {}

    def of(self, ty: ValueType) -> Type:
        """The type of values of a plan's type.

        Raises:
            Unsupported: the engine does not carry it.
        """
        if isinstance(ty, PlanPrimitive):
            if ty is PlanPrimitive.ERROR_CONTEXT:
                raise Unsupported("error-context")
            return _PRIMITIVES[ty.value]
        known = self._known.get(id(ty))
        if known is None:
            known = self._known[id(ty)] = (ty, self._make(ty))  # holds the shape, so the id stays its own
        return known[1]

    def optional(self, ty: ValueType | None) -> Type | None:
        """The same for what there may not be."""
        return None if ty is None else self.of(ty)

    def _make(self, ty: Shape) -> Type:
        match ty.kind:
            case Kind.RECORD | Kind.TUPLE:
                if not ty.parts:
                    raise Unsupported("empty record")
                return Tuple(self._parts(ty))
            case Kind.VARIANT:
                cases = zip(ty.names, ty.parts, strict=True)
                return Variant("variant", tuple((name, _case(name), self.optional(part)) for name, part in cases))
            case Kind.ENUM:
                return Enum(_members(ty.names), ty.names)
            case Kind.FLAGS:
                if not 0 < len(ty.names) <= 32:
                    raise Unsupported(f"flags with {len(ty.names)} names")
                return Flags(_bits(len(ty.names)), ty.names)
            case Kind.OPTION:
                return Option(*self._parts(ty))
            case Kind.RESULT:
                return Result(self.optional(ty.parts[0]), self.optional(ty.parts[1]))
            case Kind.LIST:
                return List(*self._parts(ty))
            case Kind.MAP:  # a list of pairs, which passes on what a dict would not: a key that is there twice
                return List(Tuple(self._parts(ty)))
            case Kind.OWN | Kind.BORROW:
                made = self.resources.setdefault(ty.resource, ImportedResource("", str(ty.resource), "resource"))
                return Own(made) if ty.kind is Kind.OWN else Borrow(made)
            case Kind.FIXED_LIST | Kind.STREAM | Kind.FUTURE | Kind.PLAIN:
                raise Unsupported(ty.kind.value)

    def _parts(self, ty: Shape) -> tuple[Type, ...]:
        return tuple(self.of(part) for part in ty.parts if part is not None)


class Case:
    """A case of a variant, with a payload or without: each has a subclass."""

    __slots__ = ("value",)

    def __init__(self, value: object = None) -> None:
        self.value = value


def _case(name: str) -> type:
    return type(name, (Case,), {"__slots__": ()})


def _members(names: tuple[str, ...]) -> type[enum.Enum]:
    return cast("Callable[..., type[enum.Enum]]", enum.Enum)("Cases", [(f"c{n}", n) for n in range(len(names))])


def _bits(count: int) -> type[enum.Flag]:
    return cast("Callable[..., type[enum.Flag]]", enum.Flag)("Bits", [(f"b{n}", 1 << n) for n in range(count)])


__all__ = ["Case", "InnerTypes"]
