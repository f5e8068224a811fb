"""`prepare` in a process of its own: the code comes back through a cache, errors are those of `prepare`, limits hold."""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from wasmtime import Engine

import witgen.runtime as rt
from tests.runtime.plugin import engine
from tests.runtime.test_cache import WORLD, component, files, run
from witgen.runtime import generated as abi
from witgen.runtime._compiled import footprint as _footprint
from witgen.runtime._compiled import separate


def prepare(
    data: bytes, wasm: rt.Engine | None = None, cache: Path | None = None, **limits: float | None
) -> abi.Prepared:
    """A component, compiled apart."""
    isolated = rt.Isolation(**limits)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return abi.Prepared(wasm or engine(), data, WORLD, cache, isolated=isolated)


def answer(pre: abi.Prepared) -> int:
    """What it answers."""
    return pre.instantiate(rt.Store(pre.engine), {}).bind(abi.ExportFunc[[], int]("", "f", (), abi.U32))()


@pytest.mark.component_api  # the files of components: the other engine keeps core modules, and compiles none apart
def test_it_runs_without_a_cache_and_fills_one(tmp_path: Path) -> None:
    """What was compiled apart is what this process would have compiled."""
    assert answer(prepare(component())) == 7
    assert answer(prepare(component(), cache=tmp_path)) == 7
    (path,) = files(tmp_path)
    apart = path.read_bytes()
    path.unlink()
    assert run(component(), tmp_path) == 7
    assert path.read_bytes() == apart


def test_what_is_in_the_cache_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither with `isolated` nor with `cached_only`."""
    prepare(component(), cache=tmp_path)
    monkeypatch.setattr(separate, "_python", lambda: "/nothing/there")
    assert answer(prepare(component(), cache=tmp_path)) == 7
    assert answer(abi.Prepared(engine(), component(), WORLD, tmp_path, cached_only=True)) == 7
    with pytest.raises(rt.NotCachedError):
        abi.Prepared(engine(), component(8), WORLD, tmp_path, cached_only=True)
    with pytest.raises(rt.EngineError, match="cannot be started"):
        prepare(component(8), cache=tmp_path)


def test_a_tampered_file_is_compiled_again(tmp_path: Path) -> None:
    """And without the means to compile it is refused."""
    prepare(component(), cache=tmp_path)
    (path,) = files(tmp_path)
    good = path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    with pytest.raises(rt.NotCachedError):
        abi.Prepared(engine(), component(), WORLD, tmp_path, cached_only=True)
    assert answer(prepare(component(), cache=tmp_path)) == 7
    assert path.read_bytes() == good


@pytest.mark.parametrize(("limit", "value"), [("seconds", 0.0001), ("memory", 1 << 20)])
def test_limits(limit: str, value: float, tmp_path: Path) -> None:
    """Named, with the number, in pickles too."""
    with pytest.raises(rt.CompileLimitError, match="compiling takes more than") as caught:
        prepare(component(), None, tmp_path, **{limit: value})
    again = cast("rt.CompileLimitError", pickle.loads(pickle.dumps(caught.value)))  # made here
    assert (again.limit, str(again)) == (limit, str(caught.value))
    assert files(tmp_path) == []


def test_no_limits() -> None:
    """None is no bound."""
    assert answer(prepare(component(), seconds=None, memory=None)) == 7


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        ({"seconds": 0}, ValueError),
        ({"memory": -1}, ValueError),
        ({"memory": 1.5}, TypeError),
        ({"seconds": True}, TypeError),
    ],
)
def test_what_is_no_limit(limits: dict[str, float], error: type[Exception]) -> None:
    """Said when it is made."""
    with pytest.raises(error, match=r"Isolation\("):
        rt.Isolation(**limits)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_errors_are_those_of_prepare(tmp_path: Path) -> None:
    """Of the component, of the engine, of the cache, and of arguments."""
    with pytest.raises(rt.BindError, match="it is not a valid component"):
        prepare(component()[:-4])
    with pytest.raises(rt.EngineError, match=r"make it with witgen\.runtime\.engine"):
        prepare(component(), Engine())
    (tmp_path / "file").touch()
    with pytest.raises(rt.EngineError, match="cannot be used"):
        prepare(component(), cache=tmp_path / "file")
    with pytest.raises(TypeError, match="pass `cache`"):
        abi.Prepared(engine(), component(), WORLD, cached_only=True)
    with pytest.raises(TypeError, match="expected Isolation, got int"):
        abi.Prepared(engine(), component(), WORLD, isolated=cast("rt.Isolation", 3))


def test_a_program_without_an_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a frozen program: said, with another way."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(rt.EngineError, match="fill the cache with `witgen compile` beforehand"):
        prepare(component())


def test_modules_of_the_folder_are_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other process does not run what lies in the folder that the program happens to be in."""
    (tmp_path / "json.py").write_text("import os; os._exit(9)")
    monkeypatch.chdir(tmp_path)
    assert answer(prepare(component())) == 7


def test_many_at_once(tmp_path: Path) -> None:
    """Threads that compile the same component apart."""
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(answer(prepare(component(), cache=tmp_path)))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [7, 7, 7]
    assert len(files(tmp_path)) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="systems with a resource module")
def test_the_memory_of_this_process_is_measured() -> None:
    """By the first way that the system has, and by the one of other POSIX systems."""
    for ask in (_footprint.meter(), _footprint._posix()):  # pyright: ignore[reportPrivateUsage]
        assert ask is not None
        assert 1 << 20 < ask() < 1 << 36
    ask = _footprint.meter()
    assert ask is not None
    before = ask()
    block = b"x" * (64 << 20)
    assert ask() - before > 32 << 20
    del block


def _ended(events: list[dict[str, object]], status: int, words: bytes) -> Callable[..., object]:
    """In the place of a run of the other process."""

    def run(*arguments: object) -> object:
        del arguments
        return events, status, words

    return run


def test_without_a_way_to_measure_memory_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the other process reports on such a system."""
    monkeypatch.setattr(separate, "_run", _ended([{"cannot": "memory"}], 0, b""))
    with pytest.raises(rt.EngineError, match=r"pass Isolation\(memory=None\)"):
        prepare(component())


def test_a_crash_of_the_other_process_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its status and its last words."""
    monkeypatch.setattr(separate, "_run", _ended([], -11, b"words"))
    with pytest.raises(rt.EngineError, match="ended with status -11:\nwords"):
        prepare(component())
