"""One WIT text in, the same in canonical form out."""

from __future__ import annotations

from ..diagnostics import Diagnostics, Source
from ..syntax.context import apply_context
from ..syntax.docs import docs_text
from ..syntax.lexer import Scan, scan
from ..syntax.parser import parse_scan, scan_source
from .layout import comments_before, is_last_comma, lay_out


def format_source(source: Source, diagnostics: Diagnostics, *, comments: bool = True) -> str | None:
    """The text of `source` in canonical form; it means the same, docs included.

    Args:
        source: one WIT text.
        diagnostics: receives what the parser finds.
        comments: whether comments are kept. All docs go with them.

    Returns:
        None if the text does not follow the grammar.
    """
    scanned = scan_source(source, diagnostics)
    parse_scan(scanned, diagnostics)
    if diagnostics.has_errors:
        return None
    if not comments:
        scanned = _scan(Source(source.path, _without_comments(scanned)))
    text = lay_out(scanned)
    # Another text is the worst that a formatter can do, and looking is cheap.
    assert _substance(_scan(Source(source.path, text))) == _substance(scanned), "formatting would change the text"
    return text


def _scan(source: Source) -> Scan:
    scanned = scan(source)
    apply_context(scanned)
    return scanned


def _without_comments(scanned: Scan) -> str:
    """The text without its comments, and without the lines that hold nothing else."""
    parts: list[str] = []
    text = scanned.source.text
    at = 0
    for start, end in (place for run in scanned.comments.values() for place in run):
        before, behind = text[at:start].rstrip(" \t"), text[end : text.find("\n", end) + 1]
        alone = before.endswith("\n") or not (before or parts)
        parts += [before, "" if alone else " "]
        at = end + len(behind) if alone and not behind.strip() else end
    return "".join([*parts, text[at:]])


def _substance(scanned: Scan) -> list[tuple[str, str, tuple[str, ...], str]]:
    """What must stay: the tokens, and before each its comments and the docs they make."""
    found: list[tuple[str, str, tuple[str, ...], str]] = []
    carried: list[str] = []
    text = scanned.source.text
    for index, token in enumerate(scanned.tokens):
        carried += comments_before(scanned, index)
        if not is_last_comma(scanned, index):
            raw = [text[start:end] for start, end in scanned.comments.get(token.start, ())]
            found.append((token.type, text[token.start : token.end], tuple(carried), docs_text(raw)))
            carried.clear()
    return found
