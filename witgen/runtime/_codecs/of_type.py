"""From the description of a WIT type to its codec."""

from __future__ import annotations

from typing import assert_never

from .._layer import Layer
from .._process.fork import importing
from .._types import (
    Borrow,
    Enum,
    FixedList,
    Flags,
    Future,
    ImportedResource,
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
)
from .._wasmtime.reflect import Unsupported
from . import plain as _codec
from .base import Codec
from .resources import ExportedCodec, ImportedCodec

MOST_FLAGS = 32


class Compiler:
    """Makes codecs, one per named type; a codec belongs to no instance."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._named: dict[int, tuple[Type, Codec]] = {}

    def result(self, ty: Result) -> _codec.ResultCodec:
        """The codec of a function's result, whose parts are used.

        Raises:
            Unsupported: wasmtime-py cannot carry a type in it.
        """
        return _codec.ResultCodec(self._payload(ty.ok), self._payload(ty.err), ty.error)

    def compile(self, ty: Type) -> Codec:
        """The codec of `ty`.

        Raises:
            Unsupported: wasmtime-py cannot carry a type in it.
        """
        match ty:
            case Primitive():
                return _primitive(ty)
            case List(Primitive.U8 | Primitive.S8 as element):
                return _codec.BytesCodec(signed=element is Primitive.S8)
            case List(element):
                return _codec.ListCodec(self.compile(element))
            case Tuple(()):
                raise Unsupported("empty tuple")
            case Tuple(elements):
                return _codec.TupleCodec(tuple(self.compile(element) for element in elements))
            case Option(element):
                return _codec.OptionCodec(self.compile(element), isinstance(element, Option))
            case Result():
                return self.result(ty)
            case Record() | Variant() | Enum() | Flags():
                known = self._named.get(id(ty))
                if known is None:
                    known = self._named[id(ty)] = (
                        ty,
                        self._compile_named(ty),
                    )  # holds the type, so the id stays its own
                return known[1]
            case Own(resource) | Borrow(resource):
                if self._layer == "core":
                    with importing:
                        from .._core.resource import HandleCodec

                    return HandleCodec(ty)
                owned = isinstance(ty, Own)
                if isinstance(resource, ImportedResource):
                    return ImportedCodec(resource, owned)
                return ExportedCodec(resource, owned)
            case Map(key, value):
                if self._layer == "public":
                    raise Unsupported("map")
                return _codec.MapCodec(self.compile(key), self.compile(value))
            case FixedList():
                raise Unsupported("fixed-length list")
            case Stream():
                raise Unsupported("stream")
            case Future():
                raise Unsupported("future")
            case _:
                assert_never(ty)

    def _payload(self, ty: Type | None) -> Codec | None:
        return None if ty is None else self.compile(ty)

    def _compile_named(self, ty: Record | Variant | Enum | Flags) -> Codec:
        match ty:
            case Record(fields=()):
                raise Unsupported("empty record")
            case Record():
                return _codec.RecordCodec(
                    ty.cls, tuple((wit, name, self.compile(field)) for wit, name, field in ty.fields)
                )
            case Variant():
                return _codec.VariantCodec(ty.name, tuple((wit, cls, self._payload(p)) for wit, cls, p in ty.cases))
            case Enum():
                return _codec.EnumCodec(ty.cls, ty.names)
            case Flags():
                if not 0 < len(ty.names) <= MOST_FLAGS:  # as the component model has it now
                    raise Unsupported(f"flags with {len(ty.names)} names")
                return _codec.FlagsCodec(ty.cls, ty.names)
            case _:
                assert_never(ty)


def _primitive(ty: Primitive) -> Codec:
    match ty:
        case Primitive.BOOL:
            return _codec.BoolCodec()
        case Primitive.F32 | Primitive.F64:
            return _codec.FloatCodec(ty.value)
        case Primitive.CHAR:
            return _codec.CharCodec()
        case Primitive.STRING:
            return _codec.StringCodec()
        case Primitive.ERROR_CONTEXT:
            raise Unsupported("error-context")
        case _:
            return _codec.IntCodec(ty.value)
