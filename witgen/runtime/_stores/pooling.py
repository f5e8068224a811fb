"""The limits of a pool of instances, which an engine reserves when it is made and uses again and again.

wasmtime ends the process where a pool does not fit the machine. So the limits are checked here, and as much is reserved
as it will reserve, and given back, before the engine is made.
"""

from __future__ import annotations

import sys

from ...dataclass import dataclass
from .._errors import EngineError
from .._process.fork import importing

_PAGE = 64 * 1024
_RESERVED = (4 << 30) + (64 << 20)
"""Bytes of addresses for one memory: all that 32 bits reach, and wasmtime's guards."""
_ELEMENT = 16
"""Bytes of an element of a table, at most."""
STACKS = 1000
"""How many stacks of async calls there are at least."""
_STACK = (2 << 20) + _PAGE
_MOST = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """A pool of instances: how many there can be at a time in all stores of the engine, and how large.

    Each memory takes 4 GiB of addresses from when the engine is made (x86-64 has 128 TiB), and real memory when it is
    used.

    Attributes:
        instances: components that are instantiated at a time. One more is a `PoolFullError`.
        memory_size: the bytes that a memory can grow to: a multiple of 64 KiB, up to 4 GiB.
        memories: for each of these instances, like the next two. A composed component has several.
        tables: tables for each instance.
        core_instances: core instances for each instance. Components of componentize-py have more than twenty.
        table_elements: the elements that a table can grow to.
        keep_resident: how many bytes of each memory stay with the process, and are set to zero, when its instance is
            closed. The next instance is faster for it if it uses most of them, and slower if it does not.
    """

    instances: int
    memory_size: int = 64 << 20
    memories: int = 1
    tables: int = 8
    core_instances: int = 64
    table_elements: int = 20_000
    keep_resident: int = 0

    def __post_init__(self) -> None:
        for name in ("instances", "memory_size", "memories", "tables", "core_instances", "table_elements"):
            _check(name, getattr(self, name), 1)
        _check("keep_resident", self.keep_resident, 0)
        if self.memory_size % _PAGE or self.memory_size > 4 << 30:
            raise ValueError(
                f"Pooling(memory_size): expected a multiple of {_PAGE} up to {4 << 30} bytes, got {self.memory_size}"
            )
        if self.keep_resident > self.memory_size:
            raise ValueError(
                f"Pooling(keep_resident): {self.keep_resident} is more than a memory has ({self.memory_size})"
            )
        for name in ("memories", "tables", "core_instances"):
            _check(f"instances * {name}", self.instances * getattr(self, name), 1)

    def check_room(self) -> None:
        """Check that the process can have this much address space.

        Raises:
            EngineError: it cannot.
        """
        if sys.platform == "win32":
            raise EngineError(
                "engine(pooling=…) needs Linux or macOS: wasmtime would end the process if the pool did not fit, and whether"
                " it fits cannot be tried here"
            )
        with importing:
            import mmap

        addresses = self.instances * self.memories * _RESERVED + max(self.instances, STACKS) * _STACK
        elements = self.instances * self.tables * (self.table_elements * _ELEMENT + _PAGE)
        kind = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        try:
            with mmap.mmap(-1, addresses, flags=kind, prot=0), mmap.mmap(-1, elements, flags=kind):
                pass
        except (OSError, OverflowError, ValueError):
            raise EngineError(
                f"engine(pooling=…): the system does not give this process {addresses + elements >> 30} GiB of addresses,"
                f" which {self.instances} instances with {self.memories} memories and {self.tables} tables each need"
            ) from None


def _check(name: str, value: object, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"Pooling({name}): expected int, got {type(value).__name__}")
    if not least <= value <= _MOST:  # wasmtime's numbers have 32 bits: more would be cut off
        raise ValueError(f"Pooling({name}): expected {least} to {_MOST}, got {value}")


__all__ = ["STACKS", "Pooling"]
