"""`witgen validate` of a large component as a whole process, beside `witgen inspect` of the WIT and a Python that does nothing.

    python benchmarks/validate.py [--component FILE --wit wit --world proxy] [--runs 9] [--quick]

Without a component, the guest of `wasi:http/proxy` is built with componentize-py as the tests do, once: 19 MB, of which only
the types are read. Rounds and figures are those of `main_job.py`; ratios are to `witgen inspect`. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from main_job import ROOT, Job, measure, table

BASE = "witgen inspect WIT"
# In a process of its own: what the kernel reports as the peak of a process is at least what its parent had.
_BUILD = """
import sys
from pathlib import Path
from tests.run.guests import build_guest
print(build_guest("proxy", Path(sys.argv[1])).component)
"""


def jobs(component: Path, wit: str, world: str) -> list[Job]:
    """The commands to compare."""
    witgen = [sys.executable, "-m", "witgen"]
    validate = [*witgen, "validate", str(component), wit, "--world", world]
    return [
        Job(BASE, [*witgen, "inspect", wit]),
        Job("witgen validate", validate),
        Job("witgen validate --json", [*validate, "--json"]),
        Job("  of it: python starts", [sys.executable, "-c", "pass"]),
        Job("  of it: witgen --help", [*witgen, "--help"]),
    ]


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description="Times `witgen validate` of a large component.")
    parser.add_argument("--component", type=Path, help="component (default: the proxy guest of the tests, built)")
    parser.add_argument("--wit", default="wit", help="WIT folder, below the repository or absolute (default: wit)")
    parser.add_argument("--world", default="proxy", help="world of it (default: proxy)")
    parser.add_argument("--runs", type=int, default=9, help="rounds that count (default: 9)")
    parser.add_argument(
        "--quick", action="store_true", help="one run: whether the benchmark works, not how fast anything is"
    )
    arguments = parser.parse_args()
    component, runs = arguments.component, 1 if arguments.quick else max(1, int(arguments.runs))
    with tempfile.TemporaryDirectory(prefix="witgen-bench-") as folder:
        if component is None:
            command = [sys.executable, "-c", _BUILD, folder]
            component = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
        todo = jobs(Path(component).resolve(), str(ROOT / arguments.wit), str(arguments.world))
        measure(todo, runs)
    megabytes = Path(component).stat().st_size / 1e6
    print(f"{megabytes:.1f} MB: {runs} interleaved runs, CPython {platform.python_version()}, {os.cpu_count()} cores")
    print(f"ratio: to {BASE}\n")
    print(table(todo, BASE))


if __name__ == "__main__":
    main()
