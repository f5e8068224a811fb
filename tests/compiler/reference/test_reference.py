"""`witgen docs`: what the pages say, that no link is dead, and that docs cannot put anything but text there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests import golden
from tests.checkout import ROOT
from tests.compiler.reference.reference_pages import faults, read
from tests.wit_text import write_files
from witgen import __version__
from witgen.cli import main
from witgen.compiler.reference.format import Format
from witgen.compiler.reference.markdown import render, summary
from witgen.compiler.reference.pages import Html

SHOP = golden.GOLDEN / "reference" / "wit"
PACKAGES = [
    *("wit", "tests/golden/reference/wit"),
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/golden/resolve").glob("*/wit")),
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/corpus").glob("*.wit")),
]


def written(folder: Path, *words: str, wit: Path = SHOP) -> dict[str, str]:
    """The files that a run writes, by path; the version in them is that of no release."""
    assert main(["docs", str(wit), "-o", str(folder), "--all-features", *words]) == 0
    paths = (path for path in folder.rglob("*") if path.is_file() and ".witgen" not in path.parts)
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8").replace(__version__, "VERSION")
        for path in paths
    }


@pytest.mark.parametrize("format", ["html", "md"])
def test_golden_pages(format: str, tmp_path: Path) -> None:
    """All pages of a package with one of everything; style and search are not in it."""
    files = written(tmp_path, "--format", format)
    kept = {path: text for path, text in files.items() if not path.endswith(("style.css", "search.js"))}
    golden.check_tree(golden.GOLDEN / "reference" / format, kept)


@pytest.mark.parametrize("format", ["html", "md"])
@pytest.mark.parametrize("path", PACKAGES)
def test_no_link_is_dead(path: str, format: str, tmp_path: Path) -> None:
    """Every link leads to a place that is there, every page is led to, and nothing is loaded from elsewhere."""
    written(tmp_path, "--format", format, wit=ROOT / path)
    assert faults(tmp_path) == []


def test_dead_links_are_noticed(tmp_path: Path) -> None:
    """The check is checked."""
    page = '<p id="a"></p><p id="a"></p><a href="b.html">b</a><a href="#c">c</a><a href="javascript:x">d</a>'
    write_files(tmp_path, {"index.html": f'{page}<script src="https://example.com/x.js"></script>', "z.html": ""})
    assert faults(tmp_path) == [
        "index.html: two of #a",
        "index.html: b.html leads nowhere",
        "index.html: #c: no such place there",
        "index.html: javascript:x is not here",
        "index.html: https://example.com/x.js is not here",
        "z.html: nothing leads here",
    ]


def test_the_search_finds_every_item(tmp_path: Path) -> None:
    """Each entry of the index leads to a place that is there."""
    files = written(tmp_path)
    rows: list[list[str]] = json.loads(
        re.sub(r".*const witgenIndex = (.*);", r"\1", files["assets/index.js"], flags=re.DOTALL)
    )
    assert {"goods", "basket", "put", "counter", "acme:kit", "sold-out", "key", "now"} <= {row[0] for row in rows}
    for _, _, _, link in rows:
        path, _, anchor = link.partition("#")
        assert not anchor or anchor in read(tmp_path / path).ids


def test_one_world(tmp_path: Path) -> None:
    """Only what it needs has pages, and no link leads elsewhere."""
    names = set(written(tmp_path, "--world", "counter"))
    assert {name.rpartition("/")[2] for name in names if name.startswith("packages/acme/kit")} == {
        *("index.html", "interface.money.html")
    }
    assert faults(tmp_path) == []


@pytest.mark.slow
def test_the_same_bytes_each_time(tmp_path: Path) -> None:
    """Whatever the order of sets."""
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "witgen", "docs", str(ROOT / "wit"), "-o", str(tmp_path / seed)]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    one, other = ({p.name: p.read_bytes() for p in (tmp_path / seed).rglob("*.*") if p.is_file()} for seed in "12")
    assert one == other


# Docs are text --------------------------------------------------------------------------------------------------------


class Lenient(MarkdownIt):
    """A reader of Markdown that takes every link."""

    def validateLink(self, url: str) -> bool:
        return True


HOSTILE = [
    "<script>alert(1)</script>",
    "a <img src=x onerror=alert(1)> b",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "<javascript:alert(1)>",
    "![x](https://example.com/x.png)",
    '[x](https://example.com "\\"><script>alert(1)</script>")',
    "`<script>`",
    "```\n<script>\n```",
    '```"><script>\nx\n```',
    "<!-- x",
    "&lt;script&gt;",
    "</div></main><script>",
    "<https://example.com/<script>>",
    "[x]: javascript:alert(1)\n\n[x]",
    "x\n<div onclick=alert(1)>\ny",
    "- <details open ontoggle=alert(1)>",
    "> <script>",
    "[relative](./other.md) and [anchor](#x)",
    "\\[x](javascript:alert(1)) [y](javascript:z)",
    "\\\\[y](javascript:z)",
    "\\<script>\\\\<script>",
]


@pytest.mark.parametrize("docs", HOSTILE)
def test_docs_cannot_be_more_than_text(docs: str, tmp_path: Path) -> None:
    """Neither elements nor links that run something, nor pictures from elsewhere."""
    page = tmp_path / "x.html"
    rendered = render(docs, Format.HTML)
    assert isinstance(rendered, Html)
    page.write_text(rendered.text, encoding="utf-8")
    document = read(page)
    assert set(document.tags) <= {"p", "a", "pre", "code", "ul", "li", "blockquote"}
    assert all(link.startswith("https://") for link in document.links)
    markdown = render(docs, Format.MARKDOWN)
    assert isinstance(markdown, str)
    reader = Lenient("commonmark")
    for token in (inner for outer in reader.parse(markdown) for inner in (outer, *(outer.children or ()))):
        assert token.type not in ("html_block", "html_inline", "image")
        assert token.type != "link_open" or str(token.attrs["href"]).startswith("https://")


@pytest.mark.parametrize(
    ("docs", "expected"),
    [
        (None, ""),
        ("One. Two.", "One."),
        ("See `a.b` and\n**this**", "See a.b and this"),
        ("# Title\n\ntext", "Title"),
        ("word " * 60, "word " * 27 + "word …"),
        ("<b>x</b>", "<b>x</b>"),
    ],
)
def test_summaries(docs: str | None, expected: str) -> None:
    """The first sentence without marks; templates escape it."""
    assert summary(docs, Format.HTML) == expected


def test_markdown_stays_as_it_was_written() -> None:
    """But for headings, which go below those of the page, and for HTML."""
    assert render("# A\n\n```\n# B <c>\n```\n", Format.MARKDOWN) == "#### A\n\n```\n# B <c>\n```\n"
    assert render("a < b, <i>c</i>", Format.MARKDOWN) == "a < b, \\<i>c\\</i>"


# The folder -----------------------------------------------------------------------------------------------------------


def test_files_of_others_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is in the way stops the run, but with `--force`; pages that are no more go."""
    write_files(
        tmp_path, {"index.html": "mine", "packages/old.html": "<!-- @generated by witgen 0.0.1 from acme:shop -->\n"}
    )
    assert main(["docs", str(SHOP), "-o", str(tmp_path)]) == 1
    assert "error[output-blocked]" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.rglob("*.html")) == ["index.html", "old.html"]
    assert main(["docs", str(SHOP), "-o", str(tmp_path), "--force"]) == 0
    assert "1 removed" in capsys.readouterr().out
    assert not (tmp_path / "packages/old.html").exists()
    assert main(["docs", str(SHOP), "-o", str(tmp_path)]) == 0
    assert re.fullmatch(r".*index.html\n  \d+ unchanged\n", capsys.readouterr().out)


def test_another_format_replaces_the_pages(tmp_path: Path) -> None:
    """Nothing of the one is left beside the other."""
    first = written(tmp_path)
    written(tmp_path, "--format", "md")
    assert not list(tmp_path.rglob("*.html")) and not (tmp_path / "assets").exists()
    assert written(tmp_path) == first


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["docs", "x.wit"], 2, "Missing option '-o'"),
        (["docs", "x.wit", "-o", ""], 2, "--out is empty"),
        (["docs", "x.wit", "-o", "y", "--format", "pdf"], 2, "'pdf' is not one of"),
        (["docs", "nosuch", "-o", "y"], 1, "error[no-such-path]"),
        (["docs", str(SHOP), "-o", "y", "--world", "nosuch"], 1, "error[unknown-world]"),
    ],
)
def test_wrong_use(
    words: list[str],
    status: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert main(words) == status
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
