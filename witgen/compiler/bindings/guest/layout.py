"""Where everything lives in the guest package, decided once, the way componentize-py decides it.

An imported interface is the module `imports/<name>.py`; an exported one is a Protocol in `exports/__init__.py` and the
module `exports/<name>.py`. A type lives with the import of its interface where there is one. The exceptions: a resource
is a class on each side its interface is on, and so is every type that holds a resource which is on both.

Names of interfaces are short as long as they are unique on their side: a second package makes them `ns_pkg_name`, a
second version of one package `ns_pkg_name_1_2_3`. A name that the user chose goes before; the others stay as they would be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import Enum

from ....component.items import (
    Function,
    FunctionItem,
    Interface,
    InterfaceItem,
    InterfaceKey,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from ....component.names import PackageName
from ....component.types import Alias, Resource, TypeDefinition, Variant
from ....dataclass import dataclass
from ..guest_options import GuestOptions, kebab
from ..names_in_docs import names_in_docs
from ..naming import camel, snake, variant_case
from .handle_holders import HandleHolders


class Side(Enum):
    """The two packages of interface modules."""

    IMPORTS = "imports"
    EXPORTS = "exports"

    @property
    def verb(self) -> str:
        """What a world does with an interface of this side."""
        return self.value

    @property
    def option(self) -> str:
        """The option that gives such an interface a name, without its dashes."""
        return f"{self.value.removesuffix('s')}-interface-name"


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """An interface as the world imports or exports it; `name` is the one it goes by, in kebab case."""

    key: WorldKey
    interface: Interface
    side: Side
    name: str

    @property
    def home(self) -> Home:
        """The module its types live in."""
        return Home(self.side, snake(self.name))

    @property
    def protocol(self) -> str:
        """The name of the Protocol that an application implements, for an export."""
        return camel(self.name)

    @property
    def label(self) -> str:
        """What to call it in a message."""
        return label(self.key, self.interface)


@dataclass(frozen=True, slots=True)
class Home:
    """A module of the world's package: `side` is None for the world module itself, `module` empty for an `__init__`."""

    side: Side | None = None
    module: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The module's path below the world module: `("imports", "types")`; `()` is the world module."""
        return tuple(part for part in (self.side.value if self.side else "", self.module) if part)


WORLD = Home()
PROTOCOLS = Home(Side.EXPORTS)


class Layout:
    """The homes of one world's interfaces and types."""

    def __init__(self, world: World, options: GuestOptions) -> None:
        self.world = world
        self.options = options
        self.imports = _bounds(world.imports, Side.IMPORTS, options, dict(options.import_names))
        self.exports = _bounds(world.exports, Side.EXPORTS, options, dict(options.export_names))
        self._imported = _by_interface(self.imports)
        self._exported = _by_interface(self.exports)
        both = self._imported.keys() & self._exported.keys()
        self._shared = frozenset(
            type for interface in both for type in interface.types.values() if isinstance(type, Resource)
        )
        self._in_docs: dict[Interface | World, dict[str, str]] = {}
        self._owners: dict[Function, Interface | World] | None = None
        self.holders = HandleHolders(self._shared, self.definitions())

    def homes(self, definition: TypeDefinition) -> tuple[Home, ...]:
        """The modules that define `definition`, the one to refer to first. An alias has none."""
        if isinstance(definition, Alias):
            return ()
        if isinstance(definition.owner, World):
            return (WORLD,)
        return self.homes_of_items(
            definition.owner, on_both=isinstance(definition, Resource) or self.holders.holds(definition)
        )

    def homes_of_items(self, owner: Interface | World, *, on_both: bool) -> tuple[Home, ...]:
        """The modules for an item of `owner`: those of its imports, or else (or also: `on_both`) of its exports."""
        if isinstance(owner, World):
            return (WORLD,)
        imported = tuple(bound.home for bound in self._imported.get(owner, ()))
        exported = tuple(bound.home for bound in self._exported.get(owner, ()))
        return imported + exported if on_both or not imported else imported

    def is_copy(self, definition: TypeDefinition, home: Home) -> bool:
        """Whether `home` only repeats a value type that has its class elsewhere."""
        return not isinstance(definition, Resource) and self.homes(definition)[0] != home

    def exported_home(self, resource: Resource) -> Home | None:
        """The module with the Protocol of a resource that the world exports."""
        bounds = self._exported.get(resource.owner, ()) if isinstance(resource.owner, Interface) else ()
        return bounds[0].home if bounds else None

    def is_on_both_sides(self, resource: Resource) -> bool:
        """Whether the world imports and exports the interface of `resource`."""
        return resource in self._shared

    def world_types(self) -> Iterator[TypeDefinition]:
        """The types of worlds (its own and included ones), in order."""
        for item in self.world.imports.values():
            if isinstance(item, TypeItem) and isinstance(item.type.owner, World):
                yield item.type

    def world_functions(self, side: Side) -> Iterator[Function]:
        """The functions of the world itself on one side, in order."""
        items = self.world.imports if side is Side.IMPORTS else self.world.exports
        for item in items.values():
            if isinstance(item, FunctionItem):
                yield item.function

    def functions(self) -> Iterator[tuple[Side, Bound | None, Function]]:
        """Every function of the world: all imports, then all exports, in the world's order."""
        for side, items, bounds in (
            (Side.IMPORTS, self.world.imports, self.imports),
            (Side.EXPORTS, self.world.exports, self.exports),
        ):
            by_key = {bound.key: bound for bound in bounds}
            for key, item in items.items():
                match item:
                    case InterfaceItem():
                        for function in item.interface.functions.values():
                            yield side, by_key[key], function
                    case FunctionItem():
                        yield side, None, item.function
                    case TypeItem():
                        pass

    def in_docs(self, owner: Interface | World) -> dict[str, str]:
        """The Python names of what the docs of an interface, or of the world, may mention by its name in WIT."""
        known = self._in_docs.get(owner)
        if known is None:
            if isinstance(owner, World):
                types = tuple(self.world_types())
                functions = (*self.world_functions(Side.IMPORTS), *self.world_functions(Side.EXPORTS))
            else:
                types = tuple(owner.types.values())
                functions = tuple(owner.functions.values())
            known = self._in_docs[owner] = names_in_docs(
                {type: camel(type.name) for type in types},
                {t: [variant_case(t.name, case.name) for case in t.cases] for t in types if isinstance(t, Variant)},
                {function: snake(function.item_name) for function in functions},
            )
        return known

    def in_docs_of(self, function: Function) -> dict[str, str]:
        """The same for the docs of a function, besides its parameters."""
        if self._owners is None:
            self._owners = {f: self.world if b is None else b.interface for _, b, f in self.functions()}
        return self.in_docs(self._owners[function])

    def definitions(self) -> Iterator[TypeDefinition]:
        """Every type that the world mentions by name, each after those it mentions itself."""
        for items in (self.world.imports, self.world.exports):
            for item in items.values():
                match item:
                    case InterfaceItem():
                        yield from item.interface.types.values()
                    case TypeItem():
                        yield item.type
                    case FunctionItem():
                        pass


def _bounds(
    items: Mapping[WorldKey, WorldItem], side: Side, options: GuestOptions, chosen: Mapping[str, str]
) -> tuple[Bound, ...]:
    interfaces = {key: item.interface for key, item in items.items() if isinstance(item, InterfaceItem)}
    packages: defaultdict[str, set[PackageName | None]] = defaultdict(set)
    for key, interface in interfaces.items():
        packages[_short(key, interface)].add(_package(key, interface))
    bounds: list[Bound] = []
    for key, interface in interfaces.items():
        name = chosen.get(label(key, interface), "")
        rivals = packages[_short(key, interface)]
        bounds.append(Bound(key, interface, side, kebab(name) or _name(key, interface, rivals, options.full_names)))
    return tuple(bounds)


def label(key: WorldKey, interface: Interface) -> str:
    """What an interface is called on command lines and in messages: its id, or the plain name it has in the world."""
    return key if isinstance(key, str) else interface.id or interface.name or ""


def _short(key: WorldKey, interface: Interface) -> str:
    return key if isinstance(key, str) else interface.name or ""


def _package(key: WorldKey, interface: Interface) -> PackageName | None:
    """The package that can tell it from others of its name; an interface under a plain name has none."""
    return interface.package.name if isinstance(key, InterfaceKey) else None


def _name(key: WorldKey, interface: Interface, rivals: set[PackageName | None], full: bool) -> str:
    """The name of an interface among the packages (`rivals`) that have one of its short name on this side."""
    short, package = _short(key, interface), _package(key, interface)
    if package is None:
        return short
    distinct = {None if rival is None else (rival.namespace, rival.name) for rival in rivals}
    same_package = [r for r in rivals if r is not None and (r.namespace, r.name) == (package.namespace, package.name)]
    qualified = f"{package.namespace}-{package.name}-{short}"
    if package.version is not None and (full or len(same_package) > 1):
        version = "".join(c if c.isalnum() else "-" for c in str(package.version))
        return f"{qualified}-{version}"
    return qualified if full or len(distinct) > 1 else short


def _by_interface(bounds: tuple[Bound, ...]) -> dict[Interface, tuple[Bound, ...]]:
    """Bounds by interface, those under the interface's own id first."""
    grouped: defaultdict[Interface, list[Bound]] = defaultdict(list)
    for bound in bounds:
        grouped[bound.interface].append(bound)
    return {i: tuple(sorted(group, key=lambda b: isinstance(b.key, str))) for i, group in grouped.items()}


__all__ = ["PROTOCOLS", "WORLD", "Bound", "Home", "Layout", "Side", "label"]
