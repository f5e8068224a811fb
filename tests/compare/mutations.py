"""Small changes of a world, each with what validation must say of it: by the rules, not by `witgen.component.fit`.

`sites` lists where a world can be changed and how; `Site.draw` decides the rest. Of a changed world, *forward* is the
component that was made for it against the world as it was, *backward* the component of the world as it was against the
changed one; both are the paths of all differences, and there must be no others.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.compare.definitions import definition_sites
from tests.compare.edits import Edits, definitions_of, interfaces_of, key_name
from tests.compare.functions import function_sites, interface_function_sites
from tests.compare.interfaces import interface_sites, version_mutation
from tests.compare.site import Chooser, Heads, Mutation, Site, heads_of, shown
from witgen.component import types as t
from witgen.component.items import (
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    Package,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)

WORLD = Heads(("world",), ())
"""The world's own types: the world imports them."""


def sites(world: World) -> Iterator[Site]:
    """Every place where a world can be changed."""
    for interface in interfaces_of(world):
        heads = heads_of(world, interface)
        for function in interface.functions.values():
            path = f", function `{shown(function)}`"
            yield from function_sites(world, interface.types, function, heads, path)
            yield from interface_function_sites(world, interface, function, heads, path)
        for definition in interface.types.values():
            yield from definition_sites(world, interface.types, definition, heads)
        yield from interface_sites(world, interface, heads)
    own = {key: item.type for key, item in world.imports.items() if isinstance(item, TypeItem) and isinstance(key, str)}
    for definition in own.values():
        yield from definition_sites(world, own, definition, WORLD)
    yield from _world_sites(world, own)
    packages = {id(i.package): i.package for i in interfaces_of(world) if i.name is not None}
    for package in packages.values():
        yield _version_site(world, package)


def _version_site(world: World, package: Package) -> Site:
    return Site(world, "version", lambda choose: version_mutation(world, package, choose))


def _world_sites(world: World, own: dict[str, t.TypeDefinition]) -> Iterator[Site]:
    for verb, items in (("import", world.imports), ("export", world.exports)):
        heads = Heads((f"{verb} ",), ()) if verb == "import" else Heads((), (f"{verb} ",))
        yield from _added(world, verb, items, heads)
        for key, item in items.items():
            if isinstance(item, TypeItem):
                continue
            if isinstance(item, FunctionItem):
                at = Heads((f"{verb} {shown(item.function)}",), ())
                yield from function_sites(world, own, item.function, at, "")
            elif _is_needed(world, item):
                continue
            yield _dropped(world, verb, items, key, heads)
            if isinstance(key, str) and "." not in key and "]" not in key:
                yield _key_renamed(world, verb, items, key, heads)


def _added(world: World, verb: str, items: dict[WorldKey, WorldItem], heads: Heads) -> Iterator[Site]:
    function = Function("added-item", Freestanding(), False, (), None)
    inline = Interface(None, world.package, functions={"f": Function("f", Freestanding(), False, (), None)})

    def site(kind: str, item: WorldItem) -> Site:
        def draw(choose: Chooser) -> Mutation:
            return heads.new(kind, lambda edits: edits.put(items, "added-item", item), "added-item")

        return Site(world, kind, draw)

    yield site(f"{verb} of function added", FunctionItem(function))
    yield site(f"{verb} of interface added", InterfaceItem(inline))


def _dropped(world: World, verb: str, items: dict[WorldKey, WorldItem], key: WorldKey, heads: Heads) -> Site:
    item = items[key]
    name = shown(item.function) if isinstance(item, FunctionItem) else key_name(key)

    def draw(choose: Chooser) -> Mutation:
        return heads.gone(f"{verb} dropped", lambda edits: edits.drop(items, key), name)

    return Site(world, f"{verb} dropped", draw)


def _key_renamed(world: World, verb: str, items: dict[WorldKey, WorldItem], key: str, heads: Heads) -> Site:
    new = f"renamed-{key}"

    def change(edits: Edits) -> None:
        item = items[key]
        edits.rename(items, key, new)
        if isinstance(item, FunctionItem):
            edits.set(item.function, "name", new)

    return Site(world, f"{verb} renamed", lambda choose: heads.gone(f"{verb} renamed", change, key, new))


def _is_needed(world: World, item: InterfaceItem) -> bool:
    """Whether something else in the world takes a type from an imported or exported interface."""
    return any(
        isinstance(definition, t.Alias)
        and isinstance(definition.target, t.Definition)
        and definition.target.owner is item.interface
        and definition.owner is not item.interface
        for definition in definitions_of(world)
    )


__all__ = ["sites"]
