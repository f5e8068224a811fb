"""The guest of world `executor`: each function runs an event loop of its own to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import TypeVar

from componentize_py_types import Err
from poll_loop import PollLoop, Sink, Stream, register, send

from demo_executor import exports
from demo_executor.exports.lab import Trouble
from demo_executor.imports import http_types as types
from demo_executor.imports import monotonic_clock

T = TypeVar("T")


def run(coroutine: Coroutine[object, object, T]) -> T:
    loop = PollLoop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


async def pause(nanoseconds: int) -> None:
    """Wait for a pollable of WASI's."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, PollLoop)
    await register(loop, monotonic_clock.subscribe_duration(nanoseconds))


async def timers() -> list[str]:
    said: list[str] = []

    async def sleep(seconds: float, name: str) -> None:
        await asyncio.sleep(seconds)
        said.append(name)

    async def wait(seconds: float, name: str) -> None:
        await pause(int(seconds * 1e9))
        said.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(sleep(0.12, "slept long"), name="named")
        group.create_task(wait(0.08, "waited long"))
        group.create_task(sleep(0.04, "slept"))
        group.create_task(wait(0.0, "waited"))
    return said


async def give_up() -> int:
    start = monotonic_clock.now()
    try:
        await asyncio.wait_for(pause(60_000_000_000), 0.05)
    except TimeoutError:
        return monotonic_clock.now() - start
    raise AssertionError("it was not slow")


async def spin(times: int) -> tuple[int, int]:
    start = monotonic_clock.now()
    slow = asyncio.create_task(pause(60_000_000_000))
    count = 0
    for _ in range(times):
        await asyncio.sleep(0)
        count += 1
    slow.cancel()
    return count, monotonic_clock.now() - start


@contextmanager
def noting(note: str) -> Generator[None]:
    try:
        yield
    except Err as error:
        error.add_note(note)
        raise


async def produce(sink: Sink, chunks: list[bytes], seconds: float) -> None:
    for chunk in chunks:
        await asyncio.sleep(seconds)
        await sink.send(chunk)
    sink.close()


async def exchange(port: int, chunks: list[bytes], seconds: float) -> tuple[int, bytes, int]:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(seconds / 4)
            ticks += 1

    request = types.OutgoingRequest(types.Fields())
    request.set_method(types.Method_Post())
    request.set_scheme(types.Scheme_Http())
    request.set_authority(f"127.0.0.1:{port}")
    request.set_path_with_query("/")
    sink = Sink(request.body())
    clock = asyncio.create_task(tick())
    producer = asyncio.create_task(produce(sink, chunks, seconds))
    response = await send(request)
    body = b""
    stream = Stream(response.consume())
    while (chunk := await stream.next()) is not None:
        body += chunk
    await producer
    clock.cancel()
    return response.status(), body, ticks


class Lab(exports.Lab):
    """The exported interface."""

    def timers(self) -> list[str]:
        return run(timers())

    def give_up(self) -> int:
        return run(give_up())

    def spin(self, times: int) -> tuple[int, int]:
        return run(spin(times))

    def deadlock(self) -> str:
        try:
            run(asyncio.Event().wait())
        except RuntimeError as error:
            return str(error)
        raise AssertionError("it ended")

    def fail(self, reason: Trouble) -> None:
        with noting("a note"):
            raise Err(reason)

    def describe(self, reason: Trouble) -> list[str]:
        try:
            with noting("first"), noting("second"):
                raise Err(reason)
        except Err as error:
            return [*error.__notes__, type(error).__name__, repr(error), str(error.value == reason)]

    def exchange(self, port: int, chunks: list[bytes], pause_ms: int) -> tuple[int, bytes, int]:
        try:
            return run(exchange(port, chunks, pause_ms / 1000))
        except Err as error:
            raise Err(repr(error)) from None
