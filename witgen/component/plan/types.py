"""Value types of a plan, one object for each structure, so that they compare by identity."""

from __future__ import annotations

from collections.abc import Sequence

from ..binary.entities import Kind
from ..binary.errors import BinaryError, Fault
from .items import Shape, ValueType

MOST_LEVELS = 100
"""How deep a value type may nest."""
MOST_PARTS = 10_000
"""How many values may be in one: code that carries them is about as long."""

_Key = tuple[Kind, tuple[int, ...], tuple[str, ...], int, int]


class Shapes:
    """The value types that were made so far."""

    def __init__(self) -> None:
        self._known: dict[_Key, Shape] = {}

    def make(
        self,
        kind: Kind,
        parts: Sequence[ValueType | None],
        names: tuple[str, ...],
        size: int,
        resource: int,
        offset: int,
    ) -> Shape:
        """The type of this structure.

        Args:
            offset: where in the file it is written.

        Raises:
            BinaryError: it nests too deep, or a value of it would be too large to carry.
        """
        # `id` is enough: a primitive type is a member of an enum, and other parts are kept by what is known here.
        key = (kind, tuple(map(id, parts)), names, size, resource)
        known = self._known.get(key)
        if known is not None:
            return known
        depth, cost = 1, 1
        for part in parts:
            if isinstance(part, Shape):
                depth, cost = max(depth, part.depth + 1), cost + part.cost
            else:
                cost += 1
        cost *= max(size, 1)
        if depth > MOST_LEVELS:
            raise BinaryError(Fault.TOO_LARGE, f"a type nests more than {MOST_LEVELS} levels deep", offset)
        if cost > MOST_PARTS:
            raise BinaryError(Fault.TOO_LARGE, f"a value of a type has more than {MOST_PARTS:,} parts", offset)
        made = self._known[key] = Shape(kind, tuple(parts), names, size, resource, depth, cost)
        return made


__all__ = ["MOST_LEVELS", "MOST_PARTS", "Shapes"]
