"""Judges many mutants on both engines: `python -m tests.engines --count 200000 [--seed 0] [--start 0]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.engines.fuzz import Summary, fuzz
from tests.engines.mutants import mutant


def main() -> None:
    """Run; what fails is kept in `engine-failures/`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=int, default=0)
    options = parser.parse_args()
    folder = Path("engine-failures")
    kept = 0

    def tell(number: int, summary: Summary) -> None:
        nonlocal kept
        for failure in summary.failures[kept:]:
            folder.mkdir(exist_ok=True)
            _, data = mutant(options.seed, failure.number)
            (folder / f"{options.seed}-{failure.number}.wasm").write_bytes(data)
            print(f"mutant {failure.number}: {failure.how}", flush=True)
        kept = len(summary.failures)
        print(f"{number:,} …", file=sys.stderr, flush=True)

    summary = fuzz(options.seed, range(options.start, options.start + options.count), tell=tell)
    print(summary)
    sys.exit(bool(summary.failures))


if __name__ == "__main__":
    main()
