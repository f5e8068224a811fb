"""Where everything is: the page of each package, interface and world, and the anchor of each type."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from ...component.items import (
    Constructor,
    Freestanding,
    Function,
    Interface,
    InterfaceItem,
    Package,
    Resolved,
    Static,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from ...component.types import Alias, Definition, TypeDefinition
from ...dataclass import dataclass, field
from ..model.resolve.elaborate import dependency, direct_dependencies
from .format import Format


@dataclass(frozen=True, slots=True)
class Place:
    """A page (its path below the root of the site), and an anchor on it, which may be empty."""

    path: str
    anchor: str = ""

    def seen_from(self, page: str) -> str:
        """The link to this place on `page`."""
        anchor = f"#{self.anchor}" if self.anchor else ""
        if page == self.path and anchor:
            return anchor
        return quote(up(page) + self.path, safe="/@+") + anchor


def up(page: str) -> str:
    """From a page to the root of the site."""
    return "../" * page.count("/")


@dataclass(slots=True)
class Site:
    """What has pages: all packages, or what one world needs."""

    resolved: Resolved
    format: Format
    interfaces: dict[Interface, None] = field(default_factory=dict[Interface, None])
    worlds: dict[World, None] = field(default_factory=dict[World, None])
    types: dict[TypeDefinition, Place] = field(default_factory=dict[TypeDefinition, Place])
    homes: set[Package] = field(default_factory=set[Package])
    _users: dict[Interface, list[Interface]] = field(default_factory=dict[Interface, list[Interface]])

    @classmethod
    def of(cls, resolved: Resolved, world: World | None, format: Format) -> Site:
        """The site of all packages, or of one world."""
        site = cls(resolved, format)
        if world is None:
            for package in resolved.packages:
                site.homes.add(package)
                site.interfaces.update(dict.fromkeys(package.interfaces.values()))
                site.worlds.update(dict.fromkeys(package.worlds.values()))
        else:
            site.worlds[world] = None
            items = (*world.imports.values(), *world.exports.values())
            named = {item.interface for item in items if isinstance(item, InterfaceItem) and item.interface.name}
            ordered = (interface for package in resolved.packages for interface in package.interfaces.values())
            site.interfaces.update(dict.fromkeys(interface for interface in ordered if interface in named))
            site.homes |= {world.package, *(interface.package for interface in site.interfaces)}
        site._find_users()
        site._find_types()
        return site

    def packages(self) -> list[Package]:
        """The packages that have pages: the root first, if it has some, then by name."""
        root = self.resolved.root
        others = (package for package in self.resolved.packages if package in self.homes and package is not root)
        return [*([root] if root in self.homes else []), *sorted(others, key=lambda package: str(package.name))]

    # Places -----------------------------------------------------------------------------------------------------------

    def index(self) -> Place:
        """The first page."""
        return Place(f"index.{self.format.value}")

    def package(self, package: Package) -> Place:
        """The page of a package."""
        return Place(f"{self._folder(package)}/index.{self.format.value}")

    def interface(self, interface: Interface) -> Place:
        """The page of a named interface."""
        return Place(f"{self._folder(interface.package)}/interface.{interface.name}.{self.format.value}")

    def world(self, world: World) -> Place:
        """The page of a world."""
        return Place(f"{self._folder(world.package)}/world.{world.name}.{self.format.value}")

    def type(self, definition: TypeDefinition) -> Place | None:
        """Where a type is described; a name from `use` leads to what it names."""
        while isinstance(definition, Alias) and dependency(definition) is not None:
            assert isinstance(definition.target, Definition)
            definition = definition.target
        return self.types.get(definition)

    def _folder(self, package: Package) -> str:
        name = package.name
        version = "" if name.version is None else f"@{name.version}"
        return f"packages/{name.namespace}/{name.name}{version}"

    def _find_users(self) -> None:
        for user in self.interfaces:
            for used in direct_dependencies(user):
                self._users.setdefault(used, []).append(user)

    def _find_types(self) -> None:
        for interface in self.interfaces:
            place = self.interface(interface)
            for definition in interface.types.values():
                self.types[definition] = Place(place.path, type_anchor(definition))
        for world in self.worlds:
            path = self.world(world).path
            for verb, key, item in sides(world):
                if isinstance(item, TypeItem):
                    self.types[item.type] = Place(path, type_anchor(item.type))
                elif isinstance(item, InterfaceItem) and item.interface.name is None:
                    for definition in item.interface.types.values():
                        self.types[definition] = Place(path, type_anchor(definition, f"{verb}.{key}."))

    # Who uses whom ----------------------------------------------------------------------------------------------------

    def users(self, interface: Interface) -> list[Interface]:
        """The interfaces that use types of this one."""
        return self._users.get(interface, [])


def sides(world: World) -> Iterator[tuple[str, WorldKey, WorldItem]]:
    """All imports, then all exports, each with `import` or `export` and its key."""
    for key, item in world.imports.items():
        yield "import", key, item
    for key, item in world.exports.items():
        yield "export", key, item


def type_anchor(definition: TypeDefinition, inside: str = "") -> str:
    """The anchor of a type on its page."""
    return f"{inside}type.{definition.name}"


def function_anchor(function: Function, inside: str = "") -> str:
    """The anchor of a function on its page."""
    match function.kind:
        case Freestanding():
            return f"{inside}func.{function.name}"
        case Constructor(resource):
            return f"{inside}new.{resource.name}"
        case Static(resource):
            return f"{inside}type.{resource.name}.static.{function.item_name}"
        case kind:
            return f"{inside}type.{kind.resource.name}.{function.item_name}"
