"""The component's own types, and the conversions of wasmtime-py that follow them, with the changes listed in `__init__`.

Types are read from C here, and not through wasmtime-py's properties: those fail on a map anywhere inside.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any, cast

from wasmtime import component as wc
from wasmtime.component import Record, ValType, Variant
from wasmtime.component import _types as _wc_types  # pyright: ignore[reportPrivateUsage]

from ._ffi import FFI as _ffi

# ---- reading -------------------------------------------------------------------------------------------------------

HAS_MAPS = hasattr(_ffi, "wasmtime_component_valmap_t")
"""Whether this version knows maps."""
_MAP = 26
"""The kind of a map type, which wasmtime-py has no constant for."""
_Extern: type = getattr(_wc_types, "ComponentExtern", type(None))
"""What wraps an import or export, since 49."""


def read_params(ty: wc.FuncType) -> list[tuple[str, ValType]]:
    """The parameters of a function.

    Raises:
        TypeError: there is a type that is not known here.
    """
    return [
        (name, _read(inner))
        for name, inner in _named(
            ty, _ffi.wasmtime_component_func_type_param_count, _ffi.wasmtime_component_func_type_param_nth
        )
    ]


def read_result(ty: wc.FuncType) -> ValType | None:
    """The result of a function.

    Raises:
        TypeError: there is a type that is not known here.
    """
    return _optional(ty, _ffi.wasmtime_component_func_type_result)


def read_type(ty: ValType) -> ValType:
    """What wasmtime-py read of a type, read anew to its parts.

    Raises:
        TypeError: there is a type that is not known here.
    """
    match ty:
        case wc.ListType():
            return ListType(_child(ty, _ffi.wasmtime_component_list_type_element))
        case wc.RecordType():
            fields = _named(
                ty, _ffi.wasmtime_component_record_type_field_count, _ffi.wasmtime_component_record_type_field_nth
            )
            return RecordType([(name, _read(inner)) for name, inner in fields])
        case wc.TupleType():
            elements: list[ValType] = []
            for n in range(_ffi.wasmtime_component_tuple_type_types_count(ty.ptr())):
                out = _ffi.wasmtime_component_valtype_t()
                _ffi.wasmtime_component_tuple_type_types_nth(ty.ptr(), n, ctypes.byref(out))
                elements.append(_read(out))
            return TupleType(elements)
        case wc.VariantType():
            return VariantType(list(_cases(ty)))
        case wc.OptionType():
            return OptionType(_child(ty, _ffi.wasmtime_component_option_type_ty))
        case wc.ResultType():
            ok, err = _ffi.wasmtime_component_result_type_ok, _ffi.wasmtime_component_result_type_err
            return ResultType(_optional(ty, ok), _optional(ty, err))
        case wc.FutureType():
            return FutureType(_optional(ty, _ffi.wasmtime_component_future_type_ty))
        case wc.StreamType():
            return StreamType(_optional(ty, _ffi.wasmtime_component_stream_type_ty))
        case wc.OwnType():
            return OwnType(ty.ty)
        case wc.BorrowType():
            return BorrowType(ty.ty)
        case _:
            return ty


def read_named_type(extern: object) -> ValType | None:
    """The type of values that is imported or exported under a name, read to its parts; None if it is something else.

    Raises:
        TypeError: there is a type that is not known here.
    """
    if isinstance(extern, ValType):  # before 49, there is no wrapper around it
        return read_type(extern)
    if not isinstance(extern, _Extern):
        return None
    item = _ffi.wasmtime_component_item_t()
    _ffi.wasmtime_component_extern_type(cast("Any", extern).ptr(), ctypes.byref(item))
    if item.kind == _ffi.WASMTIME_COMPONENT_ITEM_TYPE.value:
        return _read(item.of.type)
    _ffi.wasmtime_component_item_delete(ctypes.byref(item))
    return None


def _read(c: Any) -> ValType:
    """The type that C wrote to `c`, which is taken over."""
    if HAS_MAPS and c.kind == _MAP:
        try:
            out = [_ffi.wasmtime_component_valtype_t() for _ in range(2)]
            _ffi.wasmtime_component_map_type_key(c.of.map, ctypes.byref(out[0]))
            _ffi.wasmtime_component_map_type_value(c.of.map, ctypes.byref(out[1]))
            return MapType(_read(out[0]), _read(out[1]))
        finally:
            _ffi.wasmtime_component_map_type_delete(c.of.map)
    return read_type(_wc_types.valtype_from_ptr(c))


def _child(ty: Any, get: Callable[..., object]) -> ValType:
    out = _ffi.wasmtime_component_valtype_t()
    get(ty.ptr(), ctypes.byref(out))
    return _read(out)


def _optional(ty: Any, get: Callable[..., object]) -> ValType | None:
    out = _ffi.wasmtime_component_valtype_t()
    return _read(out) if get(ty.ptr(), ctypes.byref(out)) else None


def _named(ty: Any, count: Callable[[Any], int], nth: Callable[..., object]) -> Iterator[tuple[str, Any]]:
    for n in range(count(ty.ptr())):
        name, length, out = ctypes.POINTER(ctypes.c_char)(), ctypes.c_size_t(), _ffi.wasmtime_component_valtype_t()
        nth(ty.ptr(), n, ctypes.byref(name), ctypes.byref(length), ctypes.byref(out))
        yield ctypes.string_at(name, length.value).decode(), out


def _cases(ty: Any) -> Iterator[tuple[str, ValType | None]]:
    for n in range(_ffi.wasmtime_component_variant_type_case_count(ty.ptr())):
        name, length, out = ctypes.POINTER(ctypes.c_char)(), ctypes.c_size_t(), _ffi.wasmtime_component_valtype_t()
        has = ctypes.c_bool()
        _ffi.wasmtime_component_variant_type_case_nth(
            ty.ptr(), n, ctypes.byref(name), ctypes.byref(length), ctypes.byref(has), ctypes.byref(out)
        )
        yield ctypes.string_at(name, length.value).decode(), _read(out) if has.value else None


# ---- types ---------------------------------------------------------------------------------------------------------


class MapType(ValType):
    """`map<key, value>`: wasmtime-py has no conversion for it."""

    def __init__(self, key: ValType, value: ValType) -> None:
        self.key = key
        self.value = value

    def add_classes(self, s: set[type]) -> None:
        s.add(dict)

    def convert_to_c(self, store: Any, val: Any, ptr: Any) -> None:
        raise TypeError("a map")

    def convert_from_c(self, c: Any) -> Any:
        raise TypeError("a map")


class ListType(wc.ListType):
    """`list<element>`, with `u8` by one copy instead of one conversion per byte."""

    def __init__(self, element: ValType) -> None:
        self._element = element
        self._bytes = isinstance(element, wc.U8)

    @property
    def element(self) -> ValType:
        return self._element

    def _is_bytes(self) -> bool:
        return self._bytes

    def convert_to_c(self, store: Any, val: Any, ptr: Any) -> None:
        if not self._bytes:
            super().convert_to_c(store, val, ptr)
            return
        raw = _ffi.wasmtime_component_vallist_t()
        _ffi.wasmtime_component_vallist_new_uninit(raw, len(val))
        image = bytearray(_VAL_SIZE * len(val))
        image[_KIND_AT::_VAL_SIZE] = bytes([_ffi.WASMTIME_COMPONENT_U8.value]) * len(val)
        image[_BYTE_AT::_VAL_SIZE] = val
        ctypes.memmove(raw.data, (ctypes.c_char * len(image)).from_buffer(image), len(image))
        ptr.contents.kind = _ffi.WASMTIME_COMPONENT_LIST
        ptr.contents.of.list = raw

    def convert_from_c(self, c: Any) -> Any:
        assert c.kind == _ffi.WASMTIME_COMPONENT_LIST.value
        raw = c.of.list
        if self._bytes:
            return ctypes.string_at(raw.data, raw.size * _VAL_SIZE)[_BYTE_AT::_VAL_SIZE] if raw.size else b""
        convert, data = self._element.convert_from_c, raw.data
        return [convert(data[i]) for i in range(raw.size)]


_VAL_SIZE: int = ctypes.sizeof(_ffi.wasmtime_component_val_t)
_KIND_AT: int = _ffi.wasmtime_component_val_t.kind.offset
_BYTE_AT: int = _ffi.wasmtime_component_val_t.of.offset  # little-endian or not: a u8 is the union's first byte


class RecordType(wc.RecordType):
    """`record`, its fields read once."""

    def __init__(self, fields: list[tuple[str, ValType]]) -> None:
        self._fields = fields

    @property
    def fields(self) -> list[tuple[str, ValType]]:
        return self._fields

    def convert_from_c(self, c: Any) -> Any:
        assert c.kind == _ffi.WASMTIME_COMPONENT_RECORD.value
        record, data = Record(), c.of.record.data
        for i, (name, ty) in enumerate(self._fields):
            setattr(record, name, ty.convert_from_c(data[i].val))
        return record


class TupleType(wc.TupleType):
    """`tuple`, its elements read once."""

    def __init__(self, elements: list[ValType]) -> None:
        self._elements = elements

    @property
    def elements(self) -> list[ValType]:
        return self._elements

    def convert_from_c(self, c: Any) -> Any:
        assert c.kind == _ffi.WASMTIME_COMPONENT_TUPLE.value
        data = c.of.tuple.data
        return tuple([ty.convert_from_c(data[i]) for i, ty in enumerate(self._elements)])


class _Tagged:
    """What variants, options and results have in common here: a value is a `Variant`, always."""

    tagged_cases: list[tuple[str, ValType | None]]

    def _tagged(self) -> bool:
        return True

    def _cases(self) -> list[tuple[str, ValType | None]]:
        return self.tagged_cases

    def _lift(self, tag: str, ptr: Any) -> Any:
        ty = dict(self.tagged_cases)[tag]
        return Variant(tag) if ty is None else Variant(tag, ty.convert_from_c(ptr.contents))


class VariantType(_Tagged, wc.VariantType):
    def __init__(self, cases: list[tuple[str, ValType | None]]) -> None:
        self.tagged_cases = cases


class OptionType(_Tagged, wc.OptionType):
    def __init__(self, payload: ValType) -> None:
        self.tagged_cases = [("none", None), ("some", payload)]
        self._payload = payload

    @property
    def payload(self) -> ValType:
        return self._payload


class ResultType(_Tagged, wc.ResultType):
    def __init__(self, ok: ValType | None, err: ValType | None) -> None:
        self.tagged_cases = [("ok", ok), ("err", err)]
        self._ok = ok
        self._err = err

    @property
    def ok(self) -> ValType | None:
        return self._ok

    @property
    def err(self) -> ValType | None:
        return self._err


class FutureType(wc.FutureType):
    """`future`, its payload read once and perhaps absent, which wasmtime-py takes for a bool."""

    def __init__(self, payload: ValType | None) -> None:
        self.element = payload

    def add_classes(self, s: set[type]) -> None:
        raise TypeError("a future")


class StreamType(wc.StreamType):
    """`stream`; likewise."""

    def __init__(self, payload: ValType | None) -> None:
        self.element = payload

    def add_classes(self, s: set[type]) -> None:
        raise TypeError("a stream")


class OwnType(wc.OwnType):
    """`own`; the value is marked as taken over."""

    def convert_from_c(self, c: Any) -> Any:
        resource = super().convert_from_c(c)
        c.kind = _ffi.WASMTIME_COMPONENT_BOOL
        return resource


class BorrowType(wc.BorrowType):
    """`borrow`; likewise."""

    def convert_from_c(self, c: Any) -> Any:
        resource = super().convert_from_c(c)
        c.kind = _ffi.WASMTIME_COMPONENT_BOOL
        return resource
