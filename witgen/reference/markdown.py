"""Docs rendered: they are Markdown by others, so HTML in them is text, and nothing is loaded from anywhere.

The only module that knows markdown-it.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .pages import Docs, Format, Html

_DEMOTED = 3
"""The levels that headings in docs are below those of the page."""
_LINK = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")
_SUMMARY = 140


class _Parser(MarkdownIt):
    """CommonMark with tables; what is no link to elsewhere stays text, since pages know nothing of an author's files."""

    def __init__(self, *, html: bool) -> None:
        super().__init__("commonmark", {"html": html})
        self.enable("table").disable("image")

    def validateLink(self, url: str) -> bool:
        return _LINK.match(url) is not None


_SAFE = _Parser(html=False)
_LOOKING = _Parser(html=True)


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
    """The docs themselves, headings demoted and HTML made text."""
    lines = docs.split("\n")
    for token in _LOOKING.parse(docs):
        if token.type == "heading_open" and token.map is not None and token.markup.startswith("#"):
            line = lines[token.map[0]]
            marks = "#" * min(6, len(token.markup) + _DEMOTED)
            lines[token.map[0]] = line.replace(token.markup, marks, 1)
    text = "\n".join(lines)
    if _has_html(text):
        text = _TAG.sub(r"\\<", text)
    return text.replace("<", "&lt;") if _has_html(text) else text


def _has_html(text: str) -> bool:
    return any(
        token.type == "html_block" or any(child.type == "html_inline" for child in token.children or ())
        for token in _LOOKING.parse(text)
    )
