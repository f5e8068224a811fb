"""Docstrings say what is raised in one way, in this code and in generated packages: a Google `Raises:` section."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.checkout import ROOT

_ENTRY = re.compile(r"    [A-Za-z_][\w.]*: \S")
_FOLDERS = ("witgen", "tests", "benchmarks", "examples")


def _folders() -> list[Path]:
    """One part for each case, so that a failure names a place."""
    return [folder for name in _FOLDERS for folder in sorted((ROOT / name).iterdir()) if folder.is_dir()]


def faults(text: str) -> list[str]:
    """What is wrong with how the docstrings of a module say what is raised, with the line of each definition."""
    found: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        docs, line = ast.get_docstring(node) or "", getattr(node, "lineno", 1)
        if re.search(r"\bRaises: \S|^Raises [A-Z]", docs, re.MULTILINE):
            found.append(f"{line}: what is raised belongs into a section `Raises:`")
        section = re.search(r"^Raises:\n((?:    .*\n|\n)*)", f"{docs}\n", re.MULTILINE)
        if section is None:
            continue
        entries = [entry for entry in section[1].split("\n") if entry.strip() and not entry.startswith("     ")]
        found += [f"{line}: `{entry.strip()}` is not `Error: when`" for entry in entries if not _ENTRY.match(entry)]
        if not entries:
            found.append(f"{line}: the section `Raises:` is empty")
    return found


@pytest.mark.parametrize("folder", _folders(), ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_what_is_raised_stands_in_sections(folder: Path) -> None:
    """Every Python file but those that are wrong on purpose."""
    wrong: list[str] = []
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        try:
            wrong += [f"{path.relative_to(ROOT)}:{fault}" for fault in faults(text)]
        except SyntaxError:  # a golden file may hold one
            continue
    assert wrong == []


@pytest.mark.parametrize(
    ("docs", "count"),
    [
        ("Do it. Raises: ValueError.", 1),
        ("Raises ValueError where it is not one.", 1),
        ("Do it.\n\nRaises:\n    ValueError, OSError.", 1),
        ("Do it.\n\nRaises:\n", 1),
        (
            "Do it.\n\nRaises:\n    ValueError: it is not one, and this\n        goes on.\n    wasmtime.Trap: it trapped.",
            0,
        ),
        ("What this raises is not an error.", 0),
    ],
)
def test_the_check_itself(docs: str, count: int) -> None:
    """Each other way is found, and the right one is not."""
    assert len(faults(f'def f():\n    """{docs}"""\n')) == count
