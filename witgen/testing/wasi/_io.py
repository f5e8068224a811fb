"""`wasi:io/streams` and `wasi:io/error`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .._errors import Trap
from .._results import ByName, Err
from ._time import Pollable, Timeline, wait

BLOCKING_WRITE = 4096
"""The most bytes that `blocking-write-and-flush` takes."""


@dataclass(frozen=True)
class Pause:
    """In a list of chunks: a pause of this many seconds of virtual time."""

    seconds: float


Chunks = Iterable[bytes | Pause]


class Error:
    """`wasi:io/error.error`."""

    def __init__(self, message: str) -> None:
        self.message = message

    def to_debug_string(self) -> str:
        """What happened."""
        return self.message


@dataclass
class StreamError_LastOperationFailed:
    """The operation failed."""

    value: Error


@dataclass
class StreamError_Closed:
    """The stream has ended."""


class ErrorInterface(ByName):
    """`wasi:io/error`: the resource only."""


class Streams(ByName):
    """`wasi:io/streams`: the resources only; they come from other interfaces."""


class InputStream:
    """`wasi:io/streams.input-stream`, out of chunks that may come with pauses; `error` ends it instead of its end."""

    def __init__(self, time: Timeline, chunks: Chunks, error: str = "") -> None:
        self._time = time
        self._chunks: Iterator[bytes | Pause] = iter(chunks)
        self._buffer = b""
        self._not_before = 0
        self._ended = False
        self._error = error
        self.dropped = False

    def __exit__(self, *error: object) -> None:
        self.dropped = True

    def _fill(self) -> bool:
        """Whether there is something to read: bytes or the end."""
        while not self._buffer and not self._ended:
            if self._time.now < self._not_before:
                return False
            chunk = next(self._chunks, None)
            if chunk is None:
                self._ended = True
            elif isinstance(chunk, Pause):
                self._not_before = self._time.later(chunk.seconds)
            else:
                self._buffer = chunk
        return True

    def read(self, len: int) -> bytes:
        """At most `len` bytes that are there now; none if there are none yet."""
        if not self._fill():
            return b""
        if not self._buffer and self._ended:
            if self._error:
                error, self._error = self._error, ""
                raise Err(StreamError_LastOperationFailed(Error(error)))
            raise Err(StreamError_Closed())
        taken, self._buffer = self._buffer[:len], self._buffer[len:]
        return taken

    def blocking_read(self, len: int) -> bytes:
        """As `read`, but waits for at least one byte."""
        wait(self._time, [self.subscribe()])
        return self.read(len)

    def skip(self, len: int) -> int:
        """Leave bytes out; returns how many."""
        return self.read(len).__len__()

    def blocking_skip(self, len: int) -> int:
        """As `skip`, but waits for at least one byte."""
        return self.blocking_read(len).__len__()

    def subscribe(self) -> Pollable:
        """Ready when there is something to read, or the end."""
        return Pollable(self._time, self._fill, lambda: self._not_before)


class OutputStream:
    """`wasi:io/streams.output-stream`; what is written is in `data`, write by write.

    Args:
        permit: how many bytes `check_write` allows at once.
        pause: the seconds after a write before it allows more.
    """

    def __init__(self, time: Timeline, *, permit: int = 64 * 1024, pause: float = 0.0) -> None:
        self._time = time
        self._size = permit
        self._pause = pause
        self._not_before = 0
        self._permit = 0
        self.writes: list[bytes] = []
        self.closed = False
        """Set it, and the guest finds the stream closed."""
        self.dropped = False

    def __exit__(self, *error: object) -> None:
        self.dropped = True

    @property
    def data(self) -> bytes:
        """All that was written."""
        return b"".join(self.writes)

    def check_write(self) -> int:
        """How much may be written now; 0 means to wait."""
        if self.closed:
            raise Err(StreamError_Closed())
        self._permit = self._size if self._time.now >= self._not_before else 0
        return self._permit

    def write(self, contents: bytes) -> None:
        """Write as much as was allowed.

        Raises:
            Trap: it is more.
        """
        if self.closed:
            raise Err(StreamError_Closed())
        if len(contents) > self._permit:
            raise Trap(f"streams.OutputStream.write: {len(contents)} bytes, and check_write allowed {self._permit}")
        self._permit -= len(contents)
        self._take(contents)

    def _take(self, contents: bytes) -> None:
        if contents:
            self.writes.append(contents)
            self._not_before = self._time.later(self._pause)

    def flush(self) -> None:
        """Everything is on its way at once."""
        if self.closed:
            raise Err(StreamError_Closed())

    def blocking_flush(self) -> None:
        """Wait until more may be written."""
        self.flush()
        wait(self._time, [self.subscribe()])

    def blocking_write_and_flush(self, contents: bytes) -> None:
        """Write at most 4096 bytes and wait.

        Raises:
            Trap: it is more.
        """
        if len(contents) > BLOCKING_WRITE:
            raise Trap(
                f"streams.OutputStream.blocking_write_and_flush: {len(contents)} bytes, the limit is {BLOCKING_WRITE}"
            )
        self.flush()
        for start in range(0, len(contents), self._size):
            wait(self._time, [self.subscribe()])
            self._take(contents[start : start + self._size])
        self.blocking_flush()

    def write_zeroes(self, len: int) -> None:
        """As `write`."""
        self.write(bytes(len))

    def blocking_write_zeroes_and_flush(self, len: int) -> None:
        """As `blocking_write_and_flush`."""
        self.blocking_write_and_flush(bytes(len))

    def splice(self, src: InputStream, len: int) -> int:
        """Write what `src` has, at most `len` bytes and what is allowed; returns how many."""
        contents = src.read(min(len, self.check_write()))
        self.write(contents)
        return contents.__len__()

    def blocking_splice(self, src: InputStream, len: int) -> int:
        """As `splice`, but waits for both sides."""
        wait(self._time, [src.subscribe()])
        wait(self._time, [self.subscribe()])
        return self.splice(src, len)

    def subscribe(self) -> Pollable:
        """Ready when something may be written."""
        return Pollable(self._time, lambda: self.closed or self._time.now >= self._not_before, lambda: self._not_before)


__all__ = [
    "BLOCKING_WRITE",
    "Chunks",
    "Error",
    "ErrorInterface",
    "InputStream",
    "OutputStream",
    "Pause",
    "StreamError_Closed",
    "StreamError_LastOperationFailed",
    "Streams",
]
