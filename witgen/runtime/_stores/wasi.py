"""What WASI is granted, and the standard error that nobody granted."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import wasmtime

from .stderr import Tail

if TYPE_CHECKING:
    from .store import StoreState

Output = Callable[[bytes], int | None]
"""Takes what a component writes, and gives how many bytes of it were taken; None for all.

A negative number is an error of the system, such as `-errno.ENOSPC`: the component's write fails with it.
"""
_ERRNO = range(-4095, 0)
"""Errors of the system, as negative numbers."""
_Set = Callable[[object, object], None]
_set_stdout = cast("_Set", vars(wasmtime.WasiConfig)["stdout_custom"].fset)
_set_stderr = cast("_Set", vars(wasmtime.WasiConfig)["stderr_custom"].fset)
_set_stderr_file = cast("_Set", vars(wasmtime.WasiConfig)["stderr_file"].fset)


class WasiConfig(wasmtime.WasiConfig):
    """As wasmtime's: what WASI gives the components of one store. Nothing is granted that is not said.

    What a component writes to a standard error that is not granted is read by nobody; its last lines are kept for the
    `Trap` or `Exit` that it may end with. What a `stdout_custom` or `stderr_custom` raises comes out of the call, whether the
    component fails for it or goes on; and so does a TypeError or ValueError where it returns something else than None, the
    number of bytes that it took, or a negative errno.
    """

    def __init__(self) -> None:
        super().__init__()
        self._grants_stderr = False
        self._has_outputs = False
        self._state: list[StoreState] = []
        """That of the store which it is given to, from then on."""

    def inherit_stderr(self) -> None:
        """Let components write to this process's standard error."""
        self._grants_stderr = True
        super().inherit_stderr()

    def _stderr_file(self, path: str) -> None:
        self._grants_stderr = True
        _set_stderr_file(self, path)

    def _stderr_custom(self, callback: Output) -> None:
        output = _keeping("stderr_custom", callback, self._state)
        self._grants_stderr = self._has_outputs = True
        _set_stderr(self, output)

    def _stdout_custom(self, callback: Output) -> None:
        output = _keeping("stdout_custom", callback, self._state)
        self._has_outputs = True
        _set_stdout(self, output)

    # Properties override those that wasmtime makes with a decorator of its own.
    stderr_file = property(None, _stderr_file)  # pyright: ignore[reportIncompatibleMethodOverride]
    stderr_custom = property(None, _stderr_custom)  # pyright: ignore[reportIncompatibleMethodOverride]
    stdout_custom = property(None, _stdout_custom)  # pyright: ignore[reportIncompatibleMethodOverride]

    def attach(self, state: StoreState) -> None:
        """It is given to the store of `state`."""
        if not self._grants_stderr:
            state.stderr = Tail()
            _set_stderr(self, state.stderr.write)
        self._state.append(state)
        state.has_outputs = self._has_outputs


def _keeping(name: str, callback: Output, states: list[StoreState]) -> Output:
    """`callback`, whose exceptions are kept until wasm has been left: wasmtime-py would print and forget them.

    Raises:
        TypeError: it cannot be called.
    """
    if not callable(callback):
        raise TypeError(f"WasiConfig.{name}: expected a function that takes bytes, got {type(callback).__name__}")

    def call(data: bytes) -> int | None:
        try:
            return _taken(name, callback(data), len(data))
        except BaseException as error:  # noqa: BLE001  # raised again by the entry into wasm
            for state in states:
                if state.frame is not None:
                    state.frame.error = error
            return -errno.EIO

    return call


def _taken(name: str, result: object, size: int) -> int:
    """How many of `size` bytes an output function took, or its errno.

    wasmtime believes the number: without this check, one that is larger than `size` aborts the process, and so does a
    result that is not a number, since ctypes then hands on whatever is in the register.

    Raises:
        TypeError: the result is not a number.
        ValueError: there are not as many bytes, and it is not an errno.
    """
    if result is None:
        return size
    if isinstance(result, bool) or not isinstance(result, int):
        raise TypeError(
            f"WasiConfig.{name}: expected None or the number of bytes that were taken, got {type(result).__name__}"
        )
    if 0 <= result <= size or result in _ERRNO:
        return result
    raise ValueError(
        f"WasiConfig.{name}: the function returned {result}, but was given {size} bytes: return None when all were taken"
    )


__all__ = ["WasiConfig"]
