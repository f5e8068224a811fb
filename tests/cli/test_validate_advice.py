"""What `witgen validate` says to a user who gave it something else: arguments swapped, no world, no component; and very much."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import golden
from tests.wit_text import world_of
from witgen.cli import main
from witgen.compiler.trial.stub import stub_component

WORLD = "package a:b;\nworld app { export run: func(); }\nworld other { import log: func(); export work: func(); }\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to work in, with WIT of two worlds, and a component for the first."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wit").mkdir()
    (tmp_path / "wit" / "world.wit").write_text(WORLD)
    (tmp_path / "app.wat").write_text(stub_component(world_of(WORLD, "app")))
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the command prints on standard error when an input is at fault: nothing on standard output, status 1."""
    assert main(["validate", *words]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


@pytest.mark.parametrize("wit", ["wit", "wit/world.wit"])
def test_swapped_arguments(wit: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The command line that was meant is shown."""
    assert f"help: the component comes first: `witgen validate app.wat {wit}`\n" in said(capsys, wit, "app.wat")
    assert "help: COMPONENT is one file, `.wasm` or `.wat`, and comes before the WIT\n" in said(capsys, wit, "wit")


def test_several_worlds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Those that the component fits are named; one that is missing is not guessed."""
    assert said(capsys, "app.wat", "wit").endswith(
        "has 2 worlds: `app`, `other`\n = help: choose one with `--world`; the component fits `app`\n"
    )
    (folder / "app.wat").write_text('(component (import "no" (func)))')
    assert said(capsys, "app.wat", "wit").endswith("the component fits none of them\n")
    assert "has no world `root`\n = note: its worlds are `app`, `other`\n" in said(
        capsys, "app.wat", "wit", "--world", "root"
    )


def test_no_world(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The worlds of other packages are named, if there are any."""
    (folder / "none.wit").write_text("package a:c;\ninterface i {}\n")
    assert said(capsys, "app.wat", "none.wit") == "error[unknown-world]: package `a:c` has no world\n"
    (folder / "wit" / "world.wit").write_text(
        "package a:c;\ninterface i {}\npackage a:d { world app { export run: func(); } }\n"
    )
    assert said(capsys, "app.wat", "wit").endswith(
        "help: packages that it uses have `a:d/app`: choose with `--world`\n"
    )
    assert main(["validate", "app.wat", "wit", "--world", "a:d/app"]) == 0


def test_another_component_stands_for_its_world(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its world is the only one, and has a name."""
    (folder / "old.wat").write_text(stub_component(world_of(WORLD, "other")))
    assert main(["validate", "app.wat", "app.wat"]) == main(["validate", "app.wat", "app.wat", "--world", "root"]) == 0
    capsys.readouterr()
    assert main(["validate", "old.wat", "app.wat"]) == 1
    assert capsys.readouterr().out.endswith("`old.wat` does not fit world `root:component/root`: 2 differences\n")


@pytest.mark.parametrize(
    ("data", "words", "advice"),
    [
        (b"", "the file is empty", "componentize-py, cargo-component, jco and others make components"),
        (b"\0asm\x01\0\0\0", "this is a core module", "`wasm-tools component new` makes a component of a module"),
        (
            (golden.GOLDEN / "encoded" / "maps.wasm").read_bytes(),
            "this is an encoded WIT package, which has no code",
            "a component is what is built for a world of such a package",
        ),
    ],
)
def test_no_component(data: bytes, words: str, advice: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind of file has its own advice."""
    (folder / "a.wasm").write_bytes(data)
    first, second = said(capsys, "a.wasm", "wit").splitlines()
    assert first.startswith(f"error[not-a-component]: cannot read `a.wasm`: {words}")
    assert second.startswith(f" = help: {advice}")


def test_standard_input(capsys: pytest.CaptureFixture[str]) -> None:
    """Is not read; `-` is a name, and the user is told."""
    for words in (("-", "wit"), ("app.wat", "-")):
        assert said(capsys, *words).endswith(
            "help: standard input is not read here: `-` stands for a file of that name\n"
        )


def test_component_text_needs_no_suffix(folder: Path) -> None:
    """Component text in a file with another name."""
    (folder / "app.wat").rename(folder / "app.wasm")
    assert main(["validate", "app.wasm", "wit", "--world", "app"]) == 0


def test_many_differences(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All are listed, and counted by import and export behind the verdict."""
    functions = "".join(f"n{number}: func(a: u8);" for number in range(300))
    text = f"package a:b;\ninterface i {{ {functions} }}\nworld app {{ import log: func(); export i; }}\n"
    (folder / "app.wat").write_text(stub_component(world_of(text.replace("log", "say"), "app")))
    (folder / "app.wit").write_text(text.replace("a: u8", "a: u16"))
    assert main(["validate", "app.wat", "app.wit"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.endswith("parameter 1 `a` has a different type") for line in lines) == 300
    assert lines[-3:] == [
        "`app.wat` does not fit world `a:b/app`: 301 differences",
        "  300 in export `a:b/i`",
        "  1 in import `say`",
    ]


def test_a_folder_with_nothing_but_binaries(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Is no package; the user is told how a binary is given, also where it lies in a folder of `deps/`."""
    (folder / "built").mkdir()
    (folder / "app.wat").rename(folder / "built" / "app.wat")
    advice = "help: a binary stands for a package of its own: give `{}`, or put it into `deps/` itself\n"
    assert said(capsys, "built/app.wat", "built").endswith(advice.format("built/app.wat"))
    deps = folder / "wit" / "deps" / "d"
    deps.mkdir(parents=True)
    (deps / "d.wasm").write_bytes(b"")
    assert said(capsys, "built/app.wat", "wit").endswith(advice.format("wit/deps/d/d.wasm"))
