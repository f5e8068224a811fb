"""The C value layer of wasmtime: its symbols, and the memory that its values live in.

The library file is opened a second time, so that its functions get objects of their own here: without `argtypes`, with
arguments prepared by `argument`, a call costs a third of what it does through wasmtime-py's.

A value is 32 bytes: its kind in the first, its payload from the eighth; everything longer is behind a pointer. Trees of
arguments are only read by wasmtime, which copies them, so they are built in memory of Python's. Trees of results belong
to whoever called, and are read in place: `VIEWS` are memoryviews of the whole address space, one per format, by far the
fastest way to read memory from Python. Only this package's reading of what wasmtime wrote goes through them.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Literal, cast

from .. import _wasmtime
from .._types import Primitive
from .._uncopied import Uncopied

# ---- symbols -------------------------------------------------------------------------------------------------------

_library = ctypes.CDLL(_wasmtime.LIBRARY)
_locked_library = ctypes.PyDLL(_wasmtime.LIBRARY)
Pointer = ctypes.c_void_p
argument = cast("Callable[[int], Pointer]", Pointer.from_param)
"""A pointer or size in the form that ctypes hands on as it is: it converts a `Pointer` in each call, for 50 ns."""


def _symbol(name: str, result: type[object] | None, locked: bool = False) -> Callable[..., object]:
    """A function of the library. With `locked` it keeps the GIL, so it must be short and must not call Python."""
    function = (_locked_library if locked else _library)[name]
    function.restype = cast("None", result)
    return cast("Callable[..., object]", function)


func_call = _symbol("wasmtime_component_func_call", Pointer)
_call_async, _poll, _delete_future = (
    _symbol(name, result) if _wasmtime.CALLS_ASYNC else None
    for name, result in (
        ("wasmtime_component_func_call_async", Pointer),
        ("wasmtime_call_future_poll", ctypes.c_bool),
        ("wasmtime_call_future_delete", None),
    )
)
val_clone = _symbol("wasmtime_component_val_clone", None)
small_val_clone = _symbol("wasmtime_component_val_clone", None, locked=True)
"""The same, for values of bounded size."""
val_delete = _symbol("wasmtime_component_val_delete", None)
error_new = cast("Callable[[bytes], int]", _symbol("wasmtime_error_new", Pointer))
error_delete = _symbol("wasmtime_error_delete", None)
add_func = _symbol("wasmtime_component_linker_instance_add_func", Pointer)
add_resource = _symbol("wasmtime_component_linker_instance_add_resource", Pointer)
host_type_new = _symbol("wasmtime_component_resource_type_new_host", Pointer)
host_type_delete = _symbol("wasmtime_component_resource_type_delete", None)
any_delete = _symbol("wasmtime_component_resource_any_delete", None, locked=True)
any_drop = _symbol("wasmtime_component_resource_any_drop", Pointer)
any_to_host = _symbol("wasmtime_component_resource_any_to_host", Pointer, locked=True)
host_new = _symbol("wasmtime_component_resource_host_new", Pointer, locked=True)
host_to_any = _symbol("wasmtime_component_resource_host_to_any", Pointer, locked=True)
host_rep = _symbol("wasmtime_component_resource_host_rep", ctypes.c_uint32, locked=True)
host_delete = _symbol("wasmtime_component_resource_host_delete", None, locked=True)


def drive(
    function: Pointer,
    context: Pointer,
    arguments: Pointer,
    count: Pointer,
    results: Pointer | None,
    results_count: Pointer,
) -> int | None:
    """As `func_call`, for an async function: see `_wasmtime.drive`."""
    assert _call_async is not None and _poll is not None and _delete_future is not None
    error = Pointer()
    call = _call_async(function, context, arguments, count, results, results_count, ctypes.byref(error))
    future = Pointer(cast("int", call))
    try:
        while not _poll(future):
            pass
    finally:
        _delete_future(future)
    return error.value


# ---- layout --------------------------------------------------------------------------------------------------------

VAL = 4
"""Words (of 8 bytes) of a value."""
ENTRY = 6
"""Words of a record's field: name (length, pointer), value."""

PRIMITIVE: dict[Primitive, tuple[int, str]] = {
    Primitive.BOOL: (0, "B"),
    Primitive.S8: (1, "b"),
    Primitive.U8: (2, "B"),
    Primitive.S16: (3, "h"),
    Primitive.U16: (4, "H"),
    Primitive.S32: (5, "i"),
    Primitive.U32: (6, "I"),
    Primitive.S64: (7, "q"),
    Primitive.U64: (8, "Q"),
    Primitive.F32: (9, "f"),
    Primitive.F64: (10, "d"),
    Primitive.CHAR: (11, "I"),
}
"""Kind, and format of the payload."""
STRING, LIST, RECORD, TUPLE, VARIANT, ENUM, OPTION, RESULT, FLAGS, RESOURCE, MAP = range(12, 23)
SIZE = {"?": 1, "B": 1, "b": 1, "H": 2, "h": 2, "I": 4, "i": 4, "Q": 8, "q": 8, "f": 4, "d": 8}
"""Bytes of each format."""

# ---- memory --------------------------------------------------------------------------------------------------------

BYTES_AT = bytes.__basicsize__ - 1
"""Where in a bytes object its bytes begin; the self-test tries it."""

_TOP = 1 << 47
VIEWS: dict[str, memoryview] = {}
"""The address space, by format: `VIEWS["I"][address >> 2]`."""


def open_views() -> None:
    """Fill `VIEWS`. Nothing is read by that."""
    if not VIEWS:
        space = memoryview((ctypes.c_ubyte * _TOP).from_address(0)).cast("B")
        VIEWS.update({form: cast_view(space, form) for form in SIZE})


def chars() -> bytes:
    """The address space again. Slices of it are bytes, with a step too; there is nothing else that it does as bytes do."""
    return cast("bytes", (ctypes.c_char * _TOP).from_address(0))


def cast_view(view: memoryview, form: str) -> memoryview:
    """Bytes as elements of a format."""
    return view if form == "B" else view.cast(cast('Literal["Q"]', form))  # or any other of `SIZE`


class Block(Uncopied):
    """Words of memory of Python's, zeroed, with its address and views."""

    __slots__ = ("_words", "address")

    def __init__(self, words: int) -> None:
        self._words = (ctypes.c_uint64 * words)()
        self.address = ctypes.addressof(self._words)

    def view(self, form: str) -> memoryview:
        """The words as elements of a format."""
        return cast_view(memoryview(self._words).cast("B"), form)


class Slot(Block):
    """Where wasmtime puts a result. It frees what was there before; the last one is freed with the slot."""

    __slots__ = ("_delete", "_pointer", "_spare")

    def __init__(self) -> None:
        super().__init__(2 * VAL)
        self._spare = self.address + 8 * VAL
        self._pointer = argument(self._spare)
        self._delete = val_delete

    def release(self) -> None:
        """Free the value now. It is moved away first: being interrupted can lose it, but not free it twice."""
        words = self._words
        for n in range(VAL):
            words[VAL + n] = words[n]
        words[0] = 0
        self._delete(self._pointer)

    def __del__(self) -> None:
        self.release()


_names: dict[str, bytes] = {}


def name_of(name: str) -> tuple[int, int]:
    """Length and address of a WIT name, forever."""
    data = _names.setdefault(name, name.encode())
    return len(data), id(data) + BYTES_AT
