"""A process that compiles one component into a cache, within bounds, and ends: `python -m witgen.runtime._compiled.child`.

On standard input come a line of JSON, the component's bytes, and then nothing: when the input ends, so did whoever asked,
and the process ends too. On standard output go lines of JSON, which `separate` reads.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any, BinaryIO, cast

_LOOK = 0.01
"""Seconds between two looks at the clock and the memory."""
_TELL = 0.5
"""Seconds between two reports of the memory in use."""


def main() -> None:
    """Do what standard input asks for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for whoever asked, who then ends this process
    given = sys.stdin.buffer
    request = cast("dict[str, object]", json.loads(given.readline()))
    data = given.read(cast("int", request["size"]))
    _watch(request, given)
    try:
        _compile(request, data)
    except MemoryError:
        _tell({"exceeded": "memory"})
    os._exit(0)  # at once: threads are waiting


def _compile(request: Mapping[str, object], data: bytes) -> None:
    from wasmtime import WasmtimeError, wat2wasm
    from wasmtime.component import Component

    from .._stores.engine import engine
    from .cache import Cache, CacheError

    settings = cast("dict[str, Any]", request["engine"])  # the keywords of `engine`
    try:
        cache = Cache(cast("str", request["cache"]), part=cast("str", request["part"]))
        if not data.startswith(b"\0"):
            data = bytes(wat2wasm(data))
        made = engine(**settings)
        is_there = cache.find(made, data) is not None
        if not is_there:
            cache.keep(made, data, Component(made, data))
    except CacheError as error:
        _tell({"cache": str(error)})
    except ValueError as error:
        _tell({"setting": str(error)})
    except WasmtimeError as error:
        _tell({"refused": str(error)})
    else:
        _tell({"done": is_there})


def _watch(request: Mapping[str, object], given: BinaryIO) -> None:
    from .footprint import limit_address_space, meter

    memory = cast("int | None", request["memory"])
    used = meter()
    if memory is not None:
        if used is None:
            _tell({"cannot": "memory"})
            os._exit(0)
        limit_address_space(memory)
    seconds = cast("float | None", request["seconds"])
    ends = None if seconds is None else time.monotonic() + seconds

    def look() -> None:
        told = time.monotonic()
        while True:
            now = time.monotonic()
            size = 0 if used is None else used()
            if memory is not None and size > memory:
                _tell({"exceeded": "memory"})
                os._exit(0)
            if ends is not None and now > ends:
                _tell({"exceeded": "seconds"})
                os._exit(0)
            if now - told > _TELL:
                _tell({"memory": size})
                told = now
            time.sleep(_LOOK)

    def listen() -> None:
        given.read()
        os._exit(0)

    for target in (look, listen):
        threading.Thread(target=target, daemon=True).start()


def _tell(event: Mapping[str, object]) -> None:
    try:
        os.write(1, f"{json.dumps(event)}\n".encode())
    except OSError:  # nobody listens any more
        os._exit(0)


if __name__ == "__main__":
    main()
