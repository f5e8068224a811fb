"""Types and functions as code with links, for one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from ...component import types
from ...component.items import Function
from ...component.notation import Part, Token, declared_name, part_tokens, signature, target_tokens, type_tokens
from ...component.types import Stability, Stable, Type, TypeDefinition, Unstable
from ...dataclass import dataclass
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
        return self._code(type_tokens(type))

    def part(self, part: Part) -> Code:
        """`name: type` of a field or parameter, `name` or `name(type)` of a case."""
        return self._code(part_tokens(part))

    def alias(self, alias: types.Alias) -> Code:
        """`type name = type`."""
        return self._code([f"type {alias.name} = ", *target_tokens(alias)])

    def function(self, function: Function) -> Code:
        """The function's declaration, one parameter a line where it is long."""
        spelled = signature(function)
        start = f"{declared_name(function)}{spelled.keywords}"
        listed = [self.part(param) for param in spelled.params]
        result = self._linked(spelled.result_tokens())
        flat = code([Piece(f"{start}("), *_joined(listed, ", "), Piece(")"), *result])
        if len(flat.text) <= _WIDTH or not listed:
            return flat
        return code([Piece(f"{start}(\n  "), *_joined(listed, ",\n  "), Piece(",\n)"), *result])

    # ------------------------------------------------------------------------------------------------------------------

    def _name(self, definition: TypeDefinition) -> Piece:
        place = self.site.type(definition)
        return Piece(definition.name, "" if place is None else place.seen_from(self.path))

    def _linked(self, tokens: Iterable[Token]) -> list[Piece]:
        return [Piece(token) if isinstance(token, str) else self._name(token) for token in tokens]

    def _code(self, tokens: Iterable[Token]) -> Code:
        return code(self._linked(tokens))


def code(pieces: Iterable[Piece]) -> Code:
    """Code made of pieces; neighbouring pieces without links are joined."""
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
