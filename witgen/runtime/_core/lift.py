"""Code that reads values which core code gave, and makes Python values (Canonical ABI, "Loading", "Lifting Flat Values").

Arguments and results of core functions lie in slots of 16 bytes, so flat values are one more layout of memory: what is
read is gathered with its offsets, fetched with one `Struct.unpack_from`, and built from there on. Generated code uses the
locals `B` (the bytes of the memory), `left` (what the values of this call may still cost), and `m` (the memory) by name.

Everything here came from the guest. Each emitted check says what happens without it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from .._fast.source import Source
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
from .._values import Ok, Some
from . import columns
from .flatten import (
    FORMATS,
    SIZES,
    SLOT,
    aligned,
    cases_of,
    discriminant,
    flags_format,
    layout,
    payload_offset,
)
from .memory import ELEMENT, MOST_BYTES

Read = tuple[int, str, str]
"""Offset, format, and the local that gets it."""
Build = Callable[[], str]
"""Emits what is still to be done for a value that was read; returns its expression."""
Handles = Callable[[Own | Borrow, str], str]


class Lifting:
    """Emits into `source`. `handles` gives the expression that converts a handle, from its type and the expression for it."""

    def __init__(self, source: Source, handles: Handles, text: str) -> None:
        """`text` is the name of the function from pointer and length to a string, "" for UTF-8."""
        self._source = source
        self._handles = handles
        self._text = text
        self.outermost: Result | None = None
        """The result of a function that is returned or raised: its value is a tuple of case and payload."""

    def flat(self, types: Sequence[Type], view: str, base: str) -> list[str]:
        """Emit the reading of flat values.

        Args:
            types: their types.
            view: the name of the view of bytes that they are in.
            base: the expression for where in it the first slot is.

        Returns:
            The expressions for the values.
        """
        return self._values(types, view, base, 0, True)

    def stored(self, types: Sequence[Type], pointer: str) -> list[str]:
        """Emit the reading of values one after another in memory, at a pointer that was checked (`pointer`)."""
        return self._values(types, "B", pointer, 0, False)

    def pointer(self, types: Sequence[Type], pointer: str, size: int, align: int) -> list[str]:
        """Emit the checks of a pointer to values, and their reading."""
        line = self._source.line
        if align > 1:
            line(f"if {pointer} & {align - 1}: unaligned()")  # else: the specification traps; nothing worse
        line(f"if {pointer} + {size} > m.size: B = m.need({pointer} + {size})")  # else: `unpack_from` fails by itself
        return self.stored(types, pointer)

    def _values(self, types: Sequence[Type], view: str, base: str, offset: int, flat: bool) -> list[str]:
        reads: list[Read] = []
        builds: list[Build] = []
        for ty in types:
            found = layout(ty)
            offset = offset if flat else aligned(offset, found.align)
            builds.append(self._value(ty, view, base, offset, flat, reads))
            offset += SLOT * len(found.flat) if flat else found.size
        if reads:
            start = reads[0][0]
            unpack = self._source.bind(unpacker(tuple((at - start, form) for at, form, _ in reads)))
            names = ", ".join(name for _, _, name in reads)
            self._source.line(f"{names}, = {unpack}({view}, {base} + {start})")
        return [build() for build in builds]

    def _value(self, ty: Type, view: str, base: str, at: int, flat: bool, reads: list[Read]) -> Build:
        """Take note of what is to be read for a value at `at`."""

        def read(form: str, offset: int = at) -> str:
            name = self._source.name("v")
            reads.append((offset, form, name))
            return name

        match ty:
            case Primitive.STRING:
                pointer, length = read("I"), read("I", at + (SLOT if flat else 4))
                return lambda: self._string(pointer, length)
            case Primitive.CHAR:
                char = read("I")
                return lambda: f"to_char({char})"
            case Primitive.BOOL:
                flag = read("I" if flat else "?")
                return lambda: f"{flag} != 0" if flat else flag
            case Primitive():
                number = read(FORMATS[ty])  # of a flat value the lowest bytes: what is above is ignored
                return lambda: number
            case List() | Map():
                pointer, length = read("I"), read("I", at + (SLOT if flat else 4))
                return lambda: self._list(ty, pointer, length)
            case Own() | Borrow():
                index = read("I")
                return lambda: self._handles(ty, index)
            case Flags():
                bits = read("I" if flat else flags_format(len(ty.names)))
                sets = self._source.bind(columns.FlagSets(ty))
                return lambda: f"{sets}[{bits}]"
            case Record():
                inner = self._parts([field for _, _, field in ty.fields], view, base, at, flat, reads)
                cls = self._source.bind(ty.cls)
                return lambda: f"{cls}({', '.join([build() for build in inner])})"
            case Tuple(elements):
                inner = self._parts(elements, view, base, at, flat, reads)
                return lambda: f"({', '.join([build() for build in inner])},)"
            case Enum():
                case = read("I" if flat else discriminant(len(ty.names)))
                members = self._source.bind(tuple(ty.cls))

                def enum() -> str:
                    # Else: an IndexError of Python, or a wrong member for what would be a negative index.
                    self._source.line(f"if {case} >= {len(ty.names)}: bad_discriminant()")
                    return f"{members}[{case}]"

                return enum
            case Variant() | Option() | Result():
                case = read("I" if flat else discriminant(len(cases_of(ty) or ())))
                return lambda: self._variant(ty, case, view, base, at, flat)
            case _:
                raise AssertionError(f"{ty} was refused before")

    def _parts(
        self, types: Sequence[Type], view: str, base: str, at: int, flat: bool, reads: list[Read]
    ) -> list[Build]:
        builds: list[Build] = []
        for ty in types:
            found = layout(ty)
            at = at if flat else aligned(at, found.align)
            builds.append(self._value(ty, view, base, at, flat, reads))
            at += SLOT * len(found.flat) if flat else found.size
        return builds

    def _string(self, pointer: str, length: str) -> str:
        line = self._source.line
        if self._text:
            line(f"{pointer}, left = {self._text}({pointer}, {length}, left)")
            return pointer
        line(f"if {pointer} + {length} > m.size: B = m.need({pointer} + {length})")  # else: a string cut short
        line(f"left -= {length}")
        line("if left < 0: exhausted()")  # else: a list of one long string many times fills the host's memory
        return f"str(B[{pointer}:{pointer} + {length}], 'utf-8')"

    def _variant(self, ty: Variant | Option | Result, case: str, view: str, base: str, at: int, flat: bool) -> str:
        source = self._source
        cases = cases_of(ty) or ()
        made = source.name("z")
        payload_at = at + SLOT if flat else at + payload_offset(cases, len(cases))
        for number, payload in enumerate(cases):
            with source.block(f"{'elif' if number else 'if'} {case} == {number}:"):
                value = "None"
                if payload is not None:
                    (value,) = self._values([payload], view, base, payload_at, flat)
                source.line(f"{made} = {self._case(ty, number, payload is not None, value)}")
        with source.block("else:"):
            source.line("bad_discriminant()")  # else: a local without a value, or that of the value before
        return made

    def _case(self, ty: Variant | Option | Result, number: int, has_payload: bool, value: str) -> str:
        match ty:
            case Option(element):
                return f"{self._source.bind(Some)}({value})" if number and isinstance(element, Option) else value
            case Result() if ty is self.outermost:
                return f"({number}, {value})"
            case Result():
                return f"{self._source.bind(ty.error if number else Ok)}({value})"
            case Variant():
                return f"{self._source.bind(ty.cases[number][1])}({value if has_payload else ''})"

    def _list(self, ty: List | Map, pointer: str, length: str) -> str:
        source, line = self._source, self._source.line
        element = ty.element if isinstance(ty, List) else Tuple((ty.key, ty.value))
        found = layout(element)
        size = source.name("n")
        line(f"{size} = {length} * {found.size}" if found.size > 1 else f"{size} = {length}")
        line(f"if {size} > {MOST_BYTES}: too_long()")  # else: one list could take what the budget has for all
        if found.align > 1:
            line(f"if {pointer} & {found.align - 1}: unaligned()")
        line(f"if {pointer} + {size} > m.size: B = m.need({pointer} + {size})")  # else: a list cut short
        is_bytes = isinstance(ty, List) and ty.element in (Primitive.U8, Primitive.S8)
        line(f"left -= {size}" if is_bytes else f"left -= {length} * {ELEMENT}")
        line("if left < 0: exhausted()")  # else: a list of small elements takes 50 times its size here
        column = columns.lifting(element) if isinstance(ty, List) else None
        if column is not None:
            return column.replace("data", f"B[{pointer}:{pointer} + {size}]")
        made, at = source.name("x"), source.name("p")
        line(f"{made} = {'[]' if isinstance(ty, List) else '{}'}")
        with source.block(f"for {at} in range({pointer}, {pointer} + {size}, {found.size}):"):
            if isinstance(ty, List):
                (value,) = self.stored([element], at)
                line(f"{made}.append({value})")
            else:
                key, value = self.stored([ty.key, ty.value], at)
                line(f"{made}[{key}] = {value}")
        return made


_Format = tuple[tuple[int, str], ...]


def format_of(found: _Format, total: int | None = None) -> str:
    """The `struct` format for values at offsets, with pads between them, and up to `total` bytes."""
    text, end = "<", 0
    for at, form in found:
        text += f"{at - end}x{form}" if at > end else form
        end = at + SIZES[form]
    return text + (f"{total - end}x" if total is not None and total > end else "")


def unpacker(found: _Format) -> Callable[..., tuple[object, ...]]:
    """The function that reads them from a view and an offset; it fails where the view ends too early."""
    return struct.Struct(format_of(found)).unpack_from


__all__ = ["Handles", "Lifting", "Read", "format_of", "unpacker"]
