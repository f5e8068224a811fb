"""Compiling in a process of its own, within limits of time and memory: what comes back is code in a cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast

import wasmtime

from ...text import reason_of
from .._errors import CompileLimitError, EngineError
from .cache import Cache, CacheError
from .isolation import Isolation, Progress

_GRACE = 2.0
"""Seconds that the process has beyond its limit to end by itself."""
_START = 30.0
"""Seconds that it may take to start, which are not counted."""
_MOST_WORDS = 2000
"""How much of the standard error output of the process is reported."""


def compile_apart(
    settings: Mapping[str, object],
    data: bytes | bytearray,
    cache: Cache,
    limits: Isolation,
    progress: Progress | None = None,
) -> bool:
    """Compile a component into `cache` in a process of its own.

    Args:
        settings: the keywords of `engine`.
        data: the component, in the binary format or as text.
        limits: what the process may use.
        progress: is called now and then.

    Returns:
        Whether its code was there before.

    Raises:
        CompileLimitError: the process took more than it was allowed.
        wasmtime.WasmtimeError: it is not a component.
        CacheError: the cache cannot be used.
        EngineError: no process can be started, or its memory cannot be measured.
        ValueError: a setting is not one of `engine`.
    """
    cache.check()
    part = os.urandom(8).hex()
    request = {
        "engine": dict(settings),
        "cache": str(cache.folder),
        "part": part,
        "size": len(data),
        "seconds": limits.seconds,
        "memory": limits.memory,
    }
    try:
        events, status, words = _run(json.dumps(request).encode() + b"\n", bytes(data), limits, progress)
    finally:
        cache.clear_parts(part)
    for event in events:
        match event:
            case {"done": bool(was_cached)}:
                return was_cached
            case {"refused": str(message)}:
                raise wasmtime.WasmtimeError(message)
            case {"setting": str(message)}:
                raise ValueError(message)
            case {"cache": str(message)}:
                raise CacheError(message)
            case {"cannot": "memory"}:
                raise EngineError(
                    "the memory of a process cannot be measured on this system: pass Isolation(memory=None), and bound the"
                    " memory of the whole program from outside"
                )
            case {"exceeded": str(what)}:
                raise _exceeded(what, limits)
            case _:
                pass
    if limits.memory is not None and (b"memory allocation of" in words or b"MemoryError" in words):
        raise _exceeded("memory", limits)
    said = words[-_MOST_WORDS:].decode(errors="replace").strip()
    raise EngineError(f"the compiling process ended with status {status}" + (f":\n{said}" if said else ""))


def _exceeded(what: str, limits: Isolation) -> CompileLimitError:
    if what == "memory":
        assert limits.memory is not None
        return CompileLimitError("memory", f"compiling takes more than {limits.memory:,} bytes of memory")
    return CompileLimitError("seconds", f"compiling takes more than {limits.seconds:g} seconds")


def _run(
    head: bytes, data: bytes, limits: Isolation, progress: Progress | None
) -> tuple[list[dict[str, object]], int, bytes]:
    """What the process reported, its status, and what it said on standard error."""
    events: list[dict[str, object]] = []
    with tempfile.TemporaryFile() as said:
        try:
            child = subprocess.Popen(
                [_python(), "-P", "-B", "-m", f"{__package__}.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                env=_environment(),
            )
        except OSError as error:
            raise EngineError(f"the compiling process cannot be started: {reason_of(error)}") from None
        try:
            reader = threading.Thread(target=_read, args=(child, events), daemon=True)
            reader.start()
            assert child.stdin is not None
            with suppress(OSError):  # it ended early, and says why
                child.stdin.write(head)
                child.stdin.write(data)
                child.stdin.flush()
            _wait(child, events, limits, progress)
            reader.join()
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
            for stream in (child.stdin, child.stdout):
                with suppress(OSError):
                    assert stream is not None
                    stream.close()
        said.seek(0, os.SEEK_END)
        said.seek(max(0, said.tell() - _MOST_WORDS))
        return events, child.returncode, said.read()


def _wait(
    child: subprocess.Popen[bytes], events: list[dict[str, object]], limits: Isolation, progress: Progress | None
) -> None:
    """Until the process ends; one that does not end by itself when it should is ended."""
    began = time.monotonic()
    while True:
        with suppress(subprocess.TimeoutExpired):
            child.wait(0.1)
            return
        passed = time.monotonic() - began
        if limits.seconds is not None and passed > limits.seconds + _START + _GRACE:
            events.append({"exceeded": "seconds"})
            child.kill()
        if progress is not None:
            sizes = [size for event in events if isinstance(size := event.get("memory"), int)]
            progress(passed, sizes[-1] if sizes else 0)


def _read(child: subprocess.Popen[bytes], events: list[dict[str, object]]) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        with suppress(ValueError):  # cut off where the process ended
            event: object = json.loads(line)
            if isinstance(event, dict):
                events.append(cast("dict[str, object]", event))


def _python() -> str:
    """The interpreter.

    Raises:
        EngineError: this program has none of its own.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        raise EngineError(
            "compiling in a separate process needs a Python interpreter, but this program has none: fill the cache with"
            " `witgen compile` beforehand, and pass cached_only=True"
        )
    return sys.executable


def _environment() -> dict[str, str]:
    """This process's environment, in which the other one finds the same witgen and wasmtime."""
    roots = [str(Path(module).resolve().parents[depth]) for module, depth in ((__file__, 3), (wasmtime.__file__, 1))]
    before = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([*dict.fromkeys(roots), *([before] if before else [])])
    return {**os.environ, "PYTHONPATH": path, "RUST_BACKTRACE": "0"}


__all__ = ["compile_apart"]
