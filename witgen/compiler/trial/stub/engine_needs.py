"""What a world needs of the engine that compiles its stub."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from ....component.items import Function, FunctionItem, InterfaceItem, TypeItem, World
from ....component.types import Future, Resource, Stream, Type, parts


def needs_async(world: World) -> bool:
    """Whether only an engine with `component_async` compiles a component of the world.

    It does if the world has an async function, or a stream or future in any type that it imports or exports.
    """
    functions, types = list[Function](), list[Type | Resource]()
    for item in (*world.imports.values(), *world.exports.values()):
        match item:
            case InterfaceItem():
                functions += item.interface.functions.values()
                types += item.interface.types.values()
            case FunctionItem():
                functions.append(item.function)
            case TypeItem():
                types.append(item.type)
            case _:
                assert_never(item)
    if any(function.is_async for function in functions):
        return True
    types += (type for function in functions for type in function.signature)
    return any(isinstance(type, Stream | Future) for type in _all_parts(types))


def _all_parts(types: list[Type | Resource]) -> Iterator[Type | Resource]:
    """These types and all that they are made of, each once."""
    seen = set[Type | Resource]()
    stack = list(types)
    while stack:
        type = stack.pop()
        if type not in seen:
            seen.add(type)
            yield type
            stack += parts(type)


__all__ = ["needs_async"]
