"""Compiled code in a folder: used again, and never unless it was written there by the runtime itself."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from wasmtime import wat2wasm
from wasmtime.component import Component

import witgen.runtime as rt
from tests.runtime.plugin import engine
from witgen.runtime import generated as abi
from witgen.runtime._compiled.cache import PRIVATE
from witgen.runtime._stores.compiling import compile_component

pytestmark = pytest.mark.component_api

WORLD = abi.WorldType("test:cache/cache", "0.1.0", functions=("f",))
TEXT = """(component
  (core module $m (func (export "f") (result i32) i32.const %d))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))"""


def component(answer: int = 7) -> bytes:
    return bytes(wat2wasm(TEXT % answer))


def run(data: bytes, cache: Path) -> int:
    """What the component of `data` answers, prepared with a cache."""
    instance = abi.Prepared(engine(), data, WORLD, cache).instantiate(rt.Store(engine()), {})
    return instance.bind(abi.ExportFunc[[], int]("", "f", (), abi.U32))()


def files(cache: Path) -> list[Path]:
    return sorted((cache / PRIVATE).iterdir())


@pytest.fixture
def compiling(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long each component was that had to be compiled."""
    seen: list[int] = []

    def counting(wasm: rt.Engine, data: bytes) -> Component:
        if len(data) > 8:
            seen.append(len(data))
        return compile_component(wasm, data)

    monkeypatch.setattr("witgen.runtime._compiled.cache.compile_component", counting)
    return seen


def test_code_is_compiled_once(tmp_path: Path, compiling: list[int]) -> None:
    """A second `prepare` loads what the first compiled; another component, or engine, has a file of its own."""
    path = tmp_path / "c.wasm"
    path.write_bytes(component())
    cache = tmp_path / "deep" / "cache"
    assert [run(component(), cache), run(component(), cache)] == [7, 7]
    abi.Prepared(engine(), path, WORLD, str(cache))
    assert (len(compiling), len(files(cache))) == (1, 1)
    assert run(component(8), cache) == 8
    abi.Prepared(rt.engine(fuel=True), path, WORLD, cache)
    assert (len(compiling), len(files(cache))) == (3, 3)


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "foreign", "raw", "exchanged"])
def test_what_was_not_written_here_is_compiled_again(damage: str, tmp_path: Path, compiling: list[int]) -> None:
    """Damaged files and those of others are replaced, and not loaded."""
    assert run(component(), tmp_path) == 7
    (path,) = files(tmp_path)
    good = path.read_bytes()
    code = bytes(Component(engine(), component(8)).serialize())
    path.write_bytes(
        {
            "cut": good[:-1],
            "changed": good[:-9] + bytes([good[-9] ^ 1]) + good[-8:],
            "empty": b"",
            "foreign": b"#!/bin/sh\n",
            "raw": code,  # what wasmtime would load without a question
            "exchanged": good[: len(good) - len(code)] + code,
        }[damage]
    )
    assert run(component(), tmp_path) == 7
    assert len(compiling) == 2
    assert path.read_bytes() == good


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_what_others_may_write_is_not_loaded(tmp_path: Path, compiling: list[int]) -> None:
    """A folder open to others is said and not used; a file open to others is replaced."""
    assert run(component(), tmp_path) == 7
    (path,) = files(tmp_path)
    path.chmod(0o666)
    assert run(component(), tmp_path) == 7
    assert (len(compiling), path.stat().st_mode & 0o777) == (2, 0o600)
    path.parent.chmod(0o777)
    with pytest.warns(RuntimeWarning, match="others than you can write there"):
        assert run(component(), tmp_path) == 7
    assert len(compiling) == 3


def test_a_folder_that_cannot_be_used_is_a_warning(tmp_path: Path) -> None:
    """Without a cache, the component is compiled all the same; what is no component is the error that it always is."""
    (tmp_path / "file").touch()
    with pytest.warns(RuntimeWarning, match="cannot be used"):
        assert run(component(), tmp_path / "file") == 7
    with pytest.raises(rt.BindError, match="it is not a valid component"):
        run(b"\0asm, and no component", tmp_path)
    assert files(tmp_path) == []


def test_threads_may_fill_it_together(tmp_path: Path) -> None:
    """Each sees whole files; nothing half-written stays."""
    found: list[int] = []

    def work(n: int) -> None:
        found.append(run(component(n % 2), tmp_path))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 0, 0, 0, 1, 1, 1, 1]
    assert [path.suffix for path in files(tmp_path)] == [".component"] * 2
