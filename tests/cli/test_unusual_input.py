"""Input of unusual size, depth or spelling: an answer, never a `RecursionError`, never a run that does not end.

Nothing is timed here, but what takes more than linear time on these texts is noticed by whoever waits for the tests.
"""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path

import pytest

from tests.compiler.diagnostics.explained import found
from witgen.cli import main


def answer(text: str | bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The codes of all findings about a text, by `inspect`."""
    path = tmp_path / "input.wit"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    status = main(["inspect", str(path), "--error-format", "json", "--json"])
    printed = capsys.readouterr()
    codes = found(printed.err)
    assert status == (1 if codes else 0)
    if not codes:
        assert json.loads(printed.out)["packages"]
    return codes


def package(body: str) -> str:
    """A package of some items."""
    return f"package a:b;\n{body}\n"


def interface(body: str) -> str:
    """A package of one interface."""
    return package(f"interface i {{\n{body}\n}}")


def nest(levels: int, outer: str = "list<", inner: str = "u8") -> str:
    """A type of so many levels."""
    return f"{outer * levels}{inner}{'>' * levels}"


def chain(count: int, item: str, last: str) -> str:
    """`count` items, each of which needs the next (`{0}`, `{1}`)."""
    return "\n".join([*(item.format(i, i + 1) for i in range(count)), last.format(count)])


GOOD = {
    "a type of 99 levels": interface(f"type t = {nest(99)};"),
    "10,000 aliases in a row": interface(chain(10_000, "type t{0} = t{1};", "type t{0} = u8;")),
    "10,000 records in a row": interface(chain(10_000, "record r{0} {{ x: list<r{1}> }}", "record r{0} {{}}")),
    "1,000 interfaces in a row": package(
        chain(1_000, "interface i{0} {{ use i{1}.{{t}}; }}", "interface i{0} {{ type t = u8; }}")
        + "\nworld w { import i0; export i1; }"
    ),
    "1,000 worlds in a row": package(
        chain(1_000, "world w{0} {{ include w{1}; }}", "world w{0} {{ import f: func(); }}")
    ),
    "1,000 packages in a row": package(
        chain(
            1_000,
            "package a:p{0} {{ interface i {{ use a:p{1}/i.{{t}}; }} }}",
            "package a:p{0} {{ interface i {{ type t = u8; }} }}",
        )
    ),
    "100,000 nested comments": package("/*" * 100_000 + "*/" * 100_000),
    "a million comments": package("//\n" * 1_000_000),
    "a name of a million letters": interface(f"{'a' * 1_000_000}: func();"),
    "20,000 parameters": interface(f"f: func({', '.join(f'p{i}: u8' for i in range(20_000))});"),
    "20,000 cases": interface(f"enum e {{ {', '.join(f'c{i}' for i in range(20_000))} }}"),
    "20,000 functions on a line": interface(" ".join(f"g{i}: func();" for i in range(20_000))),
    "a byte-order mark and CR LF": "\ufeff" + interface("/// docs\n f: func();").replace("\n", "\r\n"),
    "tabs, no line end": "package\ta:b;\tinterface\ti\t{\tf:\tfunc();\t}",
}

BAD: dict[str, tuple[str | bytes, list[str]]] = {
    "nothing": ("", ["missing-package-header"]),
    "a byte-order mark": ("\ufeff", ["missing-package-header"]),
    "a type of 100 levels": (interface(f"type t = {nest(100)};"), ["nesting-too-deep"]),
    "a type of 100,000 levels": (interface(f"type t = {nest(100_000)};\nf: func();"), ["nesting-too-deep"]),
    "100,000 levels never closed": (interface("type t = " + "list<" * 100_000), ["nesting-too-deep"]),
    "100,000 tuples never closed": (interface("f: func(x: " + "tuple<u8, " * 100_000), ["nesting-too-deep"]),
    "packages of 5,000 levels": ("package a:b {" * 5_000 + "}" * 5_000, ["nesting-too-deep"]),
    "100,000 open braces": (package("interface i {" * 100_000), ["syntax-error"]),
    "100,000 closing braces": (package("}\n" * 100_000), ["syntax-error"]),
    "10,000 types in a cycle": (
        interface(chain(10_000, "type t{0} = t{1};", "type t{0} = t0;")),
        ["dependency-cycle"],
    ),
    "1,000 interfaces in a cycle": (
        package(chain(1_000, "interface i{0} {{ use i{1}.{{t}}; }}", "interface i{0} {{ use i0.{{t}}; }}")),
        ["dependency-cycle"],
    ),
    "1,000 packages in a cycle": (
        package(
            chain(
                1_000,
                "package a:p{0} {{ interface i {{ use a:p{1}/i.{{t}}; }} }}",
                "package a:p{0} {{ interface i {{ use a:p0/i.{{t}}; }} }}",
            )
        ),
        ["package-cycle"],
    ),
    "100,000 nested comments, one open": (package("/*" * 100_000 + "*/" * 99_999), ["unterminated-comment"]),
    "100,000 strings that are none": (package('"\\q\n' * 100_000), ["invalid-string"]),
    "a million control characters": (package("\x01" * 1_000_000), ["forbidden-character"]),
    "a control character in each line": (package("// \x01\n" * 100_000), ["forbidden-character"] * 20),
    "20,000 bad names": (interface("\n".join(f"f_{i}: func();" for i in range(20_000))), ["invalid-identifier"] * 20),
    "20,000 unknown types": (
        interface("\n".join(f"type t{i} = u{i};" for i in range(100, 20_000))),
        [*["unknown-name"] * 100, "too-many-errors"],
    ),
    "one unknown type 20,000 times": (
        interface("\n".join(f"g{i}: func(x: nope);" for i in range(20_000))),
        ["unknown-name"],
    ),
    "20,000 fields of one name": (
        interface(f"record r {{ {', '.join(['x: u8'] * 20_000)} }}"),
        [*["duplicate-name"] * 100, "too-many-errors"],
    ),
    "a million bytes of zero": (bytes(1_000_000), ["forbidden-character"]),
    "bytes that are no text": (bytes(range(256)) * 1_000, ["unreadable-file"]),
    "CR alone": (package("interface i {}\r // no line"), ["unexpected-character"]),
    "a byte-order mark behind the start": (package("\ufeff"), ["unexpected-character"]),
    "a blank that is none": (package("interface\u00a0i {}"), ["unexpected-character"]),
}


@pytest.mark.slow
@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_unusual_packages_are_read(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And printed."""
    assert answer(text, tmp_path, capsys) == []


@pytest.mark.slow
@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_unusual_mistakes_are_answered(
    text: str | bytes, expected: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With as many findings as there are mistakes, up to a limit."""
    codes = answer(text, tmp_path, capsys)
    assert codes[: len(expected)] == expected
    assert len(codes) <= len(expected) + 1, codes


def test_positions_behind_a_byte_order_mark_and_cr_lf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The mark counts as the three bytes that it has; a line ends at its LF."""
    (tmp_path / "a.wit").write_bytes(b"\xef\xbb\xbfpackage a:b; x\r\ninterface i {\r\n  f: fnuc();\r\n}\r\n")
    assert main(["inspect", str(tmp_path / "a.wit"), "--error-format", "json"]) == 1
    document = json.loads(capsys.readouterr().err)
    assert [(entry["line"], entry["column"]) for entry in document["diagnostics"]] == [(1, 17), (3, 6)]


@pytest.mark.slow
def test_nothing_needs_a_deep_stack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of this goes through with little more room than the test itself takes."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 450)
    try:
        for name in ("a type of 99 levels", "10,000 aliases in a row", "1,000 interfaces in a row"):
            assert answer(GOOD[name], tmp_path, capsys) == []
        for name in ("a type of 100,000 levels", "10,000 types in a cycle", "100,000 open braces"):
            text, expected = BAD[name]
            assert answer(text, tmp_path, capsys)[:1] == expected
    finally:
        sys.setrecursionlimit(limit)
