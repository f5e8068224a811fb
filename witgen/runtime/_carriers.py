"""What generated signatures mention of streams, futures and error contexts, and how they mark a deprecation.

Where a component gives a stream or future, its signature names a reader; where it takes one, it names what Python may give
instead. Only witgen's engine carries them: with wasmtime's component API, binding such a function is refused by name.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from typing_extensions import deprecated
else:

    def deprecated(message: str, /) -> Callable[[T], T]:
        """Mark a function as deprecated: checkers show `message` where it is used. At run time nothing else happens."""

        def mark(function: T) -> T:
            function.__deprecated__ = message
            return function

        return mark


T_co = TypeVar("T_co", covariant=True)


class StreamReader(Generic[T_co]):
    """The readable end of a `stream<T>`; None stands for a missing element type."""


class ByteStreamReader:
    """The readable end of a `stream<u8>`, which gives `bytes`."""


class FutureReader(Generic[T_co]):
    """The readable end of a `future<T>`; None stands for a missing element type."""


class ErrorContext:
    """An `error-context`."""


IntoStream: TypeAlias = StreamReader[T] | AsyncIterable[T] | Iterable[T]
"""What is taken for a `stream<T>`: a reader that came from a component, or anything that yields the items."""
IntoByteStream: TypeAlias = ByteStreamReader | bytes | bytearray | memoryview | AsyncIterable[bytes] | Iterable[bytes]
"""What is taken for a `stream<u8>`: a reader that came from a component, bytes, or anything that yields bytes."""
IntoFuture: TypeAlias = FutureReader[T] | Awaitable[T]
"""What is taken for a `future<T>`: a reader that came from a component, or anything that can be awaited."""

__all__ = [
    "ByteStreamReader",
    "ErrorContext",
    "FutureReader",
    "IntoByteStream",
    "IntoFuture",
    "IntoStream",
    "StreamReader",
    "deprecated",
]
