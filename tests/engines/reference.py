"""Holds witgen's engine beside the specification's reference definitions, on values and memories that are drawn.

WITGEN_COMPONENT_MODEL=../component-model python -m tests.engines.reference --values 1000000 [--seed 0]

The checkout of github.com/WebAssembly/component-model is not in this repository.
"""

from __future__ import annotations

import argparse
import sys

import witgen.runtime as rt
from tests.component.wast.runner import VARIABLE, checkout
from tests.engines.bench import Counts, judged
from tests.engines.judges import ReferenceJudge

LONGEST = 3_000
"""Characters of what is said of a difference: types may be long."""


def main() -> None:
    """Judge as many values as are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    root = checkout()
    if root is None:
        raise SystemExit(f"set {VARIABLE} to a checkout of github.com/WebAssembly/component-model")
    engine, judge, counts = rt.engine(), ReferenceJudge(root), Counts()
    failures: list[str] = []
    signatures = 0
    while counts.values < options.values:
        try:
            judged(engine, judge, f"{options.seed}/{signatures}", counts)
        except AssertionError as wrong:
            failures.append(str(wrong))
            print(str(wrong)[:LONGEST], flush=True)
        signatures += 1
        if signatures % 200 == 0:
            print(f"{counts.values:,} …", file=sys.stderr, flush=True)
    print(
        f"{counts.values:,} values of {signatures:,} signatures, {counts.traps:,} of them trapped on both sides,"
        f" {len(failures)} differences"
    )
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
