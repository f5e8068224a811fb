"""Several worlds in one host package: what they share, and what they cannot."""

from __future__ import annotations

import pytest

from tests.models import HEADER
from tests.read_python import read_module
from witgen.compiler.bindings.host import plan_host
from witgen.compiler.diagnostics import Diagnostics
from witgen.compiler.emit.files import same_world
from witgen.compiler.emit.pymodel import PyAssign, PyClass, PyPackage
from witgen.compiler.input.parsed import load_text
from witgen.compiler.model.resolve.passes import resolve

START = """package acme:both@1.0.0;
interface pipes { resource pipe; make: func() -> pipe; }
interface values { record point { x: u32 } enum fault { bad } get: func() -> result<point, fault>; }
interface uses { use pipes.{pipe}; take: func(p: pipe); }
"""


def plan(text: str, *worlds: str) -> tuple[PyPackage, list[str]]:
    """The package of worlds of `text`, and what was reported."""
    found = Diagnostics()
    resolved = resolve(load_text(START + text), frozenset(), Diagnostics()).resolved
    package = plan_host(tuple(resolved.root.worlds[w] for w in worlds), resolved, HEADER, found)
    return package, [diagnostic.message for diagnostic in found.found]


def names(package: PyPackage, path: str) -> list[str]:
    """The classes and constants of a module."""
    items = read_module(package, path).items
    return [i.target if isinstance(i, PyAssign) else i.name for i in items if isinstance(i, PyAssign | PyClass)]


def test_worlds_share_interfaces_and_used_types() -> None:
    """One module per interface and one table per import; a class, a table and functions for each world."""
    package, found = plan(
        """
        world a { import values; use values.{point}; import log: func(p: point); export run: func() -> point; }
        world b { import values; use values.{point}; import log: func(n: u32); export run: func(p: point); export pipes; }
        """,
        "a",
        "b",
    )
    assert found == []
    assert package.root == "host/both"
    assert names(package, "_world.py") == ["AImports", "A", "APre", "BImports", "B", "BPre"]
    constants = [name for name in names(package, "_abi.py") if name.startswith(("_IMPORT", "WORLD", "A", "B"))]
    assert constants == [
        "AWorldLink",
        "BWorldLink",
        "_IMPORT_VALUES",
        "_IMPORT_A_LOG",
        "WORLD_A",
        "_IMPORT_B_LOG",
        "WORLD_B",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "world a { record r { x: u32 } import f: func(r: r); } world b { enum r { x } import f: func(r: r); }",
            "worlds `a`, `b` cannot share a package: `r` is something else in `b` than in the worlds before it",
            id="types of one name",
        ),
        pytest.param(
            "world a { import i: interface { f: func(); } } world b { import i: interface { f: func(); } }",
            "worlds `a`, `b` cannot share a package: `i` is something else in `b` than in the worlds before it",
            id="inline interfaces of one name",
        ),
        pytest.param(
            "world a { export pipes; } world b { import pipes; export uses; }",
            "worlds `a`, `b` cannot share a package: `take` of the exported `acme:both/uses@1.0.0` of `b` speaks of"
            " resource `pipe`, which the host implements there, and the component in `a`",
            id="resources of either side",
        ),
    ],
)
def test_worlds_that_cannot_meet(text: str, message: str) -> None:
    """They are refused by name, with what to do."""
    _, found = plan(text, "a", "b")
    assert found == [message]


def test_worlds_of_one_name_cannot_meet() -> None:
    """The same name in two packages would be one class."""
    found = Diagnostics()
    one, two = (
        resolve(load_text(f"package {p}:p; world w {{ import f: func(); }}"), frozenset(), Diagnostics()).resolved
        for p in "ab"
    )
    plan_host((one.root.worlds["w"], two.root.worlds["w"]), one, HEADER, found)
    assert [d.message for d in found.found] == ["worlds `a:p/w` and `b:p/w` would both be the class `W`"]


def test_owners_are_compared_without_versions() -> None:
    """A package of several worlds is another than that of its first."""
    assert same_world("a:b/c@1.0.0,a:b/d@1.0.0", "a:b/c@2.0.0,a:b/d@1.1.0")
    assert not same_world("a:b/c@1.0.0,a:b/d@1.0.0", "a:b/c@1.0.0")
