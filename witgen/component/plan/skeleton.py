"""The skeleton of a component: the same types, imports, exports and canonical definitions, and no code.

wasmtime validates components only as it compiles them. The skeleton lets it validate what an engine on the core API
relies on (that the core functions, memories and options of every canonical definition fit) without compiling the
component's code twice: each core module keeps its types, imports, memories, tables, globals and tags, and of its
functions those that it exports, whose bodies are `unreachable`. A module that uses what is not known here stays whole.
"""

from __future__ import annotations

from ..binary.core_types import ExternKind, skip_leb, skip_value_type
from ..binary.cursor import Cursor
from ..binary.errors import BinaryError, Fault
from ..binary.syntax import Budget
from .core_module import Outline, Section, read_outline
from .sections import ComponentCode, CoreModule

_HEADER = b"\0asm\x01\0\0\0"
_UNREACHABLE = b"\x03\x00\x00\x0b"
"""A function's body: its size, no locals, `unreachable`, `end`."""
_CODE = 10
_MODULE, _COMPONENT = 0x01, 0x04
_ORDER = (
    Section.TYPE,
    Section.IMPORT,
    Section.FUNCTION,
    Section.TABLE,
    Section.MEMORY,
    Section.TAG,
    Section.GLOBAL,
    Section.EXPORT,
)


def skeleton(data: memoryview, code: ComponentCode) -> bytes:
    """The component without its code.

    Args:
        data: the file's bytes.
        code: what `read_code` read from them.

    Returns:
        A component in the binary format. It is valid if and only if the component is, apart from the code of its core
        modules.

    Raises:
        BinaryError: a core module is malformed.
    """
    return b"".join(_component(data, code, Budget()))


def _component(data: memoryview, code: ComponentCode, budget: Budget) -> list[bytes]:
    """The pieces of a component: everything but modules and components is copied, in its order."""
    parts = iter([part for part in code.definitions if isinstance(part, CoreModule | ComponentCode)])
    pieces: list[bytes] = [bytes(data[code.start : code.start + 8])]
    cursor = Cursor(data, code.start + 8, code.end)
    while not cursor.done:
        start = cursor.at
        number = cursor.byte()
        cursor.part("a section")
        if number == 0x00:
            continue  # custom sections may be large, and mean nothing to a validator
        if number not in (_MODULE, _COMPONENT):
            pieces.append(bytes(data[start : cursor.at]))
            continue
        part = next(parts)
        inner = [_module(data, part, budget)] if isinstance(part, CoreModule) else _component(data, part, budget)
        pieces += [bytes([number]), _u32(sum(map(len, inner))), *inner]
    return pieces


def _module(data: memoryview, module: CoreModule, budget: Budget) -> bytes:
    try:
        outline = read_outline(data, module.start, module.end, budget)
        return _cut(data, outline, budget)
    except (BinaryError, _Unfamiliar) as error:
        if isinstance(error, BinaryError) and error.fault is not Fault.UNSUPPORTED:
            raise
        return bytes(data[module.start : module.end])


class _Unfamiliar(Exception):
    """The module uses what would have to be changed in a way that is not known here."""


def _cut(data: memoryview, outline: Outline, budget: Budget) -> bytes:
    imported = outline.imported_functions
    kept: dict[int, int] = {}
    exports: list[bytes] = []
    for export in outline.exports:
        index = export.index
        if export.kind is ExternKind.FUNC and index >= imported:
            if index - imported >= len(outline.functions):
                raise _Unfamiliar  # the index is wrong: wasmtime says so
            index = imported + kept.setdefault(index - imported, len(kept))
        name = export.name.encode()
        exports.append(_u32(len(name)) + name + bytes([export.kind]) + _u32(index))
    made = {
        Section.FUNCTION: _vector([_u32(outline.functions[index]) for index in kept]),
        Section.EXPORT: _vector(exports),
    }
    pieces = [_HEADER]
    for section in _ORDER:
        if section not in outline.sections:
            continue
        start, end = outline.sections[section]
        content = made.get(section)
        if content is None:
            content = _globals(data, start, end, budget) if section is Section.GLOBAL else bytes(data[start:end])
        pieces.append(_section(section, content))
        if section is Section.TABLE:
            _check_tables(data, start, end)
    if kept:
        pieces.append(_section(_CODE, _u32(len(kept)) + _UNREACHABLE * len(kept)))
    return b"".join(pieces)


_TABLE_WITH_VALUE = 0x40


def _check_tables(data: memoryview, start: int, end: int) -> None:
    """A table may begin with a value, which could name a function that is cut off."""
    if _TABLE_WITH_VALUE in data[start:end]:  # or another byte that is the same: then nothing is cut
        raise _Unfamiliar


_FUNCREF = 0x70
_NULL_FUNCREF = b"\xd0\x70\x0b"


def _globals(data: memoryview, start: int, end: int, budget: Budget) -> bytes:
    """The globals, with null for references to functions, which are cut off."""
    cursor = Cursor(data, start, end)
    entries: list[bytes] = []
    count = cursor.count("globals")
    budget.spend(count, start)
    for _ in range(count):
        at = cursor.at
        ty = skip_value_type(cursor)
        cursor.byte()
        value = cursor.at
        if _skip_constant(cursor):
            if ty != _FUNCREF:
                raise _Unfamiliar
            entries.append(bytes(data[at:value]) + _NULL_FUNCREF)
        else:
            entries.append(bytes(data[at : cursor.at]))
    return _vector(entries)


_FIXED = {0x43: 4, 0x44: 8}
_WITH_LEB = frozenset({0x41, 0x42, 0x23, 0xD0, 0xD2})
_REF_FUNC, _END = 0xD2, 0x0B
_ARITHMETIC = frozenset({0x6A, 0x6B, 0x6C, 0x7C, 0x7D, 0x7E})


def _skip_constant(cursor: Cursor) -> bool:
    """Skip a constant expression; returns whether it names a function."""
    names_function = False
    while (opcode := cursor.byte()) != _END:
        if opcode in _WITH_LEB:
            skip_leb(cursor)
            names_function = names_function or opcode == _REF_FUNC
        elif opcode in _FIXED:
            for _ in range(_FIXED[opcode]):
                cursor.byte()
        elif opcode not in _ARITHMETIC:
            raise _Unfamiliar
    return names_function


def _vector(entries: list[bytes]) -> bytes:
    return _u32(len(entries)) + b"".join(entries)


def _section(number: int, content: bytes) -> bytes:
    return bytes([number]) + _u32(len(content)) + content


def _u32(value: int) -> bytes:
    """A number in LEB128."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


__all__ = ["skeleton"]
