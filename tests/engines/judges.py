"""Who says what the Canonical ABI makes of a value: the specification's definitions, and the layout that is written here.

A judge works on a copy of a rig's memory. Where `realloc` begins is a word of that memory, `TOP`, so that a judge allocates
as the rig does.
"""

from __future__ import annotations

import enum
import importlib.util
import struct
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

import witgen.runtime as rt
from tests.component.wast.values import Case
from tests.engines.drawn import show
from tests.engines.layout import Layout, align_to, case_of, encode, field_values, fields_of, size_of
from tests.engines.rig import MOST_FLAT
from tests.runtime.echo import flat_types
from witgen.runtime import generated as abi

TOP = 2040
REALLOC = f"""
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
    (local.set $at (i32.and (i32.add (i32.load (i32.const {TOP})) (i32.sub (local.get 2) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get 2))))
    (if (local.get 1) (then (memory.copy (local.get $at) (local.get 0) (local.get 1))))
    (i32.store (i32.const {TOP}) (i32.add (local.get $at) (local.get 3)))
    (local.get $at))"""


class Judge(Protocol):
    """What says so. `memory` is changed as that of the component would be."""

    def lower(
        self,
        types: Sequence[abi.Type],
        values: Sequence[object],
        encoding: str,
        memory: bytearray,
        most: int,
        place: int,
    ) -> list[int] | None:
        """The bits of the core values of arguments or of a result; None if the component traps.

        Args:
            types: the types of the values.
            values: as witgen's engine takes them.
            encoding: of strings.
            memory: of the component.
            most: how many core values there may be before they go through memory.
            place: where they then go: -1 for where `realloc` says.
        """
        ...


def flat_of(types: Sequence[abi.Type]) -> list[str]:
    """The core types of values."""
    return [letter for ty in types for letter in flat_types(ty)]


# ---- written here --------------------------------------------------------------------------------------------------


class PlainJudge:
    """The layout of `layout.py`. It knows of no traps, so it judges what fits."""

    def lower(
        self,
        types: Sequence[abi.Type],
        values: Sequence[object],
        encoding: str,
        memory: bytearray,
        most: int,
        place: int,
    ) -> list[int] | None:
        """As `Judge.lower`."""
        made = Layout(encoding)
        made.data, made.top = memory, int.from_bytes(memory[TOP : TOP + 4], "little")
        if len(flat_of(types)) > most:
            whole = abi.Tuple(tuple(types))
            size, align = size_of(whole)
            at = made.alloc(align, size) if place < 0 else place
            if at % align or at + size > len(memory):
                return None
            made.store(whole, tuple(values), at)
            slots = [at] if place < 0 else []
        else:
            slots = [raw for ty, value in zip(types, values, strict=True) for raw in made.flat(ty, value)]
        memory[TOP : TOP + 4] = made.top.to_bytes(4, "little")
        return slots


# ---- the specification's -------------------------------------------------------------------------------------------


@cache
def definitions(root: Path) -> ModuleType:
    """The module `definitions.py` of a checkout of the component model."""
    path = root / "design" / "mvp" / "canonical-abi" / "definitions.py"
    spec = importlib.util.spec_from_file_location("component_model_definitions", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    module.__dict__["DETERMINISTIC_PROFILE"] = True  # else each NaN is written with other bits
    return module


class ReferenceJudge:
    """The specification's reference definitions."""

    def __init__(self, root: Path) -> None:
        self._module = definitions(root)
        self._known: dict[int, tuple[abi.Type, object]] = {}

    def _named(self, name: str) -> Callable[..., object]:
        return cast("Callable[..., object]", getattr(self._module, name))

    def _context(self, encoding: str, memory: bytearray) -> object:
        trap = self._named("trap")
        instance = self._named("MemInst")(memory, "i32")

        def reallocate(old: int, old_size: int, align: int, size: int) -> int:
            at = align_to(int.from_bytes(memory[TOP : TOP + 4], "little"), align)
            if old_size:
                if max(old, at) + old_size > len(memory):
                    trap()
                memory[at : at + old_size] = memory[old : old + old_size]
            memory[TOP : TOP + 4] = (at + size).to_bytes(4, "little")
            return at

        context = self._named("LiftLowerContext")(self._named("LiftLowerOptions")(encoding, instance), None)
        # Its own would start a thread for each call of a core function.
        context.__dict__["reallocate"] = reallocate
        return context

    def lower(
        self,
        types: Sequence[abi.Type],
        values: Sequence[object],
        encoding: str,
        memory: bytearray,
        most: int,
        place: int,
    ) -> list[int] | None:
        """As `Judge.lower`."""
        given = [self._value(ty, value, encoding) for ty, value in zip(types, values, strict=True)]
        out = None if place < 0 else self._named("CoreValueIter")([place])
        context = self._context(encoding, memory)
        try:
            found = self._named("lower_flat_values")(context, most, given, list(map(self.type, types)), out)
        except self._trap():
            return None
        letters = flat_of(types) if len(flat_of(types)) <= most else ["i32"]
        return [_bits(letter, value) for letter, value in zip(letters, cast("list[float]", found), strict=False)]

    def lift(
        self, types: Sequence[abi.Type], slots: Sequence[bytes], encoding: str, memory: bytearray, most: int
    ) -> list[str] | None:
        """The values that core values in slots are, as `show` has them; None if the component traps."""
        letters = flat_of(types) if len(flat_of(types)) <= most else ["i32"]
        given = [_core(letter, slot) for letter, slot in zip(letters, slots, strict=False)]
        context = self._context(encoding, memory)
        try:
            found = self._named("lift_flat_values")(
                context, most, self._named("CoreValueIter")(given), list(map(self.type, types))
            )
        except self._trap():
            return None
        return [show(self._back(ty, value)) for ty, value in zip(types, cast("list[object]", found), strict=True)]

    def measure(self, ty: abi.Type) -> tuple[int, int, list[str]]:
        """Size, alignment and core types of a type."""
        given = self.type(ty)
        options = self._named("LiftLowerOptions")("utf8", self._named("MemInst")(bytearray(), "i32"))
        size, align = self._named("elem_size")(given, "i32"), self._named("alignment")(given, "i32")
        return cast("int", size), cast("int", align), cast("list[str]", self._named("flatten_type")(given, options))

    def _trap(self) -> type[BaseException]:
        return cast("type[BaseException]", self._named("Trap"))

    # ---- types and values --------------------------------------------------------------------------------------------

    def type(self, ty: abi.Type) -> object:
        """A type as the definitions have it."""
        known = self._known.get(id(ty))
        if known is None:
            known = self._known[id(ty)] = (ty, self._make(ty))  # holds the type, so the id stays its own
        return known[1]

    def _optional(self, ty: abi.Type | None) -> object:
        return None if ty is None else self.type(ty)

    def _make(self, ty: abi.Type) -> object:
        named = self._named
        match ty:
            case abi.Primitive():
                return named(f"{ty.value.capitalize()}Type")()
            case abi.List(element):
                return named("ListType")(self.type(element))
            case abi.Map(key, value):
                return named("MapType")(self.type(key), self.type(value))
            case abi.Option(element):
                return named("OptionType")(self.type(element))
            case abi.Result(ok, err):
                return named("ResultType")(self._optional(ok), self._optional(err))
            case abi.Tuple(elements):
                return named("TupleType")([self.type(element) for element in elements])
            case abi.Record():
                return named("RecordType")([named("FieldType")(name, self.type(field)) for name, _, field in ty.fields])
            case abi.Variant():
                cases = [named("CaseType")(name, self._optional(payload)) for name, _, payload in ty.cases]
                return named("VariantType")(cases)
            case abi.Enum():
                return named("EnumType")(list(ty.names))
            case abi.Flags():
                return named("FlagsType")(list(ty.names))
            case _:
                raise TypeError(f"the definitions are not asked about {ty}")

    def _value(self, ty: abi.Type, value: object, encoding: str) -> object:
        """A value as the definitions have it."""

        def of(inner: abi.Type | None, part: object) -> object:
            return None if inner is None else self._value(inner, part, encoding)

        match ty:
            case abi.STRING:
                text = cast("str", value)
                return text, encoding, encode(text, encoding)[1]
            case abi.Primitive():
                return value
            case abi.List(element) if element is abi.S8:
                return [byte - 256 if byte > 127 else byte for byte in cast("bytes", value)]
            case abi.List(element):
                return [of(element, item) for item in cast("list[object]", value)]
            case abi.Map(key, item):
                pairs = cast("dict[object, object]", value).items()
                return [{"0": of(key, one), "1": of(item, other)} for one, other in pairs]
            case abi.Tuple() | abi.Record():
                fields = fields_of(ty) or []
                labels = (
                    [name for name, _, _ in ty.fields] if isinstance(ty, abi.Record) else map(str, range(len(fields)))
                )
                parts = zip(labels, fields, field_values(ty, value), strict=True)
                return {label: of(field, part) for label, field, part in parts}
            case abi.Flags():
                bits = cast("enum.Flag", value).value
                return {name: bool(bits >> n & 1) for n, name in enumerate(ty.names)}
            case _:
                number, payload = case_of(ty, value)
                label, inner_type = _cases(ty)[number]
                return {label: of(inner_type, payload)}

    def _back(self, ty: abi.Type, value: object) -> object:
        """A value of the definitions as witgen's engine gives it."""

        def of(inner: abi.Type | None, part: object) -> object:
            return None if inner is None else self._back(inner, part)

        match ty:
            case abi.STRING:
                return cast("tuple[str, str, int]", value)[0]
            case abi.Primitive():
                return value
            case abi.List(element) if element in (abi.U8, abi.S8):
                return bytes(number & 255 for number in cast("list[int]", value))
            case abi.List(element):
                return [of(element, item) for item in cast("list[object]", value)]
            case abi.Map(key, item):
                pairs = cast("list[dict[str, object]]", value)
                return {of(key, pair["0"]): of(item, pair["1"]) for pair in pairs}
            case abi.Tuple(elements):
                parts = cast("dict[str, object]", value).values()
                return tuple(of(element, part) for element, part in zip(elements, parts, strict=True))
            case abi.Record():
                found = cast("dict[str, object]", value)
                return ty.cls(*(of(field, found[name]) for name, _, field in ty.fields))
            case abi.Flags():
                names = cast("dict[str, bool]", value)
                return ty.cls(sum(1 << n for n, name in enumerate(ty.names) if names[name]))
            case _:
                ((label, part),) = cast("dict[str, object]", value).items()
                cases = _cases(ty)
                number = [name for name, _ in cases].index(label)
                return _case(ty, number, of(cases[number][1], part))


def _cases(ty: abi.Type) -> list[tuple[str, abi.Type | None]]:
    match ty:
        case abi.Variant():
            return [(name, payload) for name, _, payload in ty.cases]
        case abi.Enum():
            return [(name, None) for name in ty.names]
        case abi.Option(element):
            return [("none", None), ("some", element)]
        case abi.Result(ok, err):
            return [("ok", ok), ("error", err)]
        case _:
            raise TypeError(f"{ty} has no cases")


def _case(ty: abi.Type, number: int, payload: object) -> object:
    match ty:
        case abi.Variant():
            cls = cast("type[Case]", ty.cases[number][1])
            return cls(payload)
        case abi.Enum():
            return list(ty.cls)[number]
        case abi.Option(element):
            return rt.Some(payload) if number and isinstance(element, abi.Option) else payload
        case _:
            return rt.Err(payload) if number else rt.Ok(payload)


def _bits(letter: str, value: float) -> int:
    """The bits of a core value."""
    form = {"f32": "<f", "f64": "<d"}.get(letter)
    return int(value) if form is None else int.from_bytes(struct.pack(form, value), "little")


def _core(letter: str, slot: bytes) -> float:
    """The core value in a slot."""
    match letter:
        case "f32":
            return float(struct.unpack_from("<f", slot)[0])
        case "f64":
            return float(struct.unpack_from("<d", slot)[0])
        case "i32":
            return int.from_bytes(slot[:4], "little")
        case _:
            return int.from_bytes(slot[:8], "little")


__all__ = ["MOST_FLAT", "REALLOC", "TOP", "Judge", "PlainJudge", "ReferenceJudge", "flat_of"]
