"""What can be wrong with a binary: one exception, with the byte where it was found."""

from __future__ import annotations

from enum import Enum


class Fault(Enum):
    """The kind of fault; the value says what a reader of the file may conclude."""

    NOT_A_COMPONENT = "the file is something else"
    CORE_MODULE = "the file is a core module, which a component may be made of"
    ENCODED_PACKAGE = "the file is an encoded WIT package, where a component is wanted"
    MALFORMED = "the file breaks the binary format"
    UNSUPPORTED = "the file may be right, but uses what witgen does not know or WIT cannot say"
    TOO_LARGE = "the file's types are larger than any that were written by hand"


class BinaryError(Exception):
    """The binary is at fault: `message` says how, `offset` counts bytes from the start of the file."""

    def __init__(self, fault: Fault, message: str, offset: int) -> None:
        super().__init__(f"{message} (at byte {offset:#x})")
        self.fault = fault
        self.message = message
        self.offset = offset


__all__ = ["BinaryError", "Fault"]
