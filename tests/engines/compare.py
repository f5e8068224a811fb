"""Holds what both engines make of a component side by side."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

import witgen.runtime as rt
from tests.engines.known import Difference, reason_of
from tests.engines.mutants import mutant
from tests.engines.planned import Planned
from tests.engines.run import run
from witgen.component.binary import BinaryError
from witgen.component.plan import Plan, make_plan
from witgen.runtime._stores.guarded import KnownEngine, Settings


@dataclass(frozen=True)
class Verdict:
    """What came of one mutant. `lines` is how many lines were the same: none of one that could not be prepared."""

    family: str
    lines: int
    difference: str = ""
    reason: str = ""
    """Why they may differ, if they do and may."""


@cache
def engine() -> rt.Engine:
    """The engine of both."""
    return KnownEngine(
        Settings(fuel=True, parallel_compilation=False), False
    )  # one thread is enough for so little code


def compare(family: str, data: bytes, seed: int, world: Planned | None = None) -> tuple[int, Difference | None]:
    """How many lines are the same after the component was prepared, and what differs first.

    `world` is what it exports and imports, where that is not to be read from it.
    """
    one, other = (run(engine(), data, abi, seed, world) for abi in ("wasmtime", "witgen"))
    for same, (mine, theirs) in enumerate(zip_longest(one, other, fillvalue="(nothing)")):
        if mine != theirs:
            try:
                plan, _ = make_plan(data)
            except BinaryError:
                plan = Plan()
            return same, Difference(family, plan, mine, theirs)
    return len(one) - 1 if one[0] == "prepared" else 0, None


def judge(seed: int, number: int) -> Verdict:
    """Make a mutant, and hold the engines side by side."""
    family, data = mutant(seed, number)
    if not data:
        return Verdict(family, 0)
    lines, found = compare(family, data, number)
    if found is None:
        return Verdict(family, lines)
    return Verdict(family, lines, f"{found.one}\n{found.other}", reason_of(found))


__all__ = ["Verdict", "compare", "engine", "judge"]
