"""What `prepare` takes for a component, and what it says of files that are none."""

from __future__ import annotations

import array
import bz2
import gzip
import lzma
import mmap
import zipfile
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from wasmtime import wat2wasm

import witgen.runtime as rt
from tests.runtime.plugin import engine
from witgen.runtime import generated as abi

PLAIN = abi.WorldType("root:component/root", "0.1.0")
DATA = bytes(wat2wasm("(component)"))


def prepare(source: object) -> abi.Prepared:
    """Prepared against a world that asks for nothing."""
    return abi.Prepared(engine(), cast("rt.ComponentSource", source), PLAIN)


def test_every_buffer(tmp_path: Path) -> None:
    """Whatever has the bytes of one."""
    path = tmp_path / "c.wasm"
    path.write_bytes(DATA)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        buffers: list[object] = [DATA, bytearray(DATA), memoryview(DATA), array.array("B", DATA), mapped]
        for source in (*buffers, np.frombuffer(DATA, "uint8")):
            prepare(source)


def test_every_path(tmp_path: Path) -> None:
    """Text, an object, and files in archives and packages, which have no path of their own."""
    path = tmp_path / "c.wasm"
    path.write_bytes(DATA)
    (tmp_path / "c.wat").write_text(" (component)")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(path, "inner/c.wasm")
    in_archive = zipfile.Path(tmp_path / "all.zip") / "inner" / "c.wasm"
    for source in (path, str(path), tmp_path / "c.wat", in_archive):
        prepare(source)
    with pytest.raises(FileNotFoundError):
        prepare(tmp_path / "nothing.wasm")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(DATA), "this is compressed with gzip, not a component; decompress it first"),
        (bz2.compress(DATA), "this is compressed with bzip2, not a component; decompress it first"),
        (lzma.compress(DATA), "this is compressed with xz, not a component; decompress it first"),
        (b"\x28\xb5\x2f\xfd\0", "this is compressed with zstd, not a component; decompress it first"),
        (b"PK\x03\x04rest", "this is a zip archive, not a component; unpack it first"),
        (
            bytes(rt.Component(engine(), DATA).serialize()),
            "this is native or compiled code (`.cwasm`), not a component; ",
        ),
        (b"#!/bin/sh", "not a WebAssembly file: it does not start with `\\0asm`; componentize-py, "),
        (b"", "there is no component: "),
    ],
    ids=lambda value: value[:20].hex() if isinstance(value, bytes) else "",
)
def test_files_of_other_kinds(data: bytes, message: str, tmp_path: Path) -> None:
    """With what to do, from bytes and from a file, whose name is in it."""
    path = tmp_path / "it.wasm"
    path.write_bytes(data)
    for source, name in ((data, "the component" if data else ""), (path, f"`{path}`")):
        with pytest.raises(rt.BindError) as caught:
            prepare(source)
        assert message in str(caught.value)
        assert name in str(caught.value)


@pytest.mark.parametrize("source", [3, None, [DATA], object()], ids=str)
def test_what_is_no_source(source: object) -> None:
    """Said by name."""
    with pytest.raises(TypeError, match=r"expected a component's bytes, its path or a Component, got"):
        prepare(source)


def test_core_modules_and_encoded_packages() -> None:
    """As the command has it: what makes a component of one."""
    from tests.forwarding.package import attribute, generated

    with generated("package a:b; world w { export f: func(); }") as package:
        world = cast("abi.WorldType", attribute(attribute(package.module, "_abi"), "WORLD"))
        for text, words in (("(module)", "this is a core module, not a component; `wasm-tools component new` makes"),):
            with pytest.raises(rt.BindError) as caught:
                abi.Prepared(engine(), bytes(wat2wasm(text)), world)
            assert words in str(caught.value)
