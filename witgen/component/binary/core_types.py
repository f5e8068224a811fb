"""Types of core WebAssembly, as far as they are read: what an import of a module is, and where a type ends."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from .cursor import Cursor
from .errors import BinaryError, Fault

if TYPE_CHECKING:
    from .syntax import Grammar


class ExternKind(IntEnum):
    """What a core module imports or exports."""

    FUNC = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3
    TAG = 4


def read_kind(part: Cursor) -> ExternKind:
    start = part.at
    value = part.byte()
    if value > ExternKind.TAG:
        raise part.unknown("kind of a core item", value, start)
    return ExternKind(value)


def read_import(part: Cursor) -> ExternKind:
    """The kind of an import, whose type is skipped."""
    kind = read_kind(part)
    match kind:
        case ExternKind.FUNC:
            part.u32()
        case ExternKind.TABLE:
            skip_value_type(part)
            _skip_limits(part)
        case ExternKind.MEMORY:
            _skip_limits(part)
        case ExternKind.GLOBAL:
            skip_value_type(part)
            part.byte()
        case ExternKind.TAG:
            part.byte()
            part.u32()
    return kind


_REF_NULL, _REF = 0x63, 0x64


def skip_value_type(part: Cursor) -> int:
    """Skip a value type; returns its first byte."""
    first = part.byte()
    if first in (_REF_NULL, _REF):
        skip_leb(part)
    return first


def skip_leb(part: Cursor) -> None:
    """Skip a number in LEB128, of at most ten bytes."""
    start = part.at
    for _ in range(10):
        if part.byte() < 0x80:
            return
    raise part.malformed("a number takes too many bytes", start)


_HAS_MAXIMUM, _KNOWN_FLAGS, _PAGE_SIZE = 0x01, 0x0F, 0x08


def _skip_limits(part: Cursor) -> None:
    start = part.at
    flags = part.byte()
    if flags & ~_KNOWN_FLAGS:
        raise part.unknown("form of limits", flags, start)
    skip_leb(part)
    if flags & _HAS_MAXIMUM:
        skip_leb(part)
    if flags & _PAGE_SIZE:
        skip_leb(part)


_FUNC, _MODULE = 0x60, 0x50


def skip_core_type(grammar: Grammar, cursor: Cursor, depth: int) -> None:
    """Skip a definition of a core type (component specification, `core:deftype`), at `depth` levels of module types.

    Raises:
        BinaryError: it is malformed, or of a kind that is not read.
    """
    start = cursor.at
    grammar.budget.spend(1, start)
    match cursor.byte():
        case code if code == _FUNC:
            for what in ("parameters", "results"):
                for _ in range(grammar.count(cursor, what)):
                    skip_value_type(cursor)
        case code if code == _MODULE and not depth:  # a module type holds no other one
            for _ in range(grammar.count(cursor, "declarations")):
                _skip_declaration(grammar, cursor)
        case _:
            raise BinaryError(
                Fault.UNSUPPORTED, "core types other than those of functions and modules are not read", start
            )


def _skip_declaration(grammar: Grammar, cursor: Cursor) -> None:
    start = cursor.at
    match cursor.byte():
        case 0x00:
            cursor.name()
            cursor.name()
            read_import(cursor)
        case 0x01:
            skip_core_type(grammar, cursor, 1)
        case 0x02:
            grammar.core_sort(cursor)
            cursor.expect(0x01, "target of an alias")
            cursor.u32()
            cursor.u32()
        case 0x03:
            cursor.name()
            read_import(cursor)
        case kind:
            raise cursor.unknown("declaration", kind, start)


__all__ = ["ExternKind", "read_import", "read_kind", "skip_core_type", "skip_leb", "skip_value_type"]
