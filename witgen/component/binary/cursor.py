"""Reads numbers, names and vectors from a part of the file (Component Model, "Binary Format"; core, "Values").

Nothing is copied but names. Every read is checked against the end of the part, so that a number in a hostile file can
send no one anywhere: a vector may not have more entries than the part has bytes left.
"""

from __future__ import annotations

from .errors import BinaryError, Fault


class Cursor:
    """A position in `data`, which ends at `end`; `data` is the whole file, so positions are offsets in it."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: memoryview, at: int, end: int) -> None:
        self.data = data
        self.at = at
        self.end = end

    @property
    def done(self) -> bool:
        """Whether the part was read to its end."""
        return self.at >= self.end

    def byte(self) -> int:
        """The next byte."""
        if self.at >= self.end:
            raise self.malformed("ends too early", self.end)
        value = self.data[self.at]
        self.at += 1
        return value

    def peek(self) -> int:
        """The next byte, which stays unread."""
        if self.at >= self.end:
            raise self.malformed("ends too early", self.end)
        return self.data[self.at]

    def u32(self) -> int:
        """An unsigned number of 32 bits in LEB128."""
        at = self.at
        if at < self.end and (value := self.data[at]) < 0x80:  # as nearly all are
            self.at = at + 1
            return value
        return self._unsigned(32, "a number of 32 bits")

    def index(self) -> int:
        """A type index where a value type is: a number of 33 bits with a sign, which must not be negative."""
        start = self.at
        result, byte = self._leb128(32, "a type index is longer than 33 bits")
        if byte & 0x40:
            raise BinaryError(Fault.UNSUPPORTED, f"unknown type 0x{self.data[start]:02x}", start)
        if result >= 1 << 32:
            raise self.malformed("a type index is longer than 33 bits", start)
        return result

    def _leb128(self, bits: int, too_long: str) -> tuple[int, int]:
        """A number in LEB128 without regard to its sign, and its last byte; `too_long` is what is wrong with more bytes."""
        start = self.at
        result = shift = 0
        while True:
            byte = self.byte()
            result |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return result, byte
            if shift >= bits + 3:
                raise self.malformed(too_long, start)

    def _unsigned(self, bits: int, what: str) -> int:
        start = self.at
        result, _ = self._leb128(bits, f"{what} takes too many bytes")
        if result >= 1 << bits:
            raise self.malformed(f"{what} is too large", start)
        return result

    def count(self, what: str) -> int:
        """The number of entries of a vector; each takes a byte at least, so it is bounded by what is left."""
        start = self.at
        count = self.u32()
        if count > self.end - self.at:
            raise self.malformed(
                f"{count:,} {what} do not fit into the {self.end - self.at:,} bytes that are left", start
            )
        return count

    def part(self, what: str) -> Cursor:
        """The next part, whose size is before it; this cursor goes on after it."""
        at = self._skip(what)
        return Cursor(self.data, at, self.at)

    def name(self) -> str:
        """A name: UTF-8 after its size."""
        at = self._skip("a name")
        try:
            return str(self.data[at : self.at], "utf-8")
        except UnicodeDecodeError:
            raise self.malformed("a name is not encoded in UTF-8", at) from None

    def _skip(self, what: str) -> int:
        """Go after a part, and return where it begins, after its size."""
        start = self.at
        size = self.u32()
        at = self.at
        if size > self.end - at:
            raise self.malformed(f"{what} of {size:,} bytes is cut off: {self.end - at:,} are left", start)
        self.at = at + size
        return at

    def flag(self, what: str) -> bool:
        """A byte that is 0 or 1."""
        start = self.at
        value = self.byte()
        if value > 1:
            raise self.unknown(what, value, start)
        return value == 1

    def expect(self, value: int, what: str) -> None:
        """Read a byte that has only one value yet."""
        start = self.at
        found = self.byte()
        if found != value:
            raise self.unknown(what, found, start)

    def malformed(self, message: str, offset: int) -> BinaryError:
        """The error for bytes that break the format."""
        return BinaryError(Fault.MALFORMED, message, offset)

    def unknown(self, what: str, value: int, offset: int) -> BinaryError:
        """The error for a byte that a later version of the format may give a meaning."""
        return BinaryError(Fault.UNSUPPORTED, f"unknown {what} 0x{value:02x}", offset)


__all__ = ["Cursor"]
