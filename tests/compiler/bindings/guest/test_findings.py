"""What componentize-py cannot do is said by the planner; componentize-py is run to see that it is still so."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.compiler.bindings.guest.planning import plan_text
from witgen.compiler.bindings.guest import GuestOptions
from witgen.compiler.diagnostics import Severity, codes


@dataclass(frozen=True)
class Case:
    """A world `w` of package `t:t`, a piece of the message, and how componentize-py fails: what its text lacks, or that
    it gives up (empty: nothing is written), or `unreadable`."""

    wit: str
    message: str
    lacks: str = ""
    unreadable: bool = False


CASES = {
    "map": Case("world w { import f: func(x: map<string, u8>); }", "does not support `map`"),
    "fixed-length-list": Case("world w { import f: func(x: list<u8, 4>); }", "lists of fixed length"),
    "implements": Case("interface i { f: func(); } world w { import a: i; }", "cannot read `a: …`"),
    "held-on-one-side": Case(
        "interface i { resource r { m: func(); } } interface j { use i.{r}; record h { r: r } } world w { import i; export i; export j; }",
        "`h` of `t:t/j` holds a resource",
    ),
    "empty-tuple": Case(
        "interface i { f: func(x: tuple<>); } world w { import i; }", "a tuple is empty", unreadable=True
    ),
    "param-self": Case(
        "interface i { resource r { constructor(self: u8); } } world w { import i; }",
        "parameter `self`",
        unreadable=True,
    ),
    "param-cls": Case(
        "interface i { resource r { s: static func(cls: u8); } } world w { import i; }",
        "parameter `cls`",
        unreadable=True,
    ),
    "param-self-of-export": Case("world w { export f: func(self: u8); }", "parameter `self`", unreadable=True),
    "empty-resource": Case(
        "interface i { resource r; } world w { export i; }", "its resource `r` is empty", unreadable=True
    ),
    "inline": Case("world w { import i: interface { f: func(); } }", "leaves out the functions of `i`", lacks="def f"),
    "inline-export": Case("world w { export i: interface { f: func(); } }", "no Protocol for `i`", lacks="class I("),
    "map-elsewhere": Case(
        "interface i { f: func(x: map<string, u8>); } world w { }", "does not support `map`, which `t:t/i` has"
    ),
    "implements-elsewhere": Case(
        "interface i { } world v { import a: i; } world w { }", "cannot read `a: …`, which the world `v`"
    ),
    "docs": Case(
        "interface i { /// In C:\\users.\n f: func(); } world w { import i; }",
        "cannot read for the docs of `f` of `t:t/i`",
        unreadable=True,
    ),
    "resource-of-the-world": Case("world w { resource r; }", "no class for `r`", lacks="class R"),
    "helper-hidden": Case(
        "interface i { enum %enum { a } } world w { import i; }", "hides a helper", lacks="Enum(enum."
    ),
    "fallible-constructor": Case(
        "interface i { resource r { constructor() -> result<r>; } } world w { import i; }",
        "constructors that return a `result`",
        lacks="raise result",
    ),
    "stdlib-module": Case(
        "interface random { resource r { constructor(); } } world w { export random; }",
        "a module `random`, which is Python's own",
        lacks="import random",
    ),
    "package-hidden": Case(
        "world w { import exports: func(); }", "hides the package of that name", lacks="import exports"
    ),
    "reserved-attribute": Case(
        "interface i { resource r { %handle: func() -> u8; } } world w { import i; }",
        "hidden at run time",
        lacks="def handle_",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_limits_are_said(name: str, tmp_path: Path) -> None:
    """Each limit of componentize-py is one warning, and is there."""
    case = CASES[name]
    text = f"package t:t;\n{case.wit}\n"
    _, diagnostics = plan_text(text, "w")
    (found,) = diagnostics.found
    assert (found.code, found.severity) == (codes.GUEST_LIMITED, Severity.WARNING)
    assert case.message in found.message

    (tmp_path / "w.wit").write_text(text, encoding="utf-8")
    program = "import sys; from componentize_py import script; sys.exit(script())"
    command = [sys.executable, "-c", program, "-d", str(tmp_path / "w.wit"), "-w", "w", "bindings", str(tmp_path / "o")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == bool(case.lacks or case.unreadable), done.stderr
    texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "o" / "wit_world").rglob("*.py")]
    assert not case.lacks or not any(case.lacks in text for text in texts)
    assert case.unreadable == any(not _is_readable(text) for text in texts)


def _is_readable(text: str) -> bool:
    try:
        compile(text, "module", "exec")
    except SyntaxError:
        return False
    return True


def test_a_plain_world_gives_no_warning() -> None:
    """A resource with docs, a static named apart, an inline export: all of it works."""
    _, diagnostics = plan_text(
        """
        package t:t;
        interface i {
          /// Docs are a body.
          resource r;
          resource s { constructor(self-id: u8); make: static func(self: u8) -> s; }
          f: func(self: u8);
        }
        world w { import i; export e: interface { record r { x: u8 } f: func() -> tuple<u8>; } }
        """,
        "w",
    )
    assert diagnostics.found == []


@pytest.mark.parametrize(
    ("wit", "message"),
    [
        ("world w { record wit-world { x: u8 } }", "`wit_world` would hold 2 items called `WitWorld`"),
        (
            "interface i { f: func(x: stream<u8>); } world w { import i; import byte-stream: func(); }",
            "`wit_world` would hold 2 items called `byte_stream`",
        ),
        (
            """
            interface i { record a-b { x: u8 } f: func(x: stream<list<a-b>>, y: stream<a-b>); }
            interface i-a { record b { x: u8 } f: func(x: stream<b>); }
            world w { import i; import i-a; }
            """,
            "`wit_world` would hold 2 items called `i_a_b_stream`",
        ),
    ],
)
def test_names_that_meet_are_errors(wit: str, message: str) -> None:
    """Nothing is lost in silence where two items would share a name."""
    _, diagnostics = plan_text(f"package t:t; {wit}", "w")
    (found,) = [d for d in diagnostics.found if d.severity is Severity.ERROR]
    assert (found.code, found.message) == (codes.NAME_CLASH, message)


def test_another_world_module_avoids_the_clash() -> None:
    """The cure for a type that is called like the world's Protocol."""
    files, diagnostics = plan_text(
        "package t:t; world w { record wit-world { x: u8 } }", "w", GuestOptions(world_module="my.api")
    )
    assert diagnostics.found == []
    assert "class MyApi(Protocol):" in files["my/api/__init__.py"]


@pytest.mark.parametrize("kind", ["tuple<{0}, {0}, {0}, {0}, {0}, {0}>", "list<list<{0}>>"])
def test_a_type_beyond_writing_is_refused(kind: str) -> None:
    """Aliases are written out; where that has no bounds, it is an error and not a hang."""
    aliases = "type t0 = u8;" + "".join(f" type t{n} = {kind.format(f't{n - 1}')};" for n in range(1, 90))
    _, diagnostics = plan_text(f"package t:t; world w {{ {aliases} import f: func(x: t89); }}", "w")
    (found,) = [d for d in diagnostics.found if d.severity is Severity.ERROR]
    assert found.code is codes.NOT_SUPPORTED
    assert found.message.startswith("the function `f` holds a type that would take more than")
