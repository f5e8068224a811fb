"""What `prepare` is given: a compiled component, the bytes of one, or its file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol, cast

from wasmtime import WasmtimeError, wat2wasm
from wasmtime.component import Component

from ._errors import BindError
from ._kinds import kind
from ._process.fork import importing


class Readable(Protocol):
    """A file that can be read as `pathlib.Path` can: a `zipfile.Path`, or what `importlib.resources.files` gives."""

    def read_bytes(self) -> bytes:
        """All of it."""
        ...


ComponentSource = Component | bytes | bytearray | memoryview | str | os.PathLike[str] | Readable
"""A compiled component, the bytes of one in any buffer, or its file. A `str` is a path, never component text."""


def component_bytes(
    source: bytes | bytearray | memoryview | str | os.PathLike[str] | Readable,
) -> tuple[str, bytes | bytearray]:
    """Where a component comes from ("" for bytes), and its bytes in the binary format.

    Raises:
        OSError: the file cannot be read.
        TypeError: it is neither a path nor bytes.
        BindError: it does not begin as WebAssembly does, or its text is malformed.
    """
    path, data = _read(source)
    if not data:
        raise BindError(f"there is no component: {f'`{path}`' if path else 'the file'} is empty")
    with importing:
        from ..component.binary.file_kinds import is_text

    if path.endswith(".wat") or is_text(data):  # component text
        try:
            data = wat2wasm(bytes(data))
        except WasmtimeError as error:
            with importing:
                from ._binding.refused import refusal

            raise refusal(error, path) from error
    _check_kind_of_file(data, path)
    return path, data


def _read(source: bytes | bytearray | memoryview | str | os.PathLike[str] | Readable) -> tuple[str, bytes | bytearray]:
    """Where a component comes from ("" for bytes), and its bytes.

    Raises:
        OSError: the file cannot be read.
        TypeError: it is neither a path nor bytes.
    """
    if isinstance(source, bytes | bytearray):
        return "", source
    if isinstance(source, str | os.PathLike):
        return os.fspath(source), Path(source).read_bytes()
    if callable(getattr(source, "read_bytes", None)):  # a file in an archive or a package
        return str(source), cast("Readable", source).read_bytes()
    try:
        return "", memoryview(cast("memoryview", source)).tobytes()  # any buffer
    except TypeError:
        raise TypeError(
            f"prepare(): expected a component's bytes, its path or a Component, got {kind(source)}"
        ) from None


def _check_kind_of_file(data: bytes | bytearray, path: str) -> None:
    """Check that it begins as WebAssembly does.

    Raises:
        BindError: it does not; with advice.
    """
    if data.startswith(b"\0asm"):
        return
    with importing:
        from ..component.binary.file_kinds import not_webassembly

    error = not_webassembly(bytes(data[:8]), 0)
    subject = f"`{path}`" if path else "the component"
    raise BindError(f"{subject} is refused: {error.message}; {error.advice}")


__all__ = ["ComponentSource", "Readable", "component_bytes"]
