"""Lists of scalars and strings, a column at a time; and the conversions of what fits but is rare.

Everything here raises anything for a value that does not fit: the codecs of the public layer then say what is wrong.
"""

from __future__ import annotations

import ctypes
import math
from array import array
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Literal, cast

from .._codecs.numbers import column as column_of
from .._codecs.numbers import to_bool, to_float, to_int, to_list
from .._types import Flags, Primitive, Type
from . import memory as _memory
from .memory import BYTES_AT, PRIMITIVE, SIZE, VIEWS, cast_view, chars, name_of

F32_END = 340282356779733661637539395458142568448.0
"""The first magnitude that rounds to infinity as an f32."""

Vector = tuple[int, int, object]
"""Length, address, and what to keep alive."""


class Refused(Exception):
    """A value does not fit."""


# ---- single values -------------------------------------------------------------------------------------------------


def to_f32(value: float) -> float:
    """A float that is infinite, or no number, or out of range."""
    if F32_END <= abs(value) < math.inf:
        raise Refused
    return value


def to_str(value: object) -> str:
    """The str of a subclass's instance."""
    if not isinstance(value, str):
        raise Refused
    return str.__str__(value)


def to_items(value: object) -> list[tuple[object, object]]:
    """The items of any mapping."""
    if not isinstance(value, Mapping):
        raise Refused
    return list(cast("Mapping[object, object]", value).items())


class FlagNames(dict[int, Vector]):
    """For a set of flags, its names as wasmtime wants them. A few hundred sets are remembered."""

    def __init__(self, ty: Flags) -> None:
        super().__init__()
        self._names = [name_of(name) for name in ty.names]

    def __missing__(self, bits: int) -> Vector:
        if bits < 0 or bits >> len(self._names):
            raise Refused
        words = array("Q", [word for n, name in enumerate(self._names) if bits >> n & 1 for word in name])
        made = self.setdefault(bits, (len(words) // 2, words.buffer_info()[0] if words else 0, words))
        if len(self) > 512:
            self.clear()  # `made` is kept by whoever asked
        return made


# ---- lists, in -----------------------------------------------------------------------------------------------------


def lowering(element: Type) -> Callable[[object], Vector] | None:
    """The function that lowers a list of `element`; None if there is none for it."""
    match element:
        case Primitive.U8 | Primitive.S8:
            return _lower_bytes(bytes([PRIMITIVE[element][0]]) + bytes(31))
        case Primitive.STRING:
            return lower_strings
        case Primitive.BOOL | Primitive.CHAR | Primitive.F32 | Primitive.F64:
            return {
                Primitive.BOOL: lower_bools,
                Primitive.CHAR: lower_chars,
                Primitive.F32: lower_f32s,
                Primitive.F64: lower_f64s,
            }[element]
        case Primitive():
            return _lower_ints(*PRIMITIVE[element])
        case _:
            return None


def _lower_bytes(template: bytes) -> Callable[[object], Vector]:
    def lower(value: object) -> Vector:
        if type(value) is not bytes:
            view = memoryview(cast("bytes", value))
            if view.itemsize != 1:
                raise Refused
            value = view.tobytes()
        n = len(value)
        if not n:
            return 0, 0, None
        image = bytearray(template) * n
        image[8::32] = value
        address = of_bytes(image)
        return n, ctypes.addressof(address), address

    of_bytes = ctypes.c_char.from_buffer
    return lower


def _strided(kind: int, form: str, column: array[int] | array[float] | bytes | memoryview) -> Vector:
    n = len(column)
    if not n:
        return 0, 0, None
    image = array("Q", (kind, 0, 0, 0)) * n
    view = cast_view(memoryview(image).cast("B"), form)
    size = SIZE[form]
    view[8 // size :: 32 // size] = column
    return n, image.buffer_info()[0], image


def _listed(value: object) -> list[object]:
    return cast("list[object]", value) if type(value) is list else to_list(value)


def _lower_ints(kind: int, form: str) -> Callable[[object], Vector]:
    def lower(value: object) -> Vector:
        given = column_of(value, form)
        if given is not None:
            return _strided(kind, form, given)
        items = _listed(value)
        try:
            column = array(code, cast("list[int]", items))  # checks the range
        except TypeError:  # not all are ints, and one may have an `__index__`
            return _strided(kind, form, array(code, map(to_int, items)))
        if [*map(type, items)].count(int) != len(column):
            column = array(code, map(to_int, items))
        return _strided(kind, form, column)

    code = cast('Literal["Q"]', form)  # or another one of ints

    return lower


def lower_f64s(value: object) -> Vector:
    """A list of f64."""
    given = column_of(value, "d")
    if given is not None:
        return _strided(10, "d", given)
    items = _listed(value)
    if [*map(type, items)].count(float) != len(items):
        items = [*map(to_float, items)]
    return _strided(10, "d", array("d", cast("list[float]", items)))


def lower_f32s(value: object) -> Vector:
    """A list of f32."""
    given = column_of(value, "f")
    if given is not None:
        return _strided(9, "f", given)
    items = _listed(value)
    if [*map(type, items)].count(float) != len(items):
        items = [*map(to_float, items)]
    column = array("f", cast("list[float]", items))
    if not math.isfinite(sum(column)):
        column = array("f", map(to_f32, cast("list[float]", items)))
    return _strided(9, "f", column)


def lower_bools(value: object) -> Vector:
    """A list of bool. Any other byte would be undefined behaviour: the list must be nobody else's."""
    items = [*_listed(value)]
    if [*map(type, items)].count(bool) != len(items):
        items = [*map(to_bool, items)]
    return _strided(0, "B", bytes(cast("list[bool]", items)))


def lower_chars(value: object) -> Vector:
    """A list of char."""
    items = [*map(to_str, _listed(value))]
    column = array("I", map(ord, items))
    "".join(items).encode()  # refuses surrogates
    return _strided(11, "I", column)


_STRING = array("Q", (_memory.STRING, 0, 0, 0))


def lower_strings(value: object) -> Vector:
    """A list of string: one piece of memory for all of their bytes."""
    items = _listed(value)
    parts = [*map(str.encode, cast("list[str]", items))]
    if not parts:
        return 0, 0, None
    data = b"".join(parts)
    lengths = [*map(len, parts)]
    image = _STRING * len(parts)
    image[1::4] = array("Q", lengths)
    image[2::4] = array("Q", [*accumulate(lengths[:-1], initial=id(data) + BYTES_AT)])
    return len(parts), image.buffer_info()[0], (image, data)


# ---- lists, out ----------------------------------------------------------------------------------------------------


def lifting(element: Type) -> Callable[[int, int], object] | None:
    """The function from length and address to a list of `element`; None if there is none for it."""
    match element:
        case Primitive.U8 | Primitive.S8:
            return _lift_bytes()
        case Primitive.STRING | Primitive.ERROR_CONTEXT:
            return None
        case Primitive.CHAR:
            return _lift_chars()
        case Primitive():
            return _lift_scalars("?" if element is Primitive.BOOL else PRIMITIVE[element][1])
        case _:
            return None


def _lift_bytes() -> Callable[[int, int], object]:
    space = chars()

    def lift(n: int, p: int) -> object:
        return space[p + 8 : p + 32 * n : 32] if n else b""

    return lift


def _lift_scalars(form: str) -> Callable[[int, int], object]:
    view, size = VIEWS[form], SIZE[form]
    shift, first, step = size.bit_length() - 1, 8 // size, 32 // size

    def lift(n: int, p: int) -> object:
        p >>= shift
        return view[p + first : p + step * n : step].tolist()

    return lift


def _lift_chars() -> Callable[[int, int], object]:
    numbers = _lift_scalars("I")

    def lift(n: int, p: int) -> object:
        return [*map(chr, cast("list[int]", numbers(n, p)))]

    return lift
