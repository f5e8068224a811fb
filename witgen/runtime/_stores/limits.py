"""What a store may use, and the clock that its deadlines are counted by."""

from __future__ import annotations

import time
import warnings
from _thread import TIMEOUT_MAX
from functools import partial
from typing import TYPE_CHECKING

from wasmtime import Engine, Store, WasmtimeError

from ...dataclass import dataclass
from .._errors import EngineError, LimitWarning
from .._kinds import instead_of
from .._process.fork import Lock, in_child
from .._process.threads import native_lock, start_native
from .._uncopied import Uncopied
from .._wasmtime import advance_epoch
from .engine import counts_epochs
from .guarded import KnownEngine
from .store import set_deadline

if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a store may use, set before the component is instantiated in it. None leaves a limit as it is.

    Args:
        fuel: units of work, about one for each instruction of wasm. Needs an engine with `fuel=True`, and that engine
            needs it.
        epoch_deadline: ticks from now on (see `Ticker`). Needs an engine with `epoch_interruption=True`; without it there
            is no deadline.
        memory_size: bytes of each memory. `memory.grow` beyond it fails inside the component, and a component that starts
            with more is refused.
        table_elements: elements of each table, as `memory_size` has it.
        instances: how many core instances there may be; a small component has several.
        tables: how many tables they may have in all.
        memories: how many memories they may have in all.
        handles: how many objects of each resource of the host a component may hold at a time. wasmtime itself stops at
            some 100,000 handles of all kinds.

    Raises:
        TypeError: a limit is not an integer.
        ValueError: a limit is negative, or too large for wasmtime.
    """

    fuel: int | None = None
    epoch_deadline: int | None = None
    memory_size: int | None = None
    table_elements: int | None = None
    instances: int | None = None
    tables: int | None = None
    memories: int | None = None
    handles: int | None = None

    @classmethod
    def strict(
        cls,
        *,
        fuel: int | None = None,
        epoch_deadline: int | None = None,
        memory: int = 64 * 2**20,
        memories: int = 1,
        table_elements: int = 100_000,
        tables: int = 4,
        instances: int = 200,
        handles: int = 1_000,
    ) -> Self:
        """Limits for a whole instance: whatever it has several of, they share what there is.

        The defaults fit what componentize-py and Rust's toolchains build. A component with more memories or tables than it
        may have is a BindError.

        Args:
            fuel: as in `Limits`. One of this and `epoch_deadline` should be given: nothing else stops a loop.
            epoch_deadline: as in `Limits`.
            memory: bytes of all memories together; each may have an equal part.
            memories: how many memories there may be.
            table_elements: elements of all tables together; each may have an equal part. One takes 8 to 16 bytes.
            tables: how many tables there may be.
            instances: how many core instances there may be.
            handles: how many objects of each resource of the host the component may hold at a time.

        Raises:
            TypeError: a limit is not an integer.
            ValueError: a limit is negative, or too large for wasmtime.
        """
        return cls(
            fuel=fuel,
            epoch_deadline=epoch_deadline,
            memory_size=memory // max(memories, 1),
            memories=memories,
            table_elements=table_elements // max(tables, 1),
            tables=tables,
            instances=instances,
            handles=handles,
        )

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value: object = getattr(self, name)
            if value is None:
                continue
            if not isinstance(value, int) or isinstance(value, bool):
                raise TypeError(f"Limits({name}): expected int, got {type(value).__name__}")
            if not 0 <= value < 1 << (64 if name == "fuel" else 63):
                raise ValueError(f"Limits({name}): {value} is not a limit")

    def renew(self, store: Store) -> None:
        """Refill `store`'s fuel and restart its deadline: call it before each call into a long-lived instance.

        Raises:
            EngineError: the engine of the store was made without what the limits need.
        """
        self._renew(store, 3)

    def _renew(self, store: Store, stacklevel: int) -> None:
        if self.fuel is not None:
            try:
                store.set_fuel(self.fuel)
            except WasmtimeError:
                raise EngineError(
                    "Limits(fuel=…) needs an engine that counts it: witgen.runtime.engine(fuel=True)"
                ) from None
        if self.epoch_deadline is not None:
            engine = store.engine
            if not counts_epochs(engine):
                raise EngineError(
                    "Limits(epoch_deadline=…) needs an engine that counts epochs:"
                    " witgen.runtime.engine(epoch_interruption=True)"
                )
            set_deadline(store, self.epoch_deadline)
            if not _ticks(engine):
                warnings.warn(
                    "Limits(epoch_deadline=…) stops nothing yet: no Ticker of this engine is running."
                    " Start one first: witgen.runtime.Ticker(engine).start()",
                    LimitWarning,
                    stacklevel=stacklevel,
                )

    def set(self, store: Store) -> None:
        """Limit `store`, before anything is in it. Generated packages call it for the `limits` of `instantiate`.

        Raises:
            EngineError: the engine of the store was made without what the limits need.
        """
        self._renew(store, 5)  # the caller of the generated `instantiate`
        counts = (self.memory_size, self.table_elements, self.instances, self.tables, self.memories)
        if counts != (None,) * 5:
            store.set_limits(*(-1 if count is None else count for count in counts))


_SHORTEST, _LONGEST = 0.00001, TIMEOUT_MAX
"""Seconds between two ticks. Those that are shorter take longer to count than to pass, so that a ticker never catches up;
the longest is what the system can wait for. Beyond both, `Ticker.close` would wait for a thread that does not end."""

_running: set[Ticker] = set()
_running_lock = Lock()


def _ticks(engine: Engine) -> bool:
    """Whether something counts the ticks of `engine`: a running `Ticker`, or the user, as far as is known."""
    return any(ticker.engine is engine for ticker in tuple(_running)) or (
        isinstance(engine, KnownEngine) and engine.is_ticked
    )


def counts_instances(limits: Limits) -> bool:
    """Whether limits say how many core instances or memories there may be."""
    return limits.instances is not None or limits.memories is not None


class Ticker(Uncopied):
    """The clock of an engine with `epoch_interruption=True`: a thread that counts a tick every `interval` seconds.

    `with Ticker(engine, 0.01):` runs it for a block; `start` and `close` do so without one. All stores of the engine count
    by it: `Limits(epoch_deadline=100)` is then about a second. Ticks that come late, because other threads kept the
    interpreter busy, are made up for. One ticker per engine is enough; two count twice. In a forked child it goes on.

    Args:
        engine: an engine with `epoch_interruption=True`.
        interval: seconds from one tick to the next.

    Raises:
        EngineError: the engine counts no epochs.
        TypeError: `engine` is not an engine, or `interval` not a number.
        ValueError: the interval is shorter than 10 microseconds, or longer than `threading.TIMEOUT_MAX`.
    """

    def __init__(self, engine: Engine, interval: float = 0.01) -> None:
        _check_ticker(engine, interval)
        if not _SHORTEST <= interval <= _LONGEST:
            raise ValueError(
                f"Ticker(interval): expected {_SHORTEST:.5f} to {_LONGEST:.0f} seconds between two ticks, got {interval}"
            )
        if not counts_epochs(engine):
            raise EngineError("Ticker: the engine counts no epochs: witgen.runtime.engine(epoch_interruption=True)")
        self.engine = engine
        self._interval = interval
        self._was_started = False
        self._renew()

    def start(self) -> Self:
        """Begin to count.

        Raises:
            RuntimeError: it has begun before, or only greenlets can be started.
        """
        if self._was_started:
            raise RuntimeError("a Ticker can be started once")
        self._was_started = True
        start_native(self._run)
        with _running_lock:
            _running.add(self)
        return self

    def close(self) -> None:
        """Stop. May be called again."""
        self._was_started = True
        with _running_lock:
            was_running = self in _running
            _running.discard(self)
        if was_running:
            self._open.release()
            self._ended.acquire()

    def __enter__(self) -> Self:
        return self if self in _running else self.start()

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _renew(self) -> None:
        self._open = native_lock()
        """Held until the ticker is closed."""
        self._open.acquire()
        self._ended = native_lock()
        """Held until its thread has ended."""
        self._ended.acquire()

    def go_on(self) -> None:
        """Begin again in a forked child, where the thread is not."""
        self._renew()
        start_native(self._run)

    def _run(self) -> None:
        # A thread of the system's, whatever gevent makes of `threading`: a greenlet does not run beside a component.
        count = self.engine.advance if isinstance(self.engine, KnownEngine) else partial(advance_epoch, self.engine)
        is_open, ended = self._open, self._ended
        start, counted = time.monotonic(), 0
        while not is_open.acquire(timeout=max(0.0, start + (counted + 1) * self._interval - time.monotonic())):
            due = int((time.monotonic() - start) / self._interval)
            try:
                count(due - counted)
            except ValueError:  # the engine was closed
                break
            counted = due
        ended.release()


def _check_ticker(engine: object, interval: object) -> None:
    if not isinstance(engine, Engine):
        raise TypeError(f"Ticker(engine): expected an Engine, got {instead_of(Engine, engine)}")
    if not isinstance(interval, int | float) or isinstance(interval, bool):
        raise TypeError(f"Ticker(interval): expected a number of seconds, got {type(interval).__name__}")


def _go_on_in_child() -> None:
    for ticker in _running:
        ticker.go_on()


in_child(_go_on_in_child)
