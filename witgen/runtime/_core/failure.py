"""Failures of guests: what the Canonical ABI traps on, and what wasmtime says of a trap, as the runtime's errors."""

from __future__ import annotations

from typing import NoReturn

from wasmtime import Trap as WasmTrap
from wasmtime import WasmtimeError

from .._errors import Exit, Trap, TrapKind
from .._fast.columns import Refused
from .._stores.store import classify, explain
from .._wasmtime.core import code_of

_CODES: dict[str, TrapKind] = {
    "STACK_OVERFLOW": "stack",
    "MEMORY_OUT_OF_BOUNDS": "memory",
    "HEAP_MISALIGNED": "memory",
    "TABLE_OUT_OF_BOUNDS": "table",
    "INDIRECT_CALL_TO_NULL": "indirect-call",
    "BAD_SIGNATURE": "indirect-call",
    "INTEGER_OVERFLOW": "integer-overflow",
    "INTEGER_DIVISION_BY_ZERO": "integer-divide-by-zero",
    "BAD_CONVERSION_TO_INTEGER": "invalid-conversion",
    "UNREACHABLE": "unreachable",
    "INTERRUPT": "epoch",
    "OUT_OF_FUEL": "fuel",
    "NULL_REFERENCE": "null-reference",
}


def known_misfit(where: str, error: Exception) -> Exception:
    """The error for a value that generated code refuses and the codecs take.

    That is a handle: they go by its class, which resources of two interfaces may share.
    """
    if isinstance(error, Refused):
        return ValueError(f"{where}: a handle is that of another resource whose class is the same")
    return error


def trap_error(trap: WasmTrap) -> Trap:
    """The error for a trap of core code."""
    message = trap.message
    return Trap(_CODES.get(code_of(trap)) or classify(message), message)


def wasmtime_error(error: WasmtimeError) -> Trap | Exit:
    """The error for a call that wasmtime could not make, or ended because of a deadline."""
    return explain(error)


def _trap(message: str, kind: TrapKind = "other") -> NoReturn:
    raise Trap(kind, f"wasm trap: {message}")


# One function per reason, so that generated code has a name to call, and messages stay here. They are wasmtime's.


def cannot_enter() -> NoReturn:
    """The component is already running a call that has not returned."""
    _trap("cannot enter component instance", "cannot-enter")


def cannot_leave() -> NoReturn:
    """An import was called from `realloc` or `post-return`."""
    _trap("cannot leave component instance")


def out_of_bounds() -> NoReturn:
    """A pointer and a length lead past the end of the memory."""
    _trap("pointer and length are out of bounds of the memory", "memory")


def unaligned() -> NoReturn:
    """A pointer is not a multiple of what its type needs."""
    _trap("unaligned pointer")


def too_long() -> NoReturn:
    """A list or string takes more bytes than any may."""
    _trap("a list or string is longer than 268,435,455 bytes", "limit")


def exhausted() -> NoReturn:
    """The values of one call would take too much memory of the host."""
    _trap("too much data is being copied between the host and the guest", "limit")


def bad_discriminant() -> NoReturn:
    """A variant, enum, option or result has a case that its type has not."""
    _trap("unexpected discriminant")


def bad_char() -> NoReturn:
    """A char is a surrogate, or no code point."""
    _trap("invalid `char` bit pattern")


def bad_text(error: UnicodeError) -> NoReturn:
    """A string is not encoded as its component says."""
    raise Trap(
        "other",
        f"wasm trap: invalid string encoding: {error.reason if isinstance(error, UnicodeDecodeError) else error}",
    ) from None


def bad_realloc(what: str) -> NoReturn:
    """`realloc` returned a pointer that cannot be used."""
    _trap(f"realloc return: {what}")


def unknown_handle(index: int) -> NoReturn:
    """A handle index is not in use."""
    _trap(f"unknown handle index {index}")


def other_resource(index: int) -> NoReturn:
    """A handle is of a different resource."""
    _trap(f"handle index {index} used with the wrong type")


def handle_in_use() -> NoReturn:
    """An owned resource is given away or dropped while it is lent."""
    _trap("cannot remove owned resource while borrowed")


def not_owned() -> NoReturn:
    """A borrowed handle is used as an owned one."""
    _trap("cannot lift own resource from a borrow")


def borrows_remain() -> NoReturn:
    """A call returned and has not dropped what it borrowed."""
    _trap("borrow handles still remain at the end of the call")


def table_full() -> NoReturn:
    """There are more handles than a component may have."""
    _trap("cannot allocate another handle: index overflow", "handles")


__all__ = [
    "bad_char",
    "bad_discriminant",
    "bad_realloc",
    "bad_text",
    "borrows_remain",
    "cannot_enter",
    "cannot_leave",
    "exhausted",
    "handle_in_use",
    "known_misfit",
    "not_owned",
    "other_resource",
    "out_of_bounds",
    "table_full",
    "too_long",
    "trap_error",
    "unaligned",
    "unknown_handle",
    "wasmtime_error",
]
