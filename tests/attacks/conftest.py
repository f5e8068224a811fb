"""Which attacks are tried, and on which value layers."""

from __future__ import annotations

import sys

import pytest

from .attack import Attack


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With `--full` all attacks of a module's `ATTACKS` on both layers, otherwise its sample on the fast one."""
    if "attack" not in metafunc.fixturenames:
        return
    full = metafunc.config.getoption("--full")
    module = sys.modules[metafunc.function.__module__]
    attacks: dict[str, Attack] = vars(module)["ATTACKS"]
    chosen = {name: attack for name, attack in attacks.items() if full or attack.is_sample}
    metafunc.parametrize("layer", ["fast", "public"] if full else ["fast"])
    metafunc.parametrize("attack", chosen.values(), ids=chosen.keys())
