"""The private names of wasmtime-py that belong to its core API: modules, function types, traps."""

from __future__ import annotations

import ctypes
from typing import Any, cast

from wasmtime import FuncType, Memory, MemoryType, Module, Store, Trap, TrapCode, WasmtimeError

from ._ffi import FFI as _ffi

_trap_pointer: Any = cast("Any", ctypes.POINTER)(_ffi.wasm_trap_t)
_error_pointer: Any = cast("Any", ctypes.POINTER)(_ffi.wasmtime_error_t)

EXTERN = 32
"""Bytes of a `wasmtime_extern_t`: its kind, and from the eighth byte on what it is."""
FUNC, GLOBAL, TABLE, MEMORY = 0, 1, 2, 3
"""Kinds of externs."""


def module_pointer(module: Module) -> int:
    """The address of a compiled module, which lives as long as `module`."""
    return ctypes.cast(module.ptr(), ctypes.c_void_p).value or 0


def func_type_pointer(ty: FuncType) -> int:
    """The address of a function's type, which lives as long as `ty`."""
    return ctypes.cast(ty.ptr(), ctypes.c_void_p).value or 0


def trap_at(address: int) -> Trap:
    """The trap that C returned, which is the caller's from here on."""
    trap: Trap = cast("Any", Trap)._from_ptr(ctypes.cast(address, _trap_pointer))
    return trap


def error_at(address: int) -> WasmtimeError:
    """The error that C returned, which is the caller's from here on."""
    error: WasmtimeError = cast("Any", WasmtimeError)._from_ptr(ctypes.cast(address, _error_pointer))
    return error


def code_of(trap: Trap) -> str:
    """The name of a trap's code; "" if it has none, or one that wasmtime-py does not know."""
    try:
        code = trap.trap_code
    except ValueError:
        return ""
    return code.name if isinstance(code, TrapCode) else ""


def memory_type(store: Store, extern: bytes) -> MemoryType:
    """The type of the memory in an extern."""
    copied = _ffi.wasmtime_extern_t.from_buffer_copy(extern)
    memory: Memory = cast("Any", Memory)._from_raw(copied.of.memory)
    return memory.type(store)


def core_layout() -> str:
    """How the core API of this version differs from what the engine expects; "" if it does not."""
    extern = _ffi.wasmtime_extern_t
    sizes = (
        ctypes.sizeof(extern),
        extern.kind.offset,
        extern.of.offset,
        ctypes.sizeof(_ffi.wasmtime_val_raw_t),
        ctypes.sizeof(_ffi.wasmtime_instance_t),
    )
    if sizes != (EXTERN, 0, 8, 16, 16):
        return f"core items have another layout: {sizes}"
    for number, kind in ((FUNC, "FUNC"), (GLOBAL, "GLOBAL"), (TABLE, "TABLE"), (MEMORY, "MEMORY")):
        found = getattr(_ffi, f"WASMTIME_EXTERN_{kind}").value
        if found != number:
            return f"core items have other kinds: {kind.lower()} is {found}"
    return ""


__all__ = [
    "EXTERN",
    "FUNC",
    "GLOBAL",
    "MEMORY",
    "TABLE",
    "code_of",
    "core_layout",
    "error_at",
    "func_type_pointer",
    "memory_type",
    "module_pointer",
    "trap_at",
]
