"""Find links in the Markdown files that lead nowhere: files that are not there, headings that no page has.

The pages in `docs/` are read once more by the site's generator; this reads them as they are shown in the repository, and
the other Markdown files with them. Links to other hosts are not followed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin

ROOT = Path(__file__).resolve().parent.parent
FILES = ("*.md", ".github/*.md", "docs/*.md", "examples/*/*.md")


def read(path: Path) -> tuple[set[str], list[str]]:
    """The anchors of a page, and where its links lead."""
    anchors: set[str] = set()
    targets: list[str] = []
    for token in flat(MarkdownIt("gfm-like", {"linkify": False}).use(anchors_plugin, max_level=6).parse(text_of(path))):
        if token.type == "heading_open":
            anchors.add(str(token.attrs["id"]))
        targets += [str(value) for name, value in token.attrs.items() if name in ("href", "src")]
    return anchors, targets


def text_of(path: Path) -> str:
    """The text of a file."""
    return path.read_text(encoding="utf-8")


def flat(tokens: list[Token]) -> Iterator[Token]:
    """All tokens, with those inside of others."""
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def main() -> int:
    """Print the dead links; the exit status is 1 if there are any."""
    pages = {path.resolve(): read(path) for pattern in FILES for path in sorted(ROOT.glob(pattern))}
    dead: list[str] = []
    count = 0
    for page, (_, targets) in pages.items():
        for target in targets:
            parts = urlsplit(target)
            if parts.scheme:
                continue
            count += 1
            there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not there.exists():
                dead.append(f"{page.relative_to(ROOT)}: {target}: no such file")
            elif parts.fragment and parts.fragment not in pages.get(there, (set(), []))[0]:
                dead.append(f"{page.relative_to(ROOT)}: {target}: no such heading")
    print("\n".join(dead) or f"{count} links in {len(pages)} files lead somewhere")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
