"""What generated host packages import of the runtime, for their own use; programs import `witgen.runtime`.

A package works with every witgen of the same major and minor version, which `check_version` sees to. A generated module
`_abi` imports this one as `rt` and describes the package with it:

* Types are `rt.U32`, `rt.STRING`, …, `rt.List(…)`, `rt.Record(cls, fields)`, `rt.Own(resource)`, …: `_types.py`.
* `rt.WorldType(…, plain=_plain)` is a world; `_plain()` gives the text of `_plain.py`: the world as plain data, which a
  component is compared with as a whole.
* A link class per exported interface (`class ShapesLink(rt.Link)`), and one for the world's own functions (interface
  ""): `total = rt.ExportFunc[[Sequence[Circle]], float](IFACE, "total", (("circles", rt.List(…)),), rt.F64)`.
  `ShapesLink(instance)` and `instance.link(ShapesLink)` both make one; the second gives the same one each time.
* `rt.bound(self, Shapes.total, self._link.total)(circles)` is what a method calls: see there.
* `rt.Handle` is the base of exported resources; `_link` is set to the link that `ExportedResource.link()` names.
* `rt.Prepared(engine, component, WORLD, cache)`, `component` being a `ComponentSource`; `.instantiate(store, {"host":
  host, …}, limits, wasi, http) -> rt.Instance`, where None stands for what is left out; `.bind(Plugin, {"host": host, …},
  http) -> Bound[Plugin]` does so once for many instances.
* `rt.Instance` has `.link(cls)`, `.store`, `.close()`.
"""

from __future__ import annotations

from ._carriers import deprecated
from ._handles import Handle
from ._instance import Instance
from ._link import ExportFunc, Link, bound
from ._prepared import Prepared
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
    "Borrow",
    "Enum",
    "ExportFunc",
    "ExportInterface",
    "ExportedResource",
    "FixedList",
    "Flags",
    "Future",
    "Handle",
    "ImportFunc",
    "ImportInterface",
    "ImportedResource",
    "Instance",
    "Link",
    "List",
    "Map",
    "Option",
    "Own",
    "Prepared",
    "Primitive",
    "Record",
    "Result",
    "Stream",
    "Tuple",
    "Type",
    "Variant",
    "WorldType",
    "bound",
    "check_version",
    "deprecated",
]
