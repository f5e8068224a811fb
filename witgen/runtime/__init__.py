"""Components and implementations of their imports go in; typed instances come out, on wasmtime. It may import wasmtime, and
of witgen what a component is.

Programs that use generated host packages import it: `engine`, `Store` and `Limits` to begin with; `Ok`, `Err` and `Some` among the values; `Trap`, `Exit` and the other errors, of
which `WitgenError` is the base (wrong arguments are Python's `TypeError` and `ValueError`); wasmtime's `Engine`,
`Component` and `WasiConfig`. What the packages themselves import is in `witgen.runtime.generated`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from wasmtime import Engine
from wasmtime.component import Component

from ._abi import Abi
from ._errors import (
    BindError,
    CompileLimitError,
    ComponentMismatchError,
    EngineError,
    Exit,
    ImplementationError,
    InterfaceError,
    LimitWarning,
    MissingExportError,
    MissingImportError,
    NativeGroupError,
    NativeResourceError,
    NotCachedError,
    PoolFullError,
    ResourceInUseError,
    StackError,
    StoreBusyError,
    StoreSpentError,
    ThreadBusyError,
    Trap,
    TrapKind,
    UnsupportedTypeError,
    UnusedImportWarning,
    VersionError,
    WitgenError,
)
from ._handles import NativeHandle
from ._stores.coroutines import awaited, to_thread
from ._stores.engine import engine
from ._stores.guarded import Store
from ._stores.limits import Limits, Ticker
from ._stores.pooling import Pooling
from ._values import Err, Ok, Some

if TYPE_CHECKING:
    from wasmtime import WasiConfig  # so that one of wasmtime's own is taken as well

    from ._binding.offered import Need, offered
    from ._bound import Bound
    from ._carriers import (
        ByteStreamReader,
        ErrorContext,
        FutureReader,
        IntoByteStream,
        IntoFuture,
        IntoStream,
        StreamReader,
    )
    from ._compiled.ahead import CompiledAhead, compile_ahead, prune_cache
    from ._compiled.cache import FolderPath, Pruned
    from ._compiled.isolation import Isolation
    from ._component_source import ComponentSource
    from ._layer import value_layer

__all__ = [
    "Abi",
    "BindError",
    "Bound",
    "ByteStreamReader",
    "CompileLimitError",
    "CompiledAhead",
    "Component",
    "ComponentMismatchError",
    "ComponentSource",
    "Engine",
    "EngineError",
    "Err",
    "ErrorContext",
    "Exit",
    "FolderPath",
    "FutureReader",
    "ImplementationError",
    "InterfaceError",
    "IntoByteStream",
    "IntoFuture",
    "IntoStream",
    "Isolation",
    "LimitWarning",
    "Limits",
    "MissingExportError",
    "MissingImportError",
    "NativeGroupError",
    "NativeHandle",
    "NativeResourceError",
    "Need",
    "NotCachedError",
    "Ok",
    "PoolFullError",
    "Pooling",
    "Pruned",
    "ResourceInUseError",
    "Some",
    "StackError",
    "Store",
    "StoreBusyError",
    "StoreSpentError",
    "StreamReader",
    "ThreadBusyError",
    "Ticker",
    "Trap",
    "TrapKind",
    "UnsupportedTypeError",
    "UnusedImportWarning",
    "VersionError",
    "WasiConfig",
    "WitgenError",
    "awaited",
    "compile_ahead",
    "engine",
    "offered",
    "prune_cache",
    "to_thread",
    "value_layer",
]

_LATE = {
    "Bound": "_bound",
    "ByteStreamReader": "_carriers",
    "CompiledAhead": "_compiled.ahead",
    "ComponentSource": "_component_source",
    "ErrorContext": "_carriers",
    "FolderPath": "_compiled.cache",
    "FutureReader": "_carriers",
    "IntoByteStream": "_carriers",
    "IntoFuture": "_carriers",
    "IntoStream": "_carriers",
    "Isolation": "_compiled.isolation",
    "Need": "_binding.offered",
    "Pruned": "_compiled.cache",
    "StreamReader": "_carriers",
    "WasiConfig": "_stores.wasi",
    "compile_ahead": "_compiled.ahead",
    "offered": "_binding.offered",
    "prune_cache": "_compiled.ahead",
    "value_layer": "_layer",
}
"""Names that few programs use before they prepare a component, and where they are. They come when they are asked for."""


if not TYPE_CHECKING:  # checkers have the imports above, and report a name that is not there

    def __getattr__(name: str) -> object:
        if name not in _LATE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f".{_LATE[name]}", __name__), name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
