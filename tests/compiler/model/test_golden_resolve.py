"""Whole packages and the model they give: `golden/resolve/<case>/`, with `expected.json` and `expected.txt` (the tree)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import golden
from tests.wit_text import resolve_path
from witgen.compiler.model.formats.json import dump_json
from witgen.compiler.model.formats.tree import render_tree

CASES = sorted(path for path in (golden.GOLDEN / "resolve").iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_package_gives_its_model(case: Path) -> None:
    """As JSON and as a tree."""
    resolved = resolve_path(case).resolved
    golden.check(case / "expected.json", dump_json(resolved))
    golden.check(case / "expected.txt", render_tree(resolved))
