"""Resource limits of a process that compiles a component."""

from __future__ import annotations

from collections.abc import Callable

from ...dataclass import dataclass

Progress = Callable[[float, int], None]
"""Called with the seconds elapsed and the bytes in use, a few times a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """The limits of a process that compiles a component. None means no limit.

    Attributes:
        seconds: of time, from when the process has started.
        memory: in bytes, for the whole process, which takes some 40 MiB itself.
    """

    seconds: float | None = 60.0
    memory: int | None = 1 << 30

    def __post_init__(self) -> None:
        given: dict[str, object] = {"seconds": self.seconds, "memory": self.memory}
        for name, value in given.items():
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int if name == "memory" else int | float):
                expected = "int" if name == "memory" else "float"
                raise TypeError(f"Isolation({name}): expected {expected}, got {type(value).__name__}")
            if not 0 < value < 1 << 62:
                raise ValueError(f"Isolation({name}): {value} is not a limit")


__all__ = ["Isolation", "Progress"]
