"""Every private name of wasmtime-py that the runtime uses is here, so an upstream change breaks this room and no other. It
may import wasmtime and the runtime's vocabulary.

Values cross through wasmtime-py's own conversions (`convert_to_c`, `convert_from_c` of its component types), with two
changes, and one repair. Types are read once per function, not once per call; and variants, options and results are
always tagged (`Variant(case, payload)`), where wasmtime-py passes the bare payload whenever the Python classes of the
payloads differ: that rule cannot lower an error beside `option<…>` or a bool beside an int, and changes a shape when a
case is added. Reading leaves a tree as it is, to be freed as a whole by its owner (Rust frees the arguments of host
functions), where wasmtime-py takes it apart and loses every box.

Host functions have a C callback of their own, whose whole body is one `try`: wasmtime-py's lets `BaseException`
through, upon which ctypes returns garbage to Rust, and keeps exceptions in a variable that all threads share.
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol, cast

from wasmtime import Config, Engine, Store, StoreContext, WasmtimeError
from wasmtime import component as wc
from wasmtime._managed import Managed
from wasmtime.component import Component, Linker, LinkerInstance, Record, ResourceAny, ResourceHost, ValType, Variant
from wasmtime.component import Instance as RawInstance

from .._process import interrupt as _interrupt
from .._uncopied import refusal
from ._ffi import FFI as _ffi
from .types import (
    HAS_MAPS,
    BorrowType,
    FutureType,
    ListType,
    MapType,
    OptionType,
    OwnType,
    RecordType,
    ResultType,
    StreamType,
    TupleType,
    VariantType,
    read_named_type,
    read_params,
    read_result,
    read_type,
)

__all__ = [
    "HAS_MAPS",
    "BorrowType",
    "Component",
    "Function",
    "FutureType",
    "HostFunction",
    "Linker",
    "LinkerInstance",
    "ListType",
    "MapType",
    "OptionType",
    "OwnType",
    "RawInstance",
    "Record",
    "RecordType",
    "ResourceAny",
    "ResourceHost",
    "ResultType",
    "Signature",
    "StreamType",
    "TupleType",
    "ValType",
    "Variant",
    "VariantType",
    "read_named_type",
    "read_params",
    "read_result",
    "read_type",
]

LIBRARY = str(_ffi.filename)
"""The file of the C library."""
STORE_POINTER = "_Managed__ptr"
"""The attribute of a `Store` that is None once it is closed: cheaper to ask for than to call."""


# ---- engines and stores --------------------------------------------------------------------------------------------


def concurrency_off(config: Config) -> None:
    """Turn component-model concurrency (and with it async) off: a setter that `Config` lacks."""
    switch = getattr(_ffi, "wasmtime_config_concurrency_support_set", None)
    if switch is not None:  # older versions have none, nor the fault that it is turned off for
        switch(config.ptr(), False)


HAS_POOLING = hasattr(_ffi, "wasmtime_pooling_allocation_strategy_set")
"""Whether this build of the library has the pooling allocator."""


def set_pooling(config: Config, limits: Mapping[str, int]) -> None:
    """Let an engine of `config` have a pool; `limits` are by the names of the C functions that set them."""
    pool = _ffi.wasmtime_pooling_allocation_config_new()
    try:
        for name, value in limits.items():
            getattr(_ffi, f"wasmtime_pooling_allocation_config_{name}_set")(pool, value)
        _ffi.wasmtime_pooling_allocation_strategy_set(config.ptr(), pool)  # which copies it
    finally:
        _ffi.wasmtime_pooling_allocation_config_delete(pool)


_held = ctypes.PyDLL(LIBRARY)
"""The same library, for functions that return at once: calling them keeps the interpreter's lock."""
_increment_epoch = _held.wasmtime_engine_increment_epoch
_increment_epoch.restype = None


def advance_epoch(engine: Engine, ticks: int) -> None:
    """Add `ticks` to the epoch of `engine`.

    Raises:
        ValueError: it is closed.
    """
    pointer = ctypes.cast(cast("Any", engine).ptr(), ctypes.c_void_p)
    for _ in range(ticks):
        _increment_epoch(pointer)


def _refuse_copy(self: object, _protocol: object) -> NoReturn:
    raise refusal(self)


# All of wasmtime-py's classes that own a native pointer have this base, which lets them be copied: a double free.
setattr(Managed, "__reduce_ex__", _refuse_copy)  # noqa: B010  # a method of another package's class


def _context(store: Store) -> Any:
    """The C context of `store`.

    Raises:
        ValueError: it has been closed.
    """
    try:
        return cast("Any", store)._context()
    except ValueError:
        raise ValueError("the store is closed: nothing in it can be called or instantiated") from None


def context_of(store: Store) -> int:
    """The address of that context.

    Raises:
        ValueError: the store has been closed.
    """
    return ctypes.addressof(_context(store).contents)


def check_open(store: Store) -> None:
    """Check that the store can be used.

    Raises:
        ValueError: the store has been closed.
    """
    if getattr(store, STORE_POINTER) is None:
        _context(store)


def is_open(store: Store) -> bool:
    """Whether `store` has not been closed."""
    return getattr(store, STORE_POINTER) is not None


# ---- types ---------------------------------------------------------------------------------------------------------


class Signature:
    """The component's own type of a function: parameters as (WIT name, type), and the result's type."""

    def __init__(self, params: list[tuple[str, ValType]], result: ValType | None, is_async: bool = False) -> None:
        self.params = params
        self.result = result
        self.is_async = is_async


def is_async(ty: wc.FuncType) -> bool:
    """Whether a function is `async func`."""
    return bool(_ffi.wasmtime_component_func_type_async(ty.ptr()))


# ---- calling -------------------------------------------------------------------------------------------------------


class Function:
    """An exported function of an instance, with its types."""

    def __init__(self, raw: wc.Func, signature: Signature) -> None:
        self._raw = cast("Any", raw)._func
        self._owner = raw  # the C struct is passed by address
        self._params = [ty for _, ty in signature.params]
        self._result = signature.result
        self.is_async = signature.is_async

    def __call__(self, store: Store, arguments: list[object]) -> object:
        """Call with lowered arguments, one per parameter.

        Raises:
            WasmtimeError: C returned an error.
        """
        values = (_ffi.wasmtime_component_val_t * len(arguments))()
        result = None if self._result is None else _ffi.wasmtime_component_val_t()
        filled = 0
        try:
            for ty, argument in zip(self._params, arguments, strict=True):
                ty.convert_to_c(store, argument, ctypes.pointer(values[filled]))
                filled += 1
            given: tuple[Any, ...] = (
                ctypes.byref(self._raw),
                _context(store),
                values,
                filled,
                None if result is None else ctypes.byref(result),
                0 if result is None else 1,
            )
            _check(drive(*given) if self.is_async else _ffi.wasmtime_component_func_call(*given))
        finally:
            for i in range(filled):
                _ffi.wasmtime_component_val_delete(ctypes.byref(values[i]))
        if self._result is None:
            return None
        value: Any = result
        try:
            return self._result.convert_from_c(value)
        finally:
            _ffi.wasmtime_component_val_delete(ctypes.byref(value))


CALLS_ASYNC = hasattr(_ffi, "wasmtime_component_func_call_async")
"""Whether this version can call functions that were lifted async."""


def drive(function: Any, context: Any, arguments: Any, count: Any, results: Any, results_count: Any) -> Any:
    """As `wasmtime_component_func_call`, for an async function: polled until it has returned; returns the C error.

    Between two polls the guest has yielded: there is nothing else that it could wait for, since no import is async.
    """
    error: Any = _error_pointer()
    future = _ffi.wasmtime_component_func_call_async(
        function, context, arguments, count, results, results_count, ctypes.byref(error)
    )
    try:
        while not _ffi.wasmtime_call_future_poll(future):
            _interrupt.check()
    finally:
        _ffi.wasmtime_call_future_delete(future)
    return error


def address_of(function: wc.Func) -> int:
    """Where the C struct of a function is, while `function` lives."""
    return ctypes.addressof(cast("Any", function)._func)


def pointer_of(instance: LinkerInstance) -> int:
    """The C pointer of a linker's instance, while it is open."""
    return ctypes.cast(instance.ptr(), ctypes.c_void_p).value or 0


def error_at(address: int) -> WasmtimeError:
    """The error that C returned, which is the caller's from here on."""
    pointer: Any = ctypes.cast(address, _error_pointer)
    error: WasmtimeError = cast("Any", WasmtimeError)._from_ptr(pointer)
    return error


_error_pointer: Any = cast("Any", ctypes.POINTER)(_ffi.wasmtime_error_t)


class Owned(Protocol):
    """A resource that the host owns: a `ResourceAny`, or what another value layer has instead."""

    def drop(self, store: Store, /) -> None: ...


def drop(store: Store, resource: Owned) -> None:
    """End the life of a resource that the host owns.

    Raises:
        WasmtimeError: C returned an error.
    """
    if not isinstance(resource, ResourceAny):
        resource.drop(store)
        return
    _check(_ffi.wasmtime_component_resource_any_drop(_context(store), resource.ptr()))


def _check(error: Any) -> None:
    if error:
        raise cast("Any", WasmtimeError)._from_ptr(error)


# ---- host functions ------------------------------------------------------------------------------------------------


class HostFunction:
    """A Python function that wasm calls: `run` takes the lifted-to-Python arguments and returns the lowered result.

    `failed` is called with whatever `run` raised, just before wasm unwinds.
    """

    def __init__(
        self, signature: Signature, run: Callable[[list[object]], object], failed: Callable[[BaseException], None]
    ) -> None:
        self.params = [ty for _, ty in signature.params]
        self.result = signature.result
        self.run = run
        self.failed = failed

    def define(self, instance: LinkerInstance, name: str) -> None:
        """Define it under `name`. It lives as long as the linker and the stores made from it."""
        define_function(instance, name, self)


class _Destructor:
    def __init__(self, run: Callable[[int], None], failed: Callable[[BaseException], None]) -> None:
        self.run = run
        self.failed = failed


_tokens = itertools.count(1)
_functions: dict[int, HostFunction] = {}
_destructors: dict[int, _Destructor] = {}


def _on_call(token: int, context: Any, _type: Any, arguments: Any, count: int, results: Any, _results: int) -> int:
    try:
        try:
            function = _functions[token]
            _interrupt.check()
            lifted = [ty.convert_from_c(arguments[i]) for i, ty in enumerate(function.params)]
            result = function.run(lifted)
            if function.result is not None:
                store: Any = StoreContext(context)
                try:
                    function.result.convert_to_c(store, result, results)
                finally:
                    store._invalidate()
            return 0
        except BaseException as error:  # noqa: BLE001  # ctypes would return garbage to Rust
            _functions[token].failed(error)
            return _error()
    except BaseException:  # noqa: BLE001  # likewise
        return _error()


def _on_drop(token: int, _context: Any, rep: int) -> int:
    try:
        try:
            _interrupt.check()
            _destructors[token].run(rep)
            return 0
        except BaseException as error:  # noqa: BLE001  # ctypes would return garbage to Rust
            _destructors[token].failed(error)
            return _error()
    except BaseException:  # noqa: BLE001  # likewise
        return _error()


def _error() -> int:
    """An error for Rust, which takes it over."""
    return ctypes.cast(_ffi.wasmtime_error_new(b"an exception in Python"), ctypes.c_void_p).value or 0


# ---- deadlines -----------------------------------------------------------------------------------------------------


class Clock:
    """What is asked when a store's deadline is reached: `go_on` returns after how many ticks to ask again.

    0 ends the call, as a trap. `failed` gets what `go_on` raised, which is whatever a signal's handler raises too.
    """

    def __init__(self, go_on: Callable[[], int], failed: Callable[[BaseException], None]) -> None:
        self.go_on = go_on
        self.failed = failed


_clocks: dict[int, Clock] = {}


def _on_tick(_context: Any, token: int, delta: Any, kind: Any) -> int:
    try:
        try:
            _interrupt.check()
            ticks = _clocks[token].go_on()
            if ticks:
                delta[0] = ticks
                kind[0] = 0
                return 0
            return ctypes.cast(_ffi.wasmtime_error_new(b"wasm trap: interrupt"), ctypes.c_void_p).value or 0
        except BaseException as error:  # noqa: BLE001  # ctypes would return garbage to Rust
            _clocks[token].failed(error)
            return _error()
    except BaseException:  # noqa: BLE001  # likewise
        return _error()


def set_clock(store: Store, clock: Clock) -> None:
    """Ask `clock` at the deadline of `store`, and then when it says, for as long as the store lives."""
    token = next(_tokens)
    _clocks[token] = clock
    _ffi.wasmtime_store_epoch_deadline_callback(store.ptr(), _on_tick_c, token, _forget_clock_c)


# Linkers may go after the interpreter has emptied its modules: these take what they need as defaults, and stay forever.


def _forget_function(token: int, forget: Callable[[int, None], object] = _functions.pop) -> None:
    forget(token, None)


def _forget_destructor(token: int, forget: Callable[[int, None], object] = _destructors.pop) -> None:
    forget(token, None)


def _forget_clock(token: int, forget: Callable[[int, None], object] = _clocks.pop) -> None:
    forget(token, None)


_interrupt.entry(_on_call)
_interrupt.entry(_on_tick)
_interrupt.entry(_on_drop)
_on_call_c = _ffi.wasmtime_component_func_callback_t(_on_call)
_on_drop_c = _ffi.wasmtime_component_resource_destructor_t(_on_drop)
_on_tick_c: Any = ctypes.CFUNCTYPE(
    ctypes.c_size_t,
    cast("Any", ctypes.POINTER)(_ffi.wasmtime_context_t),
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_uint64),
    ctypes.POINTER(ctypes.c_uint8),
)(_on_tick)
_forget_clock_c = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(_forget_clock)
_forget_function_c = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(_forget_function)
_forget_destructor_c = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(_forget_destructor)
for _for_ever in (_on_call_c, _on_drop_c, _on_tick_c, _forget_function_c, _forget_destructor_c, _forget_clock_c):
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(_for_ever))


def define_function(instance: LinkerInstance, name: str, function: HostFunction) -> None:
    """Define `function` under `name`. It lives as long as the linker and the stores made from it."""
    token = next(_tokens)
    _functions[token] = function
    data = name.encode()
    _check(
        _ffi.wasmtime_component_linker_instance_add_func(
            instance.ptr(), ctypes.create_string_buffer(data), len(data), _on_call_c, token, _forget_function_c
        )
    )


def define_resource(
    instance: LinkerInstance, name: str, ty: int, run: Callable[[int], None], failed: Callable[[BaseException], None]
) -> None:
    """Define a resource of the host, the `ty`-th of its linker; `run` is called with the rep of each handle that wasm drops."""
    token = next(_tokens)
    _destructors[token] = _Destructor(run, failed)
    resource = wc.ResourceType.host(ty)  # alive during the call
    data = name.encode()
    _check(
        _ffi.wasmtime_component_linker_instance_add_resource(
            instance.ptr(),
            ctypes.create_string_buffer(data),
            len(data),
            resource.ptr(),
            _on_drop_c,
            token,
            _forget_destructor_c,
        )
    )


# ---- the C layout --------------------------------------------------------------------------------------------------

_KINDS = "bool s8 u8 s16 u16 s32 u32 s64 u64 f32 f64 char string list record tuple variant enum option result flags"


def layout() -> str:
    """How the values of this version differ from what the fast layer expects; "" if they do not."""
    val = _ffi.wasmtime_component_val_t
    sizes = ctypes.sizeof(val), val.kind.offset, val.of.offset, ctypes.sizeof(_ffi.wasmtime_component_valrecord_entry_t)
    if sizes != (32, 0, 8, 48):
        return f"values have a different layout: {sizes}"
    for number, kind in enumerate([*_KINDS.split(), "resource"]):
        found = getattr(_ffi, f"WASMTIME_COMPONENT_{kind.upper()}").value
        if found != number:
            return f"values have other kinds: {kind} is {found}"
    return ""
