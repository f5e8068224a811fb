"""What wasmtime reports of a drawn component is, to a comparison, what the binary reader reads of it."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from hypothesis import given
from wasmtime.component import Component

from tests.property.wit import Drawn, packages
from tests.wit_text import world_of
from witgen import runtime
from witgen.compiler.load.binaries import assembled
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import component_world, read_binary
from witgen.component.fit import Comparison, compare
from witgen.component.fit.steps import OWN
from witgen.component.items import World
from witgen.runtime._binding.reported import reported_world

pytestmark = pytest.mark.skipif(version("wasmtime").startswith("48."), reason="reads no interface that names a map")


def both(world: World) -> tuple[World, World]:
    """The stub component of a world, as wasmtime reports it and as the reader reads it."""
    data = assembled("a.wat", stub_component(world).encode())
    engine = runtime.engine()
    return reported_world(Component(engine, data), engine), component_world(read_binary(data))


def said(comparison: Comparison) -> tuple[object, ...]:
    """All that was found, but for what types are called, and for the types of the world itself: wasmtime names none."""
    places = {(found.place, type(found.reason)) for found in comparison.differences if found.place[0] != OWN}
    return places, comparison.supplied, comparison.unasked


@given(packages(maps=True), packages(maps=True))
def test_either_stands_for_the_other(drawn: Drawn, other: Drawn) -> None:
    """Each fits the other and its world; against another world, the same is found."""
    world, another = world_of(drawn.text, "w"), world_of(other.text, "w")
    reported, read = both(world)
    for component, expected in ((reported, world), (reported, read), (read, reported)):
        assert said(compare(component, expected, strict=True)) == (set(), [], [])
    assert said(compare(reported, another)) == said(compare(read, another))
