"""What a store may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a store may use, set before the component is instantiated in it. None leaves a limit as it is.

    `fuel` (units of work) needs an engine with `fuel=True`, where a store without fuel traps at once. `epoch_deadline`
    (ticks of `Engine.increment_epoch` from now) needs one with `epoch_interruption=True`, likewise. `memory_size` is in
    bytes, per memory: `memory.grow` beyond it fails inside the component, and a component that starts with more is
    refused. `instances`, `tables` and `memories` count the core instances and their parts: a small component has
    several.
    """

    fuel: int | None = None
    epoch_deadline: int | None = None
    memory_size: int | None = None
    table_elements: int | None = None
    instances: int | None = None
    tables: int | None = None
    memories: int | None = None

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value: object = getattr(self, name)
            if value is None:
                continue
            if not isinstance(value, int) or isinstance(value, bool):
                raise TypeError(f"Limits({name}): expected int, got {type(value).__name__}")
            if not 0 <= value < 1 << (64 if name == "fuel" else 63):
                raise ValueError(f"Limits({name}): {value} is not a limit")
