"""Both value layers under test: what tests share is made once for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from witgen.runtime import value_layer

P = ParamSpec("P")
R = TypeVar("R")


def once_per_layer(function: Callable[P, R]) -> Callable[P, R]:
    """`functools.cache`, of which each layer has its own."""

    @cache
    def cached(_layer: str, *args: object, **kwargs: object) -> R:
        return function(*args, **kwargs)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue]  # as declared

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return cached(value_layer(), *args, **kwargs)  # type: ignore[arg-type]  # what is passed can be hashed

    return call
