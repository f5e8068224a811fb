"""Tries every mutation of every world and prints how many pairs were checked: `python -m tests.compare [WORD…]`.

With words, only the worlds whose name has one of them.
"""

from __future__ import annotations

import random
import sys
from collections import Counter

from tests.compare.judges import Verdict, engine
from tests.compare.mutations import sites
from tests.compare.trial import Trials, explained
from tests.compare.worlds import Named, corpus, more


def count(worlds: list[Named], seed: int) -> Counter[str]:
    """Every mutation of some worlds.

    Raises:
        AssertionError: something is not as it must be.
    """
    counts: Counter[str] = Counter()
    chosen = random.Random(seed)
    judge = engine()
    for named in worlds:
        trials = Trials(judge, named.world)
        for site in sites(named.world):
            mutation = site.draw(chosen.choice)
            if mutation is None:
                continue
            counts["mutations"] += 1
            counts[f"mutation: {mutation.kind}"] += 1
            for pair in trials.pairs(mutation):
                assert pair.paths == pair.expected, (
                    named.name,
                    pair.mutation,
                    pair.direction,
                    pair.paths,
                    pair.expected,
                )
                counts["pairs"] += 1
                counts[f"pairs that {'fit' if pair.ours is Verdict.FITS else 'do not fit'}"] += 1
                counts[f"validator {pair.validator[0].value}"] += 1
                counts[f"linker {pair.linker[0].value}"] += 1
                counts.update(f"explained: {explanation.value}" for explanation in explained(pair))
        counts["worlds"] += 1
    return counts


def main() -> None:
    """Count and print."""
    words = sys.argv[1:]
    every = [*corpus(), *more()]
    worlds = [named for named in every if not words or any(word in named.name for word in words)]
    for what, number in sorted(count(worlds, 1).items()):
        print(f"{number:7} {what}")


if __name__ == "__main__":
    main()
