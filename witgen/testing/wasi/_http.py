"""`wasi:http/types` and `outgoing-handler` 0.2: requests and responses that stream, without a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .._errors import Trap
from .._results import ByName, Err, Ok, case
from ._fields import Fields, Headers, fields_of
from ._io import Chunks, Error, InputStream, OutputStream
from ._time import Pollable, Timeline

_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")


class FutureTrailers:
    """`future-trailers`: there at once."""

    def __init__(self, time: Timeline, trailers: Fields | None) -> None:
        self._time = time
        self._trailers = trailers
        self._taken = False

    def subscribe(self) -> Pollable:
        """A pollable that is always ready."""
        return Pollable(self._time, lambda: True)

    def get(self) -> object:
        """The trailers, once."""
        if self._taken:
            return Err(None)
        self._taken = True
        return Ok(Ok(self._trailers))


class IncomingBody:
    """`incoming-body`."""

    def __init__(self, time: Timeline, chunks: Chunks, trailers: Fields | None = None) -> None:
        self._time = time
        self._source = InputStream(time, chunks)
        self._trailers = trailers
        self._taken = False

    def stream(self) -> InputStream:
        """The bytes, once."""
        if self._taken:
            raise Err(None)
        self._taken = True
        return self._source

    @classmethod
    def finish(cls, this: IncomingBody) -> FutureTrailers:
        """The trailers.

        Raises:
            Trap: the stream is not dropped yet.
        """
        if this._taken and not this._source.dropped:
            raise Trap("types.IncomingBody.finish: drop the stream of the body first")
        return FutureTrailers(this._time, this._trailers)


class OutgoingBody:
    """`outgoing-body`; what was written is in `sink`."""

    def __init__(self, time: Timeline, length: int | None, permit: int, pause: float) -> None:
        self.sink = OutputStream(time, permit=permit, pause=pause)
        self.finished = False
        self.trailers: Fields | None = None
        self._length = length
        self._taken = False

    def write(self) -> OutputStream:
        """The stream to write to, once."""
        if self._taken:
            raise Err(None)
        self._taken = True
        return self.sink

    @classmethod
    def finish(cls, this: OutgoingBody, trailers: Fields | None) -> None:
        """The body is complete.

        Raises:
            Err: it has another length than announced.
            Trap: the stream is not dropped yet.
        """
        if this._taken and not this.sink.dropped:
            raise Trap("types.OutgoingBody.finish: drop the stream of the body first")
        written = len(this.sink.data)
        if this._length is not None and this._length != written:
            raise Err(case("ErrorCode_HttpRequestBodySize", written))
        this.finished = True
        this.trailers = trailers


class _Outgoing:
    """What an outgoing request and response share."""

    _time: Timeline
    _permit: int
    _pause: float

    def __init__(self, headers: Fields) -> None:
        headers.immutable = True
        self._headers = headers
        self.content: OutgoingBody | None = None

    def headers(self) -> Fields:
        """The headers."""
        return self._headers

    def body(self) -> OutgoingBody:
        """The body, once."""
        if self.content is not None:
            raise Err(None)
        length = self._headers.get("content-length")
        announced = int(length[0]) if length else None
        self.content = OutgoingBody(self._time, announced, self._permit, self._pause)
        return self.content


class OutgoingResponse(_Outgoing):
    """`outgoing-response`."""

    def __init__(self, headers: Fields) -> None:
        super().__init__(headers)
        self.status = 200

    def status_code(self) -> int:
        """The status."""
        return self.status

    def set_status_code(self, status_code: int) -> None:
        """Another status."""
        if not 100 <= status_code <= 999:
            raise Err(None)
        self.status = status_code


class OutgoingRequest(_Outgoing):
    """`outgoing-request`."""

    def __init__(self, headers: Fields) -> None:
        super().__init__(headers)
        self._method: object = case("Method_Get")
        self._path: str | None = None
        self._scheme: object = None
        self._authority: str | None = None

    def method(self) -> object:
        """The method."""
        return self._method

    def set_method(self, method: object) -> None:
        """Another method."""
        self._method = method

    def path_with_query(self) -> str | None:
        """The path."""
        return self._path

    def set_path_with_query(self, path_with_query: str | None) -> None:
        """Another path."""
        self._path = path_with_query

    def scheme(self) -> object:
        """The scheme."""
        return self._scheme

    def set_scheme(self, scheme: object) -> None:
        """Another scheme."""
        self._scheme = scheme

    def authority(self) -> str | None:
        """Host and port."""
        return self._authority

    def set_authority(self, authority: str | None) -> None:
        """Another host and port."""
        self._authority = authority


class IncomingRequest:
    """`incoming-request`."""

    def __init__(self, time: Timeline, method: str, path: str, headers: Headers, body: Chunks, authority: str) -> None:
        self._method = method_of(method)
        self._path = path
        self._headers = fields_of(headers)
        self._body = IncomingBody(time, body)
        self._authority = authority
        self._consumed = False

    def method(self) -> object:
        """The method."""
        return self._method

    def path_with_query(self) -> str | None:
        """The path."""
        return self._path

    def scheme(self) -> object:
        """HTTP."""
        return case("Scheme_Http")

    def authority(self) -> str | None:
        """Host and port."""
        return self._authority

    def headers(self) -> Fields:
        """The headers."""
        return self._headers

    def consume(self) -> IncomingBody:
        """The body, once."""
        if self._consumed:
            raise Err(None)
        self._consumed = True
        return self._body


class IncomingResponse:
    """`incoming-response`."""

    def __init__(self, time: Timeline, response: Response) -> None:
        self._status = response.status
        self._headers = fields_of(response.headers)
        trailers = fields_of(response.trailers) if response.trailers else None
        self._body = IncomingBody(time, chunks_of(response.body), trailers)
        self._consumed = False

    def status(self) -> int:
        """The status."""
        return self._status

    def headers(self) -> Fields:
        """The headers."""
        return self._headers

    def consume(self) -> IncomingBody:
        """The body, once."""
        if self._consumed:
            raise Err(None)
        self._consumed = True
        return self._body


class RequestOptions:
    """`request-options`: kept, and without effect."""

    def __init__(self) -> None:
        self._values: dict[str, int | None] = {}

    def connect_timeout(self) -> int | None:
        """As it was set."""
        return self._values.get("connect")

    def set_connect_timeout(self, duration: int | None) -> None:
        """Set it."""
        self._values["connect"] = duration

    def first_byte_timeout(self) -> int | None:
        """As it was set."""
        return self._values.get("first byte")

    def set_first_byte_timeout(self, duration: int | None) -> None:
        """Set it."""
        self._values["first byte"] = duration

    def between_bytes_timeout(self) -> int | None:
        """As it was set."""
        return self._values.get("between bytes")

    def set_between_bytes_timeout(self, duration: int | None) -> None:
        """Set it."""
        self._values["between bytes"] = duration


class ResponseOutparam:
    """`response-outparam`; what it was set to is in `outcome`."""

    def __init__(self) -> None:
        self.outcome: object = None
        self.informational: list[int] = []

    def send_informational(self, status: int, headers: Fields) -> None:
        """A status before the response's own."""
        self.informational.append(status)

    @classmethod
    def set(cls, param: ResponseOutparam, response: object) -> None:
        """The response, or why there is none."""
        param.outcome = response


class FutureIncomingResponse:
    """`future-incoming-response`: ready after a delay."""

    def __init__(self, time: Timeline, ready_at: int, outcome: object) -> None:
        self._time = time
        self._ready_at = ready_at
        self._outcome: object = outcome

    def subscribe(self) -> Pollable:
        """Ready when the head of the response is there."""
        return Pollable(self._time, lambda: self._time.now >= self._ready_at, lambda: self._ready_at)

    def get(self) -> object:
        """The response, once; None as long as it is not there."""
        if self._time.now < self._ready_at:
            return None
        outcome, self._outcome = self._outcome, Err(None)
        return outcome


@dataclass
class Request:
    """A request that the guest sent."""

    method: str
    scheme: str
    authority: str
    path: str
    headers: list[tuple[str, bytes]]
    body: Callable[[], bytes]
    """What the guest has written so far: the body goes on after the request was sent."""


@dataclass
class Response:
    """A response: what a test's network answers, or what the guest answered."""

    status: int = 200
    headers: Headers = ()
    body: bytes | Chunks = b""
    trailers: Headers = ()
    delay: float = 0.0
    """Seconds of virtual time until the head is there (network only)."""


@dataclass
class Answer:
    """What the guest answered."""

    status: int
    headers: list[tuple[str, bytes]]
    body: bytes
    chunks: list[bytes]
    """The body as it was written."""
    trailers: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])
    complete: bool = True
    """Whether the guest finished the body."""


Network = Callable[[Request], Response]


def method_of(name: str) -> object:
    """The method as a variant."""
    return case(f"Method_{name.capitalize()}") if name in _METHODS else case("Method_Other", name)


def name_of(variant: object) -> str:
    """The name of a case, or what it carries: `GET`, `HTTPS`, `PURGE`."""
    if variant is None:
        return ""
    name = type(variant).__name__.partition("_")[2]
    return str(getattr(variant, "value", "")) if name == "Other" else name.upper()


def chunks_of(body: bytes | Chunks) -> Chunks:
    """A body as chunks."""
    return [body] if isinstance(body, bytes) else body


class Types(ByName):
    """`wasi:http/types`."""

    Fields = Fields
    IncomingBody = IncomingBody
    OutgoingBody = OutgoingBody
    RequestOptions = RequestOptions
    ResponseOutparam = ResponseOutparam

    def __init__(self, time: Timeline, permit: int, pause: float) -> None:
        names: dict[str, object] = {"_time": time, "_permit": permit, "_pause": pause}
        self.OutgoingRequest = type("OutgoingRequest", (OutgoingRequest,), names)
        self.OutgoingResponse = type("OutgoingResponse", (OutgoingResponse,), names)

    def http_error_code(self, err: Error) -> object:
        """No stream of these fails with an error of HTTP."""
        return None


class OutgoingHandler(ByName):
    """`wasi:http/outgoing-handler`: hands requests to the test's network."""

    def __init__(self, time: Timeline, network: Network) -> None:
        self._time = time
        self.network = network
        self.requests: list[Request] = []
        """All that was sent, in order."""

    def handle(self, request: OutgoingRequest, options: RequestOptions | None) -> FutureIncomingResponse:
        """Send a request.

        Raises:
            Err: as the network raised it, with an `ErrorCode` by name (see `case`) as the value.
        """
        content = request.content
        sent = Request(
            name_of(request.method()),
            name_of(request.scheme()).lower(),
            request.authority() or "",
            request.path_with_query() or "/",
            request.headers().entries(),
            lambda: b"" if content is None else content.sink.data,
        )
        self.requests.append(sent)
        response = self.network(sent)
        head = IncomingResponse(self._time, response)
        return FutureIncomingResponse(self._time, self._time.later(response.delay), Ok(Ok(head)))


class Http:
    """HTTP in a test: requests to the guest, and the network for those that the guest sends."""

    def __init__(self, time: Timeline, network: Network, permit: int, pause: float) -> None:
        self._time = time
        self.types = Types(time, permit, pause)
        self.outgoing = OutgoingHandler(time, network)

    @property
    def requests(self) -> list[Request]:
        """What the guest sent, in order."""
        return self.outgoing.requests

    def send(
        self,
        handle: Callable[..., object],
        method: str = "GET",
        path: str = "/",
        *,
        headers: Headers = (),
        body: bytes | Chunks = b"",
        authority: str = "localhost",
    ) -> Answer:
        """Send a request to the guest's `incoming-handler`, and collect what it answers.

        Args:
            handle: the export, `guest.incoming_handler.handle`.
            body: bytes, or chunks with a `Pause` between them.

        Raises:
            Err: the guest set an error, with the guest's `ErrorCode` as the value.
            Trap: the guest trapped, or it returned without a response.
        """
        out = ResponseOutparam()
        handle(IncomingRequest(self._time, method, path, headers, chunks_of(body), authority), out)
        outcome = out.outcome
        if outcome is None:
            raise Trap("incoming_handler.handle returned without setting a response")
        value: object = getattr(outcome, "value", None)
        if type(outcome).__name__ == "Err":
            raise Err(value)
        assert isinstance(value, OutgoingResponse)
        content = value.content
        return Answer(
            value.status,
            value.headers().entries(),
            b"" if content is None else content.sink.data,
            [] if content is None else content.sink.writes,
            content.trailers.entries() if content is not None and content.trailers is not None else [],
            content is None or content.finished,
        )


__all__ = ["Answer", "Http", "Network", "Request", "Response"]
