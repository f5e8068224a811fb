"""The ends of streams and futures as values: those of the guest's classes, and what the test gives and gets."""

from __future__ import annotations

import weakref
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sequence
from typing import cast

from ._errors import HostFault, Misfit
from ._events import guest_end, runtime
from ._pipes import HostFuture, HostStream, Pipe, pull_from
from ._types import BYTES, Future, List, Stream, load_class
from ._values import Handles, lift, lower_host

_STREAMS = "componentize_py_async_support.streams"
_FUTURES = "componentize_py_async_support.futures"


def make_pair(type: Stream | Future, handles: Handles, default: tuple[object, ...]) -> tuple[object, object]:
    """Both ends for the guest, the one to write first; `default` holds the function of a future."""
    pipe = Pipe(type)
    writer = _class(type, "Writer")(0, guest_end(pipe, handles), *default)
    return writer, _class(type, "Reader")(0, guest_end(pipe, handles))


def lift_guest(type: Stream | Future, flat: object, handles: Handles) -> object:
    """The reading end that the guest is given."""
    assert isinstance(flat, Pipe)
    return _class(type, "Reader")(0, guest_end(flat, handles))


def lower_guest(type: Stream | Future, value: object) -> Pipe:
    """The reading end that the guest gives away.

    Raises:
        Misfit: it is none, or it is in use, closed or given away.
    """
    handle = cast("object", getattr(value, "handle", None))
    if not isinstance(value, load_class(*_name(type, "Reader"))):
        raise Misfit(f"expected a {_name(type, 'Reader')[1]}, found {value.__class__.__name__}")
    if not isinstance(handle, int):
        raise Misfit(f"this {value.__class__.__name__} is in use, closed or given away")
    setattr(value, "handle", None)  # noqa: B010 - the attribute is the runtime's
    finalizer = cast("object", getattr(value, "finalizer", None))
    if isinstance(finalizer, weakref.finalize):
        finalizer.detach()
    return runtime.ends.pop(handle).pipe


def lift_host(type: Stream | Future, flat: object, handles: Handles) -> object:
    """The reading end that the test gets: a `HostStream` or `HostFuture`."""
    assert isinstance(flat, Pipe)

    def convert(items: Sequence[object]) -> Sequence[object]:
        if isinstance(type, Stream) and type.element in BYTES:
            return bytes(cast("Sequence[int]", items))
        return [lift(type.element, item, handles) for item in items]

    return HostStream(flat, convert) if isinstance(type, Stream) else HostFuture(flat, convert)


def lower_host_end(type: Stream | Future, value: object, handles: Handles) -> Pipe:
    """What the test gives as a stream: chunks, at once or in time. As a future: the value, or something to await.

    Raises:
        Misfit: it is something else.
    """
    if isinstance(value, HostStream | HostFuture):
        return value.give()
    if isinstance(type, Stream):
        return _stream(type, value, handles)
    element = type.element
    pipe = Pipe(type, spawn=runtime.spawn)
    if isinstance(value, Awaitable):
        waiting = cast("Awaitable[object]", value)

        async def later() -> Sequence[object]:
            try:
                return [lower_host(element, await waiting, handles)]
            except Misfit as misfit:
                raise HostFault(f"the value of a future{misfit.path}: {misfit.message}") from None

        pipe.pull = later
    else:
        pipe.rest = [lower_host(element, value, handles)]
    return pipe


def _stream(type: Stream, value: object, handles: Handles) -> Pipe:
    element = type.element

    def flatten(chunk: object) -> Sequence[object]:
        if element is None:
            return cast("Sequence[object]", chunk)
        try:
            return cast("Sequence[object]", lower_host(List(element), chunk, handles))
        except Misfit as misfit:
            raise HostFault(f"a chunk of a stream{misfit.path}: {misfit.message}") from None

    chunks: object = value
    if isinstance(value, bytes | bytearray):
        chunks = iter([bytes(value)])
    elif isinstance(value, Iterable):
        chunks = iter(cast("Iterable[object]", value))
    elif not isinstance(value, AsyncIterable):
        raise Misfit(f"expected chunks of a stream, found {value.__class__.__name__}")
    return Pipe(type, pull_from(chunks, flatten), runtime.spawn)


def _name(type: Stream | Future, end: str) -> tuple[str, str]:
    if isinstance(type, Future):
        return _FUTURES, f"Future{end}"
    return _STREAMS, f"ByteStream{end}" if type.element in BYTES else f"Stream{end}"


def _class(type: Stream | Future, end: str) -> Callable[..., object]:
    return cast("Callable[..., object]", load_class(*_name(type, end)))


__all__ = ["lift_guest", "lift_host", "lower_guest", "lower_host_end", "make_pair"]
