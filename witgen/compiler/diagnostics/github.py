"""Diagnostics as workflow commands of GitHub Actions: each becomes an annotation of the line that it is about.

    ::error file=wit/app.wit,line=6,col=7,endLine=6,endColumn=10,title=witgen%3A unknown-name::message%0Anote: …

One line per finding. Columns count characters from 1, `endColumn` is after the last one. An annotation has one place:
other labels are reported in its text.
"""

from __future__ import annotations

from collections.abc import Sequence

from .human import safe_text
from .report import Diagnostic


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """The commands, a line each; an empty text for no findings."""
    return "".join(f"{_command(found)}\n" for found in diagnostics)


def _command(found: Diagnostic) -> str:
    properties: dict[str, object] = {}
    lines = [found.message]
    for label in found.labels:
        source, span = label.span.source, label.span
        line, column = source.characters(span.start)
        if label is found.labels[0]:
            end_line, end_column = source.characters(span.end)
            properties |= {
                "file": source.path, "line": line, "col": column, "endLine": end_line, "endColumn": end_column,
            }  # fmt: skip
            if label.text:
                lines.append(label.text)
        else:
            lines.append(f"{source.path}:{line}:{column}: {label.text or 'see here'}")
    lines += [f"note: {note}" for note in found.notes]
    lines += [f"help: {help}" for help in found.help]
    properties["title"] = f"witgen: {found.code.slug}"
    shown = ",".join(f"{name}={_escape_property(str(value))}" for name, value in properties.items())
    text = _escape("\n".join(lines))
    return f"::{found.severity.value} {shown}::{text}"


def _escape(text: str) -> str:
    """Data of a command: one line, in which `%` begins an escape."""
    lines = (safe_text(line) for line in text.replace("%", "%25").replace("\r", "%0D").split("\n"))
    return "%0A".join(lines)


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
