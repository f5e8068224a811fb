"""Tries a mutation: validation must say what the rules say, and what the judges say must be explained.

The two judges do not look at all that validation looks at, and the validator looks at more: `explained` names each class
of disagreement. What is in no class is a fault of somebody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from wasmtime import Engine

from tests.compare.edits import applied
from tests.compare.judges import Judges, Verdict
from tests.compare.site import Mutation
from witgen.compiler.load.binaries import read_file
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import component_world
from witgen.component.fit import Comparison, Difference, compare
from witgen.component.fit.reasons import INTERFACE, Missing, NotProvided, OtherInterface, OtherKind, OtherResource
from witgen.component.fit.steps import StepKind
from witgen.component.items import World
from witgen.component.words import path_text


class Explanation(Enum):
    """Why a judge does not say what validation says."""

    TYPE_NAMES = "the validator wants every type under its name: for validation the names of value types do not count"
    VERSIONS = "the validator knows no compatible versions"
    LABELS = "what a label stands for is no part of a component's type"
    HOST_FUNCTIONS = "the linker does not look at the types of host functions"
    EXPORTS = "exports are looked up by name, whatever their type"
    EMPTY = "the linker passes over imports without functions and resources"


TYPE_NAMES = {"type renamed", "type added", "type dropped"}
"""The mutations that change nothing but names of value types."""


@dataclass(frozen=True)
class Pair:
    """A component and a world, and what is said of them."""

    mutation: str
    direction: str
    found: Comparison
    expected: tuple[str, ...]
    validator: tuple[Verdict, str]
    linker: tuple[Verdict, str]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all differences, sorted."""
        return tuple(sorted(paths_of(self.found)))

    @property
    def ours(self) -> Verdict:
        """The verdict of validation."""
        return Verdict.REFUSED if self.found.differences else Verdict.FITS


def paths_of(comparison: Comparison) -> list[str]:
    """The paths of all differences, in words."""
    return [path_text(difference.place) for difference in comparison.differences]


def read(component: str) -> World:
    """The world of a component, of its text."""
    return component_world(read_file("stub.wat", component.encode()))


class Subject:
    """A component, as text, with what is asked of it more than once."""

    def __init__(self, engine: Engine, world: World) -> None:
        """The component is the stub of the world as it is now."""
        text = stub_component(world)
        self.world = read(text)
        self.judges = Judges(engine, text)


class Trials:
    """Tries mutations of one world."""

    def __init__(self, engine: Engine, world: World) -> None:
        self._engine = engine
        self._world = world
        self._original = Subject(engine, world)

    def pairs(self, mutation: Mutation) -> Iterator[Pair]:
        """Both directions: the component with the changed world, the changed component with the world."""
        with applied(mutation.change):
            yield self._pair(mutation, "backward", self._original, mutation.backward)
            changed = Subject(self._engine, self._world)
        yield self._pair(mutation, "forward", changed, mutation.forward)

    def _pair(self, mutation: Mutation, direction: str, component: Subject, expected: tuple[str, ...]) -> Pair:
        found = compare(component.world, self._world, strict=True)
        judges = component.judges
        judged = judges.validator(self._world), judges.linker(self._world)
        return Pair(mutation.kind, direction, found, tuple(sorted(expected)), *judged)


def explained(pair: Pair) -> list[Explanation]:
    """Why the judges say another thing, if they do.

    Raises:
        AssertionError: for no reason that is known.
    """
    found: list[Explanation] = []
    verdict, said = pair.validator
    if verdict not in (Verdict.ABSTAINS, pair.ours):
        found.append(_validator(pair, said))
    verdict, said = pair.linker
    if verdict not in (Verdict.ABSTAINS, pair.ours):
        assert verdict is Verdict.FITS, f"{pair.mutation}, {pair.direction}: wasmtime refuses it, and we do not: {said}"
        reasons = [linker_takes(difference) for difference in pair.found.differences]
        assert all(reasons), f"{pair.mutation}, {pair.direction}: wasmtime takes it: {pair.found.differences}"
        found += [reason for reason in reasons if reason is not None][:1]
    return found


def _validator(pair: Pair, said: str) -> Explanation:
    differences = pair.found.differences
    if differences:
        assert all(isinstance(d.reason, OtherInterface) for d in differences), (pair.mutation, differences)
        return Explanation.LABELS
    if pair.mutation in TYPE_NAMES:
        # The second is said of a resource one of whose aliases has another name: it is not found under it.
        assert "missing expected export" in said or "resource types are not the same" in said, said
        return Explanation.TYPE_NAMES
    assert pair.mutation == "compatible version", (pair.mutation, pair.direction, said)
    assert "missing import named" in said or "missing export named" in said, said
    return Explanation.VERSIONS


def linker_takes(difference: Difference) -> Explanation | None:
    """Why the linker takes what differs; None if it has to refuse it."""
    is_export = difference.place[0].kind is StepKind.EXPORT
    match difference.reason:
        case OtherInterface():
            return Explanation.LABELS
        case NotProvided(found):
            return Explanation.EMPTY if found == INTERFACE else None
        case Missing():
            return None
        case OtherResource() if not is_export and difference.place[-1].kind is StepKind.TYPE:
            return None
        case OtherKind() if difference.place[-1].kind is StepKind.FUNCTION:
            return None
        case _:
            return Explanation.EXPORTS if is_export else Explanation.HOST_FUNCTIONS


__all__ = ["TYPE_NAMES", "Explanation", "Pair", "Subject", "Trials", "explained", "linker_takes", "paths_of", "read"]
