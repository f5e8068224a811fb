"""Source texts and positions in them.

Offsets count code points of the decoded text. Lines and columns are computed only when a diagnostic is rendered:
both start at 1, and columns count UTF-8 bytes, as the reference parser counts them.
"""

from __future__ import annotations

from bisect import bisect_right

from ...dataclass import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One text that was read: `path` as the user wrote it (or as found below what they wrote), and its `text`."""

    path: str
    text: str
    _starts: list[int] = field(default_factory=list[int], repr=False)

    def line_starts(self) -> list[int]:
        """The offset of the first code point of each line; only LF ends a line."""
        if not self._starts:
            self._starts.append(0)
            at = self.text.find("\n")
            while at >= 0:
                self._starts.append(at + 1)
                at = self.text.find("\n", at + 1)
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """The line and the column (UTF-8 bytes) of `offset`, both counted from 1."""
        starts = self.line_starts()
        line = bisect_right(starts, offset) - 1
        before = self.text[starts[line] : offset]
        return line + 1, len(before.encode("utf-8", "surrogatepass")) + 1

    def characters(self, offset: int) -> tuple[int, int]:
        """As `position`, with the column counted in code points."""
        starts = self.line_starts()
        line = bisect_right(starts, offset) - 1
        return line + 1, offset - starts[line] + 1

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line end."""
        starts = self.line_starts()
        start = starts[number - 1]
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[start:end].removesuffix("\r")


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open range `start:end`, in code points, of one source."""

    source: Source
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The range from the start of this span to the end of `other`, in the same source."""
        return Span(self.source, self.start, other.end)
