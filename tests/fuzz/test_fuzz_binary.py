"""The fuzzer of binaries on a fixed sample of mutations; and that it shows what fails."""

from __future__ import annotations

import pytest

from tests.fuzz.fuzz_binary import agree, fuzz


def test_mutations_give_models_or_diagnostics(request: pytest.FixtureRequest) -> None:
    """A fixed sample; `--full` tries a hundred times as many."""
    most = 30_000 if request.config.getoption("--full") else 300
    tries, models, failures = fuzz(0, lambda tries: tries < most)
    assert tries == most
    assert models
    assert not failures, failures[0]


def test_wasmtime_reports_what_is_read(request: pytest.FixtureRequest) -> None:
    """Of every mutation that both of them take."""
    most = 30_000 if request.config.getoption("--full") else 300
    _, agreed, failures = fuzz(1, lambda tries: tries < most, agree)
    assert agreed > most / 100
    assert not failures, failures[0]


def test_failures_are_shown() -> None:
    """A planted mistake comes out with the bytes that show it."""

    def mistaken(_data: bytes) -> bool:
        raise KeyError("planted")

    _, _, (failure,) = fuzz(0, lambda tries: tries < 1, mistaken)
    assert "KeyError: 'planted'" in failure and failure.endswith(tuple("0123456789abcdef"))
