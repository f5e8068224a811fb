"""What a file is that was given for a component, by how it begins."""

from __future__ import annotations

from .errors import BinaryError, Fault

_ZSTD = b"\x28\xb5\x2f\xfd"
_DECOMPRESS = "decompress it first: components are read as they are"
_COMPILED = (
    "this is compiled code for one machine and one wasmtime: give the component that it was compiled from; the `cache` of"
    " `prepare` keeps compiled code"
)
_KNOWN = (
    (b"\x1f\x8b", "compressed with gzip", _DECOMPRESS),
    (_ZSTD, "compressed with zstd", _DECOMPRESS),
    (b"\xfd7zXZ", "compressed with xz", _DECOMPRESS),
    (b"BZh", "compressed with bzip2", _DECOMPRESS),
    (b"PK\x03\x04", "a zip archive", "unpack it first: a component is one file"),
    (b"\x7fELF", "native or compiled code (`.cwasm`)", _COMPILED),
)
"""Files that are given for components, by how they begin."""


def not_webassembly(head: bytes, offset: int) -> BinaryError:
    """The error for a file that begins with `head`, which is not how WebAssembly begins."""
    for beginning, kind, advice in _KNOWN:
        if head.startswith(beginning):
            return BinaryError(Fault.NOT_A_COMPONENT, f"this is {kind}, not a component", offset, advice)
    message = "not a WebAssembly file: it does not start with `\\0asm`"
    return BinaryError(Fault.NOT_A_COMPONENT, message, offset)


def is_text(data: bytes | bytearray) -> bool:
    """Whether `data` begins as component text does."""
    return data.lstrip()[:1] in (b"(", b";") and not data.startswith(_ZSTD)  # which begins with a parenthesis


__all__ = ["is_text", "not_webassembly"]
