"""The guest of world `pipes`: asynchronous functions on `componentize_py_async_support`."""

from __future__ import annotations

import asyncio

from componentize_py_async_support import spawn
from componentize_py_async_support.futures import FutureReader, FutureWriter
from componentize_py_async_support.streams import ByteStreamReader, ByteStreamWriter
from componentize_py_types import Err

import wit_world
from wit_world import exports

seen: list[str] = []


async def write(writer: ByteStreamWriter, data: bytes) -> None:
    with writer:
        for start in range(0, len(data), 1000):
            await writer.write_all(data[start : start + 1000])


async def give(writer: FutureWriter[int], value: int | None) -> None:
    with writer:
        if value is not None:
            await writer.write(value)


async def afterwards() -> None:
    for number in range(3):
        await asyncio.sleep(0)
        seen.append(f"afterwards {number}")


class Lab(exports.Lab):
    """The exported interface."""

    async def turns(self, rounds: int) -> list[str]:
        said: list[str] = []

        async def say(name: str) -> None:
            for number in range(rounds):
                said.append(f"{name}{number}")
                await asyncio.sleep(0)

        await asyncio.gather(say("a"), say("b"))
        return said

    async def fail(self, reason: str) -> int:
        await asyncio.sleep(0)
        raise Err(reason)

    async def pipe(self, data: bytes) -> bytes:
        writer, reader = wit_world.byte_stream()
        task = asyncio.create_task(write(writer, data))
        found = b""
        with reader:
            while not reader.writer_dropped:
                found += await reader.read(300)
        await task
        return found

    async def promise(self, value: int | None) -> int:
        writer, reader = wit_world.u32_future(lambda: 7)
        task = asyncio.create_task(give(writer, value))
        found = await reader.read()
        await task
        return found

    async def spawned(self) -> str:
        spawn(afterwards())
        return "at once"

    def seen(self) -> list[str]:
        return seen

    def types(self) -> tuple[ByteStreamReader, FutureReader[int]]:
        raise NotImplementedError
