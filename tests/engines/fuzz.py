"""Gives mutants to child processes, a batch to each, and sees what differs, crashes, hangs."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from tests.engines.compare import Verdict

BATCH = 2_000
PATIENCE = 120.0
"""Seconds in which a child must say something."""

Command = Callable[[int, int, int], Sequence[str]]
"""The command that judges mutants, from a seed, the first number and the one after the last."""


@dataclass(slots=True)
class Failure:
    """A mutant that failed, and how."""

    number: int
    how: str


@dataclass(slots=True)
class Summary:
    """What came of many mutants."""

    tried: Counter[str] = field(default_factory=Counter[str])
    """How many, by family."""
    ran: Counter[str] = field(default_factory=Counter[str])
    """How many of them could be prepared and called, by family."""
    lines: int = 0
    """How many results were compared and are the same."""
    known: Counter[str] = field(default_factory=Counter[str])
    """How many differ in what they may, by reason."""
    failures: list[Failure] = field(default_factory=list[Failure])

    def add(self, number: int, verdict: Verdict) -> None:
        """Count one."""
        self.tried[verdict.family] += 1
        self.ran[verdict.family] += verdict.lines > 0
        self.lines += verdict.lines
        if verdict.reason:
            self.known[verdict.reason] += 1
        elif verdict.difference:
            self.failures.append(Failure(number, f"{verdict.family}: {verdict.difference}"))

    def __str__(self) -> str:
        heads = [
            f"{sum(self.tried.values()):,} mutants, {sum(self.ran.values()):,} of them ran: {self.lines:,} results are the same"
        ]
        heads += [f"  {family}: {count:,}, {self.ran[family]:,} ran" for family, count in sorted(self.tried.items())]
        heads += [f"  may differ ({count:,}): {reason}" for reason, count in self.known.most_common()]
        heads += [f"{len(self.failures)} failures"]
        return "\n".join([*heads, *(f"mutant {found.number}: {found.how}" for found in self.failures[:100])])


def child_command(seed: int, start: int, stop: int) -> Sequence[str]:
    """The command that judges for real."""
    return [sys.executable, "-m", "tests.engines.child", str(seed), str(start), str(stop)]


def fuzz(
    seed: int,
    numbers: range,
    command: Command = child_command,
    patience: float = PATIENCE,
    batch: int = BATCH,
    tell: Callable[[int, Summary], None] = lambda _number, _summary: None,
) -> Summary:
    """Judge mutants; one that crashes or hangs its process is a failure, and the next one is judged in another.

    Args:
        seed: which mutants.
        numbers: their numbers, one after another.
        command: what judges them.
        patience: how many seconds one may take.
        batch: how many a process judges.
        tell: is told after each process how far it is.
    """
    summary = Summary()
    at = numbers.start
    while at < numbers.stop:
        at = _batch(
            command(seed, at, min(at + batch, numbers.stop)), at, min(at + batch, numbers.stop), patience, summary
        )
        tell(at, summary)
    return summary


def _batch(command: Sequence[str], start: int, stop: int, patience: float, summary: Summary) -> int:
    """Run one process; returns the number of the mutant to go on with."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stderr is not None
        errors: list[str] = []
        reader = threading.Thread(
            target=lambda: errors.append(child.stderr.read() if child.stderr else ""), daemon=True
        )
        reader.start()
        at = start
        try:
            for line in _lines(child.stdout, patience):
                if not line.startswith("{"):
                    continue
                summary.add(at, Verdict(**json.loads(line)))
                at += 1
        except TimeoutError:
            child.kill()
            summary.failures.append(Failure(at, f"hangs for {patience} seconds"))
            return at + 1
        child.wait()
        reader.join()
        if at < stop:
            tail = "".join(errors)[-3000:]
            summary.failures.append(Failure(at, f"ends its process with status {child.returncode}\n{tail}"))
            return at + 1
        return at


def _lines(stream: IO[str], patience: float) -> Iterator[str]:
    """The lines of a stream.

    Raises:
        TimeoutError: none came for `patience` seconds.
    """
    found: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in stream:
            found.put(line)
        found.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = found.get(timeout=patience)
        except queue.Empty:
            raise TimeoutError from None
        if line is None:
            return
        yield line


__all__ = ["Failure", "Summary", "child_command", "fuzz"]
