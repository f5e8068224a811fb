"""The drawing of which interface uses which: users on the left, what they use on the right.

Layered drawing: an interface is one column left of the last that it uses. A use that skips columns passes each at
a place of its own, so no line crosses a box. Rows are ordered by the mean of the neighbours' places, a few times to and
fro; ties go by name, so the drawing depends on the model alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from ...component.items import Interface
from ...dataclass import dataclass
from ..model.resolve.elaborate import direct_dependencies
from .pages import Edge, Graph, Node
from .site import Site

_BOX = 44
_PASSAGE = 10
_GAP = 16
_BETWEEN_COLUMNS = 72
_CHARACTER = 8
_PADDING = 12
_MARGIN = 8
_SWEEPS = 6


@dataclass(frozen=True, slots=True)
class _Passage:
    """The place where a use passes a column."""

    user: Interface
    used: Interface
    column: int


_Cell = Interface | _Passage


def draw(site: Site, interfaces: Sequence[Interface], path: str, image: str) -> Graph | None:
    """The graph of the uses that these interfaces take part in, for the page at `path`; None if there are none."""
    uses = [
        (user, used)
        for user in site.interfaces
        for used in direct_dependencies(user)
        if used in site.interfaces and (user in interfaces or used in interfaces)
    ]
    if not uses:
        return None
    drawing = _Drawing(site, uses)
    return drawing.graph(path, image)


class _Drawing:
    def __init__(self, site: Site, uses: list[tuple[Interface, Interface]]) -> None:
        self._site = site
        self._uses = uses
        shown = dict.fromkeys(interface for use in uses for interface in use)
        self._shown = sorted(shown, key=lambda interface: str(interface.id))
        self._depths = self._find_depths()
        self._paths: dict[tuple[Interface, Interface], list[_Cell]] = {}
        self._columns = self._find_columns()

    def graph(self, path: str, image: str) -> Graph:
        widths = [max((self._width(cell) for cell in column), default=0) for column in self._columns]
        lefts = [_MARGIN + sum(widths[:n]) + n * _BETWEEN_COLUMNS for n in range(len(widths))]
        heights = [sum(map(_height, column)) + _GAP * (len(column) - 1) for column in self._columns]
        height = max(heights) + 2 * _MARGIN
        boxes: dict[_Cell, tuple[int, int, int]] = {}
        for column, left, width, used in zip(self._columns, lefts, widths, heights, strict=True):
            y = (height - used) // 2
            for cell in column:
                boxes[cell] = left, y, width
                y += _height(cell) + _GAP
        nodes = tuple(self._node(interface, boxes, path) for interface in self._shown)
        edges = tuple(Edge(_curve(self._paths[use], boxes), f"{use[0].name} uses {use[1].name}") for use in self._uses)
        return Graph(lefts[-1] + widths[-1] + _MARGIN, height, nodes, edges, image)

    def _find_depths(self) -> Mapping[Interface, int]:
        """How many columns from the right each is: one more than the furthest that it uses."""
        depths: dict[Interface, int] = dict.fromkeys(self._shown, 0)
        ordered = [interface for interface in self._site.interfaces if interface in depths]
        for _ in ordered:
            before = dict(depths)
            for user, used in self._uses:
                depths[user] = max(depths[user], depths[used] + 1)
            if depths == before:
                break
        return depths

    def _find_columns(self) -> list[list[_Cell]]:
        last = max(self._depths.values())
        columns: list[list[_Cell]] = [[] for _ in range(last + 1)]
        for interface in self._shown:
            columns[last - self._depths[interface]].append(interface)
        neighbours: dict[_Cell, list[_Cell]] = {}
        for user, used in self._uses:
            first, behind = last - self._depths[user], last - self._depths[used]
            passages = [_Passage(user, used, column) for column in range(first + 1, behind)]
            for passage in passages:
                columns[passage.column].append(passage)
            cells: list[_Cell] = [user, *passages, used]
            self._paths[user, used] = cells
            for one, other in pairwise(cells):
                neighbours.setdefault(one, []).append(other)
                neighbours.setdefault(other, []).append(one)
        places: dict[_Cell, float] = {}
        for column in columns:
            _note_places(column, places)
        for sweep in range(_SWEEPS):
            for column in columns if sweep % 2 else reversed(columns):
                means = {cell: _mean([places[near] for near in neighbours[cell]]) for cell in column}
                column.sort(key=means.__getitem__)
                _note_places(column, places)
        return columns

    def _width(self, cell: _Cell) -> int:
        if isinstance(cell, _Passage):
            return 0
        return _CHARACTER * max(len(str(cell.name)), len(str(cell.package.name)) - 1) + 2 * _PADDING

    def _node(self, interface: Interface, boxes: Mapping[_Cell, tuple[int, int, int]], path: str) -> Node:
        x, y, width = boxes[interface]
        href = self._site.interface(interface).seen_from(path)
        home = str(interface.package.name)
        return Node(str(interface.name), home, href, x, y, width, _BOX, x + width // 2, y + 19, y + 34)


def _height(cell: _Cell) -> int:
    return _PASSAGE if isinstance(cell, _Passage) else _BOX


def _note_places(column: Sequence[_Cell], places: dict[_Cell, float]) -> None:
    """Where the cells of a column are, from 0 at the top to 1 at the bottom."""
    for number, cell in enumerate(column):
        places[cell] = number / max(1, len(column) - 1)


def _mean(places: Sequence[float]) -> float:
    return round(sum(places) / len(places), 6)


def _curve(cells: Sequence[_Cell], boxes: Mapping[_Cell, tuple[int, int, int]]) -> str:
    """From the right side of the first box through the passages to the left side of the last."""
    points: list[tuple[int, int]] = []
    for number, cell in enumerate(cells):
        left, top, width = boxes[cell]
        middle = top + _height(cell) // 2
        if number:
            points.append((left, middle))
        if number < len(cells) - 1:
            points.append((left + width, middle))
    (x, y), *rest = points
    path = f"M{x} {y}"
    for number, (to_x, to_y) in enumerate(rest):
        half = (x + to_x) // 2
        path += f" L{to_x} {to_y}" if number % 2 else f" C{half} {y} {half} {to_y} {to_x} {to_y}"
        x, y = to_x, to_y
    return path
