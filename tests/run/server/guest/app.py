"""Streams what it answers: `/echo` while it still reads the request, `/ticks` while another task counts."""

from __future__ import annotations

import asyncio

from componentize_py_types import Ok
from poll_loop import PollLoop, Sink, Stream

from wit_world import exports
from wit_world.imports import http_types as types


def respond(status: int, response_out: types.ResponseOutparam) -> Sink:
    """Send the head of a response; what to write its body to."""
    response = types.OutgoingResponse(types.Fields.from_list([("server", b"guest")]))
    response.set_status_code(status)
    body = response.body()
    types.ResponseOutparam.set(response_out, Ok(response))
    return Sink(body)


async def echo(request: types.IncomingRequest, response_out: types.ResponseOutparam) -> None:
    """Each chunk goes back, in capitals, when it has come."""
    source = Stream(request.consume())
    sink = respond(200, response_out)
    while (chunk := await source.next()) is not None:
        await sink.send(chunk.upper())
    sink.close()


async def ticks(response_out: types.ResponseOutparam) -> None:
    """Two tasks: one writes, one counts."""
    count = 0

    async def tick() -> None:
        nonlocal count
        while True:
            await asyncio.sleep(0.01)
            count += 1

    ticking = asyncio.create_task(tick())
    sink = respond(200, response_out)
    for number in range(3):
        await asyncio.sleep(0.1)
        await sink.send(b"chunk %d after %d ticks\n" % (number, count))
    sink.close()
    ticking.cancel()


async def answer(request: types.IncomingRequest, response_out: types.ResponseOutparam) -> None:
    match request.path_with_query():
        case "/echo":
            await echo(request, response_out)
        case "/ticks":
            await ticks(response_out)
        case _:
            respond(404, response_out).close()


class IncomingHandler(exports.IncomingHandler):
    """The exported interface."""

    def handle(self, request: types.IncomingRequest, response_out: types.ResponseOutparam) -> None:
        loop = PollLoop()
        try:
            loop.run_until_complete(answer(request, response_out))
        finally:
            loop.close()
