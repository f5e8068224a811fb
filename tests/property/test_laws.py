"""Laws of the front end, tried on drawn packages and on texts that are nearly WIT, or not at all."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from tests.checkout import ROOT
from tests.property.facts import facts, interface_facts, item_facts, key_facts
from tests.property.strategies import BYTES, TEXTS, Drawn, resolved
from tests.wit_text import resolve_path, resolve_text
from witgen.compiler.diagnostics import WitError
from witgen.compiler.diagnostics.human import render
from witgen.compiler.model.formats.json import dump_json
from witgen.compiler.model.formats.tree import render_tree
from witgen.compiler.model.formats.wit import print_wit
from witgen.component.items import (
    Freestanding,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    Resolved,
    TypeItem,
    World,
    WorldItem,
)
from witgen.component.types import Alias, Definition

# Any input ------------------------------------------------------------------------------------------------------------


def gives_model_or_diagnostics(path: Path) -> None:
    """Anything but a model that can be printed, or diagnostics that can be rendered, is an error."""
    try:
        model = resolve_path(path, "all").resolved
    except WitError as refused:
        assert "error[" in render(refused.diagnostics, color=False)
    else:
        dump_json(model)
        render_tree(model)


@given(TEXTS)
def test_any_text_gives_a_model_or_diagnostics(text: str) -> None:
    """No text raises anything else."""
    try:
        resolve_text(text)
    except WitError as refused:
        assert "error[" in render(refused.diagnostics, color=False)


@given(BYTES)
def test_any_bytes_give_a_model_or_diagnostics(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """No file raises anything else."""
    path = tmp_path_factory.getbasetemp() / "law.wit"
    path.write_bytes(data)
    gives_model_or_diagnostics(path)


@given(resolved(), st.randoms(use_true_random=False), st.integers(1, 3))
def test_damaged_packages_give_a_model_or_diagnostics(drawn: Drawn, source: random.Random, times: int) -> None:
    """A good text with some words left out, doubled or exchanged raises nothing else."""
    words = drawn.text.split(" ")
    for _ in range(times):
        if not words:
            break
        at = source.randrange(len(words))
        words[at : at + 1] = source.choice([[], [words[at]] * 2, [source.choice(words)]])
    try:
        resolve_text(" ".join(words))
    except WitError as refused:
        assert "error[" in render(refused.diagnostics, color=False)


# Printing and reading -------------------------------------------------------------------------------------------------


def read(drawn: Drawn) -> Resolved:
    """The model that the text of a drawn one gives; worlds that cannot be completed are drawn again."""
    try:
        return resolve_text(drawn.text, "all").resolved
    except WitError as refused:
        impossible = {finding.code.slug for finding in refused.diagnostics} == {"incompatible-world"}
        if impossible:
            event("incompatible world")
            assume(False)
        raise


@given(resolved())
def test_reading_gives_the_package_that_was_printed(drawn: Drawn) -> None:
    """Interfaces, types, functions, docs, gates: all as drawn, in the order of the drawing."""
    again = read(drawn)
    assert {str(package.name) for package in again.packages} == {str(package.name) for package in drawn.model.packages}
    by_name = {package.name: package for package in again.packages}
    for package in drawn.model.packages:
        there = by_name[package.name]
        assert there.docs == package.docs
        assert list(there.interfaces) == list(package.interfaces)
        assert list(there.worlds) == list(package.worlds)
        for name, interface in package.interfaces.items():
            assert interface_facts(there.interfaces[name]) == interface_facts(interface)
        for name, world in package.worlds.items():
            check_elaborated(world, there.worlds[name])


@given(resolved())
def test_printing_what_was_read_is_stable(drawn: Drawn) -> None:
    """An elaborated world says all: reading its text adds nothing, and the text is the same again."""
    once = read(drawn)
    text = print_wit(once)
    twice = resolve_text(text, "all").resolved
    assert facts(twice) == facts(once)
    assert print_wit(twice) == text
    assert dump_json(twice) == dump_json(resolve_text(text, "all").resolved)


@pytest.mark.parametrize(
    "path", ["wit", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "tests").glob("golden/resolve/*/wit"))]
)
def test_printing_the_project_s_packages_keeps_their_models(path: str) -> None:
    """Real packages too: what was read from many files is the same, read from one."""
    model = resolve_path(ROOT / path, "all").resolved
    assert facts(resolve_text(print_wit(model), "all").resolved) == facts(model)


# Worlds ---------------------------------------------------------------------------------------------------------------


def needs(item: WorldItem) -> list[Interface]:
    """The interfaces that an import or export uses types of, directly."""
    match item:
        case InterfaceItem(interface):
            return used_by(interface)
        case TypeItem(Alias(target=Definition(owner=Interface() as home))):
            return [home]
        case _:
            return []


def used_by(interface: Interface) -> list[Interface]:
    """The interfaces that another uses types of."""
    targets = [d.target for d in interface.types.values() if isinstance(d, Alias) and isinstance(d.target, Definition)]
    return [t.owner for t in targets if isinstance(t.owner, Interface) and t.owner is not interface]


def all_needed(interfaces: list[Interface]) -> Iterator[Interface]:
    """The given interfaces and all that these need."""
    for interface in interfaces:
        yield interface
        yield from all_needed(used_by(interface))


def rank(item: WorldItem) -> int:
    """The classes of imports, in their order."""
    match item:
        case InterfaceItem():
            return 0
        case TypeItem(definition):
            return 1 if needs(TypeItem(definition)) and isinstance(definition, Alias) else 2
        case FunctionItem(function):
            return 3 if isinstance(function.kind, Freestanding) else 4


def check_elaborated(drawn: World, world: World) -> None:
    """A world has what was drawn, what that needs, and nothing else, in the order that elaboration promises."""
    assert (world.docs, world.stability) == (drawn.docs, drawn.stability)
    for side, there in ((drawn.imports, world.imports), (drawn.exports, world.exports)):
        found = {str(key_facts(key)): item_facts(item) for key, item in there.items()}
        for key, item in side.items():
            expected = item_facts(item)
            actual = found[str(key_facts(key))]
            if isinstance(key, InterfaceKey):
                # It may have been pulled in by another item first, with that one's gate and without docs.
                assert isinstance(actual, tuple) and isinstance(expected, tuple) and actual[:2] == expected[:2]
            else:
                assert actual == expected
    ids = {key.interface.id for side in (world.imports, world.exports) for key in side if isinstance(key, InterfaceKey)}
    items = (*drawn.imports.values(), *drawn.exports.values())
    wanted = {interface.id for item in items for interface in all_needed(needs(item))}
    explicit = {
        key.interface.id for side in (drawn.imports, drawn.exports) for key in side if isinstance(key, InterfaceKey)
    }
    assert ids == wanted | explicit
    check_order(world)


def check_order(world: World) -> None:
    """Imports stand in classes, exports begin with functions, and interfaces follow those that they need."""
    ranks = [rank(item) for item in world.imports.values()]
    assert ranks == sorted(ranks)
    exported = [isinstance(item, InterfaceItem) for item in world.exports.values()]
    assert exported == sorted(exported)
    seen: set[Interface] = set()
    for key, item in world.imports.items():
        assert all(interface in seen for interface in needs(item)), key
        if isinstance(key, InterfaceKey):
            seen.add(key.interface)
    exports = [key.interface for key in world.exports if isinstance(key, InterfaceKey)]
    done: set[Interface] = set()
    for key, item in world.exports.items():
        for interface in needs(item):
            assert interface in done or (interface in seen and interface not in exports), key
        if isinstance(key, InterfaceKey):
            done.add(key.interface)


@given(resolved(), st.data())
def test_including_a_world_brings_all_of_it(drawn: Drawn, data: st.DataObject) -> None:
    """A world that includes another has the same imports and exports, the plain names renamed as it says."""
    model = read(drawn)
    worlds = [world for package in model.packages for world in package.worlds.values()]
    assume(worlds)
    world = data.draw(st.sampled_from(worlds))
    plain = sorted(
        {key for side in (world.imports, world.exports) for key in side if isinstance(key, str) and "[" not in key}
    )
    renamed = data.draw(st.lists(st.sampled_from(plain), unique=True)) if plain else []
    names = {name: f"renamed-{number}" for number, name in enumerate(renamed)}
    clause = f"with {{ {', '.join(f'%{old} as {new}' for old, new in names.items())} }}" if names else ";"
    name = world.package.name
    version = "" if name.version is None else f"@{name.version}"
    path = f"%{world.name}" if world.package is model.root else f"%{name.namespace}:%{name.name}/%{world.name}{version}"
    text = f"{print_wit(model)}\nworld including-it {{ include {path} {clause} }}\n"
    again = resolve_text(text, "all").resolved
    including = again.root.worlds["including-it"]
    (original,) = (package.worlds[world.name] for package in again.packages if package.name == name)

    def renamed_key(key: object) -> object:
        if not isinstance(key, str):
            return key
        kind, bracket, rest = key.rpartition("]")
        stem, dot, member = rest.partition(".")
        return f"{kind}{bracket}{names.get(stem, stem)}{dot}{member}"

    for there, here in ((original.imports, including.imports), (original.exports, including.exports)):
        assert {str(renamed_key(key_facts(key))) for key in there} == {str(key_facts(key)) for key in here}
    for item in (*including.imports.values(), *including.exports.values()):
        match item:
            case TypeItem(definition):
                assert definition.owner is including
            case InterfaceItem(Interface(name=None) as interface):
                assert interface.clone_of is not None and interface.package is including.package
                assert all(definition.owner is interface for definition in interface.types.values())
            case _:
                pass
    check_order(including)


# Order and hashing ----------------------------------------------------------------------------------------------------

SEVERAL_FILES = {
    "a.wit": "package p:q@1.0.0; /// i\ninterface i { use j.{t}; use d:e/k.{u}; f: func(a: t, b: list<u>); }",
    "b.wit": "interface j { type t = option<list<u8>>; resource r { g: func(); } }",
    "c.wit": "world w { import i; export j; use j.{r}; include v; import x: interface { use j.{t}; } }",
    "d.wit": "world v { import d:e/k; export y: func(a: list<u8>, b: option<list<u8>>); type z = u8; }",
    "deps/zz/e.wit": "package d:e; interface k { use f:g/l.{u}; }",
    "deps/aa.wit": "package f:g; interface l { record u { a: u8 } }",
}
BROKEN_FILES = SEVERAL_FILES | {
    "b.wit": "interface j { type t = nope; use k.{a, b}; }",
    "d.wit": "world v { } interface w {}",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Files below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def outcome(folder: Path) -> str:
    """What the command prints for a folder: a dump, or diagnostics."""
    try:
        return dump_json(resolve_path(folder, "all").resolved)
    except WitError as refused:
        return render(refused.diagnostics, color=False)


@pytest.mark.parametrize("files", [SEVERAL_FILES, BROKEN_FILES], ids=["good", "broken"])
@pytest.mark.parametrize("seed", range(5))
def test_order_of_listing_does_not_matter(
    files: dict[str, str], seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Systems list folders in any order."""
    folder = write(tmp_path, files)
    before = outcome(folder)
    listdir = os.listdir

    def shuffled(path: str) -> list[str]:
        names = listdir(path)
        random.Random(seed).shuffle(names)
        return names

    monkeypatch.setattr(os, "listdir", shuffled)
    assert outcome(folder) == before


@pytest.mark.parametrize("files", [SEVERAL_FILES, BROKEN_FILES], ids=["good", "broken"])
def test_hash_seed_does_not_matter(files: dict[str, str], tmp_path: Path) -> None:
    """Nothing is in the order of a hash."""
    folder = write(tmp_path, files)
    command = [sys.executable, "-m", "witgen", "inspect", "--json", "--all-features", str(folder)]
    runs = [
        subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=False)
        for seed in ("0", "1", "random")
    ]
    assert len({(run.returncode, run.stdout, run.stderr) for run in runs}) == 1
    assert runs[0].returncode in (0, 1)
