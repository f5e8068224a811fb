"""What every entry into wasm needs beside the entry itself: room on the stack before it, and the reason if it fails."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, NoReturn

from .. import _wasmtime
from .._process.room import HAS_ONE_LIMIT, nested
from .._stores import store as _store
from . import memory as _memory
from .memory import Pointer

if TYPE_CHECKING:
    from .._instance import Instance


# A callback takes a frame of Python's and a few calls of C's, and telling of a failure some more frames.
_ROOM = nested(6)
NEED_ROOM = "isinstance(me, ROOM)" if HAS_ONE_LIMIT else "need_room()"
"""The statement that raises RecursionError here, where it does no harm: as `_store._need_room`, for this layer.

`me` is an int.
"""


def need_room() -> None:
    """The same as a function."""
    if HAS_ONE_LIMIT:
        isinstance(0, _ROOM)
    else:
        _need_room_5()


def _need_room_5() -> None:
    _need_room_4()


def _need_room_4() -> None:
    _need_room_3()


def _need_room_3() -> None:
    _need_room_2()


def _need_room_2() -> None:
    _need_room_1()


def _need_room_1() -> None:
    pass


NAMES: dict[str, object] = {"need_room": _need_room_5, "ROOM": _ROOM}
"""What the statement uses by name."""


_NO_ROOM = "a failure for which the stack had no room"


def failed(instance: Instance, error: int | None, aborted: BaseException | None = None) -> NoReturn:
    """Raise what made an entry fail."""
    frame, state = instance.frame, instance.state
    if aborted is not None:  # a signal's handler raised while wasm was left: whether it had failed is not known
        if frame.error is not None:
            state.spend(frame.error)
        raise aborted
    assert error is not None
    if frame.error is not None:
        _memory.error_delete(Pointer(error))
        cause: BaseException = frame.error
        frame.error = None
        try:
            state.spend(cause)
        except RecursionError:
            state.spent = state.spent or _NO_ROOM
    else:
        try:
            cause = _store.settle(state, frame, _wasmtime.error_at(error))
        except (RecursionError, ctypes.ArgumentError):  # which is what ctypes makes of one
            state.spent = state.spent or _NO_ROOM
            cause = RecursionError("the stack has no room to say why the call failed")
    raise cause
