"""The modules beside the world's package, run in plain CPython with fakes where a component would have the host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.compiler.bindings.guest.planning import plan, plan_text, write
from witgen.api import load_and_resolve

ASYNC = "package t:t; world w { export f: async func(x: stream<u8>) -> future<u32>; }"


def run(program: str, folder: Path) -> None:
    """Run a program that imports what is in `folder`."""
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guest package of `wasi:http/proxy`."""
    resolved = load_and_resolve(str(ROOT / "wit")).resolved
    files, _ = plan(resolved.root.worlds["proxy"])
    return write(files, tmp_path_factory.mktemp("proxy"))


# A host with a clock that only moves when the guest waits, and pollables that are ready at some time.
FAKE_HOST = """
import asyncio
import poll_loop
from poll_loop import PollLoop, register
from wit_world.imports import monotonic_clock, outgoing_handler, poll, streams, types
from wit_world.imports.poll import Pollable
from componentize_py_types import Err, Ok

clock, live, polls = 0, 0, []

class At(Pollable):
    def __init__(self, when):
        global live
        self.when, self.dropped = when, False
        live += 1
    def ready(self):
        assert not self.dropped
        return clock >= self.when
    def __exit__(self, *exception):
        global live
        assert not self.dropped
        self.dropped = True
        live -= 1

def fake_poll(pollables):
    global clock
    assert pollables
    polls.append(len(pollables))
    clock = max(clock, min(p.when for p in pollables))
    return [i for i, p in enumerate(pollables) if p.ready()]

poll.poll = fake_poll
monotonic_clock.now = lambda: clock
monotonic_clock.subscribe_duration = lambda ns: At(clock + ns)
SECOND = 1_000_000_000

def main(coroutine):
    loop = PollLoop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()
        assert live == 0, live
"""


def test_timers_tasks_and_pollables_share_the_loop(proxy: Path) -> None:
    """`sleep`, `wait_for`, task groups with names and `register` work, and wait for the host all at once."""
    run(
        FAKE_HOST + """
async def app():
    done = []
    async def sleep(n):
        await asyncio.sleep(n)
        done.append(n)
    async def wait(n):
        await register(asyncio.get_running_loop(), At(n * SECOND))
        done.append(-n)
    async with asyncio.TaskGroup() as group:
        for n in (3, 1):
            group.create_task(sleep(n), name=f"sleep {n}")
            group.create_task(wait(n + 1))
    assert done == [1, -2, 3, -4], done
    assert 4 * SECOND <= clock < 4 * SECOND + 1000
    try:
        await asyncio.wait_for(register(asyncio.get_running_loop(), At(100 * SECOND)), 1)
    except TimeoutError:
        assert live == 0
        return "timed out"
assert main(app()) == "timed out"
assert polls[0] == 3, polls
""",
        proxy,
    )


def test_callbacks_run_while_a_pollable_is_waited_for(proxy: Path) -> None:
    """The host is not asked to wait as long as a callback is ready, so no time passes."""
    run(
        FAKE_HOST + """
async def app():
    waiter = asyncio.create_task(register(asyncio.get_running_loop(), At(SECOND)))
    for _ in range(5):
        await asyncio.sleep(0)
    assert clock == 0
    await waiter
    assert clock == SECOND
main(app())
""",
        proxy,
    )


def test_a_wait_that_nothing_can_end_is_an_error(proxy: Path) -> None:
    """A deadlock is said, not spun on; pollables of an abandoned loop are released."""
    run(
        FAKE_HOST + """
try:
    main(asyncio.Event().wait())
except RuntimeError as error:
    assert "would wait forever" in str(error)
else:
    raise AssertionError

async def abandon():
    task = asyncio.create_task(register(asyncio.get_running_loop(), At(SECOND)))
    await asyncio.sleep(0)
    return task
main(abandon())
""",
        proxy,
    )


def test_bodies_are_read_and_written_under_back_pressure(proxy: Path) -> None:
    """`Stream` and `Sink` wait for the other side, close in the right order, and pass errors on."""
    run(
        FAKE_HOST + """
log = []

class Input(streams.InputStream):
    chunks = [b"ab", b"", b"c"]
    def read(self, n):
        assert n == poll_loop.READ_SIZE
        if not self.chunks:
            raise Err(streams.StreamError_Closed())
        return self.chunks.pop(0)
    def subscribe(self):
        return At(clock + SECOND)
    def __exit__(self, *exception):
        log.append("input")

class Trailers(types.FutureTrailers):
    def __exit__(self, *exception):
        log.append("trailers")

class Incoming(types.IncomingBody):
    def stream(self):
        return Input()
    @classmethod
    def finish(cls, this):
        log.append("body")
        return Trailers()
types.IncomingBody.finish = Incoming.finish

class Output(streams.OutputStream):
    written, flushed = b"", False
    def check_write(self):
        return 0 if clock % (2 * SECOND) else 2
    def write(self, contents):
        global clock
        assert 0 < len(contents) <= 2
        self.written += contents
        clock += SECOND
    def flush(self):
        self.flushed = True
    def subscribe(self):
        return At(clock + SECOND)
    def __exit__(self, *exception):
        log.append("output")

class Outgoing(types.OutgoingBody):
    def __init__(self):
        self.out = Output()
    def write(self):
        return self.out
    @classmethod
    def finish(cls, this, trailers):
        assert trailers is None
        log.append("outgoing")
types.OutgoingBody.finish = Outgoing.finish

async def app():
    stream = poll_loop.Stream(Incoming())
    assert [await stream.next() for _ in range(4)] == [b"ab", b"c", None, None]
    assert log == ["input", "body", "trailers"], log
    body = Outgoing()
    sink = poll_loop.Sink(body)
    await sink.send(b"12345")
    assert (body.out.written, body.out.flushed) == (b"12345", True)
    sink.close()
    sink.close()
    assert log[3:] == ["output", "outgoing"], log
    try:
        await sink.send(b"x")
    except RuntimeError:
        pass

    class Answer(types.FutureIncomingResponse):
        answers = [None, Ok(Err(types.ErrorCode_DnsTimeout()))]
        def get(self):
            return self.answers.pop(0)
        def subscribe(self):
            return At(clock + SECOND)
        def __exit__(self, *exception):
            assert live == 0
            log.append("answer")
    outgoing_handler.handle = lambda request, options: Answer()
    try:
        await poll_loop.send(object())
    except Err as error:
        assert error.value == types.ErrorCode_DnsTimeout()
    else:
        raise AssertionError
    assert log[-1] == "answer"
main(app())
""",
        proxy,
    )


def test_err_is_an_ordinary_exception(proxy: Path) -> None:
    """Notes, context managers and pickling work; equality, hash and `repr` are those of a value."""
    run(
        """
import contextlib, pickle
from componentize_py_types import Err, Ok, Result, Some

@contextlib.contextmanager
def manager():
    yield

try:
    with manager():
        raise Err(value=3)
except Err as error:
    error.add_note("a note")
    assert error == Err(3) != Err(4) and hash(error) == hash(Err(3)) and repr(error) == "Err(value=3)"
    assert pickle.loads(pickle.dumps(error)) == error
    match error:
        case Err(3):
            pass
        case _:
            raise AssertionError
Result[int, str]
""",
        proxy,
    )


FAKE_RUNTIME = """
import sys, types
runtime = types.ModuleType("componentize_py_runtime")
sys.modules["componentize_py_runtime"] = runtime
log, context, returned = [], None, []
def context_set(value):
    global context
    context = value
runtime.context_set = context_set
runtime.context_get = lambda: context
runtime.waitable_set_new = lambda: 5
runtime.waitable_set_drop = lambda s: log.append(("drop set", s))
runtime.waitable_join = lambda w, s: log.append(("join", w, s))
runtime.subtask_drop = lambda t: log.append(("drop task", t))
runtime.call_task_return = lambda i, b, r: returned.append((i, b, r))
runtime.promise_get_result = lambda event, promise: (event, promise)
runtime.stream_drop_readable = lambda *a: log.append(("drop reader", *a))
runtime.stream_drop_writable = lambda *a: log.append(("drop writer", *a))
runtime.future_drop_readable = lambda *a: log.append(("drop future reader", *a))
runtime.future_drop_writable = lambda *a: log.append(("drop future writer", *a))

import asyncio
import componentize_py_async_support as support
from componentize_py_async_support.futures import FutureReader, FutureWriter
from componentize_py_async_support.streams import ByteStreamReader, ByteStreamWriter, StreamReader, StreamWriter
from componentize_py_types import Err, Ok
from tests.checkout import ROOT
EXIT, WAIT = 0, 2 | 5 << 4
"""


@pytest.fixture(scope="module")
def pipes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guest package of a world with asynchronous functions."""
    files, _ = plan_text(ASYNC, "w")
    return write(files, tmp_path_factory.mktemp("pipes"))


def test_an_export_waits_and_goes_on_when_the_host_reports(pipes: Path) -> None:
    """A call ends when it has returned and what it spawned is done; results and `Err` are handed over."""
    run(
        FAKE_RUNTIME + """
async def at_once():
    await asyncio.sleep(0)
    return 1
assert support.first_poll(7, 9, at_once()) == EXIT
assert returned == [(7, 9, Ok(1))]

async def fails():
    raise Err("no")
assert support.first_poll(7, 0, fails()) == EXIT
assert returned[-1] == (7, 0, Err("no"))

async def later(log=log):
    log.append(await support.await_result(Err((30, 31))))
async def waits():
    support.spawn(later())
    first = await support.await_result(Ok("now"))
    return first, await support.await_result(Err((20, 21)))
del log[:]
assert support.first_poll(1, 0, waits()) == WAIT
assert sorted(log) == [("join", 20, 5), ("join", 30, 5)]
assert support.callback(1, 20, 1) == WAIT and len(returned) == 2
assert support.callback(1, 20, 2) == WAIT
assert returned[-1] == (1, 0, Ok(("now", (2, 21))))
assert log[2:] == [("join", 20, 0), ("drop task", 20)]
assert support.callback(2, 30, 4) == EXIT
assert log[4:] == [("join", 30, 0), (4, 31), ("drop set", 5)]
assert asyncio.run(at_once()) == 1
""",
        pipes,
    )


def test_an_export_that_fails_or_hangs_raises(pipes: Path) -> None:
    """Other exceptions, waits without an event, and timers end the component with a reason."""
    run(
        FAKE_RUNTIME + """
def raises(kind, coroutine):
    try:
        support.first_poll(1, 0, coroutine)
    except kind as error:
        return str(error)
    raise AssertionError
async def fails():
    raise KeyError("x")
assert raises(KeyError, fails()) == "'x'"
class Special(Err):
    pass
async def special():
    raise Special("a subclass would trap")
raises(Special, special())
async def spawns():
    support.spawn(fails())
assert raises(KeyError, spawns())
assert "no event" in raises(RuntimeError, asyncio.Event().wait())
assert "wait_for" in raises(NotImplementedError, asyncio.sleep(1))
assert not returned[1:]
""",
        pipes,
    )


def test_streams_and_futures_keep_their_handles(pipes: Path) -> None:
    """Reads and writes, the ends that are dropped, and one operation at a time."""
    run(
        FAKE_RUNTIME + """
async def app():
    runtime.stream_read = lambda t, h, n: Ok((0, b"ab"[:n]))
    with ByteStreamReader(1, 2) as reader:
        assert await reader.read(1) == b"a" and not reader.writer_dropped
        runtime.stream_read = lambda t, h, n: Ok((1, b"z"))
        assert await reader.read(9) == b"z" and reader.writer_dropped
        assert await reader.read(9) == b""
    assert log == [("drop reader", 1, 2)], log

    writes = []
    def stream_write(t, h, values):
        writes.append(values)
        return Ok((0, min(2, len(values))))
    runtime.stream_write = stream_write
    with StreamWriter(3, 4) as writer:
        assert await writer.write_all([1, 2, 3]) == 3
        assert writes == [[1, 2, 3], [3]]
        runtime.stream_write = lambda t, h, values: Ok((1, 1))
        assert await writer.write_all([1, 2, 3]) == 1 and writer.reader_dropped
    assert log[1:] == [("drop writer", 3, 4)]

    given = StreamReader(5, 6)
    given.finalizer.detach()
    del given.handle
    with given:
        try:
            await given.read(1)
        except AssertionError:
            pass
        else:
            raise RuntimeError
    assert len(log) == 2

    runtime.future_read = lambda t, h: Ok("value")
    future = FutureReader(7, 8)
    assert await future.read() == "value"
    assert log[2:] == [("drop future reader", 7, 8)]
    written = []
    def future_write(t, h, value):
        written.append(value)
        return Ok((len(written) - 1, 0))
    runtime.future_write = future_write
    with FutureWriter(1, 1, lambda: "default") as taken:
        assert await taken.write("taken") is True
    with FutureWriter(1, 1, lambda: "default") as refused:
        assert await refused.write("refused") is False
    with FutureWriter(1, 1, lambda: "default"):
        pass
    await asyncio.sleep(0)
    del future
    forgotten = FutureWriter(1, 1, lambda: "forgotten")
    del forgotten
    await asyncio.sleep(0)
    assert written == ["taken", "refused", "default", "forgotten"]
    return "done"
assert support.first_poll(0, 0, app()) == EXIT
assert returned == [(0, 0, Ok("done"))]
""",
        pipes,
    )


def test_only_worlds_with_pollables_get_the_loop() -> None:
    """`poll_loop` is written where it can work: with pollables and a clock; its HTTP helpers where requests are sent."""
    wasi = """
    package t:t;
    package wasi:io@0.2.8 { interface poll { resource pollable { ready: func() -> bool; block: func(); }
      poll: func(%in: list<borrow<pollable>>) -> list<u32>; } }
    package wasi:clocks@0.2.8 { interface monotonic-clock { use wasi:io/poll@0.2.8.{pollable}; now: func() -> u64;
      subscribe-duration: func(when: u64) -> pollable; } }
    interface poll { f: func(); }
    world with-clock { import wasi:clocks/monotonic-clock@0.2.8; import poll; }
    world without-clock { import wasi:io/poll@0.2.8; }
    """
    files, _ = plan_text(wasi, "with-clock")
    assert "from wit_world.imports import monotonic_clock, wasi_io_poll" in files["poll_loop.py"]
    assert "class Stream" not in files["poll_loop.py"]
    assert "poll_loop.py" not in plan_text(wasi, "without-clock")[0]
