"""What can be wrong with a binary: one exception, with the byte where it was found."""

from __future__ import annotations

from enum import Enum


class Fault(Enum):
    """The kind of fault; the value says what a reader of the file may conclude."""

    NOT_A_COMPONENT = "the file is something else"
    CORE_MODULE = "the file is a core module, which a component may be made of"
    ENCODED_PACKAGE = "expected a component, found an encoded WIT package"
    MALFORMED = "the file breaks the binary format"
    UNSUPPORTED = "the file may be right, but uses what witgen does not know or WIT cannot say"
    TOO_LARGE = "the file's types are larger than any that were written by hand"


_ADVICE = {
    Fault.NOT_A_COMPONENT: "componentize-py, cargo-component, jco and others make components",
    Fault.CORE_MODULE: "`wasm-tools component new` makes a component of a module that was built against a world; one that"
    " uses WASI 0.1 also needs wasmtime's adapter (`--adapt`)",
    Fault.ENCODED_PACKAGE: "a component is what is built for a world of such a package; the package itself can be given wherever"
    " WIT is asked for",
    Fault.MALFORMED: "the file may be cut off or damaged: make it again, or ask `wasm-tools validate`",
    Fault.UNSUPPORTED: "if wasm-tools can read the file, `wasm-tools component wit` prints it as WIT text",
    Fault.TOO_LARGE: "if these types are meant, please report them",
}


class BinaryError(Exception):
    """The binary is at fault.

    Attributes:
        fault: the kind of fault.
        message: how it is at fault.
        offset: where, in bytes from the start of the file.
        advice: what to do.
    """

    def __init__(self, fault: Fault, message: str, offset: int, advice: str = "") -> None:
        super().__init__(f"{message} (at byte {offset:#x})")
        self.fault = fault
        self.message = message
        self.offset = offset
        self.advice = advice or _ADVICE[fault]


__all__ = ["BinaryError", "Fault"]
