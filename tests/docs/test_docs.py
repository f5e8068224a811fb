"""What the README and the pages in `docs/` show is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.docs.pages import ELSEWHERE, PAGES, Project, blocks


@pytest.fixture(scope="module")
def mypy_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared by the pages: most of what mypy reads is the same for each."""
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_true(page: Path, tmp_path: Path, mypy_cache: Path) -> None:
    """Its programs run, print what it says they print, and type-check."""
    project = Project(tmp_path, mypy_cache)
    for block in blocks(page):
        project.run(block)
    project.finish()


def test_other_pages_have_a_test() -> None:
    """What is left to another test is named there."""
    for page, test in ELSEWHERE.items():
        assert (ROOT / "docs" / page).exists()
        assert page.removesuffix(".md") in (ROOT / test).read_text(encoding="utf-8"), page


def test_the_readme_opens_with_two_commands() -> None:
    """The main job and the tests, each one line to paste."""
    first, second = [block for block in blocks(ROOT / "README.md") if block.language == "sh"][:2]
    assert first.text.count("\n") == second.text.count("\n") == 1
    assert "witgen wit/ --world proxy --verify" in first.text
    assert second.note == "tests" and second.text.rstrip().endswith("-m pytest")


def test_the_first_page_shows_the_example() -> None:
    """`docs/plugin.md` has the WIT and the plugin of `examples/plugin-host`, so that one build serves both."""
    example = ROOT / "examples" / "plugin-host"
    shown = {block.file: block.text for block in blocks(ROOT / "docs" / "plugin.md")}
    for file, home in (("wit/plugins.wit", "wit"), ("statistics_plugin.py", "sources/statistics")):
        assert shown[file] == (example / home / Path(file).name).read_text(encoding="utf-8")


def test_the_figures_are_those_of_the_corpus() -> None:
    """The guest page's table names as many worlds as there are."""
    from tests.compiler.bindings.guest.corpus import find_cases

    count = len(find_cases())
    assert f"| worlds generated | {count}/{count} |" in (ROOT / "docs" / "guest.md").read_text(encoding="utf-8")
