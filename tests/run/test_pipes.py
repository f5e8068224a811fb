"""`componentize_py_async_support` inside a built component: its asynchronous exports, called through wasmtime's C API.

wasmtime-py has no call for them, so a few lines here poll one to its end.
"""

from __future__ import annotations

import ctypes
import shutil
from pathlib import Path
from typing import Any, cast

import pytest
import wasmtime
from wasmtime import Store, WasiConfig
from wasmtime.component import Component, Instance, Linker

from tests.checkout import TESTS
from tests.compiler.bindings.test_generated import check
from tests.run.building import CACHE, build, wit_folder
from witgen.api import Request, Side, generate
from witgen.runtime import engine

CASE = TESTS / "run" / "pipes"
LAB = "demo:pipes/lab@0.1.0"
_ffi: Any = cast("Any", wasmtime)._ffi  # generated, without types


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The WIT, with the guest package beside it."""
    folder = tmp_path_factory.mktemp("pipes")
    wit = wit_folder(CASE / "wit", (), folder / "wit")
    generate(Request(str(wit), ("pipes",), folder, Side.GUEST))
    return folder


class Lab:
    """One instance of the component."""

    def __init__(self, component: Path) -> None:
        wasm = engine(component_async=True, cache=CACHE.parent / "compiled")
        self._store = Store(wasm)
        self._store.set_wasi(WasiConfig())
        linker = Linker(wasm)
        linker.add_wasip2()
        self._instance: Instance = linker.instantiate(self._store, Component(wasm, component.read_bytes()))

    def call(self, name: str, *values: object) -> object:
        """Call a function, polling it to the end if it is asynchronous."""
        outer = self._instance.get_export_index(self._store, LAB)
        assert outer is not None
        index = self._instance.get_export_index(self._store, name, outer)
        assert index is not None
        found = self._instance.get_func(self._store, index)
        assert found is not None
        type = found.type(self._store)
        function, store = cast("Any", found), cast("Any", self._store)  # for what is private
        params = (_ffi.wasmtime_component_val_t * len(values))()
        for place, ((_, kind), value) in enumerate(zip(type.params, values, strict=True)):
            kind.convert_to_c(self._store, value, ctypes.pointer(params[place]))
        results = (_ffi.wasmtime_component_val_t * 1)()
        pointer_to = cast("Any", ctypes.POINTER)
        error = pointer_to(_ffi.wasmtime_error_t)()
        future = _ffi.wasmtime_component_func_call_async(
            ctypes.byref(function._func), store._context(), params, len(values), results, 1, ctypes.byref(error)
        )
        while not _ffi.wasmtime_call_future_poll(future):
            pass
        _ffi.wasmtime_call_future_delete(future)
        if error:
            raise cast("Any", wasmtime.WasmtimeError)._from_ptr(error)
        assert type.result is not None
        return cast(object, type.result.convert_from_c(results[0]))


@pytest.fixture(scope="module")
def lab(out: Path) -> Lab:
    """The component, built once."""
    return Lab(build(out / "wit", "pipes", "app", CASE / "guest", out / "guest"))


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_the_guest_type_checks(checker: str, out: Path, tmp_path: Path) -> None:
    """The application, as a user writes it, is clean against the generated package."""
    shutil.copytree(out / "guest", tmp_path / "guest")
    shutil.copytree(CASE / "guest", tmp_path / "guest", dirs_exist_ok=True)
    check(checker, tmp_path / "guest")


def test_tasks_take_turns(lab: Lab) -> None:
    """Two tasks of one call run alternately."""
    assert lab.call("turns", 2) == ["a0", "b0", "a1", "b1"]


def test_bytes_flow_from_task_to_task(lab: Lab) -> None:
    """More than one write and one read can carry, in order; the reader sees the end."""
    data = bytes(range(256)) * 20
    assert lab.call("pipe", data) == data


def test_a_future_is_written_or_gets_its_default(lab: Lab) -> None:
    """The value, or what the default function gives when the end is closed unwritten."""
    assert lab.call("promise", 3) == 3
    assert lab.call("promise", None) == 7


def test_spawned_work_outlives_the_return(lab: Lab) -> None:
    """The call's result does not wait for it, but it is done when the call is over."""
    assert lab.call("spawned") == "at once"
    assert lab.call("seen") == ["afterwards 0", "afterwards 1", "afterwards 2"]


def test_a_failure_is_the_error_of_the_result(lab: Lab) -> None:
    """`Err` raised in an `async def`; wasmtime-py gives the payload of a `result<u32, string>` as it is."""
    assert lab.call("fail", "no") == "no"
