"""What the pages about commands show is what happens."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT
from witgen.cli import main
from witgen.compiler.diagnostics import Diagnostics, Source
from witgen.compiler.formatting.source import format_source

PAGES = ("fmt", "inspect", "reference-pages")


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of one language, in order."""
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_commands_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line, in its order, on the project's own WIT in canonical form."""
    shutil.copytree(ROOT / "wit", tmp_path / "wit")
    monkeypatch.chdir(tmp_path)
    assert main(["fmt", "wit"]) == 0
    for line in blocks(page, "sh")[0].splitlines():
        tool, *words = shlex.split(line, comments=True)
        assert tool == "witgen"
        if "<" in words:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(words[-1]).read_bytes())))
            words = words[: words.index("<")]
        assert main(words) == 0, line
    named = {"inspect": "plain/deps/wasi-io-0.2.8/package.wit", "reference-pages": "site/index.html", "fmt": "wit"}
    assert (tmp_path / named[page]).exists()


def test_the_formatted_text_is_what_formatting_gives() -> None:
    """Of the page about `witgen fmt`."""
    before, after = blocks("fmt", "wit")
    assert format_source(Source("input.wit", before), Diagnostics()) == after
