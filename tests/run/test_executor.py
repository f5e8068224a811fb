"""The siblings of the guest package inside a built component: `poll_loop`, and `Err`; all under chosen names.

The world's module, two imported interfaces and an exported one have names from the options, which are given to
componentize-py as they are to witgen.

The component runs on wasmtime's own clocks, pollables and HTTP; the other end of its requests is a server of this test.
"""

from __future__ import annotations

import importlib
import random
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol, cast

import pytest

from tests.checkout import TESTS
from tests.compiler.bindings.test_generated import check
from tests.run.building import CACHE, build, wit_folder
from witgen.api import GuestOptions, Request, generate
from witgen.runtime import Engine, Store, engine

CASE = TESTS / "run" / "executor"
PACKAGES = ("http", "cli", "clocks", "filesystem", "io", "random", "sockets")
GUEST = GuestOptions(
    world_module="demo_executor",
    import_names=(("wasi:http/types@0.2.8", "http-types"), ("wasi:io/poll@0.2.8", "waiting")),
    export_names=(("demo:executor/random@0.1.0", "dice"),),
)


class Lab(Protocol):
    """The exported interface, as far as this test needs to know it."""

    def timers(self) -> list[str]: ...
    def give_up(self) -> int: ...
    def spin(self, times: int, /) -> tuple[int, int]: ...
    def deadlock(self) -> str: ...
    def fail(self, reason: object, /) -> None: ...
    def describe(self, reason: object, /) -> list[str]: ...
    def exchange(self, port: int, chunks: list[bytes], pause_ms: int, /) -> tuple[int, bytes, int]: ...


class Source(Protocol):
    """The exported resource."""

    def next(self) -> int: ...
    def close(self) -> None: ...


class Random(Protocol):
    """The other exported interface."""

    Source: Callable[[int], Source]


class App(Protocol):
    """An instance of the world."""

    lab: Lab
    random: Random


class Prepared(Protocol):
    """What `prepare` gives."""

    def instantiate(self, store: Store, *, http: bool) -> App: ...


class World(Protocol):
    """The class of the world."""

    def prepare(self, engine: Engine, component: Path) -> Prepared: ...


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The WIT, and both packages of the world beside it."""
    folder = tmp_path_factory.mktemp("executor")
    wit = wit_folder(CASE / "wit", PACKAGES, folder / "wit")
    generate(Request(str(wit), ("executor",), folder, guest=GUEST))
    return folder


@pytest.fixture(scope="module")
def world(out: Path) -> Iterator[tuple[World, type[Exception], object]]:
    """The class of the world, its `Err`, and a value of the enum `trouble`."""
    sys.path.insert(0, str(out / "host"))
    try:
        package = importlib.import_module("executor")
        lab = importlib.import_module("executor.exports").lab
    finally:
        sys.path.remove(str(out / "host"))
    yield cast(World, package.Executor), cast("type[Exception]", package.Err), cast(object, lab.Trouble.LOST)
    for name in [name for name in sys.modules if name.partition(".")[0] == "executor"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def app(out: Path, world: tuple[World, type[Exception], object]) -> App:
    """One instance of the component, for all tests."""
    wasm = engine(cache=CACHE.parent / "compiled")
    component = build(out / "wit", "executor", "app", CASE / "guest", out / "guest", GUEST.words())
    return world[0].prepare(wasm, component).instantiate(Store(wasm), http=True)


@pytest.fixture
def lab(app: App) -> Lab:
    """Its interface."""
    return app.lab


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_the_guest_type_checks(checker: str, out: Path, tmp_path: Path) -> None:
    """The application, as a user writes it, is clean against the generated package."""
    shutil.copytree(out / "guest", tmp_path / "guest")
    shutil.copytree(CASE / "guest", tmp_path / "guest", dirs_exist_ok=True)
    check(checker, tmp_path / "guest")


def test_timers_and_pollables_share_a_task_group(lab: Lab) -> None:
    """Tasks end in the order of their times, whether they sleep or wait for a pollable."""
    assert lab.timers() == ["waited", "slept", "waited long", "slept long"]


def test_a_slow_wait_times_out(lab: Lab) -> None:
    """`wait_for` gives up on a pollable of a minute after its 50 ms; the next run is not disturbed."""
    assert 50_000_000 <= lab.give_up() < 20_000_000_000
    assert lab.timers()[0] == "waited"


def test_callbacks_run_while_a_pollable_is_not_ready(lab: Lab) -> None:
    """A loop that asked the host to wait would take a minute for each turn."""
    count, nanoseconds = lab.spin(100)
    assert count == 100
    assert nanoseconds < 20_000_000_000


def test_a_deadlock_is_said(lab: Lab) -> None:
    """What can never happen is an error, not an endless loop."""
    assert "would wait forever" in lab.deadlock()


def test_err_is_an_ordinary_exception(lab: Lab, world: tuple[World, type[Exception], object]) -> None:
    """It passes through context managers, takes notes, and still reaches the host as the error of the result."""
    _, err, lost = world
    assert lab.describe(lost) == ["second", "first", "Err", "Err(value=<Trouble.LOST: 1>)", "True"]
    with pytest.raises(err) as caught:
        lab.fail(lost)
    assert caught.value.args == (lost,)


def test_an_interface_named_as_a_module_of_pythons_own_works_under_another_name(app: App) -> None:
    """The class is found in `dice`, with Python's `random` unharmed beside it."""
    first, second = app.random.Source(5), app.random.Source(5)
    python = random.Random(5)
    assert [first.next(), second.next()] == [python.getrandbits(64)] * 2
    assert first.next() == python.getrandbits(64)
    first.close()
    second.close()


class _Echo(BaseHTTPRequestHandler):
    """Answers with the body, chunk by chunk, and remembers when each chunk came."""

    protocol_version = "HTTP/1.1"
    came: list[float] = []  # noqa: RUF012 - shared on purpose

    def do_POST(self) -> None:
        self.send_response(201)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        while size := int(self.rfile.readline(), 16):
            chunk = self.rfile.read(size)
            self.rfile.readline()
            self.came.append(time.monotonic())
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.flush()
        self.rfile.readline()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_bodies_stream_while_other_work_goes_on(lab: Lab) -> None:
    """A request's body leaves in pieces as they are made, the answer's is read meanwhile, and a clock ticks."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Echo.came.clear()
    chunks = [b"one ", b"two ", b"x" * 100_000, b" end"]
    try:
        status, body, ticks = lab.exchange(server.server_address[1], chunks, 100)
    finally:
        server.shutdown()
        server.server_close()
    assert status == 201
    assert body == b"".join(chunks)
    assert ticks >= 8
    assert _Echo.came[-1] - _Echo.came[0] >= 0.2  # not all at once, at the end
