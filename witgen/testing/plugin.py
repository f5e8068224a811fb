"""The pytest plugin: settings for where the guest is, and fixtures that enter it.

    [pytest]
    witgen_path = bindings/guest src
    witgen_app = app

`wasi` is a `Wasi` as it comes, and `guest` are the exports of the application with `wasi` around it. What else the world
imports is given by a fixture of the project's own, `guest_imports`. Nothing of a guest is loaded before a test asks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from .wasi import Wasi


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the guest is."""
    parser.addini("witgen_path", "folders of the generated guest package and of the application", "paths", [])
    parser.addini("witgen_app", "the application's module, by the name that componentize-py is given", default="app")
    parser.addini("witgen_world", "the world module (`--world-module`)", default="wit_world")


def pytest_configure(config: pytest.Config) -> None:
    """Put the folders before everything else: another package may have a module of the same name."""
    paths = cast("list[object]", config.getini("witgen_path"))
    sys.path[:0] = [str(path) for path in paths if str(path) not in sys.path]


@pytest.fixture
def wasi() -> Wasi:
    """Fakes for WASI 0.2, as they come. Override it for another environment, files or network."""
    from .wasi import Wasi

    return Wasi()


@pytest.fixture
def guest_imports() -> Mapping[str, object]:
    """What the world imports besides WASI, by the keywords of its `native(…)`. Override it."""
    return {}


@pytest.fixture
def guest(request: pytest.FixtureRequest, wasi: Wasi, guest_imports: Mapping[str, object]) -> Iterator[object]:
    """The exports of the application: `Exports` of the generated `…_native` module."""
    world = cast("str", request.config.getini("witgen_world"))
    app = cast("str", request.config.getini("witgen_app"))
    native = cast(
        "Callable[..., AbstractContextManager[object]]",
        getattr(import_module(f"{world}_native"), "native"),  # noqa: B009
    )
    with native(app, others=wasi, **guest_imports) as exports:
        yield exports
