"""A component that streams response bodies, served by a host that is Python down to the clock and the streams.

Time is the host's own: it passes only while the guest waits, so what the test sees does not depend on the machine.
"""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

from tests.checkout import TESTS
from tests.compiler.bindings.test_generated import check
from tests.run.building import CACHE, build, wit_folder
from witgen.api import GuestOptions, Request, generate
from witgen.runtime import NativeGroupError, Store, engine

CASE = TESTS / "run" / "server"
PACKAGES = ("http", "cli", "clocks", "filesystem", "io", "random", "sockets")
GUEST = GuestOptions(import_names=(("wasi:http/types@0.2.8", "http-types"),))


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The WIT, and both packages of the world beside it."""
    folder = tmp_path_factory.mktemp("server")
    wit = wit_folder(CASE / "wit", PACKAGES, folder / "wit")
    generate(Request(str(wit), ("server",), folder, guest=GUEST))
    return folder


@pytest.fixture(scope="module")
def package(out: Path) -> Iterator[ModuleType]:
    """The host package."""
    sys.path.insert(0, str(out / "host"))
    try:
        yield importlib.import_module("server")
    finally:
        sys.path.remove(str(out / "host"))
        for name in [name for name in sys.modules if name.partition(".")[0] == "server"]:
            del sys.modules[name]


ABSENT = [
    "io_error",
    "http_outgoing_handler",
    "cli_stdin",
    "cli_stdout",
    "cli_stderr",
    "filesystem_types",
    "filesystem_preopens",
    "sockets_tcp",
    "sockets_tcp_create_socket",
    "sockets_udp",
    "sockets_udp_create_socket",
    "sockets_ip_name_lookup",
    "sockets_network",
    "sockets_instance_network",
]
"""What shares resources with the streams and polls of this test, and is never called."""


def absent(name: str) -> Callable[..., object]:
    """A function that this guest never calls.

    Raises:
        AttributeError: Python looks for a method of its own.
    """
    if name.startswith("__"):
        raise AttributeError(name)

    def called(*arguments: object) -> object:
        raise NotImplementedError(f"{name}{arguments}")

    return called


class AbsentType(type):
    def __getattr__(cls, name: str) -> Callable[..., object]:
        return absent(name)


class Absent(metaclass=AbsentType):
    """An interface or a class that has whatever the guest's interpreter imports."""

    def __getattr__(self, name: str) -> Callable[..., object]:
        return absent(name)


class Time:
    """The clock: nanoseconds that pass while somebody waits."""

    def __init__(self) -> None:
        self.now = 0


class Pollable:
    """Ready when the clock has come to `when`."""

    def __init__(self, time: Time, when: int) -> None:
        self.time = time
        self.when = when

    def ready(self) -> bool:
        return self.time.now >= self.when

    def block(self) -> None:
        self.time.now = max(self.time.now, self.when)


class Poll:
    def __init__(self) -> None:
        self.Pollable = Pollable

    def poll(self, in_: list[Pollable]) -> list[int]:
        first = min(in_, key=lambda pollable: pollable.when)
        first.block()
        return [number for number, pollable in enumerate(in_) if pollable.ready()]


class MonotonicClock:
    def __init__(self, time: Time) -> None:
        self.time = time

    def now(self) -> int:
        return self.time.now

    def resolution(self) -> int:
        return 1

    def subscribe_instant(self, when: int) -> Pollable:
        return Pollable(self.time, when)

    def subscribe_duration(self, when: int) -> Pollable:
        return Pollable(self.time, self.time.now + when)


class InputStream(Absent):
    """Chunks, each of which comes some time after the one before was taken."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.ready = 0

    def read(self, length: int) -> bytes:
        exchange = self.exchange
        if exchange.time.now < self.ready:
            return b""
        if not exchange.request:
            raise exchange.closed
        chunk = exchange.request.pop(0)
        assert len(chunk) <= length
        self.ready = exchange.time.now + exchange.pause
        exchange.log.append(("read", exchange.time.now, chunk))
        return chunk

    def subscribe(self) -> Pollable:
        return Pollable(self.exchange.time, self.ready)


class OutputStream(Absent):
    """Takes eight bytes at a time, and then none for a while."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.ready = 0

    def check_write(self) -> int:
        return 8 if self.exchange.time.now >= self.ready else 0

    def write(self, contents: bytes) -> None:
        assert len(contents) <= self.check_write()
        self.exchange.log.append(("write", self.exchange.time.now, contents))
        self.ready = self.exchange.time.now + 1_000_000

    def flush(self) -> None:
        pass

    def subscribe(self) -> Pollable:
        return Pollable(self.exchange.time, self.ready)

    def __exit__(self, *_: object) -> None:
        self.exchange.log.append(("dropped", self.exchange.time.now, b""))


class Streams:
    InputStream = InputStream
    OutputStream = OutputStream


class Exchange:
    """A request, what became of it, and the clock of both sides. Also the resources of both that hold nothing more."""

    def __init__(self, path: str, request: list[bytes], closed: Exception, pause: int = 0) -> None:
        self.path = path
        self.request = request
        self.closed = closed
        self.pause = pause
        self.time = Time()
        self.status = 0
        self.log: list[tuple[str, int, bytes]] = []
        self.finished = False

    def sent(self) -> bytes:
        """The body of the response."""
        return b"".join(chunk for what, _, chunk in self.log if what == "write")


class Fields(Absent):
    def __init__(self, *entries: tuple[str, bytes]) -> None:
        self.entries_ = entries

    @classmethod
    def from_list(cls, entries: list[tuple[str, bytes]]) -> Fields:
        return cls(*entries)


class IncomingRequest(Absent):
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def path_with_query(self) -> str | None:
        return self.exchange.path

    def consume(self) -> IncomingBody:
        return IncomingBody(self.exchange)


class IncomingBody(Absent):
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def stream(self) -> InputStream:
        return InputStream(self.exchange)

    @staticmethod
    def finish(this: IncomingBody) -> FutureTrailers:
        return FutureTrailers()


class FutureTrailers(Absent):
    pass


class OutgoingResponse(Absent):
    """Made by the guest, for the exchange that is under way."""

    exchange: Exchange

    def __init__(self, headers: Fields) -> None:
        assert headers.entries_ == (("server", b"guest"),)
        self.code = 200

    def set_status_code(self, status_code: int) -> None:
        self.code = status_code

    def body(self) -> OutgoingBody:
        return OutgoingBody(self.exchange)


class OutgoingBody(Absent):
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def write(self) -> OutputStream:
        return OutputStream(self.exchange)

    @staticmethod
    def finish(this: OutgoingBody, trailers: Fields | None) -> None:
        assert trailers is None
        this.exchange.finished = True


class ResponseOutparam:
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    @staticmethod
    def set(param: ResponseOutparam, response: object) -> None:
        param.exchange.status = cast("OutgoingResponse", getattr(response, "value", None)).code


class Types(Absent):
    Fields = Fields
    IncomingRequest = IncomingRequest
    IncomingBody = IncomingBody
    FutureTrailers = FutureTrailers
    OutgoingResponse = OutgoingResponse
    OutgoingBody = OutgoingBody
    ResponseOutparam = ResponseOutparam


class Handler:
    """The component, instantiated for each exchange."""

    def __init__(self, package: ModuleType, component: Path) -> None:
        self.engine = engine(cache=CACHE.parent / "compiled")
        self.prepared = package.Server.prepare(self.engine, component)

    def handle(self, exchange: Exchange) -> None:
        OutgoingResponse.exchange = exchange
        given: dict[str, object] = {
            "io_poll": Poll(),
            "io_streams": Streams(),
            "http_types": Types(),
            "clocks_monotonic_clock": MonotonicClock(exchange.time),
        }
        given |= {name: Absent() for name in ABSENT}
        app = self.prepared.instantiate(Store(self.engine), **given)
        app.http_incoming_handler.handle(IncomingRequest(exchange), ResponseOutparam(exchange))
        app.close()


def closed(package: ModuleType) -> Exception:
    """What a stream that has ended raises."""
    return cast("Exception", package.Err(package.io_streams.StreamError_Closed()))


@pytest.fixture(scope="module")
def handler(out: Path, package: ModuleType) -> Handler:
    """The component, built and prepared once."""
    return Handler(package, build(out / "wit", "server", "app", CASE / "guest", out / "guest", GUEST.words()))


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_the_guest_type_checks(checker: str, out: Path, tmp_path: Path) -> None:
    """The application, as a user writes it, is clean against the generated package."""
    shutil.copytree(out / "guest", tmp_path / "guest")
    shutil.copytree(CASE / "guest", tmp_path / "guest", dirs_exist_ok=True)
    check(checker, tmp_path / "guest")


def test_a_body_is_answered_while_it_comes(handler: Handler, package: ModuleType) -> None:
    """Each chunk of the request is on its way back before the next is there; 20 bytes at 8 bytes a time."""
    exchange = Exchange("/echo", [b"one", b"a long second chunk.", b"three"], closed(package), pause=1_000_000_000)
    handler.handle(exchange)
    assert (exchange.status, exchange.finished) == (200, True)
    assert exchange.sent() == b"ONEA LONG SECOND CHUNK.THREE"
    order = [what for what, _, _ in exchange.log]
    assert order == ["read", "write", "read", "write", "write", "write", "read", "write", "dropped"]


def test_a_body_streams_while_other_work_goes_on(handler: Handler, package: ModuleType) -> None:
    """The other task's count, as each chunk was written, by the host's clock: some ten ticks a chunk."""
    exchange = Exchange("/ticks", [], closed(package))
    handler.handle(exchange)
    assert exchange.finished
    counts = [int(line.split()[3]) for line in exchange.sent().decode().splitlines()]
    assert len(counts) == 3
    assert 8 <= counts[0] <= 10
    assert 8 <= counts[1] - counts[0] <= 12
    assert 8 <= counts[2] - counts[1] <= 12


def test_each_exchange_has_an_instance(handler: Handler, package: ModuleType) -> None:
    """Prepared once, instantiated for each."""
    for _ in range(3):
        exchange = Exchange("/nothing", [], closed(package))
        handler.handle(exchange)
        assert (exchange.status, exchange.sent(), exchange.finished) == (404, b"", True)


def test_streams_cannot_be_given_alone(handler: Handler) -> None:
    """The error lists what has to come along."""
    with pytest.raises(NativeGroupError, match=r"pass .*filesystem_types= \(a filesystem_types\.Types\)"):
        handler.prepared.instantiate(Store(handler.engine), io_streams=Streams(), io_poll=Poll(), http=True)
