"""Functions, interfaces, worlds and packages, resolved. Standard library only.

Invariants once `resolve` has returned (all are properties of the input, never of luck):

* no name is left to look up: references are objects;
* `Interface.types` and `World` imports list definitions before their users; interfaces of a package come in dependency
  order;
* worlds are elaborated: every interface that an imported or exported item needs is an import or export of the world;
* what a gate removed is not there at all.

The dictionaries are filled while resolving and only read afterwards.
"""

from __future__ import annotations

from ..dataclass import dataclass, field
from .names import PackageName
from .types import Resource, Stability, Type, TypeDefinition

# Functions ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Freestanding:
    """A function of an interface or world."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method: the first parameter is `self`, a borrow of the resource."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class Static:
    """A static function of a resource."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class Constructor:
    """A constructor: returns an own of the resource, or a result with it."""

    resource: Resource


FunctionKind = Freestanding | Method | Static | Constructor


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter. Methods have `self` among theirs."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function; `name` is the one in the component (`f`, `[method]r.m`, `[static]r.s`, `[constructor]r`)."""

    name: str
    kind: FunctionKind
    is_async: bool
    params: tuple[Param, ...]
    result: Type | None
    docs: str | None = None
    stability: Stability | None = None
    external_id: str | None = None

    @property
    def signature(self) -> tuple[Type, ...]:
        """The types of the parameters, then that of the result if there is one."""
        params = tuple(param.type for param in self.params)
        return params if self.result is None else (*params, self.result)

    @property
    def item_name(self) -> str:
        """The name its author wrote: `m` for `[method]r.m`; for a constructor, that of the resource."""
        match self.kind:
            case Freestanding():
                return self.name
            case Constructor():
                return self.name.removeprefix("[constructor]")
            case Method() | Static():
                return self.name.partition(".")[2]


# Interfaces and worlds ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Interface:
    """An interface. `name` is None for one that is written inline in a world (or copied from there by `include`)."""

    name: str | None
    package: Package = field(repr=False)
    docs: str | None = None
    stability: Stability | None = None
    clone_of: Interface | None = None
    types: dict[str, TypeDefinition] = field(default_factory=dict[str, TypeDefinition])
    functions: dict[str, Function] = field(default_factory=dict[str, Function])

    @property
    def id(self) -> str | None:
        """`ns:pkg/name[@version]`; None for an inline interface."""
        return None if self.name is None else self.package.name.item(self.name)

    def functions_of(self, resource: Resource) -> list[Function]:
        """The constructor, methods and statics of one of its resources, in source order."""
        return [
            f for f in self.functions.values() if not isinstance(f.kind, Freestanding) and f.kind.resource is resource
        ]

    def freestanding(self) -> list[Function]:
        """The functions that belong to no resource, in source order."""
        return [f for f in self.functions.values() if isinstance(f.kind, Freestanding)]


@dataclass(frozen=True, slots=True)
class InterfaceKey:
    """The key of an import or export that is named by the interface's own id."""

    interface: Interface


WorldKey = str | InterfaceKey
"""A plain name (function, type, inline interface, or a label of the "implements" form), or an interface's identity."""


@dataclass(frozen=True, slots=True, eq=False)
class InterfaceItem:
    """An imported or exported interface; under a plain key it is inline (no name) or "implements" (it has one)."""

    interface: Interface
    docs: str | None = None
    stability: Stability | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FunctionItem:
    """An imported or exported function of the world."""

    function: Function


@dataclass(frozen=True, slots=True, eq=False)
class TypeItem:
    """A type of the world: one of its own, or a used one (an `Alias` to a definition of another owner)."""

    type: TypeDefinition


WorldItem = InterfaceItem | FunctionItem | TypeItem


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A world, elaborated: imports in the order interfaces, used types, own types, functions, resource functions."""

    name: str
    package: Package = field(repr=False)
    docs: str | None = None
    stability: Stability | None = None
    imports: dict[WorldKey, WorldItem] = field(default_factory=dict[WorldKey, WorldItem])
    exports: dict[WorldKey, WorldItem] = field(default_factory=dict[WorldKey, WorldItem])

    @property
    def id(self) -> str:
        """`ns:pkg/name[@version]`."""
        return self.package.name.item(self.name)


@dataclass(frozen=True, slots=True, eq=False)
class Package:
    """A package with what it defines, by name."""

    name: PackageName
    docs: str | None = None
    interfaces: dict[str, Interface] = field(default_factory=dict[str, Interface])
    worlds: dict[str, World] = field(default_factory=dict[str, World])


@dataclass(frozen=True, slots=True, eq=False)
class Resolved:
    """All packages of one load, each after those it mentions; `root` is the one that was asked for."""

    packages: tuple[Package, ...]
    root: Package
    left_out: dict[str, str] = field(default_factory=dict[str, str])
    """The worlds that a gate removed, by id, each with its feature: for whoever asks for one by name."""


__all__ = [
    "Constructor",
    "Freestanding",
    "Function",
    "FunctionItem",
    "FunctionKind",
    "Interface",
    "InterfaceItem",
    "InterfaceKey",
    "Method",
    "Package",
    "Param",
    "Resolved",
    "Static",
    "TypeItem",
    "World",
    "WorldItem",
    "WorldKey",
]
