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
"""Takes what a component writes, and gives how much of it was taken; None for all."""
_Set = Callable[[object, object], None]
_set_stdout = cast("_Set", vars(wasmtime.WasiConfig)["stdout_custom"].fset)
_set_stderr = cast("_Set", vars(wasmtime.WasiConfig)["stderr_custom"].fset)
_set_stderr_file = cast("_Set", vars(wasmtime.WasiConfig)["stderr_file"].fset)


class WasiConfig(wasmtime.WasiConfig):
    """As wasmtime's: what WASI gives the components of one store. Nothing is granted that is not said.

    What a component writes to a standard error that is not granted is read by nobody; its last lines are kept for the
    `Trap` or `Exit` that it may end with. What a `stdout_custom` or `stderr_custom` raises comes out of the call, whether the component fails for it or goes on.
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
        self._grants_stderr = self._has_outputs = True
        _set_stderr(self, _keeping(callback, self._state))

    def _stdout_custom(self, callback: Output) -> None:
        self._has_outputs = True
        _set_stdout(self, _keeping(callback, self._state))

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


def _keeping(callback: Output, states: list[StoreState]) -> Output:
    """`callback`, whose exceptions are kept until wasm has been left: wasmtime-py would print and forget them."""

    def call(data: bytes) -> int | None:
        try:
            return callback(data)
        except BaseException as error:  # noqa: BLE001  # raised again by the entry into wasm
            for state in states:
                if state.frame is not None:
                    state.frame.error = error
            return -errno.EIO

    return call


__all__ = ["WasiConfig"]
