"""The lines of the text that is being written: words with one blank between them or none, and comments."""

from __future__ import annotations

STEP = "  "


class Lines:
    """Takes words and comments in their order. `depth` is the indentation, in steps."""

    def __init__(self) -> None:
        self.depth = 0
        self._lines: list[str] = []
        self._line = ""
        self._behind_comment = False
        self._closed = False
        """A line comment ends the line: nothing can follow it there."""

    def word(self, text: str, *, glued: bool = False, closes: bool = False) -> None:
        """Print a word; with a blank before it unless it is `glued` to the one before.

        Args:
            closes: whether it belongs to what is before it (`;`, `>`), so that it needs no blank after a comment either.
        """
        if self._closed:
            self._flush()
            self._line = STEP * (self.depth + 1) + text
        elif not self._line:
            self._line = STEP * self.depth + text
        elif closes if self._behind_comment else glued:
            self._line += text
        else:
            self._line += f" {text}"
        self._behind_comment = False

    def comment(self, text: str) -> None:
        """Print a comment where the line is: after what is there, or on a line of its own."""
        self.word(text)
        self._behind_comment = True
        self._closed = text.startswith("//")

    def end(self) -> None:
        """End the line, if there is one."""
        if self._line:
            self._flush()

    def blank(self) -> None:
        """End the line and leave one blank line, never two."""
        self.end()
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self) -> str:
        """All that was printed; ends with a line end unless it is empty."""
        self.end()
        return "".join(f"{line}\n" for line in self._lines)

    def _flush(self) -> None:
        self._lines.append(self._line)
        self._line = ""
        self._behind_comment = self._closed = False
