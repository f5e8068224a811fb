"""Types and functions as code with links, for one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from ...component import types
from ...component.items import Constructor, Freestanding, Function, Method, Static
from ...component.types import Stability, Stable, Type, TypeDefinition, Unstable
from .pages import Badge, Code, Piece
from .site import Site

_WIDTH = 76


@dataclass(frozen=True, slots=True)
class Spelling:
    """Spells code on the page at `path`."""

    site: Site
    path: str

    def type(self, type: Type) -> Code:
        """A type."""
        return code(self._type(type))

    def field(self, name: str, type: Type) -> Code:
        """`name: type`."""
        return code([Piece(f"{name}: "), *self._type(type)])

    def case(self, name: str, payload: Type | None) -> Code:
        """`name` or `name(type)`."""
        return code([Piece(name)] if payload is None else [Piece(f"{name}("), *self._type(payload), Piece(")")])

    def alias(self, alias: types.Alias) -> Code:
        """`type name = type`."""
        target = alias.target
        spelled = [self._name(target)] if isinstance(target, types.Resource) else self._type(target)
        return code([Piece(f"type {alias.name} = "), *spelled])

    def function(self, function: Function) -> Code:
        """The function's declaration, one parameter a line where it is long."""
        params = function.params
        result = function.result
        start = f"{function.item_name}: "
        match function.kind:
            case Constructor(resource):
                start = "constructor"
                result = None if result == types.Own(resource) else result
            case Static():
                start += "static "
            case Method():
                params = params[1:]
            case Freestanding():
                pass
        if not isinstance(function.kind, Constructor):
            start += "async func" if function.is_async else "func"
        listed = [self.field(param.name, param.type) for param in params]
        behind = [] if result is None else [Piece(" -> "), *self._type(result)]
        flat = code([Piece(f"{start}("), *_joined(listed, ", "), Piece(")"), *behind])
        if len(flat.text) <= _WIDTH or not listed:
            return flat
        return code([Piece(f"{start}(\n  "), *_joined(listed, ",\n  "), Piece(",\n)"), *behind])

    # ------------------------------------------------------------------------------------------------------------------

    def _name(self, definition: TypeDefinition) -> Piece:
        place = self.site.type(definition)
        return Piece(definition.name, "" if place is None else place.seen_from(self.path))

    def _type(self, type: Type) -> Iterator[Piece]:
        match type:
            case types.Primitive():
                yield Piece(type.value)
            case types.List(element):
                yield from self._generic("list", element)
            case types.FixedList(element, size):
                yield from [Piece("list<"), *self._type(element), Piece(f", {size}>")]
            case types.Map(key, value):
                yield from self._generic("map", key, value)
            case types.Option(element):
                yield from self._generic("option", element)
            case types.Result(None, err) if err is not None:
                yield from [Piece("result<_, "), *self._type(err), Piece(">")]
            case types.Result(ok, err):
                yield from self._generic("result", *(part for part in (ok, err) if part is not None))
            case types.Tuple(elements):
                yield from self._generic("tuple", *elements)
            case types.Future(payload):
                yield from self._generic("future", *([] if payload is None else [payload]))
            case types.Stream(payload):
                yield from self._generic("stream", *([] if payload is None else [payload]))
            case types.Own(resource):
                yield self._name(resource)
            case types.Borrow(resource):
                yield from [Piece("borrow<"), self._name(resource), Piece(">")]
            case types.Record() | types.Variant() | types.Enum() | types.Flags() | types.Alias():
                yield self._name(type)
            case _:
                assert_never(type)

    def _generic(self, name: str, *parts: Type) -> Iterator[Piece]:
        if not parts:
            yield Piece(name)
            return
        yield from [Piece(f"{name}<"), *_joined([self.type(part) for part in parts], ", "), Piece(">")]


def code(pieces: Iterable[Piece]) -> Code:
    """Code of pieces, those without links put together."""
    found: list[Piece] = []
    for piece in pieces:
        if found and not piece.href and not found[-1].href:
            found[-1] = Piece(found[-1].text + piece.text)
        else:
            found.append(piece)
    return Code(tuple(found))


def badges(stability: Stability | None, around: Stability | None = None) -> tuple[Badge, ...]:
    """The gates of an item, but not if it only has those of what is `around` it."""
    found: tuple[Badge, ...] = ()
    match stability:
        case None:
            return ()
        case Stable(since):
            found = (Badge("since", f"since {since}"),)
        case Unstable(feature):
            found = (Badge("unstable", f"unstable: {feature}"),)
        case _:
            assert_never(stability)
    if stability == around:
        found = ()
    if stability.deprecated is not None:
        found = (*found, Badge("deprecated", f"deprecated since {stability.deprecated}"))
    return found


def _joined(parts: Iterable[Code], between: str) -> Iterator[Piece]:
    for number, part in enumerate(parts):
        if number:
            yield Piece(between)
        yield from part.pieces
