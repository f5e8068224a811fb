"""The fakes for WASI 0.2: a proxy and a command, in virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from tests.checkout import ROOT
from tests.testing.worlds import Attributes, load, on_path
from witgen import testing
from witgen.api import load_and_resolve
from witgen.component.items import World
from witgen.testing.wasi import Exit, Pause, Request, Response, Wasi, case

PROXY = """
import asyncio
import hashlib

from componentize_py_types import Err, Ok
from poll_loop import PollLoop, Sink, Stream, send
from fake_proxy import exports
from fake_proxy.imports import types


def respond(out, status, headers=()):
    response = types.OutgoingResponse(types.Fields.from_list(list(headers)))
    response.set_status_code(status)
    body = response.body()
    types.ResponseOutparam.set(out, Ok(response))
    return Sink(body)


async def echo(request, out):
    stream, sink = Stream(request.consume()), respond(out, 200)
    while (chunk := await stream.next()) is not None:
        await sink.send(chunk)
    sink.close()


async def digest(url):
    request = types.OutgoingRequest(types.Fields())
    request.set_authority(url)
    request.set_scheme(types.Scheme_Https())
    request.set_path_with_query("/data")
    response = await send(request)
    found, stream = hashlib.sha256(), Stream(response.consume())
    while (chunk := await stream.next()) is not None:
        found.update(chunk)
    return f"{url} {response.status()} {found.hexdigest()[:8]}"


async def hash_all(request, out):
    urls = [value.decode() for name, value in request.headers().entries() if name == "url"]
    sink = respond(out, 200)
    for done in asyncio.as_completed([digest(url) for url in urls]):
        await sink.send((await done).encode() + b"\\n")
    sink.close()


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request, response_out):
        path = request.path_with_query()
        if path == "/nothing":
            return
        if path == "/error":
            types.ResponseOutparam.set(response_out, Err(types.ErrorCode_InternalError("no")))
            return
        if path == "/early":
            body = request.consume()
            stream = body.stream()
            types.IncomingBody.finish(body)
        if path == "/greedy":
            response = types.OutgoingResponse(types.Fields())
            body = response.body()
            types.ResponseOutparam.set(response_out, Ok(response))
            stream = body.write()
            stream.write(b"x" * (stream.check_write() + 1))
        loop = PollLoop()
        try:
            loop.run_until_complete(echo(request, response_out) if path == "/echo" else hash_all(request, response_out))
        finally:
            loop.close()
"""

COMMAND = """
from componentize_py_types import Err
from fake_command import exports
from fake_command.imports import environment, exit, monotonic_clock, preopens, random, stdin, stdout, wall_clock
from fake_command.imports import types
from componentize_py_types import Ok


def say(text):
    with stdout.get_stdout() as out:
        out.blocking_write_and_flush(text.encode() + b"\\n")


class Run(exports.Run):
    def run(self):
        arguments = environment.get_arguments()
        if arguments == ["exit"]:
            exit.exit(Err(None))
        if arguments == ["fail"]:
            raise Err(None)
        say(f"{arguments} {environment.get_environment()} {environment.initial_cwd()}")
        with stdin.get_stdin() as source:
            say(repr(source.blocking_read(100)))
        say(f"{monotonic_clock.now()} {wall_clock.now().seconds}")
        say(f"{random.get_random_bytes(4).hex()} {random.get_random_u64()}")
        (root, name), = preopens.get_directories()
        with root:
            with root.open_at(types.PathFlags(0), "etc/motd", types.OpenFlags(0), types.DescriptorFlags.READ) as file:
                say(f"{name} {file.read(100, 0)} {file.stat().size}")
            root.create_directory_at("var")
            with root.open_at(types.PathFlags(0), "var/log", types.OpenFlags.CREATE, types.DescriptorFlags.WRITE) as file:
                with file.append_via_stream() as log:
                    log.blocking_write_and_flush(b"one ")
                file.write(b"two", 4)
            with root.read_directory() as entries:
                while (entry := entries.read_directory_entry()) is not None:
                    say(f"{entry.name} {entry.type.name}")
            for path in ("missing", "../up", "etc/motd/x"):
                try:
                    root.stat_at(types.PathFlags(0), path)
                except Err as error:
                    say(f"{path} {error.value.name}")
"""


@pytest.fixture(scope="module", autouse=True)
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The worlds of WASI, and an application for each."""
    resolved = load_and_resolve(str(ROOT / "wit"), all_features=True).resolved
    worlds = {world.id.partition("@")[0]: world for package in resolved.packages for world in package.worlds.values()}
    command: dict[str, World | str] = {"fake_command": worlds["wasi:cli/command"]}
    proxy: dict[str, World | str] = {"fake_proxy": worlds["wasi:http/proxy"]}
    with (
        on_path(tmp_path_factory.mktemp("command"), command, {"command_app": COMMAND}),
        on_path(tmp_path_factory.mktemp("proxy"), proxy, {"proxy_app": PROXY}),
    ):
        yield


def proxy(wasi: Wasi) -> Attributes:
    """The proxy, entered with `wasi` around it."""
    return load("fake_proxy_native").native(load("proxy_app"), others=wasi)


def command(wasi: Wasi) -> Attributes:
    """The command, entered with `wasi` around it."""
    return load("fake_command_native").native(load("command_app"), others=wasi)


def test_a_proxy_streams_in_virtual_time() -> None:
    """Chunks come with pauses and leave seven bytes at a time; it takes no time at all."""
    wasi = Wasi(permit=7, pause=0.5)
    with proxy(wasi) as guest:
        body: list[bytes | Pause] = [b"hello, ", Pause(60), b"world, once more"]
        answer = wasi.http.send(guest.incoming_handler.handle, "POST", "/echo", body=body)
        assert testing.handles(guest) == []
    assert answer.chunks == [b"hello, ", b"world, ", b"once mo", b"re"]
    assert (answer.status, answer.complete) == (200, True)
    assert wasi.time.now == 62_000_000_000


def test_the_network_is_a_function() -> None:
    """Three requests at once: what is answered first is first, with the requests kept."""

    def network(request: Request) -> Response:
        return Response(body=[request.authority.encode(), Pause(1)], delay=float(request.authority[0]))

    wasi = Wasi(network=network)
    with proxy(wasi) as guest:
        headers = [("url", "3.example"), ("url", "1.example"), ("url", "2.example")]
        answer = wasi.http.send(guest.incoming_handler.handle, path="/hash-all", headers=headers)
    assert [line.split()[0] for line in answer.body.decode().splitlines()] == ["1.example", "2.example", "3.example"]
    assert {(request.method, request.scheme, request.path) for request in wasi.http.requests} == {
        ("GET", "https", "/data")
    }
    assert wasi.time.now == 4_000_000_000


def value_of(error: Exception) -> object:
    """The value of an `Err`."""
    return cast("object", getattr(error, "value"))  # noqa: B009 - of any package


def test_errors_of_http() -> None:
    """What the network raises reaches the guest; what the guest sets as an error reaches the test."""

    def network(request: Request) -> Response:
        raise testing.Err(case("ErrorCode_ConnectionRefused"))

    wasi = Wasi(network=network)
    with proxy(wasi) as guest, pytest.raises(testing.Trap, match=r"handle raised Err.*ErrorCode_ConnectionRefused"):
        wasi.http.send(guest.incoming_handler.handle, path="/hash-all", headers=[("url", "x")])
    with proxy(Wasi()) as guest, pytest.raises(Exception, match="InternalError") as caught:
        Wasi().http.send(guest.incoming_handler.handle, path="/error")
    assert value_of(caught.value) == load("fake_proxy.imports.types").ErrorCode_InternalError("no")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nothing", "returned without setting a response"),
        ("/early", "drop the stream of the body first"),
        ("/greedy", "65537 bytes, and check_write allowed 65536"),
    ],
)
def test_what_traps_in_the_host_traps_here(path: str, message: str) -> None:
    """A response that is never set, a parent dropped before its child, a write beyond the permit."""
    wasi = Wasi()
    with proxy(wasi) as guest, pytest.raises(testing.Trap, match=message):
        wasi.http.send(guest.incoming_handler.handle, path=path)


def test_waiting_for_nothing_is_told() -> None:
    """A pollable that can never become ready does not hang the test."""
    wasi = Wasi()
    with proxy(wasi):
        poll, clock = load("fake_proxy.imports.poll"), load("fake_proxy.imports.monotonic_clock")
        assert poll.poll([clock.subscribe_duration(5), clock.subscribe_duration(3)]) == [1]
        assert clock.now() == 3
        with pytest.raises(testing.Trap, match="an empty list traps"):
            poll.poll([])


def test_a_command_has_a_world_around_it() -> None:
    """Arguments, environment, input, clocks, random numbers, files."""
    wasi = Wasi(
        arguments=["one"],
        environment={"A": "b"},
        cwd="/home",
        stdin=[Pause(2.5), b"typed"],
        files={"etc/motd": b"hello"},
        today=1_000_000,
        seed=5,
    )
    with command(wasi) as guest:
        guest.run.run()
        assert testing.handles(guest) == []
    first, *rest = wasi.stdout.data.decode().splitlines()
    assert first == "['one'] [('A', 'b')] /home"
    assert rest[:2] == ["b'typed'", "2500000000 1000002"]
    assert rest[3:] == [
        "/ (b'hello', True) 5",
        "etc DIRECTORY",
        "var DIRECTORY",
        "missing NO_ENTRY",
        "../up NOT_PERMITTED",
        "etc/motd/x NOT_DIRECTORY",
    ]
    assert wasi.filesystem.files == {"etc/motd": b"hello", "var/log": b"one two"}
    again = Wasi(seed=5, stdin=b"x", files={"etc/motd": b""})
    with command(again) as guest:
        guest.run.run()
    assert again.stdout.data.decode().splitlines()[3] == rest[2]


def test_exit_and_failure_of_a_command() -> None:
    """`exit` comes out as `Exit`; a failure as `Err`."""
    with command(Wasi(arguments=["exit"])) as guest, pytest.raises(Exit) as caught:
        guest.run.run()
    assert caught.value.code == 1
    with command(Wasi(arguments=["fail"])) as guest, pytest.raises(Exception, match="None") as failed:
        guest.run.run()
    assert type(failed.value).__name__ == "Err"
