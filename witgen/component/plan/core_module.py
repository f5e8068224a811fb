"""What a core module has at its border: imports, exports, and where its sections are (core specification, "Binary
Format", "Modules"). Code and data are skipped by their size; wasmtime validates every module when it compiles it.
"""

from __future__ import annotations

from enum import IntEnum

from ...dataclass import dataclass, field
from ..binary.core_types import ExternKind, read_import, read_kind
from ..binary.cursor import Cursor
from ..binary.errors import BinaryError, Fault
from ..binary.syntax import Budget

_HEADER = b"\0asm\x01\0\0\0"


class Section(IntEnum):
    """The sections of a core module that have a part in its border."""

    TYPE = 1
    IMPORT = 2
    FUNCTION = 3
    TABLE = 4
    MEMORY = 5
    GLOBAL = 6
    EXPORT = 7
    TAG = 13


@dataclass(slots=True, eq=False)
class CoreExport:
    """An export of a core module, by the index in the space of its kind."""

    name: str
    kind: ExternKind
    index: int


@dataclass(slots=True, eq=False)
class Outline:
    """A core module, without its code.

    `imports` are (module, name, kind); `sections` the ranges of bytes of the sections' contents.
    """

    imports: list[tuple[str, str, ExternKind]] = field(default_factory=list["tuple[str, str, ExternKind]"])
    functions: list[int] = field(default_factory=list[int])
    """The type index of each function that the module defines."""
    exports: list[CoreExport] = field(default_factory=list[CoreExport])
    sections: dict[Section, tuple[int, int]] = field(default_factory=dict[Section, tuple[int, int]])

    @property
    def imported_functions(self) -> int:
        """How many functions are imported."""
        return sum(kind is ExternKind.FUNC for _, _, kind in self.imports)


_KNOWN = {int(section) for section in Section}


def read_outline(data: memoryview, start: int, end: int, budget: Budget) -> Outline:
    """Read the border of the module in `data[start:end]`.

    Raises:
        BinaryError: it is malformed, or uses an encoding that witgen does not know.
    """
    cursor = Cursor(data, start, end)
    if bytes(data[start : min(start + 8, end)]) != _HEADER:
        raise BinaryError(Fault.MALFORMED, "a core module does not begin as one", start)
    cursor.at += 8
    outline = Outline()
    while not cursor.done:
        at = cursor.at
        number = cursor.byte()
        part = cursor.part("a section of a core module")
        if number not in _KNOWN:
            continue
        section = Section(number)
        if section in outline.sections:
            raise BinaryError(Fault.MALFORMED, "a core module has a section twice", at)
        outline.sections[section] = (part.at, part.end)
        match section:
            case Section.IMPORT:
                for _ in range(_count(part, budget, "imports")):
                    outline.imports.append((part.name(), part.name(), read_import(part)))
            case Section.FUNCTION:
                outline.functions = [part.u32() for _ in range(_count(part, budget, "functions"))]
            case Section.EXPORT:
                for _ in range(_count(part, budget, "exports")):
                    outline.exports.append(CoreExport(part.name(), read_kind(part), part.u32()))
            case _:
                continue
        if not part.done:
            raise part.malformed("a section of a core module has bytes after its last entry", part.at)
    return outline


_FUNCTIONS_PER_STEP = 64
"""A large module defines tens of thousands of functions, whose type indices are the cheapest thing there is to read."""


def _count(part: Cursor, budget: Budget, what: str) -> int:
    start = part.at
    count = part.count(what)
    budget.spend(count // _FUNCTIONS_PER_STEP + 1 if what == "functions" else count + 1, start)
    return count


__all__ = ["CoreExport", "Outline", "Section", "read_outline"]
