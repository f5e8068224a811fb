"""ARCHITECTURE.md is the tour of the house as it is: it has every room, in the words of the room's own `__init__`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.checkout import ROOT

TOUR = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOMS = sorted(path.parent for path in (ROOT / "witgen").rglob("__init__.py") if path.parent != ROOT / "witgen")


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(ROOT)))
def test_a_room_is_in_the_tour_in_its_own_words(room: Path) -> None:
    """The first paragraph of the room's docstring: what goes in, what comes out, what it may import."""
    docs = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    assert docs is not None
    words = docs.split("\n\n", 1)[0].replace("\n", " ")
    assert f"| `{room.relative_to(ROOT).as_posix()}/` | {words} |" in TOUR, f"put this into ARCHITECTURE.md: {words}"


def test_the_tour_has_no_other_rooms() -> None:
    """A room that is gone leaves the tour."""
    named = {ROOT / name for name in re.findall(r"^\| `(witgen/[^`*]+)/` \|", TOUR, re.MULTILINE)}
    assert named == set(ROOMS)


def test_every_file_that_the_tour_names_exists() -> None:
    """Paths with a folder, below the checkout or below one of the packages."""
    below = (
        ROOT,
        ROOT / "witgen",
        ROOT / "witgen" / "compiler",
        ROOT / "witgen" / "component",
        ROOT / "witgen" / "runtime",
    )
    names = [name for name in re.findall(r"`([\w./-]+/[\w.-]+\.\w+)`", TOUR) if "<" not in name]
    assert names
    assert [name for name in names if not any((folder / name).exists() for folder in below)] == []
