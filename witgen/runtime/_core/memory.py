"""Linear memories of a guest as Python sees them.

A memory never shrinks, so a size that was read once is a safe lower bound; and on the engines that are accepted
(`prepared.check_engine`) it never moves. `data` is a view of the bytes that are known to be there: no read or write that goes
through it can leave the memory, but slices are cut off silently, so generated code compares first (`need`).
"""

from __future__ import annotations

import ctypes
from typing import cast

from wasmtime import Store

from .._errors import EngineError, UnsupportedTypeError
from .._wasmtime.core import EXTERN, MEMORY, memory_type
from . import api
from .api import Pointer
from .failure import out_of_bounds

MOST_BYTES = (1 << 28) - 1
"""The most bytes of a list or string (Canonical ABI, `MAX_LIST_BYTE_LENGTH`, `MAX_STRING_BYTE_LENGTH`)."""
BUDGET = 1 << 27
"""What the values that a guest gives in one call may cost: their bytes, and `ELEMENT` for each element of a list."""
ELEMENT = 32


class Memory:
    """A memory of 32-bit addresses."""

    __slots__ = ("_base", "_buffer", "_context", "_pointer", "data", "size")

    def __init__(self, context: Pointer, store: Store, extern: bytes) -> None:
        """Look at the memory in an extern.

        Raises:
            UnsupportedTypeError: its addresses have 64 bits, or it is shared.
        """
        # Without this check, a table or function would be taken for a memory, and its fields for an address.
        if extern[0] != MEMORY:
            raise UnsupportedTypeError("a memory is shared between threads, which abi='witgen' does not carry")
        if memory_type(store, extern).is_64:  # pointers of 8 bytes would be read as two of 4
            raise UnsupportedTypeError("a memory has 64-bit addresses, which abi='witgen' does not carry")
        self._context = context
        self._buffer = ctypes.create_string_buffer(extern, EXTERN)
        self._pointer = Pointer(ctypes.addressof(self._buffer) + 8)
        self._base = cast("int | None", api.memory_data(context, self._pointer)) or 0
        self.size = 0
        self.data = memoryview(b"")
        self._look()

    def _look(self) -> None:
        """Read the size again."""
        base = cast("int | None", api.memory_data(self._context, self._pointer)) or 0
        # A memory that moved is read and written where it was, which may be mapped for something else by now.
        if base != self._base:
            raise EngineError("a memory moved as it grew, which abi='witgen' does not carry")
        self.size = cast("int", api.memory_size(self._context, self._pointer))
        if self.size:
            self.data = memoryview((ctypes.c_ubyte * self.size).from_address(base)).cast("B")

    def need(self, end: int) -> memoryview:
        """The bytes, of which there are at least `end`.

        Raises:
            Trap: there are not. Without it, a slice would be cut off: a guest could pass off a short string as a long
                one, and what is written to it would be lost.
        """
        if not self.has(end):
            out_of_bounds()
        return self.data

    def has(self, end: int) -> bool:
        """Whether there are at least `end` bytes."""
        self._look()
        return end <= self.size


class NoMemory:
    """For canonical definitions without a memory: nothing is in bounds."""

    data = memoryview(b"")
    size = 0

    def need(self, end: int) -> memoryview:
        """As `Memory.need`.

        Raises:
            Trap: something is needed.
        """
        if not self.has(end):
            out_of_bounds()
        return self.data

    def has(self, end: int) -> bool:
        """Whether nothing is needed."""
        return not end


__all__ = ["BUDGET", "ELEMENT", "MOST_BYTES", "Memory", "NoMemory"]
