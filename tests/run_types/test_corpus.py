"""The host package of every world of the corpus: importable, clean under mypy, linked with a component of its world.

What wasmtime compiles is prepared, instantiated and bound, function by function; the rest is refused by name. Values of
these types are carried by the other tests here, by `tests/property` and by `tests/runtime`.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from wasmtime import wat2wasm

from tests.compiler.bindings.guest import quality
from tests.compiler.bindings.guest.corpus import find_cases
from tests.models import HEADER
from witgen.compiler.bindings.host import plan_host
from witgen.compiler.diagnostics import Diagnostics, Severity
from witgen.compiler.emit.render import render_package
from witgen.compiler.input.parsed import load_text
from witgen.compiler.model.resolve.passes import resolve
from witgen.compiler.trial import package_child as child
from witgen.compiler.trial.stub import needs_async, stub_component
from witgen.component.items import Resolved, World
from witgen.runtime import BindError, ComponentMismatchError, engine, value_layer
from witgen.runtime._binding.comparison import compare_bytes
from witgen.runtime.generated import Prepared

HEAD = "package test:corners@1.2.3;\n"


def bits(count: int) -> str:
    """A flags type of so many flags."""
    return f"flags bits{count} {{ {', '.join(f'b{n}' for n in range(count))} }}"


CORNERS = {
    "flags": f"""interface sets {{
        {bits(1)} {bits(8)} {bits(9)} {bits(16)} {bits(17)} {bits(31)} {bits(32)}
        f: func(a: bits1, b: bits8, c: bits9, d: bits16, e: bits17, f: bits31) -> bits32;
    }}
    world w {{ import sets; export sets; }}""",
    "more_flags": f"interface sets {{ {bits(33)} {bits(64)} {bits(65)} f: func(a: bits33, b: bits64) -> bits65; }}"
    " world w { import sets; export sets; }",
    "letters": """interface net {
        record url { text: string }
        variant URL-error { HTTP(u16), http-2, other(URL-fault) }
        enum URL-fault { A-b, B-a }
        GET: func(url: string, URL-2: url) -> result<url, URL-error>;
    }
    interface gets { use net.{url as HTTP}; get: func(HTTP-1: HTTP, http-2: string) -> HTTP; }
    interface GET { get-it: func(a: string) -> u8; }
    world w { import net; import gets; import GET; import run: func(); export RUN: func(); export net; }""",
    "letters_alone": "interface i { record f { x: u8 } F: func(); } world w { import i; }",
    "empty_record": "interface i { record none { } f: func(a: none); } world w { import i; }",
}
"""Worlds that componentize-py need not see, by name."""

COMPILE, SUPPLY = "cannot compile", "cannot supply an async function"
STREAM, FUTURE = "cannot carry stream", "cannot carry future"
REFUSED = {
    "asynchronous_async_both": [SUPPLY],
    "asynchronous_async_imports": [SUPPLY],
    "asynchronous_async_world": [SUPPLY],
    "asynchronous_byte_streams": [STREAM],
    "asynchronous_ends_of_the_world": [STREAM],
    "asynchronous_future_both": [FUTURE],
    "asynchronous_future_exports": [FUTURE, FUTURE, FUTURE, STREAM, FUTURE],
    "asynchronous_future_imports": [FUTURE],
    "asynchronous_item_streams": [COMPILE],  # a stream of char
    "asynchronous_item_streams_both": [COMPILE],
    "asynchronous_item_streams_exported": [COMPILE],
    "asynchronous_named_ends": [STREAM],
    "asynchronous_nested_ends": [STREAM],
    "asynchronous_same_names": [STREAM],
    "asynchronous_signed_streams": [STREAM],
    "asynchronous_two_byte_streams": [STREAM],
    "asynchronous_unit_ends": [STREAM],
    "corners_empty_record": [COMPILE],
    "corners_letters_alone": [COMPILE],
    "corners_more_flags": [COMPILE],
    "fixed_lists_both": [COMPILE],
    "types_bits": [COMPILE],  # flags without names
    "types_empty_tuple": [COMPILE],
    "types_error_contexts": [COMPILE],
}
"""Worlds that cannot be linked whole, and what is said of them: of each exported function, or of all at once."""


@dataclass(frozen=True)
class Packages:
    """Packages beside each other, by the names of their folders in `root`."""

    root: Path
    worlds: dict[str, World]


def worlds() -> Iterator[tuple[str, World, Resolved]]:
    """Every world by the name of its package's folder; but for WASI's, which are golden files."""
    for case in find_cases():
        if case.wit.is_file():
            resolved = resolve(load_text(case.wit.read_text("utf-8")), "all", Diagnostics()).resolved
            yield case.module, resolved.root.worlds[case.world.name], resolved
    for name, text in CORNERS.items():
        resolved = resolve(load_text(HEAD + text), "all", Diagnostics()).resolved
        yield f"corners_{name}", resolved.root.worlds["w"], resolved


@pytest.fixture(name="packages", scope="module")
def _packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    found = Packages(tmp_path_factory.mktemp("corpus"), {})
    for module, world, resolved in worlds():
        diagnostics = Diagnostics()
        package = plan_host(world, resolved, HEADER, diagnostics)
        assert all(d.severity is not Severity.ERROR for d in diagnostics.found), module
        for file in render_package(package):
            path = found.root / module / Path(file.path).relative_to(package.root)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
        found.worlds[module] = world
    return found


@pytest.mark.slow
def test_every_module_imports(packages: Packages) -> None:
    """In one fresh interpreter, with warnings as errors."""
    assert len(packages.worlds) >= 100
    assert quality.imports(packages.root, sys.executable) == []


@pytest.mark.slow
def test_mypy_has_no_complaint(packages: Packages) -> None:
    """mypy in strict mode; pyright sees the packages of `tests/generated`, and these with `--full`."""
    assert quality.mypy(packages.root) == []


def test_pyright_has_no_complaint(packages: Packages, request: pytest.FixtureRequest) -> None:
    """pyright in strict mode."""
    if not request.config.getoption("--full"):
        pytest.skip("only with --full")
    assert quality.pyright(packages.root) == []


@pytest.mark.slow
def test_packages_link(packages: Packages) -> None:
    """Each is prepared, instantiated and bound whole with a component of its world, or refused by name."""
    refused: dict[str, list[str]] = {}
    for module, world in packages.worlds.items():
        said = link(packages.root / module, world)
        if said:
            refused[module] = said
    expected = REFUSED if value_layer() == "fast" else REFUSED | {"maps_both": ["cannot carry map"]}
    assert refused.keys() == expected.keys()
    for module, said in refused.items():
        assert len(said) == len(expected[module]), said
        for text, part in zip(said, expected[module], strict=True):
            assert part in text, module


@pytest.mark.slow
def test_no_package_refuses_its_own_stub(packages: Packages) -> None:
    """As the bytes that it is, it can be read and it fits, whatever wasmtime makes of it; so does what wasmtime compiles."""
    for module, world in packages.worlds.items():
        with imported(packages.root / module) as package:
            described = package.world_type
            assert described.plain is not None
            data = bytes(wat2wasm(stub_component(world)))
            assert compare_bytes(described.id, described.plain, data, ""), module
            try:
                Prepared(engine(component_async=True), data, described)
            except BindError as error:
                assert not isinstance(error, ComponentMismatchError), module


@contextmanager
def imported(folder: Path, world: str = "", cls: str = "") -> Generator[child.Package]:
    """A package as verification imports it, until the end of the block; `world` and `cls` name one of several."""
    try:
        yield child.Package(folder, world, cls)
    finally:
        forget_package()


def forget_package() -> None:
    """Let another package be imported under the name."""
    for name in [name for name in sys.modules if name.partition(".")[0] == child.PACKAGE]:
        del sys.modules[name]


def link(folder: Path, world: World) -> list[str]:
    """What `witgen --verify` would say of the package, in this process; nothing is a problem of the package itself."""
    output = io.StringIO()
    try:
        child.verify(child.EventWriter(output), folder, stub_component(world), is_async=needs_async(world))
    finally:
        forget_package()
    events = cast("list[dict[str, str]]", [json.loads(line) for line in output.getvalue().splitlines()])
    assert not [event for event in events if "problem" in event], events
    return [event["limit"] for event in events if "limit" in event]
