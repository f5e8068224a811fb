"""Input that is refused, and how: `golden/invalid/<code>/<what-is-wrong>.wit` (or a folder), and the diagnostics in `.txt`.

The folder is the code of the first diagnostic. A new case is a new file: run `pytest --bless` and review what it writes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import golden
from witgen.compiler.diagnostics import CODES, Diagnostics, WitError
from witgen.compiler.diagnostics.human import render
from witgen.compiler.input.parsed import load
from witgen.compiler.model.resolve.passes import resolve

FOLDER = golden.GOLDEN / "invalid"
CASES = sorted(path for path in FOLDER.glob("*/*") if path.suffix != ".txt")


def case_id(path: Path) -> str:
    """`<code>/<what-is-wrong>`."""
    return path.relative_to(FOLDER).with_suffix("").as_posix()


@pytest.mark.parametrize("path", CASES, ids=case_id)
def test_bad_input_gives_its_diagnostics(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each case is refused, first with the code of its folder, rendered as the text beside it says."""
    monkeypatch.chdir(path.parent)
    diagnostics = Diagnostics()
    with pytest.raises(WitError) as refused:
        resolve(load(path.name, diagnostics), frozenset(), diagnostics)
    assert refused.value.diagnostics[0].code.slug == path.parent.name
    golden.check(path.with_suffix(".txt"), render(refused.value.diagnostics, color=False))


def test_every_folder_is_a_code() -> None:
    """A folder that is no code is a mistake."""
    assert {path.parent.name for path in CASES} <= set(CODES)


def test_no_expectation_is_left_alone() -> None:
    """Every `.txt` belongs to a case."""
    cases = {path.with_suffix(".txt") for path in CASES}
    assert [path for path in sorted(FOLDER.glob("*/*.txt")) if path not in cases] == []
