"""An engine with a pool of instances: its limits hold, and what goes beyond them is a named error."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from wasmtime import wat2wasm

import witgen.runtime as rt
from witgen import __version__
from witgen.runtime import _wasmtime
from witgen.runtime import generated as abi

WORLD = abi.WorldType("test:pool/w@1.0.0", __version__, imports=())
PAGE = 64 * 1024


def component(pages: int = 1, modules: int = 1) -> bytes:
    """A component that grows its memory, and writes to and reads from its first word."""
    more = "".join(f"(core instance $more{n} (instantiate $m))" for n in range(1, modules))
    return bytes(wat2wasm(f"""(component
              (core module $m
                (memory {pages})
                (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
                (func (export "swap") (param i32) (result i32)
                  (i32.load (i32.const 0)) (i32.store (i32.const 0) (local.get 0))))
              (core instance $i (instantiate $m)) {more}
              (func (export "grow") (param "n" u32) (result u32) (canon lift (core func $i "grow")))
              (func (export "swap") (param "n" u32) (result u32) (canon lift (core func $i "swap"))))"""))


def call(instance: abi.Instance, name: str, value: int) -> int:
    """Call an export."""
    return instance.bind(abi.ExportFunc[[int], int]("", name, (("n", abi.U32),), abi.U32))(value)


def prepared(data: bytes | None = None, **limits: int) -> abi.Prepared:
    """A component on an engine with a small pool."""
    pool = rt.Pooling(**{"instances": 2, "memory_size": 2 * PAGE, **limits})
    return abi.Prepared(rt.engine(pooling=pool), data or component(), WORLD)


def test_one_instance_too_many_is_a_named_error_until_a_store_is_closed() -> None:
    """The store of the one that was refused is not spent."""
    pre = prepared()
    stores = [rt.Store(pre.engine) for _ in range(3)]
    for store in stores[:2]:
        pre.instantiate(store, {})
    for _ in range(2):
        with pytest.raises(
            rt.PoolFullError, match=r"the pool of the engine is full, close a store first: .* limit of 2"
        ):
            pre.instantiate(stores[2], {})
    stores[0].close()
    assert call(pre.instantiate(stores[2], {}), "swap", 5) == 0


def test_a_memory_does_not_grow_beyond_its_limit() -> None:
    """As if a limit of the store stopped it: the component is refused the page."""
    pre = prepared()
    instance = pre.instantiate(rt.Store(pre.engine), {})
    assert call(instance, "grow", 1) == 1
    assert call(instance, "grow", 1) == 2**32 - 1


@pytest.mark.parametrize("keep_resident", [0, PAGE])
def test_the_next_instance_finds_nothing_of_the_last(keep_resident: int) -> None:
    """Whether pages go back to the system or are set to zero."""
    pre = prepared(instances=1, keep_resident=keep_resident)
    for _ in range(3):
        with rt.Store(pre.engine) as store:
            instance = pre.instantiate(store, {})
            assert call(instance, "swap", 7) == 0
            assert call(instance, "swap", 8) == 7


@pytest.mark.parametrize(
    ("data", "limits", "said"),
    [
        (component(pages=3), {}, "exceeds the limit of 0x20000 bytes"),
        (component(modules=2), {"core_instances": 1, "memories": 2}, "maximum of 1"),
        (component(modules=2), {}, "maximum of 1"),
    ],
)
def test_a_component_that_never_fits_is_refused_by_prepare(data: bytes, limits: dict[str, int], said: str) -> None:
    """It asks for a larger memory, or more core instances or memories, than one instance may have."""
    with pytest.raises(
        rt.EngineError, match=r"the component does not fit the pool of the engine, engine\(pooling=…\)"
    ) as caught:
        prepared(data, **limits)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"instances": 0}, r"Pooling\(instances\): expected 1 to 4294967295, got 0"),
        ({"instances": 2**32}, r"Pooling\(instances\)"),
        ({"memory_size": PAGE + 1}, r"Pooling\(memory_size\): expected a multiple of 65536"),
        ({"memory_size": (4 << 30) + PAGE}, r"Pooling\(memory_size\)"),
        ({"tables": 2**31}, r"Pooling\(instances \* tables\)"),
        ({"keep_resident": 2 * PAGE + 1}, r"Pooling\(keep_resident\): 131073 is more than a memory has"),
        ({"keep_resident": -1}, r"Pooling\(keep_resident\)"),
    ],
)
def test_limits_that_cannot_be(limits: dict[str, int], said: str) -> None:
    """wasmtime would cut off the upper bits, or end the process."""
    with pytest.raises(ValueError, match=said):
        prepared(None, **limits)


def test_what_is_not_a_limit_is_a_type_error() -> None:
    """A number of another kind, and a pool of another."""
    with pytest.raises(TypeError, match=r"Pooling\(instances\): expected int, got bool"):
        rt.Pooling(instances=True)
    with pytest.raises(TypeError, match=r"engine\(pooling\): expected Pooling, got dict"):
        rt.engine(pooling={"instances": 1})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("limit", ["instances", "tables"])
def test_a_pool_that_the_system_has_no_room_for_does_not_end_the_process(limit: str) -> None:
    """wasmtime aborts there: hence a process of its own."""
    program = f"""
import witgen.runtime as rt
try:
    rt.engine(pooling=rt.Pooling(**({{"instances": 100, "table_elements": 2**32 - 1}} | {{{limit!r}: 200_000}})))
except rt.EngineError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("engine(pooling=…): the system does not give this process"), done.stderr


def test_a_library_without_the_allocator_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """wasmtime can be built without it."""
    monkeypatch.setattr(_wasmtime, "HAS_POOLING", False)
    with pytest.raises(rt.EngineError, match="this build of wasmtime has no pooling allocator"):
        rt.engine(pooling=rt.Pooling(instances=1))


def test_code_is_that_of_an_engine_without_a_pool() -> None:
    """So a cache that `witgen compile` filled serves both."""
    pool = rt.engine(pooling=rt.Pooling(instances=1))
    code = rt.Component(rt.engine(), component()).serialize()
    assert rt.Component(pool, component()).serialize() == code


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a fork needs POSIX")
def test_a_pool_does_not_cross_a_fork() -> None:
    """wasmtime cleans its memories by what the system says of the process that made the engine."""
    pre = prepared()
    child = os.fork()
    if not child:
        try:
            pre.instantiate(rt.Store(pre.engine), {})
        except rt.EngineError as error:
            os._exit(7 if "does not cross a fork" in str(error) else 8)
        finally:
            os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
