"""The fuzzer on a fixed sample of mutations of this project's own WIT; and that it finds, reduces and shows failures."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.fuzz import fuzz_wit
from tests.fuzz.fuzz_wit import OWN, Case, find_cases, fuzz
from tests.fuzz.mutate import mutate, tokens
from witgen.compiler.diagnostics import Diagnostics
from witgen.compiler.input.parsed import Loaded
from witgen.compiler.model.resolve.gates import Features
from witgen.compiler.model.resolve.passes import Resolution, resolve


def test_mutations_give_models_or_diagnostics(request: pytest.FixtureRequest) -> None:
    """A fixed sample; `--full` tries a hundred times as many."""
    most = 20_000 if request.config.getoption("--full") else 200
    cases = find_cases(OWN)
    assert len(cases) > 3
    tries, failures = fuzz(cases, 0, lambda tries: tries < most)
    assert tries == most
    assert not failures, "\n".join(failures.values())


def test_failures_are_found_and_reduced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted mistake is shown with what it takes to make it, and no more."""

    def mistaken(loaded: Loaded, features: Features, diagnostics: Diagnostics) -> Resolution:
        resolution = resolve(loaded, features, diagnostics)
        if "i" in resolution.resolved.root.interfaces:
            raise KeyError("planted")
        return resolution

    monkeypatch.setattr(fuzz_wit, "resolve", mistaken)
    text = b"package a:b;\n// not needed\ninterface i {\n  f: func();\n}\nworld w {}\n"
    _, failures = fuzz([Case("planted", (("a.wit", text),), is_file=True)], 0, lambda _tries: False)
    (shown,) = failures.values()
    assert "KeyError in mistaken" in shown
    assert "b'package a:b;interface i{}'" in shown


def test_slow_input_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not end in time is stopped and shown."""

    def endless(*_arguments: object) -> Resolution:
        while True:
            pass

    monkeypatch.setattr(fuzz_wit, "resolve", endless)
    monkeypatch.setattr(fuzz_wit, "SLOW", 0.05)
    monkeypatch.setattr(fuzz_wit, "REDUCING", 0.5)
    _, failures = fuzz([Case("slow", (("a.wit", b"package a:b;"),), is_file=True)], 0, lambda _tries: False)
    assert list(failures) == ["slow"]


def test_mutations_are_the_same_for_the_same_seed() -> None:
    """A failure can be seen again."""
    text = Path(__file__).read_bytes()
    assert b"".join(tokens(text)) == text
    first = [mutate(random, text, [text]) for random in [Random(5)] for _ in range(50)]
    assert first == [mutate(random, text, [text]) for random in [Random(5)] for _ in range(50)]
    assert len(set(first)) > 40
