"""How late deadlines are: `Limits(epoch_deadline=…)` and `Ticker` beside wasmtime's own epoch deadline, plain wasmtime-py.

    python benchmarks/deadlines.py [--quick]

Both have a clock that ticks every 10 ms, and a deadline of so many ticks. Loads: 1, 4 and 16 guests that spin, each in a
thread; the same with three Python threads that keep the interpreter busy; a guest that calls an import which sleeps. Each
round runs both, one after the other. What is printed is the time until the last guest was stopped, as a multiple of the
deadline (the median of the rounds), and the ratio of the two. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack

import wasmtime
from wasmtime import Config, WasmtimeError
from wasmtime.component import Component, Linker

import witgen.runtime as rt
from witgen.runtime import generated as abi

TICK = 0.01
SLOW = 0.03
TEXT = """(component
  (import "wait" (func $wait))
  (core func $wait (canon lower (func $wait)))
  (core module $m
    (import "h" "wait" (func $wait))
    (func (export "spin") (loop $l (br $l)))
    (func (export "poll") (loop $l (call $wait) (br $l))))
  (core instance $i (instantiate $m (with "h" (instance (export "wait" (func $wait))))))
  (func (export "spin") (canon lift (core func $i "spin")))
  (func (export "poll") (canon lift (core func $i "poll"))))"""
WORLD = abi.WorldType(
    "bench:deadlines/guest",
    "0.1.0",
    (abi.ImportInterface("wait", "", "Callable[[], None]", (abi.ImportFunc("wait", ""),)),),
)
Start = Callable[[str], Callable[[], object]]
"""Makes a guest; gives the call of one of its exports."""


def wait() -> None:
    """The import that takes its time."""
    time.sleep(SLOW)


def waiting(_store: object) -> None:
    """The same, as wasmtime-py calls it."""
    wait()


class Plain:
    """wasmtime-py as it comes, with a thread that counts ticks."""

    def __init__(self, ticks: int) -> None:
        config = Config()
        config.epoch_interruption = True
        self._engine = wasmtime.Engine(config)
        self._ticks = ticks
        self._component = Component(self._engine, TEXT)
        self._linker = Linker(self._engine)
        with self._linker.root() as root:
            root.add_func("wait", waiting)
        self._closed = threading.Event()
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self) -> None:
        while not self._closed.wait(TICK):
            self._engine.increment_epoch()

    def start(self, name: str) -> Callable[[], object]:
        """A guest with its deadline, which begins now."""
        store = wasmtime.Store(self._engine)
        store.set_epoch_deadline(self._ticks)
        function = self._linker.instantiate(store, self._component).get_func(store, name)
        assert function is not None
        return lambda: function(store)

    def close(self) -> None:
        """Stop the clock."""
        self._closed.set()


class Witgen:
    """The runtime of generated packages."""

    def __init__(self, ticks: int) -> None:
        self._engine = rt.engine(epoch_interruption=True)
        self._limits = rt.Limits(epoch_deadline=ticks)
        self._prepared = abi.Prepared(self._engine, Component(self._engine, TEXT), WORLD)
        self._ticker = rt.Ticker(self._engine, TICK).start()

    def start(self, name: str) -> Callable[[], object]:
        """A guest with its deadline, which begins now."""
        instance = self._prepared.instantiate(rt.Store(self._engine), {"wait": wait}, self._limits)
        return instance.bind(abi.ExportFunc[[], None]("", name))

    def close(self) -> None:
        """Stop the clock."""
        self._ticker.close()


def stopped_after(start: Start, name: str, guests: int) -> float:
    """Seconds from the beginning of the deadlines until the last of the guests was stopped."""
    ends: list[float] = []

    def run() -> None:
        call = start(name)
        begun = time.perf_counter()
        try:
            call()
        except (WasmtimeError, rt.Trap):
            ends.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=run) for _ in range(guests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return max(ends)


def busy(stop: threading.Event) -> None:
    """Keep the interpreter's lock."""
    while not stop.is_set():
        sum(range(1000))


def measure(name: str, guests: int, busy_threads: int, ticks: int, rounds: int) -> tuple[float, float]:
    """Multiples of the deadline, plain and witgen: medians over rounds."""
    plain, witgen = Plain(ticks), Witgen(ticks)
    stop = threading.Event()
    times: tuple[list[float], list[float]] = ([], [])
    with ExitStack() as stack:
        stack.callback(plain.close)
        stack.callback(witgen.close)
        stack.callback(stop.set)
        for _ in range(busy_threads):
            threading.Thread(target=busy, args=(stop,), daemon=True).start()
        for _ in range(rounds):
            times[0].append(stopped_after(plain.start, name, guests))
            times[1].append(stopped_after(witgen.start, name, guests))
    return statistics.median(times[0]) / (ticks * TICK), statistics.median(times[1]) / (ticks * TICK)


def main() -> None:
    """Print a line per load."""
    parser = argparse.ArgumentParser(description="how late deadlines are")
    parser.add_argument("--quick", action="store_true", help="one round, a short deadline")
    quick = parser.parse_args().quick
    ticks, rounds = (5, 1) if quick else (50, 5)
    print(f"deadline {ticks * TICK:.2f} s; multiples of it   plain  witgen  witgen/plain")
    loads = [("spin", guests, threads) for threads in (0, 3) for guests in (1, 4, 16)]
    for name, guests, threads in (*loads, ("poll", 1, 0), ("poll", 4, 3)):
        what = {"spin": "spinning", "poll": "in slow imports"}[name]
        plain, witgen = measure(name, guests, threads, ticks, rounds)
        load = f"{guests:2} {what}, {threads} busy threads"
        print(f"{load:36} {plain:6.2f} {witgen:7.2f} {witgen / plain:13.2f}", flush=True)


if __name__ == "__main__":
    main()
