"""Worlds as plain data: what is read back is the world that was written."""

from __future__ import annotations

import json
from typing import cast

import pytest

from tests.compiler.bindings.guest.corpus import find_cases
from tests.wit_text import world_of
from witgen.compiler.load.binaries import read_file
from witgen.compiler.model.formats.plain import worlds_text
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import component_world
from witgen.component.fit import compare
from witgen.component.items import FunctionItem, Interface, InterfaceItem, TypeItem, World
from witgen.component.plain import read_worlds

AWKWARD = """package a:b@1.2.3-rc.1+five;
interface base { resource r; record %string { %u8: u8 } }
interface top {
  use base.{r as s, %string};
  resource %bool { constructor(); flag: func() -> %string; make: static async func(b: borrow<%bool>) -> result<%bool>; }
  type t = s;
  type many = tuple<list<u8, 4>, map<string, option<t>>, future, stream<u8>, result, result<_, string>, %string>;
  f: func(a: borrow<t>, b: many, c: error-context) -> stream;
  flags none { one } enum e { a } variant v { x, y(e) }
}
world w {
  import one: interface { resource x; use top.{t}; }
  import two: top;
  import top;
  use top.{many};
  resource %own { constructor(m: many); go: func(); }
  import f: async func(o: borrow<%own>);
  export one: interface { g: func(); }
  export three: top;
  export h: func() -> %own;
}
world v { include w with { %own as other } import base; }
"""


def check(*worlds: World) -> str:
    """The law: the worlds come back as they were. Returns the text."""
    text = worlds_text(worlds)
    assert text.isascii() and "\\" not in text and '"""' not in text
    again = read_worlds(text)
    assert worlds_text(again) == text
    assert [world.id for world in again] == [world.id for world in worlds]
    for world, back in zip(worlds, again, strict=True):
        for one, other in ((world, back), (back, world)):
            # With itself, a world has a difference where it both imports and exports a resource.
            assert compare(one, other, strict=True) == compare(world, world, strict=True), world.id
        assert skeleton(back) == skeleton(world)
    return text


def skeleton(world: World) -> list[object]:
    """Everything in a world that a comparison does not look at: names, order, owners, identities."""
    numbers: dict[Interface, int] = {}

    def owner(of: Interface | World) -> object:
        return "world" if isinstance(of, World) else (of.id, str(of.package.name), numbers.setdefault(of, len(numbers)))

    found: list[object] = []
    for side in (world.imports, world.exports):
        for key, item in side.items():
            shown = key if isinstance(key, str) else key.interface.id
            match item:
                case InterfaceItem(interface):
                    types = [(name, type(t).__name__, owner(t.owner)) for name, t in interface.types.items()]
                    functions = [(name, repr(type(f.kind)), f.is_async) for name, f in interface.functions.items()]
                    found.append((shown, owner(interface), types, functions))
                case FunctionItem(function):
                    found.append((shown, function.name, repr(type(function.kind)), [p.name for p in function.params]))
                case TypeItem(definition):
                    found.append((shown, definition.name, type(definition).__name__))
    return found


@pytest.mark.slow
def test_every_world_of_the_corpus() -> None:
    """And its component fits what is read."""
    cases = find_cases()
    assert len(cases) > 100
    for case in cases:
        (back,) = read_worlds(check(case.world))
        stub = component_world(read_file("stub.wat", stub_component(case.world).encode()))
        found = compare(stub, back, strict=True)
        assert (found.differences, found.supplied, found.unasked) == ([], [], []), case.module
        again = component_world(read_file("stub.wat", stub_component(back).encode()))
        assert compare(again, case.world, strict=True).differences == []


def test_awkward_names_and_every_type() -> None:
    """Types named like primitive ones, inline interfaces of one name on both sides, labels, a copied world."""
    worlds = world_of(AWKWARD, "w"), world_of(AWKWARD, "v")
    for world in worlds:
        check(world)
    text = check(*worlds)
    assert '["interface", "a:b/top@1.2.3-rc.1+five#2"]' in text  # of two loads: another interface of that name


def test_one_item_is_one_line() -> None:
    """So that the difference between two texts names what differs; what worlds share is there once."""
    text = check(world_of(AWKWARD, "w"))
    lines = text.splitlines()
    rows = cast("list[object]", json.loads(text))
    assert len(lines) == len(rows) + 2
    assert [json.loads(line.removesuffix(",")) for line in lines[1:-1]] == rows
    both = load_two()
    together = check(*both)
    assert together.count('["interface", "a:b/base@1.2.3-rc.1+five"]') == 1


def load_two() -> tuple[World, World]:
    """Two worlds of one load."""
    first = world_of(AWKWARD, "w")
    return first, first.package.worlds["v"]


def test_a_text_of_another_origin() -> None:
    """Is no world."""
    with pytest.raises(AssertionError, match="no row of a world"):
        read_worlds('[["something", "else"]]')
