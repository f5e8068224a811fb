"""All layers under test: what tests share is made once for each."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from functools import wraps
from typing import ParamSpec, TypeVar

from wasmtime import wat2wasm

import witgen.runtime as rt
from witgen.runtime import value_layer
from witgen.runtime._abi import VARIABLE

P = ParamSpec("P")
R = TypeVar("R")


def once_per_layer(function: Callable[P, R]) -> Callable[P, R]:
    """`functools.cache`, with results of its own for each layer."""
    results: dict[Hashable, R] = {}

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        key = (value_layer(), os.environ.get(VARIABLE), args, tuple(kwargs.items()))
        if key not in results:
            results[key] = function(*args, **kwargs)
        return results[key]

    return call


def on_engine() -> bool:
    """Whether components run on witgen's engine."""
    return os.environ.get(VARIABLE) == "witgen"


def component(engine: rt.Engine, text: str) -> rt.ComponentSource:
    """A component of text, compiled where the layer takes it so."""
    return bytes(wat2wasm(text)) if on_engine() else rt.Component(engine, text)
