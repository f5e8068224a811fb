"""`main` called from Python, where the streams of `sys` are not files: a notebook, `redirect_stdout`, a closed stream."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TextIO, cast

import pytest

from tests.cases import read_group
from witgen.cli import main

COMMANDS: dict[str, tuple[list[str], int]] = {
    "generate": (["old.wit", "--world", "app"], 0),
    "check": (["old.wit", "--world", "app", "--out", "none", "--check"], 1),
    "inspect": (["inspect", "old.wit"], 0),
    "inspect --json": (["inspect", "old.wit", "--json"], 0),
    "inspect --wit": (["inspect", "old.wit", "--wit"], 0),
    "diff": (["diff", "old.wit", "new.wit"], 1),
    "diff --json": (["diff", "old.wit", "new.wit", "--json"], 1),
    "diff --error-format sarif": (["diff", "old.wit", "new.wit", "--error-format", "sarif"], 1),
    "validate --json": (["validate", "old.wat", "old.wit", "--world", "app", "--json"], 0),
    "fmt --diff": (["fmt", "new.wit", "--diff"], 0),
    "fmt -": (["fmt", "-"], 0),
    "docs": (["docs", "old.wit", "-o", "pages"], 0),
    "explain": (["explain", "unknown-name"], 0),
    "a file that is missing": (["inspect", "no.wit"], 1),
    "a missing file, as JSON": (["inspect", "no.wit", "--error-format", "json"], 1),
    "wrong usage": (["diff", "old.wit"], 2),
    "--help": (["--help"], 0),
    "--version": (["--version"], 0),
}


class Writer:
    """The least that a stream can be."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        """Keep the text."""
        self.text += text
        return len(text)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to work in: two versions of a package, and a component."""
    monkeypatch.chdir(tmp_path)
    read_group("diff")["import-added"].put(tmp_path)
    return tmp_path


def run(words: list[str], out: TextIO, err: TextIO) -> int:
    """Run a command between these streams; standard input is text in memory."""
    kept, sys.stdin = sys.stdin, io.StringIO("package a:b;\n")
    try:
        with redirect_stdout(out), redirect_stderr(err):
            return main(words)
    finally:
        sys.stdin = kept


@pytest.mark.parametrize("name", COMMANDS)
def test_streams_of_text(name: str) -> None:
    """Without bytes under them: the same text and status as with bytes."""
    words, status = COMMANDS[name]
    out, err = io.StringIO(), io.StringIO()
    assert run(words, out, err) == status, err.getvalue()
    assert out.getvalue() or err.getvalue() or name == "--check"
    bytes_out, bytes_err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    assert run(words, bytes_out, bytes_err) == status
    if name not in ("generate", "docs"):  # these have nothing to do the second time
        shown = [stream.buffer.getvalue().decode() for stream in (bytes_out, bytes_err)]
        assert shown == [out.getvalue(), err.getvalue()]


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - {"wrong usage", "--help", "--version"}))
def test_streams_with_nothing_but_write(name: str) -> None:
    """What is printed is what `print` would need."""
    words, status = COMMANDS[name]
    out, err = Writer(), Writer()
    assert run(words, cast("TextIO", out), cast("TextIO", err)) == status, err.text
    assert out.text or err.text


@pytest.mark.parametrize("name", COMMANDS)
def test_streams_that_are_closed(name: str) -> None:
    """The result is lost, which is status 1, and never a fault of witgen."""
    words, status = COMMANDS[name]
    out, err = io.StringIO(), io.StringIO()
    out.close()
    assert run(words, out, err) == (status or 1)
    assert "bug in witgen" not in err.getvalue()
    err = io.StringIO()
    err.close()
    assert run(words, io.StringIO(), err) in (status, 1)


@pytest.mark.parametrize("kind", ["closed", "not UTF-8", "missing"])
def test_standard_input_that_cannot_be_read(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is reported as a file would be."""
    closed = io.StringIO()
    closed.close()
    streams = {"closed": closed, "not UTF-8": io.TextIOWrapper(io.BytesIO(b"\xff")), "missing": None}
    monkeypatch.setattr(sys, "stdin", streams[kind])
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        assert main(["fmt", "-"]) == 1
    assert out.getvalue() == "" and err.getvalue().startswith("error[unreadable-file]: ")


def test_characters_that_a_stream_does_not_have() -> None:
    """Are spelled out, on a stream whose errors cannot be set."""

    class Ascii(Writer):
        def write(self, text: str) -> int:
            text.encode("ascii")
            return super().write(text)

    Path("new.wit").write_text("package a:b;\n/// ☃\ninterface i {}\n", encoding="utf-8")
    out = Ascii()
    assert run(["inspect", "new.wit", "--wit"], cast("TextIO", out), io.StringIO()) == 0
    assert "/// \\u2603" in out.text
