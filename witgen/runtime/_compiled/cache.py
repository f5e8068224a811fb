"""Compiled code kept in a folder, so that `prepare` need not compile what it compiled before.

Compiled code is loaded as it is: whoever writes it decides what this process does. So only files that this user wrote
through here are loaded: they lie in a folder that was made here and that nobody else may write, belong to this user, and
begin with a digest of the rest. Whatever is different (cut short, changed, put there by another program, made by another
wasmtime) is compiled again and replaced.
"""

from __future__ import annotations

import os
import stat
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary

from wasmtime import Engine, Module, WasmtimeError
from wasmtime.component import Component

from ...atomic import replace_file
from ...dataclass import dataclass
from ...text import reason_of
from .._process.fork import Lock, importing
from .._stores.compiling import compile_component, compile_module

FolderPath = str | os.PathLike[str]
"""A folder, which is created if missing."""

PRIVATE = "witgen-code"
"""The folder in the user's that files lie in."""
_MAGIC = b"witgen compiled component 1\n"
_DIGEST = 32
"""How many bytes a SHA-256 has."""
_CODE, _PART = ".component", ".part"
_STALE = 3600.0
"""Seconds after which an incomplete file is taken for one of a killed process."""
_USED = 60.0
"""Seconds within which a second use of a file is not noted."""

_READ_ONLY = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"))
"""Not through a link, and without waiting for whoever writes to a pipe."""

_fingerprints: WeakKeyDictionary[Engine, bytes] = WeakKeyDictionary()
_lock = Lock()

_Code = TypeVar("_Code", Component, Module)


class CacheError(Exception):
    """The folder cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What `Cache.prune` did: how many files it removed and how many are left, and their bytes."""

    removed: int
    removed_bytes: int
    left: int
    left_bytes: int


class Cache:
    """The compiled code in `folder`. Threads and processes may use one folder together."""

    def __init__(self, folder: FolderPath, part: str = "") -> None:
        """`part` is in the name of every temporary file, so that the caller can find it."""
        self.folder = Path(folder)
        self._part = part

    def check(self) -> None:
        """Make the folder if there is none.

        Raises:
            CacheError: the folder cannot be used, or others than this user can write there.
        """
        self._private()

    def find(self, engine: Engine, data: bytes | bytearray) -> Component | None:
        """The component of `data`, if its code is here.

        Raises:
            CacheError: the folder cannot be used, or others than this user can write there.
        """
        return self._find(Component, engine, self._path(engine, data))

    def find_module(self, engine: Engine, data: bytes | bytearray) -> Module | None:
        """The same for a core module."""
        return self._find(Module, engine, self._path(engine, data))

    def keep(self, engine: Engine, data: bytes | bytearray, code: Component | Module) -> None:
        """Put the code of the component or core module of `data` here.

        Raises:
            CacheError: the folder cannot be used, or others than this user can write there.
        """
        self._write(self._path(engine, data), bytes(code.serialize()))

    def clear_parts(self, part: str) -> None:
        """Remove the incomplete files of a process that was ended; their names contain `part`."""
        with suppress(OSError):
            for path in (self.folder / PRIVATE).glob(f".{part}-*{_PART}"):
                path.unlink(missing_ok=True)

    def prune(self, max_age: float | None = None, max_size: int | None = None) -> Pruned:
        """Remove what was not used for `max_age` seconds, then the least recently used until `max_size` bytes are left.

        Incomplete files of killed processes are removed as well. A file that a program is loading is kept.

        Raises:
            CacheError: the folder cannot be used, or others than this user can write there.
        """
        if not os.path.lexists(self.folder):  # a misspelled folder is not made
            return Pruned(0, 0, 0, 0)
        now = time.time()
        removed = removed_bytes = 0
        files: list[tuple[float, int, Path]] = []
        for path in self._private().iterdir():
            with suppress(OSError):
                found = path.lstat()
                if path.suffix == _CODE:
                    files.append((found.st_mtime, found.st_size, path))
                elif path.suffix == _PART and now - found.st_mtime > _STALE:
                    path.unlink(missing_ok=True)
        left_bytes = sum(size for _, size, _ in files)
        left = len(files)
        for used, size, path in sorted(files):
            is_old = max_age is not None and now - used > max_age
            if not is_old and (max_size is None or left_bytes <= max_size):
                continue
            try:
                path.unlink(missing_ok=True)
            except OSError:  # Windows keeps a file that is open
                continue
            removed, removed_bytes, left, left_bytes = removed + 1, removed_bytes + size, left - 1, left_bytes - size
        return Pruned(removed, removed_bytes, left, left_bytes)

    def _path(self, engine: Engine, data: bytes | bytearray) -> Path:
        key = _sha256(_fingerprint(engine) + _sha256(data)).hex()
        return self._private() / f"{key}{_CODE}"

    def _find(self, kind: type[_Code], engine: Engine, path: Path) -> _Code | None:
        code = _read(path)
        if code is None:
            return None
        with suppress(WasmtimeError):  # made by a wasmtime that differs in what its fingerprint does not show
            found = kind.deserialize(engine, code)
            _note_use(path)
            return found
        return None

    def _private(self) -> Path:
        """The folder for our files.

        Raises:
            CacheError: the folder cannot be used, or others than this user can write there.
        """
        private = self.folder / PRIVATE
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                private.mkdir(mode=0o700)
            found = private.lstat()
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            raise CacheError(f"the cache `{private}` cannot be used: {reason_of(error)}") from None
        if not stat.S_ISDIR(found.st_mode) or not _is_ours(found):
            raise CacheError(
                f"the cache `{private}` is not used: others than you can write there, and what they write would run as this"
                " program"
            )
        return private

    def _write(self, path: Path, code: bytes) -> None:
        """Put a file in place at once: other processes see all of it or none.

        Raises:
            CacheError: it cannot be written.
        """
        try:  # which only this user can read
            replace_file(path, _MAGIC + _sha256(code), code, prefix=f".{self._part}-", suffix=_PART, mode=0o600)
        except OSError as error:
            if _read(path) is None:  # on Windows, another process may have put it there and be reading it
                raise CacheError(f"the cache `{path.parent}` cannot be written: {reason_of(error)}") from None


def compiled(engine: Engine, data: bytes | bytearray, folder: FolderPath) -> Component:
    """The component of `data`, from `folder` if it is there, and from then on if not.

    A cache that cannot be used is a `RuntimeWarning`: the component is compiled all the same.

    Raises:
        wasmtime.WasmtimeError: it is not a component.
    """
    return _compiled(Cache.find, compile_component, engine, data, folder)


def compiled_module(engine: Engine, data: bytes | bytearray, folder: FolderPath) -> Module:
    """The same for a core module."""
    return _compiled(Cache.find_module, compile_module, engine, data, folder)


def _compiled(
    find: Callable[[Cache, Engine, bytes | bytearray], _Code | None],
    compile_code: Callable[[Engine, bytes | bytearray], _Code],
    engine: Engine,
    data: bytes | bytearray,
    folder: FolderPath,
) -> _Code:
    cache = Cache(folder)
    try:
        found = find(cache, engine, data)
    except CacheError as error:
        warnings.warn(str(error), RuntimeWarning, stacklevel=3)
        return compile_code(engine, data)
    if found is not None:
        return found
    made = compile_code(engine, data)
    try:
        cache.keep(engine, data, made)
    except CacheError as error:
        warnings.warn(str(error), RuntimeWarning, stacklevel=3)
    return made


def _sha256(data: bytes | bytearray) -> bytes:
    with importing:
        import hashlib  # which loads OpenSSL: only for who keeps code

    return hashlib.sha256(data).digest()


def _fingerprint(engine: Engine) -> bytes:
    """The hash of an empty component as this engine compiles it: distinguishes engines whose code is not interchangeable."""
    with _lock:
        known = _fingerprints.get(engine)
        if known is None:
            empty = compile_component(engine, b"\0asm\x0d\0\x01\0")
            known = _fingerprints[engine] = _sha256(bytes(empty.serialize()))
        return known


def _is_ours(found: os.stat_result) -> bool:
    """Whether only this user can have written it. Elsewhere than on POSIX the user's own folders are trusted."""
    if os.name != "posix":
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _read(path: Path) -> bytes | None:
    """The code in a file that `_write` wrote; None for any other."""
    try:
        with os.fdopen(os.open(path, _READ_ONLY), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or not _is_ours(found):
                return None
            data = file.read()
    except OSError:
        return None
    start = len(_MAGIC) + _DIGEST
    code = data[start:]
    if data[:start] != _MAGIC + _sha256(code):
        return None
    return code


def _note_use(path: Path) -> None:
    """Let `prune` know that a file is used."""
    with suppress(OSError):
        if time.time() - path.stat().st_mtime > _USED:
            os.utime(path)


__all__ = ["PRIVATE", "Cache", "CacheError", "FolderPath", "Pruned", "compiled", "compiled_module"]
