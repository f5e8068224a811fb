"""The operating system's identity of the current thread, even where gevent or eventlet replace threads with greenlets."""

from __future__ import annotations

import _thread
import ctypes
import sys
from collections.abc import Callable
from types import BuiltinFunctionType
from typing import cast


def _original(name: str) -> Callable[..., object] | None:
    """A function of `_thread` as CPython has it; None where that was replaced by something that is not known."""
    found: object = getattr(_thread, name)
    if isinstance(found, BuiltinFunctionType):
        return found
    gevent = sys.modules.get("gevent.monkey")
    original: object = None if gevent is None else gevent.get_original("_thread", name)
    return original if isinstance(original, BuiltinFunctionType) else None


def _ident() -> Callable[[], int]:
    original = _original("get_ident")
    if original is not None:
        return cast("Callable[[], int]", original)
    function = ctypes.pythonapi.PyThread_get_thread_ident
    function.restype = ctypes.c_ulong
    return cast("Callable[[], int]", function)


get_ident = _ident()
"""The number of the thread that runs."""


def start_native(run: Callable[[], object]) -> None:
    """Run `run` in a daemon thread of its own.

    Raises:
        RuntimeError: only greenlets can be started.
    """
    start = _original("start_new_thread")
    if start is None:
        raise RuntimeError(
            "threads were replaced by greenlets (by eventlet, perhaps), which do not run beside a component"
        )
    start(run, ())


def native_lock() -> _thread.LockType:
    """A lock that threads wait for.

    Raises:
        RuntimeError: there are only those of greenlets.
    """
    allocate = _original("allocate_lock")
    if allocate is None:
        raise RuntimeError("locks were replaced by those of greenlets (by eventlet, perhaps)")
    return cast("_thread.LockType", allocate())
