"""Reads whole files that a user names; refuses devices, pipes without a writer, and files over a size limit."""

from __future__ import annotations

import errno
import os
import select
import stat
from io import FileIO

MOST_BYTES = 1 << 29
"""No file is read that is larger."""
_PATIENCE = 5.0
"""Seconds in which something must begin to write to a pipe."""
_CHUNK = 1 << 20
_READ_ONLY = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NONBLOCK"))
"""Opening a pipe without a writer must not wait. Windows has no such files, and no `O_NONBLOCK` and `select.poll`."""


def read_whole(path: str) -> bytes:
    """The bytes of a file, or of a pipe up to its end.

    Raises:
        OSError: it cannot be read, is a device or is too large; `strerror` says so.
        ValueError: the path holds a NUL.
    """
    with FileIO(os.open(path, _READ_ONLY)) as file:
        status = os.fstat(file.fileno())
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if stat.S_ISREG(status.st_mode):
            if status.st_size > MOST_BYTES:
                raise _too_large()
            return file.read() if status.st_size else _up_to_the_end(file)  # files of the kernel have no size
        if not stat.S_ISFIFO(status.st_mode):
            raise OSError(errno.EINVAL, "it is a device, not a file")
        if not hasattr(select, "poll"):
            return _up_to_the_end(file)
        begin = _wait_for_writer(file)
        os.set_blocking(file.fileno(), True)
        return begin + _up_to_the_end(file)


def _wait_for_writer(file: FileIO) -> bytes:
    """Wait until a program writes to the pipe.

    Returns:
        What was read of it meanwhile: the writer may come at any moment.

    Raises:
        OSError: none does.
    """
    poll = select.poll()
    poll.register(file.fileno(), select.POLLIN)
    if poll.poll(0):
        return b""
    # An empty pipe is at its end if it has no writer; with a writer that is silent, there is nothing to read (None).
    begin: bytes | None = file.read(_CHUNK)
    if begin == b"" and not poll.poll(_PATIENCE * 1000):
        raise OSError(errno.EPIPE, "it is a pipe that nothing writes to")
    return begin or b""


def _up_to_the_end(file: FileIO) -> bytes:
    found = bytearray()
    while chunk := file.read(_CHUNK):
        found += chunk
        if len(found) > MOST_BYTES:
            raise _too_large()
    return bytes(found)


def _too_large() -> OSError:
    return OSError(errno.EFBIG, f"it is larger than {MOST_BYTES >> 20} MiB")


__all__ = ["MOST_BYTES", "read_whole"]
