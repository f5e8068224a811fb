"""Types of a plan as a generated package would describe them, and the constants of scripts as Python values."""

from __future__ import annotations

import enum
import math
import struct
from collections.abc import Callable
from dataclasses import make_dataclass
from typing import cast

import witgen.runtime as rt
from tests.component.wast.script import Form, Text
from witgen.component.binary.entities import Kind
from witgen.component.plan.items import Shape, ValueType
from witgen.component.types import Primitive
from witgen.runtime import generated as abi
from witgen.runtime._types import AnyResource


class CannotRun(Exception):
    """A script has something that this runner does not do."""


class Case:
    """A case of a variant."""

    __slots__ = ("value",)

    def __init__(self, value: object = None) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and same(self.value, other.value)

    def __hash__(self) -> int:
        return hash(type(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"


_PRIMITIVES = {primitive.value: primitive for primitive in abi.Primitive}


class Types:
    """Descriptions of types, one for each shape."""

    def __init__(self, resource: Callable[[int], AnyResource] | None = None) -> None:
        """`resource` describes the resource with an index of the plan; by default it is one of the component's."""
        self._known: dict[int, abi.Type] = {}
        self._resource = resource or self._exported
        self._resources: dict[int, abi.ExportedResource] = {}

    def _exported(self, index: int) -> abi.ExportedResource:
        made = abi.ExportedResource("", "r", abi.Handle, lambda: abi.Link)
        return self._resources.setdefault(index, made)

    def of(self, ty: ValueType) -> abi.Type:
        """The description of a type of the plan."""
        if isinstance(ty, Primitive):
            return _PRIMITIVES[ty.value]
        if id(ty) not in self._known:
            self._known[id(ty)] = self._make(ty)
        return self._known[id(ty)]

    def optional(self, ty: ValueType | None) -> abi.Type | None:
        """The same of what there may not be."""
        return None if ty is None else self.of(ty)

    def _make(self, ty: Shape) -> abi.Type:
        parts = [self.of(part) for part in ty.parts if part is not None]
        match ty.kind:
            case Kind.RECORD:
                names = [f"f{n}" for n in range(len(ty.names))]
                return abi.Record(make_dataclass("Record", names), tuple(zip(ty.names, names, parts, strict=True)))
            case Kind.TUPLE:
                return abi.Tuple(tuple(parts))
            case Kind.VARIANT:
                cases = zip(ty.names, ty.parts, strict=True)
                return abi.Variant(
                    "variant",
                    tuple((name, type(name, (Case,), {"__slots__": ()}), self.optional(part)) for name, part in cases),
                )
            case Kind.ENUM:
                make = cast("Callable[..., type[enum.Enum]]", enum.Enum)
                return abi.Enum(make("Enum", [(name, n) for n, name in enumerate(ty.names)]), ty.names)
            case Kind.FLAGS:
                make_flags = cast("Callable[..., type[enum.Flag]]", enum.Flag)
                return abi.Flags(make_flags("Flags", [(name, 1 << n) for n, name in enumerate(ty.names)]), ty.names)
            case Kind.OPTION:
                return abi.Option(parts[0])
            case Kind.RESULT:
                return abi.Result(self.optional(ty.parts[0]), self.optional(ty.parts[1]))
            case Kind.LIST:
                return abi.List(parts[0])
            case Kind.MAP:
                return abi.Map(*parts)
            case Kind.OWN | Kind.BORROW:
                described = self._resource(ty.resource)
                return abi.Own(described) if ty.kind is Kind.OWN else abi.Borrow(described)
            case _:
                raise CannotRun(f"values of {ty.kind.value} in scripts")


def constant(form: Form, ty: abi.Type) -> object:
    """A constant as a value of a type."""
    inner = form.forms()
    match ty:
        case abi.Primitive.STRING:
            return form.texts()[0].decode()
        case abi.Primitive.CHAR:
            return form.texts()[0].decode()
        case abi.Primitive.BOOL:
            return form.words()[1] == "true"
        case abi.Primitive.F32 | abi.Primitive.F64:
            return _float(form.words()[1], ty is abi.F32)
        case abi.Primitive():
            return int(form.words()[1].replace("_", ""), 0)
        case abi.List(element):
            values = [constant(item, element) for item in inner]
            return bytes(cast("list[int]", values)) if element is abi.U8 else values
        case abi.Tuple(elements):
            return tuple(constant(item, element) for item, element in zip(inner, elements, strict=True))
        case abi.Record():
            fields = {item.texts()[0].decode(): _field(item) for item in inner}
            return ty.cls(*(constant(fields[name], field) for name, _, field in ty.fields))
        case abi.Variant():
            name = form.texts()[0].decode()
            cls, payload = next((cls, payload) for case, cls, payload in ty.cases if case == name)
            return cls() if payload is None else cls(constant(inner[0], payload))
        case abi.Enum():
            return ty.cls[form.texts()[0].decode()]
        case abi.Flags():
            made = ty.cls(0)
            for text in form.texts():
                made |= ty.cls[text.decode()]
            return made
        case abi.Option(element):
            if form.word == "option.none":
                return None
            value = constant(inner[0], element)
            return rt.Some(value) if isinstance(element, abi.Option) else value
        case abi.Result(ok, err):
            payload = ok if form.word == "result.ok" else err
            value = None if payload is None else constant(inner[0], payload)
            return rt.Ok(value) if form.word == "result.ok" else rt.Err(value)
        case _:
            raise CannotRun(f"a constant of {ty}")


def _field(form: Form) -> Form:
    """The constant of `(field "name" (u8.const 1))`, which may be without its parentheses."""
    last = form.items[-1]
    return last if form.word == "field" and isinstance(last, Form) and len(form.items) == 3 else Form(form.items[2:], 0)


def _float(word: str, single: bool) -> float:
    word = word.replace("_", "")
    if "nan" in word:
        return math.nan
    value = float.fromhex(word) if "0x" in word else float(word)
    return float(struct.unpack("<f", struct.pack("<f", value))[0]) if single and math.isfinite(value) else value


def same(one: object, other: object) -> bool:
    """Whether two values are the same; any NaN is the same as any other."""
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        mine, theirs = cast("list[object]", one), cast("list[object]", other)
        return len(mine) == len(theirs) and all(map(same, mine, theirs))
    return one == other or f"{one!r}" == f"{other!r}"


__all__ = ["Text", "Types", "constant", "same"]
