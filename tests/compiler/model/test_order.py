"""The order of dependencies."""

from __future__ import annotations

from witgen.compiler.diagnostics import Source, Span
from witgen.compiler.model.resolve.order import Edge, order_by_dependency

SPAN = Span(Source("input.wit", ""), 0, 0)


def edges(text: str) -> dict[str, list[Edge]]:
    """`"a:b c, b:"` means that a needs b and c."""
    parts = [part.partition(":") for part in text.replace(" ", "").split(",")]
    return {name: [Edge(target, SPAN, SPAN) for target in targets] for name, _, targets in parts}


def test_the_earliest_that_is_ready_comes_first() -> None:
    """Not the order in which items become ready."""
    assert order_by_dependency(edges("a:d, b:, c:, d:b")).names == ("b", "c", "d", "a")
    assert order_by_dependency(edges("c:, b:, a:")).names == ("c", "b", "a")


def told(text: str) -> list[tuple[str, str]]:
    """For each cycle where the edge that tells it leads, and the way round."""
    return [(c.edge.target, "".join(name for name, _ in c.steps)) for c in order_by_dependency(edges(text)).cycles]


def test_a_cycle_is_told_by_its_first_edge() -> None:
    """The first item that cannot be ordered, its first edge to another such; items that only wait for it count too."""
    graph = edges("x:b, a:z, z:, b:zc, c:b")
    order = order_by_dependency(graph)
    assert order.names == ("z", "a")
    (cycle,) = order.cycles
    assert cycle.edge == Edge("b", SPAN, SPAN)
    assert cycle.explain() == "the cycle: `b` needs `c` needs `b`"


def test_every_group_in_a_cycle_is_told_once() -> None:
    """In the order of the source; items that wait for a cycle, and cycles with items in common, add nothing."""
    assert told("a:b, b:a, c:c, d:a, e:f, f:g, g:e, h:") == [("b", "ba"), ("c", "c"), ("e", "efg")]
    assert told("a:ab, b:a") == [("a", "a")]
    assert told("a:x, x:y, y:x, b:y, c:c") == [("x", "xy"), ("c", "c")]
    assert told("x:y, y:y, z:xw, w:z") == [("y", "y"), ("z", "zw")]
    assert told("a:b, b:") == []


def test_a_long_cycle_is_cut() -> None:
    """The line that explains it stays a line."""
    names = [chr(0x4E00 + i) for i in range(5000)]
    graph = {name: [Edge(names[(i + 1) % 5000], SPAN, SPAN)] for i, name in enumerate(names)}
    (cycle,) = order_by_dependency(graph).cycles
    assert cycle.explain().count("needs") == 9 and "…" in cycle.explain()
    assert len(cycle.steps) == 5000
