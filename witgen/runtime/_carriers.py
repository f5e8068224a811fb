"""What generated signatures mention of types that wasmtime-py cannot carry yet, and how they mark a deprecation.

The classes exist so that a world with such functions can be typed, generated and imported; binding the function itself
is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from typing_extensions import deprecated
else:
    T = TypeVar("T")

    def deprecated(message: str, /) -> Callable[[T], T]:
        """Mark a function as deprecated: checkers show `message` where it is used. At run time nothing else happens."""

        def mark(function: T) -> T:
            function.__deprecated__ = message
            return function

        return mark


T_co = TypeVar("T_co", covariant=True)


class StreamReader(Generic[T_co]):
    """The readable end of a `stream<T>`; None stands for a missing element type."""


class FutureReader(Generic[T_co]):
    """The readable end of a `future<T>`; None stands for a missing element type."""


class ErrorContext:
    """An `error-context`."""


__all__ = ["ErrorContext", "FutureReader", "StreamReader", "deprecated"]
