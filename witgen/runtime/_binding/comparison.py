"""A whole component against the world of a generated package, before it is compiled. Imported when one is prepared.

The package carries its world as plain data. What the component says of itself is read from its bytes; of one that is
compiled already, wasmtime is asked.
"""

from __future__ import annotations

from functools import lru_cache

from wasmtime import Engine
from wasmtime.component import Component

from ...component.binary import BinaryError, Fault, component_world, read_binary
from ...component.fit import compare
from ...component.items import Interface, InterfaceItem, InterfaceKey, TypeItem, World
from ...component.plain import read_worlds
from ...component.types import Resource, TypeDefinition, resolve_alias
from ...component.words import describe
from .._errors import BindError, ComponentMismatchError
from .._process.fork import importing
from .._types import WorldText


def compare_bytes(world: str, plain: WorldText, data: bytes | bytearray, path: str) -> bool:
    """Compare a component in the binary format with the world of that id; False where it cannot be read.

    Such a file is wasmtime's to judge, except for one with more types than an honest one has: asking wasmtime-py for
    them would take minutes. `path` is "" for bytes without a file.

    Raises:
        ComponentMismatchError: it does not fit.
        BindError: it has more types than an honest component has.
    """
    try:
        component = component_world(read_binary(memoryview(data)))
    except BinaryError as error:
        subject = f"`{path}`" if path else "the component"
        if error.fault in (Fault.NOT_A_COMPONENT, Fault.CORE_MODULE, Fault.ENCODED_PACKAGE):
            raise BindError(f"{subject} is refused: {error.message}; {error.advice}") from None
        if error.fault is not Fault.TOO_LARGE:
            return False
        raise BindError(
            f"{subject} is refused: {error.message}, at byte {error.offset:#x}; if that is meant, please report it"
        ) from None
    _refuse(_worlds(plain)[world], component, path)
    return True


def compare_compiled(world: str, plain: WorldText, component: Component, engine: Engine, path: str) -> None:
    """Compare a component that is compiled already with the world of that id.

    One with something that wasmtime-py does not report is not compared as a whole: what crosses is checked later.

    Raises:
        ComponentMismatchError: it does not fit.
    """
    with importing:
        from .reported import Unreported, reported_world

    try:
        reported = reported_world(component, engine)
    except Unreported:
        return
    _refuse(_worlds(plain)[world], reported, path)


@lru_cache(maxsize=32)
def taken_resources(world: str, plain: WorldText) -> dict[tuple[str, str], tuple[str, str]]:
    """Of each alias of a resource that the world of that id imports: what it leads to.

    Both are the name under which an interface is imported, "" for the world itself, and that of the type in it.
    """
    taken: dict[tuple[str, str], tuple[str, str]] = {}
    for key, item in _worlds(plain)[world].imports.items():
        name = key.interface.id or "" if isinstance(key, InterfaceKey) else key
        if isinstance(item, InterfaceItem):
            for alias in item.interface.types.values():
                _take(taken, name, item.interface, alias)
        elif isinstance(item, TypeItem):
            _take(taken, "", None, item.type)
    return taken


def _take(
    taken: dict[tuple[str, str], tuple[str, str]], under: str, interface: Interface | None, alias: TypeDefinition
) -> None:
    resource = resolve_alias(alias)
    if not isinstance(resource, Resource) or resource is alias:
        return
    owner = resource.owner
    home = under if owner is interface else owner.id if isinstance(owner, Interface) else None
    taken[under, alias.name] = home or "", resource.name


def _refuse(world: World, component: World, path: str) -> None:
    differences = compare(component, world).differences
    if differences:
        raise ComponentMismatchError(path, world.id, tuple(map(describe, differences)))


@lru_cache(maxsize=32)
def _worlds(plain: WorldText) -> dict[str, World]:
    """The worlds of a package, by id: read once, however many components are prepared."""
    return {world.id: world for world in read_worlds(plain())}


def forget() -> None:
    """Let go of the worlds that were read; for tests."""
    _worlds.cache_clear()
    taken_resources.cache_clear()
