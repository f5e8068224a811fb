"""Host runtime: what generated host packages import, and nothing heavier than wasmtime.

For users: `Err`, `Ok`, `Some`; `Trap`, `Exit` and the other errors (`WitgenError` is the base of those with a name of
their own; wrong arguments are Python's `TypeError` and `ValueError`); `Limits`, `engine`; and wasmtime's `Engine`,
`Store`, `Component`, `WasiConfig`.

For generated code, which imports this as `rt`:

* Types are described by `rt.U32`, `rt.STRING`, …, `rt.List(…)`, `rt.Record(cls, fields)`, `rt.Own(resource)`, …:
  `_types.py`.
* `rt.check_version("0.1.0")` at the top of `_abi.py`; `Prepared` checks `WorldType.version` too.
* `rt.WorldType(…, plain=_plain)`, where `_plain()` gives the text of `_plain.py`: the world as plain data, which a component
  is compared with as a whole.
* A link class per exported interface (`class ShapesLink(rt.Link)`), and one for the world's own functions (interface
  ""): `total = rt.ExportFunc[[Sequence[Circle]], float](IFACE, "total", (("circles", rt.List(…)),), rt.F64)`.
  `ShapesLink(instance)` and `instance.link(ShapesLink)` both make one; the second gives the same one each time.
* `rt.bound(self, Shapes.total, self._link.total)(circles)` is what a method calls: see there.
* `rt.Handle` is the base of exported resources; `_link` is set to the link that `ExportedResource.link()` names.
* `rt.Prepared(engine, component, WORLD, cache)`, `component` being an `rt.ComponentSource`; `.instantiate(store, {"host":
  host, …}, limits, wasi, http) -> rt.Instance`, where None stands for what is left out.
* `rt.Instance` has `.link(cls)`, `.store`, `.close()`.
"""

from __future__ import annotations

from wasmtime import Engine, WasiConfig
from wasmtime.component import Component

from ._async import awaited, to_thread
from ._cache import FolderPath
from ._carriers import ErrorContext, FutureReader, StreamReader, deprecated
from ._engine import engine
from ._errors import (
    BindError,
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
    ResourceInUseError,
    StoreBusyError,
    StoreSpentError,
    Trap,
    TrapKind,
    UnsupportedTypeError,
    UnusedImportWarning,
    VersionError,
    WitgenError,
)
from ._guarded import Store
from ._handles import Handle, NativeHandle
from ._instance import Instance
from ._layer import value_layer
from ._limits import Limits, Ticker
from ._link import ExportFunc, Link, bound
from ._needs import Need, offered
from ._prepared import ComponentSource, Prepared
from ._types import (
    BOOL,
    CHAR,
    ERROR_CONTEXT,
    F32,
    F64,
    S8,
    S16,
    S32,
    S64,
    STRING,
    U8,
    U16,
    U32,
    U64,
    Borrow,
    Enum,
    ExportedResource,
    ExportInterface,
    FixedList,
    Flags,
    Future,
    ImportedResource,
    ImportFunc,
    ImportInterface,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Result,
    Stream,
    Tuple,
    Type,
    Variant,
    WorldType,
)
from ._values import Err, Ok, Some
from ._version import check_version

__all__ = [
    "BOOL",
    "CHAR",
    "ERROR_CONTEXT",
    "F32",
    "F64",
    "S8",
    "S16",
    "S32",
    "S64",
    "STRING",
    "U8",
    "U16",
    "U32",
    "U64",
    "BindError",
    "Borrow",
    "Component",
    "ComponentMismatchError",
    "ComponentSource",
    "Engine",
    "EngineError",
    "Enum",
    "Err",
    "ErrorContext",
    "Exit",
    "ExportFunc",
    "ExportInterface",
    "ExportedResource",
    "FixedList",
    "Flags",
    "FolderPath",
    "Future",
    "FutureReader",
    "Handle",
    "ImplementationError",
    "ImportFunc",
    "ImportInterface",
    "ImportedResource",
    "Instance",
    "InterfaceError",
    "LimitWarning",
    "Limits",
    "Link",
    "List",
    "Map",
    "MissingExportError",
    "MissingImportError",
    "NativeGroupError",
    "NativeHandle",
    "NativeResourceError",
    "Need",
    "Ok",
    "Option",
    "Own",
    "Prepared",
    "Primitive",
    "Record",
    "ResourceInUseError",
    "Result",
    "Some",
    "Store",
    "StoreBusyError",
    "StoreSpentError",
    "Stream",
    "StreamReader",
    "Ticker",
    "Trap",
    "TrapKind",
    "Tuple",
    "Type",
    "UnsupportedTypeError",
    "UnusedImportWarning",
    "Variant",
    "VersionError",
    "WasiConfig",
    "WitgenError",
    "WorldType",
    "awaited",
    "bound",
    "check_version",
    "deprecated",
    "engine",
    "offered",
    "to_thread",
    "value_layer",
]
