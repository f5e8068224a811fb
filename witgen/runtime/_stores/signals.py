"""Whether a trap would still reach wasmtime, for engines that find traps by signals.

Such an engine installs handlers for SIGILL, SIGFPE and SIGSEGV once per process. `faulthandler.enable()`, `signal.signal`
or a library that replaces them later turns every trap into the end of the process, and so does a thread that has blocked
these signals. Engines of `witgen.runtime.engine` need no handlers; with others, what is installed and what is blocked is
looked at before wasm is entered and when a callback returns.
"""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Callable
from weakref import WeakKeyDictionary

from wasmtime import Config, Engine, WasmtimeError
from wasmtime.component import Component

from .. import _wasmtime
from .._errors import EngineError
from .guarded import KnownEngine

_EMPTY = b"\0asm\x0d\0\x01\0"
_needs: WeakKeyDictionary[Engine, bool] = WeakKeyDictionary()


def watch(engine: Engine) -> Callable[[], None] | None:
    """What raises EngineError if a trap in `engine` would end the process; None where that cannot be.

    Only Linux is looked at: macOS has exception ports and Windows exception handlers that come first.
    """
    if sys.platform != "linux":
        return None
    if isinstance(engine, KnownEngine) and not engine.settings.signals_based_traps:
        return None

    def check() -> None:
        if not _are_installed():
            reason = (
                "a signal handler of wasmtime's was replaced (by faulthandler.enable() or signal.signal(), for example)"
            )
        elif _are_blocked():
            reason = "this thread blocks the signals of traps (by signal.pthread_sigmask(), for example)"
        else:
            return
        if _needs_signals(engine):
            raise EngineError(
                f"{reason}: a trap would end the process. Make the engine with witgen.runtime.engine(), which needs no handlers"
            )

    return check


class _Info(ctypes.Structure):
    _fields_ = (
        ("file", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    )


_SIGNALS = [getattr(signal, name) for name in ("SIGILL", "SIGFPE", "SIGSEGV") if hasattr(signal, name)]
_known: dict[int, bool] = {}
"""Handlers by address, and whether they are wasmtime's."""


def _are_installed() -> bool:
    """Whether all handlers are wasmtime's."""
    libc = ctypes.CDLL(None)
    action = (ctypes.c_void_p * 64)()  # more than a `struct sigaction` has; its first word is the handler on Linux
    for number in _SIGNALS:
        libc.sigaction(int(number), None, action)
        handler = action[0] or 0
        known = _known.get(handler)
        if known is None:
            known = _known[handler] = _is_wasmtimes(libc, handler)
        if not known:
            return False
    return True


def _are_blocked() -> bool:
    """Whether this thread blocks one of the signals: the kernel ends the process when one comes that is blocked."""
    return not signal.pthread_sigmask(signal.SIG_BLOCK, ()).isdisjoint(_SIGNALS)


def _is_wasmtimes(libc: ctypes.CDLL, handler: int) -> bool:
    info = _Info()
    found = libc.dladdr(ctypes.c_void_p(handler), ctypes.byref(info))
    return bool(found) and info.file == _wasmtime.LIBRARY.encode()


def _needs_signals(engine: Engine) -> bool:
    """Whether `engine` finds traps by signals: it loads no code that was compiled for one that does not."""
    known = _needs.get(engine)
    if known is None:
        known = _needs[engine] = not any(
            _loads(engine, fuel, epochs) for fuel in (False, True) for epochs in (False, True)
        )
    return known


def _loads(engine: Engine, fuel: bool, epochs: bool) -> bool:
    config = Config()
    config.signals_based_traps = False
    config.parallel_compilation = False
    config.consume_fuel = fuel
    config.epoch_interruption = epochs
    try:
        Component.deserialize(engine, Component(Engine(config), _EMPTY).serialize())
    except WasmtimeError:
        return False
    return True
