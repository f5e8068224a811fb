"""Diagnostics for programs: JSON, SARIF, workflow commands; and how a run prints them."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import golden
from witgen.cli import main
from witgen.compiler.diagnostics import CODES, Diagnostic, Label, Severity, Source, Span, codes
from witgen.compiler.diagnostics import formats as table
from witgen.compiler.diagnostics.formats import FORMATS, render

FORMATTED = golden.GOLDEN / "formats"


def label(source: Source, marked: str, text: str = "") -> Label:
    """A label on the first place of `marked`."""
    start = source.text.index(marked)
    return Label(Span(source, start, start + len(marked)), text)


def samples() -> list[Diagnostic]:
    """All that a diagnostic may have: labels in two files, characters of several bytes, several lines, no place."""
    app = Source("wit/app.wit", "package demo:app;\n/* ümläut */ interface clock {}\ninterface clock {}\n")
    other = Source("deps/a b,c:d%.wit", "interface time {\n}\n")
    return [
        Diagnostic(
            codes.DUPLICATE_NAME,
            "100% `clock`,\nagain: and again",
            (label(app, "clock", "again"), label(other, "time {\n}", "first"), label(app, "demo")),
            notes=("one", "two\nlines"),
            help=("rename it",),
        ),
        Diagnostic(codes.UNKNOWN_FEATURE, "no gate mentions it", severity=Severity.WARNING),
        Diagnostic(codes.DUPLICATE_NAME, "at the end", (Label(Span(other, len(other.text), len(other.text))),)),
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_what_a_format_looks_like(format: str) -> None:
    """The same findings in each."""
    text = render(samples(), format)
    if format == "sarif":
        # The version and the pages change without the format changing.
        text = re.sub(r'"(semanticVersion|text|markdown)": "(?:\d+\.\d+\.\d+[^"]*|# [^\n]*)"', r'"\1": "…"', text)
    golden.check(FORMATTED / f"{format}.txt", text)


def test_json_says_all_that_the_human_form_says() -> None:
    """Every field, columns in bytes, null for no place."""
    first, second, third = cast("list[dict[str, object]]", json.loads(render(samples(), "json"))["diagnostics"])
    assert (first["file"], first["line"], first["column"]) == ("wit/app.wit", 2, 26)
    assert (first["end_line"], first["end_column"]) == (2, 31)
    assert [cast("dict[str, object]", entry)["primary"] for entry in cast("list[object]", first["labels"])] == [
        True,
        False,
        False,
    ]
    assert second["file"] is None and second["end_column"] is None and second["severity"] == "warning"
    assert (third["line"], third["column"]) == (3, 1)
    assert first["rule"] == codes.DUPLICATE_NAME.rule


# SARIF ----------------------------------------------------------------------------------------------------------------

Shape = Mapping[str, "type | Shape | list[Shape] | str"]
"""The properties of an object: of what type, `!` before the name of those that must be there."""

MESSAGE: Shape = {"!text": str, "markdown": str}
REGION: Shape = {"!startLine": int, "!startColumn": int, "!endLine": int, "!endColumn": int}
PHYSICAL: Shape = {"!artifactLocation": {"!uri": str}, "!region": REGION}
LOCATION: Shape = {"id": int, "!physicalLocation": PHYSICAL, "message": MESSAGE}
RESULT: Shape = {
    "!ruleId": str,
    "!ruleIndex": int,
    "!level": str,
    "!message": MESSAGE,
    "locations": [LOCATION],
    "relatedLocations": [LOCATION],
}
RULE: Shape = {"!id": str, "!shortDescription": MESSAGE, "!help": MESSAGE}
DRIVER: Shape = {"!name": str, "!semanticVersion": str, "!rules": [RULE]}
RUN: Shape = {"!tool": {"!driver": DRIVER}, "!columnKind": str, "!results": [RESULT]}
LOG: Shape = {"!$schema": str, "!version": str, "!runs": [RUN]}
"""The part of SARIF 2.1.0 that witgen writes (sections 3.13 to 3.52): the schema allows no other property names in it."""


def check_shape(value: object, shape: Shape, where: str = "log") -> None:
    """Whether `value` is an object with just the properties of `shape`."""
    assert isinstance(value, dict), where
    properties = cast("dict[str, object]", value)
    wanted = {name.removeprefix("!"): expected for name, expected in shape.items()}
    assert set(properties) <= set(wanted), (where, set(properties) - set(wanted))
    assert {name[1:] for name in shape if name.startswith("!")} <= set(properties), where
    for name, found in properties.items():
        expected = wanted[name]
        if isinstance(expected, list):
            assert isinstance(found, list), (where, name)
            for entry in cast("list[object]", found):
                check_shape(entry, expected[0], f"{where}.{name}[]")
        elif isinstance(expected, Mapping):
            check_shape(found, expected, f"{where}.{name}")
        else:
            assert isinstance(expected, type) and type(found) is expected, (where, name)


class Model(Protocol):
    """A log in the classes of `sarif_pydantic`, which has no types of its own for checkers."""

    def model_dump_json(self, *, by_alias: bool, exclude_none: bool) -> str: ...


class ModelClass(Protocol):
    """The class of logs."""

    def model_validate(self, log: object) -> Model: ...


SARIF = cast("ModelClass", importlib.import_module("sarif_pydantic").Sarif)


def check_sarif(text: str) -> None:
    """Whether `text` is a log as the standard has it: shape, allowed values, and what refers to what."""
    log = json.loads(text)
    check_shape(log, LOG)
    # The schema itself may not be fetched here; these classes were made from it by others, names and values included.
    model = SARIF.model_validate(log)
    assert json.loads(model.model_dump_json(by_alias=True, exclude_none=True)) == log
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert len(result.get("locations", ())) <= 1
        for location in (*result.get("locations", ()), *result.get("relatedLocations", ())):
            region = location["physicalLocation"]["region"]
            assert min(region.values()) >= 1
            assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])
            assert re.fullmatch(
                r"[A-Za-z0-9._~!$&'()*+,;=:@/%-]+", location["physicalLocation"]["artifactLocation"]["uri"]
            )


def test_sarif_is_as_the_standard_has_it() -> None:
    """With findings of every code, and with none."""
    check_sarif(render(samples(), "sarif"))
    check_sarif(render([], "sarif"))
    check_sarif(render([Diagnostic(code, "no") for code in CODES.values()], "sarif"))


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("wit/app.wit", "wit/app.wit"),
        ("../my wit/ü.wit", "../my%20wit/%C3%BC.wit"),
        ("a:b.wit", "a%3Ab.wit"),
        ("/abs/a b.wit", "file:///abs/a%20b.wit"),
    ],
)
def test_paths_become_uris(path: str, uri: str) -> None:
    """Relative ones stay relative."""
    found = Diagnostic(codes.UNKNOWN_NAME, "no", (Label(Span(Source(path, "x"), 0, 1)),))
    (result,) = json.loads(render([found], "sarif"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


# Workflow commands ----------------------------------------------------------------------------------------------------


def test_a_workflow_command_is_one_line_with_its_escapes() -> None:
    """`%` and line ends everywhere, `:` and `,` in properties."""
    first, second, third = render(samples(), "github").splitlines()
    assert first == (
        "::error file=wit/app.wit,line=2,col=24,endLine=2,endColumn=29,title=witgen%3A duplicate-name"
        "::100%25 `clock`,%0Aagain: and again%0Aagain%0Adeps/a b,c:d%25.wit:1:11: first%0A"
        "wit/app.wit:1:9: see here%0Anote: one%0Anote: two%0Alines%0Ahelp: rename it"
    )
    assert second == "::warning title=witgen%3A unknown-feature::no gate mentions it"
    assert third.startswith("::error file=deps/a b%2Cc%3Ad%25.wit,line=3,col=1,endLine=3,endColumn=1,")


@pytest.mark.slow
@given(st.text(), st.text(), st.text(st.characters(codec="utf-8")))
def test_no_message_can_forge_a_command(message: str, path: str, note: str) -> None:
    """Whatever is in them, one finding is one line of printable text, and both documents can be read."""
    found = Diagnostic(codes.UNKNOWN_NAME, message, (Label(Span(Source(path, "x"), 0, 1), note),), (note,), (message,))
    (line,) = render([found], "github").split("\n")[:-1]
    assert line.startswith("::error file=") and not re.search(r"[\x00-\x1f\x7f-\x9f]", line)
    assert json.loads(render([found], "json"))["diagnostics"][0]["message"] == message
    if not re.search("[\ud800-\udfff\x00]", path):
        assert len(json.loads(render([found], "sarif"))["runs"][0]["results"]) == 1


# Runs -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def wit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with two errors, one with a warning."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.wit").write_text("package a:b;\ninterface i {\n  f: func(x: nope);\n  g func();\n}\n")
    (tmp_path / "good.wit").write_text(
        "package a:b;\ninterface i {\n  @unstable(feature = x)\n  f: func();\n}\nworld w {\n  import i;\n}\n"
    )
    return tmp_path


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("command", [["inspect"], []])
def test_commands_print_errors_in_the_format(
    wit: Path, format: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard error, the exit status is that of errors; all in one document."""
    assert main([*command, "bad.wit", "--error-format", format]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    match format:
        case "json":
            assert [entry["code"] for entry in json.loads(printed.err)["diagnostics"]] == ["syntax-error"]
        case "sarif":
            check_sarif(printed.err)
        case "github":
            assert printed.err.startswith("::error file=bad.wit,line=4,col=5,")
        case _:
            assert printed.err.startswith("error[syntax-error]: ")


@pytest.mark.parametrize("format", FORMATS)
def test_warnings_are_the_same_when_a_run_has_nothing_to_do(
    wit: Path, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are kept in each format, whatever the first run printed."""
    words = ["good.wit", "--features", "y", "--side", "guest"]
    assert main([*words, "--error-format", format]) == 0
    first = capsys.readouterr()
    assert "unknown-feature" in first.err
    assert main([*words, "--error-format", format]) == 0
    second = capsys.readouterr()
    assert second.out.startswith("up to date")
    assert second.err == first.err


def test_documents_are_printed_even_without_findings(wit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """So that a reader always has one; the other formats print nothing."""
    for command in (["inspect", "good.wit"], ["good.wit", "--side", "guest"], ["good.wit", "--side", "guest"]):
        main([*command, "--error-format", "json"])
        assert json.loads(capsys.readouterr().err) == {"version": 1, "diagnostics": []}
        main([*command, "--error-format", "sarif"])
        check_sarif(capsys.readouterr().err)
        for format in ("human", "github"):
            main([*command, "--error-format", format])
            assert capsys.readouterr().err == ""


def test_hints_beside_diagnostics_are_for_people_only(wit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document is not followed by anything."""
    assert main(["inspectt", "--error-format", "json"]) == 1
    assert json.loads(capsys.readouterr().err)["diagnostics"][0]["code"] == "no-such-path"
    assert main(["inspectt"]) == 1
    assert "did you mean the command `inspect`?" in capsys.readouterr().err


def test_wrong_usage_and_other_runs_are_not_affected(wit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage is told to people; the format of one run is not that of the next."""
    assert main(["inspect", "good.wit", "--error-format", "xml"]) == 2
    assert "'xml' is not one of 'human', 'json', 'sarif', 'github'" in capsys.readouterr().err
    assert main(["inspect", "--error-format", "json", "--nope"]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: No such option")
    main(["inspect", "bad.wit", "--error-format", "json"])
    capsys.readouterr()
    main(["inspect", "bad.wit"])
    assert capsys.readouterr().err.startswith("error[")


def test_every_format_is_loaded_by_itself() -> None:
    """The table and what it leads to."""
    assert list(table.FORMATS) == ["human", "json", "sarif", "github"]
    assert all(callable(load()) for load in table.FORMATS.values())
