"""Several independent errors in one run, and none that only follows from another."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from tests import golden
from witgen.compiler.diagnostics import Diagnostic, Diagnostics, Source, WitError
from witgen.compiler.diagnostics.human import render
from witgen.compiler.input.parsed import load, load_text
from witgen.compiler.model.resolve.passes import resolve
from witgen.compiler.syntax import ast
from witgen.compiler.syntax.parser import parse_source

FOLDER = golden.GOLDEN / "recovery"
CASES = sorted(path for path in FOLDER.iterdir() if path.suffix != ".txt")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_a_run_reports(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All findings, rendered: `golden/recovery/<case>.wit` (or a folder) and `.txt`."""
    monkeypatch.chdir(FOLDER)
    diagnostics = Diagnostics()
    with pytest.raises(WitError) as refused:
        resolve(load(path.name, diagnostics), frozenset(), diagnostics)
    golden.check(path.with_suffix(".txt"), render(refused.value.diagnostics, color=False))


def refusals(text: str) -> tuple[Diagnostic, ...]:
    """What is found in a text, in the order in which it is shown."""
    with pytest.raises(WitError) as refused:
        resolve(load_text(text), frozenset(), Diagnostics())
    return refused.value.diagnostics


def places(text: str) -> list[str]:
    """The code of each finding, and the text that it is about."""
    spans = [(found.code.slug, found.labels[0].span) for found in refusals(text)]
    return [f"{code} {span.source.text[span.start : span.end]}".rstrip() for code, span in spans]


def parsed(text: str) -> tuple[ast.FileDecl, int]:
    """The AST of a text, and the number of findings."""
    diagnostics = Diagnostics()
    return parse_source(Source("input.wit", text), diagnostics), len(diagnostics.found)


def interface(body: str) -> tuple[ast.InterfaceDecl, int]:
    """The AST of an interface, and the number of findings."""
    file, found = parsed(f"package a:b;\ninterface i {{\n{indent(body, '  ')}\n}}\n")
    (item,) = file.items
    assert isinstance(item, ast.InterfaceDecl) and not file.broken
    return item, found


def names(items: tuple[ast.InterfaceItemDecl, ...]) -> list[str]:
    """The names of items."""
    return [item.name.name for item in items if not isinstance(item, ast.UseDecl)]


# Repairs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("f: func()\ng: func();", ["f", "g"]),
        ("f: func()", ["f"]),
        ("type t = u8\ntype u = t;", ["t", "u"]),
        ("use x.{y}\ntype u = y;", ["u"]),
        ("record r { a: u8; b: u8; c: u8 }\nf: func();", ["r", "f"]),
        ("record r { a: u8\n b: u8\n c: u8 }\nf: func();", ["r", "f"]),
        ("record r { a: u8,, b: u8 }\nf: func();", ["r", "f"]),
        ("f: func(),\ng: func();", ["f", "g"]),
        ("record r {};\nf: func();", ["r", "f"]),
        ("f: func(a: u8 b: u8);\ng: func();", ["f", "g"]),
        ("type getValue = u8;\nf: func(x: getValue) -> getValue;", ["getValue", "f"]),
        ("type list = u8;\nf: func();", ["list", "f"]),
        ("enum e { a, type, b }\nf: func();", ["e", "f"]),
    ],
)
def test_one_token_is_put_right(body: str, expected: list[str]) -> None:
    """Nothing is left out, and there is one report, however often a habit occurs in one item."""
    item, found = interface(body)
    assert names(item.items) == expected
    assert (found, item.broken) == (1, False)


def test_each_missing_semicolon_is_an_error_of_its_own() -> None:
    """So are two bad names."""
    assert interface("f: func()\ng: func()\nh: func()\ni: func();")[1] == 3
    assert interface("type aB = u8;\ntype cD = aB;")[1] == 2


# Items that are left out ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        "f func();",
        "f: func(a: list<u8);",
        "f: func(;",
        "record r { a: , b: u8 }",
        "record r { a: foo(x) }",
        "record { a: u8 }",
        "variant v { a(u8, b }",
        "recrod r { a: u8 }",
        "use a:b/c@1.0.x.{d};",
        "type t = list<u8, 99999999999>;",
        "type t = «u8»;",
        '@external-id("\\q") f: func();',
        "@since(version = 01.0.0) f: func();",
        "@sinc(version = 1.0.0) f: func();",
        "world w;",
        "foo bar baz;",
        "foo { a { b } c };",
        "type t = record { a: u8 };",
        "type t = " + "list<" * 120 + "u8" + ">" * 120 + ";",
    ],
)
def test_an_item_with_an_error_is_left_out_alone(broken: str) -> None:
    """What stands before and behind it is kept, on the same line or on others; there is one report."""
    for space in ("\n", " "):
        item, found = interface(f"before: func();{space}{broken}{space}type behind = u8;{space}last: func();")
        assert names(item.items) == ["before", "behind", "last"], space
        assert (found, item.broken) == (1, True), space


@pytest.mark.parametrize(
    "broken",
    [
        "record r {\n  a: u8,",
        "flags f {\n  a",
        "use a.{b",
        "variant v {\n  a(u8)",
        "enum e {\n  a",
    ],
)
@pytest.mark.parametrize("behind", ["type behind = u8;", "behind: func();", "resource behind;"])
def test_an_item_without_its_brace_ends_where_the_next_begins(broken: str, behind: str) -> None:
    """On a line of its own, by a keyword or `name: func`; but a field can begin like a function."""
    item, found = interface(f"before: func();\n{broken}\n{behind}\nlast: func();")
    assert names(item.items) == (["before", "last"] if broken[0] + behind[0] == "rb" else ["before", "behind", "last"])
    assert found == 1


def test_a_resource_without_its_brace_ends_where_items_stand_no_deeper() -> None:
    """It is kept with its functions."""
    item, found = interface("resource r {\n  m: func();\n\ntype behind = u8;\nlast: func();")
    assert names(item.items) == ["r", "behind", "last"]
    assert found == 1


def test_methods_are_items_too() -> None:
    """The resource is kept with its other methods."""
    item, found = interface("resource r {\n  a: func();\n  b: fnuc();\n  c: func();\n}\nf: func();")
    resource, function = item.items
    assert isinstance(resource, ast.ResourceDecl) and isinstance(function, ast.FuncDecl)
    assert [member.name.name for member in resource.members if isinstance(member, ast.MethodDecl)] == ["a", "c"]
    assert (found, item.broken) == (1, False)


def test_worlds_and_inline_interfaces_are_bodies() -> None:
    """What is around the item is marked, and nothing else."""
    file, found = parsed(
        "package a:b;\nworld w {\n  import x: interface {\n    f func();\n    g: func();\n  }\n  export y: ;\n}"
    )
    (world,) = file.items
    assert isinstance(world, ast.WorldDecl) and world.broken and not file.broken
    (item,) = world.items
    assert isinstance(item, ast.ImportDecl) and isinstance(item.extern, ast.ExternInline) and item.extern.broken
    assert names(item.extern.items) == ["g"]
    assert found == 2


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("interface i {\n  f: func();\n\ninterface j {}\n", ["i", "j"]),
        ("interface i {\n  record r {\n    a: u8\n\ninterface j {}\nworld w {}\n", ["i", "j", "w"]),
        ("interface i {\n  f: func();\n", ["i"]),
        ("world w {\n  import x: interface {\n    f: func();\n", ["w"]),
        ("interface i {}\n}\ninterface j {}\n", ["i", "j"]),
        ("interfac i { f: func(); }\ninterface j {}\n", ["j"]),
        ("interface i {};\ninterface j {}\n", ["i", "j"]),
        ("foo\nbar\ninterface j {}\n", ["j"]),
        ("package c:d;\ninterface j {}\n", ["j"]),
    ],
)
def test_items_of_a_file(text: str, kept: list[str]) -> None:
    """Bodies whose brace is missing are closed before the next item; a stray brace closes nothing."""
    file, found = parsed(f"package a:b;\n{text}")
    assert file.header is not None
    assert [item.name.name for item in file.items if isinstance(item, ast.InterfaceDecl | ast.WorldDecl)] == kept
    assert found == 1


def test_a_header_is_found_behind_garbage() -> None:
    """What stands before is one error, and the file is marked."""
    file, found = parsed("\n#!wit\npackage a:b;\ninterface i {}\n")
    assert file.header is not None and file.broken and found == 1
    file, found = parsed("package a;\ninterface i {}\n")
    assert file.header is None and file.broken and found == 1
    assert places("package a;\ninterface i {}\n") == ["syntax-error ;"]


def test_comments_belong_to_what_follows_them() -> None:
    """Also behind an item that is left out."""
    item, _ = interface("/// lost\nf func();\n/// kept\ng: func();")
    assert [function.docs for function in item.items if isinstance(function, ast.FuncDecl)] == ["kept"]


@pytest.mark.slow
def test_a_text_of_errors_is_given_up() -> None:
    """Twenty are enough; the rest of the text is left out."""
    item, found = interface("a b;\n" * 50_000)
    assert (item.items, found) == ((), 20)
    assert interface("a_b: func(x: a_b) -> a_b;\n" * 50_000)[1] == 1


# No cascades ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("interface i { type t = ; f: func(x: t) -> u; } interface j { use i.{t, v}; }", ["syntax-error ;"]),
        ("interface i } world w { import i; include v; }", ["syntax-error }"]),
        ("interface i { f: func(x: nope, y: nope); g: func() -> nope; }", ["unknown-name nope"]),
        ("interface i { use j.{a, b}; f: func(x: a) -> b; } world w { import j; include j; }", ["unknown-name j"]),
        (
            "interface i { use j.{a}; f: func() -> a; } interface k { use j.{a}; } interface j { }",
            ["unknown-name a"],
        ),
        ("interface i { type a = a; record r { x: a } f: func(x: a) -> r; }", ["dependency-cycle a"]),
        ("interface i { type t = nope; f: func(x: borrow<t>); }", ["unknown-name nope"]),
        ("interface i { use x:y/z.{a, b}; f: func() -> a; } world w { import x:y/v; }", ["unknown-package x:y"]),
        (
            "world w { import a:lib/one; } package a:lib { interface two { type t = ; } interface one {} }",
            ["syntax-error ;"],
        ),
        (
            "package a:lib { package a:inner { interface x {} } } world w { import a:inner/x; }",
            ["misplaced-package a:inner"],
        ),
        ("interface i { resource r { constructor() -> nope; } }", ["unknown-name nope"]),
    ],
)
def test_what_is_broken_or_unknown_is_reported_once(text: str, expected: list[str]) -> None:
    """Nothing that refers to it is an error of its own."""
    assert places(f"package a:b; {text}") == expected


def test_an_unreadable_file_hides_what_may_be_in_it(tmp_path: Path) -> None:
    """Its names are not reported as missing, errors elsewhere are."""
    (tmp_path / "a.wit").write_text("package a:b;\ninterface i { use other.{t}; f: func(x: t) -> nope; }\n")
    (tmp_path / "b.wit").write_bytes(b"interface other \xff {}")
    diagnostics = Diagnostics()
    with pytest.raises(WitError) as refused:
        resolve(load(str(tmp_path), diagnostics), frozenset(), diagnostics)
    assert [found.code.slug for found in refused.value.diagnostics] == ["unreadable-file", "unknown-name"]


def test_errors_of_all_packages_come_out() -> None:
    """Of a package with errors, what it mentions of others is still looked up; what is clean is resolved."""
    text = """package a:b;
interface i { type t = nope; use a:lib/one.{missing}; }
world w { import a:gone/x; import a:lib/onne; }
package a:lib { interface one { resource r; f: func() -> borrow<r>; } }
package a:more { interface two { use a:b/i.{anything}; g: func(x: neither); } }
"""
    assert places(text) == [
        "unknown-name neither",
        "unknown-name nope",
        "unknown-name missing",
        "unknown-package a:gone",
        "unknown-name onne",
        "borrow-in-result f",
    ]


def test_the_first_error_is_first_however_many_follow(tmp_path: Path) -> None:
    """A file with more errors than a run bears does not hide one of the file before it."""
    (tmp_path / "a.wit").write_text("package a:b;\ninterface i { f func(); }\n")
    many = "\n".join("@deprecated(version = 1.0.0)\ninterface x {}" for _ in range(200))
    (tmp_path / "b.wit").write_text(many)
    diagnostics = Diagnostics()
    with pytest.raises(WitError) as refused:
        resolve(load(str(tmp_path), diagnostics), frozenset(), diagnostics)
    found = [entry.code.slug for entry in refused.value.diagnostics]
    assert (found[0], found[1], found[-1]) == ("syntax-error", "conflicting-attributes", "too-many-errors")
