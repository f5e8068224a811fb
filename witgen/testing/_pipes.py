"""Streams and futures between the guest and the test, or within the guest: a write meets a read.

A `Pipe` holds at most one operation of each end. An operation that finds its counterpart is done at once; otherwise it
waits, and `wake` is called when it is done, with a code and what was moved. Items are flat.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar, cast

from ._errors import Trap
from ._types import BOOL, BYTES, CHAR, ERROR_CONTEXT, STRING, Future, Primitive, Stream

T = TypeVar("T")
COMPLETED = 0
DROPPED = 1

Wake = Callable[[int, Sequence[object]], None]
Written = Callable[[int, int], None]
Pull = Callable[[], "Awaitable[Sequence[object] | None] | Sequence[object] | None"]


class End(Enum):
    """Who holds an end."""

    GUEST = "guest"
    HOST = "host"


@dataclass(slots=True)
class _Read:
    by: End
    count: int
    wake: Wake


@dataclass(slots=True)
class _Write:
    by: End
    items: Sequence[object]
    wake: Written


@dataclass(slots=True, eq=False)
class Pipe:
    """A stream or future. `pull` gives more where the test's side writes: None at the end."""

    type: Stream | Future
    pull: Pull | None = None
    spawn: Callable[[Awaitable[None]], None] | None = None
    reading: _Read | None = None
    writing: _Write | None = None
    reader_open: bool = True
    writer_open: bool = True
    rest: Sequence[object] = field(default_factory=tuple[object, ...])

    def read(self, by: End, count: int, wake: Wake) -> tuple[int, Sequence[object]] | None:
        """Take at most `count` items; None: `wake` will be called."""
        if self.writing is not None:
            write, self.writing = self.writing, None
            self._check(by, write.by)
            moved = write.items[:count]
            write.wake(COMPLETED, len(moved))
            return COMPLETED, moved
        if self.pull is not None and self.writer_open and self._refill(by, count, wake):
            return None
        if self.rest:
            moved, self.rest = self.rest[:count], self.rest[count:]
            return COMPLETED, moved
        if not self.writer_open:
            return DROPPED, ()
        self.reading = _Read(by, count, wake)
        return None

    def _refill(self, by: End, count: int, wake: Wake) -> bool:
        """Ask the test's side for items; whether they come later."""
        while not self.rest and self.writer_open:
            assert self.pull is not None
            pulled = self.pull()
            if isinstance(pulled, Awaitable):
                assert self.spawn is not None
                self.reading = _Read(by, count, wake)
                self.spawn(self._pulled(pulled))
                return True
            self._arrived(pulled)
        return False

    async def _pulled(self, pulled: Awaitable[Sequence[object] | None]) -> None:
        self._arrived(await pulled)
        reading, self.reading = self.reading, None
        if reading is not None and self.reader_open:
            result = self.read(reading.by, reading.count, reading.wake)
            if result is not None:
                reading.wake(*result)

    def _arrived(self, items: Sequence[object] | None) -> None:
        if items is None:
            self.writer_open = False
        else:
            self.rest = items

    def write(self, by: End, items: Sequence[object], wake: Written) -> tuple[int, int] | None:
        """Give items; how many were taken. None: `wake` will be called."""
        if not self.reader_open:
            return DROPPED, 0
        if self.reading is not None:
            reading, self.reading = self.reading, None
            self._check(by, reading.by)
            moved = items[: reading.count]
            reading.wake(COMPLETED, moved)
            return COMPLETED, len(moved)
        self.writing = _Write(by, items, wake)
        return None

    def drop_reader(self) -> None:
        """The reading end is gone: notify the writing end."""
        self.reader_open = False
        if self.writing is not None:
            write, self.writing = self.writing, None
            write.wake(DROPPED, 0)

    def drop_writer(self) -> None:
        """The writing end is gone: notify the reading end."""
        self.writer_open = False
        if self.reading is not None:
            reading, self.reading = self.reading, None
            reading.wake(DROPPED, ())

    def _check(self, one: End, other: End) -> None:
        """The canonical ABI refuses to move anything but numbers within one component."""
        element = self.type.element
        is_number = element is None or (
            isinstance(element, Primitive) and element not in (BOOL, CHAR, STRING, ERROR_CONTEXT)
        )
        if one is End.GUEST and other is End.GUEST and not is_number:
            raise Trap("a component cannot read what it writes to a stream or future itself, unless it is of numbers")


class _HostEnd(Generic[T]):
    """A reading end that the test holds; one that is forgotten is dropped, and the guest is notified."""

    def __init__(self, pipe: Pipe, convert: Callable[[Sequence[object]], Sequence[T]]) -> None:
        self.pipe = pipe
        self.convert = convert
        self.ended = False
        self.given = False

    def close(self) -> None:
        """Stop reading; the guest is notified."""
        self.ended = True
        if not self.given:
            self.given = True
            self.pipe.drop_reader()

    def __del__(self) -> None:
        self.close()

    def give(self) -> Pipe:
        """The end goes back to the guest."""
        self.given = self.ended = True
        return self.pipe


class HostStream(_HostEnd[T]):
    """The reading end of a stream that the guest gave to the test. `for` with `async` reads it to its end."""

    async def read(self, max_count: int = 65536) -> Sequence[T]:
        """Wait for items (`bytes` of a byte stream); none at the end."""
        if self.ended:
            return self.convert(self._none())
        done: asyncio.Future[tuple[int, Sequence[object]]] = asyncio.get_running_loop().create_future()
        found = self.pipe.read(End.HOST, max_count, lambda code, items: _resolve(done, (code, items)))
        code, items = await done if found is None else found
        self.ended = code == DROPPED
        return self.convert(items or self._none())

    def _none(self) -> Sequence[object]:
        return cast("Sequence[object]", b"") if self.pipe.type.element in BYTES else ()

    async def read_all(self) -> Sequence[T]:
        """Everything up to the end."""
        found: list[T] = []
        while not self.ended:
            found += await self.read()
        return cast("Sequence[T]", bytes(cast("list[int]", found))) if self.pipe.type.element in BYTES else found

    async def __aiter__(self) -> AsyncIterator[T]:
        while not self.ended:
            for item in await self.read():
                yield item


class HostFuture(_HostEnd[T]):
    """The reading end of a future that the guest gave to the test: await `read()`, once."""

    async def read(self) -> T:
        """Wait for the value."""
        done: asyncio.Future[tuple[int, Sequence[object]]] = asyncio.get_running_loop().create_future()
        found = self.pipe.read(End.HOST, 1, lambda code, items: _resolve(done, (code, items)))
        _, items = await done if found is None else found
        return self.convert(items)[0]


def _resolve(future: asyncio.Future[T], value: T) -> None:
    if not future.done():
        future.set_result(value)


def pull_from(source: object, flatten: Callable[[object], Sequence[object]]) -> Pull:
    """The function for `Pipe.pull` that takes chunk after chunk from an iterator or an asynchronous iterable."""
    if isinstance(source, AsyncIterable):
        chunks = cast("AsyncIterable[object]", source).__aiter__()

        async def later() -> Sequence[object] | None:
            try:
                return flatten(await chunks.__anext__())
            except StopAsyncIteration:
                return None

        return later
    iterator = cast("Iterator[object]", source)

    def now() -> Sequence[object] | None:
        for chunk in iterator:
            return flatten(chunk)
        return None

    return now


__all__ = ["COMPLETED", "DROPPED", "End", "HostFuture", "HostStream", "Pipe", "pull_from"]
