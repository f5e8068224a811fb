"""WASI 0.3: clocks to await, standard streams and HTTP as streams and futures.

Time is virtual too: it jumps to the next instant that somebody waits for when nothing else happens on the test's event
loop (for a millisecond of real time).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from .._events import runtime
from .._pipes import HostFuture, HostStream
from .._results import ByName, Err, Ok, case
from ._cli import Environment
from ._fields import Fields, Headers, fields_of
from ._http import Answer, Network, Request, RequestOptions, chunks_of, method_of, name_of
from ._io import Chunks, OutputStream, Pause
from ._time import Timeline

_REAL_PAUSE = 0.001

Outcome = HostFuture[object]


class Alarm:
    """Lets virtual time pass for those that await it."""

    def __init__(self, time: Timeline) -> None:
        self._time = time
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    async def until(self, when: int) -> None:
        """Wait for an instant."""
        if when <= self._time.now:
            return
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.append((when, future))
        loop.call_later(_REAL_PAUSE, self._next)
        await future

    def _next(self) -> None:
        self._waiting = [entry for entry in self._waiting if not entry[1].done()]
        if self._waiting:
            when, future = min(self._waiting, key=lambda entry: entry[0])
            self._time.now = max(self._time.now, when)
            future.set_result(None)


class MonotonicClock3(ByName):
    """`wasi:clocks/monotonic-clock` 0.3."""

    def __init__(self, time: Timeline, alarm: Alarm) -> None:
        self._time = time
        self._alarm = alarm

    def now(self) -> int:
        """Nanoseconds since the start of the test."""
        return self._time.now

    def get_resolution(self) -> int:
        """One nanosecond."""
        return 1

    async def wait_until(self, when: int) -> None:
        """Wait for an instant."""
        await self._alarm.until(when)

    async def wait_for(self, how_long: int) -> None:
        """Wait for some nanoseconds."""
        await self._alarm.until(self._time.now + how_long)


@dataclass
class Instant:
    """`wasi:clocks/system-clock.instant`."""

    seconds: int
    nanoseconds: int


class SystemClock(ByName):
    """`wasi:clocks/system-clock` 0.3."""

    def __init__(self, time: Timeline, start: int) -> None:
        self._time = time
        self._start = start

    def now(self) -> Instant:
        """The time of day."""
        seconds, nanoseconds = divmod(self._time.now, 1_000_000_000)
        return Instant(self._start + seconds, nanoseconds)

    def get_resolution(self) -> int:
        """One nanosecond."""
        return 1


class Environment3(Environment):
    """`wasi:cli/environment` 0.3."""

    def get_initial_cwd(self) -> str | None:
        """Where the guest starts."""
        return self.cwd


class Stdin3(ByName):
    """`wasi:cli/stdin` 0.3."""

    def __init__(self, alarm: Alarm, time: Timeline, chunks: Chunks) -> None:
        self._alarm = alarm
        self._time = time
        self._chunks = chunks

    def read_via_stream(self) -> tuple[object, object]:
        """The bytes, and how reading them ends."""
        return chunks_in_time(self._alarm, self._time, self._chunks), Ok(None)


class Output3(ByName):
    """`wasi:cli/stdout` or `stderr` 0.3; the bytes are in `sink`."""

    def __init__(self, sink: OutputStream) -> None:
        self._sink = sink

    def write_via_stream(self, data: HostStream[int]) -> Awaitable[object]:
        """Take the bytes; how that ends."""
        return runtime.start(self._take(data))

    async def _take(self, data: HostStream[int]) -> object:
        while not data.ended:
            chunk = bytes(await data.read())
            if chunk:
                self._sink.writes.append(chunk)
        return Ok(None)


async def chunks_in_time(alarm: Alarm, time: Timeline, chunks: Chunks) -> AsyncIterator[bytes]:
    """Chunks, with their pauses in virtual time."""
    for chunk in chunks:
        if isinstance(chunk, Pause):
            await alarm.until(time.later(chunk.seconds))
        else:
            yield chunk


class Fields3(Fields):
    """`fields` 0.3."""

    def copy_all(self) -> list[tuple[str, bytes]]:
        """All names with their values."""
        return self.items

    def get_and_delete(self, name: str) -> list[bytes]:
        """Remove a name; its values."""
        values = self.get(name)
        self.delete(name)
        return values


def _fields3(headers: Headers) -> Fields3:
    fields = Fields3()
    fields.items = fields_of(headers).items
    fields.immutable = True
    return fields


class _Message:
    """What a request and a response share. One that is received has `source`, one that was made has `contents`."""

    def __init__(self, headers: Fields, contents: HostStream[int] | None, trailers: Outcome | None) -> None:
        headers.immutable = True
        self._headers = headers
        self.contents = contents
        self.trailers = trailers
        self.source: AsyncIterator[bytes] | None = None
        self.received: Fields | None = None

    def get_headers(self) -> Fields:
        """The headers."""
        return self._headers

    def body(self) -> tuple[object, object]:
        """The bytes, and the trailers after them."""
        if self.source is not None:
            return self.source, Ok(self.received)
        return self.contents if self.contents is not None else b"", Ok(None) if self.trailers is None else self.trailers


class Request3(_Message):
    """`request` 0.3."""

    def __init__(
        self,
        headers: Fields,
        contents: HostStream[int] | None = None,
        trailers: Outcome | None = None,
        options: RequestOptions | None = None,
    ) -> None:
        super().__init__(headers, contents, trailers)
        self._options = options
        self.method: object = case("Method_Get")
        self.path: str | None = None
        self.scheme: object = None
        self.authority: str | None = None

    @classmethod
    def new(
        cls,
        headers: Fields,
        contents: HostStream[int] | None,
        trailers: Outcome,
        options: RequestOptions | None,
    ) -> tuple[Request3, object]:
        """A request, and how sending it ends."""
        return cls(headers, contents, trailers, options), Ok(None)

    @classmethod
    def consume_body(cls, this: Request3, res: Outcome) -> tuple[object, object]:
        """The bytes, and the trailers after them."""
        return this.body()

    def get_method(self) -> object:
        """The method."""
        return self.method

    def set_method(self, method: object) -> None:
        """Another method."""
        self.method = method

    def get_path_with_query(self) -> str | None:
        """The path."""
        return self.path

    def set_path_with_query(self, path_with_query: str | None) -> None:
        """Set the path and query."""
        self.path = path_with_query

    def get_scheme(self) -> object:
        """The scheme."""
        return self.scheme

    def set_scheme(self, scheme: object) -> None:
        """Set the scheme."""
        self.scheme = scheme

    def get_authority(self) -> str | None:
        """Host and port."""
        return self.authority

    def set_authority(self, authority: str | None) -> None:
        """Another host and port."""
        self.authority = authority

    def get_options(self) -> RequestOptions | None:
        """The options."""
        return self._options


class Response3(_Message):
    """`response` 0.3."""

    def __init__(
        self, headers: Fields, contents: HostStream[int] | None = None, trailers: Outcome | None = None
    ) -> None:
        super().__init__(headers, contents, trailers)
        self.status = 200

    @classmethod
    def new(cls, headers: Fields, contents: HostStream[int] | None, trailers: Outcome) -> tuple[Response3, object]:
        """A response, and how sending it ends."""
        return cls(headers, contents, trailers), Ok(None)

    @classmethod
    def consume_body(cls, this: Response3, res: Outcome) -> tuple[object, object]:
        """The bytes, and the trailers after them."""
        return this.body()

    def get_status_code(self) -> int:
        """The status."""
        return self.status

    def set_status_code(self, status_code: int) -> None:
        """Another status."""
        if not 100 <= status_code <= 999:
            raise Err(None)
        self.status = status_code


class RequestOptions3(RequestOptions):
    """`request-options` 0.3."""

    get_connect_timeout = RequestOptions.connect_timeout
    get_first_byte_timeout = RequestOptions.first_byte_timeout
    get_between_bytes_timeout = RequestOptions.between_bytes_timeout

    def clone(self) -> RequestOptions3:
        """A copy."""
        copy = RequestOptions3()
        copy._values = dict(self._values)
        return copy


class Types3(ByName):
    """`wasi:http/types` 0.3."""

    Fields = Fields3
    Request = Request3
    RequestOptions = RequestOptions3
    Response = Response3


class Client3(ByName):
    """`wasi:http/client` 0.3: hands requests to the test's network."""

    def __init__(self, alarm: Alarm, time: Timeline, network: Network, requests: list[Request]) -> None:
        self._alarm = alarm
        self._time = time
        self._network = network
        self.requests = requests

    async def send(self, request: Request3) -> Response3:
        """Send a request, with all of its body.

        Raises:
            Err: as the network raised it.
        """
        contents = request.contents
        body = b"" if contents is None else bytes(await contents.read_all())
        sent = Request(
            name_of(request.method),
            name_of(request.scheme).lower(),
            request.authority or "",
            request.path or "/",
            request.get_headers().entries(),
            lambda: body,
        )
        self.requests.append(sent)
        answer = self._network(sent)
        await self._alarm.until(self._time.later(answer.delay))
        response = Response3(_fields3(answer.headers))
        response.status = answer.status
        response.source = chunks_in_time(self._alarm, self._time, chunks_of(answer.body))
        response.received = _fields3(answer.trailers) if answer.trailers else None
        return response


class Service:
    """Requests to a guest of `wasi:http/service` 0.3, and the network for those that it sends."""

    def __init__(self, time: Timeline, alarm: Alarm, network: Network, requests: list[Request]) -> None:
        self._time = time
        self._alarm = alarm
        self.types = Types3()
        self.client = Client3(alarm, time, network, requests)

    async def send(
        self,
        handle: Callable[..., Awaitable[object]],
        method: str = "GET",
        path: str = "/",
        *,
        headers: Headers = (),
        body: bytes | Chunks = b"",
        authority: str = "localhost",
    ) -> Answer:
        """Send a request to the guest's `handler`, and collect what it answers.

        Args:
            handle: the export, `guest.handler.handle`.
            body: bytes, or chunks with a `Pause` between them.

        Raises:
            Err: the guest's own, with an `ErrorCode` as the value.
            Trap: the guest trapped.
        """
        request = Request3(_fields3(headers))
        request.method, request.path, request.authority = method_of(method), path, authority
        request.scheme = case("Scheme_Http")
        request.source = chunks_in_time(self._alarm, self._time, chunks_of(body))
        response = await handle(request)
        assert isinstance(response, Response3)
        chunks: list[bytes] = []
        contents = response.contents
        while contents is not None and not contents.ended:
            chunk = bytes(await contents.read())
            chunks += [chunk] if chunk else []
        trailers: object = None if response.trailers is None else getattr(await response.trailers.read(), "value", None)
        return Answer(
            response.status,
            response.get_headers().entries(),
            b"".join(chunks),
            chunks,
            trailers.entries() if isinstance(trailers, Fields) else [],
        )


__all__ = ["Alarm", "Environment3", "MonotonicClock3", "Output3", "Service", "Stdin3", "SystemClock"]
