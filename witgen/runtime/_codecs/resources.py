"""Codecs for resources: host objects that wasm has handles for, and handles of resources inside wasm.

Lowering an object of the host gives it a rep in the instance's table of that resource: for good where it is given away
(an `own`), for the length of the call where it is lent. Everything that comes in is turned into a host handle at once:
what is not stays in a table of the store's that has an end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from wasmtime import Store, WasmtimeError

from .._errors import NativeResourceError
from .._handles import Handle, NativeHandle, held_by, make
from .._link import Link
from .._stores.store import explain
from .._types import ExportedResource, ImportedResource
from .._wasmtime import ResourceAny, ResourceHost
from .base import Codec, Misfit, expected_class

if TYPE_CHECKING:
    from .effects import Call


class ImportedCodec(Codec):
    """A resource that the component imports: the user's objects, or wasmtime's own where it is supplied natively."""

    def __init__(self, resource: ImportedResource, owned: bool) -> None:
        self.resource = resource
        self.owned = owned

    def lower(self, call: Call, value: object) -> object:
        table = call.instance.table(self.resource)
        if table is None:
            return self._lower_native(call, value)
        if not call.instance.implements(self.resource, value):
            raise expected_class(self.resource.cls, call.instance.classes_of(self.resource), value)
        store = call.instance.store
        if self.owned:
            return _own(call.add(table, value), table.ty, store)
        return call.loan(table, value, lambda rep, ty: _own(rep, ty, store))

    def _lower_native(self, call: Call, value: object) -> object:
        if isinstance(value, NativeHandle) and held_by(value).resource is self.resource:
            return call.pass_handle(value, self.owned)
        name = self.resource.cls.rpartition(".")[2]
        key = call.instance.keyword(self.resource)
        raise Misfit(
            f"{name} is supplied natively by wasmtime; Python cannot make one"
            + (f": pass {key}= to supply it yourself" if key else ""),
            NativeResourceError,
        )

    def lift(self, call: Call, raw: object) -> object:
        handle = cast("ResourceAny", raw)
        table = call.instance.table(self.resource)
        if table is None:
            native = make(NativeHandle, call.instance, handle, self.resource, None)
            if not self.owned:
                call.borrow(native)
            return native
        host = handle.to_host(call.instance.store)
        return table.objects.pop(host.rep) if self.owned else table.objects[host.rep]


def _own(rep: int, ty: int, store: Store) -> ResourceAny:
    """A new handle for a host object.

    Raises:
        Trap: the store can hold no more of them.
    """
    try:
        return ResourceHost.own(rep, ty).to_any(store)
    except WasmtimeError as error:
        raise explain(error) from None


class ExportedCodec(Codec):
    """A resource that the component implements: its generated handle class."""

    def __init__(self, resource: ExportedResource, owned: bool) -> None:
        self.resource = resource
        self.cls = cast("type[Handle]", resource.cls)
        self.owned = owned

    def lower(self, call: Call, value: object) -> object:
        if not isinstance(value, self.cls):
            raise expected_class(self.cls.__name__, (self.cls,), value)
        return call.pass_handle(value, self.owned)

    def lift(self, call: Call, raw: object) -> object:
        link = call.instance.link(cast("type[Link]", self.resource.link()))
        return make(self.cls, call.instance, cast("ResourceAny", raw), self.resource, link)
