"""A world that was changed in one thing: validation finds that thing, and nothing else, and other judges agree.

`tests/compare` has the changes, the judges and how their disagreement is explained; `python -m tests.compare` counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.compare.edits import Edits
from tests.compare.judges import Verdict, engine
from tests.compare.mutations import sites
from tests.compare.site import Chooser, Site
from tests.compare.trial import TYPE_NAMES, Subject, Trials, explained
from tests.compare.worlds import Named, corpus, more
from witgen.component.fit import compare
from witgen.component.fit.reasons import OtherInterface
from witgen.component.items import World

T = TypeVar("T")
KINDS = (
    *("alias of a resource", "alias retyped", "asynchronous", "case added", "case dropped", "case renamed"),
    *("cases reordered", "version", "enum case added", "enum case dropped", "enum case renamed"),
    *("enum cases reordered", "enum to variant", "export dropped", "export of function added"),
    *("export of interface added", "export renamed", "field added", "field dropped", "field renamed", "field retyped"),
    *("fields reordered", "flag added", "flag dropped", "flag renamed", "flags reordered", "function added"),
    *("function dropped", "function renamed", "functions reordered", "import dropped", "import of function added"),
    *("import of interface added", "import renamed", "interface renamed", "method and static", "own and borrow"),
    *("parameter added", "parameter dropped", "parameter renamed", "parameter retyped", "parameters reordered"),
    *("payload retyped", "resource added", "resource dropped", "resource renamed", "result retyped", "type added"),
    *("type dropped", "type renamed"),
)
FEW = ("worlds_own_types", "implements_imported", "resources_sides", "more/kinds", "more/maps")


@cache
def all_sites() -> dict[str, list[tuple[Named, Site]]]:
    """Every place where a world can be changed, by kind."""
    found: dict[str, list[tuple[Named, Site]]] = {kind: [] for kind in KINDS}
    for named in (*corpus(), *more()):
        for site in sites(named.world):
            found[site.kind].append((named, site))
    return found


def chooser(data: st.DataObject) -> Chooser:
    """Hypothesis chooses, and shows the number of what it chose: parts of models are long."""

    def choose(options: Sequence[T]) -> T:
        return options[data.draw(st.integers(0, len(options) - 1))]

    return choose


class Bench:
    """Worlds with what their mutations are tried with."""

    def __init__(self) -> None:
        self.engine = engine()
        self._trials: dict[World, Trials] = {}

    def check(self, named: Named, site: Site, data: st.DataObject) -> None:
        """Try what is drawn at a site."""
        mutation = site.draw(chooser(data))
        if mutation is None:
            return
        if named.world not in self._trials:
            self._trials[named.world] = Trials(self.engine, named.world)
        trials = self._trials[named.world]
        for pair in trials.pairs(mutation):
            assert pair.paths == pair.expected, (named.name, pair.direction)
            explained(pair)


@pytest.fixture(scope="module")
def bench() -> Bench:
    """One for all tests; its components must not outlive the modules that they are freed by."""
    return Bench()


@pytest.mark.parametrize("kind", KINDS)
def test_one_mutation(kind: str, bench: Bench, request: pytest.FixtureRequest) -> None:
    """Has the verdict that the rules give, in both directions, for every kind in any of the worlds."""

    @settings(max_examples=200 if request.config.getoption("--full") else 3)
    @given(st.sampled_from(range(len(all_sites()[kind]))), st.data())
    def law(index: int, data: st.DataObject) -> None:
        bench.check(*all_sites()[kind][index], data)

    law()


def test_every_mutation(bench: Bench, request: pytest.FixtureRequest) -> None:
    """Of a few worlds each, with `--full` of all."""
    for named in (*corpus(), *more()):
        if named.name in FEW or request.config.getoption("--full"):
            _every(bench, named)


def _every(bench: Bench, named: Named) -> None:
    @settings(max_examples=1)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        for site in sites(named.world):
            bench.check(named, site, data)

    law()


def test_several_mutations(bench: Bench, request: pytest.FixtureRequest) -> None:
    """At once: the verdict is the validator's, wherever it looks at the same things."""

    @settings(max_examples=500 if request.config.getoption("--full") else 30)
    @given(st.sampled_from(more()), st.data())
    def law(named: Named, data: st.DataObject) -> None:
        edits, kinds = Edits(), set[str]()
        original = Subject(bench.engine, named.world)
        try:
            for _ in range(data.draw(st.integers(2, 4))):
                mutation = chooser(data)(list(sites(named.world))).draw(chooser(data))
                if mutation is not None:
                    mutation.change(edits)
                    kinds.add(mutation.kind)
            changed = Subject(bench.engine, named.world)
            agree(original, named, kinds)
        finally:
            edits.undo()
        agree(changed, named, kinds)

    law()


def agree(component: Subject, named: Named, kinds: set[str]) -> None:
    """The validator takes what validation takes; it refuses more only after what it alone minds."""
    found = compare(component.world, named.world, strict=True)
    differences = [d for d in found.differences if not isinstance(d.reason, OtherInterface)]
    verdict, said = component.judges.validator(named.world)
    linked, why = component.judges.linker(named.world)
    if verdict is Verdict.FITS:
        assert not differences
    elif verdict is Verdict.REFUSED and not kinds & {*TYPE_NAMES, "compatible version"}:
        assert found.differences, said
    if linked is Verdict.REFUSED:
        assert found.differences, why


def test_every_world_against_every_other(bench: Bench) -> None:
    """Of those that have types and resources in common: the validator says the same."""
    components = [(named, Subject(bench.engine, named.world)) for named in more()]
    for (named, component), (other, _) in product(components, components):
        differences = compare(component.world, other.world, strict=True).differences
        verdict, said = component.judges.validator(other.world)
        if verdict is not Verdict.ABSTAINS:
            assert (verdict is Verdict.FITS) is not bool(differences), (named.name, other.name, said, differences)
        assert not (named is other and differences)
