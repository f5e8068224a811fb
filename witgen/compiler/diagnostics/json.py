"""Diagnostics as one JSON document, with all that the human form says, for tools that read witgen's standard error.

    {"version": 1, "diagnostics": [{"severity", "code", "rule", "section", "message",
                                    "file", "line", "column", "end_line", "end_column",
                                    "labels": [{"primary", "file", "line", …, "text"}], "notes": [], "help": []}]}

Lines and columns count from 1, columns in UTF-8 bytes, as in the human form; ends are exclusive. A finding without a
position has null in each of the five fields. `version` changes when a field changes its meaning or goes away.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from .report import Diagnostic, Label

_VERSION = 1
_PLACE = ("file", "line", "column", "end_line", "end_column")


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """The document, ASCII only, with a line end."""
    document = {"version": _VERSION, "diagnostics": [_diagnostic(found) for found in diagnostics]}
    return json.dumps(document, indent=2) + "\n"


def _diagnostic(found: Diagnostic) -> dict[str, object]:
    return {
        "severity": found.severity.value,
        "code": found.code.slug,
        "rule": found.code.rule,
        "section": found.code.section,
        "message": found.message,
        **(_place(found.labels[0]) if found.labels else dict.fromkeys(_PLACE)),
        "labels": [
            {"primary": label is found.labels[0], **_place(label), "text": label.text} for label in found.labels
        ],
        "notes": list(found.notes),
        "help": list(found.help),
    }


def _place(label: Label) -> dict[str, object]:
    span = label.span
    return dict(
        zip(
            _PLACE,
            (span.source.path, *span.source.position(span.start), *span.source.position(span.end)),
            strict=True,
        )
    )
