"""Code that checks Python values and gives them to core code (Canonical ABI, "Storing", "Lowering Flat Values").

A value is first checked and converted, with memory of the guest for what is behind pointers; what is in its own place is
written at the end with one `Struct.pack_into`, whose pads put zeros into what a variant does not use. The code tests just
enough to notice that a value does not fit, and then raises anything: the codecs say what is wrong.

Generated code uses the locals `B` (the bytes of the memory) and `m` (the memory) by name, and `alloc` (from alignment and
size to a pointer that was checked), `put` and `put_strings` (from bytes to the pointer of what they were copied to). Where an
adapter does the copying, strings and lists among flat values go into its scratch memory, `S`, instead. User code can run while values are read, but not between an `alloc` and the writing to
what it returned that would make it invalid: memories neither shrink nor move, and the store stays open.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from .._fast.columns import F32_END
from .._fast.source import Source, attribute
from .._types import (
    Borrow,
    Enum,
    Flags,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Result,
    Tuple,
    Type,
    Variant,
)
from .._values import Err, Ok, Some
from . import columns
from .adapters import DATA, MASK, ROOM, Piece
from .flatten import (
    FORMATS,
    SLOT,
    aligned,
    cases_of,
    discriminant,
    flags_format,
    layout,
    payload_offset,
)
from .lift import Handles, format_of

_RANGES = {
    Primitive.S8: (-128, 127),
    Primitive.U8: (0, 255),
    Primitive.S16: (-32768, 32767),
    Primitive.U16: (0, 65535),
}

Write = tuple[int, str, str]
"""Offset, format, and the expression to write."""
Later = Callable[[], None]
"""Emits what is written after the values around it, whose pads cover its place."""


class Lowering:
    """Emits into `source`. `handles` gives the expression that converts a handle, from its type and the expression for it."""

    def __init__(self, source: Source, handles: Handles, text: str) -> None:
        """`text` is the name of the function from a `str` to pointer and length, "" for UTF-8."""
        self._source = source
        self.handles = handles
        self._text = text
        self.pieces: tuple[Piece, ...] = ()
        """What goes into the scratch memory: by default, nothing."""
        self._copied: list[tuple[str, str, str]] = []
        """Of each piece until now: the locals with its bytes, their number, and what becomes its pointer."""

    def flat(
        self,
        types: Sequence[Type],
        values: Sequence[str],
        view: str,
        base: str,
        before: Callable[[], None] | None = None,
    ) -> None:
        """Emit the writing of flat values.

        Args:
            types: their types.
            values: the names of locals with the values, which may be assigned to.
            view: the name of the view of bytes that they are written to.
            base: the expression for where in it the first slot is.
            before: emits what comes after the last user code, and before the first slot is written.
        """
        optional = [f"q{number}" for number, piece in enumerate(self.pieces) if piece.is_optional]
        if optional:
            self._source.line(f"{' = '.join(optional)} = None")
        self._values(types, values, view, base, 0, True, before)

    def stored(self, types: Sequence[Type], values: Sequence[str], pointer: str) -> None:
        """Emit the writing of values one after another to memory, at a pointer that was checked."""
        self._values(types, values, "B", pointer, 0, False)

    def result(self, ty: Result, ok: bool, value: str, view: str, base: str, flat: bool) -> None:
        """Emit the writing of one side of a result; `value` is the local with its payload."""
        writes: list[Write] = []
        later: list[Later] = []
        self._side(ty, ok, value, view, base, 0, flat, writes, later)
        total = SLOT * len(layout(ty).flat) if flat else layout(ty).size
        self._pack(writes, view, base, 0, total)
        for write in later:
            write()

    def _values(
        self,
        types: Sequence[Type],
        values: Sequence[str],
        view: str,
        base: str,
        offset: int,
        flat: bool,
        before: Callable[[], None] | None = None,
    ) -> None:
        writes: list[Write] = []
        later: list[Later] = []
        start = offset
        for ty, value in zip(types, values, strict=True):
            found = layout(ty)
            offset = offset if flat else aligned(offset, found.align)
            self._value(ty, value, view, base, offset, flat, writes, later)
            offset += SLOT * len(found.flat) if flat else found.size
        if before is not None:
            before()
        if flat and self.pieces:
            writes.append((MASK, "I", self._copy()))
            offset = MASK + 4
        self._pack(writes, view, base, start, offset)
        for write in later:
            write()

    def _copy(self) -> str:
        """Emit the copying of pieces into the scratch memory, or into the component's where there is no room for one.

        Returns:
            The expression for which of them the adapter is to copy on.
        """
        line, block = self._source.line, self._source.block
        assert len(self._copied) == len(self.pieces)
        if len(self.pieces) == 1 and not self.pieces[0].is_optional:
            ((data, size, pointer),) = self._copied
            with block(f"if {size} > {ROOM}:"):
                line(f"{pointer} = alloc({self.pieces[0].align}, {size})")
                line(f"m.data[{pointer}:{pointer} + {size}] = {data}")
            with block("else:"):
                line(f"S[{DATA}:{DATA} + {size}] = {data}")
                line(f"{pointer} = {DATA}")
            return f"{size} <= {ROOM}"
        pieces = list(zip(self.pieces, self._copied, strict=True))
        line("mask = 0")
        sizes = (f"({size} if {data} is not None else 0)" if p.is_optional else size for p, (data, size, _) in pieces)
        # All of them or none: what is copied on comes later, and memory is to be allocated in the order of the arguments.
        with block(f"if {' + '.join(sizes)} > {ROOM}:"):
            for piece, (data, size, pointer) in pieces:
                with block(f"if {data} is not None:" if piece.is_optional else "if True:"):
                    line(f"{pointer} = alloc({piece.align}, {size})")
                    line(f"m.data[{pointer}:{pointer} + {size}] = {data}")
        with block("else:"):
            line(f"at = {DATA}")
            for number, (piece, (data, size, pointer)) in enumerate(pieces):
                with block(f"if {data} is not None:" if piece.is_optional else "if True:"):
                    line(f"end = at + {size}")
                    line(f"S[at:end] = {data}")
                    line(f"{pointer} = at")
                    line("at = end")
                    line(f"mask += {1 << number}")
        return "mask"

    def _piece(self, data: str, size: str) -> str:
        """Note a piece, in the local `data`, with `size` bytes; returns what becomes its pointer."""
        pointer = self._source.name("a")
        number = len(self._copied)
        if self.pieces[number].is_optional:
            self._source.line(f"q{number} = {data}")
            data = f"q{number}"
        self._copied.append((data, size, pointer))
        return pointer

    def _pack(self, writes: Sequence[Write], view: str, base: str, start: int, end: int) -> None:
        if end == start:
            return
        form = format_of(tuple((at - start, form) for at, form, _ in writes), end - start)
        pack = self._source.bind(struct.Struct(form).pack_into)
        self._source.line(f"{pack}({', '.join([view, f'{base} + {start}', *(e for _, _, e in writes)])})")

    def _value(
        self, ty: Type, value: str, view: str, base: str, at: int, flat: bool, writes: list[Write], later: list[Later]
    ) -> None:
        line = self._source.line
        second = at + (SLOT if flat else 4)
        match ty:
            case Primitive.STRING:
                pointer, length = self._string(value, flat)
                writes += [(at, "I", pointer), (second, "I", length)]
            case Primitive():
                writes.append((at, self._primitive(ty, value, flat), value))
            case List() | Map():
                pointer, length = self._list(ty, value, flat)
                writes += [(at, "I", pointer), (second, "I", length)]
            case Own() | Borrow():
                line(f"{value} = {self.handles(ty, value)}")
                writes.append((at, "I", value))
            case Flags():
                line(f"if type({value}) is not {self._source.bind(ty.cls)}: raise Refused")
                line(f"{value} = {value}._value_")
                line(f"if {value} >> {len(ty.names)}: raise Refused")
                writes.append((at, "I" if flat else flags_format(len(ty.names)), value))
            case Enum():
                table = {member: number for number, member in enumerate(ty.cls)}
                line(f"if type({value}) is not {self._source.bind(ty.cls)}: raise Refused")
                line(f"{value} = {self._source.bind(table)}[{value}]")
                writes.append((at, "I" if flat else discriminant(len(ty.names)), value))
            case Record():
                cls = self._source.bind(ty.cls)
                line(f"if type({value}) is not {cls} and not isinstance({value}, {cls}): raise Refused")
                fields = [attribute(value, name) for _, name, _ in ty.fields]
                self._parts([f for _, _, f in ty.fields], fields, view, base, at, flat, writes, later)
            case Tuple(elements):
                line(f"if type({value}) is not tuple and not isinstance({value}, tuple): raise Refused")
                names = [self._source.name("u") for _ in elements]
                line(f"{', '.join(names)}, = {value}")
                self._parts(elements, names, view, base, at, flat, writes, later)
            case Option(element):
                some = value
                if isinstance(element, Option):
                    line(
                        f"if {value} is not None and not isinstance({value}, {self._source.bind(Some)}): raise Refused"
                    )
                    some = f"{value}.value"
                chosen = [(f"{value} is None", "None"), ("", some)]
                self._variant(ty, chosen, view, base, at, flat, writes, later)
            case Result():
                ok, err = self._source.bind(Ok), self._source.bind(Err)
                line(f"if not isinstance({value}, ({ok}, {err})): raise Refused")
                chosen = [(f"isinstance({value}, {ok})", f"{value}.value"), ("", f"{value}._value")]
                self._variant(ty, chosen, view, base, at, flat, writes, later)
            case Variant():
                kind = self._source.name("t")
                line(f"{kind} = type({value})")
                classes = [cls for _, cls, _ in ty.cases]
                known = self._source.bind(dict.fromkeys(classes))
                line(f"if {kind} not in {known}: {kind} = case_of({known}, {value})")  # an instance of a subclass
                line(f"if {kind} is None: raise Refused")
                chosen = [(f"{kind} is {self._source.bind(cls)}", f"{value}.value") for cls in classes]
                self._variant(ty, chosen, view, base, at, flat, writes, later)
            case _:
                raise AssertionError(f"{ty} was refused before")

    def _parts(
        self,
        types: Sequence[Type],
        expressions: Sequence[str],
        view: str,
        base: str,
        at: int,
        flat: bool,
        writes: list[Write],
        later: list[Later],
    ) -> None:
        for ty, expression in zip(types, expressions, strict=True):
            found = layout(ty)
            at = at if flat else aligned(at, found.align)
            name = self._source.name("w")
            self._source.line(f"{name} = {expression}")
            self._value(ty, name, view, base, at, flat, writes, later)
            at += SLOT * len(found.flat) if flat else found.size

    def _primitive(self, ty: Primitive, value: str, flat: bool) -> str:
        """Emit the check of a plain value; returns the format that it is written in."""
        line, form = self._source.line, FORMATS[ty]
        match ty:
            case Primitive.BOOL:
                line(f"if {value} is not True and {value} is not False: {value} = to_bool({value})")
                return "I" if flat else form
            case Primitive.F32 | Primitive.F64:
                line(f"if type({value}) is not float: {value} = to_float({value})")
                if ty is Primitive.F32:
                    line(f"if not -{F32_END!r} < {value} < {F32_END!r}: {value} = to_f32({value})")
                return form
            case Primitive.CHAR:
                line(f"if type({value}) is not str: {value} = to_str({value})")
                line(f"{value} = ord({value})")
                line(f"if 0xD800 <= {value} <= 0xDFFF: raise Refused")
                return form
            case _:
                line(f"if type({value}) is not int: {value} = to_int({value})")
                if flat and ty in _RANGES:  # a slot has 32 bits: `pack_into` would not notice
                    low, high = _RANGES[ty]
                    line(f"if not {low} <= {value} <= {high}: raise Refused")
                    return "i" if low < 0 else "I"
                return form

    def _string(self, value: str, flat: bool) -> tuple[str, str]:
        line = self._source.line
        pointer, length = self._source.name("a"), self._source.name("l")
        line(f"if type({value}) is not str: {value} = to_str({value})")
        if self._text:
            line(f"{pointer}, {length} = {self._text}({value})")
            line("B = m.data")
            return pointer, length
        line(f"{value} = {value}.encode()")
        line(f"{length} = len({value})")
        if flat and self.pieces:
            return self._piece(value, length), length
        line(f"{pointer} = put({value})")
        line("B = m.data")
        return pointer, length

    def _variant(
        self,
        ty: Variant | Option | Result,
        chosen: Sequence[tuple[str, str]],
        view: str,
        base: str,
        at: int,
        flat: bool,
        writes: list[Write],
        later: list[Later],
    ) -> None:
        """One of several cases, each with the condition for it and the expression for its payload."""
        source = self._source
        cases = cases_of(ty) or ()
        case = source.name("d")
        payload_at = at + (SLOT if flat else payload_offset(cases, len(cases)))
        end = at + SLOT * len(layout(ty).flat)
        posts: list[tuple[int, int, list[Write], list[Later]]] = []
        for number, (payload, (condition, expression)) in enumerate(zip(cases, chosen, strict=True)):
            last = number == len(cases) - 1
            head = "else:" if last and number else f"{'elif' if number else 'if'} {condition or 'True'}:"
            with source.block(head):
                source.line(f"{case} = {number}")
                if payload is not None:
                    name = source.name("w")
                    source.line(f"{name} = {expression}")
                    inner, after = list[Write](), list[Later]()
                    self._value(payload, name, view, base, payload_at, flat, inner, after)
                    posts.append((number, end if flat else payload_at + layout(payload).size, inner, after))
                elif isinstance(ty, Result):
                    source.line(f"if {expression} is not None: raise Refused")
        writes.append((at, "I" if flat else discriminant(len(cases)), case))

        def write() -> None:
            for number, until, inner, after in posts:
                with source.block(f"if {case} == {number}:"):
                    self._pack(inner, view, base, payload_at, until)
                    for post in after:
                        post()

        if posts:
            later.append(write)

    def _side(
        self,
        ty: Result,
        ok: bool,
        value: str,
        view: str,
        base: str,
        at: int,
        flat: bool,
        writes: list[Write],
        later: list[Later],
    ) -> None:
        payload = ty.ok if ok else ty.err
        payload_at = at + (SLOT if flat else payload_offset((ty.ok, ty.err), 2))
        writes.append((at, "I" if flat else "B", "0" if ok else "1"))
        if payload is None:
            self._source.line(f"if {value} is not None: raise Refused")
            return
        inner, after = list[Write](), list[Later]()
        self._value(payload, value, view, base, payload_at, flat, inner, after)
        until = at + SLOT * len(layout(ty).flat) if flat else payload_at + layout(payload).size

        def write() -> None:
            self._pack(inner, view, base, payload_at, until)
            for post in after:
                post()

        later.append(write)

    def _list(self, ty: List | Map, value: str, flat: bool) -> tuple[str, str]:
        source, line = self._source, self._source.line
        element = ty.element if isinstance(ty, List) else Tuple((ty.key, ty.value))
        found = layout(element)
        pointer, length = source.name("a"), source.name("l")
        if isinstance(ty, List) and ty.element in (Primitive.U8, Primitive.S8):
            line(f"if type({value}) is not bytes: {value} = to_bytes({value})")
            line(f"{length} = len({value})")
            if flat and self.pieces:
                return self._piece(value, length), length
            line(f"{pointer} = put({value})")
            line("B = m.data")
            return pointer, length
        column = columns.lowering(ty.element) if isinstance(ty, List) else None
        if column is not None:
            size = source.name("n")
            line(f"{value} = {source.bind(column)}({value})")
            line(f"{size} = len({value})")
            line(f"{length} = {size} // {found.size}")
            if flat and self.pieces:
                return self._piece(value, size), length
            line(f"{pointer} = alloc({found.align}, {size})")
            line("B = m.data")
            line(f"B[{pointer}:{pointer} + {size}] = {value}")
            return pointer, length
        if isinstance(ty, List):
            line(f"{value} = [*{value}] if type({value}) is list else to_list({value})")
        else:
            line(f"{value} = [*{value}.items()] if type({value}) is dict else to_items({value})")
        line(f"{length} = len({value})")
        if element is Primitive.STRING and not self._text:
            line(f"{pointer} = put_strings([*map(encode, {value})])")
            line("B = m.data")
            return pointer, length
        line(f"{pointer} = alloc({found.align}, {length} * {found.size})")
        line("B = m.data")
        at, item = source.name("p"), source.name("e")
        line(f"{at} = {pointer}")
        with source.block(f"for {item} in {value}:"):
            self.stored([element], [item], at)
            line(f"{at} += {found.size}")
        return pointer, length


def writes_memory(ty: Type | None) -> bool:
    """Whether lowering a value of a type takes memory of the guest."""
    match ty:
        case Primitive.STRING | List() | Map():
            return True
        case Option(element):
            return writes_memory(element)
        case Tuple(elements):
            return any(map(writes_memory, elements))
        case Result(ok, err):
            return writes_memory(ok) or writes_memory(err)
        case Record():
            return any(writes_memory(field) for _, _, field in ty.fields)
        case Variant():
            return any(writes_memory(payload) for _, _, payload in ty.cases)
        case _:
            return False


__all__ = ["Lowering", "writes_memory"]
