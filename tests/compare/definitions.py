"""Changes of types that have names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tests.compare.edits import Edits, definitions_of, functions_of, reaches
from tests.compare.site import Chooser, Heads, Mutation, Site, other_type
from witgen.component import types as t
from witgen.component.items import Freestanding, Function, Interface, World


def definition_sites(
    world: World, types: dict[str, t.TypeDefinition], definition: t.TypeDefinition, heads: Heads
) -> Iterator[Site]:
    """Changes of a definition that is among `types`."""
    word = "type" if isinstance(definition, t.Alias | t.Resource) else type(definition).__name__.lower()
    path = f", {word} `{definition.name}`"
    earlier = dict(list(types.items())[: list(types).index(definition.name)])

    def site(kind: str, attribute: str, new: Callable[[Chooser], object | None], at: str = path) -> Site:
        def draw(choose: Chooser) -> Mutation | None:
            value = new(choose)
            if value is None:
                return None
            return heads.both(kind, lambda edits: edits.set(definition, attribute, value), at)

        return Site(world, kind, draw)

    match definition:
        case t.Record(fields=fields):
            yield from _part_sites("field", "fields", fields, t.Field("added-part", t.Primitive.U8), site)
            for index, field in enumerate(fields):

                def retyped(choose: Chooser, index: int = index, field: t.Field = field) -> object | None:
                    new = other_type(field.type, earlier, choose, is_param=False)
                    return None if new is None else (*fields[:index], replace(field, type=new), *fields[index + 1 :])

                yield site("field retyped", "fields", retyped, f"{path}, field `{field.name}`")
        case t.Variant(cases=cases):
            yield from _part_sites("case", "cases", cases, t.Case("added-part", None), site)
            for index, case in enumerate(cases):

                def payload(choose: Chooser, index: int = index, case: t.Case = case) -> object | None:
                    new = other_type(case.type, earlier, choose, is_param=False)
                    drawn = choose([*([] if new is None else [new]), *([None] if case.type is not None else [])])
                    return (*cases[:index], replace(case, type=drawn), *cases[index + 1 :])

                yield site("payload retyped", "cases", payload, f"{path}, case `{case.name}`")
        case t.Enum(cases=names):
            yield from _part_sites("enum case", "cases", names, t.EnumCase("added-part"), site)

            def to_variant(edits: Edits) -> None:
                edits.set(definition, "cases", tuple(t.Case(name.name, None) for name in names))
                edits.set(definition, "__class__", t.Variant)

            other = f", variant `{definition.name}`"
            yield Site(world, "enum to variant", lambda choose: heads.both("enum to variant", to_variant, path, other))
        case t.Flags(flags=flags):
            yield from _part_sites("flag", "flags", flags, t.EnumCase("added-part"), site)
        case t.Resource():
            yield from _resource_sites(world, types, definition, heads, path)
        case t.Alias(target=target):
            resource = t.resolve_alias(target)
            if isinstance(resource, t.Resource):
                others = [
                    other
                    for other in earlier.values()
                    if isinstance(other, t.Resource | t.Alias)
                    and isinstance(t.resolve_alias(other), t.Resource)
                    and t.resolve_alias(other) is not resource
                ]
                if others and isinstance(target, t.Definition) and target.owner is definition.owner:
                    yield site("alias of a resource", "target", lambda choose: choose(others))
            elif not isinstance(target, t.Definition) or target.owner is definition.owner:
                # A type that has a borrow may not become what something returns: all of the world's users stay right.
                assert not isinstance(target, t.Resource)
                yield site(
                    "alias retyped", "target", lambda choose: other_type(target, earlier, choose, is_param=False)
                )
    if not isinstance(definition, t.Resource):
        yield from _value_name_sites(world, types, definition)


def _part_sites(
    what: str,
    attribute: str,
    parts: Sequence[t.Field | t.Case | t.EnumCase],
    added: t.Field | t.Case | t.EnumCase,
    site: Callable[[str, str, Callable[[Chooser], object | None]], Site],
) -> Iterator[Site]:
    """Changes of the names of fields, cases or flags."""

    def renamed(choose: Chooser) -> object:
        index = choose(range(len(parts)))
        return (*parts[:index], replace(parts[index], name="renamed-part"), *parts[index + 1 :])

    def dropped(choose: Chooser) -> object:
        index = choose(range(len(parts)))
        return (*parts[:index], *parts[index + 1 :])

    def inserted(choose: Chooser) -> object:
        index = choose(range(len(parts) + 1))
        return (*parts[:index], added, *parts[index:])

    def reordered(choose: Chooser) -> object:
        index = choose(range(len(parts) - 1))
        return (*parts[:index], parts[index + 1], parts[index], *parts[index + 2 :])

    yield site(f"{what} added", attribute, inserted)
    if parts:
        yield site(f"{what} renamed", attribute, renamed)
    if len(parts) > 1:
        yield site(f"{what} dropped", attribute, dropped)
        yield site(f"{what}s reordered", attribute, reordered)


def _resource_sites(
    world: World, types: dict[str, t.TypeDefinition], resource: t.Resource, heads: Heads, path: str
) -> Iterator[Site]:
    owner = resource.owner
    functions = owner.functions if isinstance(owner, Interface) else {}

    def own(function: Function) -> bool:
        return not isinstance(function.kind, Freestanding) and function.kind.resource is resource

    def dropped(edits: Edits) -> None:
        edits.drop(types, resource.name)
        edits.fill(functions, {name: function for name, function in functions.items() if not own(function)})

    def renamed(edits: Edits) -> None:
        new = f"renamed-{resource.name}"
        kept: dict[str, Function] = {}
        for name, function in functions.items():
            if own(function):
                head, _, rest = name.partition("]")
                name = f"{head}]{new}{rest.removeprefix(resource.name)}"
                edits.set(function, "name", name)
            kept[name] = function
        edits.fill(functions, kept)
        edits.rename(types, resource.name, new)
        edits.set(resource, "name", new)

    if not isinstance(owner, Interface):
        return  # its functions are items of the world
    used = any(
        reaches(type, lambda part: part is resource)
        for function in functions_of(world)
        if not own(function)
        for type in function.signature
    ) or any(other is not resource and reaches(other, lambda part: part is resource) for other in definitions_of(world))
    if not used:
        yield Site(world, "resource dropped", lambda choose: heads.gone("resource dropped", dropped, path))
    yield Site(
        world,
        "resource renamed",
        lambda choose: heads.gone("resource renamed", renamed, path, f", type `renamed-{resource.name}`"),
    )


def _value_name_sites(world: World, types: dict[str, t.TypeDefinition], definition: t.TypeDefinition) -> Iterator[Site]:
    """Names of types do not count, nor whether one is there that nothing mentions."""
    owner = definition.owner
    target = types if isinstance(owner, Interface) else None
    if target is None:
        return
    new = f"renamed-{definition.name}"

    def renamed(edits: Edits) -> None:
        edits.rename(target, definition.name, new)
        edits.set(definition, "name", new)

    yield Site(world, "type renamed", lambda choose: Mutation("type renamed", renamed, (), ()))
    used = any(
        reaches(type, lambda part: part is definition)
        for function in functions_of(world)
        for type in function.signature
    ) or any(
        other is not definition and reaches(other, lambda part: part is definition) for other in definitions_of(world)
    )
    if not used:
        yield Site(
            world,
            "type dropped",
            lambda choose: Mutation("type dropped", lambda edits: edits.drop(target, definition.name), (), ()),
        )


__all__ = ["definition_sites"]
