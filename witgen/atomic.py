"""Files that are replaced at once: whoever reads one sees all of the old text or all of the new. Standard library only."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress

FilePath = str | os.PathLike[str]

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | sum(getattr(os, n, 0) for n in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW"))
"""A file that was not there before, so that no other program holds it open or led its name elsewhere."""


def replace_file(path: FilePath, *parts: bytes, prefix: str, suffix: str = "", mode: int | None = None) -> None:
    """Replace one file, or make it. Its draft is written beside it, with a new name that starts and ends as given.

    Args:
        path: the file; a symbolic link would be replaced by a file.
        parts: its bytes, one after another.
        prefix: how the draft's name begins.
        suffix: how it ends.
        mode: the file's permissions. By default those of any new file, which the umask limits.

    Raises:
        OSError: it cannot be written; the file is then as it was, and the draft is removed.
    """
    folder = os.path.dirname(path)
    replace_files([(path, parts)], os.path.join(folder, prefix), suffix, mode)


def replace_files(
    files: Iterable[tuple[FilePath, Sequence[bytes]]], drafts: str, suffix: str = "", mode: int | None = None
) -> None:
    """Replace files, of which none is touched before the drafts of all are written.

    Args:
        files: the path of each, and its bytes in parts. A folder that is missing above one is made.
        drafts: how the paths of the drafts begin: on the same disk as the files, in a folder that exists.
        suffix: how they end.
        mode: the permissions of the files. By default those of any new file, which the umask limits.

    Raises:
        OSError: one of them cannot be written; each is then the old one or the new one, and the drafts are removed.
    """
    written: list[tuple[str, FilePath]] = []
    try:
        for path, parts in files:
            draft = f"{drafts}{os.urandom(8).hex()}{suffix}"
            handle = os.open(draft, _NEW, 0o666 if mode is None else 0o600)
            written.append((draft, path))
            with open(handle, "wb") as stream:
                stream.writelines(parts)
            if mode is not None:
                os.chmod(draft, mode)
        for draft, path in written:
            os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
            os.replace(draft, path)
    except BaseException:
        for draft, _ in written:
            with suppress(OSError):  # it is in place by now
                os.unlink(draft)
        raise


__all__ = ["FilePath", "replace_file", "replace_files"]
