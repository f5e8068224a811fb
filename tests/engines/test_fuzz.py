"""Both engines on a fixed sample of mutants; and that the fuzzer sees what differs, crashes and hangs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from random import Random

import pytest
from wasmtime import WasmtimeError, wat2wasm

import witgen.runtime as rt
from tests.engines import compare as both
from tests.engines.compare import judge
from tests.engines.fuzz import fuzz
from tests.engines.known import KNOWN
from tests.engines.mutants import FAMILIES, mutant, mutate_text, texts
from tests.engines.run import NOT_CARRIED, Abi


@pytest.mark.slow
def test_the_engines_agree(request: pytest.FixtureRequest) -> None:
    """A fixed sample of mutants; `--full` tries fifty times as many, and `python -m tests.engines` as many as one likes."""
    count = 6_000 if request.config.getoption("--full") else 120
    found = fuzz(0, range(count))
    assert not found.failures, str(found)
    assert set(found.tried) == set(FAMILIES) == set(found.ran)
    assert sum(found.ran.values()) > count / 3
    assert sum(found.known.values()) < count / 50


def test_mutants_are_the_same_for_the_same_numbers() -> None:
    """So that one that failed can be made again."""
    assert [mutant(3, number) for number in range(24)] == [mutant(3, number) for number in range(24)]
    assert len({mutant(3, number)[1] for number in range(24)}) > 20


def test_what_is_left_of_text_is_often_a_component() -> None:
    """A mutation of text changes little: else nothing of it would run."""
    random = Random(0)
    changed = [mutate_text(random, text) for text in texts() for _ in range(5)]
    assert sum(map(_is_text, changed)) > len(changed) / 2
    assert "" in {mutate_text(Random(number), "(a)") for number in range(300)}  # where a second change finds nothing


def _is_text(text: str) -> bool:
    try:
        wat2wasm(text)
    except WasmtimeError:
        return False
    return True


@pytest.mark.parametrize(
    ("one", "other", "difference", "reason"),
    [
        (["prepared", "f: 1"], ["prepared", "f: 1"], "", ""),
        (["prepared", "f: 1"], ["prepared", "f: 2"], "f: 1\nf: 2", ""),
        (["prepared", "f: 1"], ["prepared"], "f: 1\n(nothing)", ""),
        (["prepared", "f: Trap fuel"], ["prepared", "f: 2"], "f: Trap fuel\nf: 2", KNOWN[1].reason),
        (["prepared"], [f"prepare: UnsupportedTypeError {NOT_CARRIED}"], None, KNOWN[0].reason),
    ],
)
def test_a_difference_is_seen(
    monkeypatch: pytest.MonkeyPatch, one: list[str], other: list[str], difference: str | None, reason: str
) -> None:
    """Of the first lines that differ, and of those that may, why."""

    def run(_engine: rt.Engine, _data: bytes, abi: Abi, _seed: int, _world: object) -> list[str]:
        return one if abi == "wasmtime" else other

    monkeypatch.setattr(both, "run", run)
    found = judge(0, 4)
    assert found.reason == reason
    assert difference is None or found.difference == difference
    assert found.lines == (1 if one == other else found.lines)


CHILD = """
import os, sys, threading
start = int(sys.argv[1])
print('{{"family": "code", "lines": 3}}', flush=True)
if start == 0:
    {end}
print('{{"family": "code", "lines": 3, "difference": "here"}}', flush=True)
"""


@pytest.mark.parametrize(
    ("end", "how"), [("os.abort()", "ends its process with status"), ("threading.Event().wait()", "hangs")]
)
def test_a_crash_and_a_hang_are_seen(end: str, how: str) -> None:
    """The mutant after those that were judged is the one; the others are judged in another process."""

    def command(_seed: int, start: int, _stop: int) -> Sequence[str]:
        return [sys.executable, "-c", CHILD.format(end=end), str(start)]

    found = fuzz(0, range(4), command, patience=5.0)
    assert [failure.number for failure in found.failures] == [1, 3]
    assert how in found.failures[0].how and "here" in found.failures[1].how
    assert found.tried["code"] == 3 and found.lines == 9


def test_a_reason_is_one_that_is_needed() -> None:
    """Each is told apart from others, and is for few."""
    assert len({known.reason for known in KNOWN}) == len(KNOWN) <= 8
