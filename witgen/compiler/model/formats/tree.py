"""The resolved model as readable text, for `witgen inspect`: a tree by indentation, in the words of WIT.

Of docs the first line is shown. A gate is shown where it differs from that of what is around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from ....component import types
from ....component.items import (
    Freestanding,
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    Package,
    Resolved,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from ....component.notation import declared_name, keyword, part_tokens, parts_of, signature, target_tokens, text
from ....component.types import Stability, Stable, TypeDefinition

_WIDTH = 100
_STEP = "  "


def render_tree(resolved: Resolved, world: World | None = None) -> str:
    """All packages, the root first; or one world, with the interfaces it imports and exports."""
    if world is not None:
        return "\n".join(_chosen_world(world)) + "\n"
    others = [package for package in resolved.packages if package is not resolved.root]
    blocks = [_package(resolved.root, is_root=True), *(_package(package, is_root=False) for package in others)]
    return "\n".join("\n".join(block) + "\n" for block in blocks)


def _package(package: Package, *, is_root: bool) -> Iterator[str]:
    yield from _docs(package.docs, "")
    yield f"package {package.name}" + (" (root)" if is_root else "")
    for interface in package.interfaces.values():
        yield ""
        yield from _interface(interface, str(interface.name), _STEP, None)
    for world in package.worlds.values():
        yield ""
        yield from _world(world, world.name, _STEP)


def _chosen_world(world: World) -> Iterator[str]:
    yield from _world(world, world.id, "")
    items = (*world.imports.values(), *world.exports.values())
    named = [i.interface for i in items if isinstance(i, InterfaceItem) and i.interface.name is not None]
    for interface in dict.fromkeys(named):
        yield ""
        yield from _interface(interface, str(interface.id), "", None)


# Interfaces and worlds ------------------------------------------------------------------------------------------------


def _interface(interface: Interface, title: str, indent: str, around: Stability | None) -> Iterator[str]:
    yield from _docs(interface.docs, indent)
    yield f"{indent}interface {title}{_gate(interface.stability, around)}"
    yield from _interface_members(interface, indent + _STEP)


def _interface_members(interface: Interface, indent: str) -> Iterator[str]:
    around = interface.stability
    for definition in interface.types.values():
        yield from _definition(definition, indent, around)
        if isinstance(definition, types.Resource):
            for function in interface.functions_of(definition):
                yield from _function(function, indent + _STEP, definition.stability)
    for function in interface.freestanding():
        yield from _function(function, indent, around)


def _world(world: World, title: str, indent: str) -> Iterator[str]:
    yield from _docs(world.docs, indent)
    yield f"{indent}world {title}{_gate(world.stability, None)}"
    for side, items in (("imports", world.imports), ("exports", world.exports)):
        if items:
            yield f"{indent}{_STEP}{side}"
            yield from _items(items, indent + 2 * _STEP, world.stability)


def _items(items: Mapping[WorldKey, WorldItem], indent: str, around: Stability | None) -> Iterator[str]:
    for key, item in items.items():
        match item:
            case InterfaceItem(interface, docs, stability) if interface.name is not None:
                label = f"{key}: " if isinstance(key, str) else ""
                yield from _docs(docs, indent)
                yield f"{indent}{label}{interface.id}{_gate(stability, around)}"
            case InterfaceItem(interface, _, stability):
                yield from _docs(interface.docs, indent)
                yield f"{indent}{key}: interface{_gate(stability, around)}"
                yield from _interface_members(interface, indent + _STEP)
            case FunctionItem(function):
                is_member = not isinstance(function.kind, Freestanding)
                yield from _function(function, indent, around, of_resource=is_member)
            case TypeItem(definition):
                yield from _definition(definition, indent, around)
            case _:
                assert_never(item)


# Functions and types --------------------------------------------------------------------------------------------------


def _function(function: Function, indent: str, around: Stability | None, *, of_resource: bool = False) -> Iterator[str]:
    spelled = signature(function)
    owner = ""
    if of_resource and not isinstance(function.kind, Freestanding):
        owner = f"{function.kind.resource.name}."
    opening = f"{indent}{owner}{declared_name(function)}{spelled.keywords}("
    members = [text(part_tokens(param)) for param in spelled.params]
    gate = _gate(function.stability, around)
    yield from _docs(function.docs, indent)
    yield from _wrapped(opening, members, f"){text(spelled.result_tokens())}{gate}", indent)


def _definition(definition: TypeDefinition, indent: str, around: Stability | None) -> Iterator[str]:
    gate = _gate(definition.stability, around)
    head = f"{indent}{keyword(definition)} {definition.name}"
    if isinstance(definition, types.Alias):
        target = definition.target
        if isinstance(target, types.Definition) and target.owner is not definition.owner:
            owner = target.owner
            home = owner.package.name.item(owner.name or "")
            taken = target.name if target.name == definition.name else f"{target.name} as {definition.name}"
            head = f"{indent}use {home}.{{{taken}}}"
        else:
            head += f" = {text(target_tokens(definition))}"
    members = [text(part_tokens(part)) for part in parts_of(definition)]
    yield from _docs(definition.docs, indent)
    if members or isinstance(definition, types.Record | types.Flags):
        yield from _wrapped(f"{head} {{", members, f"}}{gate}", indent, pad=" ")
    else:
        yield head + gate


# Lines ----------------------------------------------------------------------------------------------------------------


def _wrapped(opening: str, members: Iterable[str], closing: str, indent: str, pad: str = "") -> Iterator[str]:
    """Members between brackets on one line, or one per line if that is too long."""
    listed = list(members)
    line = f"{opening}{pad}{', '.join(listed)}{pad}{closing}" if listed else f"{opening}{closing}"
    if len(line) <= _WIDTH or not listed:
        yield line
        return
    yield opening
    for member in listed:
        yield f"{indent}{_STEP}{member},"
    yield f"{indent}{closing}"


def _docs(docs: str | None, indent: str) -> Iterator[str]:
    first = "" if docs is None else docs.strip().partition("\n")[0].strip()
    if first:
        yield f"{indent}/// {first}"


def _gate(stability: Stability | None, around: Stability | None) -> str:
    if stability is None or stability == around:
        return ""
    deprecated = "" if stability.deprecated is None else f", deprecated {stability.deprecated}"
    if isinstance(stability, Stable):
        return f"  [since {stability.since}{deprecated}]"
    return f"  [unstable {stability.feature}{deprecated}]"
