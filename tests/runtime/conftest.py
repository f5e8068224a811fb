"""Every test here runs on both value layers of wasmtime's component API, and on witgen's engine."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from witgen.runtime._abi import VARIABLE as ABI
from witgen.runtime._layer import VARIABLE as LAYER


@pytest.fixture(scope="package", params=["fast", "public", "core"], autouse=True)
def layer(request: pytest.FixtureRequest) -> Iterator[str]:
    """The layer, for this process and those that it starts."""
    before = {name: os.environ.get(name) for name in (LAYER, ABI)}
    chosen = str(request.param)
    os.environ[LAYER] = "fast" if chosen == "core" else chosen
    os.environ[ABI] = "witgen" if chosen == "core" else "wasmtime"
    yield chosen
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "component_api: what only wasmtime's component API has, or is about it alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what witgen's engine does not carry: `test_core.py` holds that it is refused by name."""
    left_out = [item for item in items if item.get_closest_marker("component_api") and "[core" in item.name]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
