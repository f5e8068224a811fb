"""Topological order as the reference parser defines it: among the items that are ready, the earliest in source first.

Iterative, so that chains of any length are fine. Cycles are found one for each group of items that all need each other.
The first is reported the reference's way: by the first item in source order that could not be ordered, and among its edges
the first whose target could not be ordered either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

from ....dataclass import dataclass
from ...diagnostics import Label, Span

_MOST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency on the item `target`, written at `written`; `span` is where a cycle through it is reported."""

    target: str
    span: Span
    written: Span


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle: the edge to report it at, and the way round, from the target of that edge back to itself.

    Each step is an item with its edge to the next. The edge that is reported may lead to the cycle from outside.
    """

    edge: Edge
    steps: tuple[tuple[str, Edge], ...]

    @property
    def name(self) -> str:
        """The item that depends on itself."""
        return self.steps[0][0]

    def explain(self) -> str:
        """One line that walks round the cycle."""
        names = [name for name, _ in self.steps]
        shown = [*names[:_MOST_SHOWN], *(["…"] if len(names) > _MOST_SHOWN else []), names[0]]
        return "the cycle: " + " needs ".join(f"`{name}`" if name != "…" else name for name in shown)

    def labels(self) -> tuple[Label, ...]:
        """The edge that is reported, then where the steps are written, as far as they can be shown."""
        shown = [(name, edge) for name, edge in self.steps[:_MOST_SHOWN] if edge.written != self.edge.span]
        return (
            Label(self.edge.span),
            *(Label(edge.written, f"`{name}` needs `{edge.target}`") for name, edge in shown),
        )


@dataclass(frozen=True, slots=True)
class Order:
    """The names in dependency order, except for those that are in a cycle or wait for one; and the cycles."""

    names: tuple[str, ...]
    cycles: tuple[Cycle, ...]


def order_by_dependency(edges: Mapping[str, Sequence[Edge]]) -> Order:
    """Sort the keys of `edges` (in source order), each after its targets. Every target must be a key."""
    index = {name: position for position, name in enumerate(edges)}
    names = list(edges)
    waiting = [len(targets) for targets in edges.values()]
    dependants: list[list[int]] = [[] for _ in names]
    for position, targets in enumerate(edges.values()):
        for edge in targets:
            dependants[index[edge.target]].append(position)
    ready = [position for position, count in enumerate(waiting) if not count]
    heapify(ready)
    ordered: list[str] = []
    while ready:
        position = heappop(ready)
        ordered.append(names[position])
        for dependant in dependants[position]:
            waiting[dependant] -= 1
            if not waiting[dependant]:
                heappush(ready, dependant)
    if len(ordered) == len(names):
        return Order(tuple(ordered), ())
    done = frozenset(ordered)
    left = {name: targets for name, targets in edges.items() if name not in done}
    return Order(tuple(ordered), tuple(_cycles(left)))


def _cycles(left: Mapping[str, Sequence[Edge]]) -> Iterator[Cycle]:
    """The cycles among items each of which is in one or waits for one: disjoint, one for each group.

    A walk along first edges to items that no earlier walk has passed ends in a cycle, or in items that were passed, whose
    cycle is known then. So of cycles that share items one is reported; correcting it may show another.
    """
    passed: set[str] = set()
    for start, targets in left.items():
        edge = _next(targets, left, passed)
        path: dict[str, Edge] = {}
        is_first = not passed
        name = edge.target if is_first else start
        while name not in path and name not in passed:
            path[name] = _next(left[name], left, passed)
            name = path[name].target
        passed.update(path, (start,))
        if name in path:
            names = list(path)
            around = names[names.index(name) :]
            yield Cycle(edge if is_first else path[around[-1]], tuple((item, path[item]) for item in around))


def _next(targets: Sequence[Edge], left: Mapping[str, Sequence[Edge]], passed: Collection[str]) -> Edge:
    candidates = [edge for edge in targets if edge.target in left]
    return next((edge for edge in candidates if edge.target not in passed), candidates[0])
