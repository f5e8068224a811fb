"""A place where a world can be changed, what a change is, and what must be found of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from tests.compare.edits import Edits, alike, has_borrow, key_name
from witgen.component import types as t
from witgen.component.items import (
    Constructor,
    Freestanding,
    Function,
    Interface,
    InterfaceItem,
    Method,
    Static,
    World,
)

T = TypeVar("T")


class Chooser(Protocol):
    """Chooses one of several."""

    def __call__(self, options: Sequence[T], /) -> T: ...


Change = Callable[[Edits], None]
PRIMITIVES = (t.Primitive.U8, t.Primitive.S32, t.Primitive.U64, t.Primitive.F64, t.Primitive.CHAR, t.Primitive.STRING)


@dataclass(frozen=True)
class Mutation:
    """A change, and the paths of what validation must find in each direction."""

    kind: str
    change: Change
    forward: tuple[str, ...]
    backward: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    """A place where a world can be changed: `draw` gives the change, or None if nothing fits there."""

    world: World = field(repr=False)
    kind: str
    draw: Callable[[Chooser], Mutation | None]


@dataclass(frozen=True)
class Heads:
    """How the paths begin of something that is in several imports and exports of a world."""

    imports: tuple[str, ...]
    exports: tuple[str, ...]

    def both(self, kind: str, change: Change, path: str, other: str | None = None) -> Mutation:
        """A change that nothing fits, under one path (backward under another, if it has another name then)."""
        every = (*self.imports, *self.exports)
        backward = path if other is None else other
        return Mutation(kind, change, tuple(h + path for h in every), tuple(h + backward for h in every))

    def gone(self, kind: str, change: Change, path: str, new: str | None = None) -> Mutation:
        """What is under `path` is there no longer, but something under `new`, if that is given.

        A component may import less and export more: so only an export that is gone or an import that is new is wrong.
        """
        fresh = () if new is None else tuple(h + new for h in self.imports)
        fresh_exports = () if new is None else tuple(h + new for h in self.exports)
        forward = (*fresh, *(h + path for h in self.exports))
        return Mutation(kind, change, forward, (*(h + path for h in self.imports), *fresh_exports))

    def new(self, kind: str, change: Change, path: str) -> Mutation:
        """Something is there that was not."""
        return Mutation(kind, change, tuple(h + path for h in self.imports), tuple(h + path for h in self.exports))


def heads_of(world: World, interface: Interface) -> Heads:
    """Where an interface is."""
    sides: list[tuple[str, ...]] = []
    for verb, items in (("import", world.imports), ("export", world.exports)):
        found = [
            f"{verb} {key_name(key)}"
            for key, item in items.items()
            if isinstance(item, InterfaceItem) and item.interface is interface
        ]
        sides.append(tuple(found))
    return Heads(*sides)


def shown(function: Function) -> str:
    """A function's name in a path."""
    match function.kind:
        case Freestanding():
            return function.name
        case Constructor(resource):
            return f"{resource.name} (constructor)"
        case Method(resource) | Static(resource):
            return f"{resource.name}.{function.item_name}"


def other_type(
    old: t.Type | None, types: Mapping[str, t.TypeDefinition], choose: Chooser, *, is_param: bool
) -> t.Type | None:
    """Another type that may stand in the place of one: primitive, wrapped, named in the same interface."""
    options: list[t.Type] = list(PRIMITIVES)
    if old is not None:
        wraps: list[t.Type] = [t.Option(old), t.Tuple((old, t.Primitive.U8)), t.Result(old, None), t.Result(None, old)]
        options += [*wraps, t.List(old)]
    for definition in types.values():
        resource = t.resolve_alias(definition)
        if isinstance(resource, t.Resource):
            assert isinstance(definition, t.Resource | t.Alias)
            options.append(t.Own(definition))
            options += [t.Borrow(definition)] if is_param else []
        else:
            assert not isinstance(definition, t.Resource)
            options.append(definition)
    fitting = [option for option in options if not alike(option, old) and (is_param or not has_borrow(option))]
    return choose(fitting) if fitting else None


__all__ = ["PRIMITIVES", "Change", "Chooser", "Heads", "Mutation", "Site", "heads_of", "other_type", "shown"]
