"""Types and values drawn from a `Random`: thousands a second, and the same ones for the same seed."""

from __future__ import annotations

import enum
import math
import struct
from collections.abc import Callable
from dataclasses import make_dataclass
from random import Random
from typing import cast

import witgen.runtime as rt
from tests.component.wast.values import Case
from witgen.runtime import generated as abi

NUMBERS = (abi.U8, abi.S8, abi.U16, abi.S16, abi.U32, abi.S32, abi.U64, abi.S64)
PLAIN = (*NUMBERS, abi.BOOL, abi.CHAR, abi.F32, abi.F64, abi.STRING)
_KEYS = (*NUMBERS, abi.BOOL, abi.CHAR, abi.STRING)
_MANY = (1, 2, 3, 8, 9, 16, 17, 31, 32)
"""How many flags: where their size in memory changes."""


# ---- types ---------------------------------------------------------------------------------------------------------


def draw_type(random: Random, depth: int = 3) -> abi.Type:
    """A type with at most `depth` levels."""
    if depth <= 1 or random.random() < 0.35:
        return random.choice(PLAIN)

    def inner() -> abi.Type:
        return draw_type(random, depth - 1)

    match random.randrange(10):
        case 0 | 1:
            return abi.List(inner())
        case 2:
            return abi.Option(inner())
        case 3:
            return abi.Result(_maybe(random, depth), _maybe(random, depth))
        case 4:
            return abi.Tuple(tuple(inner() for _ in range(random.randint(1, 4))))
        case 5:
            return record([inner() for _ in range(random.randint(1, 5))])
        case 6:
            count = 300 if random.random() < 0.03 else random.randint(1, 5)
            return variant([_maybe(random, depth if count < 9 else 1) for _ in range(count)])
        case 7:
            return enumeration(300 if random.random() < 0.1 else random.randint(1, 5))
        case 8:
            return flags(random.choice(_MANY))
        case _:
            return abi.Map(random.choice(_KEYS), inner())


def _maybe(random: Random, depth: int) -> abi.Type | None:
    return None if random.random() < 0.3 else draw_type(random, depth - 1)


def record(fields: list[abi.Type]) -> abi.Record:
    """A record."""
    names = [f"f{n}" for n in range(len(fields))]
    return abi.Record(make_dataclass("Record", names), tuple(zip(names, names, fields, strict=True)))


def variant(payloads: list[abi.Type | None]) -> abi.Variant:
    """A variant."""
    names = [f"c{n}" for n in range(len(payloads))]
    classes = [type(name, (Case,), {"__slots__": ()}) for name in names]
    return abi.Variant("variant", tuple(zip(names, classes, payloads, strict=True)))


def enumeration(count: int) -> abi.Enum:
    """An enum."""
    names = tuple(f"e{n}" for n in range(count))
    make = cast("Callable[..., type[enum.Enum]]", enum.Enum)
    return abi.Enum(make("Enum", [(name, n) for n, name in enumerate(names)]), names)


def flags(count: int) -> abi.Flags:
    """Flags."""
    names = tuple(f"b{n}" for n in range(count))
    make = cast("Callable[..., type[enum.Flag]]", enum.Flag)
    return abi.Flags(make("Flags", [(name, 1 << n) for n, name in enumerate(names)]), names)


# ---- values --------------------------------------------------------------------------------------------------------

_SPECIAL = (0.0, -0.0, 1.5, math.inf, -math.inf, math.nan, 1e300, 5e-324)
_ALPHABETS = ("abc", "aé", "aĀ", "é\u00ff", "€", "\U0001f600", "\0\x7f\x80", "a€\U0001f600é")

Handles = Callable[["abi.Own | abi.Borrow"], object]


class NoValue(Exception):
    """There is no value of the type: no handle that could be given."""


def no_handles(ty: abi.Own | abi.Borrow) -> object:
    """For types without handles."""
    raise NoValue(str(ty))


def draw_value(random: Random, ty: abi.Type | None, handles: Handles = no_handles) -> object:
    """A value that fits a type.

    Raises:
        NoValue: `handles` has none.
    """

    def of(inner: abi.Type | None) -> object:
        return draw_value(random, inner, handles)

    match ty:
        case None:
            return None
        case abi.BOOL:
            return random.random() < 0.5
        case abi.CHAR:
            return draw_char(random)
        case abi.F64:
            return random.choice(_SPECIAL) if random.random() < 0.4 else random.uniform(-1e9, 1e9)
        case abi.F32:
            drawn = random.choice(_SPECIAL[:6]) if random.random() < 0.4 else random.uniform(-1e9, 1e9)
            return float(struct.unpack("<f", struct.pack("<f", drawn))[0])
        case abi.STRING:
            alphabet = random.choice(_ALPHABETS)
            return "".join(random.choice(alphabet) for _ in range(_length(random)))
        case abi.Primitive():
            return draw_number(random, ty)
        case abi.List(element) if element in (abi.U8, abi.S8):
            return random.randbytes(_length(random))
        case abi.List(element):
            return [of(element) for _ in range(_length(random, element))]
        case abi.Map(key, value):
            return {of(key): of(value) for _ in range(_length(random, value))}
        case abi.Option(element):
            if random.random() < 0.4:
                return None
            return rt.Some(of(element)) if isinstance(element, abi.Option) else of(element)
        case abi.Result(ok, err):
            return rt.Ok(of(ok)) if random.random() < 0.5 else ty.error(of(err))
        case abi.Tuple(elements):
            return tuple(of(element) for element in elements)
        case abi.Record():
            return ty.cls(*(of(field) for _, _, field in ty.fields))
        case abi.Variant():
            _, cls, payload = random.choice(ty.cases)
            return cls() if payload is None else cls(of(payload))
        case abi.Enum():
            return random.choice(list(ty.cls))
        case abi.Flags():
            return ty.cls(random.getrandbits(len(ty.names)))
        case abi.Own() | abi.Borrow():
            return handles(ty)
        case _:
            raise NoValue(str(ty))


def draw_number(random: Random, ty: abi.Primitive) -> int:
    """An integer, often one at the ends of its range."""
    bits = int(ty.value[1:])
    low = 0 if ty.value[0] == "u" else -(1 << bits - 1)
    high = low + (1 << bits) - 1
    if random.random() < 0.3:
        return random.choice((low, high, low + 1, high - 1))
    return random.randint(low, high) if random.random() < 0.5 else max(low, random.randint(-5, 100))


def draw_char(random: Random) -> str:
    """A char."""
    return random.choice(("a", "\0", "é", "\ud7ff", "\ue000", "\U0010ffff", chr(random.randrange(0xD800))))


def _length(random: Random, element: abi.Type = abi.U8) -> int:
    if random.random() < 0.02 and isinstance(element, abi.Primitive):
        return random.randint(40, 400)
    return random.choice((0, 1, 1, 2, 3, 5))


# ---- values as text ------------------------------------------------------------------------------------------------


def show(value: object, names: dict[int, str] | None = None) -> str:
    """A value as text, the same for equal values: all NaNs are one, 0.0 and -0.0 are two; handles by `names`, by `id`."""
    if names is not None and id(value) in names:
        return names[id(value)]
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, bytes):
        return f"bytes {value.hex()}"
    if isinstance(value, list):
        return "[" + ", ".join(show(item, names) for item in cast("list[object]", value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(show(item, names) for item in cast("tuple[object, ...]", value)) + ",)"
    if isinstance(value, dict):
        pairs = cast("dict[object, object]", value).items()
        return "{" + ", ".join(f"{show(key, names)}: {show(item, names)}" for key, item in pairs) + "}"
    if isinstance(value, rt.Err):
        return f"Err({show(cast('rt.Err[object]', value).value, names)})"
    if isinstance(value, Case):
        return f"{type(value).__name__}({show(value.value, names)})"
    if isinstance(value, rt.Ok | rt.Some):
        name = "Ok" if isinstance(value, rt.Ok) else "Some"
        return f"{name}({show(cast('rt.Some[object]', value).value, names)})"
    fields = cast("dict[str, object] | None", getattr(type(value), "__dataclass_fields__", None))
    if fields is not None:
        return "Record(" + ", ".join(show(getattr(value, name), names) for name in fields) + ")"
    return repr(value)


__all__ = [
    "NUMBERS",
    "PLAIN",
    "NoValue",
    "draw_char",
    "draw_number",
    "draw_type",
    "draw_value",
    "enumeration",
    "flags",
    "no_handles",
    "record",
    "show",
    "variant",
]
