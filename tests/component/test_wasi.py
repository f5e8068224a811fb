"""`wit/` holds the standard's declarations: compared item by item with the recorded table."""

from __future__ import annotations

import json

import pytest

from tests.checkout import ROOT
from tests.compiler.model.wasi_table import hashes
from tests.golden import GOLDEN, check
from witgen.api import dump, load_and_resolve
from witgen.component import types

RECORDED: dict[str, dict[str, str]] = json.loads((GOLDEN / "wasi-0.2.8.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("features", ["default", "all-features"])
def test_declarations_are_those_of_the_standard(features: str) -> None:
    """No item is missing, extra or different, by path."""
    actual = hashes(load_and_resolve(str(ROOT / "wit"), all_features=features == "all-features").resolved)
    recorded = RECORDED[features]
    assert sorted(set(recorded) - set(actual)) == []
    assert sorted(set(actual) - set(recorded)) == []
    assert [path for path in recorded if recorded[path] != actual[path]] == []


def test_everything_is_documented() -> None:
    """Every package, interface, world, type and function of `wit/` has docs."""
    bare: list[str] = []
    for package in load_and_resolve(str(ROOT / "wit"), all_features=True).resolved.packages:
        bare += [] if package.docs else [str(package.name)]
        for interface in package.interfaces.values():
            bare += [] if interface.docs else [f"{package.name} {interface.name}"]
            # A name taken by `use` cannot have docs.
            own = [t for t in interface.types.values() if not _is_used(t)]
            bare += [f"{interface.id} {t.name}" for t in own if not t.docs]
            bare += [f"{interface.id} {f.name}" for f in interface.functions.values() if not f.docs]
        bare += [world.id for world in package.worlds.values() if not world.docs]
    assert bare == []


def _is_used(definition: types.TypeDefinition) -> bool:
    match definition:
        case types.Alias(target=types.Definition(owner=owner)):
            return owner is not definition.owner
        case _:
            return False


def test_the_resolved_model_is_the_golden_one() -> None:
    """The JSON of the whole resolve, docs included."""
    check(GOLDEN / "resolve-wasi.json", dump(load_and_resolve(str(ROOT / "wit")).resolved))
