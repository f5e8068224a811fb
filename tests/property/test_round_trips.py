"""Values of drawn types cross in both directions through generated packages, and come back equal.

A package is drawn as WIT text, generated, imported, and prepared with its forwarding component. Then arguments and an
outcome are drawn for each function: the implementation must see the arguments, the caller must see the outcome (what
the implementation returned, or the `Err` it raised). A failure is reduced to small values; the WIT stays as drawn,
since every smaller one would be a package to generate.

CI runs a fixed sample on both layers; `pytest --full -rP` makes over a hundred thousand calls on each, and says how many.
With `WITGEN_VALUE_LAYER`, only that layer carries them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import witgen.runtime as rt
from tests.forwarding.package import Package, Prepared, attribute, forwarding
from tests.forwarding.values import Values, same
from tests.property.every import every_type
from tests.property.wit import Drawn, packages
from witgen.compiler.bindings import naming
from witgen.component.items import Function
from witgen.component.types import Resource, Result, Type, resolve_alias
from witgen.runtime._layer import VARIABLE

OLD = version("wasmtime").startswith("48.")
"""Which cannot read an interface that gives a map a name, as most that are drawn with maps do."""
UNCHECKED = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
    HealthCheck.nested_given,
    HealthCheck.filter_too_much,
)
"""Large values are wanted, and calls are drawn for each drawn package."""
SAMPLE = (12, 8)
FULL = (1000, 40)
"""Packages, and calls of each of a package's functions, which are some three."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ends: it returns the value, or raises an `Err` with it (a value that is returned may be an `Err` too)."""

    value: object
    is_error: bool = False


Call = tuple[str, tuple[object, ...]]
"""The name of a function, and the arguments that its implementation was given."""


class Scripted:
    """Implements every import: records what it was given, and ends the call as it was told to."""

    def __init__(self) -> None:
        self.outcome = Outcome(None)
        self.seen: list[Call] = []

    def function(self, name: str) -> Callable[..., object]:
        """The implementation of one function."""

        def call(*arguments: object) -> object:
            self.seen.append((name, arguments))
            if self.outcome.is_error:
                raise rt.Err(self.outcome.value)
            return self.outcome.value

        return call


def outcomes(result: Type | None, values: Values) -> st.SearchStrategy[Outcome]:
    """How a function of this result may end."""
    target: Type | Resource | None = None if result is None else resolve_alias(result)
    if not isinstance(target, Result):
        return st.builds(Outcome, values.of(result))
    return st.one_of(st.builds(Outcome, values.of(target.ok)), st.builds(Outcome, values.of(target.err), st.just(True)))


class Trips:
    """The calls through one package. A failed call spends the store, so there may be more than one instance."""

    def __init__(self, package: Package, prepared: Prepared) -> None:
        self.package = package
        self.prepared = prepared
        self.scripted = Scripted()
        self.values = Values(package)
        self.app: object = None
        self.made = 0

    def instantiate(self) -> object:
        """An instance with an implementation of every import."""
        imports: dict[str, object] = {}
        for keyword, item in self.package.imports():
            if isinstance(item, Function):
                imports[keyword] = self.scripted.function(item.name)
            else:
                functions = {naming.snake(name): self.scripted.function(name) for name in item.functions}
                imports[keyword] = SimpleNamespace(**functions)
        return self.prepared.instantiate(rt.Store(self.package.engine), **imports)

    def all(self, calls: int) -> None:
        """Call every exported function that often."""
        for name, item in self.package.exports():
            if isinstance(item, Function):
                self.often(item, (name,), calls)
            else:
                for function in item.functions.values():
                    self.often(function, (name, naming.snake(function.name)), calls)

    def often(self, function: Function, path: tuple[str, ...], calls: int) -> None:
        """Call a function, an attribute of the instance, with drawn arguments and a drawn outcome each time."""
        params = [naming.parameter(param.name) for param in function.params]

        @settings(
            max_examples=calls,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=UNCHECKED,
        )
        @given(
            st.tuples(*(self.values.of(param.type) for param in function.params)),
            outcomes(function.result, self.values),
            st.integers(0, len(params)),
        )
        def call(arguments: tuple[object, ...], outcome: Outcome, positional: int) -> None:
            by_name = dict(zip(params[positional:], arguments[positional:], strict=True))
            seen, ended = self.call(path, arguments[:positional], by_name, outcome)
            assert seen[0] == function.name
            assert same(seen[1], arguments), (seen, arguments)
            assert same(ended, outcome), (ended, outcome)

        call()

    def call(
        self, path: tuple[str, ...], arguments: Sequence[object], by_name: Mapping[str, object], outcome: Outcome
    ) -> tuple[Call, Outcome]:
        """One call; returns what the implementation saw, and how the call ended."""
        app = self.app = self.app or self.instantiate()
        for name in path:
            app = attribute(app, name)
        self.scripted.outcome = outcome
        self.scripted.seen.clear()
        try:
            ended = Outcome(cast(Callable[..., object], app)(*arguments, **by_name))
        except rt.Err as raised:
            ended = Outcome(raised.value, is_error=True)
        except BaseException:
            self.app = None
            raise
        (seen,) = self.scripted.seen
        self.made += 1
        return seen, ended


def carry(drawn: Drawn, calls: int) -> int:
    """Generate the package and make that many calls of each of its functions; returns how many that were."""
    with forwarding(drawn.text, twins=dict(drawn.twins)) as (package, prepared):
        trips = Trips(package, prepared)
        trips.all(calls)
        return trips.made


@pytest.fixture(name="layer", params=["fast", "public"])
def _layer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    layer = str(request.param)
    if os.environ.get(VARIABLE, layer) != layer:
        pytest.skip(f"{VARIABLE} asks for the other layer")
    monkeypatch.setenv(VARIABLE, layer)
    return layer


def test_every_type(layer: str, request: pytest.FixtureRequest) -> None:
    """The types that differ in layout, each at its limits, in parameters and results, flat and through memory."""
    calls = 200 if request.config.getoption("--full") else 8 if layer == "fast" else 4
    print(carry(Drawn(every_type(maps=layer == "fast"), ()), calls), "calls")


def test_round_trips(layer: str, request: pytest.FixtureRequest) -> None:
    """Arguments and results of any type arrive as they were sent; the public layer has no maps."""
    made: list[int] = []
    count, calls = FULL if request.config.getoption("--full") else SAMPLE

    @settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=UNCHECKED,
    )
    @given(packages(maps=layer == "fast" and not OLD))
    def run(drawn: Drawn) -> None:
        made.append(carry(drawn, calls))

    run()
    print(sum(made), "calls through", len(made), "packages")
