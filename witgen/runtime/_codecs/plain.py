"""Codecs for everything but resources. Lowered values are those of wasmtime-py, with variants always tagged."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from .._kinds import kind
from .._values import Err, Ok, Some
from .._wasmtime import Record, Variant
from .base import Codec, Misfit, expected, expected_class
from .numbers import NotASequence, array_format, to_bool, to_float, to_int, to_list

if TYPE_CHECKING:
    from .effects import Call


class BoolCodec(Codec):
    def lower(self, call: Call, value: object) -> object:
        try:
            return to_bool(value)
        except TypeError:
            raise expected("bool", value) from None

    def lift(self, call: Call, raw: object) -> object:
        return raw


class IntCodec(Codec):
    """An integer type; `name` is its WIT keyword."""

    def __init__(self, name: str) -> None:
        bits = int(name[1:])
        self.name = name
        self.low, self.high = (0, (1 << bits) - 1) if name[0] == "u" else (-1 << (bits - 1), (1 << (bits - 1)) - 1)

    def lower(self, call: Call, value: object) -> object:
        try:
            number = to_int(value)
        except TypeError:
            raise expected("int", value) from None
        if not self.low <= number <= self.high:
            shown = str(number) if abs(number) < 1 << 256 else "the int"
            raise Misfit(f"{shown} does not fit {self.name}", ValueError)
        return number

    def lift(self, call: Call, raw: object) -> object:
        return raw


_F32_END = 340282356779733661637539395458142568448.0
"""The first magnitude that rounds to infinity as an f32: 2**128 - 2**103."""


class FloatCodec(Codec):
    """`f32` or `f64`. Any number that equals a float is accepted, unless the type has no finite value for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.end = _F32_END if name == "f32" else math.inf

    def lower(self, call: Call, value: object) -> object:
        try:
            number = to_float(value)
        except TypeError:
            raise expected("float", value) from None
        except ValueError:
            raise Misfit(f"no float equals this {kind(value)}: round it with float(…)", ValueError) from None
        except OverflowError:
            raise Misfit(f"the int does not fit {self.name}", ValueError) from None
        if self.end <= abs(number) < math.inf:
            raise Misfit(f"{value} does not fit {self.name}", ValueError)
        return number

    def lift(self, call: Call, raw: object) -> object:
        return raw


class CharCodec(Codec):
    def lower(self, call: Call, value: object) -> object:
        if not isinstance(value, str):
            raise expected("str", value)
        value = str.__str__(value)  # a subclass could encode itself as bytes that abort the process
        if len(value) != 1:
            raise Misfit(f"a char is one character, got {len(value)}", ValueError)
        if "\ud800" <= value <= "\udfff":
            raise Misfit(f"U+{ord(value):04X} is a surrogate, which no char can be", ValueError)
        return value

    def lift(self, call: Call, raw: object) -> object:
        return raw


class StringCodec(Codec):
    def lower(self, call: Call, value: object) -> object:
        if not isinstance(value, str):
            raise expected("str", value)
        value = str.__str__(value)  # a subclass could encode itself as bytes that abort the process
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Misfit(
                f"U+{ord(value[error.start]):04X} at index {error.start} is a surrogate, which a WIT string cannot hold",
                ValueError,
            ) from None
        return value

    def lift(self, call: Call, raw: object) -> object:
        return raw


class BytesCodec(Codec):
    """`list<u8>`, and `list<s8>` by its bits; any buffer of bytes is accepted."""

    def __init__(self, signed: bool) -> None:
        self.signed = signed

    def lower(self, call: Call, value: object) -> object:
        if isinstance(value, bytes):
            data = value
        else:
            try:
                view = memoryview(cast("bytes", value))  # any buffer; the rest is a TypeError
            except TypeError:
                raise expected("bytes", value) from None
            if view.itemsize != 1:
                raise Misfit(f"expected bytes, got {kind(value)} of {view.itemsize}-byte items")
            data = view.tobytes()
        if self.signed:
            return [b - 256 if b > 127 else b for b in data]
        return data

    def lift(self, call: Call, raw: object) -> object:
        if self.signed:
            return bytes(b & 255 for b in cast("list[int]", raw))
        return raw


class ListCodec(Codec):
    def __init__(self, element: Codec) -> None:
        self.element = element

    def lower(self, call: Call, value: object) -> object:
        try:
            items = to_list(value)
        except NotASequence:
            raise expected("a sequence", value) from None
        except NotImplementedError:
            raise Misfit(
                f"expected a sequence, got {kind(value)} with items of format {array_format(value)!r}"
            ) from None
        lower = self.element.lower
        lowered: list[object] = []
        try:
            for item in items:
                lowered.append(lower(call, item))
        except Misfit as misfit:
            raise misfit.at(f"[{len(lowered)}]") from None
        return lowered

    def lift(self, call: Call, raw: object) -> object:
        lift = self.element.lift
        return [lift(call, item) for item in cast("list[object]", raw)]


class TupleCodec(Codec):
    def __init__(self, elements: tuple[Codec, ...]) -> None:
        self.elements = elements

    def lower(self, call: Call, value: object) -> object:
        if not isinstance(value, tuple):
            raise expected("tuple", value)
        items = cast("tuple[object, ...]", value)
        if len(items) != len(self.elements):
            raise Misfit(f"expected a tuple of {len(self.elements)}, got one of {len(items)}", ValueError)
        lowered: list[object] = []
        try:
            for codec, item in zip(self.elements, items, strict=True):
                lowered.append(codec.lower(call, item))
        except Misfit as misfit:
            raise misfit.at(f"[{len(lowered)}]") from None
        return tuple(lowered)

    def lift(self, call: Call, raw: object) -> object:
        items = cast("tuple[object, ...]", raw)
        return tuple(codec.lift(call, item) for codec, item in zip(self.elements, items, strict=True))


class MapCodec(Codec):
    """A map: only the fast layer carries one, so all that is asked of this is what is wrong with a value."""

    def __init__(self, key: Codec, value: Codec) -> None:
        self.key = key
        self.value = value

    def lower(self, call: Call, value: object) -> object:
        if not isinstance(value, Mapping):
            raise expected("a mapping", value)
        lowered: list[object] = []
        for key, item in cast("Mapping[object, object]", value).items():
            try:
                self.key.lower(call, key)
            except Misfit as misfit:
                raise misfit.at(f".keys()[{len(lowered)}]") from None
            try:
                lowered.append(self.value.lower(call, item))
            except Misfit as misfit:
                raise misfit.at(f"[{key!r}]") from None
        return lowered


class OptionCodec(Codec):
    """`option<element>`; `nested` where the element is an option too, so that a value is wrapped in `Some`."""

    def __init__(self, element: Codec, nested: bool) -> None:
        self.element = element
        self.nested = nested

    def lower(self, call: Call, value: object) -> object:
        if value is None:
            return Variant("none")
        if not self.nested:
            return Variant("some", self.element.lower(call, value))
        if not isinstance(value, Some):
            raise expected_class("Some or None", (Some,), value)
        try:
            return Variant("some", self.element.lower(call, cast("Some[object]", value).value))
        except Misfit as misfit:
            raise misfit.at(".value") from None

    def lift(self, call: Call, raw: object) -> object:
        variant = cast("Variant", raw)
        if variant.tag == "none":
            return None
        value = self.element.lift(call, variant.payload)
        return Some(value) if self.nested else value


class ResultCodec(Codec):
    """`result<ok, err>` as a value; functions that return one use its parts."""

    def __init__(self, ok: Codec | None, err: Codec | None, error: type[Err[object]]) -> None:
        self.ok = ok
        self.err = err
        self.error = error

    def lower(self, call: Call, value: object) -> object:
        try:
            if isinstance(value, Ok):
                return self.lower_ok(call, cast("Ok[object]", value).value)
            if isinstance(value, Err):
                return self.lower_err(call, cast("Err[object]", value).value)
        except Misfit as misfit:
            raise misfit.at(".value") from None
        raise expected_class("Ok or Err", (Ok, Err), value)

    def lower_ok(self, call: Call, value: object) -> Variant:
        """The lowered success."""
        return Variant("ok", _lower_payload(self.ok, call, value))

    def lower_err(self, call: Call, value: object) -> Variant:
        """The lowered error."""
        return Variant("err", _lower_payload(self.err, call, value))

    def lift(self, call: Call, raw: object) -> object:
        variant = cast("Variant", raw)
        if variant.tag == "ok":
            return Ok(_lift_payload(self.ok, call, variant.payload))
        return self.error(_lift_payload(self.err, call, variant.payload))


def _lower_payload(codec: Codec | None, call: Call, value: object) -> object:
    if codec is not None:
        return codec.lower(call, value)
    if value is not None:
        raise expected("None", value)
    return None


def _lift_payload(codec: Codec | None, call: Call, raw: object) -> object:
    return None if codec is None else codec.lift(call, raw)


class RecordCodec(Codec):
    """A record; fields as (WIT name, attribute, codec)."""

    def __init__(self, cls: type, fields: tuple[tuple[str, str, Codec], ...]) -> None:
        self.cls = cls
        self.fields = fields

    def lower(self, call: Call, value: object) -> object:
        if not isinstance(value, self.cls):
            raise expected_class(self.cls.__name__, (self.cls,), value)
        record = Record()
        for name, attribute, codec in self.fields:
            try:
                setattr(record, name, codec.lower(call, getattr(value, attribute)))
            except Misfit as misfit:
                raise misfit.at(f".{attribute}") from None
        return record

    def lift(self, call: Call, raw: object) -> object:
        values = vars(raw)
        return self.cls(*(codec.lift(call, values[name]) for name, _, codec in self.fields))


class VariantCodec(Codec):
    """A variant; cases as (WIT name, class, codec of the payload)."""

    def __init__(self, name: str, cases: tuple[tuple[str, type, Codec | None], ...]) -> None:
        self.name = name
        self.by_class = {cls: (case, codec) for case, cls, codec in cases}
        self.by_case = {case: (cls, codec) for case, cls, codec in cases}

    def lower(self, call: Call, value: object) -> object:
        cls = case_of(self.by_class, value)
        if cls is None:
            raise expected_class(f"a case of {self.name}", self.by_class, value)
        case, codec = self.by_class[cls]
        if codec is None:
            return Variant(case)
        try:
            return Variant(case, codec.lower(call, cast("Some[object]", value).value))  # as any case with a payload
        except Misfit as misfit:
            raise misfit.at(".value") from None

    def lift(self, call: Call, raw: object) -> object:
        variant = cast("Variant", raw)
        cls, codec = self.by_case[variant.tag]
        made: object = cls() if codec is None else cls(codec.lift(call, variant.payload))
        return made


def case_of(cases: Mapping[type, object], value: object) -> type | None:
    """The key of `cases` that `value` is an instance of, the nearest of its bases first; None if there is none."""
    for base in type(value).__mro__:
        if base in cases:
            return base
    return next((cls for cls in cases if isinstance(value, cls)), None)


class EnumCodec(Codec):
    """An enum; the WIT names go with its members in order."""

    def __init__(self, cls: type[enum.Enum], names: tuple[str, ...]) -> None:
        self.cls = cls
        self.name_of = dict(zip(cls, names, strict=True))
        self.member_of = dict(zip(names, cls, strict=True))

    def lower(self, call: Call, value: object) -> object:
        if not isinstance(value, self.cls):
            raise expected_class(self.cls.__name__, (self.cls,), value)
        return self.name_of[value]

    def lift(self, call: Call, raw: object) -> object:
        return self.member_of[cast("str", raw)]


class FlagsCodec(Codec):
    """Flags; the WIT names go with the bits in order."""

    def __init__(self, cls: type[enum.Flag], names: tuple[str, ...]) -> None:
        self.cls = cls
        self.names = names
        self.bit_of = {name: 1 << i for i, name in enumerate(names)}

    def lower(self, call: Call, value: object) -> object:
        if not isinstance(value, self.cls):
            raise expected_class(self.cls.__name__, (self.cls,), value)
        bits: int = value.value
        if bits >> len(self.names):
            raise Misfit(f"{value!r} has bits that {self.cls.__name__} does not name", ValueError)
        return {name for name, bit in self.bit_of.items() if bits & bit}

    def lift(self, call: Call, raw: object) -> object:
        return self.cls(sum(self.bit_of[name] for name in cast("set[str]", raw)))
