"""Docs: how the run of comments before an item becomes its documentation.

Every comment counts, `//` and `/* */` as much as `///` and `/** */`: that is the reference parser's rule, the
specification is silent. Comments come as they were scanned, a line comment without its line end.
"""

from __future__ import annotations

from collections.abc import Sequence

_ASCII_SPACE = " \t\n\f\r"


def docs_text(comments: Sequence[str]) -> str:
    """The documentation that a run of comments makes: may be empty, which is not the same as no docs."""
    if not comments:
        return ""
    entries = [_strip_marks(comment) for comment in comments]
    indent = min((len(entry) - len(entry.lstrip(_ASCII_SPACE)) for entry in entries if entry), default=0)
    if indent:
        prefix = " " * indent
        entries = [entry.removeprefix(prefix) for entry in entries]
    lines = [line.removesuffix("\r") for entry in entries for line in entry.split("\n")]
    return "\n".join(lines).rstrip("\n")


def _strip_marks(comment: str) -> str:
    if comment.startswith("/**"):
        # `/**/` is both marks in one: an empty comment (the reference parser crashes on it).
        return comment[3:].removesuffix("*/").rstrip() if len(comment) > 4 else ""
    return comment.lstrip("/").rstrip()
