"""The functions of wasmtime's core C API that the engine uses.

The library is opened once more, so that its functions get objects of their own: without `argtypes`, and with arguments
that are prepared as `c_void_p` objects, a call costs half.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial
from typing import cast

from .. import _wasmtime
from .._errors import EngineError
from .._fast.memory import VIEWS, open_views
from .._wasmtime.core import EXTERN, core_layout

_library = ctypes.CDLL(_wasmtime.LIBRARY)
Pointer = ctypes.c_void_p

CALLBACK = ctypes.CFUNCTYPE(Pointer, Pointer, Pointer, Pointer, ctypes.c_size_t)
"""A core function of the host: (environment, caller, arguments and results, how many) -> trap."""


def _symbol(name: str, result: type[object] | None) -> Callable[..., object]:
    function = _library[name]
    function.restype = cast("None", result)
    return cast("Callable[..., object]", function)


func_call = _symbol("wasmtime_func_call_unchecked", Pointer)
func_new = _symbol("wasmtime_func_new_unchecked", None)
func_type = _symbol("wasmtime_func_type", Pointer)
func_type_delete = _symbol("wasm_functype_delete", None)
func_type_params = _symbol("wasm_functype_params", ctypes.POINTER(ctypes.c_size_t))
func_type_results = _symbol("wasm_functype_results", ctypes.POINTER(ctypes.c_size_t))
value_kind = _symbol("wasm_valtype_kind", ctypes.c_uint8)
memory_data = _symbol("wasmtime_memory_data", Pointer)
memory_size = _symbol("wasmtime_memory_data_size", ctypes.c_size_t)
instance_new = _symbol("wasmtime_instance_new", Pointer)
instance_export = _symbol("wasmtime_instance_export_get", ctypes.c_bool)
trap_delete = _symbol("wasm_trap_delete", None)
error_delete = _symbol("wasmtime_error_delete", None)

_PYTHON = b"an exception in Python"
new_trap = cast("Callable[[], int]", partial(_symbol("wasmtime_trap_new", Pointer), _PYTHON, Pointer(len(_PYTHON))))
"""A trap that stands for an exception, which is kept on this side."""

_KINDS = {0: "i", 1: "l", 2: "f", 3: "d"}
"""Core value types as `flatten` has them; others have no place in the Canonical ABI."""

_found: list[str] = []


def open_api() -> None:
    """Get ready to run components.

    Raises:
        EngineError: this version of wasmtime lays out core items in a way that is not known.
    """
    if not _found:
        _found.append(core_layout())
        open_views()
    if _found[0]:  # without it, every core item would be read and written at a wrong place in memory
        raise EngineError(f"abi='witgen' does not work with this version of wasmtime: {_found[0]}")


def space() -> memoryview:
    """The address space, as bytes. Only arguments and results of core functions are read and written through it."""
    return VIEWS["B"]


def signature_of(context: Pointer, extern: bytes) -> tuple[str, str]:
    """The types of a core function: parameters and results, one letter each; `?` for one that has none."""
    buffer = ctypes.create_string_buffer(extern, EXTERN)
    ty = cast("int", func_type(context, Pointer(ctypes.addressof(buffer) + 8)))
    try:
        return _letters(func_type_params(Pointer(ty))), _letters(func_type_results(Pointer(ty)))
    finally:
        func_type_delete(Pointer(ty))


def _letters(vector: object) -> str:
    """A `wasm_valtype_vec_t`: its size, and the address of its pointers."""
    pair = cast("ctypes.Array[ctypes.c_size_t]", vector)
    size, data = pair[0], pair[1]
    if not size:
        return ""
    pointers = (ctypes.c_void_p * size).from_address(data)
    return "".join(_KINDS.get(cast("int", value_kind(Pointer(pointer))), "?") for pointer in pointers)


__all__ = [
    "CALLBACK",
    "Pointer",
    "error_delete",
    "func_call",
    "func_new",
    "instance_export",
    "instance_new",
    "memory_data",
    "memory_size",
    "new_trap",
    "open_api",
    "signature_of",
    "space",
    "trap_delete",
]
