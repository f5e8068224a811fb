"""How many examples the laws are tried on: a fixed sample, not reduced, or with `--full` many, new ones each time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings

_SLOW_IS_FINE = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

settings.register_profile(
    "sample",
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=_SLOW_IS_FINE,
)
settings.register_profile("full", max_examples=1000, deadline=timedelta(minutes=1), suppress_health_check=_SLOW_IS_FINE)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the profile."""
    settings.load_profile("full" if config.getoption("--full") else "sample")
