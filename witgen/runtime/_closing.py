"""Closing many things, each of which may raise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def close_each(close: Callable[[T], object], things: Iterable[T]) -> None:
    """Call `close` for each of `things`, whatever it raises for some.

    Raises:
        BaseException: what was raised last. Its chain of contexts goes on in what was raised before, and in what is being
            handled.
    """
    handled, failure = sys.exception(), None
    for thing in things:
        try:
            close(thing)
        except BaseException as error:  # noqa: BLE001  # raised at the end
            if failure is not None and error is not failure:
                _first(error, handled).__context__ = failure
            failure = error
    if failure is not None:
        context = failure.__context__
        try:
            raise failure
        except BaseException:
            failure.__context__ = context  # which `raise` replaces by what is being handled, as in contextlib.ExitStack
            raise


def _first(error: BaseException, handled: BaseException | None) -> BaseException:
    """The error that a chain of contexts began with, after the one that was being `handled` anyway."""
    seen = {id(error), id(handled)}
    while error.__context__ is not None and id(error.__context__) not in seen:
        error = error.__context__
        seen.add(id(error))
    return error
