"""Every error with a name of its own, under one base class.

Wrong arguments keep Python's own classes, so that callers need nothing new: `TypeError` where the kind of a value is
wrong (a `str` where a `Request` is expected, `True` where an `int` is), `ValueError` where the kind is right and the
value is not (a number out of range, a surrogate, a tuple of another length, a handle that is closed). Both are raised
before wasm is entered and leave the store usable.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, get_args

from ._process.fork import importing

if TYPE_CHECKING:
    from ..component.words import Description

TrapKind = Literal[
    "unreachable",
    "fuel",
    "epoch",
    "stack",
    "memory",
    "table",
    "indirect-call",
    "integer-overflow",
    "integer-divide-by-zero",
    "invalid-conversion",
    "null-reference",
    "cannot-enter",
    "handles",
    "limit",
    "deadlock",
    "other",
]
"""What went wrong in wasm. New kinds may be added; `other` is whatever has no kind of its own."""

TRAP_KINDS: tuple[TrapKind, ...] = get_args(TrapKind)


class WitgenError(Exception):
    """Base of every error that this runtime names."""


class Trap(WitgenError):
    """The component trapped. Its store is spent: nothing in it can be called again; use a new store.

    The first line of the message is the kind and the cause, the rest wasmtime's own words with the wasm backtrace, and what
    the component wrote last to a standard error that was not granted.

    Attributes:
        kind: why, as far as wasmtime says.
        message: what wasmtime says.
        stderr: the last lines of the component's standard error, where it was not granted; or "".
    """

    def __init__(self, kind: TrapKind, message: str, stderr: str = "") -> None:
        first = f"{kind}: {cause_of(kind, message, stderr)}"
        details = message if "\n" in message.strip() else ""
        super().__init__("\n".join(filter(None, (first, details, _last_words(stderr)))))
        self.kind: TrapKind = kind
        self.message = message
        self.stderr = stderr

    def __reduce__(self) -> tuple[type[Trap], tuple[TrapKind, str, str]]:
        return type(self), (self.kind, self.message, self.stderr)


# Patterns are compiled at their first use: most programs import the runtime and never see a trap.
_TRAP_LINE = r"wasm trap: (.*)"
_CAUSE = r"Caused by:\n\s*(.*)"
_NUMBERED = r"^\d+: "


def cause_line(message: str) -> str:
    """The line of wasmtime's message that says why."""
    line = re.search(_TRAP_LINE, message) or re.search(_CAUSE, message)
    text = line[1] if line else message.strip().partition("\n")[0]
    return re.sub(_NUMBERED, "", text)


def cause_of(kind: TrapKind, message: str, stderr: str) -> str:
    """Why it trapped, in one line: of a component that gave up, what it said last."""
    cause = cause_line(message)
    said = stderr.rpartition("\n")[2].strip()
    return f"{cause}: {said}" if kind == "unreachable" and said else cause


def _last_words(stderr: str) -> str:
    with importing:
        from textwrap import indent

    return f"the component's last words on standard error:\n{indent(stderr, '    ')}" if stderr else ""


class Exit(WitgenError):
    """The component called `wasi:cli/exit`. Its store is spent; `code` is 0 for success.

    Attributes:
        code: what it exited with.
        stderr: as of a `Trap`.
    """

    def __init__(self, code: int, stderr: str = "") -> None:
        first = f"the component exited with code {code}"
        super().__init__("\n".join(filter(None, (first, _last_words(stderr) if code else ""))))
        self.code = code
        self.stderr = stderr

    def __reduce__(self) -> tuple[type[Exit], tuple[int, str]]:
        return type(self), (self.code, self.stderr)


class StoreSpentError(WitgenError):
    """The store was spent by an earlier failure, which is the `__cause__`; wasm was not entered.

    Attributes:
        failure: That failure in one line, with the name of its class.
    """

    def __init__(self, message: str, failure: str = "") -> None:
        super().__init__(message)
        self.failure = failure


class StoreBusyError(WitgenError):
    """Another thread is inside the store; a store belongs to one thread at a time. Wasm was not entered."""


class ThreadBusyError(WitgenError):
    """Another greenlet of this thread waits inside a component. Wasm was not entered."""


class ResourceInUseError(WitgenError, ValueError):
    """A handle was closed or given away while a call that borrows it is running."""


class NativeResourceError(WitgenError, TypeError):
    """A Python object was passed for a resource that wasmtime supplies natively."""


class BindError(WitgenError):
    """A component, a world, an engine and the implementations given do not fit together.

    Base of the errors of `prepare` and `instantiate`, and of the first use of an export that cannot be called.
    """


class VersionError(BindError):
    """The generated package and the runtime are of versions that do not work together."""


class MissingImportError(BindError):
    """The component imports something for which nothing was given."""


class MissingExportError(BindError):
    """The component does not export what the world asks for."""


class ImplementationError(BindError):
    """What was given for an import does not have the members that its interface asks for."""


class NativeGroupError(BindError):
    """Some of a group of native interfaces that share resources were given, and not all of them."""


class InterfaceError(BindError):
    """The component's own type of an import or export is not the one that the package was generated for."""


class ComponentMismatchError(InterfaceError):
    """The component does not fit the world: `differences` are all that `witgen validate` would list.

    `world` is the world's id; `path` the component's file, "" if it was given as bytes or compiled. Each difference has
    a `place` (the item's full path), a `message`, `expected` and `found` in WIT notation or None, and `hints`.
    """

    def __init__(self, path: str, world: str, differences: tuple[Description, ...]) -> None:
        with importing:
            from ..component.words import lines_of, verdict

        subject = f"`{path}`" if path else "the component"
        listed = ["\n".join(lines_of(difference)) for difference in differences]
        super().__init__("\n\n".join([verdict(subject, world, differences), *listed]))
        self.path = path
        self.world = world
        self.differences = differences

    def __reduce__(self) -> tuple[type[ComponentMismatchError], tuple[str, str, tuple[Description, ...]]]:
        return type(self), (self.path, self.world, self.differences)


class EngineError(BindError):
    """The engine was made without something that this component, or its limits, need."""


class StackError(EngineError, RecursionError):
    """The thread's stack is too small for the component, or for all the stores that call one another on it.

    Wasm was not entered.
    """


class PoolFullError(WitgenError):
    """The pool of the engine (`engine(pooling=…)`) has no room for another instance until a store is closed."""


class NotCachedError(BindError):
    """Code was to come from a cache only, and it is not there."""


class CompileLimitError(BindError):
    """Compiling a component in a process of its own took more than it was allowed: `limit` is `seconds` or `memory`."""

    def __init__(self, limit: str, message: str) -> None:
        super().__init__(message)
        self.limit = limit

    def __reduce__(self) -> tuple[type[CompileLimitError], tuple[str, str]]:
        return type(self), (self.limit, str(self))


class UnsupportedTypeError(BindError):
    """A function mentions a type that wasmtime-py cannot carry."""


class UnusedImportWarning(UserWarning):
    """An implementation was given for a WASI interface that the component does not import."""


class LimitWarning(UserWarning):
    """A limit was asked for, and nothing was found that makes it act."""
