"""Diagnostics as a SARIF 2.1.0 log (OASIS), the format that code scanning services take in.

One run of one tool. Its rules are the codes that occur, with the page of `witgen explain` as their help; a result has
the primary label as its location, the others as related locations, notes and help as further paragraphs of its message.
Columns count Unicode code points from 1; ends are exclusive, as SARIF has them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from ... import __version__
from .codes import Code
from .explain import page
from .report import Diagnostic, Label
from .source import Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """The log, ASCII only, with a line end."""
    codes = list(dict.fromkeys(found.code for found in diagnostics))
    driver = {"name": "witgen", "semanticVersion": __version__, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, codes.index(found.code)) for found in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: Code) -> dict[str, object]:
    text = page(code)
    return {"id": code.slug, "shortDescription": {"text": code.rule}, "help": {"text": text, "markdown": text}}


def _result(found: Diagnostic, rule: int) -> dict[str, object]:
    paragraphs = [found.message, *(f"note: {note}" for note in found.notes), *(f"help: {help}" for help in found.help)]
    result: dict[str, object] = {
        "ruleId": found.code.slug,
        "ruleIndex": rule,
        "level": found.severity.value,
        "message": {"text": "\n\n".join(paragraphs)},
    }
    if found.labels:
        primary, *related = found.labels
        result["locations"] = [_location(primary)]
        if related:
            result["relatedLocations"] = [_location(label, number) for number, label in enumerate(related, 1)]
    return result


def _location(label: Label, number: int | None = None) -> dict[str, object]:
    location: dict[str, object] = {} if number is None else {"id": number}
    location["physicalLocation"] = {
        "artifactLocation": {"uri": _uri(label.span.source.path)},
        "region": _region(label.span),
    }
    if label.text:
        location["message"] = {"text": label.text}
    return location


def _region(span: Span) -> dict[str, object]:
    line, column = span.source.characters(span.start)
    end_line, end_column = span.source.characters(span.end)
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _uri(path: str) -> str:
    """A reference relative to the working folder, or a `file:` URI of an absolute path."""
    if os.path.isabs(path):
        return Path(path).as_uri()
    return quote(os.fsencode(path.replace(os.sep, "/")))
