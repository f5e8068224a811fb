"""Calls in both directions by the shape of their values: generated package on wasmtime's component API and on witgen's own
engine, dynamic API of wasmtime-py, bare C call.

    python benchmarks/calls.py [--value-layer fast|public] [--quick] [--only TEXT] [--json FILE]

Every round times every column once, a fraction of a millisecond where the shape allows, so that a slow spell of the
machine falls on all alike or on none; the figures are minima over the rounds. Ratios are what to read: the microseconds belong to the machine. `dyn/gen` says how many times faster the
generated package is than the dynamic API; `gen/bare` what it costs over a bare C call with arguments prepared before
(or, out of wasm, over a callback that copies its argument); `gen/own` how many times faster the same package is on
witgen's engine (`abi="witgen"`). Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import platform
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path

from calls_guest import component as component_text
from calls_sides import Bare, Dynamic, Generated, Thunk, dynamic_linker, generate, member, record
from wasmtime import Engine, wat2wasm
from wasmtime.component import Component

import witgen.runtime as rt
from witgen.runtime._layer import VARIABLE, value_layer

COLUMNS = ("dyn", "gen", "own", "bare")
IN, OUT = "host -> guest", "guest -> host"


@dataclass(frozen=True, slots=True)
class Row:
    """One shape: the WIT function, the argument for the dynamic API, the one for the package, and calls per round."""

    label: str
    function: str
    plain: tuple[object, ...]
    typed: tuple[object, ...]
    calls: int


@dataclass(slots=True)
class Measured:
    """Microseconds per call, by column; None where there is no such thing."""

    direction: str
    label: str
    times: dict[str, float | None] = field(default_factory=dict[str, "float | None"])

    def ratio(self, above: str, below: str) -> float | None:
        """One column over another."""
        one, other = self.times.get(above), self.times.get(below)
        return one / other if one and other else None


def rows(generated: Generated, quick: bool) -> list[Row]:
    """The shapes."""

    def of(path: str, *arguments: object) -> object:
        return member(generated.package, f"types.{path}")(*arguments)

    def point(number: int) -> object:
        return of("Point", number, 2, 3.5, "hello world")

    def row(label: str, function: str, plain: object, calls: int, typed: object = None) -> Row:
        return Row(label, function, (plain,), (plain if typed is None else typed,), calls)

    strings = [f"hello world {number}" for number in range(100)]
    rights = member(generated.package, "types.Rights")
    found = [
        Row("no values", "nothing", (), (), 2000),
        Row("two u32, a u32 back", "add", (1, 2), (1, 2), 2000),
        row("string of 16 B", "echo-string", "x" * 16, 1000),
        row("string of 1 KiB", "echo-string", "x" * 1024, 1000),
        row("string of 64 KiB", "echo-string", "x" * 65536, 100),
        row("bytes, 1 KiB taken", "take-bytes", bytes(1024), 20),
        row("bytes, 1 KiB given", "give-bytes", 1024, 20),
        row("bytes, 1 KiB echoed", "echo-bytes", bytes(1024), 20),
        row("bytes, 64 KiB taken", "take-bytes", bytes(65536), 1),
        row("bytes, 64 KiB given", "give-bytes", 65536, 1),
        row("bytes, 1 MiB taken", "take-bytes", bytes(1 << 20), 1),
        row("bytes, 1 MiB given", "give-bytes", 1 << 20, 1),
        row("list of 1000 u32", "echo-numbers", list(range(1000)), 20),
        row("list of 100 strings", "echo-strings", strings, 30),
        row("record, 4 fields", "echo-point", record(1), 300, point(1)),
        row("list of 100 records", "echo-points", [record(n) for n in range(100)], 5, [point(n) for n in range(100)]),
        row("variant, empty case", "echo-shape", None, 300, of("Shape_Nothing")),
        row("variant, u32", "echo-shape", 5, 300, of("Shape_Number", 5)),
        row("variant, string", "echo-shape", "hello", 300, of("Shape_Text", "hello")),
        Row("option, absent", "echo-option", (None,), (None,), 500),
        row("option, string", "echo-option", "hello", 500),
        row("result, ok", "echo-result", 5, 500, rt.Ok(5)),
        row("result, raised", "echo-result", "bad", 500, rt.Err("bad")),
        row("tuple of two", "echo-tuple", (5, "hey"), 500),
        row("flags, 4 of 8", "echo-rights", {"r0", "r2", "r4", "r6"}, 500, rights(0b01010101)),
        row("enum", "echo-colour", "green", 500, member(generated.package, "types.Colour")(1)),
    ]
    return [row for row in found if not (quick and "1 MiB" in row.label)]


_PIECES = 10
_FEWEST = 20


def measure(thunks: Sequence[Thunk | None], calls: int, rounds: int) -> list[float | None]:
    """Seconds per call of each, the least of all rounds; each round is made in up to `_PIECES` shorter ones."""
    pieces = min(_PIECES, calls)
    rounds, calls = rounds * pieces, calls // pieces
    best: list[float | None] = [None] * len(thunks)
    for thunk in thunks:
        if thunk is not None:
            thunk()
    clock = time.perf_counter
    for number in range(rounds):
        for at in range(len(thunks)):
            index = (at + number) % len(thunks)
            thunk = thunks[index]
            if thunk is None:
                continue
            start = clock()
            for _ in range(calls):
                thunk()
            took = (clock() - start) / calls
            known = best[index]
            best[index] = took if known is None else min(known, took)
    return best


@dataclass(frozen=True, slots=True)
class Bench:
    """The ways to call one component."""

    dynamic: Dynamic
    generated: Generated
    own: Generated
    bare: Bare
    rounds: int

    def into_guest(self, row: Row) -> Measured:
        """The shape in a call of the component's function."""
        thunks = (
            self.dynamic.call(row.function, row.plain),
            self.generated.call(row.function, row.typed),
            self.own.call(row.function, row.typed),
            self.bare.call(row.function, row.plain),
        )
        return _measured(IN, row.label, measure(thunks, row.calls, self.rounds))

    def out_of_guest(
        self, label: str, name: str, plain: Sequence[object], typed: Sequence[object], calls: int
    ) -> Measured:
        """The shape in calls that the component makes: a call that makes many, less one that makes none."""
        thunks: list[Thunk | None] = []
        pieces = min(_PIECES // 2, calls)
        calls //= pieces
        counts: list[int] = []
        for side, arguments in (
            (self.dynamic, plain),
            (self.generated, typed),
            (self.own, typed),
            (self.bare, plain),
        ):
            if side is self.bare and "blob" in name:
                counts.append(calls)
                thunks += [None, None]  # there is nothing in C that makes objects
                continue
            # A call of a few microseconds is lost in what the one around it takes, unless there are many.
            counts.append(max(calls, _FEWEST) if side is self.own else calls)
            for times in (0, counts[-1]):
                thunks.append(side.call(f"repeat-{name}", (times, *arguments)))
        times_ = measure(thunks, 1, self.rounds * pieces)
        differences: list[float | None] = []
        for none, many, count in zip(times_[::2], times_[1::2], counts, strict=True):
            differences.append(None if none is None or many is None else max(many - none, 0.0) / count)
        return _measured(OUT, label, differences)


def _measured(direction: str, label: str, seconds: Iterable[float | None]) -> Measured:
    times = {name: None if took is None else took * 1e6 for name, took in zip(COLUMNS, seconds, strict=True)}
    return Measured(direction, label, times)


def calls_table(bench: Bench, quick: bool, only: str) -> list[Measured]:
    """Measure and print every row."""
    print(
        f"{'us per call':38} {'dyn':>11} {'gen':>11} {'own':>11} {'bare':>11} {'dyn/gen':>9} {'gen/bare':>9} {'gen/own':>9}"
    )
    found: list[Measured] = []

    def add(measured: Measured) -> None:
        found.append(measured)
        cells = "".join(f" {_cell(measured.times[name])}" for name in COLUMNS)
        pairs = (("dyn", "gen"), ("gen", "bare"), ("gen", "own"))
        ratios = "".join(f" {_cell(measured.ratio(above, below), 9)}" for above, below in pairs)
        print(f"{f'{measured.direction}  {measured.label}':38}{cells}{ratios}", flush=True)

    shapes = [row for row in rows(bench.generated, quick) if only in row.label]
    for row in shapes:
        add(bench.into_guest(row))
    sides = (bench.dynamic, bench.generated, bench.own, bench.bare)
    methods = [side.counter() for side in sides]
    for at, label in enumerate(("resource method", "resource made, dropped")):
        if only in label:
            add(_measured(IN, label, measure([pair[at] for pair in methods], 500, bench.rounds)))
    for row in shapes:
        if row.function != "give-bytes" and "1 MiB" not in row.label:
            add(bench.out_of_guest(row.label, row.function, row.plain, row.typed, row.calls))
    for name, label in (("blob-get", "resource method"), ("blob-life", "resource made, dropped")):
        if only in label:
            add(bench.out_of_guest(label, name, (), (), 500))
    for direction in (IN, OUT):
        part = [measured for measured in found if measured.direction == direction]
        print(_means(f"{direction}  geometric mean of {len(part)}", part))
    print(_means("both ways  geometric mean", found))
    return found


def _means(label: str, part: Sequence[Measured]) -> str:
    pairs = (("dyn", "gen"), ("gen", "bare"), ("gen", "own"))
    return f"{label:86}" + " ".join(_cell(mean(part, above, below), 9) for above, below in pairs)


def _cell(number: float | None, width: int = 11) -> str:
    return f"{'-':>{width}}" if number is None else f"{number:{width}.2f}"


def mean(measured: Iterable[Measured], above: str, below: str) -> float | None:
    """The geometric mean of the ratios of two columns."""
    ratios = [ratio for one in measured if (ratio := one.ratio(above, below))]
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


# What comes before calls ----------------------------------------------------------------------------------------------


def start_costs(
    generated: Generated, engine: Engine, component: Component, rounds: int
) -> dict[str, list[float | None]]:
    """Print what it costs to get to the first call: microseconds by step, for the dynamic API and the package."""
    linker = dynamic_linker(engine)
    point, typed = record(1), member(generated.package, "types.Point")(1, 2, 3.5, "hello world")
    first: list[list[float]] = [[], []]
    for _ in range(10 * rounds):
        side = Dynamic(engine, component, linker)
        start = time.perf_counter()
        side.function("echo-point")(side.store, point)
        first[0].append(time.perf_counter() - start)
        app = generated.instantiate(rt.Store(engine))
        start = time.perf_counter()
        member(app, "calls.echo_point")(typed)
        first[1].append(time.perf_counter() - start)
    prepare = member(generated.package, "Bench.prepare")
    steps: dict[str, list[float | None]] = {
        "link, or prepare": measure([lambda: dynamic_linker(engine), lambda: prepare(engine, component)], 3, rounds),
        "store and instantiate": measure(
            [lambda: Dynamic(engine, component, linker), lambda: generated.instantiate(rt.Store(engine))], 30, rounds
        ),
        "first call, of an instance": [min(times) for times in first],
    }
    print(f"\n{'us':38} {'dyn':>11} {'gen':>11}")
    compiling = measure([lambda: Component(engine, component_text())], 1, min(rounds, 3))[0] or 0.0
    print(f"{'compile the component (wasmtime)':38} {_cell(compiling * 1e6)} {_cell(compiling * 1e6)}")
    for name, seconds in steps.items():
        steps[name] = [None if took is None else took * 1e6 for took in seconds]
        print(f"{name:38}" + "".join(f" {_cell(took)}" for took in steps[name]))
    return steps


# Threads --------------------------------------------------------------------------------------------------------------


def threads(generated: Generated, engine: Engine, component: Component, rounds: int) -> dict[str, float]:
    """Print how much more two threads do than one, each with a store of its own: short calls, and calls that work.

    Bare C calls that work say what the machine has to give: two threads of other programs may well be running.
    """
    apps = [generated.instantiate(rt.Store(engine)) for _ in range(2)]
    work = 1 << 16
    while (measure([partial(member(apps[0], "calls.spin"), work)], 1, 3)[0] or 1.0) < 0.002:
        work *= 2
    point = member(generated.package, "types.Point")(1, 2, 3.5, "x")
    bare = [Bare(engine, component).call("spin", (work,)) for _ in range(2)]

    def of(path: str, *arguments: object) -> list[Thunk]:
        return [partial(member(app, path), *arguments) for app in apps]

    print(f"\n{'two threads, a store each':38} {'us per call':>11} {'scaling':>11}")
    found: dict[str, float] = {}
    for label, thunks, calls in (
        ("bare calls that work for over 2 ms", bare, 25),
        ("calls that work for over 2 ms", of("calls.spin", work), 25),
        ("calls that add two numbers", of("calls.add", 1, 2), 20_000),
        ("calls that echo a record", of("calls.echo_point", point), 5000),
    ):
        alone = both = math.inf
        for _ in range(rounds):
            alone = min(alone, _together(thunks[:1], calls))
            both = min(both, _together(thunks, calls))
        found[label] = 2 * alone / both
        print(f"{label:38} {_cell(alone / calls * 1e6)} {_cell(found[label])}")
    return found


def _together(thunks: Sequence[Thunk], calls: int) -> float:
    """Seconds until all, each in a thread of its own, were called so many times."""
    barrier = threading.Barrier(len(thunks) + 1)

    def run(thunk: Thunk) -> None:
        barrier.wait()
        for _ in range(calls):
            thunk()

    running = [threading.Thread(target=run, args=(thunk,)) for thunk in thunks]
    for thread in running:
        thread.start()
    barrier.wait()
    start = time.perf_counter()
    for thread in running:
        thread.join()
    return time.perf_counter() - start


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Calls by the shape of their values.")
    parser.add_argument(
        "--value-layer", choices=("fast", "public"), help="the layer of the package, by default its own choice"
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and no values of 1 MiB")
    parser.add_argument("--only", default="", help="only the shapes with this text in their name")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    options = parser.parse_args()
    if options.value_layer:
        os.environ[VARIABLE] = options.value_layer
    rounds = 3 if options.quick else 9
    engine = rt.engine()
    component = Component(engine, component_text())
    generated = Generated(generate(), engine, component)
    own = Generated(generated.package, engine, bytes(wat2wasm(component_text())), "witgen")
    bench = Bench(Dynamic(engine, component), generated, own, Bare(engine, component), rounds)
    print(
        f"Python {platform.python_version()}, wasmtime {version('wasmtime')}, {os.cpu_count()} processors; "
        f"value layer: {value_layer()}\n"
    )
    gc.collect()
    gc.freeze()
    measured = calls_table(bench, options.quick, options.only)
    steps = start_costs(generated, engine, component, rounds)
    scaling = threads(generated, engine, component, rounds)
    if options.json is not None:
        calls = {f"{one.direction} {one.label}": one.times for one in measured}
        options.json.write_text(json.dumps({"calls": calls, "start": steps, "threads": scaling}, indent=1), "utf-8")


if __name__ == "__main__":
    main()
