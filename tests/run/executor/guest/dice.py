"""The exported interface `random`, under the name that the options gave it."""

from __future__ import annotations

from random import Random

from demo_executor.exports import dice


class Source(dice.Source):
    """Numbers from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def next(self) -> int:
        return self.random.getrandbits(64)
