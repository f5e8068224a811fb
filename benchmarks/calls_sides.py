"""The three ways in which the call benchmark calls its component: wasmtime-py's dynamic API, generated package, bare C.

All three have the same implementation of the imports: echoes give back what they were given. The bare C calls have no
Python values at all: their arguments are built before, their callbacks copy the argument to the result; they are what
any binding over this API has to pay, so what is on top of them is the binding's.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

from calls_guest import ECHOES, wit
from wasmtime import Engine, Store
from wasmtime.component import Component, Func, Linker, LinkerInstance, Record, ResourceAny, ResourceHost, ResourceType

from witgen import api
from witgen.runtime import Err, Ok, _wasmtime
from witgen.runtime import Store as GuardedStore
from witgen.runtime._fast import memory as _memory
from witgen.runtime._wasmtime._ffi import FFI

Thunk = Callable[[], object]
HOST, CALLS = "bench:calls/host@1.0.0", "bench:calls/calls@1.0.0"


class Side(Protocol):
    """One way to call."""

    def call(self, name: str, arguments: Sequence[object]) -> Thunk:
        """A call without parameters of the WIT function `name` of `calls`."""
        ...


# The dynamic API ------------------------------------------------------------------------------------------------------


class Dynamic:
    """wasmtime-py's public API. `linker` defines the imports; the default is Python functions."""

    def __init__(self, engine: Engine, component: Component, linker: Linker | None = None) -> None:
        self.store = Store(engine)
        self._instance = (linker or dynamic_linker(engine)).instantiate(self.store, component)
        self._calls = self._instance.get_export_index(self.store, CALLS)

    def function(self, name: str) -> Func:
        """An export of `calls`."""
        index = self._instance.get_export_index(self.store, name, self._calls)
        assert index is not None, name
        found = self._instance.get_func(self.store, index)
        assert found is not None, name
        return found

    def call(self, name: str, arguments: Sequence[object]) -> Thunk:
        """As `Side`."""
        function, store = self.function(name), self.store
        return lambda: function(store, *arguments)

    def counter(self) -> tuple[Thunk, Thunk]:
        """A method of a resource of the component's, and a resource made and dropped."""
        make, get, store = self.function("[constructor]counter"), self.function("[method]counter.get"), self.store
        counter = make(store, 5)

        def life() -> None:
            made = make(store, 5)
            assert isinstance(made, ResourceAny)
            made.drop(store)

        return (lambda: get(store, counter)), life


def dynamic_linker(engine: Engine) -> Linker:
    """The imports, through the public API."""

    def nothing(store: object) -> None:
        pass

    def add(store: object, a: int, b: int) -> int:
        return (a + b) & 0xFFFFFFFF

    def take_bytes(store: object, value: bytes) -> int:
        return len(value)

    def echo(store: object, value: object) -> object:
        return value

    linker = Linker(engine)
    with linker.root() as root:
        with root.add_instance("bench:calls/types@1.0.0"):
            pass
        with root.add_instance(HOST) as host:
            host.add_func("nothing", nothing)
            host.add_func("add", add)
            host.add_func("take-bytes", take_bytes)
            for name in ECHOES:
                host.add_func(f"echo-{name}", echo)
            _add_blob(host)
    return linker


def _add_blob(host: LinkerInstance) -> None:
    def make(store: object, value: int) -> ResourceHost:
        return ResourceHost.own(value, 1)

    def get(store: Store, blob: ResourceAny) -> int:
        return blob.to_host(store).rep

    def drop(store: object, rep: int) -> None:
        pass

    host.add_resource("blob", ResourceType.host(1), drop)
    host.add_func("[constructor]blob", make)
    host.add_func("[method]blob.get", get)


# Bare C ---------------------------------------------------------------------------------------------------------------

_Pointer = ctypes.c_void_p
_CALLBACK = ctypes.CFUNCTYPE(
    _Pointer, _Pointer, _Pointer, _Pointer, _Pointer, ctypes.c_size_t, _Pointer, ctypes.c_size_t
)
_NO_FINALIZER = ctypes.CFUNCTYPE(None, _Pointer)()
_U32 = 6
_kept: list[object] = []
"""What C points to."""


class Bare(Dynamic):
    """Single calls of the C API. Arguments are those of the dynamic API."""

    def __init__(self, engine: Engine, component: Component) -> None:
        super().__init__(engine, component, _bare_linker(engine))

    def call(self, name: str, arguments: Sequence[object]) -> Thunk:
        """As `Side`. A call drops the result of the one before, as the fast layer's do."""
        return self._prepared(self.function(name), arguments)[0]

    def _prepared(self, function: Func, arguments: Sequence[object]) -> tuple[Thunk, ctypes.Array[ctypes.c_uint64]]:
        """The call, and the memory of its result."""
        type = function.type(self.store)
        values = (FFI.wasmtime_component_val_t * max(1, len(arguments)))()
        for place, (_, param), argument in zip(values, type.params, arguments, strict=False):
            param.convert_to_c(self.store, argument, ctypes.pointer(place))
        result = (ctypes.c_uint64 * 4)()
        _kept.extend((self.store, function, values, result))
        call = partial(
            _memory.func_call,
            _Pointer(_wasmtime.address_of(function)),
            _Pointer(_wasmtime.context_of(self.store)),
            _Pointer(ctypes.addressof(values)),
            _Pointer(len(arguments)),
            None if type.result is None else _Pointer(ctypes.addressof(result)),
            _Pointer(0 if type.result is None else 1),
        )

        def run() -> None:
            error = call()
            if error:
                raise _wasmtime.error_at(cast("int", error))

        return run, result

    def counter(self) -> tuple[Thunk, Thunk]:
        """As for the dynamic API."""
        counter = self.function("[constructor]counter")(self.store, 5)
        make, result = self._prepared(self.function("[constructor]counter"), [5])
        context = _Pointer(_wasmtime.context_of(self.store))

        def life() -> None:
            make()
            resource = _Pointer(result[1])
            result[0] = 0
            _memory.any_drop(context, resource)
            _memory.any_delete(resource)

        return self._prepared(self.function("[method]counter.get"), [counter])[0], life


def _bare_linker(engine: Engine) -> Linker:
    def copy(data: int, context: int, type: int, given: int, count: int, results: int, _: int) -> None:
        _memory.val_clone(_Pointer(given), _Pointer(results))

    def number(data: int, context: int, type: int, given: int, count: int, results: int, _: int) -> None:
        ctypes.c_uint8.from_address(results).value = _U32

    def nothing(data: int, context: int, type: int, given: int, count: int, results: int, _: int) -> None:
        pass

    def add(host: LinkerInstance, name: str, run: Callable[..., None]) -> None:
        callback, data = _CALLBACK(run), name.encode()
        _kept.append(callback)
        pointer = _Pointer(_wasmtime.pointer_of(host))
        assert not _memory.add_func(pointer, data, _Pointer(len(data)), callback, None, _NO_FINALIZER)

    linker = Linker(engine)
    with linker.root() as root:
        with root.add_instance("bench:calls/types@1.0.0"):
            pass
        with root.add_instance(HOST) as host:
            add(host, "nothing", nothing)
            add(host, "add", number)
            add(host, "take-bytes", number)
            for name in ECHOES:
                add(host, f"echo-{name}", copy)
            _add_blob(host)
    return linker


# The generated package ------------------------------------------------------------------------------------------------


class Blob:
    """Implements the imported resource."""

    def __init__(self, value: int) -> None:
        self.value = value

    def get(self) -> int:
        """What it was made of."""
        return self.value


class Host:
    """Implements the imports; one echo serves for all but results, which a function raises or returns."""

    Blob = Blob

    def nothing(self) -> None:
        """Nothing."""

    def add(self, a: int, b: int) -> int:
        """Their sum."""
        return (a + b) & 0xFFFFFFFF

    def take_bytes(self, value: bytes) -> int:
        """Their number."""
        return len(value)

    def echo(self, value: object) -> object:
        """What was given."""
        return value

    def echo_result(self, value: Ok[int] | Err[str]) -> int:
        """What was given."""
        if isinstance(value, Err):
            raise value
        return value.value

    echo_string = echo_bytes = echo_numbers = echo_strings = echo_point = echo_points = echo
    echo_shape = echo_option = echo_tuple = echo_rights = echo_colour = echo


def generate() -> ModuleType:
    """Generate the package of the world, and import it."""
    folder = Path(tempfile.mkdtemp(prefix="witgen-calls-"))
    source = folder / "bench.wit"
    source.write_text(wit(), "utf-8")
    api.generate(api.Request(str(source), ("bench",), folder / "out", api.Side.HOST))
    sys.path.insert(0, str(folder / "out" / "host"))
    return importlib.import_module("bench")


def member(thing: object, path: str) -> Callable[..., object]:
    """Something generated, by a dotted path."""
    for name in path.split("."):
        thing = cast(object, getattr(thing, name))
    return cast(Callable[..., object], thing)


class _Closing(Protocol):
    def close(self) -> None: ...


class Generated:
    """The classes that witgen generates, over the value layer that `WITGEN_VALUE_LAYER` chooses, or on witgen's engine."""

    def __init__(
        self, package: ModuleType, engine: Engine, component: Component | bytes, abi: str = "wasmtime"
    ) -> None:
        self.package = package
        self.prepared = member(package, "Bench.prepare")(engine, component, abi=abi)
        self.app = self.instantiate(GuardedStore(engine))

    def instantiate(self, store: GuardedStore) -> object:
        """Another instance."""
        return member(self.prepared, "instantiate")(store, host=Host())

    def call(self, name: str, arguments: Sequence[object]) -> Thunk:
        """As `Side`."""
        path = f"calls.{name.replace('-', '_')}"
        with suppress(Err):
            member(self.app, path)(*arguments)  # which binds it
        function = member(self.app, path)
        match arguments:  # as a program calls it: `*` takes longer
            case ():
                return lambda: function()
            case (one,):
                return _raising(function, one) if type(one) is Err else lambda: function(one)
            case _:
                return lambda: function(*arguments)

    def counter(self) -> tuple[Thunk, Thunk]:
        """As for the dynamic API."""
        make = cast("Callable[[int], _Closing]", member(self.app, "calls.Counter"))
        kept = make(5)
        get = member(kept, "get")

        def life() -> None:
            make(5).close()

        return get, life


def _raising(function: Callable[..., object], error: object) -> Thunk:
    def run() -> None:
        try:
            function(error)
        except Err:
            return

    return run


# Values ---------------------------------------------------------------------------------------------------------------


def record(x: int) -> Record:
    """A `point` of the dynamic API."""
    made = Record()
    for name, value in (("x", x), ("y", 2), ("weight", 3.5), ("name", "hello world")):
        setattr(made, name, value)
    return made


__all__ = ["Bare", "Dynamic", "Generated", "Side", "Thunk", "dynamic_linker", "generate", "member", "record"]
