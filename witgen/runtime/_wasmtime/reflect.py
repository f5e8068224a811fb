"""What a component says of itself: its imports and exports, and the types of its functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wasmtime import Engine
from wasmtime import component as wc
from wasmtime.component import Component, ValType

from .. import _wasmtime
from .._errors import UnsupportedTypeError


class Unsupported(Exception):
    """A type that wasmtime-py cannot carry; the argument is its WIT keyword."""


def read_signature(ty: wc.FuncType) -> _wasmtime.Signature:
    """Read a function's type.

    Raises:
        Unsupported: wasmtime-py cannot carry a type in it.
    """
    try:
        params = _wasmtime.read_params(ty)
        result = _wasmtime.read_result(ty)
    except TypeError as error:  # what wasmtime-py says to a type that it does not know
        raise Unsupported("fixed-length list") from error
    for found in (*(param for _, param in params), result):
        _check(found)
    return _wasmtime.Signature(params, result, _wasmtime.is_async(ty))


def _check(ty: ValType | None) -> None:
    """Refuse types that wasmtime-py cannot carry.

    Raises:
        Unsupported: `ty` is such a type or contains one.
    """
    match ty:
        case wc.StreamType():
            raise Unsupported("stream")
        case wc.FutureType():
            raise Unsupported("future")
        case wc.ErrorContext():
            raise Unsupported("error-context")
        case _:
            for part in _parts(ty):
                _check(part)


class Items(dict[str, object]):
    """What a component or an instance imports or exports: a `FuncType`, a `ResourceType`, `Items`, or None."""


def resources_in(items: Items) -> Iterator[wc.ResourceType]:
    """Every resource that an interface has or that its functions mention."""
    for item in items.values():
        if isinstance(item, wc.ResourceType):
            yield item
        elif isinstance(item, wc.FuncType):
            try:
                signature = read_signature(item)
            except Unsupported:
                continue
            for ty in (*(param for _, param in signature.params), signature.result):
                yield from _resources_in_type(ty)


def _resources_in_type(ty: ValType | None) -> Iterator[wc.ResourceType]:
    match ty:
        case wc.OwnType() | wc.BorrowType():
            yield ty.ty
        case _:
            for part in _parts(ty):
                yield from _resources_in_type(part)


def _parts(ty: ValType | None) -> list[ValType | None]:
    """The types that a type is directly made of."""
    match ty:
        case wc.ListType():
            return [ty.element]
        case _wasmtime.MapType():
            return [ty.key, ty.value]
        case wc.RecordType():
            return [field for _, field in ty.fields]
        case wc.TupleType():
            return list(ty.elements)
        case _wasmtime.VariantType():
            return [payload for _, payload in ty.tagged_cases]
        case wc.OptionType():
            return [ty.payload]
        case wc.ResultType():
            return [ty.ok, ty.err]
        case _:
            return []


def read_component(component: Component, engine: Engine) -> tuple[Items, Items]:
    """What `component` imports and exports, by name.

    Raises:
        UnsupportedTypeError: wasmtime-py is older than 49 and does not know a type.
    """
    ty = component.type
    return _read_items(ty.imports(engine), engine), _read_items(ty.exports(engine), engine)


def item_of(extern: object) -> object:
    """What is imported or exported; versions of wasmtime-py before 49 give it without a wrapper.

    Raises:
        TypeError: wasmtime-py does not know its type.
    """
    if isinstance(extern, wc.ComponentInstanceType | wc.FuncType | wc.ResourceType | wc.ValType):
        return extern
    item: object = getattr(extern, "ty", None)
    return item


def _read_items(externs: Mapping[str, object], engine: Engine) -> Items:
    items = Items()
    for name, extern in externs.items():
        try:
            item = item_of(extern)
        except TypeError:  # a type that wasmtime-py does not know
            item = None
        if isinstance(item, wc.ComponentInstanceType):
            try:
                exports = item.exports(engine)
            except TypeError:  # before 49 one type that is not known spoils all
                raise UnsupportedTypeError(
                    f"{name}: this version of wasmtime-py cannot read an interface that gives a map a name: "
                    "write `map<…>` where it is used, or install wasmtime 49 or later"
                ) from None
            items[name] = _read_items(exports, engine)
        elif isinstance(item, wc.FuncType | wc.ResourceType):
            items[name] = item
        else:
            items[name] = None
    return items


def is_resource(item: object) -> bool:
    """Whether an item is a resource type."""
    return isinstance(item, wc.ResourceType)


def is_function(item: object) -> bool:
    """Whether an item is a function."""
    return isinstance(item, wc.FuncType)


def signature_of(item: object) -> _wasmtime.Signature:
    """The signature of an item that is a function.

    Raises:
        Unsupported: wasmtime-py cannot carry a type in it.
        TypeError: wasmtime-py does not know a type.
    """
    if not isinstance(item, wc.FuncType):
        raise TypeError("not a function")
    return read_signature(item)
