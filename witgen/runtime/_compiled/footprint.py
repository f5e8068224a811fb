"""How much memory this process uses, and a bound on it: for a process that compiles what others made.

Operating systems differ in what they let a process limit. What holds where: on Linux the bound is on resident memory, and
address space is limited as well; on macOS the bound is on the most that was ever resident; on Windows it is on committed
memory. A thread looks every hundredth of a second, and ends the process.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from pathlib import Path

_STATM = Path("/proc/self/statm")
_RESERVED = 1 << 30
"""Address space that is reserved and never used: for stacks of threads and for parts of the heap."""


def meter() -> Callable[[], int] | None:
    """A function that gives the bytes in use; None on a system where they cannot be asked for."""
    for found in (_linux(), _windows(), _posix()):
        if found is not None:
            return found
    return None


def _linux() -> Callable[[], int] | None:
    # Not `ru_maxrss`: after a fork that is what the parent used.
    try:
        import resource

        int(_STATM.read_text("ascii").split()[1])
    except (ImportError, OSError, ValueError, IndexError):
        return None
    page = resource.getpagesize()
    return lambda: int(_STATM.read_text("ascii").split()[1]) * page


def _posix() -> Callable[[], int] | None:
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


class _Counters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of the Windows API."""

    _fields_ = (
        ("cb", ctypes.c_uint32),
        ("page_fault_count", ctypes.c_uint32),
        *((name, ctypes.c_size_t) for name in ("peak", "working", "paged_peak", "paged", "nonpaged_peak", "nonpaged")),
        ("pagefile_usage", ctypes.c_size_t),
        ("peak_pagefile_usage", ctypes.c_size_t),
    )


def _windows() -> Callable[[], int] | None:
    if sys.platform != "win32":
        return None
    kernel = ctypes.WinDLL("kernel32")
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    ask = kernel.K32GetProcessMemoryInfo
    ask.argtypes = (ctypes.c_void_p, ctypes.POINTER(_Counters), ctypes.c_uint32)
    process = kernel.GetCurrentProcess()

    def used() -> int:
        counters = _Counters(cb=ctypes.sizeof(_Counters))
        if not ask(process, ctypes.byref(counters), ctypes.sizeof(_Counters)):
            raise OSError("the memory in use cannot be asked for")
        return int(counters.pagefile_usage)

    return used


def limit_address_space(memory: int) -> None:
    """Let the system itself refuse what is far beyond `memory` bytes, where it can; and write no core file."""
    try:
        import resource
    except ImportError:
        return
    for name, most in (("RLIMIT_AS", memory + _RESERVED), ("RLIMIT_CORE", 0)):
        kind: int | None = getattr(resource, name, None)
        if kind is None:
            continue
        _, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (most, hard))
        except (OSError, ValueError):  # macOS takes no limit below what is mapped already
            continue


__all__ = ["limit_address_space", "meter"]
