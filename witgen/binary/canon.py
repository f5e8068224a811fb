"""Canonical definitions (Component Model, "Binary Format"): which of them make functions of the component.

Only `canon lift` does. The others make core functions, but must be read to find where the next one begins.
"""

from __future__ import annotations

from .cursor import Cursor
from .syntax import Grammar

_NOTHING = ""
# What stands behind each opcode: `i` an index, `b` a byte, `o` options, `r` a result type, `t` a core value type.
_OPERANDS = {
    0x02: "i",  # resource.new
    0x03: "i",  # resource.drop
    0x04: "i",  # resource.rep
    0x05: _NOTHING,  # task.cancel
    0x06: "b",  # subtask.cancel
    0x07: "i",  # resource.drop async, in earlier drafts
    0x08: _NOTHING,  # backpressure.set, in earlier drafts
    0x09: "ro",  # task.return
    0x0A: "ti",  # context.get
    0x0B: "ti",  # context.set
    0x0C: "b",  # thread.yield
    0x0D: _NOTHING,  # subtask.drop
    0x0E: "i",  # stream.new
    0x0F: "io",  # stream.read
    0x10: "io",  # stream.write
    0x11: "ib",  # stream.cancel-read
    0x12: "ib",  # stream.cancel-write
    0x13: "i",  # stream.drop-readable
    0x14: "i",  # stream.drop-writable
    0x15: "i",  # future.new
    0x16: "io",  # future.read
    0x17: "io",  # future.write
    0x18: "ib",  # future.cancel-read
    0x19: "ib",  # future.cancel-write
    0x1A: "i",  # future.drop-readable
    0x1B: "i",  # future.drop-writable
    0x1C: "o",  # error-context.new
    0x1D: "o",  # error-context.debug-message
    0x1E: _NOTHING,  # error-context.drop
    0x1F: _NOTHING,  # waitable-set.new
    0x20: "bi",  # waitable-set.wait
    0x21: "bi",  # waitable-set.poll
    0x22: _NOTHING,  # waitable-set.drop
    0x23: _NOTHING,  # waitable.join
    0x24: _NOTHING,  # backpressure.inc
    0x25: _NOTHING,  # backpressure.dec
    0x26: _NOTHING,  # thread.index
    0x27: "ii",  # thread.new-indirect
    0x28: _NOTHING,  # thread.resume-later
    0x29: "b",  # thread.suspend
    0x2A: "b",  # thread.suspend-then-resume
    0x2B: "b",  # thread.yield-then-resume
    0x2C: "b",  # thread.suspend-then-promote
    0x2D: "b",  # thread.yield-then-promote
    0x40: "i",  # thread.spawn-ref
    0x41: "ii",  # thread.spawn-indirect
    0x42: _NOTHING,  # thread.available-parallelism
}
_PLAIN_OPTIONS = frozenset({0x00, 0x01, 0x02, 0x06, 0x09})
_OPTIONS_WITH_INDEX = frozenset({0x03, 0x04, 0x05, 0x07, 0x08})


def read_canonical(grammar: Grammar, cursor: Cursor) -> int | None:
    """Read one canonical definition.

    Returns:
        The index of the function's type, for a lifted function; None for all others.
    """
    start = cursor.at
    opcode = cursor.byte()
    if opcode in (0x00, 0x01):
        cursor.expect(0x00, "sort of a canonical definition")
        cursor.u32()
        _options(grammar, cursor)
        return cursor.u32() if opcode == 0x00 else None
    operands = _OPERANDS.get(opcode)
    if operands is None:
        raise cursor.unknown("canonical definition", opcode, start)
    for operand in operands:
        match operand:
            case "i":
                cursor.u32()
            case "o":
                _options(grammar, cursor)
            case "r":
                grammar.result(cursor)
            case _:
                cursor.byte()
    return None


def _options(grammar: Grammar, cursor: Cursor) -> None:
    for _ in range(grammar.count(cursor, "options")):
        start = cursor.at
        option = cursor.byte()
        if option in _OPTIONS_WITH_INDEX:
            cursor.u32()
        elif option not in _PLAIN_OPTIONS:
            raise cursor.unknown("canonical option", option, start)


__all__ = ["read_canonical"]
