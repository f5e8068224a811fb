"""A rig on witgen's engine, whose memory a test fills and reads; and what a judge says of the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from types import SimpleNamespace
from typing import cast

from wasmtime import wat2wasm

import witgen.runtime as rt
from tests.engines.drawn import draw_type, draw_value, show
from tests.engines.judges import REALLOC, TOP, Judge, PlainJudge, ReferenceJudge, flat_of
from tests.engines.layout import NoRoom, drawn_layout
from tests.engines.rig import (
    API,
    ENCODINGS,
    FED,
    FETCHED,
    FREE,
    GIVEN,
    HEAP,
    HOST,
    MOST_FLAT,
    PAGES,
    PLACE,
    SLOT,
    TAKEN,
    Options,
    Signature,
    rig,
)
from witgen.component.plan.items import Lifted
from witgen.runtime import generated as abi
from witgen.runtime._core.instance import CoreInstance
from witgen.runtime._core.memory import Memory

VALUES = 40
"""How often each of the four ways is tried for a signature."""
LONGEST = 2_000
"""Characters of what is said of a difference: values may be long."""


class Bench:
    """One signature. A trap spends the instance, and the next call gets another."""

    def __init__(self, engine: rt.Engine, signature: Signature, encoding: str) -> None:
        self.signature = signature
        params = tuple((f"p{n}", ty) for n, ty in enumerate(signature.params))
        functions = (
            abi.ImportFunc("in0", "taken", params, None),
            abi.ImportFunc("out0", "given", (), signature.result),
        )
        names = ("take0", "give0", "feed0", "fetch0")
        world = abi.WorldType(
            "test:rig/rig",
            "0.1.0",
            (abi.ImportInterface("host", HOST, "host.Host", functions),),
            (abi.ExportInterface(API, names),),
        )
        data = bytes(wat2wasm(rig([signature], Options(encoding, REALLOC))))
        self._prepared = abi.Prepared(engine, data, world, abi="witgen")
        self._engine = engine
        self._described = {
            "take0": abi.ExportFunc[..., object](API, "take0", params, None),
            "give0": abi.ExportFunc[..., object](API, "give0", (), signature.result),
            "feed0": abi.ExportFunc[..., object](API, "feed0", (), None),
            "fetch0": abi.ExportFunc[..., object](API, "fetch0", (), None),
        }
        self.taken: list[object] = []
        self.answer: object = None
        self._store: rt.Store | None = None
        self._functions: dict[str, Callable[..., object]] = {}
        self.memory = memoryview(b"")

    def _start(self) -> None:
        self.close()
        self._store = rt.Store(self._engine)
        host = SimpleNamespace(taken=self._take, given=self._give)
        instance = cast("CoreInstance", self._prepared.instantiate(self._store, {"host": host}))
        self._functions = {name: instance.bind(described) for name, described in self._described.items()}
        function = instance.live.plan.exports.instances[API].functions["take0"]
        assert isinstance(function, Lifted)
        memory = instance.live.memory(function.options)
        assert isinstance(memory, Memory)
        self.memory = memory.data

    def close(self) -> None:
        """Free what the instance has."""
        self.memory = memoryview(b"")
        if self._store is not None:
            self._store.close()
            self._store = None

    def _take(self, *arguments: object) -> None:
        self.taken = list(arguments)

    def _give(self) -> object:
        answer = self.answer
        if isinstance(self.signature.result, abi.Result):
            if isinstance(answer, rt.Err):
                raise answer
            return cast("rt.Ok[object]", answer).value
        return answer

    def call(self, name: str, memory: bytearray, *arguments: object) -> tuple[object, bytes] | None:
        """Fill the memory and call a function; its result and the memory then, or None if it traps."""
        if self._store is None:
            self._start()
        self.memory[:] = memory
        try:
            made = self._functions[name](*arguments)
        except rt.Trap:
            self.close()
            return None
        except rt.Err as error:
            made = error
        else:
            made = rt.Ok(made) if isinstance(self.signature.result, abi.Result) else made
        return made, bytes(self.memory)


@dataclass(slots=True)
class Counts:
    """How many values were judged, and how many of them trapped."""

    values: int = 0
    traps: int = 0


class Case:
    """One signature before a judge."""

    def __init__(self, bench: Bench, judge: Judge, encoding: str, random: Random, counts: Counts) -> None:
        self._bench = bench
        self._judge = judge
        self._encoding = encoding
        self._random = random
        self._counts = counts
        self._params = bench.signature.params
        self._results = () if bench.signature.result is None else (bench.signature.result,)

    def _memory(self, mistakes: float) -> bytearray:
        """A memory with values laid out in it."""
        made = bytearray(PAGES << 16)
        layout = drawn_layout(self._random, self._bench.signature, self._encoding, mistakes)
        made[: len(layout.data)] = layout.data
        made[TOP : TOP + 4] = FREE.to_bytes(4, "little")
        return made

    def run(self) -> None:
        """Try every way once.

        Raises:
            AssertionError: the engine and the judge disagree.
        """
        self.take()
        self.fetch()
        if isinstance(self._judge, ReferenceJudge):
            mistakes = self._random.choice((0.0, 0.02, 0.1, 0.4))
            self.give(self._judge, mistakes)
            self.feed(self._judge, mistakes)
        else:
            self.back()

    def _count(self, trapped: bool) -> None:
        self._counts.values += 1
        self._counts.traps += trapped

    def take(self) -> None:
        """Arguments go in: the same core values, and the same bytes in memory."""
        values = [draw_value(self._random, ty) for ty in self._params]
        memory = bytearray(PAGES << 16)
        # Sometimes there is no room for all of them.
        top = FREE if self._random.random() < 0.95 else (PAGES << 16) - self._random.randrange(200)
        memory[TOP : TOP + 4] = top.to_bytes(4, "little")
        found = self._bench.call("take0", memory, *values)
        slots = self._judge.lower(self._params, values, self._encoding, memory, MOST_FLAT, -1)
        self._count(found is None)
        assert (found is None) == (slots is None), f"take {values}: {found and 'returns'}, {slots}"
        if found is None or slots is None:
            return
        self._slots(found[1], TAKEN, slots, self._bench.signature.flat_params, values)
        self._same(found[1], memory, values)

    def fetch(self) -> None:
        """A result goes in."""
        memory = self._memory(0.05 if isinstance(self._judge, ReferenceJudge) else 0.0)
        values = [draw_value(self._random, ty) for ty in self._results]
        self._bench.answer = values[0] if values else None
        found = self._bench.call("fetch0", memory)
        place = int.from_bytes(memory[PLACE : PLACE + 4], "little")
        slots = self._judge.lower(self._results, values, self._encoding, memory, 1, place)
        self._count(found is None)
        assert (found is None) == (slots is None), f"fetch {values} at {place}: {found and 'returns'}, {slots}"
        if found is None or slots is None:
            return
        flat = self._bench.signature.flat_results
        self._slots(found[1], FETCHED, slots, flat if len(flat) <= 1 else [], values)
        self._same(found[1], memory, values)

    def give(self, judge: ReferenceJudge, mistakes: float) -> None:
        """A result comes out: the same value, or a trap."""
        memory = self._memory(mistakes)
        found = self._bench.call("give0", memory)
        slots = [bytes(memory[GIVEN : GIVEN + 8])]
        wanted = judge.lift(self._results, slots, self._encoding, memory, 1)
        self._count(found is None)
        shown = None if found is None else [show(found[0])] if self._results else []
        assert shown == wanted, f"give {memory[GIVEN : GIVEN + 8].hex()}: {shown}, {wanted}"

    def feed(self, judge: ReferenceJudge, mistakes: float) -> None:
        """Arguments come out."""
        memory = self._memory(mistakes)
        found = self._bench.call("feed0", memory)
        starts = range(FED, FED + SLOT * MOST_FLAT, SLOT)
        slots = [bytes(memory[at : at + 8]) for at in starts]
        wanted = judge.lift(self._params, slots, self._encoding, memory, MOST_FLAT)
        self._count(found is None)
        shown = None if found is None else [show(value) for value in self._bench.taken]
        assert shown == wanted, f"feed: {shown}, {wanted}"

    def back(self) -> None:
        """What was laid out comes out as it is."""
        values = [draw_value(self._random, ty) for ty in self._params]
        results = [draw_value(self._random, ty) for ty in self._results]
        memory = bytearray(PAGES << 16)
        memory[TOP : TOP + 4] = HEAP.to_bytes(4, "little")
        for base, types, given, most in ((FED, self._params, values, MOST_FLAT), (GIVEN, self._results, results, 1)):
            slots = self._judge.lower(types, given, self._encoding, memory, most, -1)
            for number, raw in enumerate(slots or ()):
                memory[base + SLOT * number : base + SLOT * number + 8] = raw.to_bytes(8, "little")
        fed, found = self._bench.call("feed0", memory), self._bench.call("give0", memory)
        self._count(False)
        self._count(False)
        assert fed is not None and found is not None, f"{values}, {results}: a trap"
        assert [show(value) for value in self._bench.taken] == [show(value) for value in values]
        assert not results or show(found[0]) == show(results[0])

    def _slots(self, memory: bytes, base: int, slots: list[int], letters: Sequence[str], values: list[object]) -> None:
        for number, letter in enumerate(letters):
            at, size = base + SLOT * number, 4 if letter in ("i32", "f32") else 8
            found = int.from_bytes(memory[at : at + size], "little")
            assert found == slots[number], f"{values}: core value {number} is {found:#x}, {slots[number]:#x}"

    def _same(self, one: bytes, memory: bytearray, values: list[object]) -> None:
        """Compare the word where `realloc` goes on, and what is behind pointers."""
        other = bytes(memory)
        if one[TOP : TOP + 4] == other[TOP : TOP + 4] and one[HEAP:] == other[HEAP:]:
            return
        at = next(n for n in (*range(TOP, TOP + 4), *range(HEAP, len(one))) if one[n] != other[n])
        mine, theirs = one[at : at + 16].hex(), other[at : at + 16].hex()
        raise AssertionError(f"{values}: the memories differ at {at}: {mine}, {theirs}")


def judged(engine: rt.Engine, judge: Judge, seed: str, counts: Counts, values: int = VALUES) -> None:
    """Draw a signature, and judge values of it.

    Raises:
        AssertionError: the engine and the judge disagree.
    """
    random = Random(seed)
    encoding = random.choice(ENCODINGS)
    params = tuple(draw_type(random) for _ in range(random.choice((0, 1, 1, 2, 3, 8))))
    signature = Signature(params, draw_type(random) if random.random() < 0.95 else None)
    bench = Bench(engine, signature, encoding)
    case = Case(bench, judge, encoding, random, counts)
    try:
        for number in range(values):
            try:
                case.run()
            except NoRoom:
                continue
            except Exception as wrong:
                what = f"{type(wrong).__name__}: {wrong}"
                raise AssertionError(
                    f"seed {seed}, value {number}, {encoding}: {what[:LONGEST]}\n{signature}"
                ) from wrong
    finally:
        bench.close()


__all__ = ["Bench", "Counts", "PlainJudge", "ReferenceJudge", "flat_of", "judged"]
