"""Canonical definitions (Component Model, "Binary Format" and "Canonical ABI"): bytes in, data with unresolved indices out.

`canon lift` makes a function of the component, all others make core functions.
"""

from __future__ import annotations

from enum import Enum

from ...dataclass import dataclass, field
from .cursor import Cursor
from .syntax import Grammar, RawRef


class Encoding(Enum):
    """How a component has strings in its memory; the value is the option's number."""

    UTF8 = 0x00
    UTF16 = 0x01
    LATIN1_UTF16 = 0x02


@dataclass(slots=True, eq=False)
class Options:
    """The options of a canonical definition: core indices, None where an option is not given."""

    encoding: Encoding = Encoding.UTF8
    memory: int | None = None
    realloc: int | None = None
    post_return: int | None = None
    callback: int | None = None
    is_async: bool = False
    is_gc: bool = False
    """Whether values cross as garbage-collected objects (option `gc` or `core-type`) and not through a memory."""


@dataclass(slots=True, eq=False)
class Lift:
    """`canon lift`: a core function becomes a function of the type with index `type`."""

    function: int
    options: Options
    type: int
    offset: int


@dataclass(slots=True, eq=False)
class Lower:
    """`canon lower`: a function becomes a core function."""

    function: int
    options: Options
    offset: int


@dataclass(slots=True, eq=False)
class Builtin:
    """A built-in function of the canonical ABI, by the name that the specification gives it.

    `indices` are its operands that are indices, for `resource.*` the type's.
    """

    name: str
    offset: int
    indices: list[int] = field(default_factory=list[int])
    options: Options | None = None
    result: RawRef | None = None


Canonical = Lift | Lower | Builtin

_NOTHING = ""
# Name and operands of each opcode: `i` an index, `b` a byte, `o` options, `r` a result type, `t` a core value type.
_BUILTINS = {
    0x02: ("resource.new", "i"),
    0x03: ("resource.drop", "i"),
    0x04: ("resource.rep", "i"),
    0x05: ("task.cancel", _NOTHING),
    0x06: ("subtask.cancel", "b"),
    0x07: ("resource.drop async", "i"),  # in earlier drafts
    0x08: ("backpressure.set", _NOTHING),  # in earlier drafts
    0x09: ("task.return", "ro"),
    0x0A: ("context.get", "ti"),
    0x0B: ("context.set", "ti"),
    0x0C: ("thread.yield", "b"),
    0x0D: ("subtask.drop", _NOTHING),
    0x0E: ("stream.new", "i"),
    0x0F: ("stream.read", "io"),
    0x10: ("stream.write", "io"),
    0x11: ("stream.cancel-read", "ib"),
    0x12: ("stream.cancel-write", "ib"),
    0x13: ("stream.drop-readable", "i"),
    0x14: ("stream.drop-writable", "i"),
    0x15: ("future.new", "i"),
    0x16: ("future.read", "io"),
    0x17: ("future.write", "io"),
    0x18: ("future.cancel-read", "ib"),
    0x19: ("future.cancel-write", "ib"),
    0x1A: ("future.drop-readable", "i"),
    0x1B: ("future.drop-writable", "i"),
    0x1C: ("error-context.new", "o"),
    0x1D: ("error-context.debug-message", "o"),
    0x1E: ("error-context.drop", _NOTHING),
    0x1F: ("waitable-set.new", _NOTHING),
    0x20: ("waitable-set.wait", "bi"),
    0x21: ("waitable-set.poll", "bi"),
    0x22: ("waitable-set.drop", _NOTHING),
    0x23: ("waitable.join", _NOTHING),
    0x24: ("backpressure.inc", _NOTHING),
    0x25: ("backpressure.dec", _NOTHING),
    0x26: ("thread.index", _NOTHING),
    0x27: ("thread.new-indirect", "ii"),
    0x28: ("thread.resume-later", _NOTHING),
    0x29: ("thread.suspend", "b"),
    0x2A: ("thread.suspend-then-resume", "b"),
    0x2B: ("thread.yield-then-resume", "b"),
    0x2C: ("thread.suspend-then-promote", "b"),
    0x2D: ("thread.yield-then-promote", "b"),
    0x40: ("thread.spawn-ref", "i"),
    0x41: ("thread.spawn-indirect", "ii"),
    0x42: ("thread.available-parallelism", _NOTHING),
}
_ENCODINGS = {encoding.value: encoding for encoding in Encoding}


def read_canonical(grammar: Grammar, cursor: Cursor) -> Canonical:
    """Read one canonical definition.

    Raises:
        BinaryError: it is malformed, or of a kind that witgen does not know.
    """
    start = cursor.at
    opcode = cursor.byte()
    if opcode in (0x00, 0x01):
        cursor.expect(0x00, "sort of a canonical definition")
        function, options = cursor.u32(), _options(grammar, cursor)
        return Lift(function, options, cursor.u32(), start) if opcode == 0x00 else Lower(function, options, start)
    known = _BUILTINS.get(opcode)
    if known is None:
        raise cursor.unknown("canonical definition", opcode, start)
    name, operands = known
    made = Builtin(name, start)
    for operand in operands:
        match operand:
            case "i":
                made.indices.append(cursor.u32())
            case "o":
                made.options = _options(grammar, cursor)
            case "r":
                made.result = grammar.result(cursor)
            case _:
                cursor.byte()
    return made


def _options(grammar: Grammar, cursor: Cursor) -> Options:
    options = Options()
    for _ in range(grammar.count(cursor, "options")):
        start = cursor.at
        match cursor.byte():
            case 0x00 | 0x01 | 0x02 as number:
                options.encoding = _ENCODINGS[number]
            case 0x03:
                options.memory = cursor.u32()
            case 0x04:
                options.realloc = cursor.u32()
            case 0x05:
                options.post_return = cursor.u32()
            case 0x06:
                options.is_async = True
            case 0x07:
                options.callback = cursor.u32()
            case 0x08:
                cursor.u32()
                options.is_gc = True
            case 0x09:
                options.is_gc = True
            case option:
                raise cursor.unknown("canonical option", option, start)
    return options


__all__ = ["Builtin", "Canonical", "Encoding", "Lift", "Lower", "Options", "read_canonical"]
