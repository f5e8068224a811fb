"""Every code has a page; its wrong example gives the code, its right example gives nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import golden
from tests.checkout import ROOT
from tests.compiler.diagnostics.explained import examples, found
from witgen.cli import main
from witgen.compiler.diagnostics import CODES, Code, codes
from witgen.compiler.diagnostics.explain import body, page

CASES = [pytest.param(code, id=slug) for slug, code in sorted(CODES.items())]
PICTURES = {
    codes.API_CHANGE,
    codes.COMPILE_LIMIT,
    codes.UNREADABLE_FILE,
    codes.DOES_NOT_FIT,
    codes.MALFORMED_COMPONENT,
    codes.TOO_MANY_ERRORS,
    codes.VERIFY_FAILED,
    codes.WASMTIME_REFUSES,
}
"""Codes that no short text gives: their examples are pictures, and `test_diagnostics_run.py` has their golden files."""
PAGES = ROOT / "witgen" / "compiler" / "diagnostics" / "pages"


@pytest.mark.parametrize("code", CASES)
def test_the_wrong_example_gives_the_code(
    code: Code, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """First, and alone: what follows from it would be a cascade. What it looks like is in a golden file."""
    wrong, _ = examples(body(code))
    assert wrong.runs == (code not in PICTURES)
    if not wrong.runs:
        return
    wrong.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    main([*wrong.words, "--error-format", "json"])
    assert found(capsys.readouterr().err) == [code.slug]
    main(list(wrong.words))
    golden.check(golden.GOLDEN / "explained" / f"{code.slug}.txt", capsys.readouterr().err)


@pytest.mark.parametrize("code", CASES)
def test_the_right_example_gives_nothing(
    code: Code, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither errors nor warnings."""
    _, right = examples(body(code))
    if right.runs:
        right.write(tmp_path)
        monkeypatch.chdir(tmp_path)
        assert main(list(right.words)) == 0
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize("code", CASES)
def test_explain_prints_the_page(code: Code, capsys: pytest.CaptureFixture[str]) -> None:
    """The code, its rule, the page's text with both examples, where the rule is from; no line too long for a terminal."""
    assert main(["explain", code.slug]) == 0
    text = capsys.readouterr().out
    assert text == page(code)
    assert text.startswith(f"# {code.slug}\n\n{code.rule}\n")
    assert code.section.partition(": ")[2] in text.splitlines()[-1]
    prose = [line for line in text.splitlines() if "```" not in line and "list<list<" not in line]
    assert max(map(len, prose)) <= 130


def test_every_page_is_of_a_code() -> None:
    """No page is left from a code that is gone."""
    assert {path.stem for path in PAGES.iterdir()} == set(CODES)


def test_every_code_has_a_golden_file() -> None:
    """Of what it looks like: of its page's example or of a run, or of input in `golden/invalid`."""
    shown = {path.stem for path in (golden.GOLDEN / "explained").glob("*.txt")}
    assert shown == set(CODES)
    assert {path.name for path in (golden.GOLDEN / "invalid").iterdir()} <= set(CODES)


def test_without_a_code_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each, with its rule."""
    assert main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(CODES)
    assert all(line.endswith(CODES[line.split()[0]].rule) for line in lines)


@pytest.mark.parametrize("written", ["error[unknown-name]", "error[unknown-name]:", "[unknown-name]", "UNKNOWN_NAME"])
def test_codes_are_taken_as_they_are_copied(written: str, capsys: pytest.CaptureFixture[str]) -> None:
    """From a terminal, from a program."""
    assert main(["explain", written]) == 0
    assert capsys.readouterr().out.startswith("# unknown-name\n")


@pytest.mark.parametrize(
    ("written", "help"), [("unknwon-name", "did you mean `unknown-name`?"), ("zzz", "`witgen explain` lists the codes")]
)
def test_an_unknown_code_gets_a_suggestion(written: str, help: str, capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error; the exit status is 1."""
    assert main(["explain", written]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"error: there is no code `{written}`\nhelp: {help}\n"
