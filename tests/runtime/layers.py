"""All layers under test: what tests share is made once for each."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from wasmtime import wat2wasm

import witgen.runtime as rt
from witgen.runtime import value_layer
from witgen.runtime._abi import VARIABLE

P = ParamSpec("P")
R = TypeVar("R")


def once_per_layer(function: Callable[P, R]) -> Callable[P, R]:
    """`functools.cache`, of which each layer has its own."""

    @cache
    def cached(_layer: str, *args: object, **kwargs: object) -> R:
        return function(*args, **kwargs)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue]  # as declared

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return cached(f"{value_layer()} {os.environ.get(VARIABLE)}", *args, **kwargs)  # type: ignore[arg-type]  # what is passed can be hashed

    return call


def on_engine() -> bool:
    """Whether components run on witgen's engine."""
    return os.environ.get(VARIABLE) == "witgen"


def component(engine: rt.Engine, text: str) -> rt.ComponentSource:
    """A component of text, compiled where the layer takes it so."""
    return bytes(wat2wasm(text)) if on_engine() else rt.Component(engine, text)
