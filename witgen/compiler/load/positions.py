"""Where items of a load were written, for what is said of them after loading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...component.items import World
from ...dataclass import dataclass
from ..diagnostics import Label
from ..input.inputs import Inputs
from ..model.spans import Spans

if TYPE_CHECKING:
    from ...component.fit.item_parts import ItemPart
    from ...component.fit.steps import Path


@dataclass(frozen=True, slots=True)
class Positions:
    """The spans of a load; what comes from a binary was written nowhere, though its text is kept under its path."""

    spans: Spans
    binaries: frozenset[str]

    def labels(self, found: ItemPart | None) -> tuple[Label, ...]:
        """A label for the item; none where it was written nowhere."""
        if found is None:
            return ()
        part = found.part if isinstance(found.part, str) else f"{found.part.kind.value} {found.part.name}"
        span = self.spans.of_member(found.item, part)
        return () if span is None or span.source.path in self.binaries else (Label(span),)


def positions_of(inputs: Inputs, spans: Spans) -> Positions:
    """The positions of what was loaded from `inputs`."""
    files = (file for group in (inputs.root, *inputs.dependencies) for file in group.files)
    return Positions(spans, frozenset(file.path for file in files if file.data is not None))


def place_labels(positions: Positions, world: World, places: Iterable[Path]) -> dict[Path, tuple[Label, ...]]:
    """A label for what is at each place of differences from the world; the world's, if nothing is."""
    from ...component.fit.item_parts import ItemParts  # every load keeps positions, and few compare

    parts = ItemParts()
    return {place: positions.labels(parts.in_world(world, place)) for place in places}


NOWHERE = Positions(Spans(), frozenset())
"""For what has no positions: a component's own world."""

__all__ = ["NOWHERE", "Positions", "place_labels", "positions_of"]
