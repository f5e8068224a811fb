"""The index spaces of one component, component type or instance type, filled as its definitions are read."""

from __future__ import annotations

from typing import TypeVar

from ...dataclass import dataclass, field
from .entities import (
    DEFINITIONS,
    Closure,
    Extern,
    FuncType,
    Instance,
    Kind,
    Named,
    Ref,
    ResourceType,
    Shape,
    TypeEntity,
    base,
)
from .errors import BinaryError, Fault
from .syntax import RawFunc, RawRef, RawShape

_Item = TypeVar("_Item")

MOST_LEVELS = 100
"""How deep a type may nest (as in WIT text), not counting what has a name of its own."""
MOST_COST = 1_000_000
"""How long one type may be when it is spelled out."""


@dataclass(slots=True, eq=False)
class Scope:
    """The index spaces. `types_seen` and `components_seen` bound what may be taken from `outer`."""

    outer: Scope | None = None
    types_seen: int = 0
    components_seen: int = 0
    types: list[TypeEntity] = field(default_factory=list["TypeEntity"])
    funcs: list[FuncType] = field(default_factory=list[FuncType])
    instances: list[Instance] = field(default_factory=list[Instance])
    components: list[Closure] = field(default_factory=list[Closure])
    imports: dict[str, Extern] = field(default_factory=dict[str, Extern])
    exports: dict[str, Extern] = field(default_factory=dict[str, Extern])

    def outer_type(self, count: int, index: int, offset: int) -> TypeEntity:
        """A type of an enclosing scope; 0 is this one."""
        scope, limit = self, len(self.types)
        for _ in range(count):
            limit = scope.types_seen
            scope = scope._enclosing(offset)
        return _entry(scope.types, index, "type", offset, limit)

    def outer_component(self, count: int, index: int, offset: int) -> Closure:
        """A component of an enclosing scope; 0 is this one."""
        scope, limit = self, len(self.components)
        for _ in range(count):
            limit = scope.components_seen
            scope = scope._enclosing(offset)
        return _entry(scope.components, index, "component", offset, limit)

    def _enclosing(self, offset: int) -> Scope:
        if self.outer is None:
            raise BinaryError(Fault.MALFORMED, "an alias leads further out than the outermost component", offset)
        return self.outer

    def type(self, index: int, offset: int) -> TypeEntity:
        """A type of this scope."""
        return _entry(self.types, index, "type", offset)

    def func(self, index: int, offset: int) -> FuncType:
        """A function of this scope."""
        return _entry(self.funcs, index, "function", offset)

    def instance(self, index: int, offset: int) -> Instance:
        """An instance of this scope."""
        return _entry(self.instances, index, "instance", offset)

    def component(self, index: int, offset: int) -> Closure:
        """A component of this scope."""
        return _entry(self.components, index, "component", offset)

    def func_type(self, index: int, offset: int) -> FuncType:
        """A type of this scope that must be a function's."""
        found = base(self.type(index, offset))
        if not isinstance(found, FuncType):
            raise BinaryError(Fault.MALFORMED, f"type {index} is not the type of a function", offset)
        return found

    def closure(self, index: int, offset: int) -> Closure:
        """A type of this scope that must be a component's or an instance's."""
        found = base(self.type(index, offset))
        if not isinstance(found, Closure):
            raise BinaryError(Fault.MALFORMED, f"type {index} is not that of a component or instance", offset)
        return found

    def ref(self, raw: RawRef, offset: int) -> Ref:
        """What a value type refers to."""
        if not isinstance(raw, int):
            return raw
        found = self.type(raw, offset)
        if isinstance(found, FuncType | Closure):
            raise BinaryError(Fault.MALFORMED, f"type {raw} is not the type of a value", offset)
        return found

    def shape(self, raw: RawShape) -> Shape:
        """A value type with its indices looked up."""
        parts = tuple(None if part is None else self.ref(part, raw.offset) for part in raw.parts)
        if raw.kind in (Kind.OWN, Kind.BORROW) and not isinstance(_base_of(parts[0]), ResourceType):
            raise BinaryError(Fault.MALFORMED, f"`{raw.kind.value}` needs a resource", raw.offset)
        depth, cost = 1, 8 + sum(map(len, raw.names))
        for part in parts:
            if isinstance(part, Shape) and part.kind not in DEFINITIONS:
                depth = max(depth, part.depth + 1)
                cost += part.cost
            else:
                cost += len(part.name) if isinstance(part, Named) else 8
        if depth > MOST_LEVELS:
            raise BinaryError(Fault.TOO_LARGE, f"a type nests more than {MOST_LEVELS} levels deep", raw.offset)
        if cost > MOST_COST:
            raise BinaryError(Fault.TOO_LARGE, "a type is too large to be written out", raw.offset)
        return Shape(raw.kind, parts, raw.names, raw.size, raw.offset, depth, cost)

    def function(self, raw: RawFunc) -> FuncType:
        """A function's type with its indices looked up."""
        params = tuple((name, self.ref(part, raw.offset)) for name, part in raw.params)
        result = None if raw.result is None else self.ref(raw.result, raw.offset)
        return FuncType(raw.is_async, params, result, raw.offset)


def _base_of(part: Ref | None) -> object:
    return base(part) if isinstance(part, Named | Shape | ResourceType) else part


def _entry(items: list[_Item], index: int, what: str, offset: int, limit: int | None = None) -> _Item:
    limit = len(items) if limit is None else limit
    if index >= limit:
        raise BinaryError(Fault.MALFORMED, f"there is no {what} {index}: there are {limit} so far", offset)
    return items[index]


__all__ = ["MOST_COST", "MOST_LEVELS", "Scope"]
