"""Docs rendered: they are Markdown by others, so HTML in them is text, and nothing is loaded from anywhere.

The only module that knows markdown-it.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .format import Format
from .pages import Docs, Html

_DEMOTED = 3
"""The levels that headings in docs are below those of the page."""
_LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BRACKET = re.compile(r"\[")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")
_SUMMARY = 140


class _Safe(MarkdownIt):
    """CommonMark with tables; what is not a link to elsewhere stays text, since pages know nothing of an author's files."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False})
        self.enable("table").disable("image")

    def validateLink(self, url: str) -> bool:
        return _LINK.match(url) is not None


class _Looking(MarkdownIt):
    """Sees all that any reader may take for HTML, a link or a picture."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": True})
        self.enable("table")

    def validateLink(self, url: str) -> bool:
        return True


_SAFE = _Safe()
_LOOKING = _Looking()


def render(docs: str | None, format: Format) -> Docs:
    """The docs of an item for a page of that format; empty for none."""
    if not docs:
        return ""
    return _markdown(docs) if format is Format.MARKDOWN else Html(_html(docs))


def summary(docs: str | None, format: Format) -> str:
    """The first sentence of docs as plain text, shortened if it is long."""
    text = ""
    for token in _SAFE.parse(docs or ""):
        if token.type == "inline":
            text = " ".join("".join(_plain(child) for child in token.children or ()).split())
            break
    sentence = re.match(r".*?[.!?](?= |$)", text)
    text = text if sentence is None else sentence[0]
    if len(text) > _SUMMARY:
        text = text[:_SUMMARY].rpartition(" ")[0] + " …"
    return _SPECIAL.sub(r"\\\1", text) if format is Format.MARKDOWN else text


def _plain(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content


def _html(docs: str) -> str:
    tokens = _SAFE.parse(docs)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + _DEMOTED)}"
    return str(_SAFE.renderer.render(tokens, _SAFE.options, {}))


def _markdown(docs: str) -> str:
    """The docs themselves, headings demoted, and what is more than text made text."""
    lines = docs.split("\n")
    for token in _LOOKING.parse(docs):
        if token.type == "heading_open" and token.map is not None and token.markup.startswith("#"):
            line = lines[token.map[0]]
            marks = "#" * min(6, len(token.markup) + _DEMOTED)
            lines[token.map[0]] = line.replace(token.markup, marks, 1)
    text = "\n".join(lines)
    for pattern in (_BRACKET, _TAG):
        if _is_more_than_text(text):
            text = _outside_code(text, pattern, r"\\\g<0>")
    if _is_more_than_text(text):  # after a backslash of its own, say
        text = text.replace("[", "&#91;").replace("<", "&lt;")
    return text


def _is_more_than_text(text: str) -> bool:
    """Whether a reader who lets everything pass would see HTML, a picture, or a link that is none to elsewhere."""
    for token in (inner for outer in _LOOKING.parse(text) for inner in (outer, *(outer.children or ()))):
        if token.type in ("html_block", "html_inline", "image"):
            return True
        if token.type == "link_open" and not _LINK.match(str(token.attrs.get("href", ""))):
            return True
    return False


def _outside_code(text: str, pattern: re.Pattern[str], replacement: str) -> str:
    """Replace a pattern, but not in blocks of code."""
    lines = text.split("\n")
    code = [token.map for token in _LOOKING.parse(text) if token.type in ("fence", "code_block") and token.map]
    kept = {number for start, end in code for number in range(start, end)}
    return "\n".join(line if number in kept else pattern.sub(replacement, line) for number, line in enumerate(lines))
