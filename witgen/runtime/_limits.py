"""What a store may use, and the clock that its deadlines are counted by."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wasmtime import Engine, Store, WasmtimeError

from ._errors import EngineError
from ._store import set_ticks

if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a store may use, set before the component is instantiated in it. None leaves a limit as it is.

    `fuel` (units of work) needs an engine with `fuel=True`, and that engine needs it. `epoch_deadline` (ticks from now:
    see `Ticker`) needs one with `epoch_interruption=True`; without it there is no deadline. `memory_size` is in bytes, per
    memory: `memory.grow` beyond it fails inside the component, and a component that starts with more is refused; so it
    is with `table_elements`. `instances`, `tables` and `memories` count the core instances and their parts: a small
    component has several. `handles` is how many objects of each resource of the host's a component may hold at a time;
    wasmtime itself stops at some 100,000 handles of all kinds.
    """

    fuel: int | None = None
    epoch_deadline: int | None = None
    memory_size: int | None = None
    table_elements: int | None = None
    instances: int | None = None
    tables: int | None = None
    memories: int | None = None
    handles: int | None = None

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
        """Give `store` the fuel, and from now on the ticks, again: before each call of an instance that lives long.

        Raises: EngineError.
        """
        if self.fuel is not None:
            try:
                store.set_fuel(self.fuel)
            except WasmtimeError:
                raise EngineError(
                    "Limits(fuel=…) needs an engine that counts it: witgen.runtime.engine(fuel=True)"
                ) from None
        if self.epoch_deadline is not None:
            set_ticks(store, self.epoch_deadline)

    def set(self, store: Store) -> None:
        """Limit `store`, before anything is in it. Raises: EngineError."""
        self.renew(store)
        counts = (self.memory_size, self.table_elements, self.instances, self.tables, self.memories)
        if counts != (None,) * 5:
            store.set_limits(*(-1 if count is None else count for count in counts))


class Ticker:
    """The clock of an engine with `epoch_interruption=True`: a thread that counts a tick every `interval` seconds.

    `with Ticker(engine, 0.01):` lets it run for a block; `start` and `close` do so without one. All stores of the engine
    count by it: `Limits(epoch_deadline=100)` is then about a second. One ticker per engine is enough; two count twice.
    """

    def __init__(self, engine: Engine, interval: float = 0.01) -> None:
        if not interval > 0:
            raise ValueError(f"Ticker(interval): {interval} is no time between ticks")
        self._engine = engine
        self._interval = interval
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="witgen-ticker", daemon=True)

    def start(self) -> Self:
        """Begin to count. Raises: RuntimeError if it has begun before."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop. May be called again."""
        self._closed.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def __enter__(self) -> Self:
        return self if self._thread.is_alive() else self.start()

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _run(self) -> None:
        while not self._closed.wait(self._interval):
            self._engine.increment_epoch()
