"""Where resolved items were written, for diagnostics of later phases. The model itself holds no positions."""

from __future__ import annotations

from ...component.items import Function, Interface, Package, World
from ...component.types import TypeDefinition
from ...dataclass import dataclass, field
from ..diagnostics import Span

Spanned = Package | Interface | World | Function | TypeDefinition


@dataclass(slots=True)
class Spans:
    """The span of each item's name, by the identity of the item; copies made by `include` have that of the original."""

    _names: dict[Spanned, Span] = field(default_factory=dict[Spanned, Span])
    _members: dict[tuple[Spanned, str], Span] = field(default_factory=dict[tuple[Spanned, str], Span])

    def put(self, item: Spanned, span: Span) -> None:
        """Note where the name of `item` is."""
        self._names[item] = span

    def put_member(self, item: Spanned, name: str, span: Span) -> None:
        """Note where a field, case, flag or parameter of `item` is; for a world, `import name` or `export name`."""
        self._members[item, name] = span

    def of(self, item: Spanned) -> Span | None:
        """The span of the item's name."""
        return self._names.get(item)

    def of_member(self, item: Spanned, name: str) -> Span | None:
        """The span of the name of a member, as for `put_member`; that of the item where the member has none."""
        return self._members.get((item, name)) or self._names.get(item)

    def copy(self, original: Spanned, copy: Spanned, members: tuple[str, ...] = ()) -> None:
        """Give `copy`, and the given members of it, the spans of `original`."""
        span = self._names.get(original)
        if span is not None:
            self._names[copy] = span
        for name in members:
            member = self._members.get((original, name))
            if member is not None:
                self._members[copy, name] = member
