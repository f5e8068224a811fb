"""`witgen fmt`: the canonical form of golden texts, comments in odd places, files, and the command."""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from pathlib import Path

import pytest

from tests import golden
from tests.checkout import ROOT
from tests.wit_text import write_files
from witgen.cli import main
from witgen.compiler.diagnostics import Diagnostics, Source
from witgen.compiler.formatting.source import format_source

CASES = sorted(path.name for path in (golden.GOLDEN / "fmt").iterdir())
GOOD = "package a:b;\n\ninterface i {\n  f: func();\n}\n"
BAD = "package a:b; interface i {f:func();}"
BROKEN = "package a:b; interface i {f:func(;}"


def formatted(text: str) -> str:
    """The canonical form, which is its own."""
    found = Diagnostics()
    once = format_source(Source("input.wit", text), found)
    assert once is not None, found.found
    assert format_source(Source("input.wit", once), found) == once
    return once


@pytest.mark.parametrize("name", CASES)
def test_golden_texts(name: str) -> None:
    """Layout, comments and long lines."""
    folder = golden.GOLDEN / "fmt" / name
    golden.check(folder / "after.wit", formatted((folder / "before.wit").read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted(ROOT.glob("wit/**/*.wit")), ids=lambda p: p.stem)
def test_real_texts_change_little(path: Path) -> None:
    """Nothing but white space and commas behind the last of a list."""
    text = path.read_text(encoding="utf-8")
    before, after = (re.sub(r"\s|,(?=\s*[)}])", "", version) for version in (text, formatted(text)))
    assert after == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("// only", "// only\n"),
        ("\ufeff\n\n// a\r\n\r\n\r\n/* b\r\n c */\r\n", "// a\n\n/* b\n c */\n"),
        ("/* a */ /* b */ interface i {} // c\n// d", "/* a */\n/* b */\ninterface i {} // c\n// d\n"),
        ("interface i { // a\n\n}", "interface i { // a\n}\n"),
        ("interface i {} /* a */ /* b\n */ // c", "interface i {} /* a */ /* b\n */ // c\n"),
        ("interface i { f: func(a: list< // a\nu8>); }", "interface i {\n  f: func(\n    a: list< // a\n      u8>,\n  );\n}\n"),
        ("interface i { enum e { a /* a */, b, /* b */ } }", "interface i {\n  enum e {\n    a /* a */,\n    b, /* b */\n  }\n}\n"),
    ],
)  # fmt: skip
def test_small_texts(text: str, expected: str) -> None:
    """Comments where they stand alone, line ends, byte-order marks."""
    assert formatted(text) == expected


def test_a_carriage_return_stays_where_docs_need_it() -> None:
    """The indentation of docs counts CR: these docs would be others with LF alone."""
    text = formatted("/**\r\n a*/\n//   b\ninterface i {}\n")
    assert text == "/**\r\n a*/\n//   b\ninterface i {}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a package of three files, of which one is as it should be; the current one."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path, {"wit/a.wit": BAD, "wit/b.wit": GOOD, "wit/deps/c/c.wit": BAD, "wit/.x/d.wit": BROKEN})
    return tmp_path


def test_folders_are_formatted_in_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every text below, each once; modes stay, and files that do not change are not written."""
    a, b = folder / "wit/a.wit", folder / "wit/b.wit"
    a.chmod(0o640)
    before = b.stat()
    assert main(["fmt", "wit", "wit/a.wit"]) == 0
    assert capsys.readouterr().out == "formatted wit/a.wit\nformatted wit/deps/c/c.wit\n3 files, 2 formatted\n"
    assert a.read_text(encoding="utf-8") == GOOD == (folder / "wit/deps/c/c.wit").read_text(encoding="utf-8")
    assert stat.S_IMODE(a.stat().st_mode) == 0o640
    assert (b.stat().st_ino, b.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert sorted(os.listdir("wit")) == [".x", "a.wit", "b.wit", "deps"]
    assert main(["fmt", "--check", "wit"]) == 0
    assert main(["fmt", "wit"]) == 0
    assert capsys.readouterr().out == "3 files, none formatted\n"


def test_check_and_diff_write_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One lists, the other shows; only with `--check` is a difference a fault."""
    assert main(["fmt", "--check", "wit"]) == 1
    assert capsys.readouterr().out == "wit/a.wit\nwit/deps/c/c.wit\n"
    assert main(["fmt", "--diff", "wit/a.wit", "wit/b.wit"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("--- wit/a.wit\n+++ wit/a.wit (formatted)\n@@ -1 +1,5 @@\n-package")
    assert "\\ No newline at end of file\n+package a:b;\n" in shown
    assert main(["fmt", "--check", "--diff", "wit/a.wit"]) == 1
    assert capsys.readouterr().out == shown
    assert (folder / "wit/a.wit").read_text(encoding="utf-8") == BAD


def test_a_text_with_errors_stays(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And is told of; the others are formatted."""
    (folder / "wit/b.wit").write_text(BROKEN, encoding="utf-8")
    assert main(["fmt", "wit"]) == 1
    out, err = capsys.readouterr()
    assert "formatted wit/a.wit\n" in out
    assert "error[syntax-error]" in err and "--> wit/b.wit:1:" in err
    assert (folder / "wit/b.wit").read_text(encoding="utf-8") == BROKEN


def test_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`-` reads one text and prints it; nothing is printed of a broken one."""

    def run(data: bytes, *options: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return main(["fmt", *options, "-"]), capsys.readouterr().out

    assert run(BAD.encode()) == (0, GOOD)
    assert run(BROKEN.encode()) == (1, "")
    assert run(b"\xff") == (1, "")
    assert run(BAD.encode(), "--check") == (1, "<stdin>\n")
    assert run(GOOD.encode(), "--check") == (0, "")
    status, diff = run(BAD.encode(), "--diff")
    assert status == 0 and diff.startswith("--- <stdin>\n")


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ([], 2, "Missing argument"),
        (["-", "wit"], 2, "it cannot be combined"),
        (["nosuch"], 1, "error[no-such-path]"),
        (["empty"], 1, "error[no-wit-files]"),
        (["a.wasm"], 1, "error[not-supported]"),
    ],
)
def test_wrong_use(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int, message: str
) -> None:
    """What cannot be formatted is told."""
    (folder / "empty").mkdir()
    (folder / "a.wasm").write_bytes(b"\0asm\r\0\1\0")
    assert main(["fmt", *words]) == status
    assert message in capsys.readouterr().err


def test_links_stay_links(folder: Path) -> None:
    """What a link leads to is written."""
    (folder / "wit/b.wit").unlink()
    (folder / "wit/b.wit").symlink_to("a.wit")
    assert main(["fmt", "wit/b.wit"]) == 0
    assert (folder / "wit/b.wit").is_symlink()
    assert (folder / "wit/a.wit").read_text(encoding="utf-8") == GOOD


def test_what_cannot_be_written_is_told_and_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk, say: the old file stays, and nothing is left beside it."""

    def refuse(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    assert main(["fmt", "wit/a.wit"]) == 1
    assert "error[output-failed]: cannot write `wit/a.wit`: No space left on device" in capsys.readouterr().err
    assert (folder / "wit/a.wit").read_text(encoding="utf-8") == BAD
    assert sorted(os.listdir("wit")) == [".x", "a.wit", "b.wit", "deps"]


def test_many_errors_keep_no_other_file_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The hundred and first error too; and a pipe among the files is not waited for."""
    for number in range(101):
        (folder / f"bad{number}.wit").write_text("package", encoding="utf-8")
    (folder / "z.wit").write_text("package a:z ;", encoding="utf-8")
    os.mkfifo(folder / "pipe.wit")
    assert main(["fmt", str(folder)]) == 1
    assert (folder / "z.wit").read_text(encoding="utf-8") == "package a:z;\n"
    assert capsys.readouterr().err.count("error[") == 101


def test_a_closed_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`witgen fmt - <&-`."""
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["fmt", "-"]) == 1
    assert "standard input is closed" in capsys.readouterr().err
