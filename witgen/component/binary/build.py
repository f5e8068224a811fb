"""Makes the model's interfaces, worlds and packages from what a component imports and exports.

`Library` holds packages as WIT has them: whatever is under one interface's id is one interface, and says all that any
mention of it says. Without `merge`, every import and export has an interface of its own, with just what is there.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...dataclass import dataclass, field
from ..items import (
    Constructor,
    Freestanding,
    Function,
    FunctionItem,
    FunctionKind,
    Interface,
    InterfaceItem,
    InterfaceKey,
    Method,
    Package,
    Param,
    Static,
    World,
    WorldItem,
    WorldKey,
)
from ..names import PackageName
from ..types import Resource, resolve_alias
from .definitions import Definitions, Home
from .docs import InterfaceDocs, ItemDocs, PackageDocs, WorldDocs
from .entities import Entity, Extern, FuncType, Instance, Named, ResourceType, Shape
from .errors import BinaryError, Fault
from .evaluate import Externs
from .names import function_name, interface_id, is_label, label

_NO_DOCS = ItemDocs()


@dataclass(slots=True)
class Library:
    """Packages as they grow. `docs` are those of each package, by its full name."""

    merge: bool
    docs: dict[str, PackageDocs] = field(default_factory=dict[str, PackageDocs])
    packages: dict[PackageName, Package] = field(default_factory=dict[PackageName, Package])
    _homes: dict[str, Home] = field(default_factory=dict[str, Home])
    _definitions: Definitions = field(default_factory=Definitions)

    def package(self, name: PackageName) -> Package:
        """The package of that name."""
        if name not in self.packages:
            docs = self.docs.get(str(name))
            self.packages[name] = Package(name, None if docs is None else docs.text)
        return self.packages[name]

    def interface(self, id: str, instance: Instance, offset: int) -> Interface:
        """The interface that has `id`, with all that `instance` exports."""
        home = self._homes.get(id) if self.merge else None
        docs = InterfaceDocs()
        package_name, name = interface_id(id, offset)
        if (own := self.docs.get(str(package_name))) is not None:
            docs = own.interfaces.get(name, docs)
        if home is None:
            interface = Interface(name, self.package(package_name), docs.own.text, docs.own.stability)
            home = self._homes[id] = Home(interface, interface.types)
            if self.merge:
                interface.package.interfaces[name] = interface
        assert isinstance(home.owner, Interface)
        self._fill(home, home.owner, instance, docs)
        return home.owner

    def world(self, package: Package, name: str, externs: Externs) -> World:
        """The world that is a component's type, put into `package`."""
        own = self.docs.get(str(package.name))
        docs = WorldDocs() if own is None else own.worlds.get(name, WorldDocs())
        world = World(name, package, docs.own.text, docs.own.stability)
        package.worlds[name] = world
        home = Home(world, {})
        self._side(home, world, externs.imports, docs, 0, world.imports)
        self._side(home, world, externs.exports, docs, 1, world.exports)
        return world

    def _fill(self, home: Home, interface: Interface, instance: Instance, docs: InterfaceDocs) -> None:
        for extern in instance.exports.values():
            name = extern.name.text
            match extern.entity:
                case Named() | Shape() | ResourceType():
                    self._definitions.define(home, extern, extern.entity, docs.types.get(name, _NO_DOCS))
                case FuncType():
                    if name not in interface.functions:
                        function = self._function(home, extern, extern.entity, docs.functions.get(name, _NO_DOCS))
                        interface.functions[name] = function
                case other:
                    raise _not_wit("an interface", extern, other)

    def _side(
        self,
        home: Home,
        world: World,
        externs: Iterable[Extern],
        docs: WorldDocs,
        side: int,
        items: dict[WorldKey, WorldItem],
    ) -> None:
        for extern in externs:
            name = extern.name.text
            match extern.entity:
                case Instance():
                    inline = docs.interfaces[side].get(name, InterfaceDocs())
                    key, interface = self._keyed(world.package, extern, extern.entity, inline)
                    gate = docs.gates[side].get(name) or (inline.own.stability if interface.name is None else None)
                    items[key] = InterfaceItem(interface, docs.mentions[side].get(name), gate, extern.name.external_id)
                case FuncType():
                    function_docs = docs.functions[side].get(name, _NO_DOCS)
                    items[name] = FunctionItem(self._function(home, extern, extern.entity, function_docs))
                case Named() | Shape() | ResourceType() if side == 0:
                    self._definitions.define(home, extern, extern.entity, docs.types.get(name, _NO_DOCS))
                case other:
                    raise _not_wit("a world", extern, other)

    def _keyed(
        self, package: Package, extern: Extern, instance: Instance, docs: InterfaceDocs
    ) -> tuple[WorldKey, Interface]:
        name = extern.name
        if name.implements is not None:
            return label(name.text, name.offset), self.interface(name.implements, instance, name.offset)
        if not is_label(name.text):
            interface = self.interface(name.text, instance, name.offset)
            return InterfaceKey(interface), interface
        interface = Interface(None, package, docs.own.text, docs.own.stability)
        self._fill(Home(interface, interface.types), interface, instance, docs)
        return label(name.text, name.offset), interface

    def _function(self, home: Home, extern: Extern, function: FuncType, docs: ItemDocs) -> Function:
        name = extern.name
        params: list[Param] = []
        for param, ref in function.params:
            params.append(Param(label(param, function.offset), self._definitions.type(home, ref)))
        result = None if function.result is None else self._definitions.type(home, function.result)
        kind = _function_kind(home, extern)
        if isinstance(kind, Method) and (not params or params[0].name != "self"):
            raise BinaryError(Fault.MALFORMED, f"the method `{name.text}` has no `self`", name.offset)
        return Function(
            name.text, kind, function.is_async, tuple(params), result, docs.text, docs.stability, name.external_id
        )


def _function_kind(home: Home, extern: Extern) -> FunctionKind:
    name = function_name(extern.name.text, extern.name.offset)
    if not name.kind:
        return Freestanding()
    definition = home.types.get(name.resource)
    resource = None if definition is None else resolve_alias(definition)  # one that is passed on is an alias
    if not isinstance(resource, Resource):
        message = f"`{extern.name.text}` belongs to no resource of its interface"
        raise BinaryError(Fault.MALFORMED, message, extern.name.offset)
    match name.kind:
        case "constructor":
            return Constructor(resource)
        case "method":
            return Method(resource)
        case _:
            return Static(resource)


def _not_wit(where: str, extern: Extern, entity: Entity) -> BinaryError:
    match entity:
        case Instance():
            what = "an instance"
        case Named() | Shape() | ResourceType():
            what = "a type"
        case _:
            what = "a component or core module"
    return BinaryError(
        Fault.UNSUPPORTED, f"`{extern.name.text}` is {what}, which {where} cannot have there in WIT", extern.name.offset
    )


__all__ = ["Library"]
