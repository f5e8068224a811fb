"""Strings that are not UTF-8 (Canonical ABI, "Loading" and "Storing": strings).

Memory is allocated once, for what is needed. Where a string passes between components of different encodings, the specification
allocates for the worst case and then less; only a `realloc` that counts its calls tells the two apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ...component.binary.canon import Encoding
from .failure import exhausted, unaligned
from .memory import Memory, NoMemory

_UTF16_TAG = 1 << 31


class Texts(Protocol):
    """How a component has its strings."""

    def lift(self, pointer: int, length: int, left: int, /) -> tuple[str, int]:
        """The string, and what is left of the budget.

        Raises:
            Trap: it is not in memory, or exceeds the budget.
            UnicodeDecodeError: its bytes are not text in the encoding.
        """
        ...

    def lower(self, text: str, /) -> tuple[int, int]:
        """Pointer and length of a string that was put into memory.

        Raises:
            Trap: the guest has no room for it.
            UnicodeEncodeError: it has a surrogate.
        """
        ...


Alloc = Callable[[int, int], int]


class Utf16:
    """`string-encoding=utf16`: the length counts units of two bytes."""

    def __init__(self, memory: Memory | NoMemory, alloc: Alloc) -> None:
        self._memory = memory
        self._alloc = alloc

    def lift(self, pointer: int, length: int, left: int, /) -> tuple[str, int]:
        """As `Texts.lift`."""
        size = 2 * length
        if pointer & 1:
            unaligned()
        data, left = _bytes(self._memory, pointer, size, left)
        return str(data, "utf-16-le"), left

    def lower(self, text: str, /) -> tuple[int, int]:
        """As `Texts.lower`."""
        data = text.encode("utf-16-le")
        return _store(self._memory, self._alloc, data), len(data) // 2


class Latin1OrUtf16:
    """`string-encoding=latin1+utf16`: a length with its highest bit set counts units of two bytes, others count bytes."""

    def __init__(self, memory: Memory | NoMemory, alloc: Alloc) -> None:
        self._memory = memory
        self._alloc = alloc
        self._utf16 = Utf16(memory, alloc)

    def lift(self, pointer: int, length: int, left: int, /) -> tuple[str, int]:
        """As `Texts.lift`."""
        if length & _UTF16_TAG:
            return self._utf16.lift(pointer, length ^ _UTF16_TAG, left)
        if pointer & 1:
            unaligned()
        data, left = _bytes(self._memory, pointer, length, left)
        return str(data, "latin-1"), left

    def lower(self, text: str, /) -> tuple[int, int]:
        """As `Texts.lower`."""
        try:
            data = text.encode("latin-1")
        except UnicodeEncodeError:
            pointer, length = self._utf16.lower(text)
            return pointer, length | _UTF16_TAG
        return _store(self._memory, self._alloc, data), len(data)


def _bytes(memory: Memory | NoMemory, pointer: int, size: int, left: int) -> tuple[memoryview, int]:
    view = memory.data
    if pointer + size > memory.size:  # else: the slice is cut short
        view = memory.need(pointer + size)
    left -= size
    if left < 0:  # else: a list of one long string many times fills the host's memory
        exhausted()
    return view[pointer : pointer + size], left


def _store(memory: Memory | NoMemory, alloc: Alloc, data: bytes) -> int:
    pointer = alloc(2, len(data))
    memory.data[pointer : pointer + len(data)] = data
    return pointer


def texts(encoding: Encoding, memory: Memory | NoMemory, alloc: Alloc) -> Texts | None:
    """How strings cross; None for UTF-8, which generated code does itself."""
    match encoding:
        case Encoding.UTF8:
            return None
        case Encoding.UTF16:
            return Utf16(memory, alloc)
        case Encoding.LATIN1_UTF16:
            return Latin1OrUtf16(memory, alloc)


__all__ = ["Texts", "texts"]
