"""The guest of `wasi:http/proxy`: answers every request with its method and path."""

from __future__ import annotations

from componentize_py_types import Ok

from wit_world import exports
from wit_world.imports import types


def method_name(method: types.Method) -> str:
    match method:
        case types.Method_Other(name):
            return name
        case other:
            return type(other).__name__.removeprefix("Method_").upper()


class IncomingHandler(exports.IncomingHandler):
    """The exported interface."""

    def handle(self, request: types.IncomingRequest, response_out: types.ResponseOutparam) -> None:
        text = f"{method_name(request.method())} {request.path_with_query() or '/'}\n".encode()
        headers = types.Fields.from_list([("content-type", b"text/plain")])
        response = types.OutgoingResponse(headers)
        body = response.body()
        types.ResponseOutparam.set(response_out, Ok(response))
        with body.write() as stream:
            stream.blocking_write_and_flush(text)
        types.OutgoingBody.finish(body, None)
