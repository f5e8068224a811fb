"""Compiled code kept in a folder, so that `prepare` need not compile what it compiled before.

Compiled code is loaded as it is: whoever writes it decides what this process does. So only files that this user wrote
through here are loaded: they lie in a folder that was made here and that nobody else may write, belong to this user, and
begin with a digest of the rest. Whatever is different (cut short, changed, put there by another program, made by another
wasmtime) is compiled again and replaced. A cache that cannot be used is a `RuntimeWarning`, never an error: the component
is compiled all the same.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from weakref import WeakKeyDictionary

from wasmtime import Engine, WasmtimeError
from wasmtime.component import Component

from ._compiling import compile_component
from ._fork import Lock

FolderPath = str | os.PathLike[str]
"""A folder, which is made if there is none."""

PRIVATE = "witgen-code"
"""The folder in the user's that files lie in."""
_MAGIC = b"witgen compiled component 1\n"
_DIGEST = hashlib.sha256().digest_size

_fingerprints: WeakKeyDictionary[Engine, bytes] = WeakKeyDictionary()
_lock = Lock()


def compiled(engine: Engine, data: bytes | bytearray, folder: FolderPath) -> Component:
    """The component of `data`, from `folder` if it is there, and from then on if not.

    Raises: wasmtime.WasmtimeError for what is no component.
    """
    private = _private(Path(folder))
    if private is None:
        return compile_component(engine, data)
    key = hashlib.sha256(_fingerprint(engine) + hashlib.sha256(data).digest()).hexdigest()
    path = private / f"{key}.component"
    code = _read(path)
    if code is not None:
        with suppress(WasmtimeError):  # made by a wasmtime that differs in what its fingerprint does not show
            return Component.deserialize(engine, code)
    component = compile_component(engine, data)
    _write(path, bytes(component.serialize()))
    return component


def _fingerprint(engine: Engine) -> bytes:
    """What tells engines apart whose code is not interchangeable: what they make of an empty component."""
    with _lock:
        known = _fingerprints.get(engine)
        if known is None:
            empty = compile_component(engine, b"\0asm\x0d\0\x01\0")
            known = _fingerprints[engine] = hashlib.sha256(bytes(empty.serialize())).digest()
        return known


def _private(folder: Path) -> Path | None:
    """The folder for our files in `folder`; None, after a warning, if others could write there."""
    private = folder / PRIVATE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            private.mkdir(mode=0o700)
        found = private.lstat()
    except OSError as error:
        _warn(f"cannot be used: {error.strerror or error}", private)
        return None
    if not stat.S_ISDIR(found.st_mode) or not _is_ours(found):
        _warn("is not used: others than you can write there, and what they write would run as this program", private)
        return None
    return private


def _is_ours(found: os.stat_result) -> bool:
    """Whether only this user can have written it. Elsewhere than on POSIX the user's own folders are trusted."""
    if os.name != "posix":
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _read(path: Path) -> bytes | None:
    """The code in a file that `_write` wrote; None for any other."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or not _is_ours(found):
                return None
            data = file.read()
    except OSError:
        return None
    start = len(_MAGIC) + _DIGEST
    code = data[start:]
    if data[:start] != _MAGIC + hashlib.sha256(code).digest():
        return None
    return code


def _write(path: Path, code: bytes) -> None:
    """Put a file in place at once: other processes see all of it or none."""
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")  # which only this user can read
        try:
            with os.fdopen(number, "wb") as file:
                file.write(_MAGIC + hashlib.sha256(code).digest())
                file.write(code)
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        _warn(f"cannot be written: {error.strerror or error}", path.parent)


def _warn(what: str, path: Path) -> None:
    warnings.warn(f"the cache {path} {what}", RuntimeWarning, stacklevel=2)
