"""What checkers and `isinstance` accept is accepted for every kind of type, as an argument and as a host's result."""

from __future__ import annotations

import array
import ctypes
import enum
import sys
from collections import UserList
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from types import ModuleType
from typing import NamedTuple, cast

import numpy as np
import pytest

import witgen.runtime as rt
from tests.runtime import echo, layers
from tests.runtime.layers import once_per_layer
from tests.runtime.test_values import (
    CAPS,
    COLOUR,
    POINT,
    RESULT,
    SHAPE,
    Colour,
    Point,
    Shape_Flag,
    Shape_None_,
    Shape_Number,
    Shape_Point,
    Shape_Text,
)
from witgen.runtime import generated as abi


class Word:
    """A case without payload."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


MANY_CASES = tuple(type(f"Word_{n}", (Word,), {}) for n in range(7))
WORDS = abi.Variant(
    "Word", (*((f"w{n}", cls, None) for n, cls in enumerate(MANY_CASES)), ("number", Shape_Number, abi.U32))
)
NUMBERS: dict[str, abi.Type] = {p.value: p for p in abi.Primitive if p.value[0] in "usf" and p.value[1:].isdigit()}
TYPES: dict[str, abi.Type] = {
    **NUMBERS,
    **{f"list-{name}": abi.List(ty) for name, ty in NUMBERS.items()},
    "bool": abi.BOOL,
    "list-bool": abi.List(abi.BOOL),
    "char": abi.CHAR,
    "string": abi.STRING,
    "strings": abi.List(abi.STRING),
    "rows": abi.List(abi.List(abi.F64)),
    "byte-rows": abi.List(abi.List(abi.U8)),
    "cube": abi.List(abi.List(abi.List(abi.S16))),
    "pair": abi.Tuple((abi.U8, abi.STRING)),
    "point": POINT,
    "shape": SHAPE,
    "shapes": abi.List(SHAPE),
    "option-shape": abi.Option(SHAPE),
    "pair-of-shapes": abi.Tuple((SHAPE, SHAPE)),
    "word": WORDS,
    "colour": COLOUR,
    "caps": CAPS,
    "option": abi.Option(abi.U32),
    "nested": abi.Option(abi.Option(abi.U8)),
    "result": abi.Tuple((RESULT,)),
    "result-of-shape": abi.Tuple((abi.Result(SHAPE, SHAPE),)),
}
FUNCTIONS = {name: (ty, ty) for name, ty in TYPES.items()}


class Host:
    """Every function returns `answer`."""

    answer: object = None

    def __getattr__(self, name: str) -> Callable[[object], object]:
        return lambda _: self.answer


class Echo:
    """An instance whose functions return what the host answers."""

    def __init__(self) -> None:
        engine = rt.engine()
        pre = abi.Prepared(engine, layers.component(engine, echo.component(FUNCTIONS)), echo.world(FUNCTIONS))
        self.host = Host()
        self.instance = pre.instantiate(rt.Store(engine), {"host": self.host})

    def __call__(self, name: str, value: object, answer: object) -> object:
        self.host.answer = answer
        return self.instance.bind(echo.export(name, *FUNCTIONS[name]))(value)


@once_per_layer
def echoes() -> Echo:
    return Echo()


class MyPoint(Point):
    """A subclass of a record's class."""


class MyFlag(Shape_Flag):
    """A subclass of a case's class."""


class MyOwnFlag(MyFlag):
    """One of that."""


BOTH = type("Both", (Shape_Number, Shape_Text), {})
"""A class whose instances are of two cases: the nearest base counts. No type checker takes it as a `class` statement."""


class MyNone(Shape_None_):
    """A subclass of a case without payload."""


MY_WORD = type("MyWord", (MANY_CASES[3],), {})
"""A subclass of one of many cases without payload."""


class Stand:
    """Not a subclass, but what `isinstance` takes for a case, as mocks with a `spec` are."""

    value = 7

    def __getattribute__(self, name: str) -> object:
        return Shape_Number if name == "__class__" else object.__getattribute__(self, name)


class MyInt(int):
    """A subclass of int."""


class MyIntEnum(enum.IntEnum):
    """Another one."""

    SEVEN = 7


class MyFloat(float):
    """A subclass of float."""


class MyStr(str):
    """A subclass of str."""

    __slots__ = ()


class MyOk(rt.Ok[object]):
    """A subclass of `Ok`."""


class MyErr(rt.Err[object]):
    """A subclass of `Err`."""


class MySome(rt.Some[object]):
    """A subclass of `Some`."""


class Index:
    """Anything with `__index__`."""

    def __index__(self) -> int:
        return 200


class Float:
    """Anything with `__float__`."""

    def __float__(self) -> float:
        return 0.5

    def __eq__(self, other: object) -> bool:
        return other == 0.5

    def __hash__(self) -> int:
        return hash(0.5)


class Named(NamedTuple):
    """A tuple with names."""

    number: int
    text: str


ACCEPTED: list[tuple[str, object, object]] = [
    ("point", MyPoint(3, True), Point(3, True)),
    ("shape", MyFlag(True), Shape_Flag(True)),
    ("shape", MyOwnFlag(True), Shape_Flag(True)),
    ("shape", MyNone(), Shape_None_()),
    ("shape", Shape_Point(MyPoint(1, False)), Shape_Point(Point(1, False))),
    ("shape", BOTH(7), Shape_Number(7)),
    ("shape", Stand(), Shape_Number(7)),
    ("shapes", [MyFlag(True), MyNone(), Shape_Text("x")], [Shape_Flag(True), Shape_None_(), Shape_Text("x")]),
    ("option-shape", MyFlag(False), Shape_Flag(False)),
    ("pair-of-shapes", (MyFlag(False), MyNone()), (Shape_Flag(False), Shape_None_())),
    ("result-of-shape", (MyOk(MyFlag(True)),), (rt.Ok(Shape_Flag(True)),)),
    ("result-of-shape", (MyErr(MyNone()),), (rt.Err(Shape_None_()),)),
    ("word", MY_WORD(), MANY_CASES[3]()),
    ("result", (MyOk(4),), (rt.Ok(4),)),
    ("result", (MyErr("no"),), (rt.Err("no"),)),
    ("nested", MySome(MyInt(4)), rt.Some(4)),
    ("pair", Named(1, "x"), (1, "x")),
    ("string", MyStr("x"), "x"),
    ("char", MyStr("x"), "x"),
    ("char", np.str_("x"), "x"),
    ("strings", UserList([MyStr("x")]), ["x"]),
    ("bool", np.True_, True),
    ("list-bool", [np.True_, False], [True, False]),
    ("list-bool", np.array([True, False]), [True, False]),
    ("option", np.uint64(7), 7),
    ("rows", np.array([[1.5, 2.0], [3.0, 4.0]]), [[1.5, 2.0], [3.0, 4.0]]),
    ("rows", np.array([[1, 2], [3, 4]], "int32")[:, ::-1], [[2.0, 1.0], [4.0, 3.0]]),
    ("rows", np.empty((0, 3)), []),
    ("rows", np.empty((2, 0)), [[], []]),
    ("rows", [np.array([1.0]), array.array("f", [2.0])], [[1.0], [2.0]]),
    ("byte-rows", np.arange(6, dtype="uint8").reshape(2, 3), [b"\0\1\2", b"\3\4\5"]),
    ("cube", np.arange(8, dtype="int16").reshape(2, 2, 2), [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]),
    *((name, value, 7) for name in NUMBERS if name[0] != "f" for value in (MyInt(7), MyIntEnum.SEVEN, np.int8(7), np.uint64(7))),
    *((name, np.array(7), 7) for name in NUMBERS if name[0] != "f"),
    ("u8", Index(), 200),
    ("s64", ctypes.c_int64(-3).value, -3),
    *((name, value, 0.5) for name in ("f32", "f64") for value in (MyFloat(0.5), np.float16(0.5), np.float32(0.5), np.float64(0.5))),
    *((name, value, 0.5) for name in ("f32", "f64") for value in (Decimal("0.5"), Fraction(1, 2), Float(), np.array(0.5))),
    *((name, value, 7.0) for name in ("f32", "f64") for value in (np.int64(7), MyInt(7), MyIntEnum.SEVEN)),
    ("f64", np.longdouble(0.25), 0.25),
]  # fmt: skip


def lists() -> Iterator[tuple[str, object, object]]:
    """Every list of numbers from every kind of array that holds what fits."""
    plain = [1, 2, 100]
    for name in NUMBERS:
        is_int = name[0] != "f"
        expected: list[int] | list[float] = plain if is_int else [1.0, 2.0, 100.0]
        if name in ("u8", "s8"):
            yield f"list-{name}", np.array(plain, name.replace("u", "uint").replace("s", "int")), bytes(plain)
            continue
        for code in "bBhHiIlLqQ" + ("" if is_int else "fd"):
            yield f"list-{name}", array.array(code, plain), expected
            yield f"list-{name}", memoryview(array.array(code, plain)), expected
            yield f"list-{name}", np.array(plain, code), expected
        for code in (">i4", "<u2", ">u8", "=i8") + (() if is_int else ("f2", ">f4", ">f8", "<f8")):
            yield f"list-{name}", np.array(plain, code), expected
            yield f"list-{name}", memoryview(cast("bytes", np.array(plain, code))), expected
        yield f"list-{name}", np.array([1, 0, 2, 0, 100, 0], "int64" if is_int else "float64")[::2], expected
        yield f"list-{name}", (ctypes.c_int32 * 3)(*plain), expected
        yield f"list-{name}", [np.int16(1), Index().__index__() - 198, MyInt(100)], expected
        yield f"list-{name}", np.array([]), []
        yield f"list-{name}", range(1, 3), expected[:2]


def brief(value: object) -> str:
    """A short id."""
    if type(value).__name__ in ("memoryview", "c_int_Array_3"):
        return type(value).__name__
    return f"{type(value).__name__}-{str(value)[:20]}"


@pytest.mark.parametrize(("name", "value", "result"), [*ACCEPTED, *lists()], ids=brief)
def test_accepted_as_an_argument_and_as_a_result(name: str, value: object, result: object) -> None:
    """The component gets the plain value; nothing of a subclass or an array is left."""
    back = echoes()(name, value, value)
    assert back == result
    assert type(back) is type(result)


def test_a_column_of_the_fitting_format_is_read_as_it_is() -> None:
    """Every bit of a float arrives."""
    values = np.array([0.1, -0.0, np.inf, 5e-324])
    back = echoes()("list-f64", values, values)
    assert np.array(back).tobytes() == values.tobytes()


REFUSED: list[tuple[str, object, type[Exception], str]] = [
    ("u32", np.float64(1), TypeError, "u32(x): expected int, got float64"),
    ("u32", np.True_, TypeError, "u32(x): expected int, got bool"),
    ("f64", np.True_, TypeError, "f64(x): expected float, got bool"),
    ("f64", np.complex64(1), TypeError, "f64(x): expected float, got complex64"),
    ("f64", np.array([1.0]), TypeError, "f64(x): expected float, got ndarray"),
    ("f64", array.array("d", [1.0]), TypeError, "f64(x): expected float, got array"),
    ("f64", memoryview(b"1.5"), TypeError, "f64(x): expected float, got memoryview"),
    ("f64", np.array(b"1.5"), TypeError, "f64(x): expected float, got ndarray"),
    ("list-f64", np.array([[1.0, 2.0]]), TypeError, "list_f64(x[0]): expected float, got memoryview"),
    ("f64", Decimal("0.1"), ValueError, "f64(x): no float equals this Decimal: round it with float(…)"),
    ("f32", Fraction(1, 3), ValueError, "f32(x): no float equals this Fraction: round it with float(…)"),
    ("u8", np.int64(300), ValueError, "u8(x): 300 does not fit u8"),
    ("u32", np.array([1]), TypeError, "u32(x): expected int, got ndarray"),
    ("bool", np.int8(1), TypeError, "bool(x): expected bool, got int8"),
    ("list-u32", np.array([1, -1]), ValueError, "list_u32(x[1]): -1 does not fit u32"),
    ("list-u32", np.array([1.0]), TypeError, "list_u32(x[0]): expected int, got float"),
    ("list-u32", np.array(3), TypeError, "list_u32(x): expected a sequence, got ndarray"),
    ("list-bool", np.array([1], "uint8"), TypeError, "list_bool(x[0]): expected bool, got int"),
    ("list-f64", np.array([1.0], object), TypeError, "list_f64(x): expected a sequence, got ndarray with items of format 'O'"),
    ("list-u32", np.array(["2020"], "datetime64[s]"), TypeError, "list_u32(x): expected a sequence, got ndarray"),
    ("rows", np.array([1.0]), TypeError, "rows(x[0]): expected a sequence, got float"),
    ("list-f32", np.array([1e39]), ValueError, "list_f32(x[0]): 1e+39 does not fit f32"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "error", "message"), REFUSED, ids=brief)
def test_what_loses_something_is_refused(name: str, value: object, error: type[Exception], message: str) -> None:
    """A named error with the path, as for Python's own values; in both directions."""
    with pytest.raises(error) as caught:
        echoes()(name, value, None)
    assert str(caught.value) == message
    good = {"bool": True, "u8": 1, "u32": 1, "f32": 1.0, "f64": 1.0}
    echoing = Echo()
    with pytest.raises(error, match=r"does not fit|expected|no float equals"):
        echoing(name, good.get(name, []), value)


def loaded_again(module: str, *classes: type) -> list[type]:
    """Classes of the same names, in a module `module`."""
    before = sys.modules.get(module)
    sys.modules[module] = ModuleType(module)
    copies = [type(c.__name__, (), {"__module__": module, "__init__": object.__init__}) for c in classes]
    if before is None:
        del sys.modules[module]
    else:
        sys.modules[module] = before
    return copies


HERE = "tests.runtime.test_values"


SAME_NAMES: list[tuple[str, type, Callable[[type], object], str]] = [
    ("point", Point, lambda cls: cls(), "point(x): expected Point"),
    ("shape", Shape_None_, lambda cls: cls(), "shape(x): expected a case of Shape"),
    ("shapes", Shape_None_, lambda cls: [cls()], "shapes(x[0]): expected a case of Shape"),
    ("shape", Point, lambda cls: Shape_Point(cls()), "shape(x.value): expected Point"),
    ("result", rt.Ok, lambda cls: (cls(),), "result(x[0]): expected Ok or Err"),
    ("nested", rt.Some, lambda cls: cls(), "nested(x): expected Some or None"),
    ("colour", Colour, lambda cls: cls(), "colour(x): expected Colour"),
]


@pytest.mark.parametrize(("name", "cls", "value_of", "path"), SAME_NAMES)
def test_both_modules_are_named_where_the_names_are_equal(
    name: str, cls: type, value_of: Callable[[type], object], path: str
) -> None:
    """A class of a second package, and the same class after a reload."""
    (other,) = loaded_again("other.package", cls)
    with pytest.raises(TypeError) as caught:
        echoes()(name, value_of(other), None)
    assert str(caught.value) == (
        f"{path}, got a different {cls.__name__}: other.package.{cls.__name__}, not {cls.__module__}.{cls.__name__}"
    )
    (again,) = loaded_again(cls.__module__, cls)
    with pytest.raises(TypeError, match="was loaded twice, or reloaded"):
        echoes()(name, value_of(again), None)


@pytest.mark.parametrize(
    ("name", "plain"), [("u32", int), ("f64", float), ("bool", bool), ("string", str), ("pair", tuple)]
)
def test_a_class_with_the_name_of_a_plain_one_goes_by_its_whole_name(name: str, plain: type) -> None:
    """Not `expected int, got int`; in both directions."""
    (cls,) = loaded_again("other.package", plain)
    message = rf"expected {plain.__name__}, got other\.package\.{plain.__name__}$"
    with pytest.raises(TypeError, match=message):
        echoes()(name, cls(), None)
    good: dict[str, object] = {"u32": 1, "f64": 1.0, "bool": True, "string": "", "pair": (1, "")}
    with pytest.raises(TypeError, match=message):
        Echo()(name, good[name], cls())


def test_settings_of_another_module() -> None:
    """The classes of `instantiate`'s own keywords are named in the same way."""
    (other,) = loaded_again("other.package", rt.Limits)
    pre = echoes().instance._prepared  # pyright: ignore[reportPrivateUsage]  # what is tested
    with pytest.raises(TypeError, match=r"expected Limits, got a different Limits: other\.package\.Limits, not witgen"):
        pre.instantiate(rt.Store(pre.engine), {"host": Host()}, limits=cast("rt.Limits", other()))
