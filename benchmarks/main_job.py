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
            process = subprocess.Popen(self.command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env=ENVIRONMENT)
            _, status, usage = os.wait4(process.pid, 0)
            elapsed = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                output.seek(0)
                said = output.read().decode(errors="replace")
                raise SystemExit(f"{' '.join(self.command)}\nended with status {process.returncode}:\n{said}")
        if measure:
            self.seconds.append(elapsed)
            self.cpu.append(usage.ru_utime + usage.ru_stime)
            self.peak = max(self.peak, usage.ru_maxrss * RSS_UNIT)


def jobs(wit: str, world: str, scratch: Path) -> list[Job]:
    """The commands to compare. Raises: SystemExit if componentize-py is not installed."""
    beside = Path(sys.executable).parent / "componentize-py"
    peer = str(beside) if beside.exists() else shutil.which("componentize-py")
    if peer is None:
        raise SystemExit("componentize-py is not installed; the development dependencies have it")
    witgen = [sys.executable, "-m", "witgen"]
    generate = [*witgen, wit, "--world", world, "--out"]
    cold, kept, theirs = scratch / "cold", scratch / "kept", scratch / "theirs"
    return [
        Job(PEER, [peer, "-d", wit, "-w", world, "bindings", str(theirs)], theirs),
        Job("witgen, cold", [*generate, str(cold)], cold),
        Job("witgen, up to date", [*generate, str(kept)]),
        Job("witgen, cold, --verify", [*generate, str(cold), "--verify"], cold),
        Job("  of it: python starts", [sys.executable, "-c", "pass"]),
        Job("  of it: witgen --help", [*witgen, "--help"]),
        Job("  of it: witgen inspect", [*witgen, "inspect", wit]),
    ]


def measure(todo: list[Job], runs: int) -> None:
    """Run the rounds."""
    for round_number in range(runs + 1):
        turn = round_number % len(todo)
        for job in todo[turn:] + todo[:turn]:
            job.run(measure=round_number > 0)


def table(done: list[Job], base: str = PEER) -> str:
    """The results as text; ratios are to the job named `base`."""
    peer = next(job for job in done if job.name == base)
    lines = [f"{'':26}{'median s':>10}{'ratio':>8}{'min s':>9}{'max s':>9}{'cpu s':>9}{'ratio':>8}{'peak MiB':>10}"]
    for job in done:
        median, cpu = statistics.median(job.seconds), statistics.median(job.cpu)
        lines.append(
            f"{job.name:26}{median:10.3f}{median / statistics.median(peer.seconds):8.2f}"
            f"{min(job.seconds):9.3f}{max(job.seconds):9.3f}"
            f"{cpu:9.3f}{cpu / statistics.median(peer.cpu):8.2f}{job.peak / 2**20:10.1f}"
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
    arguments = parser.parse_args()
    wit, world, runs = str(arguments.wit), str(arguments.world), 1 if arguments.quick else max(1, int(arguments.runs))
    with tempfile.TemporaryDirectory(prefix="witgen-bench-") as folder:
        todo = jobs(wit, world, Path(folder))
        measure(todo, runs)
    print(
        f"{wit} --world {world}: {runs} interleaved runs, CPython {platform.python_version()}, {os.cpu_count()} cores"
    )
    print(f"ratio: to {PEER}\n")
    print(table(todo))


if __name__ == "__main__":
    main()
