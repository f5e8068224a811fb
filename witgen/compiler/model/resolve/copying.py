"""Copies definitions, functions and interfaces, for another owner."""

from __future__ import annotations

from ....component import types
from ....component.items import (
    Constructor,
    Freestanding,
    Function,
    FunctionItem,
    FunctionKind,
    Interface,
    InterfaceItem,
    Method,
    Package,
    Static,
    TypeItem,
    World,
    WorldItem,
)
from ....component.types import Type, TypeDefinition
from ....dataclass import dataclass, field, replace
from ..spans import Spans


@dataclass(slots=True)
class Copier:
    """Copies what `old` owns, for `new` to own. Definitions must be copied before what refers to them."""

    old: World | Interface
    new: World | Interface
    spans: Spans
    copies: dict[TypeDefinition, TypeDefinition] = field(default_factory=dict[TypeDefinition, TypeDefinition])

    def copy_item(self, item: WorldItem, name: str) -> WorldItem:
        """A copy of an item that has the plain name `name` from now on."""
        match item:
            case TypeItem(definition):
                return TypeItem(self.copy_definition(definition, name))
            case FunctionItem(function):
                return FunctionItem(self.copy_function(function, name))
            case InterfaceItem(interface):
                return (
                    item
                    if interface.name is not None
                    else replace(item, interface=copy_interface(interface, self.new.package, self.spans, {}))
                )

    def copy_definition(self, definition: TypeDefinition, name: str) -> TypeDefinition:
        """A definition with a new owner and name."""
        copy = replace(self._copy_parts(definition), name=name, owner=self.new)
        self.copies[definition] = copy
        self.spans.copy(definition, copy, _member_names(definition))
        return copy

    def _copy_parts(self, definition: TypeDefinition) -> TypeDefinition:
        match definition:
            case types.Record(fields=fields):
                return replace(definition, fields=tuple(replace(f, type=self.copy_type(f.type)) for f in fields))
            case types.Variant(cases=cases):
                return replace(definition, cases=tuple(replace(c, type=self._copy_optional(c.type)) for c in cases))
            case types.Alias(target=target):
                if isinstance(target, types.Resource):
                    return replace(definition, target=self._resource(target))
                return replace(definition, target=self.copy_type(target))
            case types.Enum() | types.Flags() | types.Resource():
                return definition

    def copy_function(self, function: Function, name: str) -> Function:
        """A function with a new name, and the copies in its signature."""
        params = tuple(replace(param, type=self.copy_type(param.type)) for param in function.params)
        result = self._copy_optional(function.result)
        copy = replace(function, name=name, kind=self._copy_kind(function.kind), params=params, result=result)
        self.spans.copy(function, copy, tuple(param.name for param in params))
        return copy

    def _copy_kind(self, kind: FunctionKind) -> FunctionKind:
        match kind:
            case Freestanding():
                return kind
            case Method(resource) | Static(resource) | Constructor(resource):
                copied = self._resource(resource)
                assert isinstance(copied, types.Resource)
                return replace(kind, resource=copied)

    def _resource(self, resource: types.Resource | types.Alias) -> types.Resource | types.Alias:
        copied = self.copies.get(resource, resource)
        assert isinstance(copied, types.Resource | types.Alias)
        return copied

    def _copy_optional(self, type: Type | None) -> Type | None:
        return None if type is None else self.copy_type(type)

    def copy_type(self, type: Type) -> Type:
        """A type with copies in place of what `old` owns."""
        match type:
            case types.Primitive():
                return type
            case types.List(element):
                return types.List(self.copy_type(element))
            case types.FixedList(element, size):
                return types.FixedList(self.copy_type(element), size)
            case types.Map(key, value):
                return types.Map(self.copy_type(key), self.copy_type(value))
            case types.Option(element):
                return types.Option(self.copy_type(element))
            case types.Result(ok, err):
                return types.Result(self._copy_optional(ok), self._copy_optional(err))
            case types.Tuple(elements):
                return types.Tuple(tuple(self.copy_type(element) for element in elements))
            case types.Future(element):
                return types.Future(self._copy_optional(element))
            case types.Stream(element):
                return types.Stream(self._copy_optional(element))
            case types.Own(resource):
                return types.Own(self._resource(resource))
            case types.Borrow(resource):
                return types.Borrow(self._resource(resource))
            case types.Record() | types.Variant() | types.Enum() | types.Flags() | types.Alias():
                copied = self.copies.get(type, type)
                assert not isinstance(copied, types.Resource)
                return copied


def copy_interface(
    interface: Interface, package: Package, spans: Spans, copies: dict[TypeDefinition, TypeDefinition]
) -> Interface:
    """A copy of an interface, for `package` to own; it remembers its origin. `copies` holds those of other interfaces that
    it is to refer to, and takes in those of its own."""
    copy = Interface(interface.name, package, interface.docs, interface.stability, interface)
    inner = Copier(interface, copy, spans, copies)
    for name, definition in interface.types.items():
        copy.types[name] = inner.copy_definition(definition, name)
    for name, function in interface.functions.items():
        copy.functions[name] = inner.copy_function(function, name)
    spans.copy(interface, copy)
    return copy


def _member_names(definition: TypeDefinition) -> tuple[str, ...]:
    match definition:
        case types.Record(fields=fields):
            return tuple(f.name for f in fields)
        case types.Variant(cases=cases):
            return tuple(c.name for c in cases)
        case types.Enum(cases=enum_cases):
            return tuple(c.name for c in enum_cases)
        case types.Flags(flags=flags):
            return tuple(f.name for f in flags)
        case types.Resource() | types.Alias():
            return ()


__all__ = ["Copier", "copy_interface"]
