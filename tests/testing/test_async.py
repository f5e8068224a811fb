"""Asynchronous functions, streams and futures: the generated support modules run as in a component."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

import pytest

from tests.checkout import TESTS
from tests.testing.worlds import Attributes, load, on_path
from witgen import testing

WIT = """
package demo:flows;

interface source {
  record row { id: u32, text: string }
  numbers: async func(count: u32) -> list<u32>;
  fail: async func() -> result<u32, string>;
  rows: func() -> stream<row>;
  later: func() -> future<string>;
  take: func(bytes: stream<u8>, end: future<result<u32, string>>);
}
interface work {
  use source.{row};
  sum: async func(counts: list<u32>) -> u32;
  failing: async func() -> result<u32, string>;
  copy: async func(bytes: stream<u8>) -> stream<u8>;
  collect: async func() -> tuple<list<row>, string>;
  give: async func(how: string) -> result<string, string>;
  send: async func(bytes: list<u8>);
  same: async func(texts: stream<string>) -> stream<string>;
}
world flows { import source; export work; }
"""

APP = """
import asyncio

import flows
from componentize_py_async_support import spawn
from componentize_py_types import Err, Ok
from flows import exports
from flows.imports import source


async def pump(reader, writer):
    with reader, writer:
        while not reader.writer_dropped:
            await writer.write_all(await reader.read(3))


class Work(exports.Work):
    async def sum(self, counts):
        return sum(sum(numbers) for numbers in await asyncio.gather(*(source.numbers(n) for n in counts)))

    async def failing(self):
        return await source.fail()

    async def copy(self, bytes):
        writer, reader = flows.byte_stream()
        spawn(pump(bytes, writer))
        return reader

    async def collect(self):
        rows = []
        with source.rows() as reader:
            while not reader.writer_dropped:
                rows += await reader.read(2)
        return rows, await source.later().read()

    async def give(self, how):
        if how == "strings":
            writer, reader = flows.string_future(lambda: "default")
            spawn(writer.write("x"))
            return await reader.read()
        if how == "twice":
            reader = source.rows()
            await asyncio.gather(reader.read(1), reader.read(1))
        if how == "forever":
            writer, reader = flows.byte_stream()
            await reader.read(1)
        if how == "spawned":
            async def fail():
                raise KeyError("later")
            spawn(fail())
        if how == "sleep":
            await asyncio.sleep(1)
        return how

    async def send(self, bytes):
        writer, reader = flows.byte_stream()
        done, end = flows.result_u32_string_future(lambda: Ok(0))
        source.take(reader, end)
        with writer:
            count = await writer.write_all(bytes)
        await done.write(Ok(count))

    async def same(self, texts):
        return texts
"""


@pytest.fixture(scope="module", autouse=True)
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A world with all of it, and the guest of `tests/run/pipes`."""
    pipes = (TESTS / "run" / "pipes" / "wit" / "pipes.wit").read_text(encoding="utf-8")
    guest = (TESTS / "run" / "pipes" / "guest" / "app.py").read_text(encoding="utf-8")
    guest = guest.replace("import wit_world\n", "import pipes as wit_world\n").replace("from wit_world", "from pipes")
    sources = {"flows_app": APP, "pipes_app": guest}
    with on_path(Path(tmp_path_factory.mktemp("async")), {"flows": WIT, "pipes": pipes}, sources):
        yield


class Source(testing.ByName):
    """The imported interface."""

    def __init__(self) -> None:
        self.bytes: testing.HostStream[int] | None = None
        self.end: testing.HostFuture[object] | None = None
        self.running = 0
        self.most = 0

    async def numbers(self, count: int) -> list[int]:
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        return list(range(count))

    async def fail(self) -> int:
        await asyncio.sleep(0)
        raise testing.Err("no luck")

    async def rows(self) -> AsyncIterator[list[object]]:
        row = load("flows.imports.source").Row
        for number in range(3):
            await asyncio.sleep(0)
            yield [row(number, "even"), row(number, "odd")]

    async def later(self) -> str:
        await asyncio.sleep(0)
        return "late"

    def take(self, bytes: testing.HostStream[int], end: testing.HostFuture[object]) -> None:
        self.bytes, self.end = bytes, end


def enter(source: Source | None = None) -> Attributes:
    """The world, entered."""
    return load("flows_native").native(load("flows_app"), source=source or Source())


def test_the_guest_of_a_built_component_gives_the_same() -> None:
    """The cases of `tests/run/test_pipes.py`."""

    async def main() -> None:
        data = bytes(range(256)) * 20
        with load("pipes_native").native(load("pipes_app")) as guest:
            lab = guest.lab
            assert await lab.turns(2) == ["a0", "b0", "a1", "b1"]
            assert await lab.pipe(data) == data
            assert [await lab.promise(value) for value in (3, None)] == [3, 7]
            assert await lab.spawned() == "at once"
            await testing.settle(guest)
            assert lab.seen() == ["afterwards 0", "afterwards 1", "afterwards 2"]
            with pytest.raises(Exception, match="no") as caught:
                await lab.fail("no")
            assert type(caught.value).__name__ == "Err"

    asyncio.run(main())


def test_asynchronous_imports_run_at_once() -> None:
    """On the test's own loop, several of them; a failure is raised in the guest."""
    source = Source()

    async def main() -> None:
        with enter(source) as guest:
            assert await guest.work.sum([3, 4]) == 9
            with pytest.raises(Exception, match="no luck"):
                await guest.work.failing()
            both: list[object] = [*await asyncio.gather(guest.work.sum([2]), guest.work.sum([5]))]
            assert both == [1, 10]

    asyncio.run(main())
    assert source.most == 2


def test_streams_cross_in_both_directions() -> None:
    """Bytes in chunks, with the work that goes on after the return; records from a generator of the test's."""

    async def main() -> None:
        with enter() as guest:
            copied = cast("testing.HostStream[int]", await guest.work.copy([b"hello ", b"world"]))
            assert await copied.read(100) == b"hel"
            assert await copied.read_all() == b"lo world"
            rows, text = await guest.work.collect()
            assert [f"{row.id} {row.text}" for row in rows] == [
                f"{n} {kind}" for n in range(3) for kind in ("even", "odd")
            ]
            assert text == "late"
            back = cast("testing.HostStream[str]", await guest.work.same([["a", "b"], ["c"]]))
            assert [item async for item in back] == ["a", "b", "c"]
            await testing.settle(guest)

    asyncio.run(main())


def test_the_guest_writes_to_the_test() -> None:
    """A stream that the test reads, and a future with its end; a reader that closes is told to the guest."""
    source = Source()

    async def main() -> None:
        with enter(source) as guest:
            sending = asyncio.ensure_future(cast("asyncio.Future[None]", guest.work.send(b"12345")))
            while source.bytes is None or source.end is None:
                await asyncio.sleep(0)
            assert await source.bytes.read(2) == b"12"
            source.bytes.close()
            end = await source.end.read()
            assert (type(end).__name__, end.__dict__["value"]) == ("Ok", 2)
            await sending

    asyncio.run(main())


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("strings", "cannot read what it writes"),
        ("twice", "AssertionError"),
        ("sleep", "no timers here"),
    ],
)
def test_what_would_trap(how: str, message: str) -> None:
    """Strings within one component, two operations at a time, timers."""

    async def main() -> None:
        with enter() as guest, pytest.raises(testing.Trap, match=message):
            await guest.work.give(how)

    asyncio.run(main())


def test_spawned_work_that_fails_spends_the_component() -> None:
    """The call has returned by then; `settle` raises, and so does the next call."""

    async def main() -> None:
        with enter() as guest:
            assert await guest.work.give("spawned") == "spawned"
            with pytest.raises(testing.Trap, match="KeyError: 'later'"):
                await testing.settle(guest)
            with pytest.raises(testing.Trap, match="spent"):
                await guest.work.sum([1])

    asyncio.run(main())


def test_the_fault_of_the_tests_side_does_not_hang() -> None:
    """A stream with a wrong item, and one whose generator fails, end the call with that very error."""

    class Wrong(Source):
        async def rows(self) -> AsyncIterator[list[object]]:
            yield [1]

    class Failing(Source):
        async def rows(self) -> AsyncIterator[list[object]]:
            yield []
            raise KeyError("broken")

    async def main() -> None:
        with enter(Wrong()) as guest, pytest.raises(testing.HostFault, match=r"\[0\]: int 1 has no `id`"):
            await guest.work.collect()
        with enter(Failing()) as guest, pytest.raises(KeyError, match="broken"):
            await guest.work.collect()

    asyncio.run(main())
