"""The kept tables are those of the grammar and of the installed lark, and parsing uses them."""

from __future__ import annotations

import json
from importlib.resources import files

import lark
import pytest

from tests.wit_text import world_of
from witgen.compiler.syntax import machine

REFRESH = "run `python -m witgen.compiler.syntax.tables`"


def test_tables_are_those_of_the_grammar() -> None:
    """A change of `grammar/wit.lark`, or of the lark that this project is developed with, is in `tables.json` too."""
    kept = json.loads(files("witgen.compiler.syntax").joinpath(machine.TABLES).read_text("utf-8"))
    made = json.loads(machine.tables_text())
    assert made["lark"] == lark.__version__
    assert (kept["lark"], kept["grammar"]) == (made["lark"], made["grammar"]), REFRESH


@pytest.mark.parametrize("key", ["lark", "grammar"])
def test_tables_of_another_grammar_or_lark_are_not_used(key: str) -> None:
    text = files("witgen.compiler.syntax").joinpath(machine.TABLES).read_text("utf-8")
    kept = json.loads(text)
    grammar = kept["grammar"]
    assert machine.kept_tables(text, grammar) is not None
    kept[key] += " "
    assert machine.kept_tables(json.dumps(kept), grammar) is None


def test_the_grammar_is_analysed_only_without_fitting_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the tables nothing is analysed; without them the grammar is, and the parser is as good."""
    analysed: list[str] = []
    analyse = machine.analyse

    def watch(grammar: str) -> object:
        analysed.append(grammar)
        return analyse(grammar)

    monkeypatch.setattr(machine, "analyse", watch)
    text = "package a:b; interface i { f: func() -> u8; } world w { import i; }"
    machine.load_parser.cache_clear()
    first = list(world_of(text, "w").imports.values())
    assert not analysed
    monkeypatch.setattr(machine, "TABLES", "no-such-file.json")
    machine.load_parser.cache_clear()
    second = list(world_of(text, "w").imports.values())
    assert analysed
    machine.load_parser.cache_clear()
    assert len(first) == len(second) == 1
