"""A component's own world as wasmtime reports it, in the model's words, for comparing (`witgen.component.fit`).

It can be either side of a comparison, as the world that `witgen.component.binary` reads does. Reflection loses some of what the
binary says, none of which a comparison asks for: two records with the same fields are one definition here, whose name is
the first that either has, and `type t = list<u8>;` is a name beside what its users have. Of the types of values that a world
has itself wasmtime reports what functions mention, without names. Resources keep their identity.

Importing this takes the model and the binary's rules of names, so what needs it imports it late.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from wasmtime import Engine
from wasmtime import component as wc
from wasmtime.component import Component, ValType

from ...component.binary.errors import BinaryError
from ...component.binary.names import function_name, interface_id, is_label, label
from ...component.items import (
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
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from ...component.names import PackageName
from ...component.types import (
    Alias,
    Borrow,
    Case,
    Definition,
    Enum,
    EnumCase,
    Field,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Type,
    TypeDefinition,
    Variant,
    resolve_alias,
)
from ...dataclass import dataclass, field
from .. import _wasmtime
from .._wasmtime.reflect import item_of

MOST_PARTS = 100_000
"""How many types within types are read: a few bytes of a component can stand for any number."""

_PRIMITIVES: dict[type[ValType], Primitive] = {
    wc.Bool: Primitive.BOOL,
    wc.U8: Primitive.U8,
    wc.U16: Primitive.U16,
    wc.U32: Primitive.U32,
    wc.U64: Primitive.U64,
    wc.S8: Primitive.S8,
    wc.S16: Primitive.S16,
    wc.S32: Primitive.S32,
    wc.S64: Primitive.S64,
    wc.F32: Primitive.F32,
    wc.F64: Primitive.F64,
    wc.Char: Primitive.CHAR,
    wc.String: Primitive.STRING,
    wc.ErrorContext: Primitive.ERROR_CONTEXT,
}


class Unreported(Exception):
    """An import or export of a component that wasmtime-py cannot report, or WIT cannot express."""


def reported_world(component: Component, engine: Engine) -> World:
    """A component's own world, from what wasmtime says of it: each import and export has just what is there.

    Args:
        component: compiled for `engine`.

    Raises:
        Unreported: there is an item that cannot be reported; the message says which and why.
    """
    package = Package(PackageName("root", "component"))
    world = package.worlds["root"] = World("root", package)
    reader = _Reader(world)
    try:
        reader.side(component.type.imports(engine), engine, "import", world.imports)
        reader.side(component.type.exports(engine), engine, "export", world.exports)
    except BinaryError as error:
        raise Unreported(error.message) from None
    return world


@dataclass(slots=True, eq=False)
class _Home:
    """An interface or world with its types by name, and what it calls those that are not its own."""

    owner: Interface | World
    types: dict[str, TypeDefinition]
    names: dict[TypeDefinition, Alias] = field(default_factory=dict[TypeDefinition, Alias])


class _Reader:
    """What was met so far: definitions of values by their structure, resources one by one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._packages: dict[PackageName, Package] = {}
        self._made: dict[object, Record | Variant | Enum | Flags] = {}
        self._resources: list[tuple[wc.ResourceType, Resource]] = []
        self._left = MOST_PARTS

    def side(
        self,
        externs: Mapping[str, object],
        engine: Engine,
        verb: Literal["import", "export"],
        items: dict[WorldKey, WorldItem],
    ) -> None:
        """Take in what the component imports or exports.

        Raises:
            Unreported: wasmtime-py does not report all of it.
            BinaryError: a name is malformed.
        """
        home = _Home(self._world, {})
        for name, extern in externs.items():
            where = f"{verb} {name}"
            item = _item(extern, where)
            if isinstance(item, wc.ComponentInstanceType):
                key, interface = self._keyed(name, getattr(extern, "implements", None))
                self._fill(interface, item, engine, where)
                items[key] = InterfaceItem(interface)
            elif isinstance(item, wc.FuncType):
                items[name] = FunctionItem(self._function(home, name, item, where))
            elif isinstance(item, wc.ResourceType | ValType) and verb == "import":
                items[name] = TypeItem(self._define(home, label(name, 0), item))
            else:
                raise Unreported(f"{where}: WIT has no such item in a world")

    def _keyed(self, name: str, implements: str | None) -> tuple[WorldKey, Interface]:
        id = implements or name
        if is_label(id):
            return label(name, 0), Interface(None, self._world.package)
        package_name, plain = interface_id(id, 0)
        package = self._packages.setdefault(package_name, Package(package_name))
        interface = Interface(plain, package)
        return (InterfaceKey(interface) if implements is None else label(name, 0)), interface

    def _fill(self, interface: Interface, instance: wc.ComponentInstanceType, engine: Engine, where: str) -> None:
        home = _Home(interface, interface.types)
        try:
            externs = instance.exports(engine)
        except TypeError:  # before 49 one type that is not known spoils all
            raise Unreported(f"{where}: it has a type that this version of wasmtime-py cannot read") from None
        for name, extern in externs.items():
            inner = f"{where}, {name}"
            item = _item(extern, inner)
            if isinstance(item, wc.ResourceType | ValType):
                self._define(home, label(name, 0), item)
            elif isinstance(item, wc.FuncType):
                interface.functions[name] = self._function(home, name, item, inner)
            else:
                raise Unreported(f"{inner}: WIT has no such item in an interface")

    # Functions

    def _function(self, home: _Home, name: str, item: wc.FuncType, where: str) -> Function:
        try:
            params, result = _wasmtime.read_params(item), _wasmtime.read_result(item)
        except TypeError:
            raise Unreported(f"{where}: it mentions a type that wasmtime-py cannot read") from None
        return Function(
            name,
            _kind(home, name, where),
            _wasmtime.is_async(item),
            tuple(Param(label(param, 0), self._mentioned(home, ty)) for param, ty in params),
            None if result is None else self._mentioned(home, result),
        )

    def _mentioned(self, home: _Home, ty: ValType) -> Type:
        """A type as a function of `home` has it, by the names that it has there."""
        found = self._type(home, ty)
        return _by_local_names(found, home.names) if home.names else found

    # Types

    def _define(self, home: _Home, name: str, item: wc.ResourceType | ValType) -> TypeDefinition:
        what = name, home.owner, None, None, None
        definition: TypeDefinition
        if isinstance(item, wc.ResourceType):
            known = self._known(item)
            if known is None:
                definition = Resource(*what)
                self._resources.append((item, definition))
            else:
                definition = Alias(*what, known)
        else:
            found = self._type(home, item, name)
            if isinstance(found, Definition) and found.owner is home.owner and found.name == name:
                definition = found
            else:
                definition = Alias(*what, found)
        home.types[name] = definition
        if isinstance(definition, Alias) and isinstance(definition.target, Definition):
            home.names.setdefault(definition.target, definition)
        return definition

    def _known(self, item: wc.ResourceType) -> Resource | None:
        return next((resource for ty, resource in self._resources if ty == item), None)

    def _resource(self, home: _Home, item: wc.ResourceType) -> Resource:
        known = self._known(item)
        if known is None:  # it should have a name before it is used
            known = Resource("resource", home.owner, None, None, None)
            self._resources.append((item, known))
        return known

    def _type(self, home: _Home, ty: ValType, name: str = "") -> Type:
        """A type. A definition that is met for the first time is called `name`, or after its kind where that is ""."""
        self._left -= 1
        if self._left < 0:
            raise Unreported("its types together are too large to be read")
        match ty:
            case _wasmtime.ListType():
                return List(self._type(home, ty.element))
            case _wasmtime.MapType():
                return Map(self._type(home, ty.key), self._type(home, ty.value))
            case _wasmtime.OptionType():
                return Option(self._type(home, ty.payload))
            case _wasmtime.TupleType():
                return Tuple(tuple(self._type(home, element) for element in ty.elements))
            case _wasmtime.ResultType():
                return Result(self._optional(home, ty.ok), self._optional(home, ty.err))
            case _wasmtime.FutureType():
                return Future(self._optional(home, ty.element))
            case _wasmtime.StreamType():
                return Stream(self._optional(home, ty.element))
            case _wasmtime.OwnType():
                return Own(self._resource(home, ty.ty))
            case _wasmtime.BorrowType():
                return Borrow(self._resource(home, ty.ty))
            case _wasmtime.RecordType() | _wasmtime.VariantType() | wc.EnumType() | wc.FlagsType():
                return self._definition(home, ty, name)
            case _:
                return _PRIMITIVES[type(ty)]

    def _optional(self, home: _Home, ty: ValType | None) -> Type | None:
        return None if ty is None else self._type(home, ty)

    def _definition(
        self,
        home: _Home,
        ty: _wasmtime.RecordType | _wasmtime.VariantType | wc.EnumType | wc.FlagsType,
        name: str,
    ) -> Type:
        made: Record | Variant | Enum | Flags
        parts: tuple[Field, ...] | tuple[Case, ...] | tuple[EnumCase, ...]
        rest = home.owner, None, None, None
        match ty:
            case _wasmtime.RecordType():
                parts = fields = tuple(Field(label(n, 0), self._type(home, part)) for n, part in ty.fields)
                made = Record(name or "record", *rest, fields)
            case _wasmtime.VariantType():
                parts = cases = tuple(Case(label(n, 0), self._optional(home, part)) for n, part in ty.tagged_cases)
                made = Variant(name or "variant", *rest, cases)
            case wc.EnumType():
                parts = names = self._names(ty.names)
                made = Enum(name or "enum", *rest, names)
            case wc.FlagsType():
                parts = names = self._names(ty.names)
                made = Flags(name or "flags", *rest, names)
        return self._made.setdefault((type(made), parts), made)

    def _names(self, names: list[str]) -> tuple[EnumCase, ...]:
        self._left -= len(names)
        return tuple(EnumCase(label(name, 0)) for name in names)


def _item(extern: object, where: str) -> object:
    """What is imported or exported, types read to their parts.

    Raises:
        Unreported: wasmtime-py does not report all of it.
    """
    try:
        if (named := _wasmtime.read_named_type(extern)) is not None:
            return named
        return item_of(extern)
    except TypeError:
        raise Unreported(f"{where}: it is a type that wasmtime-py cannot read") from None


def _kind(home: _Home, name: str, where: str) -> FunctionKind:
    found = function_name(name, 0)
    if not found.kind:
        return Freestanding()
    resource = resolve_alias(home.types[found.resource]) if found.resource in home.types else None
    if not isinstance(resource, Resource):
        raise Unreported(f"{where}: it belongs to no resource of its interface")
    match found.kind:
        case "constructor":
            return Constructor(resource)
        case "method":
            return Method(resource)
        case _:
            return Static(resource)


def _by_local_names(type: Type, names: Mapping[TypeDefinition, Alias]) -> Type:
    """A type with what an interface calls the definitions in it."""

    def optional(part: Type | None) -> Type | None:
        return None if part is None else inner(part)

    def inner(type: Type) -> Type:
        match type:
            case Record() | Variant() | Enum() | Flags():
                return names.get(type, type)
            case Own(resource):
                return Own(names.get(resource, resource))
            case Borrow(resource):
                return Borrow(names.get(resource, resource))
            case List(element):
                return List(inner(element))
            case Option(element):
                return Option(inner(element))
            case Map(key, value):
                return Map(inner(key), inner(value))
            case Tuple(elements):
                return Tuple(tuple(map(inner, elements)))
            case Result(ok, err):
                return Result(optional(ok), optional(err))
            case Future(element):
                return Future(optional(element))
            case Stream(element):
                return Stream(optional(element))
            case _:
                return type

    return inner(type)


__all__ = ["Unreported", "reported_world"]
