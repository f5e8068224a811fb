"""Guest code and implementations of its imports go in; calls in plain CPython with the checks of a real component come out.
It may import the standard library, the vocabulary of described types (`witgen.component.described`), pytest in `plugin`, and
the runtime's types in `host`.

For tests: `Native`, `call`, `drop`, `handles` and `settle`; `Ok`, `Err` and `Some` among the values; `HostStream` and
`HostFuture`; `Supplier` and `ByName`, with which implementations are written; and the errors, of which `NativeError` is the
base. The other names describe a world: a generated `wit_world_native.py` uses them, and its `native(…)` enters the world.
Programs do not need them. See `docs/testing-guests.md`.
"""

from __future__ import annotations

from ._component import Supplier
from ._errors import BuildFailure, HostFault, ImportMissing, NativeError, Trap
from ._native import Native, call, drop, handles, settle
from ._pipes import HostFuture, HostStream
from ._results import ByName, Err, Ok, Some
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
    FixedList,
    Flags,
    Func,
    Future,
    Interface,
    List,
    Map,
    Option,
    Own,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Type,
    Variant,
    WorldType,
)

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
    "Borrow",
    "BuildFailure",
    "ByName",
    "Enum",
    "Err",
    "FixedList",
    "Flags",
    "Func",
    "Future",
    "HostFault",
    "HostFuture",
    "HostStream",
    "ImportMissing",
    "Interface",
    "List",
    "Map",
    "Native",
    "NativeError",
    "Ok",
    "Option",
    "Own",
    "Record",
    "Resource",
    "Result",
    "Some",
    "Stream",
    "Supplier",
    "Trap",
    "Tuple",
    "Type",
    "Variant",
    "WorldType",
    "call",
    "drop",
    "handles",
    "settle",
]
