"""Every world of the corpus, with a component of its own and its generated package: the same calls on both engines."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from tests.compiler.bindings.guest.corpus import find_cases
from tests.engines.compare import compare
from tests.engines.planned import Exported, Planned
from tests.forwarding.component import forwarding_component
from tests.models import HEADER
from tests.run_types.test_corpus import forget_package
from witgen.compiler.bindings.host import plan_host
from witgen.compiler.diagnostics import Diagnostics
from witgen.compiler.emit.render import render_package
from witgen.compiler.input.parsed import load_text
from witgen.compiler.model.resolve.passes import resolve
from witgen.compiler.trial import package_child as child
from witgen.compiler.trial.stub import stub_component
from witgen.component.items import World

CASES = {case.module: case for case in find_cases() if case.wit.is_file()}
NOT_RUN = ("asynchronous", "fixed_lists_both", "types_bits", "types_empty_tuple", "types_error_contexts")
"""Worlds that neither engine runs yet, by how they begin: asynchronous ones, and what wasmtime does not compile."""
SEEDS = range(3)


def package(module: str, folder: Path) -> tuple[World, Planned]:
    """A world of the corpus, and what its generated package says of it."""
    resolved = resolve(load_text(CASES[module].wit.read_text("utf-8")), "all", Diagnostics()).resolved
    world = resolved.root.worlds[CASES[module].world.name]
    planned = plan_host(world, resolved, HEADER, Diagnostics())
    for file in render_package(planned):
        path = folder / Path(file.path).relative_to(planned.root)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    found = child.Package(folder)
    exported = [Exported(f.interface, f.name, f.params, f.result) for _, _, f in found.functions()]
    return world, Planned(found.world_type, exported)


def components(world: World) -> dict[str, bytes]:
    """Components of a world: one whose functions trap, and one that asks the host, where each has a twin to ask."""
    made = {"stub": bytes(wat2wasm(stub_component(world)))}
    with suppress(KeyError, AssertionError):  # not every function has a twin
        made["forwarding"] = bytes(wat2wasm(forwarding_component(world)))
    return made


def run(module: str, folder: Path, counts: Counter[str]) -> None:
    """Compare the components of a world."""
    try:
        world, planned = package(module, folder)
        for kind, data in components(world).items():
            for seed in SEEDS:
                same, found = compare("corpus", data, seed, planned)
                assert found is None, f"{module}, {kind}: {found.one}\n{found.other}"
                counts[kind] += same
            counts[f"{kind} components"] += 1
    finally:
        forget_package()


@pytest.mark.slow
def test_both_engines_do_the_same(tmp_path: Path) -> None:
    """With values that are drawn: what they return, raise and trap for, and what the host is called with."""
    counts: Counter[str] = Counter()
    for module in CASES:
        if not module.startswith(NOT_RUN):
            run(module, tmp_path / module, counts)
    assert counts["stub components"] > 70 and counts["forwarding components"] > 30
    assert counts["stub"] + counts["forwarding"] > 1_200
