"""What comparing costs in `witgen diff`, beside loading one of its inputs, in one process.

    python benchmarks/diff.py [--wit wit] [--component FILE] [--runs 9] [--quick]

A package is compared with itself and with a copy in which every number has another type; with `--component`, a component
with itself, loading included, since nothing else is left to do. Figures are medians of processor seconds; ratios are what to
read: the seconds belong to the machine. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from witgen import api
from witgen.compiler.changes import Change, diff_packages

ROOT = Path(__file__).resolve().parent.parent
_OTHER = {"u8": "u16", "u16": "u32", "u32": "u64", "u64": "u8"}


def changed_copy(wit: Path, folder: Path) -> Path:
    """A copy of a WIT folder in which every unsigned number has another type."""
    copy = folder / "changed"
    shutil.copytree(wit, copy)
    for path in copy.rglob("*.wit"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\bu(8|16|32|64)\b", lambda found: _OTHER[found[0]], text), encoding="utf-8")
    return copy


def cost(work: Callable[[], object], runs: int) -> float:
    """The median processor time of a piece of work, after a run that is thrown away."""
    times: list[float] = []
    for _ in range(runs + 1):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times[1:])


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="Times what `witgen diff` does beside loading.")
    parser.add_argument("--wit", type=Path, default=ROOT / "wit", help="WIT folder (default: the project's)")
    parser.add_argument("--component", type=Path, help="a component, to be compared with itself")
    parser.add_argument("--runs", type=int, default=9, help="runs that count (default: 9)")
    parser.add_argument(
        "--quick", action="store_true", help="one run: whether the benchmark works, not how fast anything is"
    )
    arguments = parser.parse_args()
    wit, component, runs = arguments.wit, arguments.component, 1 if arguments.quick else max(1, int(arguments.runs))
    with tempfile.TemporaryDirectory(prefix="witgen-bench-") as folder:
        changed = changed_copy(wit, Path(folder))
        old, new = (api.load_and_resolve(str(path)).resolved.root for path in (wit, changed))
        loading = cost(lambda: api.load_and_resolve(str(wit)), runs)
        rows = [("loading the WIT", loading), ("compared with itself", cost(lambda: diff_packages(old, old), runs))]
        changes: list[Change] = diff_packages(old, new)
        rows.append((f"with a copy: {len(changes)} changes", cost(lambda: diff_packages(old, new), runs)))
    if component is not None:
        row = f"{component.stat().st_size / 1e6:.0f} MB component twice: read and compared"
        # Under another path, or it would be read once.
        again = os.path.join(component.parent, ".", component.name)
        rows.append((row, cost(lambda: api.diff(str(component), again), runs)))
    for name, seconds in rows:
        print(f"{name:<60}{seconds * 1000:9.1f} ms{seconds / loading:9.2f}")


if __name__ == "__main__":
    main()
