"""Judges mutants in a process that may crash: `python -m tests.engines.child SEED START STOP`, a line of JSON for each."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from tests.engines.compare import judge


def main() -> None:
    """Judge the mutants from `START` up to `STOP`."""
    seed, start, stop = map(int, sys.argv[1:])
    for number in range(start, stop):
        print(json.dumps(asdict(judge(seed, number))), flush=True)


if __name__ == "__main__":
    main()
