"""Every test here runs on both value layers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from witgen.runtime._layer import VARIABLE


@pytest.fixture(scope="package", params=["fast", "public"], autouse=True)
def layer(request: pytest.FixtureRequest) -> Iterator[str]:
    """The layer, for this process and those that it starts."""
    before = os.environ.get(VARIABLE)
    chosen = str(request.param)
    os.environ[VARIABLE] = chosen
    yield chosen
    if before is None:
        del os.environ[VARIABLE]
    else:
        os.environ[VARIABLE] = before
