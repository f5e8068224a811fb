"""Diagnostics for people to read, with the source lines they are about.

    error[unknown-name]: interface `bar` is not defined in package `demo:app`
     --> wit/app.wit:6:7
      |
    6 |   use bar.{item};
      |       ^^^ no such interface
      = note: `demo:app` defines `baz`

The column in the heading counts UTF-8 bytes; the marks below a line are where a terminal shows the text: tabs are
four cells, wide characters two. Nothing that is printed can steer a terminal: control and bidirectional characters are
shown as pictures. Of a line longer than 500 bytes only the surroundings of the marked text are shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import groupby

from ...dataclass import dataclass
from .report import Diagnostic, Label, Severity
from .source import Source

_TAB = "    "
_LONG_LINE = 500
_BEFORE, _AFTER = 40, 80
_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33"}
_BLUE, _BOLD = "1;34", "1"


def render(diagnostics: Iterable[Diagnostic], *, color: bool) -> str:
    """Render `diagnostics` in their order, an empty line between two; with ANSI colours if `color`.

    Each ends with a newline; no diagnostics give an empty text.
    """
    paint = _Paint(color)
    return "\n".join(_render_one(diagnostic, paint) for diagnostic in diagnostics)


@dataclass(frozen=True, slots=True)
class _Paint:
    color: bool

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.color and text else text


def _render_one(diagnostic: Diagnostic, paint: _Paint) -> str:
    style = _COLORS[diagnostic.severity]
    head = f"{diagnostic.severity.value}[{diagnostic.code.slug}]"
    lines = [paint(style, head) + paint(_BOLD, f": {safe_text(diagnostic.message)}")]
    width = max((len(str(_line_number(label))) for label in diagnostic.labels), default=0)
    margin = " " * width
    for source, labels in _by_source(diagnostic.labels):
        line, column = source.position(labels[0].span.start)
        arrow = "-->" if labels[0] is diagnostic.labels[0] else ":::"
        lines.append(f"{margin}{paint(_BLUE, arrow)} {safe_path(source.path)}:{line}:{column}")
        lines.append(paint(_BLUE, f"{margin} |"))
        lines += _snippet(source, labels, diagnostic.labels[0], width, style, paint)
    for kind, texts in (("note", diagnostic.notes), ("help", diagnostic.help)):
        for text in texts:
            first, *rest = text.split("\n")
            lines.append(f"{margin} {paint(_BLUE, '=')} {paint(_BOLD, f'{kind}:')} {safe_text(first)}")
            lines += [f"{margin}         {safe_text(line)}".rstrip() for line in rest]
    return "\n".join(lines) + "\n"


def _line_number(label: Label) -> int:
    return label.span.source.position(label.span.start)[0]


def _by_source(labels: tuple[Label, ...]) -> list[tuple[Source, list[Label]]]:
    """The labels of each source, sources in the order in which they are first named."""
    groups: list[tuple[Source, list[Label]]] = []
    for label in labels:
        for source, group in groups:
            if source is label.span.source:
                group.append(label)
                break
        else:
            groups.append((label.span.source, [label]))
    return groups


def _snippet(source: Source, labels: list[Label], primary: Label, width: int, style: str, paint: _Paint) -> list[str]:
    """The lines of `source` that the labels are about, from top to bottom, each with its marks below it."""
    rows: list[str] = []
    previous: int | None = None
    for number, group in groupby(sorted(labels, key=lambda label: label.span.start), key=_line_number):
        if previous is not None and number > previous + 1:
            rows.append(paint(_BLUE, "..."))
        previous = number
        text = source.line(number)
        begin = source.line_starts()[number - 1]
        whole = len(text.encode("utf-8", "surrogatepass")) <= _LONG_LINE
        shown: str | None = None
        for label in group:
            start = min(label.span.start - begin, len(text))
            end = max(min(label.span.end - begin, len(text)), start)
            excerpt = _excerpt(text, start, end, whole, at_file_start=begin == 0)
            if excerpt.text != shown:
                shown = excerpt.text
                rows.append(f"{paint(_BLUE, f'{number:>{width}} |')} {shown}".rstrip())
            mark, mark_style = ("^", style) if label is primary else ("-", _BLUE)
            marks = mark * max(excerpt.marked, 1) + (f" {safe_text(label.text)}" if label.text else "")
            rows.append(f"{paint(_BLUE, ' ' * width + ' |')} {' ' * excerpt.before}{paint(mark_style, marks)}")
    return rows


@dataclass(frozen=True, slots=True)
class _Excerpt:
    """What is shown of a line: the text, the cells before the marked part, and the cells of that part."""

    text: str
    before: int
    marked: int


def _excerpt(line: str, start: int, end: int, whole: bool, *, at_file_start: bool) -> _Excerpt:
    """Show `line`, or some of it around `start:end` unless `whole`."""
    left, right = (0, len(line)) if whole else (max(start - _BEFORE, 0), min(start + _AFTER, len(line)))
    cells = [_show(char) for char in line[left:right]]
    if at_file_start and left == 0 and line.startswith("\ufeff"):
        cells[0] = ""
    before = sum(map(_width, cells[: start - left]))
    marked = sum(map(_width, cells[start - left : end - left]))
    prefix, suffix = "…" if left else "", "…" if right < len(line) else ""
    return _Excerpt(prefix + "".join(cells) + suffix, before + len(prefix), marked)


def _show(char: str) -> str:
    """`char` as it can be printed without harm."""
    if " " <= char <= "~":
        return char
    if char == "\t":
        return _TAB
    if char < " ":
        return chr(0x2400 + ord(char))
    if char == "\x7f":
        return "␡"
    category = unicodedata.category(char)
    # Zero-width joiners make scripts and emoji; other format characters may reorder or hide text.
    if (category == "Cf" and char not in "\u200c\u200d") or category in ("Cc", "Cs", "Zl", "Zp"):
        return "\ufffd"
    return char


def _width(shown: str) -> int:
    """The terminal cells that a shown character takes."""
    if shown.isascii():
        return len(shown)
    if unicodedata.category(shown) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(shown) in "WF" else 1


def safe_text(text: str) -> str:
    """`text` without anything that could steer a terminal."""
    return text if text.isascii() and text.isprintable() else "".join(map(_show, text))


def safe_path(path: str) -> str:
    """As `safe_text`, for a path: a tab stays one character."""
    return safe_text(path).replace(_TAB, "␉") if "\t" in path else safe_text(path)
