"""Reads written reference pages: what is on them, and where their links lead."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

_MARKDOWN_LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")
_MARKDOWN_ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
_FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(slots=True)
class Document:
    """What a page has: the ids on it, where its links lead, and what it loads by itself."""

    ids: list[str] = field(default_factory=list[str])
    links: list[str] = field(default_factory=list[str])
    loads: list[str] = field(default_factory=list[str])
    tags: list[str] = field(default_factory=list[str])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.document = Document()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.document.tags.append(tag)
        if "id" in found:
            self.document.ids.append(found["id"])
        if tag == "a":
            self.document.links.append(found["href"])
        elif tag == "link":
            self.document.loads.append(found["href"])
        elif "src" in found:
            self.document.loads.append(found["src"])
        assert not any(name.startswith("on") for name in found), f"a handler on <{tag}>"


def read(path: Path) -> Document:
    """The document at `path`, HTML or Markdown."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        prose = _FENCE.sub("", text)
        return Document(_MARKDOWN_ANCHOR.findall(prose), _MARKDOWN_LINK.findall(prose))
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.document


def faults(site: Path) -> list[str]:
    """Links that lead nowhere, ids that a page has twice, what a page loads from elsewhere, pages nothing leads to."""
    pages = {
        path.relative_to(site).as_posix(): read(path) for path in site.rglob("*") if path.suffix in (".html", ".md")
    }
    found: list[str] = []
    reached = {"index.html", "index.md"}
    for name, page in pages.items():
        found += [f"{name}: two of #{id}" for id in set(page.ids) if page.ids.count(id) > 1]
        for link in (*page.links, *page.loads):
            parts = urlsplit(link)
            if parts.scheme:
                if link in page.loads or parts.scheme not in ("http", "https", "mailto"):
                    found.append(f"{name}: {link} is not here")
                continue
            target = _joined(name, unquote(parts.path)) if parts.path else name
            reached.add(target)
            if not (site / target).is_file():
                found.append(f"{name}: {link} leads nowhere")
            elif parts.fragment and unquote(parts.fragment) not in pages[target].ids:
                found.append(f"{name}: {link}: no such place there")
    return found + [f"{name}: nothing leads here" for name in pages if name not in reached]


def _joined(page: str, link: str) -> str:
    parts = list(PurePosixPath(page).parent.parts)
    for part in link.split("/"):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
