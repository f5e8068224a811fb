"""Sizes, alignments and core types of values (Canonical ABI, "Alignment", "Element Size", "Flattening")."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import zip_longest

from ...dataclass import dataclass
from .._types import (
    Borrow,
    Enum,
    FixedList,
    Flags,
    Future,
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

MOST_PARAMS = 16
"""How many core parameters there may be before arguments go through memory (`MAX_FLAT_PARAMS`)."""
MOST_RESULTS = 1
SLOT = 16
"""Bytes from one argument of an unchecked call to the next."""

FORMATS = {
    Primitive.BOOL: "?",
    Primitive.S8: "b",
    Primitive.U8: "B",
    Primitive.S16: "h",
    Primitive.U16: "H",
    Primitive.S32: "i",
    Primitive.U32: "I",
    Primitive.S64: "q",
    Primitive.U64: "Q",
    Primitive.F32: "f",
    Primitive.F64: "d",
    Primitive.CHAR: "I",
}
"""How a value lies in memory."""
SIZES = {"?": 1, "b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4, "q": 8, "Q": 8, "f": 4, "d": 8}
_FLAT = {"q": "l", "Q": "l", "f": "f", "d": "d"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Of a value: bytes, alignment, and core types as letters (`i` i32, `l` i64, `f` f32, `d` f64)."""

    size: int
    align: int
    flat: str


def aligned(offset: int, align: int) -> int:
    """The next multiple of `align`, a power of two."""
    return offset + align - 1 & -align


def cases_of(ty: Type) -> tuple[Type | None, ...] | None:
    """The payloads of a type with a discriminant; None for others."""
    match ty:
        case Variant():
            return tuple(payload for _, _, payload in ty.cases)
        case Option(element):
            return (None, element)
        case Result(ok, err):
            return (ok, err)
        case Enum():
            return (None,) * len(ty.names)
        case _:
            return None


def parts_of(ty: Type) -> tuple[Type, ...] | None:
    """The parts of a type whose values lie one after another; None for others."""
    match ty:
        case Record():
            return tuple(field for _, _, field in ty.fields)
        case Tuple(elements):
            return elements
        case _:
            return None


def discriminant(count: int) -> str:
    """The format of a discriminant with `count` cases."""
    return "B" if count <= 1 << 8 else "H" if count <= 1 << 16 else "I"


def flags_format(count: int) -> str:
    """The format of `count` flags; there are at most 32."""
    return "B" if count <= 8 else "H" if count <= 16 else "I"


def payload_offset(cases: Iterable[Type | None], count: int) -> int:
    """Where the payload of a variant begins."""
    align = max((layout(case).align for case in cases if case is not None), default=1)
    return aligned(SIZES[discriminant(count)], align)


@lru_cache(maxsize=4096)
def layout(ty: Type) -> Layout:
    """The layout of a type that the engine carries."""
    match ty:
        case Primitive.STRING | List() | Map():
            return Layout(8, 4, "ii")
        case Primitive.ERROR_CONTEXT | FixedList() | Stream() | Future():
            raise AssertionError(f"{ty} was refused before")
        case Primitive():
            form = FORMATS[ty]
            return Layout(SIZES[form], SIZES[form], _FLAT.get(form, "i"))
        case Own() | Borrow():
            return Layout(4, 4, "i")
        case Flags():
            size = SIZES[flags_format(len(ty.names))]
            return Layout(size, size, "i")
        case Record() | Tuple():
            return sequence(parts_of(ty) or ())
        case Variant() | Option() | Result() | Enum():
            return _variant(cases_of(ty) or ())


def sequence(parts: Iterable[Type]) -> Layout:
    """The layout of values one after another, as those of a record or of parameters."""
    size, align, flat = 0, 1, ""
    for part in parts:
        inner = layout(part)
        size = aligned(size, inner.align) + inner.size
        align = max(align, inner.align)
        flat += inner.flat
    return Layout(aligned(size, align), align, flat)


def _variant(cases: tuple[Type | None, ...]) -> Layout:
    inner = [layout(case) for case in cases if case is not None]
    tag = SIZES[discriminant(len(cases))]
    align = max([tag, *(case.align for case in inner)])
    size = payload_offset(cases, len(cases)) + max((case.size for case in inner), default=0)
    columns = zip_longest(*(case.flat for case in inner))
    return Layout(aligned(size, align), align, "i" + "".join(_join({c for c in column if c}) for column in columns))


def _join(letters: set[str]) -> str:
    """The core type that carries each of several (`join`)."""
    if len(letters) == 1:
        return next(iter(letters))
    return "i" if letters == {"i", "f"} else "l"


@dataclass(frozen=True, slots=True)
class CoreSignature:
    """The core type of a function, and whether its parameters and its result go through memory."""

    params: str
    results: str
    spills: bool
    returns_pointer: bool


def signature(params: Iterable[Type], result: Type | None, lowered: bool) -> CoreSignature:
    """The core type of a function (`flatten_functype`); `lowered`: as it is called, not as it is implemented."""
    flat = sequence(params).flat
    returned = "" if result is None else layout(result).flat
    spills, returns_pointer = len(flat) > MOST_PARAMS, len(returned) > MOST_RESULTS
    core = "i" if spills else flat
    if not returns_pointer:
        return CoreSignature(core, returned, spills, False)
    return CoreSignature(core + "i" if lowered else core, "" if lowered else "i", spills, True)


__all__ = [
    "FORMATS",
    "SIZES",
    "SLOT",
    "CoreSignature",
    "Layout",
    "aligned",
    "cases_of",
    "discriminant",
    "flags_format",
    "layout",
    "parts_of",
    "payload_offset",
    "sequence",
    "signature",
]
