"""Ctrl-C while wasm runs.

CPython runs the handler of a signal at the next bytecode that looks for one, which for a guest that calls back is the
first of the callback's entry function, before any `try` in it can begin: a `KeyboardInterrupt` raised there leaves the
entry as garbage for Rust, and the process crashes. So in those few functions the `try` is made to begin with the
function: its range in the code's exception table is extended to the front. That covers every handler that raises.

Where the table is not as expected, Python's default handler is replaced, while wasm runs on the main thread, by one
that in those functions only takes a note; the entry's `try` and the return from wasm raise it where it is safe.
"""

from __future__ import annotations

import dis
import sys
import threading
from collections.abc import Callable
from functools import lru_cache
from types import CodeType, FrameType, FunctionType

_entries: set[CodeType] = set()
from .fork import importing

_noted = False

_SILENT = {"CACHE", "COPY_FREE_VARS", "MAKE_CELL", "NOP", "RESUME"}


def entry(function: Callable[..., object]) -> None:
    """Make `function`, which C calls and whose body is one `try`, safe from handlers that raise."""
    if not isinstance(function, FunctionType):
        return
    shielded = shield(function.__code__)
    if shielded is None:
        _entries.add(function.__code__)
    else:
        function.__code__ = shielded


@lru_cache(maxsize=4096)
def shield(code: CodeType) -> CodeType | None:
    """The same code with its first `try` begun at the first bytecode; None where that cannot be done."""
    if sys.implementation.name != "cpython" or not code.co_exceptiontable:
        return None
    numbers, rest = _first_entry(code.co_exceptiontable)
    start, length, target, depth_and_lasti = numbers
    if depth_and_lasti >> 1:
        return None
    before = code.co_code[: 2 * start : 2]
    if any(dis.opname[op] not in _SILENT for op in before):
        return None
    first = _encode(0, 0x80) + b"".join(_encode(n) for n in (start + length, target, depth_and_lasti))
    return code.replace(co_exceptiontable=first + rest)


def _first_entry(table: bytes) -> tuple[list[int], bytes]:
    """The numbers of the first entry (start, length, target, depth and flag; in units of two bytes), and the rest."""
    numbers: list[int] = []
    at = 0
    while len(numbers) < 4:
        number = table[at] & 0x3F
        while table[at] & 0x40:
            at += 1
            number = number << 6 | table[at] & 0x3F
        at += 1
        numbers.append(number)
    return numbers, table[at:]


def _encode(number: int, mark: int = 0) -> bytes:
    """A number as the table has it: six bits a byte, the highest first; `mark` begins an entry."""
    digits = [number & 0x3F]
    while number := number >> 6:
        digits.append(number & 0x3F | 0x40)
    digits.reverse()
    digits[0] |= mark
    return bytes(digits)


def begin() -> bool:
    """Wasm is about to be entered, and is not running on this thread; returns whether `end` is due."""
    if not _entries or threading.current_thread() is not threading.main_thread():
        return False
    with importing:
        import signal  # enumerates all signals when it is imported, and is needed here only

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return False
    signal.signal(signal.SIGINT, _handle)
    return True


def end() -> None:
    """Wasm has been left."""
    with importing:
        import signal

    if signal.getsignal(signal.SIGINT) is _handle:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def check() -> None:
    """Raise what was noted.

    Raises:
        KeyboardInterrupt: Ctrl-C was noted.
    """
    global _noted
    if _noted and threading.current_thread() is threading.main_thread():
        _noted = False
        raise KeyboardInterrupt


def _handle(number: int, frame: FrameType | None) -> None:
    global _noted
    if frame is not None and frame.f_code in _entries:
        _noted = True
        return
    with importing:
        import signal

    signal.default_int_handler(number, frame)
