"""How diagnostics look."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from witgen.compiler.diagnostics import Diagnostic, Label, Severity, Source, Span, codes
from witgen.compiler.diagnostics.human import render


def shown(*labels: Label, notes: tuple[str, ...] = (), help: tuple[str, ...] = ()) -> list[str]:
    """The lines of an error with these labels, below its first."""
    text = render([Diagnostic(codes.UNKNOWN_NAME, "no", labels, notes, help)], color=False)
    assert text.startswith("error[unknown-name]: no\n") and text.endswith("\n")
    return text.splitlines()[1:]


def label(source: Source, marked: str, text: str = "") -> Label:
    """A label on the first place of `marked`."""
    start = source.text.index(marked)
    return Label(Span(source, start, start + len(marked)), text)


def test_the_whole_of_a_diagnostic() -> None:
    """Heading, place, line, marks, notes, help: the shape that the design shows."""
    source = Source("wit/app.wit", "package demo:app;\n\n\n\nworld w {\n  use bar.{item};\n}\n")
    assert shown(
        label(source, "bar", "no such interface"), notes=("`demo:app` defines `baz`",), help=("add it\nor not",)
    ) == [
        " --> wit/app.wit:6:7",
        "  |",
        "6 |   use bar.{item};",
        "  |       ^^^ no such interface",
        "  = note: `demo:app` defines `baz`",
        "  = help: add it",
        "          or not",
    ]


def test_no_label_no_place() -> None:
    """A finding about no text in particular is its heading and its notes."""
    assert shown(notes=("why",)) == [" = note: why"]


def test_several_are_separated_by_an_empty_line() -> None:
    """In the order given; none give nothing."""
    one = Diagnostic(codes.UNKNOWN_NAME, "one")
    two = Diagnostic(codes.NO_WIT_FILES, "two", severity=Severity.WARNING)
    assert render([one, two], color=False) == "error[unknown-name]: one\n\nwarning[no-wit-files]: two\n"
    assert render([], color=False) == ""


def test_labels_of_one_file_stand_in_the_order_of_its_lines() -> None:
    """The primary one is marked `^` wherever it is; left-out lines are dots; the margin fits the largest number."""
    source = Source("a.wit", "one\ntwo\nthree four\n" + "\n" * 6 + "ten\n")
    assert shown(
        label(source, "four", "P"), label(source, "ten", "T"), label(source, "three"), label(source, "two", "2")
    ) == [
        "  --> a.wit:3:7",
        "   |",
        " 2 | two",
        "   | --- 2",
        " 3 | three four",
        "   | -----",
        "   |       ^^^^ P",
        "...",
        "10 | ten",
        "   | --- T",
    ]


def test_labels_in_other_files() -> None:
    """Each further file has a heading of its own."""
    first, second = Source("a.wit", "x\n"), Source("b.wit", "  x\n")
    assert shown(label(first, "x", "here"), label(second, "x", "and here")) == [
        " --> a.wit:1:1",
        "  |",
        "1 | x",
        "  | ^ here",
        " ::: b.wit:1:3",
        "  |",
        "1 |   x",
        "  |   - and here",
    ]


def test_the_end_of_a_file_has_a_mark() -> None:
    """An empty span is one mark wide, also on an empty last line."""
    source = Source("a.wit", "x\n")
    assert shown(Label(Span(source, 2, 2)))[:4] == [" --> a.wit:2:1", "  |", "2 |", "  | ^"]


def test_a_span_over_lines_is_marked_on_its_first() -> None:
    """Up to the end of that line, without its line end."""
    source = Source("a.wit", "ab cd\r\nef\n")
    assert shown(label(source, "cd\r\nef"))[2:] == ["1 | ab cd", "  |    ^^"]


@pytest.mark.parametrize(
    ("text", "line", "marks", "column"),
    [
        ("\tx!", "    x!", "     ^", 3),
        ("é x!", "é x!", "   ^", 5),
        ("日本!", "日本!", "    ^", 7),
        ("e\u0301!", "e\u0301!", " ^", 4),
        ("\ufeff!", "!", "^", 4),
        ("a\ufeff!", "a\ufffd!", "  ^", 5),
        ("\x1b[31m!", "␛[31m!", "     ^", 6),
        ("\x7f\x9b!", "␡\ufffd!", "  ^", 4),
        ("\u202ea!", "\ufffda!", "  ^", 5),
        ("\ud800!", "\ufffd!", " ^", 4),
    ],
)
def test_marks_stand_below_their_text(text: str, line: str, marks: str, column: int) -> None:
    """Columns count bytes, marks count cells; nothing reaches the terminal that could steer it."""
    source = Source("a.wit", text)
    assert shown(label(source, "!")) == [f" --> a.wit:1:{column}", "  |", f"1 | {line}", f"  | {marks}"]


def test_marks_are_as_wide_as_their_text() -> None:
    """Tabs and wide characters inside the marked text count too."""
    source = Source("a.wit", "日\tx")
    assert shown(label(source, "日\tx"))[3] == "  | ^^^^^^^"


def test_long_lines_are_cut() -> None:
    """Only the surroundings of the mark are shown; the place is the true one. 500 bytes are not yet long."""
    source = Source("a.wit", "x" * 1000 + "!" + "y" * 1000 + "?")
    assert shown(label(source, "!", "P"), label(source, "?", "Q")) == [
        " --> a.wit:1:1001",
        "  |",
        f"1 | …{'x' * 40}!{'y' * 79}…",
        f"  |  {' ' * 40}^ P",
        f"1 | …{'y' * 40}?",
        f"  |  {' ' * 40}- Q",
    ]
    whole = Source("a.wit", "!" + "é" * 249 + "x")
    assert shown(label(whole, "!"))[2] == f"1 | {whole.text}"


def test_marks_end_where_a_cut_line_does() -> None:
    """A long marked text does not make long marks."""
    source = Source("a.wit", "x" * 5000)
    assert shown(label(source, "x" * 5000))[2:] == [f"1 | {'x' * 80}…", f"  | {'^' * 80}"]


def test_messages_and_paths_cannot_steer_a_terminal() -> None:
    """What came from the input is shown harmlessly wherever it is shown."""
    source = Source("a\x1b\n.wit", "x")
    text = render(
        [Diagnostic(codes.UNKNOWN_NAME, "\x1b[2J", (Label(Span(source, 0, 1), "\x1b"),), ("\x9b",))], color=False
    )
    assert "\x1b" not in text and "\x9b" not in text
    assert " --> a␛␊.wit:1:1\n" in text


def test_colours_change_nothing_but_colours() -> None:
    """With the escape sequences taken out, the text is the same; errors and warnings differ."""
    source = Source("a.wit", "x y\n")
    for severity, code in ((Severity.ERROR, "31"), (Severity.WARNING, "33")):
        diagnostic = Diagnostic(
            codes.UNKNOWN_NAME, "no", (label(source, "x", "X"), label(source, "y", "Y")), ("n",), ("h",), severity
        )
        colored = render([diagnostic], color=True)
        assert f"\x1b[1;{code}m" in colored
        assert re.sub("\x1b\\[[0-9;]*m", "", colored) == render([diagnostic], color=False)


@given(st.text(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4))
def test_any_text_and_span_can_be_shown(text: str, spans: list[tuple[int, int]]) -> None:
    """No text makes rendering fail, and what comes out is plain printable text in lines."""
    source = Source("a.wit", text)
    labels = tuple(Label(Span(source, min(a, b, len(text)), min(max(a, b), len(text)))) for a, b in spans)
    rendered = render([Diagnostic(codes.UNKNOWN_NAME, text, labels)], color=False)
    assert "\x1b" not in rendered and "\r" not in rendered
    rendered.encode("utf-8")
