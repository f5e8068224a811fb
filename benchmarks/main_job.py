"""The main job as a whole process, beside `componentize-py bindings` for the same world, in one run.

    python benchmarks/main_job.py [--wit wit] [--world proxy] [--runs 9] [--quick]

Every round runs every command once, in an order that rotates, so that a slow spell of the machine falls on all alike;
the figures are medians over the rounds, after one round that is thrown away (it fills the caches of compiled Python).
Ratios are what to read: the seconds belong to the machine. Nothing is asserted here. Output of an earlier run is
removed, unmeasured, before each cold command. Peak memory is what the kernel reports of the process.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEER = "componentize-py bindings"
# ru_maxrss counts kibibytes, but bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
# An installation has its Python compiled, and so have the commands here, whatever the environment says.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(slots=True)
class Job:
    """A command line, the folder to remove before it, and what its runs took."""

    name: str
    command: list[str]
    remove: Path | None = None
    statuses: tuple[int, ...] = (0,)
    """How it may end."""
    seconds: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])
    """Processor seconds, which other work on the machine disturbs least."""
    peak: int = 0
    """Bytes, the largest of all runs."""

    def run(self, measure: bool) -> None:
        """Run once. Raises: SystemExit if the command fails."""
        if self.remove is not None:
            shutil.rmtree(self.remove, ignore_errors=True)
        with tempfile.TemporaryFile() as output:
            start = time.perf_counter()
            # Not in a checkout: `python -m witgen` would take its witgen.
            folder = tempfile.gettempdir()
            process = subprocess.Popen(
                self.command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=ENVIRONMENT
            )
            _, status, usage = os.wait4(process.pid, 0)
            elapsed = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in self.statuses:
                output.seek(0)
                said = output.read().decode(errors="replace")
                raise SystemExit(f"{' '.join(self.command)}\nended with status {process.returncode}:\n{said}")
        if measure:
            self.seconds.append(elapsed)
            self.cpu.append(usage.ru_utime + usage.ru_stime)
            self.peak = max(self.peak, usage.ru_maxrss * RSS_UNIT)


def large_package(interfaces: int = 50, types: int = 10, functions: int = 40) -> str:
    """The text of a WIT package: a world that imports `interfaces`, each with so many types and functions."""
    lines = ["package bench:large@1.0.0;"]
    for i in range(interfaces):
        lines.append(f"interface part-{i} {{")
        lines += (f"  {_TYPES[t % len(_TYPES)].format(t)}" for t in range(types))
        lines += (f"  {_FUNCTIONS[f % len(_FUNCTIONS)].format(f, f % types)}" for f in range(functions))
        lines.append("}")
    lines.append("world large {")
    lines += (f"  {'export' if i % 5 == 0 else 'import'} part-{i};" for i in range(interfaces))
    return "\n".join([*lines, "}", ""])


_TYPES = (
    "record type-{0} {{ first: u32, second: string, third: list<u8>, fourth: option<string> }}",
    "variant type-{0} {{ none, number(u64), text(string), both(tuple<u32, string>) }}",
    "enum type-{0} {{ low, middle, high }}",
    "flags type-{0} {{ read, write, execute }}",
    "type type-{0} = list<tuple<string, u32>>;",
)
_FUNCTIONS = (
    "function-{0}: func(first: u32, second: string) -> string;",
    "function-{0}: func(value: type-{1}, many: list<type-{1}>) -> result<type-{1}, string>;",
    "function-{0}: func(key: string, value: option<type-{1}>, keep: bool) -> option<type-{1}>;",
    "function-{0}: func(pairs: list<tuple<string, type-{1}>>) -> result<list<type-{1}>, type-{1}>;",
)


def jobs(wit: str, world: str, scratch: Path, python: str, name: str) -> list[Job]:
    """The commands of the witgen that `python` has."""
    witgen = [python, "-m", "witgen"]
    generate = [*witgen, wit, "--world", world, "--out"]
    cold, kept = scratch / f"{name}-cold", scratch / f"{name}-kept"
    empty = scratch / "empty.wasm"
    empty.write_bytes(b"\0asm\x0d\0\1\0")
    (scratch / "old.wit").write_text("package a:b; interface i { f: func(); } world w { }")
    (scratch / "new.wit").write_text("package a:b; interface i { f: func(x: u32); } world w { }")
    old, new = str(scratch / "old.wit"), str(scratch / "new.wit")
    return [
        Job(f"{name}, cold", [*generate, str(cold)], cold),
        Job(f"{name}, up to date", [*generate, str(kept)]),
        Job(f"{name}, cold, --verify", [*generate, str(cold), "--verify"], cold),
        Job(f"{name} --help", [*witgen, "--help"]),
        Job(f"{name} inspect", [*witgen, "inspect", wit]),
        Job(f"{name} inspect --wit", [*witgen, "inspect", wit, "--wit"]),
        Job(f"{name} validate", [*witgen, "validate", str(empty), new, "--world", "w"]),
        Job(f"{name} fmt --check", [*witgen, "fmt", "--check", wit], statuses=(0, 1)),
        Job(f"{name} diff", [*witgen, "diff", old, new], statuses=(1,)),
    ]


def large_job(scratch: Path, python: str, name: str) -> Job:
    """Both packages of the large world, from nothing."""
    wit, out = scratch / "large.wit", scratch / f"{name}-large"
    wit.write_text(large_package())
    return Job(f"{name}, large", [python, "-m", "witgen", str(wit), "--out", str(out)], out)


def peer_job(wit: str, world: str, scratch: Path) -> Job:
    """What the figures are compared with. Raises: SystemExit if componentize-py is not installed."""
    beside = Path(sys.executable).parent / "componentize-py"
    peer = str(beside) if beside.exists() else shutil.which("componentize-py")
    if peer is None:
        raise SystemExit("componentize-py is not installed; the development dependencies have it")
    theirs = scratch / "theirs"
    return Job(PEER, [peer, "-d", wit, "-w", world, "bindings", str(theirs)], theirs)


def measure(todo: list[Job], runs: int) -> None:
    """Run the rounds."""
    for round_number in range(runs + 1):
        turn = round_number % len(todo)
        for job in todo[turn:] + todo[:turn]:
            job.run(measure=round_number > 0)


def table(done: list[Job], base: str = PEER) -> str:
    """The results as text; ratios are to the job named `base`."""
    peer = next(job for job in done if job.name == base)
    lines = [
        f"{'':30}{'median s':>10}{'ratio':>8}{'min s':>9}{'max s':>9}{'cpu s':>9}{'ratio':>8}{'cpu min':>9}{'peak MiB':>10}"
    ]
    for job in done:
        median, cpu = statistics.median(job.seconds), statistics.median(job.cpu)
        lines.append(
            f"{job.name:30}{median:10.3f}{median / statistics.median(peer.seconds):8.2f}"
            f"{min(job.seconds):9.3f}{max(job.seconds):9.3f}"
            f"{cpu:9.3f}{cpu / statistics.median(peer.cpu):8.2f}{min(job.cpu):9.3f}{job.peak / 2**20:10.1f}"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description="Times the main job beside `componentize-py bindings`.")
    parser.add_argument("--wit", default="wit", help="WIT folder, below the repository or absolute (default: wit)")
    parser.add_argument("--world", default="proxy", help="world to generate for (default: proxy)")
    parser.add_argument("--runs", type=int, default=9, help="rounds that count (default: 9)")
    parser.add_argument(
        "--quick", action="store_true", help="one run: whether the benchmark works, not how fast anything is"
    )
    parser.add_argument("--large", action="store_true", help="also a world of 2,000 functions")
    parser.add_argument("--beside", metavar="PYTHON", help="the Python of another witgen to run in the same rounds")
    arguments = parser.parse_args()
    wit, world, runs = str(Path(ROOT, arguments.wit)), str(arguments.world), max(1, int(arguments.runs))
    pythons = {"witgen": sys.executable} | ({"beside": str(arguments.beside)} if arguments.beside else {})
    with tempfile.TemporaryDirectory(prefix="witgen-bench-") as folder:
        scratch = Path(folder)
        todo = [peer_job(wit, world, scratch), Job("python starts", [sys.executable, "-c", "pass"])]
        for name, python in pythons.items():
            todo += jobs(wit, world, scratch, python, name)
            todo += [large_job(scratch, python, name)] if arguments.large else []
        measure(todo, runs)
    print(
        f"{wit} --world {world}: {runs} interleaved runs, CPython {platform.python_version()}, {os.cpu_count()} cores"
    )
    print(f"ratio: to {PEER}\n")
    print(table(todo))


if __name__ == "__main__":
    main()
