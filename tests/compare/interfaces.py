"""Changes of interfaces and of their packages' versions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.compare.edits import Edits, interfaces_of
from tests.compare.site import Change, Chooser, Heads, Mutation, Site
from witgen.component import types as t
from witgen.component.items import Freestanding, Function, Interface, InterfaceItem, Package, Param, World
from witgen.component.semver import Version

VERSIONS = ("", "0.0.3", "0.0.4", "0.2.1", "0.2.9", "1.0.0", "1.9.0", "2.0.0", "1.0.0-rc.1")


def interface_sites(world: World, interface: Interface, heads: Heads) -> Iterator[Site]:
    """Changes of an interface as a whole."""
    what = (interface, None, None, None)
    resource = t.Resource("added-resource", *what)
    record = t.Record("added-type", *what, (t.Field("x", t.Primitive.U8),))
    function = Function("added-function", Freestanding(), False, (Param("x", t.Primitive.U8),), None)
    yield Site(
        world,
        "function added",
        lambda choose: heads.new(
            "function added",
            lambda edits: edits.put(interface.functions, function.name, function),
            ", function `added-function`",
        ),
    )
    yield Site(
        world,
        "resource added",
        lambda choose: heads.new(
            "resource added",
            lambda edits: edits.put(interface.types, resource.name, resource),
            ", type `added-resource`",
        ),
    )
    yield Site(
        world,
        "type added",
        lambda choose: Mutation("type added", lambda edits: edits.put(interface.types, record.name, record), (), ()),
    )
    if len(interface.functions) > 1:
        turned = dict(reversed(interface.functions.items()))
        yield Site(
            world,
            "functions reordered",
            lambda choose: Mutation(
                "functions reordered", lambda edits: edits.fill(interface.functions, turned), (), ()
            ),
        )
    if interface.name is not None:
        yield Site(world, "interface renamed", lambda choose: _renamed(world, interface))


def _renamed(world: World, interface: Interface) -> Mutation:
    assert interface.name is not None
    new = f"renamed-{interface.name}"
    return _other_ids(
        world, "interface renamed", lambda edits: edits.set(interface, "name", new), [interface], lambda id: False
    )


def version_mutation(world: World, package: Package, choose: Chooser) -> Mutation | None:
    """Another version of a package; None where another version of it is in the world."""
    text = choose([text for text in VERSIONS if text != str(package.name.version or "")])
    new = replace(package.name, version=Version.parse(text) if text else None)
    others = {id(i.package): i.package for i in interfaces_of(world) if i.package is not package}.values()
    if any((o.name.namespace, o.name.name) == (new.namespace, new.name) for o in others):
        return None  # the other version may come to be the one that fits
    fits = compatible(str(package.name.version or ""), text)
    kind = "compatible version" if fits else "other version"
    changed = [interface for interface in interfaces_of(world) if interface.package is package]
    return _other_ids(world, kind, lambda edits: edits.set(package, "name", new), changed, lambda id: fits)


def compatible(old: str, new: str) -> bool:
    """The rule for versions: the leftmost number that is not zero is the same, `0.0.x` and others only exactly."""
    if old == new:
        return True
    if "-" in old + new or not old or not new:
        return False
    left, right = old.split("."), new.split(".")
    if left[0] != "0":
        return left[0] == right[0]
    return left[1] != "0" and left[:2] == right[:2]


def _other_ids(
    world: World, kind: str, change: Change, interfaces: list[Interface], fits: Callable[[str], bool]
) -> Mutation:
    """A change after which interfaces have other ids; under a label, they only stand for something else."""
    forward: list[str] = []
    backward: list[str] = []
    for verb, items in (("import", world.imports), ("export", world.exports)):
        for key, item in items.items():
            if not isinstance(item, InterfaceItem) or item.interface not in interfaces or item.interface.id is None:
                continue
            if fits(item.interface.id):
                continue
            if isinstance(key, str):
                forward.append(f"{verb} {key}")
                backward.append(f"{verb} {key}")
                continue
            old = f"{verb} {item.interface.id}"
            edits = Edits()
            change(edits)
            new = f"{verb} {item.interface.id}"
            edits.undo()
            forward.append(new if verb == "import" else old)
            backward.append(old if verb == "import" else new)
    return Mutation(kind, change, tuple(forward), tuple(backward))


__all__ = ["compatible", "interface_sites", "version_mutation"]
