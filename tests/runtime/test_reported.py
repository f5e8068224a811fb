"""The world that wasmtime reports of a component is, to a comparison, the one that the binary reader reads.

Over every world of the corpus that wasmtime compiles, and over the cases of `witgen validate`. The value layers
have no part in it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from wasmtime import WasmtimeError
from wasmtime.component import Component

from tests.cases import read_group
from tests.compiler.bindings.guest.corpus import find_cases
from tests.wit_text import world_of
from witgen import runtime
from witgen.compiler.load.binaries import read_file
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import component_world
from witgen.component.fit import Comparison, compare
from witgen.component.items import Function, FunctionItem, InterfaceItem, TypeItem, World
from witgen.component.notation import function_text
from witgen.runtime._binding import reported as _reported
from witgen.runtime._binding.reported import Unreported, reported_world

CHANGED = {name: case for name, case in read_group("validate").items() if "app.wat" in case.stubs}
CASES = {case.module: case.world for case in find_cases()}
REFUSED = (
    "`stream<char>` is not valid",
    "Fixed-length lists require",
    "tuple type must have at least one type",
    "flags must have at least one entry",
    "`error-context` requires",
    "the `cm-implements` feature is not active",  # before 49
)
"""Why wasmtime compiles no component of a world."""


def doubled(levels: int) -> str:
    """A component whose one type is twice the one before it, so often."""
    types = "".join(f"(type $t{n} (tuple $t{n - 1} $t{n - 1}))" for n in range(1, levels))
    return f'(component (type $t0 (tuple u8)) {types} (import "f" (func (param "a" $t{levels - 1}))))'


def both(text: str) -> tuple[World, World]:
    """What wasmtime reports of a component, and what the reader reads.

    Raises:
        WasmtimeError: it is not a component.
        Unreported: wasmtime-py does not report all of it.
    """
    engine = runtime.engine(component_async=True)
    return reported_world(Component(engine, text), engine), component_world(read_file("a.wat", text.encode()))


def said(comparison: Comparison) -> tuple[object, ...]:
    """All that a comparison found, but for how types are called."""
    places = [(found.place, type(found.reason)) for found in comparison.differences]
    return places, comparison.supplied, comparison.unasked


@pytest.mark.slow
@pytest.mark.parametrize("module", CASES)
def test_the_corpus(module: str) -> None:
    """Each world is found in both, and either is found in the other."""
    world = CASES[module]
    try:
        reported, read = both(stub_component(world))
    except WasmtimeError as error:
        assert any(reason in str(error) for reason in REFUSED), error
        return
    for component, other in ((reported, world), (reported, read), (read, reported), (reported, reported)):
        found = compare(component, other, strict=True)
        assert (found.differences, found.supplied, found.unasked) == ([], [], [])


@pytest.mark.parametrize("name", CHANGED)
def test_what_differs(name: str) -> None:
    """The same is found in both, with each as the component and as the world."""
    world = world_of(CHANGED[name].text("app.wit"), "app")
    reported, read = both(CHANGED[name].component("app.wat"))
    assert said(compare(reported, world)) == said(compare(read, world))
    original = both(stub_component(world))
    assert said(compare(reported, original[0])) == said(compare(read, original[1]))
    assert said(compare(original[0], reported)) == said(compare(original[1], read))


def test_names() -> None:
    """Messages call a type as its interface does, where that can be told."""
    text = """package a:b;
    interface i { record point { x: u8 } resource r; }
    interface j { use i.{point as dot, r as handle}; f: func(a: list<dot>, b: borrow<handle>) -> tuple<handle>; }
    world w { import i; export i; export j; import g: func(p: option<future>, s: stream<u8>); }"""
    reported, read = both(stub_component(world_of(text, "w")))
    for world in (reported, read):
        texts = {function_text(f) for f in functions(world)}
        assert texts == {
            "func(a: list<dot>, b: borrow<handle>) -> tuple<handle>",
            "func(p: option<future>, s: stream<u8>)",
        }


def functions(world: World) -> Iterator[Function]:
    """All functions of a world."""
    for item in (*world.imports.values(), *world.exports.values()):
        match item:
            case FunctionItem(function):
                yield function
            case InterfaceItem(interface):
                yield from interface.functions.values()
            case TypeItem():
                pass


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('(component (import "m" (core module)))', "import m: WIT has no such item in a world"),
        ('(component (type $t u8) (export "t" (type $t)))', "export t: WIT has no such item in a world"),
        (
            '(component (import "a:b/i" (instance (export "m" (core module)))))',
            "import a:b/i, m: WIT has no such item in an interface",
        ),
        ('(component (import "url=<https://a.b>" (func)))', "`url=<https://a.b>` is not a name in kebab-case"),
        (doubled(9), "its types together are too large to be read"),
    ],
)
def test_what_cannot_be_reported(text: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is said, by item."""
    monkeypatch.setattr(_reported, "MOST_PARTS", 500)
    engine = runtime.engine()
    with pytest.raises(Unreported, match=f"^{re.escape(message)}$"):
        reported_world(Component(engine, text), engine)


def test_the_model_comes_late() -> None:
    """The runtime does not import the model unless it is asked to."""
    code = "import sys, witgen.runtime; print([m for m in sys.modules if m.startswith('witgen.') and '.model' in m or '.binary' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
