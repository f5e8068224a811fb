"""A component that another test here builds, read from its binary: it has the world that it was built for (`test_fit.py`: it fits).

Nothing is built again: `build` keeps what it made.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checkout import ROOT, TESTS
from tests.compiler.syntax.spelled import spelled
from tests.run.building import build
from tests.wit_text import component_at
from witgen import api
from witgen.component.items import World


def world_at(wit: Path, name: str) -> World:
    """A world of a package."""
    resolution = api.load_and_resolve(str(wit))
    return api.select(resolution.resolved, (name,), resolution.diagnostics)[0]


@pytest.fixture(scope="module")
def proxy() -> Path:
    """The component of `test_proxy.py`."""
    return build(
        ROOT / "wit", "proxy", "app", TESTS / "run" / "proxy" / "guest", TESTS / "generated" / "proxy" / "guest"
    )


def test_its_exports_are_the_world_s(proxy: Path) -> None:
    """Every interface that the component exports has what the WIT says, and imports have nothing else than it says.

    componentize-py raises the version of WASI to its own.
    """
    found = [line.replace("@0.2.9", "@0.2.8") for line in spelled(component_at(proxy))]
    written = spelled(world_at(ROOT / "wit", "proxy"))
    exports = [line for line in written if line.startswith("export")]
    assert exports == [line for line in found if line.startswith("export ") and not line.startswith("export exports:")]
    imported = {line.partition(": ")[0] for line in written}
    shared = [line for line in found if line.partition(": ")[0] in imported]
    assert len(shared) > 50
    assert [line for line in shared if line not in written] == []
