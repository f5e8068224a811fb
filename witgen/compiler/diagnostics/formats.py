"""The formats in which findings are printed: `--error-format`. Each is a module with `render`, loaded when it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .report import Diagnostic

Renderer = Callable[[Sequence[Diagnostic]], str]
"""Findings, in the order to show them in, to the text to print: whole lines, or nothing."""


def _human() -> Renderer:
    from .human import render

    return lambda found: render(found, color=False)


def _json() -> Renderer:
    from .json import render

    return render


def _sarif() -> Renderer:
    from .sarif import render

    return render


def _github() -> Renderer:
    from .github import render

    return render


HUMAN = "human"

FORMATS: dict[str, Callable[[], Renderer]] = {HUMAN: _human, "json": _json, "sarif": _sarif, "github": _github}


def render(found: Sequence[Diagnostic], format: str) -> str:
    """Render `found` in one of `FORMATS`, without colour. `json` and `sarif` give a document even for no findings."""
    return FORMATS[format]()(found)
