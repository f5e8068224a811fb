"""Diagnostics of a whole run: how many, in which order, and those that no short text gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import golden
from witgen.cli import main
from witgen.compiler.diagnostics import (
    Diagnostic,
    Diagnostics,
    Label,
    Severity,
    Source,
    Span,
    WitError,
    codes,
    in_order,
)
from witgen.compiler.diagnostics.report import MOST_ERRORS
from witgen.compiler.trial import Finding, Verification, WorldClass

EXPLAINED = golden.GOLDEN / "explained"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_file_that_is_not_utf_8(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Is refused at its first bad byte."""
    (folder / "clock.wit").write_bytes("\ufeffpackage demo:app;\n".encode("utf-16-le"))
    assert main(["inspect", "clock.wit"]) == 1
    golden.check(EXPLAINED / "unreadable-file.txt", capsys.readouterr().err)


def test_a_component_that_is_cut_off(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Is refused at the byte where something is missing."""
    (folder / "part.wasm").write_bytes(b"\0asm\x0d\0\x01\0\x07\x0e\x01")
    assert main(["inspect", "part.wasm"]) == 1
    golden.check(EXPLAINED / "malformed-component.txt", capsys.readouterr().err)


@pytest.mark.slow
def test_a_run_stops_at_too_many_errors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first hundred are shown, sorted, and then that there are more."""
    unknown = "\n".join(f"  type t{i} = missing{i};" for i in range(10_000))
    (folder / "big.wit").write_text(f"package a:b;\ninterface i {{\n{unknown}\n}}\n")
    assert main(["inspect", "big.wit"]) == 1
    shown = capsys.readouterr().err.split("\n\n")
    assert len(shown) == MOST_ERRORS + 1
    assert [f"big.wit:{line}:" in text for line, text in enumerate(shown[:-1], 3)] == [True] * MOST_ERRORS
    golden.check(EXPLAINED / "too-many-errors.txt", shown[-1])


def test_the_errors_of_a_failed_verification(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What wasmtime says, and at which step."""

    def verify(package: Path, stub: str, tried: WorldClass, *, is_async: bool) -> Verification:
        assert not is_async and package == Path("bindings/host/app") and "run" in stub
        assert tried == WorldClass("demo:app/app", "App")
        return Verification((Finding("prepare", "incompatible import type for `demo:app/clock`"),))

    monkeypatch.setattr("witgen.compiler.trial.verify", verify)
    (folder / "app.wit").write_text("package demo:app;\nworld app {\n  export run: func();\n}\n")
    assert main(["app.wit", "--side", "host", "--verify"]) == 1
    golden.check(EXPLAINED / "verify-failed.txt", capsys.readouterr().err)


def finding(path: str, at: int, severity: Severity = Severity.ERROR) -> Diagnostic:
    """A finding at an offset of a file; without a position for an empty path."""
    label = Label(Span(Source(path, "x" * 100), at, at + 1))
    return Diagnostic(codes.UNKNOWN_NAME, f"{path}:{at}", (label,) if path else (), severity=severity)


def test_the_first_error_stays_first_and_the_rest_is_sorted() -> None:
    """By file and position; warnings among them, those without a position before."""
    warning = finding("b", 9, Severity.WARNING)
    found = [warning, finding("b", 50), finding("b", 3), finding("a", 70), finding("", 0), finding("a", 7)]
    assert [d.message for d in in_order(found)] == ["b:50", ":0", "a:7", "a:70", "b:3", "b:9"]
    assert in_order([warning]) == (warning,)


def test_warnings_do_not_count_as_errors() -> None:
    """A run may have any number of them."""
    diagnostics = Diagnostics(limit=2)
    for _ in range(5):
        diagnostics.warn(codes.UNKNOWN_FEATURE, "so what")
    diagnostics.error(codes.UNKNOWN_NAME, "one")
    diagnostics.error(codes.UNKNOWN_NAME, "two")
    with pytest.raises(WitError) as stopped:
        diagnostics.error(codes.UNKNOWN_NAME, "three")
    assert [d.message for d in stopped.value.diagnostics if d.severity is Severity.ERROR] == [
        "one",
        "two",
        "there are more than 2 errors; the others are not looked for",
    ]


NEAR = {
    "a type": "interface i { record moment {} f: func() -> momnet; }",
    "a primitive": "interface i { f: func() -> strng; }",
    "a used type": "interface i { record moment {} } interface j { use i.{momnet}; }",
    "an interface": "interface moments {} world w { import momnets; }",
    "a world": "world moments {} world w { include momnets; }",
    "an item of another package": "package a:x { interface moments {} } world w { import a:x/momnets; }",
    "a type of another package": "package a:x { interface i { type t = u8; type moment = t; } }\n"
    "interface j { use a:x/i.{momnet}; }",
    "a package": "package a:moments { interface i {} } world w { import a:momnets/i; }",
    "a rename": "world v { import moment: func(); } world w { include v with { momnet as m } }",
    "an attribute": "@sicne(version = 1.0.0) interface i {}",
    "a keyword": "interfcae i {}",
    "a keyword taken for a name": "interface i { recrod r {} }",
}


@pytest.mark.parametrize("text", NEAR.values(), ids=NEAR)
def test_near_names_are_suggested(text: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever names are looked up."""
    (folder / "a.wit").write_text(f"package a:b;\n{text}\n")
    assert main(["inspect", "a.wit"]) == 1
    assert "did you mean `" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["inspect", "a.wit", "--features", "momnet"],
        ["inspect", "a.wit", "--world", "wrld"],
        ["inspect", "a.wit", "--world", "a:b/wrld"],
        ["inspct"],
        ["explain", "unknwon-name"],
    ],
)
def test_near_words_of_the_command_line_are_suggested(
    words: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Features, worlds, commands, codes."""
    (folder / "a.wit").write_text(
        "package a:b;\ninterface i { @unstable(feature = moment) f: func(); }\nworld world1 {}\n"
    )
    main(words)
    assert "did you mean" in capsys.readouterr().err
