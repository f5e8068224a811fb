"""Changes of functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from tests.compare.edits import Edits
from tests.compare.site import PRIMITIVES, Change, Chooser, Heads, Mutation, Site, other_type
from witgen.component import types as t
from witgen.component.items import Constructor, Function, Interface, Method, Param, Static, World


def function_sites(
    world: World, types: Mapping[str, t.TypeDefinition], function: Function, heads: Heads, path: str
) -> Iterator[Site]:
    """Changes of a function's type; `path` is that of the function below the heads."""
    first = 1 if isinstance(function.kind, Method) else 0

    def site(kind: str, make: Callable[[Chooser], tuple[Change, str] | None]) -> Site:
        def draw(choose: Chooser) -> Mutation | None:
            made = make(choose)
            return None if made is None else heads.both(kind, *made)

        return Site(world, kind, draw)

    def params(new: Sequence[Param]) -> Change:
        return lambda edits: edits.set(function, "params", tuple(new))

    for index in range(first, len(function.params)):
        yield from _param_sites(types, function, index, path, site, params)
    if len(function.params) - first > 1:

        def reorder(choose: Chooser) -> tuple[Change, str]:
            index = choose(range(first, len(function.params) - 1))
            new = list(function.params)
            new[index], new[index + 1] = new[index + 1], new[index]
            return params(new), path

        yield site("parameters reordered", reorder)

    def add(choose: Chooser) -> tuple[Change, str]:
        return params([*function.params, Param("added-parameter", choose(PRIMITIVES))]), path

    def result(choose: Chooser) -> tuple[Change, str]:
        options: list[t.Type | None] = [None] if function.result is not None else []
        new = other_type(function.result, types, choose, is_param=False)
        options += [] if new is None else [new]
        drawn = choose(options)
        return (lambda edits: edits.set(function, "result", drawn)), f"{path}, result"

    def asynchronous(choose: Chooser) -> tuple[Change, str]:
        return (lambda edits: edits.set(function, "is_async", not function.is_async)), path

    yield site("parameter added", add)
    if not isinstance(function.kind, Constructor):
        yield site("result retyped", result)
        yield site("asynchronous", asynchronous)


def _param_sites(
    types: Mapping[str, t.TypeDefinition],
    function: Function,
    index: int,
    path: str,
    site: Callable[[str, Callable[[Chooser], tuple[Change, str] | None]], Site],
    params: Callable[[Sequence[Param]], Change],
) -> Iterator[Site]:
    param = function.params[index]
    at = f"{path}, parameter {index if isinstance(function.kind, Method) else index + 1} `{param.name}`"

    def with_param(*new: Param) -> Change:
        return params([*function.params[:index], *new, *function.params[index + 1 :]])

    def retyped(choose: Chooser) -> tuple[Change, str] | None:
        new = other_type(param.type, types, choose, is_param=True)
        return None if new is None else (with_param(replace(param, type=new)), at)

    def renamed(choose: Chooser) -> tuple[Change, str]:
        return with_param(replace(param, name="renamed-parameter")), path

    def dropped(choose: Chooser) -> tuple[Change, str]:
        return with_param(), path

    def lent(choose: Chooser) -> tuple[Change, str]:
        assert isinstance(param.type, t.Own | t.Borrow)
        other = t.Borrow if isinstance(param.type, t.Own) else t.Own
        return with_param(replace(param, type=other(param.type.resource))), at

    yield site("parameter retyped", retyped)
    yield site("parameter renamed", renamed)
    yield site("parameter dropped", dropped)
    if isinstance(param.type, t.Own | t.Borrow):
        yield site("own and borrow", lent)


def interface_function_sites(
    world: World, interface: Interface, function: Function, heads: Heads, path: str
) -> Iterator[Site]:
    """Changes of which functions an interface has."""
    functions = interface.functions
    yield Site(
        world,
        "function dropped",
        lambda choose: heads.gone("function dropped", lambda edits: edits.drop(functions, function.name), path),
    )
    if isinstance(function.kind, Constructor):
        return

    def renamed(name: str) -> Change:
        def change(edits: Edits) -> None:
            edits.rename(functions, function.name, name)
            edits.set(function, "name", name)

        return change

    base, _, own = function.name.rpartition(".")
    new = f"{base}.renamed-{own}" if base else f"renamed-{own}"
    new_path = path.replace(f"{function.item_name}`", f"renamed-{function.item_name}`")
    yield Site(
        world,
        "function renamed",
        lambda choose: heads.gone("function renamed", renamed(new), path, new_path),
    )

    def other_kind(edits: Edits) -> None:
        match function.kind:
            case Method(resource):
                renamed(function.name.replace("[method]", "[static]"))(edits)
                edits.set(function, "kind", Static(resource))
                edits.set(function, "params", function.params[1:])
            case Static(resource):
                renamed(function.name.replace("[static]", "[method]"))(edits)
                edits.set(function, "kind", Method(resource))
                edits.set(function, "params", (Param("self", t.Borrow(resource)), *function.params))
            case _:
                raise AssertionError(function.name)

    if isinstance(function.kind, Method | Static):
        twins = {function.name.replace("[method]", "[static]"), function.name.replace("[static]", "[method]")}
        if len(twins & functions.keys()) == 1:
            yield Site(world, "method and static", lambda choose: heads.both("method and static", other_kind, path))


__all__ = ["function_sites", "interface_function_sites"]
