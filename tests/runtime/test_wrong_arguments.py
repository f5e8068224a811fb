"""What programs pass by mistake, where checkers are not used: a TypeError that names the argument."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import witgen.runtime as rt
from witgen import __version__
from witgen.runtime.generated import Prepared, WorldType


def _engine(wrong: Any) -> object:
    return rt.engine(stack_size=wrong)


def _ticker(wrong: Any) -> object:
    return rt.Ticker(wrong)


def _interval(wrong: Any) -> object:
    return rt.Ticker(rt.engine(epoch_interruption=True), wrong)


def _prepare(wrong: Any) -> object:
    return Prepared(wrong, b"", WorldType("a:b/w", __version__))


def _pooling(wrong: Any) -> object:
    return rt.engine(pooling=wrong)


def _isolated(wrong: Any) -> object:
    return Prepared(rt.engine(), b"", WorldType("a:b/w", __version__), isolated=wrong)


def _compile_ahead(wrong: Any) -> object:
    return rt.compile_ahead(wrong, "cache")


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (_engine, "engine(stack_size): expected int, got str"),
        (_ticker, "Ticker(engine): expected an Engine, got str"),
        (_interval, "Ticker(interval): expected a number of seconds, got str"),
        (_prepare, "prepare(): expected an Engine, got str"),
        (_compile_ahead, "compile_ahead(): expected a component's bytes, got str"),
    ],
)
def test_it_is_named(
    use: Callable[[Any], object], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function, the argument, what it takes and what it got; and nothing has happened."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError) as refused:
        use("text")
    assert str(refused.value) == message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("use", "name"), [(_ticker, "Engine"), (_prepare, "Engine"), (_pooling, "Pooling"), (_isolated, "Isolation")]
)
def test_a_class_of_the_same_name_is_named_in_full(use: Callable[[Any], object], name: str) -> None:
    """Not `expected an Engine, got Engine`."""
    other = type(name, (), {"__module__": "other.package"})
    with pytest.raises(TypeError, match=rf"got a different {name}: other\.package\.{name}, not \w+\."):
        use(other())
