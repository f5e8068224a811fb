"""What lies in a rig's memory: values laid out as the Canonical ABI says, with mistakes here and there.

The layout is written as plainly as possible, and apart from the engine's own: `tests/engines/test_reference.py` holds it
beside the specification's definitions, and the engine beside both.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Sequence
from random import Random
from typing import cast

import witgen.runtime as rt
from tests.engines.drawn import draw_value
from tests.engines.rig import FED, FREE, GIVEN, HEAP, PAGES, PLACE, SLOT, Signature
from tests.runtime.echo import flat_types
from witgen.runtime import generated as abi

_BITS = {"bool": 8, "char": 32, "f32": 32, "f64": 64}
_TAG = 1 << 31
_END = PAGES << 16
_EMPTY = 2048
"""Where nothing is ever written: what a host writes, and where, is partly its own choice."""


def bits_of(ty: abi.Primitive) -> int:
    """How many bits a plain value takes."""
    return _BITS.get(ty.value) or int(ty.value[1:])


def fields_of(ty: abi.Type) -> list[abi.Type] | None:
    """The fields of a record or tuple; None for other types."""
    match ty:
        case abi.Record():
            return [field for _, _, field in ty.fields]
        case abi.Tuple(elements):
            return list(elements)
        case _:
            return None


def field_values(ty: abi.Type, value: object) -> list[object]:
    """The values of its fields."""
    if isinstance(ty, abi.Record):
        return [getattr(value, name) for _, name, _ in ty.fields]
    return list(cast("tuple[object, ...]", value))


def cases_of(ty: abi.Type) -> Sequence[abi.Type | None] | None:
    """The payloads of a variant, or of what is one in other words; None for other types."""
    match ty:
        case abi.Variant():
            return [payload for _, _, payload in ty.cases]
        case abi.Enum():
            return [None] * len(ty.names)
        case abi.Option(element):
            return [None, element]
        case abi.Result(ok, err):
            return [ok, err]
        case _:
            return None


def case_of(ty: abi.Type, value: object) -> tuple[int, object]:
    """Which case a value is, and its payload."""
    match ty:
        case abi.Variant():
            number = next(n for n, (_, cls, _) in enumerate(ty.cases) if type(value) is cls)
            return number, cast("rt.Some[object]", value).value
        case abi.Enum():
            return list(ty.cls).index(cast("enum.Enum", value)), None
        case abi.Option(element):
            if value is None:
                return 0, None
            return 1, cast("rt.Some[object]", value).value if isinstance(element, abi.Option) else value
        case _:
            found = cast("rt.Ok[object]", value)
            return (0 if isinstance(value, rt.Ok) else 1), found.value


def case_size(count: int) -> int:
    """How many bytes the number of a case takes."""
    return 1 if count <= 256 else 2 if count <= 65536 else 4


def align_to(offset: int, align: int) -> int:
    """The next multiple of `align`."""
    return -(-offset // align) * align


def payload_at(cases: Sequence[abi.Type | None]) -> int:
    """Where a variant's payload begins."""
    widest = max([1, *(size_of(case)[1] for case in cases if case is not None)])
    return align_to(case_size(len(cases)), widest)


def size_of(ty: abi.Type) -> tuple[int, int]:
    """Size and alignment in memory."""
    fields, cases = fields_of(ty), cases_of(ty)
    if fields is not None:
        end, widest = 0, 1
        for size, align in map(size_of, fields):
            end, widest = align_to(end, align) + size, max(widest, align)
        return align_to(end, widest), widest
    if cases is not None:
        sizes = [size_of(case) for case in cases if case is not None]
        widest = max([case_size(len(cases)), *(align for _, align in sizes)])
        return align_to(payload_at(cases) + max([0, *(size for size, _ in sizes)]), widest), widest
    match ty:
        case abi.STRING | abi.List() | abi.Map():
            return 8, 4
        case abi.Flags():
            size = 1 if len(ty.names) <= 8 else 2 if len(ty.names) <= 16 else 4
            return size, size
        case abi.Primitive():
            return bits_of(ty) // 8, bits_of(ty) // 8
        case _:
            return 4, 4


def raw_of(ty: abi.Primitive, value: object) -> int:
    """The bits of a plain value."""
    match ty:
        case abi.CHAR:
            return ord(cast("str", value))
        case abi.F32:
            return int.from_bytes(struct.pack("<f", value), "little")
        case abi.F64:
            return int.from_bytes(struct.pack("<d", value), "little")
        case _:
            return int(cast("int", value)) & ((1 << bits_of(ty)) - 1)


def encode(text: str, encoding: str) -> tuple[bytes, int, int]:
    """The bytes of a string, its length as the component has it, and its alignment."""
    if encoding == "utf8":
        data = text.encode()
        return data, len(data), 1
    if encoding == "latin1+utf16" and all(ord(char) < 256 for char in text):
        return text.encode("latin-1"), len(text), 2
    data = text.encode("utf-16-le")
    return data, len(data) // 2 | (_TAG if encoding == "latin1+utf16" else 0), 2


class NoRoom(Exception):
    """The values do not fit into the memory of a rig."""


class Layout:
    """Memory that is being filled."""

    def __init__(self, encoding: str, random: Random | None = None, mistakes: float = 0.0) -> None:
        """`mistakes` is how likely each word is to be wrong."""
        self.data = bytearray(FREE)
        self.top = HEAP
        self._encoding = encoding
        self._random = random or Random(0)
        self._mistakes = mistakes

    def alloc(self, align: int, size: int) -> int:
        """Where the next bytes go."""
        at = align_to(self.top, align)
        if at + size > len(self.data):
            raise NoRoom
        self.top = at + size
        return at

    def _wrong(self) -> bool:
        return self._random.random() < self._mistakes

    def _number(self, raw: int, *others: int) -> int:
        """A number, or by mistake another one."""
        return self._random.choice([raw + 1, raw ^ 1, self._random.getrandbits(32), *others]) if self._wrong() else raw

    def _pointer(self, raw: int) -> int:
        return self._number(raw, raw + 2, _EMPTY, _END - 1, _END - 8, _END, 0xFFFF_FFF8, 0xFFFF_FFFF)

    def _length(self, raw: int) -> int:
        return self._number(raw, 0, raw * 2, _END, 1 << 28, (1 << 28) - 1, 1 << 31, raw ^ _TAG, 0xFFFF_FFFF)

    def put(self, at: int, raw: int, size: int) -> None:
        """Write a number of `size` bytes."""
        self.data[at : at + size] = (raw & ((1 << 8 * size) - 1)).to_bytes(size, "little")

    def _leaf(self, ty: abi.Type, value: object, flat: bool) -> int:
        """The bits of what has neither parts nor a pointer."""
        match ty:
            case abi.BOOL:
                return self._number(int(cast("bool", value)), 2, 128, *([256] if flat else []))
            case abi.CHAR:
                return self._number(raw_of(abi.CHAR, value), 0xD800, 0xDFFF, 0x10FFFF, 0x110000, 0xFFFF_FFFF)
            case abi.Primitive():
                raw, bits = raw_of(ty, value), bits_of(ty)
                if not flat or bits >= 32:
                    return raw
                # A narrow one is extended to 32 bits; what is above it is ignored by who reads it.
                return raw | self._random.getrandbits(32) << bits if self._wrong() else cast("int", value) & 0xFFFF_FFFF
            case abi.Flags():
                return self._number(cast("enum.Flag", value).value, 0xFFFF_FFFF)
            case _:
                return self._random.choice((0, 1, 2, 3))

    def _far(self, ty: abi.Type, value: object) -> tuple[int, int] | None:
        """Pointer and length of what lies elsewhere; None for what does not."""
        match ty:
            case abi.STRING:
                data, length, align = encode(cast("str", value), self._encoding)
                return self._pointer(self._bytes(data, align)), self._length(length)
            case abi.List(element) if element in (abi.U8, abi.S8):
                data = cast("bytes", value)
                return self._pointer(self._bytes(data, 1)), self._length(len(data))
            case abi.List(element):
                return self._items(element, cast("list[object]", value))
            case abi.Map(key, inner):
                return self._items(abi.Tuple((key, inner)), list(cast("dict[object, object]", value).items()))
            case _:
                return None

    def _bytes(self, data: bytes, align: int) -> int:
        at = self.alloc(align, len(data))
        self.data[at : at + len(data)] = data
        if data and self._wrong():
            self.data[at + self._random.randrange(len(data))] = self._random.randrange(256)
        return at

    def _items(self, element: abi.Type, values: list[object]) -> tuple[int, int]:
        size, align = size_of(element)
        at = self.alloc(align, size * len(values))
        for number, value in enumerate(values):
            self.store(element, value, at + number * size)
        return self._pointer(at), self._length(len(values))

    def store(self, ty: abi.Type, value: object, at: int) -> None:
        """Lay out a value at a place."""
        fields, cases = fields_of(ty), cases_of(ty)
        if fields is not None:
            for field, inner in zip(fields, field_values(ty, value), strict=True):
                size, align = size_of(field)
                at = align_to(at, align)
                self.store(field, inner, at)
                at += size
            return
        if cases is not None:
            number, inner = case_of(ty, value)
            self.put(at, self._number(number, len(cases), 255), case_size(len(cases)))
            payload = cases[number]
            if payload is not None:
                self.store(payload, inner, at + payload_at(cases))
            return
        far = self._far(ty, value)
        if far is not None:
            self.put(at, far[0], 4)
            self.put(at + 4, far[1], 4)
            return
        self.put(at, self._leaf(ty, value, False), size_of(ty)[0])

    def flat(self, ty: abi.Type, value: object) -> list[int]:
        """The core values of a value, each as the bits of its slot."""
        fields, cases = fields_of(ty), cases_of(ty)
        if fields is not None:
            pairs = zip(fields, field_values(ty, value), strict=True)
            return [raw for field, inner in pairs for raw in self.flat(field, inner)]
        if cases is not None:
            number, inner = case_of(ty, value)
            payload = cases[number]
            found = [self._number(number, len(cases)), *([] if payload is None else self.flat(payload, inner))]
            return found + [0] * (len(flat_types(ty)) - len(found))
        far = self._far(ty, value)
        return [self._leaf(ty, value, True)] if far is None else list(far)

    def params(self, signature: Signature, values: list[object], base: int = FED) -> None:
        """Lay out arguments for an import: slots, or a pointer to them."""
        if signature.spills:
            whole = abi.Tuple(signature.params)
            size, align = size_of(whole)
            at = self.alloc(align, size)
            self.store(whole, tuple(values), at)
            self.put(base, self._pointer(at), 4)
            return
        slots = [raw for ty, value in zip(signature.params, values, strict=True) for raw in self.flat(ty, value)]
        for number, raw in enumerate(slots):
            self.put(base + SLOT * number, raw, 8)

    def result(self, signature: Signature, value: object, base: int = GIVEN) -> None:
        """Lay out the result of an export: a slot, or a pointer to it."""
        if signature.result is None:
            return
        if len(flat_types(signature.result)) == 1:
            self.put(base, self.flat(signature.result, value)[0], 8)
            return
        size, align = size_of(signature.result)
        at = self.alloc(align, size)
        self.store(signature.result, value, at)
        self.put(base, self._pointer(at), 4)

    def place(self, signature: Signature) -> None:
        """Choose where an import's result goes."""
        size, align = (0, 1) if signature.result is None else size_of(signature.result)
        self.put(PLACE, self._pointer(self.alloc(align, size)), 4)

    def text(self) -> str:
        """All of it as data segments."""
        found = bytes(self.data[: self.top])
        return f'(data (i32.const 0) "\\{found.hex(chr(92))}")'


def drawn_layout(random: Random, signature: Signature, encoding: str, mistakes: float) -> Layout:
    """Everything that a rig for one function gives, drawn."""
    made = Layout(encoding, random, mistakes)
    made.result(signature, draw_value(random, signature.result))
    made.params(signature, [draw_value(random, ty) for ty in signature.params])
    made.place(signature)
    return made


__all__ = [
    "Layout",
    "NoRoom",
    "align_to",
    "case_of",
    "cases_of",
    "drawn_layout",
    "encode",
    "field_values",
    "fields_of",
    "payload_at",
    "size_of",
]
