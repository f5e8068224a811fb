"""`witgen inspect --wit`: the packages as one text and as a folder, which read back to the same model."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.property.facts import facts
from tests.wit_text import resolve_path, resolve_text, write_files
from witgen.api import wit_text
from witgen.cli import main
from witgen.compiler.diagnostics import Diagnostics
from witgen.compiler.formatting.files import format_paths

PACKAGES = ["wit", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "tests/golden/resolve").glob("*/wit"))]
TEXT = """\
/// The root.
package a:b@1.0.0;
interface i { use c:d/e.{t}; /// Docs.
f: func() -> t; }
package c:d { interface e { /// A type.
type t = u8; } }
package C:D@0.1.0 { interface none {} }
"""


@pytest.mark.slow
@pytest.mark.parametrize("path", PACKAGES)
def test_what_is_written_reads_back(path: str, tmp_path: Path) -> None:
    """As a folder and as a text; both are in canonical form."""
    model = resolve_path(ROOT / path, "all").resolved
    assert main(["inspect", "--all-features", str(ROOT / path), "--wit", "--out", str(tmp_path / "out")]) == 0
    assert facts(resolve_path(tmp_path / "out", "all").resolved) == facts(model)
    assert not any(file.differs for file in format_paths([str(tmp_path / "out")], Diagnostics()))
    assert facts(resolve_text(wit_text(model, Diagnostics()), "all").resolved) == facts(model)


def test_text_and_no_docs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Dependencies are nested; without docs there is no comment."""
    write_files(tmp_path, {"a.wit": TEXT})
    assert main(["inspect", "--wit", str(tmp_path / "a.wit")]) == 0
    text = capsys.readouterr().out
    assert text.startswith("/// The root.\npackage a:b@1.0.0;\n\ninterface i {\n  use c:d/e.{t};\n  /// Docs.\n")
    assert "package c:d {\n  interface e {\n    /// A type.\n    type t = u8;\n" in text
    assert main(["inspect", "--wit", "--no-docs", str(tmp_path / "a.wit")]) == 0
    plain = capsys.readouterr().out
    assert "//" not in plain
    assert plain == "".join(line for line in text.splitlines(keepends=True) if "//" not in line)


def test_what_cannot_be_read_again_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A gate of another package's version came by `include`: this package has not reached it."""
    text = """package a:b@0.1.0; world w { include c:d/x@0.2.0; }
    package c:d@0.2.0 { world x { @since(version = 0.2.0) import f: func(); } }"""
    write_files(tmp_path, {"a.wit": text})
    assert main(["inspect", "--wit", str(tmp_path / "a.wit")]) == 0
    said = capsys.readouterr()
    assert "@since(version = 0.2.0)\n  import f: func();" in said.out
    assert "warning[not-supported]: the printed WIT cannot be read again" in said.err


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`a.wit` in the current folder."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path, {"a.wit": TEXT})
    return tmp_path


WRITE = ["inspect", "a.wit", "--wit", "--out", "out"]


def texts(folder: Path) -> dict[str, str]:
    """All files below a folder but witgen's notes."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_text(encoding="utf-8") for name, path in found.items() if not name.startswith(".witgen")}


def test_folder(source: Path) -> None:
    """A file for the root, one in `deps/` for each other; what witgen wrote there before goes."""
    assert main(WRITE) == 0
    first = texts(source / "out")
    assert sorted(first) == ["b.wit", "deps/C-D-0.1.0/package.wit", "deps/c-d/package.wit"]
    assert first["b.wit"].startswith("/// The root.\npackage a:b@1.0.0;\n")
    assert first["b.wit"].endswith(" from a:b@1.0.0\n")
    assert main(WRITE) == 0
    assert texts(source / "out") == first
    (source / "a.wit").write_text(TEXT.replace("a:b@1.0.0", "a:z").partition("package C:D")[0], encoding="utf-8")
    assert main([*WRITE, "--force"]) == 0
    assert sorted(texts(source / "out")) == ["deps/c-d/package.wit", "z.wit"]
    resolve_path(source / "out")


def test_packages_of_one_file_name_are_kept_apart(source: Path) -> None:
    """`a-b:c` and `a:b-c`, in whatever case."""
    (source / "a.wit").write_text("package r:r; package a-b:c {} package a:b-c {} package A:b-C {}", encoding="utf-8")
    assert main(WRITE) == 0
    assert len(texts(source / "out")) == 4
    assert len(resolve_path(source / "out").resolved.packages) == 4


@pytest.mark.parametrize(
    ("file", "force", "status"),
    [
        ("b.wit", False, 1),
        ("b.wit", True, 0),
        ("deps/c-d/package.wit", False, 1),
        ("deps/c-d/package.wit", True, 0),
        ("other.wit", True, 1),
        ("deps/other/package.wit", True, 1),
    ],
)
def test_files_of_others_are_not_overwritten(source: Path, file: str, force: bool, status: int) -> None:
    """Without `--force`; and WIT beside it would be read as part of the package."""
    write_files(source / "out", {file: "package x:y;\n"})
    assert main([*WRITE, "--force"] if force else WRITE) == status
    if status:
        assert texts(source / "out") == {file: "package x:y;\n"}
    else:
        assert len(texts(source / "out")) == 3


@pytest.mark.parametrize(
    "words",
    [["--out", "x"], ["--no-docs"], ["--wit", "--json"], ["--wit", "--world", "w"], ["--wit", "--force"], ["--wit", "--out="]],
)  # fmt: skip
def test_unsound_combinations(source: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Are wrong usage, before anything is read."""
    assert main(["inspect", "a.wit", *words]) == 2
    assert "error: --" in capsys.readouterr().err
    assert not (source / "x").exists()
