"""What `prepare` of a generated package pays to compare the whole component with its world.

    python benchmarks/prepare.py [--quick] [--component FILE]

For the component of `calls.py` and for a stub of the `proxy` world: reading the component's world from its bytes (or, of
one that is compiled already, from what wasmtime reports), reading the package's own world (once, whatever is prepared),
comparing the two, and beside it `prepare` as a whole, in a process that has prepared one before. `--component` is read, too:
a large one, say, of which only the types are looked at; otherwise a stub with 20 MB of code is made up. Ratios are what to
read; nothing is asserted here.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from calls import measure
from calls_guest import component as component_text
from calls_sides import generate, member
from wasmtime import wat2wasm
from wasmtime.component import Component

import witgen.runtime as rt
from witgen import api
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import component_world, read_binary
from witgen.component.fit import compare
from witgen.component.plain import read_worlds
from witgen.runtime._binding import comparison as _comparing
from witgen.runtime._binding.reported import reported_world

WIT = Path(__file__).resolve().parent.parent / "wit"
LARGE = 20_000_000


def proxy() -> tuple[ModuleType, bytes]:
    """The package of the `proxy` world, and a stub that fits it."""
    folder = Path(tempfile.mkdtemp(prefix="witgen-prepare-"))
    api.generate(api.Request(str(WIT), ("proxy",), folder, api.Side.HOST))
    sys.path.insert(0, str(folder / "host"))
    world = api.load_and_resolve(str(WIT)).resolved.root.worlds["proxy"]
    return importlib.import_module("proxy"), bytes(wat2wasm(stub_component(world)))


def large(data: bytes) -> bytes:
    """A component with a custom section of 20 MB."""
    size = LARGE + 5
    length = bytes((size >> shift & 0x7F) | (0x80 if shift < 21 else 0) for shift in (0, 7, 14, 21))
    return data + b"\0" + length + b"\x04code" + bytes(LARGE)


def show(title: str, package: ModuleType, name: str, data: bytes, rounds: int) -> None:
    """Print the figures of one package and component."""
    engine = rt.engine()
    prepare = member(package, f"{name}.prepare")
    plain = member(package, "_abi.WORLD.plain")
    text = str(plain())
    compiled = Component(engine, data)
    found, (world,) = component_world(read_binary(data)), read_worlds(text)
    assert not compare(found, world).differences
    prepare(engine, compiled)

    steps: dict[str, Callable[[], object]] = {
        "prepare, of bytes": lambda: prepare(engine, data),
        "  read the component": lambda: component_world(read_binary(data)),
        "  compare": lambda: compare(found, world),
        "  both, as prepare does it": lambda: _comparing.compare_bytes(world.id, plain_text(plain), data, ""),
        "  compile (wasmtime)": lambda: Component(engine, data),
        "prepare, of a Component": lambda: prepare(engine, compiled),
        "  read what wasmtime reports": lambda: reported_world(compiled, engine),
        "  that, and compare": lambda: _comparing.compare_compiled(world.id, plain_text(plain), compiled, engine, ""),
        "once: read the package's world": lambda: read_worlds(text),
    }
    seconds = measure(list(steps.values()), 1, rounds)
    print(f"\n{title}: {len(data):,} bytes; {len(text):,} of the package{'':6} {'ms':>9} {'of prepare':>11}")
    whole = 1.0
    for label, took in zip(steps, seconds, strict=True):
        assert took is not None
        whole = took if label.startswith("prepare") else whole
        print(f"{label:60} {took * 1e3:9.2f} {took / whole:11.2f}", flush=True)


def plain_text(plain: Callable[..., object]) -> Callable[[], str]:
    """The loader of the package's text, as the runtime has it."""
    return _TEXTS.setdefault(plain, lambda: str(plain()))


_TEXTS: dict[Callable[..., object], Callable[[], str]] = {}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="What comparing costs when a component is prepared.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--component", type=Path, help="a component to read beside the others")
    options = parser.parse_args()
    rounds = 5 if options.quick else 25
    show("the component of calls.py", generate(), "Bench", bytes(wat2wasm(component_text())), rounds)
    package, stub = proxy()
    show("a stub of `proxy`", package, "Proxy", stub, rounds)
    data = large(stub) if options.component is None else options.component.read_bytes()
    title = "20 MB, made up" if options.component is None else options.component.name
    (took,) = measure([lambda: component_world(read_binary(data))], 1, rounds)
    (least,) = measure([lambda: component_world(read_binary(stub))], 1, rounds)
    assert took is not None and least is not None
    print(
        f"\n{title}: {len(data):,} bytes are read in {took * 1e3:.2f} ms; the stub of `proxy` in {least * 1e3:.2f} ms"
    )


if __name__ == "__main__":
    main()
