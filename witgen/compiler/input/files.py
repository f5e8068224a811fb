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


def read_whole(path: str) -> bytes:
    """The bytes of a file, or of a pipe up to its end.

    Raises:
        OSError: it cannot be read, is a device or is too large; `strerror` says so.
        ValueError: the path holds a NUL.
    """
    with FileIO(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)) as file:
        status = os.fstat(file.fileno())
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if stat.S_ISREG(status.st_mode) and status.st_size:
            if status.st_size > MOST_BYTES:
                raise _too_large()
            return file.read()
        if stat.S_ISFIFO(status.st_mode):
            _wait_for_writer(file)
        elif not stat.S_ISREG(status.st_mode):  # files of the kernel have no size
            raise OSError(errno.EINVAL, "it is a device, not a file")
        os.set_blocking(file.fileno(), True)
        return _up_to_the_end(file)


def _wait_for_writer(file: FileIO) -> None:
    """Wait until a program writes to the pipe.

    Raises:
        OSError: none does.
    """
    poll = select.poll()
    poll.register(file.fileno(), select.POLLIN)
    if not poll.poll(0) and _has_no_writer(file) and not poll.poll(_PATIENCE * 1000):
        raise OSError(errno.EPIPE, "it is a pipe that nothing writes to")


def _has_no_writer(file: FileIO) -> bool:
    """Whether an empty pipe would be at its end: with a writer that is silent, there is nothing to read (None)."""
    return file.read(1) == b""


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
