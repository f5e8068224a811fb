"""Values of every type cross in both directions, and what does not fit is refused before wasm is entered."""

from __future__ import annotations

import array
import enum
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import pytest

import witgen.runtime as rt
from tests.runtime import echo, layers
from tests.runtime.layers import once_per_layer
from witgen.runtime import generated as abi


@dataclass(frozen=True)
class Point:
    x: int
    is_it: bool


@dataclass(frozen=True)
class Item:
    id: int
    at: Point | None


@dataclass(frozen=True)
class Shape_None_:
    pass


@dataclass(frozen=True)
class Shape_Number:
    value: int


@dataclass(frozen=True)
class Shape_Flag:
    value: bool


@dataclass(frozen=True)
class Shape_Text:
    value: str


@dataclass(frozen=True)
class Shape_Point:
    value: Point


class Colour(enum.Enum):
    DARK_RED = 0
    BLUE = 1


class Caps(enum.Flag):
    READ_ONLY = 1
    WRITE = 2
    EXEC = 4


Many = enum.Flag(
    "Many",
    "F0 F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12 F13 F14 F15 F1"
    "6 F17 F18 F19 F20 F21 F22 F23 F24 F25 F26 F27 F28 F29 F30 F31",
)

POINT = abi.Record(Point, (("x", "x", abi.U8), ("is-it", "is_it", abi.BOOL)))
ITEM = abi.Record(Item, (("id", "id", abi.U8), ("at", "at", abi.Option(POINT))))
SHAPE = abi.Variant(
    "Shape",
    (
        ("none", Shape_None_, None),
        ("number", Shape_Number, abi.U32),
        ("flag", Shape_Flag, abi.BOOL),
        ("text", Shape_Text, abi.STRING),
        ("a-point", Shape_Point, POINT),
    ),
)
COLOUR = abi.Enum(Colour, ("dark-red", "blue"))
MANY = abi.Flags(Many, tuple(f"f-{n}" for n in range(32)))
CAPS = abi.Flags(Caps, ("read-only", "write", "exec"))
RESULT = abi.Result(abi.Option(abi.U32), abi.STRING)

TYPES: dict[str, abi.Type] = {
    "bool": abi.BOOL,
    "u8": abi.U8,
    "u16": abi.U16,
    "u32": abi.U32,
    "u64": abi.U64,
    "s8": abi.S8,
    "s16": abi.S16,
    "s32": abi.S32,
    "s64": abi.S64,
    "f32": abi.F32,
    "f64": abi.F64,
    "char": abi.CHAR,
    "string": abi.STRING,
    "bytes": abi.List(abi.U8),
    "signed-bytes": abi.List(abi.S8),
    "numbers": abi.List(abi.U32),
    "strings": abi.List(abi.STRING),
    "items": abi.List(ITEM),
    "pair": abi.Tuple((abi.U8, abi.STRING)),
    "point": POINT,
    "item": ITEM,
    "shape": SHAPE,
    "shapes": abi.List(SHAPE),
    "colour": COLOUR,
    "caps": CAPS,
    "many": MANY,
    "option": abi.Option(abi.U32),
    "option-string": abi.Option(abi.STRING),
    "nested": abi.Option(abi.Option(abi.Option(abi.U8))),
    "option-shape": abi.Option(SHAPE),
    "result": abi.Tuple((RESULT,)),
    "result-ok": abi.Tuple((abi.Result(abi.U8, None),)),
    "result-err": abi.Tuple((abi.Result(None, abi.U8),)),
    "result-bare": abi.Tuple((abi.Result(),)),
    "result-same": abi.Tuple((abi.Result(abi.STRING, abi.STRING),)),
    "result-bool": abi.Tuple((abi.Result(abi.U32, abi.BOOL),)),
    "result-nested": abi.Option(abi.Result(abi.Result(abi.U8, COLOUR), None)),
}


class Host:
    """Every function returns what it was given; `seen` keeps the last."""

    seen: object = None

    def __getattr__(self, name: str) -> Callable[[object], object]:
        def give_back(x: object) -> object:
            self.seen = x
            return x

        return give_back


FUNCTIONS = {name: (ty, ty) for name, ty in TYPES.items()}


@once_per_layer
def prepared() -> abi.Prepared:
    engine = rt.engine()
    return abi.Prepared(engine, layers.component(engine, echo.component(FUNCTIONS)), echo.world(FUNCTIONS))


class Echo:
    def __init__(self) -> None:
        self.host = Host()
        pre = prepared()
        self.instance = pre.instantiate(rt.Store(pre.engine), {"host": self.host})

    def __call__(self, name: str, value: object) -> object:
        return self.instance.bind(echo.export(name, *FUNCTIONS[name]))(value)


@once_per_layer
def echoes() -> Echo:
    return Echo()


def brief(value: object) -> str:
    """A short id."""
    if isinstance(value, memoryview):
        return "memoryview"  # its repr has its address
    return "huge" if isinstance(value, int) and value > 10**300 else repr(value)[:40]


GOOD: list[tuple[str, object]] = [
    ("bool", True),
    ("bool", False),
    *((f"u{bits}", value) for bits in (8, 16, 32, 64) for value in (0, 1, 2**bits - 1)),
    *((f"s{bits}", value) for bits in (8, 16, 32, 64) for value in (-(2 ** (bits - 1)), -1, 0, 2 ** (bits - 1) - 1)),
    ("f32", 0.5),
    ("f32", math.inf),
    ("f32", 3.4028234663852886e38),
    ("f64", -1e308),
    ("char", "a"),
    ("char", "\U0010ffff"),
    ("char", "\ud7ff"),
    ("string", ""),
    ("string", "zażółć \0 🎈"),
    ("bytes", b""),
    ("bytes", bytes(range(256)) * 5),
    ("signed-bytes", bytes(range(256))),
    ("numbers", []),
    ("numbers", [0, 7, 2**32 - 1]),
    ("strings", ["", "a", "b" * 300]),
    ("items", [Item(1, None), Item(2, Point(3, True))]),
    ("pair", (255, "x")),
    ("point", Point(0, False)),
    ("shape", Shape_None_()),
    ("shape", Shape_Number(2**32 - 1)),
    ("shape", Shape_Flag(True)),
    ("shape", Shape_Text("t")),
    ("shape", Shape_Point(Point(9, True))),
    ("shapes", [Shape_Flag(False), Shape_None_(), Shape_Number(0)]),
    ("colour", Colour.DARK_RED),
    ("colour", Colour.BLUE),
    ("caps", Caps(0)),
    ("caps", Caps.READ_ONLY | Caps.EXEC),
    ("option", None),
    ("option", 0),
    ("option-string", ""),
    ("nested", None),
    ("nested", rt.Some(None)),
    ("nested", rt.Some(rt.Some(None))),
    ("nested", rt.Some(rt.Some(3))),
    ("option-shape", None),
    ("option-shape", Shape_None_()),
    ("option-shape", Shape_Text("")),
    ("result", (rt.Ok(None),)),
    ("result", (rt.Ok(4),)),
    ("result", (rt.Err("no"),)),
    ("result-ok", (rt.Ok(4),)),
    ("result-ok", (rt.Err(None),)),
    ("result-err", (rt.Ok(None),)),
    ("result-err", (rt.Err(4),)),
    ("result-bare", (rt.Ok(None),)),
    ("result-bare", (rt.Err(None),)),
    ("result-same", (rt.Ok("same"),)),
    ("result-same", (rt.Err("same"),)),
    ("result-bool", (rt.Err(True),)),
    ("result-bool", (rt.Ok(1),)),
    ("result-nested", rt.Ok(rt.Err(Colour.BLUE))),
    ("result-nested", rt.Ok(rt.Ok(1))),
    ("result-nested", rt.Err(None)),
    ("result-nested", None),
]


@pytest.mark.parametrize(("name", "value"), GOOD, ids=brief)
def test_value_crosses_both_ways(name: str, value: object) -> None:
    """A value arrives in the implementation as it was passed, and comes back as it was returned."""
    echoing = echoes()
    back = echoing(name, value)
    assert (echoing.host.seen, type(echoing.host.seen)) == (value, type(value))
    assert (back, type(back)) == (value, type(value))


CONVERTED: list[tuple[str, object, object]] = [
    ("f32", 3, 3.0),
    ("f64", -7, -7.0),
    ("bytes", bytearray(b"ab"), b"ab"),
    ("bytes", memoryview(b"abcd")[::2], b"ac"),
    ("bytes", array.array("b", [-1]), b"\xff"),
    ("signed-bytes", bytearray(b"\x80"), b"\x80"),
    ("numbers", (1, 2), [1, 2]),
    ("numbers", range(3), [0, 1, 2]),
    ("numbers", deque([4]), [4]),
    ("numbers", b"\x01", [1]),
]


@pytest.mark.parametrize(("name", "value", "result"), CONVERTED, ids=brief)
def test_what_is_accepted_besides(name: str, value: object, result: object) -> None:
    """An int for a float, any buffer for bytes, any sequence for a list."""
    back = echoes()(name, value)
    assert (back, type(back)) == (result, type(result))


BAD: list[tuple[str, object, type[Exception], str]] = [
    ("bool", 1, TypeError, "bool(x): expected bool, got int"),
    ("u8", 300, ValueError, "u8(x): 300 does not fit u8"),
    ("u8", -1, ValueError, "u8(x): -1 does not fit u8"),
    ("u8", 10**5000, ValueError, "u8(x): the int does not fit u8"),
    ("u64", 2**64, ValueError, "u64(x): 18446744073709551616 does not fit u64"),
    ("s8", 128, ValueError, "s8(x): 128 does not fit s8"),
    ("s64", -(2**63) - 1, ValueError, "s64(x): -9223372036854775809 does not fit s64"),
    ("u32", True, TypeError, "u32(x): expected int, got bool"),
    ("u32", 1.0, TypeError, "u32(x): expected int, got float"),
    ("f64", True, TypeError, "f64(x): expected float, got bool"),
    ("f64", "1", TypeError, "f64(x): expected float, got str"),
    ("f64", 10**400, ValueError, "f64(x): the int does not fit f64"),
    ("f32", 1e39, ValueError, "f32(x): 1e+39 does not fit f32"),
    ("char", "", ValueError, "char(x): a char is one character, got 0"),
    ("char", "ab", ValueError, "char(x): a char is one character, got 2"),
    ("char", 65, TypeError, "char(x): expected str, got int"),
    ("char", "\ud800", ValueError, "char(x): U+D800 is a surrogate, which no char can be"),
    ("string", b"", TypeError, "string(x): expected str, got bytes"),
    ("string", "ab\udfff", ValueError, "string(x): U+DFFF at index 2 is a surrogate, which a WIT string cannot hold"),
    ("bytes", "ab", TypeError, "bytes(x): expected bytes, got str"),
    ("bytes", [1, 2], TypeError, "bytes(x): expected bytes, got list"),
    ("bytes", array.array("i", [1]), TypeError, "bytes(x): expected bytes, got array of 4-byte items"),
    ("numbers", "12", TypeError, "numbers(x): expected a sequence, got str"),
    ("numbers", {1}, TypeError, "numbers(x): expected a sequence, got set"),
    ("numbers", [1, 2, -3], ValueError, "numbers(x[2]): -3 does not fit u32"),
    ("items", [Item(1, None), Item(300, None)], ValueError, "items(x[1].id): 300 does not fit u8"),
    ("items", [Item(1, Point(256, True))], ValueError, "items(x[0].at.x): 256 does not fit u8"),
    ("pair", (1,), ValueError, "pair(x): expected a tuple of 2, got one of 1"),
    ("pair", [1, ""], TypeError, "pair(x): expected tuple, got list"),
    ("pair", (1, 2), TypeError, "pair(x[1]): expected str, got int"),
    ("point", (1, True), TypeError, "point(x): expected Point, got tuple"),
    ("point", Point, TypeError, "point(x): expected Point, got class Point"),
    ("point", Point(1, cast("bool", 1)), TypeError, "point(x.is_it): expected bool, got int"),
    ("shape", 3, TypeError, "shape(x): expected a case of Shape, got int"),
    ("shape", None, TypeError, "shape(x): expected a case of Shape, got None"),
    ("shape", Shape_Point(Point(-1, True)), ValueError, "shape(x.value.x): -1 does not fit u8"),
    ("colour", "blue", TypeError, "colour(x): expected Colour, got str"),
    ("caps", 1, TypeError, "caps(x): expected Caps, got int"),
    ("option", "1", TypeError, "option(x): expected int, got str"),
    ("nested", 3, TypeError, "nested(x): expected Some or None, got int"),
    ("nested", rt.Some(3), TypeError, "nested(x.value): expected Some or None, got int"),
    ("result", ("x",), TypeError, "result(x[0]): expected Ok or Err, got str"),
    ("result", (rt.Err(3),), TypeError, "result(x[0].value): expected str, got int"),
    ("result-bare", (rt.Ok(1),), TypeError, "result_bare(x[0].value): expected None, got int"),
]


@pytest.mark.parametrize(("name", "value", "error", "message"), BAD, ids=brief)
def test_what_does_not_fit_is_refused(name: str, value: object, error: type[Exception], message: str) -> None:
    """The error names function, parameter and path, and wasm is not entered: the store stays usable."""
    echoing = echoes()
    echoing.host.seen = "untouched"
    with pytest.raises(error) as caught:
        echoing(name, value)
    assert (str(caught.value), type(caught.value)) == (message, error)
    assert echoing.host.seen == "untouched"
    assert echoing("u8", 5) == 5


def test_nan_crosses() -> None:
    """Not-a-number stays what it is."""
    value = echoes()("f64", math.nan)
    assert isinstance(value, float)
    assert math.isnan(value)


def test_wrong_number_of_arguments() -> None:
    """A call with the wrong number of arguments is a TypeError of ours."""
    call: Callable[..., object] = echoes().instance.bind(echo.export("u8", abi.U8, abi.U8))
    with pytest.raises(TypeError, match=r"u8\(\) takes 1 "):
        call(1, 2)


def test_32_flags() -> None:
    """As many flags as a component can have: every bit keeps its name."""
    value = Many.F0 | Many.F31 | Many.F16
    assert echoes()("many", value) == value
