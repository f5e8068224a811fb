"""Composition: what one component exports is passed as what another one imports, across stores and worlds.

The package `pipeline` holds three worlds that share their interfaces; the components are written as text.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tests.checkout import ROOT, TESTS
from tests.generated.pipeline.host.pipeline import Message, Sink, Source, channel
from tests.generated.pipeline.host.pipeline.exports import channel as exported
from witgen.runtime import Component, Engine, Store, StoreSpentError, Trap, engine

CASE = TESTS / "run" / "pipeline"
HELLO = Message("hello", channel.Mode.SAFE, 7)


class Two:
    """A source, and a sink that uses it, in stores of their own."""

    def __init__(self, wasm: Engine) -> None:
        self.gone: list[int] = []
        self.lines: list[str] = []
        self.stores = Store(wasm), Store(wasm)
        self.source = Source.prepare(wasm, text(wasm, "source")).instantiate(self.stores[0], log=self.gone.append)
        self.sink = Sink.prepare(wasm, text(wasm, "sink")).instantiate(
            self.stores[1], channel=self.source.channel, log=self.lines.append
        )


def text(wasm: Engine, name: str) -> Component:
    return Component(wasm, (CASE / f"{name}.wat").read_text("utf-8"))


@pytest.fixture(scope="module")
def wasm() -> Engine:
    return engine()


@pytest.fixture
def two(wasm: Engine) -> Two:
    return Two(wasm)


def test_values_and_resources_cross_from_store_to_store(two: Two) -> None:
    """A record, an enum, owned and borrowed handles, a record with a handle: 10 + (5 + 7) + 5, and 7 more."""
    assert two.sink.run(HELLO) == 34
    assert two.lines == ["running"]
    assert two.gone == [5, 27], "the pipe that was poured out, then the one that ended"


def test_errors_cross(two: Two) -> None:
    """What the source refuses with reaches the sink as its result."""
    assert [two.sink.try_open(size) for size in (1, 0, 5000)] == [0, 1, 2]
    assert two.gone == [1], "the sink dropped the one that was opened"


def test_the_package_is_one_set_of_types(two: Two) -> None:
    """The exported interface is an implementation of the imported one, of the same value classes."""
    assert channel.Channel in type(two.source.channel).__mro__
    with two.source.channel.Pipe(1) as pipe:
        assert isinstance(pipe, exported.Pipe)
        assert pipe.send(HELLO) == 13
    with pytest.raises(exported.FaultErr) as caught:
        two.source.channel.open(5000)
    assert caught.value.value == channel.Fault_Refused("too large")
    assert two.source.channel.end(exported.Ended(two.source.channel.Pipe(3), HELLO)) == 10


def test_a_trap_spends_both_stores(two: Two) -> None:
    """It comes through the sink's store as itself, and both say why they are spent; a third store is untouched."""
    other = Two(two.stores[0].engine)
    with pytest.raises(Trap) as caught:
        two.sink.run(Message("", channel.Mode.FAST, 666))
    assert caught.value.kind == "unreachable"
    with pytest.raises(StoreSpentError, match=r"Trap: .*unreachable"):
        two.sink.run(HELLO)
    with pytest.raises(StoreSpentError, match=r"Trap: .*unreachable"):
        two.source.channel.Pipe(1)
    assert other.sink.run(HELLO) == 34


def test_the_source_may_be_closed_first(two: Two) -> None:
    """A store that is gone is an error in the store that calls it, which spends only that one."""
    two.stores[0].close()
    with pytest.raises(ValueError, match="closed"):
        two.sink.run(HELLO)
    with pytest.raises(StoreSpentError, match="closed"):
        two.sink.try_open(1)


def test_handles_do_not_pile_up(two: Two) -> None:
    """Nothing of a call stays in either store's tables, and no handle is forgotten."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        for _ in range(200):
            two.sink.run(HELLO)
            assert two.sink.try_open(3) == 0
        gc.collect()
    assert len(two.gone) == 600


WRONG = """
from tests.generated.pipeline.host.pipeline import Sink, Source, channel
from witgen.runtime import Store, engine
from tests.run.test_pipeline import MyPipe

class Half(channel.Channel[MyPipe]):
    Pipe = MyPipe
    def open(self, size: int) -> MyPipe:
        return MyPipe(size)

def compose(sink: Sink, source: Source) -> None:
    pre = Sink.prepare(engine(), b"")
    pre.instantiate(Store(engine()), channel=source.channel, log=print)
    pre.instantiate(Store(engine()), channel=source, log=print)
    pre.instantiate(Store(engine()), channel=Half(), log=print)
    pre.instantiate(Store(engine()), channel=source.channel, log=len)
"""


class MyPipe(channel.Pipe):
    """A pipe in Python."""

    def __init__(self, start: int) -> None:
        self.start = start

    def send(self, message: Message) -> int:
        return message.count

    @classmethod
    def pour(cls, from_: MyPipe, into: MyPipe) -> int:
        return from_.start + into.start


def test_checkers_know_what_can_be_passed(tmp_path: Path) -> None:
    """mypy takes the export of one world for the import of another, and refuses what does not fit."""
    program = tmp_path / "wrong.py"
    program.write_text(WRONG, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir=/dev/null", "--config-file=", str(program)]
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    lines = [int(line.split(":")[1]) for line in done.stdout.splitlines() if "error:" in line and "wrong.py" in line]
    assert lines == [14, 15, 16], done.stdout
