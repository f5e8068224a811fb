"""Closing many things, each of which may raise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def close_each(close: Callable[[T], object], things: Iterable[T]) -> None:
    """Call `close` for each of `things`, whatever it raises for some.

    Raises:
        BaseException: what was raised last. Its chain of contexts ends in what was raised before.
    """
    failure: BaseException | None = None
    for thing in things:
        try:
            close(thing)
        except BaseException as error:  # noqa: BLE001  # raised at the end
            if failure is not None and error is not failure:
                _first(error).__context__ = failure
            failure = error
    if failure is not None:
        raise failure


def _first(error: BaseException) -> BaseException:
    """The error that a chain of contexts began with."""
    seen = {id(error)}
    while error.__context__ is not None and id(error.__context__) not in seen:
        error = error.__context__
        seen.add(id(error))
    return error
