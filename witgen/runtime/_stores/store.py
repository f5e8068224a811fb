"""The door into wasm: one lock per store, one frame per entry, and what a failure leaves behind.

A store belongs to one thread at a time, and wasmtime checks nothing: an entry takes the store's lock without waiting
(the thread that has it may come again, which is how callbacks call back). Every entry pushes a frame on a stack of the
thread; host functions find their instance there, and leave the exception of the implementation there, so that no two
threads or entries can see each other's. Nearly every failure inside wasm makes the whole store unusable, so the first
one is kept and later entries are refused with it.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar, cast

from wasmtime import ExitTrap, Store, WasmtimeError

from .. import _wasmtime
from .._errors import BindError, Exit, PoolFullError, StoreBusyError, StoreSpentError, Trap, TrapKind, cause_line
from .._process import interrupt as _interrupt
from .._process.fork import Lock
from .._process.room import HAS_ONE_LIMIT, need_frames, nested
from .._process.threads import get_ident
from .._uncopied import Uncopied
from .._wasmtime.defaults import STACK_SIZE
from . import stack as _stack
from .coroutines import is_awaited, is_cancelled
from .stack import UNKNOWN, fits, place_of
from .stderr import Tail

if TYPE_CHECKING:
    from .._instance import Instance
    from .guarded import KnownEngine


T = TypeVar("T")


class Frame:
    """One entry into wasm on this thread."""

    __slots__ = ("error", "instance")

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.error: BaseException | None = None


class _Frames(threading.local):
    def __init__(self) -> None:
        self.stack: list[Frame] = []


_frames = _Frames()


def current() -> Frame:
    """The innermost entry of this thread."""
    return _frames.stack[-1]


def keep(error: BaseException) -> None:
    """Keep what an implementation raised until wasm has unwound to the entry."""
    _frames.stack[-1].error = error


class StoreState(Uncopied):
    """What the runtime remembers of one store."""

    __slots__ = (
        "cause",
        "deadline",
        "end",
        "frame",
        "greenlet",
        "has_clock",
        "has_outputs",
        "http",
        "owner",
        "spent",
        "stack_size",
        "stack_used",
        "stderr",
        "wasi",
    )

    def __init__(self) -> None:
        self.owner = 0
        """The thread that the store belongs to for now; 0 for none."""
        self.frame: Frame | None = None
        """The innermost entry, while there is one."""
        self.spent: str | None = None
        """What the store was spent by. Not the exception: its traceback would keep the store, and this it."""
        self.cause: Trap | Exit | None = None
        self.stack_size = STACK_SIZE
        """How many bytes of a thread's stack wasm may use in this store."""
        self.stack_used = STACK_SIZE
        """How many bytes of the thread's stack are given away, once this store is entered."""
        self.greenlet = 0
        """The id of the greenlet in which it was entered; 0 if greenlet was not imported."""
        self.stderr: Tail | None = None
        """The end of the component's standard error, where that was not granted."""
        self.wasi = False
        self.http = False
        self.has_clock = False
        self.has_outputs = False
        """Whether functions of the user's take what a component writes."""
        self.end: object = None
        """What forgets the address of the store when that is gone."""
        self.deadline: int | None = None
        """The epoch of the engine at which calls end, where the store `has_clock`."""

    def check(self) -> None:
        """Check that the store can still be used.

        Raises:
            StoreSpentError: an earlier call spent the store.
        """
        if self.spent is not None:
            raise StoreSpentError(f"the store is spent by an earlier failure: {self.spent}", self.spent) from self.cause

    def spend(self, error: BaseException) -> None:
        """Nothing in the store can be called again, because of `error`; the first one counts."""
        if self.spent is None:
            # A store that fails since another one was spent says what that one was spent by.
            failure = error.failure if isinstance(error, StoreSpentError) else ""
            self.spent = failure or f"{type(error).__name__}: {first_line(error)}"
            if isinstance(error, Trap):
                self.cause = Trap(error.kind, error.message, error.stderr)
            elif isinstance(error, Exit):
                self.cause = Exit(error.code, error.stderr)

    def acquire(self) -> int:
        """Take the store for this thread; returns whose it was, for `release`.

        Raises:
            StoreSpentError: an earlier call spent the store.
            StoreBusyError: another thread is inside the store.
        """
        self.check()
        return self.take()

    def take(self) -> int:
        """The same, whatever the store is spent by.

        Calls of the fast layer do the same without the guard: between two loads and stores CPython, with its lock,
        switches to no
        other thread.

        Raises:
            StoreBusyError: another thread is inside the store.
        """
        me = get_ident()
        with _guard:
            owner = self.owner
            if not owner:
                self.owner = me
            elif owner != me:
                busy_error()
        return owner

    def release(self, owner: int) -> None:
        """Give it back."""
        self.owner = owner


_SELDOM = 10
"""After how many ticks a call is asked again that neither Ctrl-C nor a cancelled task can end."""


def start_clock(store: Store, engine: KnownEngine) -> None:
    """From here on, ask again and again, as `engine` ticks, whether calls in `store` may go on."""
    state = state_of(store)
    if state.has_clock:
        return
    state.has_clock = True

    def go_on() -> int:
        if is_cancelled():
            return 0
        often = threading.current_thread() is threading.main_thread() or is_awaited()
        step = 1 if often else _SELDOM
        return step if state.deadline is None else max(0, min(step, state.deadline - engine.epoch))

    def failed(error: BaseException) -> None:
        if state.frame is not None:
            state.frame.error = error

    _wasmtime.set_clock(store, _wasmtime.Clock(go_on, failed))


def set_deadline(store: Store, ticks: int) -> None:
    """End calls in `store` after so many ticks of its engine from now."""
    state = state_of(store)
    if state.has_clock:
        state.deadline = cast("KnownEngine", store.engine).epoch + ticks
        ticks = min(ticks, 1)
    store.set_epoch_deadline(ticks)


class Outside:
    """`with Outside(state):` is the time in which a callback of the store runs Python."""

    __slots__ = ("_above", "_place", "_state")

    def __init__(self, state: StoreState) -> None:
        self._state = state
        self._place = place_of(state.owner)
        self._above: StoreState | _stack.Unknown = UNKNOWN

    def __enter__(self) -> None:
        self._above = self._place[0]
        self._place[0] = self._state
        if "greenlet" in sys.modules:
            _stack.note_greenlet(self._state)

    def __exit__(self, *exc: object) -> None:
        self._place[0] = self._above


def busy_error() -> None:
    """Refuse to enter a store that a different thread is in.

    Raises:
        StoreBusyError: always.
    """
    raise StoreBusyError("another thread is inside this store; a store belongs to one thread at a time")


contexts: dict[int, StoreState] = {}
"""The open stores that the fast layer uses, by the address of their context: that is what wasm's callbacks get."""


def register(store: Store, context: int) -> None:
    """Let callbacks find the state of `store`, while it exists."""
    state = state_of(store)
    if contexts.get(context) is state:
        return
    contexts[context] = state
    state.end = weakref.ref(store, partial(_unregister, context, state))


def _unregister(
    context: int, state: StoreState, _store: object, known: dict[int, StoreState] = contexts
) -> None:  # a default, not a global: stores may go after the interpreter has emptied its modules
    state.end = None
    if known.get(context) is state:  # and not of a later store at the same address
        del known[context]


_STATE = "_witgen_state"
"""The attribute of a store that holds what is remembered of it."""
_guard = Lock()
"""Held while a store is taken, which is a few instructions."""


def state_of(store: Store) -> StoreState:
    """What is remembered of `store`; the same object each time."""
    kept: dict[str, StoreState] = vars(store)  # as far as this key is concerned
    state = kept.get(_STATE)
    if state is None:
        state = kept.setdefault(_STATE, StoreState())  # in one step: another thread may do the same
    return state


def is_running(store: Store) -> bool:
    """Whether a call runs in `store`."""
    kept: dict[str, StoreState] = vars(store)  # likewise
    state = kept.get(_STATE)
    return state is not None and state.frame is not None


class Entry:
    """`with Entry(instance) as entry:` is one stay in the store, with the lock held; `entry.run(f, …)` enters wasm."""

    __slots__ = ("_instance", "_owner", "_state")

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._state = instance.store_state
        self._owner = 0

    def __enter__(self) -> Self:
        self._instance.state.check()
        self._owner = self._state.take()
        try:
            if self._instance.forgotten and self._state.frame is None:
                self._drain()
        except BaseException:
            self._state.release(self._owner)
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._state.release(self._owner)

    def _drain(self) -> None:
        forgotten = self._instance.forgotten
        while forgotten:
            self.drop(forgotten[0], forgotten.popleft)

    def drop(self, raw: _wasmtime.Owned, let_go: Callable[[], object]) -> None:
        """Drop a resource of the store; its destructor runs in wasm, if it has one.

        `let_go` is called once nothing prevents that any more.

        Raises:
            BaseException: as `call`.
        """

        def act() -> None:
            let_go()
            _wasmtime.drop(self._instance.store, raw)

        self._run(act)

    def call(self, function: _wasmtime.Function, arguments: list[object]) -> object:
        """Call an export with lowered arguments.

        Raises:
            Trap: the component trapped.
            Exit: the component ended itself.
            Exception: what the implementation of an import raised.
        """
        try:
            return self._run(lambda: function(self._instance.store, arguments))
        except BaseException as error:
            if function.is_async:  # it may have been left halfway
                self._state.spend(error)
            raise

    def instantiate(self, linker: _wasmtime.Linker, component: _wasmtime.Component) -> _wasmtime.RawInstance:
        """Instantiate.

        Raises:
            BindError: the component does not link.
            BaseException: as `call`.
        """
        return self._run(lambda: linker.instantiate(self._instance.store, component), starting=True)

    def _run(self, action: Callable[[], T], starting: bool = False) -> T:
        _need_room()
        if self._instance.watch is not None:
            self._instance.watch()
        thread = get_ident()
        place = place_of(thread)
        known = place[0]
        above = None if known is fits[0] else known
        if above is not None:
            _stack.enter(self._state, above, thread)
        frame = Frame(self._instance)
        stack = _frames.stack
        guarded = not stack and _interrupt.begin()
        stack.append(frame)
        outer, self._state.frame = self._state.frame, frame
        try:
            self._instance.state.check()  # again: user code has run since the store was acquired
            if "greenlet" in sys.modules:
                _stack.note_greenlet(self._state)
            place[0] = self._state
            try:
                result = action()
            finally:
                place[0] = known
        except WasmtimeError as error:
            failure = error
        else:
            _interrupt.check()
            raise_kept(frame)
            return result
        finally:
            stack.pop()
            self._state.frame = outer
            if above is not None:
                _stack.leave(self._state, above, place)
            if guarded:
                _interrupt.end()
        if starting and frame.error is None and does_not_link(failure):
            raise not_started(failure) from failure
        cause = settle(self._state, frame, failure)
        _interrupt.check()
        raise cause


def raise_kept(frame: Frame) -> None:
    """Raise what a function for output raised, where the component took no notice and ended well."""
    if frame.error is not None:
        try:
            raise frame.error
        finally:
            frame.error = None


def not_started(failure: WasmtimeError) -> BindError | PoolFullError:
    """The error for a component of which no code has run, because wasmtime refuses to instantiate it."""
    if "maximum concurrent limit" in str(failure):
        return PoolFullError(f"the pool of the engine is full, close a store first: {first_line(failure)}")
    return BindError(f"the component cannot be instantiated: {failure}")


def does_not_link(failure: WasmtimeError) -> bool:
    """Whether instantiating failed before any code of the component ran."""
    message = str(failure)
    ran = isinstance(failure, ExitTrap) or "wasm trap:" in message or "wasm backtrace:" in message
    return not ran and classify(message) == "other"


def settle(state: StoreState, frame: Frame, failure: WasmtimeError) -> BaseException:
    """What to raise for a failed entry: outside any `except`, so that an exception keeps its chain."""
    error = frame.error or explain(failure, "" if state.stderr is None else state.stderr.text())
    frame.error = None
    state.spend(error)
    return error


_ROOM = 24
"""How many frames the way into wasm and out to a callback takes, up to where a callback can tell wasm of an error."""


_NESTED = nested(_ROOM)


def _need_room() -> None:
    """Raise RecursionError here, where it does no harm."""
    if HAS_ONE_LIMIT:
        isinstance(0, _NESTED)
    else:
        need_frames(_ROOM)


_KINDS: tuple[tuple[str, TrapKind], ...] = (
    ("all fuel consumed by WebAssembly", "fuel"),
    ("interrupt", "epoch"),
    ("call stack exhausted", "stack"),
    ("wasm `unreachable` instruction executed", "unreachable"),
    ("out of bounds memory access", "memory"),
    ("unaligned atomic", "memory"),
    ("forcing trap when growing memory", "memory"),
    ("undefined element: out of bounds table access", "table"),
    ("forcing a memory growth failure to be a trap", "memory"),
    ("forcing a table growth failure to be a trap", "table"),
    ("uninitialized element", "indirect-call"),
    ("indirect call type mismatch", "indirect-call"),
    ("integer overflow", "integer-overflow"),
    ("integer divide by zero", "integer-divide-by-zero"),
    ("invalid conversion to integer", "invalid-conversion"),
    ("null reference", "null-reference"),
    ("cannot enter component instance", "cannot-enter"),
    ("cannot allocate another handle", "handles"),
    ("too much data is being copied between the host and the guest", "limit"),
    ("allocation size too large", "limit"),
    ("deadlock detected", "deadlock"),
)


def classify(message: str) -> TrapKind:
    """The kind of a trap, from the line of wasmtime's message that says why: there is no other source."""
    text = cause_line(message)
    for start, kind in _KINDS:
        if text.startswith(start):
            return kind
    return "other"


def explain(failure: WasmtimeError, stderr: str = "") -> Exit | Trap:
    """The public error for a failure inside wasm; `stderr` is what the component wrote last to what was not granted."""
    if isinstance(failure, ExitTrap):
        return Exit(failure.code, stderr)
    message = str(failure)
    return Trap(classify(message), message, stderr)


def first_line(error: BaseException) -> str:
    """What happened, in the words of one line."""
    lines = str(error).splitlines()
    return lines[0] if lines else ""
