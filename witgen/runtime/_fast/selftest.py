"""Whether the memory layout is the one that this layer was written for: tried before anything relies on it.

A tree with every kind of pointer is built in Python's memory, copied by wasmtime, read back from the copy, and freed.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from enum import Enum, Flag

from .. import _wasmtime
from .._types import CHAR, F64, S8, S64, STRING, U8, U32, List, Map, Option, Record, Result, Tuple, Type, Variant
from .._types import Enum as EnumType
from .._types import Flags as FlagsType
from .._values import Err, Ok
from . import memory as _memory
from .image import Image
from .lift import Lifting, names
from .lower import NAMES, Lowering
from .memory import BYTES_AT, VAL, Pointer, Slot
from .source import Source, builder


@dataclass
class _Point:
    x: int
    name: str


@dataclass
class _Some:
    value: object


@dataclass
class _None:
    pass


class _Colour(Enum):
    RED = 0
    BLUE = 1


class _Caps(Flag):
    READ = 1
    WRITE = 2
    EXEC = 4


def _sample() -> tuple[Type, object]:
    variant = Variant("v", (("some", _Some, S64), ("none", _None, None)))
    parts: list[tuple[Type, object]] = [
        (STRING, "zażółć"),
        (List(U8), b"\x00\x01\xff"),
        (List(U32), [1, 2**32 - 1]),
        (List(STRING), ["", "a"]),
        (List(Record(_Point, (("x", "x", S8), ("name", "name", STRING)))), [_Point(-1, "p"), _Point(127, "")]),
        (variant, _Some(-(2**63))),
        (variant, _None()),
        (EnumType(_Colour, ("red", "blue")), _Colour.BLUE),
        (FlagsType(_Caps, ("read", "write", "exec")), _Caps.READ | _Caps.EXEC),
        (Option(F64), 0.5),
        (Option(F64), None),
        (Result(CHAR, STRING), Ok("\U0010ffff")),
        (Result(CHAR, STRING), Err("no")),
    ]
    if _wasmtime.HAS_MAPS:
        parts.append((Map(U32, STRING), {7: "seven", 0: ""}))
    return Tuple(tuple(ty for ty, _ in parts)), tuple(value for _, value in parts)


def run() -> str:
    """What is not as expected; "" if all is."""
    difference = _wasmtime.layout()
    if difference:
        return difference
    probe = bytes(range(1, 9))
    if ctypes.string_at(id(probe) + BYTES_AT, 9) != probe + b"\0":
        return "bytes objects are laid out otherwise"
    _memory.open_views()
    if bytes(_memory.VIEWS["B"][id(probe) + BYTES_AT : id(probe) + BYTES_AT + 8]) != probe:
        return "the address space cannot be viewed"
    return _trip()


def _trip() -> str:
    ty, value = _sample()
    source, image = Source(), Image()
    source.objects |= NAMES | names()
    image.reserve(VAL)
    with source.block("def trip(PARTS, given, copy):"):
        source.line("value = given")
        Lowering(source).lower(ty, image, 0, "value")
        source.line("p = copy(base)")
        source.line(f"return {Lifting(source, counts=False).payload(ty, 'p')}")
    source.fill("PARTS", "parts")
    source.fill("value = given", f"{image.parts()} = parts; value = given")
    trip = builder(source, "trip")
    slot = Slot()

    def copy(tree: Pointer) -> int:
        _memory.val_clone(tree, Pointer(slot.address))
        return slot.address

    for _ in range(2):
        back = trip(image.builder()(), value, copy)
        slot.release()
        if back != value:
            return f"values do not come back: {back!r}"
    return ""
