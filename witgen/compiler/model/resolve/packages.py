"""The packages of one load: each defined once, ordered so that each comes after those it mentions (WIT: packages)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from ....component.names import PackageName, Version
from ...diagnostics import Diagnostics, Label, Span, codes
from .scope import PackageScope


def order_packages(scopes: Sequence[PackageScope], diagnostics: Diagnostics) -> list[PackageScope]:
    """Order the packages depth-first, beginning with the least name; empty after an error.

    Args:
        scopes: the packages in the order in which they were collected.
        diagnostics: receives packages that are defined twice, and the first cycle.
    """
    by_name: dict[PackageName, PackageScope] = {}
    twice = False
    for scope in scopes:
        earlier = by_name.setdefault(scope.name, scope)
        if earlier is not scope:
            twice = True
            diagnostics.error(
                codes.DUPLICATE_PACKAGE,
                f"package `{scope.name}` is defined more than once",
                Label(scope.unit.span, "defined again"),
                Label(earlier.unit.span, "first defined here"),
                notes=("the definitions of a package are not merged over files or `deps/`",),
            )
    return [] if twice else _depth_first(by_name, diagnostics)


def _depth_first(by_name: dict[PackageName, PackageScope], diagnostics: Diagnostics) -> list[PackageScope]:
    ordered: dict[PackageName, PackageScope] = {}
    for name in sorted(by_name, key=_sort_key):
        visiting: dict[PackageName, None] = {}
        stack: list[tuple[PackageName, Iterator[PackageName]]] = [(name, iter(by_name[name].foreign))]
        while stack:
            current, rest = stack[-1]
            target = None if current in ordered else next(rest, None)
            if target is None:
                ordered[current] = by_name[current]
                visiting.pop(current, None)
                stack.pop()
            elif target in visiting:
                _report_cycle(by_name, current, target, list(visiting), diagnostics)
                return []
            elif target in by_name:
                visiting[target] = None
                stack.append((target, iter(by_name[target].foreign)))
    return list(ordered.values())


def _report_cycle(
    by_name: Mapping[PackageName, PackageScope],
    current: PackageName,
    target: PackageName,
    visiting: Sequence[PackageName],
    diagnostics: Diagnostics,
) -> None:
    around = visiting[visiting.index(target) :]
    others = [Label(_mention(by_name[name], needed), f"`{name}` needs `{needed}`") for name, needed in pairwise(around)]
    notes: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    if len(around) == 1:
        help = ("inside a package its items are named without it: `use name.{…}`",)
    else:
        notes = ("the cycle: " + " needs ".join(f"`{name}`" for name in (*around, target)),)
    diagnostics.error(
        codes.PACKAGE_CYCLE,
        f"package `{target}` depends on itself",
        Label(_mention(by_name[current], target)),
        *others,
        notes=notes,
        help=help,
    )


def _mention(scope: PackageScope, package: PackageName) -> Span:
    path = next(iter(scope.foreign[package].values())).first.path
    assert path.package is not None
    return path.package.span


def _sort_key(name: PackageName) -> tuple[str, str, bool, Version]:
    return name.namespace, name.name, name.version is not None, name.version or Version(0, 0, 0)
