"""The fakes for WASI 0.3: a command and a service, on a part of its interfaces."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.testing.worlds import Attributes, load, on_path
from witgen import testing
from witgen.testing.wasi import Pause, Request, Response, Wasi

CLI = """
package demo:three;

package wasi:cli@0.3.0 {
  interface types { enum error-code { io, illegal-byte-sequence, pipe } }
  interface stdin {
    use types.{error-code};
    read-via-stream: func() -> tuple<stream<u8>, future<result<_, error-code>>>;
  }
  interface stdout {
    use types.{error-code};
    write-via-stream: func(data: stream<u8>) -> future<result<_, error-code>>;
  }
  interface environment { get-arguments: func() -> list<string>; get-initial-cwd: func() -> option<string>; }
  interface run { run: async func() -> result; }
}
package wasi:clocks@0.3.0 {
  interface monotonic-clock { now: func() -> u64; wait-for: async func(how-long: u64); wait-until: async func(when: u64); }
  interface system-clock { record instant { seconds: s64, nanoseconds: u32 } now: func() -> instant; }
}
package wasi:http@0.3.0 {
  interface types {
    variant method { get, post, other(string) }
    variant scheme { HTTP, HTTPS, other(string) }
    variant error-code { DNS-timeout, internal-error(option<string>) }
    resource fields { from-list: static func(entries: list<tuple<string, list<u8>>>) -> result<fields>; }
    resource request-options { constructor(); }
    resource request {
      new: static func(headers: fields, contents: option<stream<u8>>, trailers: future<result<option<fields>, error-code>>,
        options: option<request-options>) -> tuple<request, future<result<_, error-code>>>;
      get-method: func() -> method;
      get-path-with-query: func() -> option<string>;
      set-authority: func(authority: option<string>) -> result;
      consume-body: static func(this: request, res: future<result<_, error-code>>)
        -> tuple<stream<u8>, future<result<option<fields>, error-code>>>;
    }
    resource response {
      new: static func(headers: fields, contents: option<stream<u8>>, trailers: future<result<option<fields>, error-code>>)
        -> tuple<response, future<result<_, error-code>>>;
      set-status-code: func(status: u16) -> result;
      consume-body: static func(this: response, res: future<result<_, error-code>>)
        -> tuple<stream<u8>, future<result<option<fields>, error-code>>>;
    }
  }
  interface client { use types.{request, response, error-code}; send: async func(request: request) -> result<response, error-code>; }
  interface handler { use types.{request, response, error-code}; handle: async func(request: request) -> result<response, error-code>; }
}

world three {
  import wasi:cli/stdin@0.3.0;
  import wasi:cli/stdout@0.3.0;
  import wasi:cli/environment@0.3.0;
  import wasi:clocks/monotonic-clock@0.3.0;
  import wasi:clocks/system-clock@0.3.0;
  import wasi:http/client@0.3.0;
  export wasi:cli/run@0.3.0;
  export wasi:http/handler@0.3.0;
}
"""

APP = """
import asyncio

import three
from componentize_py_async_support import spawn
from componentize_py_types import Err, Ok
from three import exports
from three.imports import client, environment, monotonic_clock, stdin, stdout, system_clock
from three.imports import wasi_http_types as types


async def copy(reader, writer):
    with reader, writer:
        while not reader.writer_dropped:
            await writer.write_all(await reader.read(100))


class Run(exports.Run):
    async def run(self):
        reader, end = stdin.read_via_stream()
        writer, out = three.byte_stream()
        done = stdout.write_via_stream(out)
        await asyncio.gather(monotonic_clock.wait_for(2_000_000_000), monotonic_clock.wait_for(1_000_000_000))
        await copy(reader, writer)
        assert isinstance(await end.read(), Ok) and isinstance(await done.read(), Ok)
        if environment.get_arguments() == ["fail"]:
            raise Err(None)
        assert (monotonic_clock.now(), system_clock.now().seconds) == (7_000_000_000, 107)


def none_option():
    return three.result_option_wasi_http_types_fields_wasi_http_types_error_code_future(lambda: Ok(None))[1]


def none_unit():
    return three.result_unit_wasi_http_types_error_code_future(lambda: Ok(None))[1]


class Handler(exports.Handler):
    async def handle(self, request):
        path, headers = request.get_path_with_query(), [("x", b"y")]
        if path == "/fails":
            raise Err(types.ErrorCode_InternalError("no"))
        body, _ = types.Request.consume_body(request, none_unit())
        if path == "/fetch":
            outgoing, _ = types.Request.new(types.Fields.from_list([]), None, none_option(), None)
            outgoing.set_authority("example")
            with body:
                body, _ = types.Response.consume_body(await client.send(outgoing), none_unit())
        writer, reader = three.byte_stream()
        spawn(copy(body, writer))
        response, _ = types.Response.new(types.Fields.from_list(headers), reader, none_option())
        response.set_status_code(201)
        return response
"""


@pytest.fixture(scope="module", autouse=True)
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The world and its application."""
    with on_path(tmp_path_factory.mktemp("three"), {"three": CLI}, {"three_app": APP}):
        yield


def enter(wasi: Wasi) -> Attributes:
    """The world, entered."""
    return load("three_native").native(load("three_app"), others=wasi)


def test_a_command_reads_and_writes() -> None:
    """Two waits at once, input with a pause: seven seconds of virtual time."""
    wasi = Wasi(stdin=[b"one ", Pause(5), b"two"], today=100)

    async def main() -> None:
        with enter(wasi) as guest:
            await guest.run.run()
            assert testing.handles(guest) == []
        with enter(Wasi(arguments=["fail"])) as guest, pytest.raises(Exception, match="None") as caught:
            await guest.run.run()
        assert type(caught.value).__name__ == "Err"

    asyncio.run(main())
    assert wasi.stdout.writes == [b"one ", b"two"]


def test_a_service_streams_and_fetches() -> None:
    """Bodies in chunks both ways, the test's network, and errors."""

    def network(request: Request) -> Response:
        return Response(body=[b"from ", Pause(3), request.authority.encode()], delay=2)

    wasi = Wasi(network=network)

    async def main() -> None:
        with enter(wasi) as guest:
            handle = guest.handler.handle
            answer = await wasi.service.send(handle, "POST", "/echo", body=[b"a", Pause(60), b"b"])
            assert (answer.status, answer.headers, answer.chunks) == (201, [("x", b"y")], [b"a", b"b"])
            assert wasi.time.now == 60_000_000_000
            assert (await wasi.service.send(handle, path="/fetch")).body == b"from example"
            assert wasi.time.now == 65_000_000_000
            await testing.settle(guest)
            assert testing.handles(guest) == []
            with pytest.raises(Exception, match="InternalError"):
                await wasi.service.send(handle, path="/fails")

    asyncio.run(main())
