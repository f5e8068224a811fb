"""Takes one elaborated world into another: `include path with { … }` (WIT: worlds, "Union of Worlds with include").

Interfaces under their own id merge. Everything under a plain name is copied, so that the new world owns it: types,
inline interfaces (which remember their origin), functions with the copies in their signatures. A named interface under a
label stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..diagnostics import Label, codes
from ..syntax import ast
from . import types
from .items import (
    Constructor,
    Freestanding,
    Function,
    FunctionItem,
    FunctionKind,
    Interface,
    InterfaceItem,
    InterfaceKey,
    Method,
    Static,
    TypeItem,
    World,
    WorldItem,
    WorldKey,
)
from .models import Models
from .spans import Spans
from .types import Stability, Stable, Type, TypeDefinition
from .wording import did_you_mean


def include_world(models: Models, world: World, included: World, decl: ast.IncludeDecl) -> None:
    """Add what `included` imports and exports to `world`; report clashes, and renames of nothing, at the path."""
    renames = {used.name.name: used.alias.name for used in reversed(decl.renames) if used.alias is not None}
    plain = {_stem(key) for key in (*included.imports, *included.exports) if isinstance(key, str)}
    for used in decl.renames:
        if used.name.name not in plain:
            models.diagnostics.error(
                codes.UNKNOWN_RENAME,
                f"world `{included.name}` has no import or export with the plain name `{used.name.name}`",
                Label(decl.path.name.span),
                Label(used.name.span, "nothing to rename"),
                notes=("an interface under its own id cannot be renamed",),
                help=did_you_mean(used.name.name, plain),
            )
            return
    copier = _Copier(included, world, models.spans)
    for verb, source, side in (
        ("import", included.imports, world.imports),
        ("export", included.exports, world.exports),
    ):
        for key, item in source.items():
            if isinstance(key, str):
                name = _rename(key, renames)
                if name in side:
                    models.diagnostics.error(
                        codes.INCLUDE_CONFLICT,
                        f"`{world.name}` has the {verb} `{name}` already, and including `{included.name}` brings it again",
                        Label(decl.path.name.span, f"{verb}s `{name}` too"),
                        *_earlier(models, world, f"{verb} {name}"),
                        help=(f"give it another name: `include … with {{ {_stem(key)} as other-name }}`",),
                    )
                    return
                side[name] = copier.copy_item(item, name)
                models.spans.put_member(world, f"{verb} {name}", decl.path.name.span)
            elif not _merge_interface(side, key, item, world.package is not included.package):
                models.diagnostics.error(
                    codes.STABILITY_MISMATCH,
                    f"`{world.name}` and `{included.name}` gate the {verb} of `{key.interface.id}` differently",
                    Label(decl.path.name.span),
                )
                return


def _earlier(models: Models, world: World, name: str) -> tuple[Label, ...]:
    span = models.spans.of_member(world, name)
    return () if span is None else (Label(span, "it comes from here already"),)


def _stem(key: str) -> str:
    """The plain name that a key is renamed by: of a resource's function, the resource's."""
    return key.partition("]")[2].partition(".")[0] if key.startswith("[") else key


def _rename(key: str, renames: dict[str, str]) -> str:
    stem = _stem(key)
    if stem not in renames:
        return key
    if not key.startswith("["):
        return renames[stem]
    kind, _, rest = key.partition("]")
    return f"{kind}]{renames[stem]}{rest[len(stem) :]}"


def _merge_interface(side: dict[WorldKey, WorldItem], key: InterfaceKey, item: WorldItem, is_foreign: bool) -> bool:
    """Add an interface under its own id; False: both sides have a stability, and they differ."""
    assert isinstance(item, InterfaceItem)
    present = side.get(key, item)
    assert isinstance(present, InterfaceItem)
    merged: Stability | None = present.stability
    if is_foreign and isinstance(item.stability, Stable):
        merged = None
    elif present.stability is None:
        merged = item.stability
    elif item.stability is not None and item.stability != present.stability:
        return False
    side[key] = present if merged == present.stability else replace(present, stability=merged)
    return True


@dataclass(slots=True)
class _Copier:
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
                return item if interface.name is not None else replace(item, interface=self._copy_interface(interface))

    def _copy_interface(self, interface: Interface) -> Interface:
        copy = Interface(None, self.new.package, interface.docs, interface.stability, interface)
        inner = _Copier(interface, copy, self.spans)
        for name, definition in interface.types.items():
            copy.types[name] = inner.copy_definition(definition, name)
        for name, function in interface.functions.items():
            copy.functions[name] = inner.copy_function(function, name)
        self.spans.copy(interface, copy)
        return copy

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
