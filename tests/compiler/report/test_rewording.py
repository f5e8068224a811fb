"""Words change nothing: with nonsense for every word of every message, verdicts, hints and judgements stay what they are."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

from tests.cases import read_group
from witgen import api
from witgen.cli import main
from witgen.compiler.report import changes as change_words
from witgen.compiler.report.diff import Diff
from witgen.compiler.report.validation import Validation
from witgen.component import words
from witgen.component.words import Phrase, descriptions, hints, paths, reasons

ROOMS: tuple[ModuleType, ...] = (words, descriptions, hints, paths, reasons, change_words)
COMPOSED = {"describe", "lines_of", "fact_lines", "sentence", "change_sentence", "Description", "Phrase"}
"""What only puts together what others say."""
DIFFS = {name: case for name, case in read_group("diff").items() if case.runs[0].command.startswith("diff")}
VALIDATIONS = read_group("validate")


def nonsense(*args: object, **options: object) -> str:
    """The one thing that is said of everything."""
    return "bla"


def sides(*args: object) -> tuple[str | None, str | None]:
    """The same for both sides."""
    return "bla", "bla"


def phrase(*args: object) -> Phrase:
    """As a phrase."""
    return Phrase("bla", is_clause=True)


SAID: dict[str, Callable[..., object]] = {
    "change_hint": nonsense,
    "change_phrase": phrase,
    "difference_phrase": phrase,
    "hint_text": nonsense,
    "item_text": nonsense,
    "kind_text": nonsense,
    "old_and_new": sides,
    "path_text": nonsense,
    "reason_phrase": phrase,
    "side_texts": sides,
    "step_text": nonsense,
    "verdict": nonsense,
}
"""Every function that makes words, and what it is replaced by."""


def sampled(names: Iterable[str]) -> list[object]:
    """All of them, of which the fast run takes one in ten: each case is judged several times over."""
    return [pytest.param(name, marks=() if n % 10 == 0 else pytest.mark.slow) for n, name in enumerate(sorted(names))]


@contextmanager
def reworded() -> Generator[None]:
    """Nonsense for all words, in each module that has imported what makes them."""
    with pytest.MonkeyPatch.context() as patch:
        for name, other in SAID.items():
            makers = {id(vars(room)[name]) for room in ROOMS if name in vars(room)}
            for module in [module for key, module in sys.modules.items() if key.startswith("witgen.")]:
                if id(vars(module).get(name)) in makers:
                    patch.setattr(module, name, other)
        yield


def test_every_word_is_replaced() -> None:
    """Whoever adds a function that makes words adds it here."""
    named = {name for room in ROOMS for name in cast("list[str]", room.__all__)}
    assert named - COMPOSED == set(SAID)


def settled(document: str) -> object:
    """What a JSON document says without words: kinds, whom a change breaks, bumps, positions, versions."""
    found = cast("dict[str, object]", json.loads(document))
    lists = {"changes", "differences"} & found.keys()
    told = {"place", "message", "old", "new", "expected", "found", "hints"}
    for name in lists:
        rows = cast("list[dict[str, object]]", found[name])
        found[name] = [{key: value for key, value in row.items() if key not in told} for row in rows]
    return found


@pytest.mark.parametrize("name", sampled(DIFFS))
def test_changes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What changed, whom it breaks, which version it asks for, what probably happened, in which order."""
    monkeypatch.chdir(tmp_path)
    DIFFS[name].put(tmp_path)
    for run in DIFFS[name].runs:
        _, old, new, *options = shlex.split(run.command)
        named = options[options.index("--world") :][:2] if "--world" in options else []

        def facts(old: str = old, new: str = new, named: list[str] = named) -> tuple[object, ...]:
            found: Diff = api.diff(old, new, *named[1:])
            status = main(["diff", old, new, "--json", *named])
            return found.changes, found.versions, found.breaks, status, settled(capsys.readouterr().out)

        before = facts()
        with reworded():
            assert facts() == before
            assert main(["diff", old, new, *named]) == before[3]
            assert "bla" in capsys.readouterr().out or not before[0]


@pytest.mark.parametrize("name", sampled(VALIDATIONS))
def test_differences(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What does not fit, what was probably meant, and where it is written."""
    monkeypatch.chdir(tmp_path)
    VALIDATIONS[name].put(tmp_path)
    for run in VALIDATIONS[name].runs:
        _, component, wit, *options = shlex.split(run.command)
        named = options[options.index("--world") :][:2] if "--world" in options else []

        def facts(component: str = component, wit: str = wit, named: list[str] = named) -> tuple[object, ...]:
            found: Validation = api.validate(component, wit, *named[1:])
            status = main(["validate", component, wit, "--json", *named])
            return found.comparison, found.fits, status, settled(capsys.readouterr().out)

        before = facts()
        with reworded():
            assert facts() == before
            main(["validate", component, wit, *named])
            assert capsys.readouterr().out.endswith("bla\n")
