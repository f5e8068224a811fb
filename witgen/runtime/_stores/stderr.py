"""The last of what a component wrote to its standard error."""

from __future__ import annotations

_MOST_BYTES = 8192
_MOST_LINES = 20


class Tail:
    """Takes what is written, and keeps the end of it: some twenty lines, at most 8 KiB."""

    __slots__ = ("_data",)

    def __init__(self) -> None:
        self._data = b""

    def write(self, data: bytes) -> None:
        """Take what was written."""
        self._data = (self._data + data[-_MOST_BYTES:])[-_MOST_BYTES:]

    def text(self) -> str:
        """The last lines, as text that can be printed; "" if nothing was written."""
        text = self._data.decode("utf-8", "replace")
        lines = [
            "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in line)
            for line in text.splitlines()
        ]
        return "\n".join(lines[-_MOST_LINES:]).strip("\n")


__all__ = ["Tail"]
