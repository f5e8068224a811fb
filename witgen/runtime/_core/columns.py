"""Lists whose elements are plain values, a column at a time; and the conversions of what fits but is rare.

Lowering functions raise anything for a value that does not fit: the codecs then say what is wrong.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from typing import Literal, cast

from .._codecs.numbers import column as column_of
from .._codecs.numbers import to_bool, to_float, to_int, to_list
from .._codecs.plain import case_of
from .._fast.columns import Refused, to_f32, to_items, to_str
from .._types import Flags, Primitive, Type
from .failure import bad_char, bad_text
from .flatten import FORMATS

Bytes = bytes | memoryview
"""What is copied into a guest's memory."""


def to_bytes(value: object) -> bytes:
    """The bytes of any buffer of bytes."""
    view = memoryview(cast("bytes", value))
    if view.itemsize != 1:
        raise Refused
    return view.tobytes()


# ---- lists, in -----------------------------------------------------------------------------------------------------


def _listed(value: object) -> list[object]:
    return cast("list[object]", value) if type(value) is list else to_list(value)


def lowering(element: Type) -> Callable[[object], Bytes] | None:
    """The function from a list of `element` to its bytes in memory; None if there is none for it."""
    match element:
        case Primitive.BOOL:
            return lower_bools
        case Primitive.CHAR:
            return lower_chars
        case Primitive.F32:
            return lower_f32s
        case Primitive.F64:
            return lower_f64s
        case Primitive.STRING | Primitive.ERROR_CONTEXT:
            return None
        case Primitive():
            return _lower_ints(FORMATS[element])
        case _:
            return None


def _lower_ints(form: str) -> Callable[[object], Bytes]:
    code = cast('Literal["Q"]', form)  # or another one of ints

    def lower(value: object) -> Bytes:
        given = column_of(value, form)
        if given is not None:
            return given.cast("B")
        items = _listed(value)
        try:
            column = array(code, cast("list[int]", items))  # checks the range
        except TypeError:  # not all are ints, and one may have an `__index__`
            return memoryview(array(code, map(to_int, items))).cast("B")
        if [*map(type, items)].count(int) != len(column):
            column = array(code, map(to_int, items))
        return memoryview(column).cast("B")

    return lower


def lower_f64s(value: object) -> Bytes:
    """A list of f64."""
    given = column_of(value, "d")
    if given is not None:
        return given.cast("B")
    items = _listed(value)
    if [*map(type, items)].count(float) != len(items):
        items = [*map(to_float, items)]
    return memoryview(array("d", cast("list[float]", items))).cast("B")


def lower_f32s(value: object) -> Bytes:
    """A list of f32."""
    given = column_of(value, "f")
    if given is not None:
        return given.cast("B")
    items = _listed(value)
    if [*map(type, items)].count(float) != len(items):
        items = [*map(to_float, items)]
    column = array("f", cast("list[float]", items))
    if not math.isfinite(sum(column)):
        column = array("f", map(to_f32, cast("list[float]", items)))
    return memoryview(column).cast("B")


def lower_bools(value: object) -> Bytes:
    """A list of bool."""
    items = [*_listed(value)]
    if [*map(type, items)].count(bool) != len(items):
        items = [*map(to_bool, items)]
    return bytes(cast("list[bool]", items))


def lower_chars(value: object) -> Bytes:
    """A list of char."""
    items = [*map(to_str, _listed(value))]
    column = array("I", map(ord, items))
    "".join(items).encode()  # refuses surrogates
    return memoryview(column).cast("B")


# ---- lists, out ----------------------------------------------------------------------------------------------------


def lifting(element: Type) -> str | None:
    """The expression for a list of `element` whose bytes are `data`; None if there is none for it."""
    match element:
        case Primitive.U8 | Primitive.S8:
            return "data.tobytes()"
        case Primitive.BOOL:  # any byte but 0 is true
            return "[*map(bool, data)]"
        case Primitive.CHAR:
            return "to_chars(data)"
        case Primitive.STRING | Primitive.ERROR_CONTEXT:
            return None
        case Primitive():
            return f"data.cast({FORMATS[element]!r}).tolist()"
        case _:
            return None


def to_chars(data: memoryview) -> list[str]:
    """A list of char.

    Raises:
        Trap: one is a surrogate or not a code point, which no `str` from a guest may have.
    """
    try:
        return list(str(data, "utf-32-le"))
    except UnicodeDecodeError:
        bad_char()


def to_char(number: int) -> str:
    """A char.

    Raises:
        Trap: it is a surrogate or not a code point.
    """
    if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        bad_char()
    return chr(number)


class FlagSets(dict[int, object]):
    """Sets of flags by their bits, of which those without a name are ignored. A few hundred are remembered."""

    def __init__(self, ty: Flags) -> None:
        super().__init__()
        self._cls = ty.cls
        self._mask = (1 << len(ty.names)) - 1

    def __missing__(self, bits: int) -> object:
        made = self._cls(bits & self._mask)
        if len(self) < 512:
            self[bits] = made
        return made


NAMES: dict[str, object] = {
    "Refused": Refused,
    "bad_text": bad_text,
    "case_of": case_of,
    "to_bool": to_bool,
    "to_bytes": to_bytes,
    "to_char": to_char,
    "to_chars": to_chars,
    "to_f32": to_f32,
    "to_float": to_float,
    "to_int": to_int,
    "to_items": to_items,
    "to_list": to_list,
    "to_str": to_str,
}
"""What generated code uses by name."""

__all__ = ["NAMES", "FlagSets", "Refused", "lifting", "lowering"]
