"""Numbers and lists that are not Python's own: numpy's scalars and arrays, and whatever else is made like them.

Both value layers come here for what is neither an `int`, a `float` nor a sequence. A number is taken where nothing of it
is lost, and an array by the buffer protocol. Numbers that are not taken raise `TypeError`, as `operator.index` and `float` do.
"""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Sequence
from typing import Literal, cast


class NotASequence(TypeError):
    """What was given for a list is neither a sequence nor an array."""


def to_int(value: object) -> int:
    """The int that `value` is: an instance of a subclass, or anything with `__index__`. A bool is not taken."""
    if isinstance(value, int):
        if isinstance(value, bool):
            raise TypeError
        return int.__index__(value)  # whatever a subclass says of itself
    return operator.index(cast("int", value))


def to_float(value: object) -> float:
    """The float that `value` is; of anything else with `__float__` or `__index__`, the float that equals it.

    Raises:
        OverflowError: an int is too large.
        ValueError: no float equals the number.
    """
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return float(int.__index__(value))
    if isinstance(value, bool | str) or _is_no_number(value):  # `float` reads text in any buffer
        raise TypeError
    number = float(cast("float", value))
    if not math.isnan(number) and number != value:
        raise ValueError
    return number


def to_bool(value: object) -> bool:
    """The bool that `value` is, or the one in a scalar of that format, as numpy has it."""
    if isinstance(value, bool):
        return value
    if _scalar_format(value) != "?":
        raise TypeError
    return bool(value)


def _is_no_number(value: object) -> bool:
    """Whether `value` is a buffer of something else than one real number."""
    try:
        view = memoryview(cast("bytes", value))
    except (TypeError, ValueError, BufferError):
        return False
    return view.ndim > 0 or view.format.lstrip("@=<>!") not in _REAL


def _scalar_format(value: object) -> str:
    """The format of a buffer with one item and no dimensions; "" for anything else."""
    try:
        view = memoryview(cast("bytes", value))
    except (TypeError, ValueError, BufferError):
        return ""
    return "" if view.ndim else view.format


def to_list(value: object) -> list[object]:
    """The items of a sequence or an array, but not of a `str`. An array of several dimensions has arrays for items.

    Raises:
        NotASequence: it is neither.
        NotImplementedError: it is an array of something other than numbers.
    """
    if isinstance(value, str):
        raise NotASequence
    if isinstance(value, Sequence) and not isinstance(value, memoryview):
        return list(cast("Sequence[object]", value))
    try:
        view = memoryview(cast("bytes", value))  # any buffer
    except (TypeError, ValueError, BufferError):  # the last two are numpy's, for what no buffer can hold
        raise NotASequence from None
    if view.ndim == 0:
        raise NotASequence
    return _items(view) if view.ndim == 1 else _rows(view)


def _items(view: memoryview) -> list[object]:
    try:
        return list(view.tolist())
    except NotImplementedError:  # a byte order that is stated, or half floats
        pass
    try:
        return [item for (item,) in struct.iter_unpack(view.format, view.tobytes())]
    except (struct.error, ValueError):
        raise NotImplementedError from None


def _rows(view: memoryview) -> list[object]:
    count, *shape = view.shape or (0,)
    form = cast('Literal["B"]', view.format.lstrip("@"))  # or any other
    flat = memoryview(view.tobytes())
    size = len(flat) // count if count else 0
    if not size:
        return [[]] * count
    try:
        return [flat[n * size : (n + 1) * size].cast(form, shape) for n in range(count)]
    except ValueError:
        raise NotImplementedError from None


def column(value: object, form: str) -> memoryview | None:
    """The items of an array whose items lie in memory as those of format `form` (native, as `struct` has it) do; else None."""
    if type(value) is list:
        return None
    try:
        view = memoryview(cast("bytes", value))
    except (TypeError, ValueError, BufferError):
        return None
    found = view.format.lstrip("@")
    fits = found == form or (found in _NATIVE and _NATIVE[found] == _NATIVE.get(form))
    if view.ndim != 1 or not view.c_contiguous or not fits or not len(view):
        return None
    return view.cast("B").cast(cast('Literal["B"]', form))


_REAL = frozenset("bBhHiIlLqQnNefdgO")
"""Formats of numbers, and of objects, which say themselves whether they are one; not of truth values, complex ones and text."""
_NATIVE = {form: (form.islower(), struct.calcsize(form)) for form in "bBhHiIlLqQnN"}
"""Of each format of an int: whether it is signed, and how many bytes it has on this machine."""


def array_format(value: object) -> str:
    """The format of the items of an array; "" for anything else."""
    try:
        return memoryview(cast("bytes", value)).format
    except (TypeError, ValueError, BufferError):
        return ""


__all__ = ["NotASequence", "array_format", "column", "to_bool", "to_float", "to_int", "to_list"]
