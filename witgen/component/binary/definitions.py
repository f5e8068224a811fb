"""Makes the model's types from those of a component.

A name in an interface or world stands for a definition of its own, or for an alias where the type already has a name
elsewhere: that is how `use` looks in a component. What a function mentions must have a name in the function's own
interface or world; where only another interface names it (which the binary format allows), a `use` is added.
"""

from __future__ import annotations

from ...dataclass import dataclass, field
from ..items import Interface, TypeItem, World
from ..types import (
    Alias,
    Borrow,
    Case,
    Definition,
    Enum,
    EnumCase,
    Field,
    FixedList,
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
from .docs import ItemDocs
from .entities import DEFINITIONS, Extern, Kind, Named, Ref, ResourceType, Shape, TypeEntity, base
from .errors import BinaryError, Fault
from .names import label

MOST_TEXT = 2_000_000
"""How long all types together may be when they are spelled out."""


@dataclass(slots=True, eq=False)
class Home:
    """An interface or world with its types: by name, by what they are made of, and what was spelled out before."""

    owner: Interface | World
    types: dict[str, TypeDefinition]
    made_of: dict[Shape, TypeDefinition] = field(default_factory=dict[Shape, TypeDefinition])
    anonymous: dict[Shape, Type] = field(default_factory=dict[Shape, Type])
    brought: dict[TypeDefinition, Alias] = field(default_factory=dict[TypeDefinition, Alias])
    """The aliases of definitions that have another owner."""
    _numbers: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, name: str, definition: TypeDefinition) -> None:
        """Take a definition in."""
        self.types[name] = definition
        if isinstance(definition, Alias) and isinstance(definition.target, Definition):
            self.brought.setdefault(definition.target, definition)
        if isinstance(self.owner, World):
            self.owner.imports[name] = TypeItem(definition)

    def free_name(self, name: str) -> str:
        """`name`, or with a number after it if there is a type of that name."""
        free = name
        while free in self.types:
            self._numbers[name] = number = self._numbers.get(name, 1) + 1
            free = f"{name}-{number}"
        return free


class Definitions:
    """The definitions made so far, over all interfaces and worlds of a load."""

    def __init__(self) -> None:
        self._known: dict[Named | ResourceType, TypeDefinition] = {}
        self._spent = 0

    def define(self, home: Home, extern: Extern, entity: Named | Shape | ResourceType, docs: ItemDocs) -> None:
        """Take in that `entity` has the extern's name in `home`.

        Raises:
            BinaryError: it cannot have, or has another meaning already.
        """
        name, offset = label(extern.name.text, extern.name.offset), extern.name.offset
        existing = home.types.get(name)
        if existing is not None:
            if not _alike(existing, base(entity)):
                raise BinaryError(Fault.MALFORMED, f"the type `{name}` has two meanings in one interface", offset)
            self._register(home, entity, existing)
            return
        known = self._find(entity)
        what = name, home.owner, docs.text, docs.stability, extern.name.external_id
        definition: TypeDefinition
        shape = base(entity)
        if known is not None:
            definition = Alias(*what, known)
        elif isinstance(shape, ResourceType):
            definition = Resource(*what)
        elif not isinstance(shape, Shape):
            raise BinaryError(
                Fault.UNSUPPORTED, f"`{name}` is the type of a component or function, not a value", offset
            )
        else:
            self._spend(shape)
            for inner in shape.names:
                label(inner, shape.offset)
            names = shape.names
            match shape.kind:
                case Kind.RECORD:
                    types = self._parts(home, shape)
                    fields = zip(names, types, strict=True)
                    definition = Record(*what, tuple(Field(n, t, docs.parts.get(n)) for n, t in fields))
                case Kind.VARIANT:
                    payloads = (None if part is None else self._type(home, part) for part in shape.parts)
                    cases = zip(names, payloads, strict=True)
                    definition = Variant(*what, tuple(Case(n, t, docs.parts.get(n)) for n, t in cases))
                case Kind.ENUM:
                    definition = Enum(*what, tuple(EnumCase(n, docs.parts.get(n)) for n in names))
                case Kind.FLAGS:
                    definition = Flags(*what, tuple(EnumCase(n, docs.parts.get(n)) for n in names))
                case _:
                    definition = Alias(*what, self._type(home, shape))
        home.add(name, definition)
        self._register(home, entity, definition)

    def type(self, home: Home, ref: Ref) -> Type:
        """The type that a function of `home` mentions.

        Raises:
            BinaryError: it needs a name and has none, or all types together are too large.
        """
        if isinstance(ref, Shape):
            self._spend(ref)
        return self._type(home, ref)

    def _spend(self, shape: Shape) -> None:
        self._spent += shape.cost
        if self._spent > MOST_TEXT:
            raise BinaryError(Fault.TOO_LARGE, "all types together are too large to be written out", shape.offset)

    def _register(self, home: Home, entity: TypeEntity, definition: TypeDefinition) -> None:
        while isinstance(entity, Named):
            self._known.setdefault(entity, definition)
            entity = entity.target
        if isinstance(entity, ResourceType):
            self._known.setdefault(entity, definition)
        elif isinstance(entity, Shape):
            home.made_of.setdefault(entity, definition)

    def _find(self, entity: TypeEntity) -> TypeDefinition | None:
        while isinstance(entity, Named):
            if entity in self._known:
                return self._known[entity]
            entity = entity.target
        return self._known.get(entity) if isinstance(entity, ResourceType) else None

    def _type(self, home: Home, ref: Ref) -> Type:
        if isinstance(ref, Primitive):
            return ref
        definition = self._local(home, ref)
        if definition is not None:
            if isinstance(resolve_alias(definition), Resource):
                raise BinaryError(Fault.MALFORMED, f"the resource `{definition.name}` is used as a value", ref.offset)
            assert not isinstance(definition, Resource)
            return definition
        shape = base(ref)
        if not isinstance(shape, Shape) or shape.kind in DEFINITIONS:
            word = shape.kind.value if isinstance(shape, Shape) else "type"
            raise BinaryError(Fault.MALFORMED, f"a {word} has no name where it is used", ref.offset)
        if shape not in home.anonymous:
            home.anonymous[shape] = self._anonymous(home, shape)
        return home.anonymous[shape]

    def _anonymous(self, home: Home, shape: Shape) -> Type:
        match shape.kind:
            case Kind.OWN | Kind.BORROW:
                (resource,) = shape.parts
                definition = (
                    None if resource is None or isinstance(resource, Primitive) else self._local(home, resource)
                )
                if not isinstance(definition, Resource | Alias):
                    raise BinaryError(Fault.MALFORMED, "a resource has no name where it is used", shape.offset)
                return Own(definition) if shape.kind is Kind.OWN else Borrow(definition)
            case Kind.RESULT:
                ok, err = (None if part is None else self._type(home, part) for part in shape.parts)
                return Result(ok, err)
            case Kind.FUTURE | Kind.STREAM:
                (part,) = shape.parts
                payload = None if part is None else self._type(home, part)
                return Future(payload) if shape.kind is Kind.FUTURE else Stream(payload)
            case Kind.TUPLE:
                return Tuple(self._parts(home, shape))
            case Kind.MAP:
                key, value = self._parts(home, shape)
                return Map(key, value)
            case _:
                (element,) = self._parts(home, shape)
                match shape.kind:
                    case Kind.LIST:
                        return List(element)
                    case Kind.FIXED_LIST:
                        return FixedList(element, shape.size)
                    case Kind.OPTION:
                        return Option(element)
                    case _:
                        return element  # a primitive type that has an index

    def _parts(self, home: Home, shape: Shape) -> tuple[Type, ...]:
        return tuple(self._type(home, part) for part in shape.parts if part is not None)

    def _local(self, home: Home, entity: TypeEntity) -> TypeDefinition | None:
        """The definition that has a name for `entity` in `home`, brought in if only another place has one."""
        definition = self._find(entity)
        if definition is None:
            shape = base(entity)
            definition = home.made_of.get(shape) if isinstance(shape, Shape) else None
        if definition is None or definition.owner is home.owner:
            return definition
        brought = home.brought.get(definition)
        if brought is None:
            name = home.free_name(definition.name)
            brought = Alias(name, home.owner, None, None, None, definition)
            home.add(name, brought)
        return brought


def _alike(existing: TypeDefinition, entity: TypeEntity) -> bool:
    """Whether a definition may be the same as another that was met under its name."""
    found = resolve_alias(existing)
    if isinstance(found, Resource) or isinstance(entity, ResourceType):
        return isinstance(found, Resource) and isinstance(entity, ResourceType)
    if not isinstance(entity, Shape):
        return False
    match found:
        case Record(fields=fields):
            return entity.kind is Kind.RECORD and entity.names == tuple(f.name for f in fields)
        case Variant(cases=cases):
            return entity.kind is Kind.VARIANT and entity.names == tuple(c.name for c in cases)
        case Enum(cases=enum_cases):
            return entity.kind is Kind.ENUM and entity.names == tuple(c.name for c in enum_cases)
        case Flags(flags=flags):
            return entity.kind is Kind.FLAGS and entity.names == tuple(f.name for f in flags)
        case _:
            return entity.kind not in DEFINITIONS


__all__ = ["Definitions", "Home"]
