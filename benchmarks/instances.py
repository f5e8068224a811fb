"""Instances: what it takes to make and close one, beside the bare C calls.

    python benchmarks/instances.py [--quick] [--json FILE]

The world imports all of `wasi:cli` and `wasi:http`, 29 interfaces, and its component is a stub, which has all of them
linked and does nothing. Each figure is for a new store, an instance in it, and closing both: by the C functions of
wasmtime, by the generated package (`instantiate`), by what it binds once (`bind`), and by that on an engine with the pooling
allocator. All interfaces are given, then none, which leaves them to wasmtime. Then the same for the small component of
`calls.py`.

Every round times every column once, so that a slow spell of the machine falls on all alike; the figures are minima over the
rounds. Ratios are what to read. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Protocol, cast

from calls import measure
from calls_guest import component as component_text
from calls_sides import Host, generate, member
from wasmtime import wat2wasm
from wasmtime.component import Component, Linker

import witgen.runtime as rt
from witgen import api
from witgen.compiler.trial.stub import stub_component
from witgen.runtime._wasmtime._ffi import FFI
from witgen.runtime.generated import ImportInterface, Prepared, WorldType

WIT = Path(__file__).resolve().parent.parent / "wit"
_WORLD = "world many {\n  include imports;\n  include wasi:cli/imports@0.2.8;\n}\n"


def many() -> tuple[ModuleType, bytes]:
    """The package of a world with many imports, and a stub that fits it."""
    folder = Path(tempfile.mkdtemp(prefix="witgen-instances-"))
    shutil.copytree(WIT, folder / "wit")
    (folder / "wit" / "many.wit").write_text(f"package wasi:http@0.2.8;\n\n{_WORLD}", "utf-8")
    api.generate(api.Request(str(folder / "wit"), ("many",), folder, api.Side.HOST))
    sys.path.insert(0, str(folder / "host"))
    world = api.load_and_resolve(str(folder / "wit")).resolved.root.worlds["many"]
    return importlib.import_module("many"), bytes(wat2wasm(stub_component(world)))


def implementation(interface: ImportInterface) -> object:
    """Something that has all that an interface asks for, and does nothing."""
    attributes: dict[str, dict[str, object]] = {r.cls.rpartition(".")[2]: {} for r in interface.resources}
    for resource in interface.resources:
        for function in interface.functions:
            if function.path.startswith(".") and f"]{resource.name}." in function.name:
                attributes[resource.cls.rpartition(".")[2]][function.path[1:]] = _nothing
    found: dict[str, object] = {}
    for function in interface.functions:
        first, _, rest = function.path.partition(".")
        if rest and first:
            attributes.setdefault(first, {})[rest] = staticmethod(_nothing)
        elif first and first not in attributes:
            found[first] = _nothing
    return SimpleNamespace(**found, **{name: type(name, (), members) for name, members in attributes.items()})


def _nothing(*arguments: object) -> None:
    pass


class Bare:
    """The C functions, by way of the declarations in wasmtime-py."""

    def __init__(self, engine: rt.Engine, component: Component, linker: Linker, native: bool) -> None:
        self._engine, self._component, self._linker = engine, component, linker
        self._native = native
        self._instance = FFI.wasmtime_component_instance_t()
        self._no_finalizer = ctypes.CFUNCTYPE(None, ctypes.c_void_p)()

    def __call__(self) -> None:
        """Make and close one."""
        store = FFI.wasmtime_store_new(self._engine.ptr(), None, self._no_finalizer)
        context = FFI.wasmtime_store_context(store)
        if self._native:
            error = FFI.wasmtime_context_set_wasi(context, FFI.wasi_config_new())
            assert not error
            FFI.wasmtime_context_set_wasi_http(context)
        error = FFI.wasmtime_component_linker_instantiate(
            self._linker.ptr(), context, self._component.ptr(), ctypes.byref(self._instance)
        )
        assert not error
        FFI.wasmtime_store_delete(store)


@dataclass(frozen=True, slots=True)
class Case:
    """A package with a component, and what its imports are given."""

    title: str
    package: ModuleType
    world: str
    component: bytes
    given: Mapping[str, object]

    def columns(self) -> dict[str, Callable[[], object]]:
        """What is measured."""
        native = not self.given
        found: dict[str, Callable[[], object]] = {}
        engines = {"": rt.engine(), "pooling, ": _pooling()}
        for label, engine in engines.items():
            if engine is None:
                continue
            component = Component(engine, self.component)
            pre = cast("Pre", member(self.package, f"{self.world}.prepare")(engine, component))
            inner = cast("Prepared", member(pre, "_prepared"))
            imports = {**{interface.key: None for interface in inner.world.imports}, **self.given}
            linker = inner.imports.linker(inner.imports.given(imports, native).choice)
            found[f"{label}bare C calls"] = Bare(engine, component, linker, native)
            found[f"{label}instantiate"] = self._instantiated(pre.instantiate, engine, {"http": native})
            bound = pre.bind(**self.given, http=native)
            found[f"{label}bound"] = self._instantiated(bound.instantiate, engine, {}, {})
        return found

    def _instantiated(
        self,
        instantiate: Callable[..., Closing],
        engine: rt.Engine,
        settings: Mapping[str, object],
        given: Mapping[str, object] | None = None,
    ) -> Callable[[], object]:
        arguments = {**(self.given if given is None else given), **settings}

        def run() -> None:
            store = rt.Store(engine)
            instantiate(store, **arguments).close()
            store.close()

        return run


class Closing(Protocol):
    """An instance."""

    def close(self) -> None: ...


class Pre(Protocol):
    """What `prepare` of a generated package gives."""

    def instantiate(self, store: rt.Store, /, **given: object) -> Closing: ...
    def bind(self, **given: object) -> Pre: ...


def _pooling() -> rt.Engine | None:
    """An engine with a pool; None where there can be none."""
    try:
        return rt.engine(pooling=rt.Pooling(instances=100))
    except rt.EngineError:
        return None


def cases() -> list[Case]:
    """All of them."""
    package, stub = many()
    table = cast("WorldType", package._abi.WORLD)
    given = {i.key: implementation(i) for i in table.imports if i.functions or i.resources}
    text = wat2wasm(component_text())
    return [
        Case(f"{len(given)} interfaces, all given", package, "Many", stub, given),
        Case(f"{len(given)} interfaces, none given", package, "Many", stub, {}),
        Case("1 interface, given", generate(), "Bench", bytes(text), {"host": Host()}),
    ]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="What it takes to make and close an instance.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    options = parser.parse_args()
    rounds = 2 if options.quick else 25
    found: dict[str, dict[str, float]] = {}
    for case in cases():
        columns = case.columns()
        gc.collect()
        gc.freeze()
        seconds = measure(list(columns.values()), 10 if options.quick else 50, rounds)
        print(f"{case.title:50} {'us':>10} {'of bare':>9}")
        bare = 1.0
        for label, took in zip(columns, seconds, strict=True):
            assert took is not None
            bare = took if label.endswith("bare C calls") else bare
            found.setdefault(case.title, {})[label] = took * 1e6
            print(f"    {label:46} {took * 1e6:10.1f} {took / bare:9.2f}", flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=1), "utf-8")


if __name__ == "__main__":
    main()
