"""The plan of a component: what to instantiate, in which order, and what crosses between core code and components.

A plan holds no indices into the file and nothing that belongs to a store: it is made once per component, and followed
for every instance. All components in the component are laid out flat, as wasmtime does it: each time one is instantiated
is a `ComponentInstance` with resources of its own.
"""

from __future__ import annotations

from ...dataclass import dataclass, field
from ..binary.canon import Encoding
from ..binary.entities import Kind
from ..binary.syntax import CoreSort
from ..types import Primitive

# ---- types ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Shape:
    """A value type. Two types with the same structure are one object within a plan.

    `parts` are the types that it is made of (None: a case without payload), `names` those of fields, cases or flags,
    `size` the length of a fixed-length list, `resource` the index of the resource of a handle.
    """

    kind: Kind
    parts: tuple[ValueType | None, ...] = ()
    names: tuple[str, ...] = ()
    size: int = 0
    resource: int = -1
    depth: int = 1
    cost: int = 1
    """How many values a value of this type has in it, those of lists counted once."""


ValueType = Primitive | Shape


@dataclass(slots=True, eq=False)
class FuncType:
    """The type of a function."""

    is_async: bool
    params: tuple[tuple[str, ValueType], ...]
    result: ValueType | None


# ---- core items ----------------------------------------------------------------------------------------------------


@dataclass(slots=True, frozen=True)
class InstanceExport:
    """What a core instance exports; `instance` counts the plan's `modules` that were instantiated before it."""

    instance: int
    name: str
    sort: CoreSort


@dataclass(slots=True, frozen=True)
class Trampoline:
    """A core function that the engine supplies: the index of a `Lowered` or `ResourceBuiltin` of the plan."""

    index: int


CoreItem = InstanceExport | Trampoline


@dataclass(slots=True, eq=False)
class Options:
    """The options of a canonical definition, in the component instance with index `instance`."""

    instance: int
    encoding: Encoding
    memory: CoreItem | None
    realloc: CoreItem | None
    post_return: CoreItem | None
    callback: CoreItem | None
    is_async: bool


# ---- functions -----------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Lifted:
    """A function that core code implements (`canon lift`)."""

    core: CoreItem
    type: FuncType
    options: Options


@dataclass(slots=True, eq=False)
class Imported:
    """A function that the component imports: the name of the interface ("" for none), and its own."""

    interface: str
    name: str
    type: FuncType


Function = Lifted | Imported


@dataclass(slots=True, eq=False)
class Lowered:
    """A core function that calls a function of a component (`canon lower`)."""

    function: Function
    options: Options


@dataclass(slots=True, eq=False)
class ResourceBuiltin:
    """`resource.new`, `resource.rep` or `resource.drop`, by the last word of its name."""

    operation: str
    resource: int
    instance: int


# ---- the plan ------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Resource:
    """A resource: of the host where `instance` is None, and then imported as `name` of `interface`."""

    instance: int | None
    destructor: CoreItem | None
    interface: str
    name: str


@dataclass(slots=True, eq=False)
class ComponentInstance:
    """One instance of a component within the whole; the first is the component itself, which has no `parent`."""

    parent: int | None


@dataclass(slots=True, eq=False)
class InstantiateModule:
    """Make the next core instance: the module `data[start:end]` of the file, and its imports in their order."""

    start: int
    end: int
    imports: tuple[CoreItem, ...]


@dataclass(slots=True, eq=False)
class Instance:
    """An instance that is exported: its functions, resources (by index) and instances."""

    functions: dict[str, Function] = field(default_factory=dict[str, "Function"])
    resources: dict[str, int] = field(default_factory=dict[str, int])
    instances: dict[str, Instance] = field(default_factory=dict[str, "Instance"])


@dataclass(slots=True, eq=False)
class Plan:
    """What an engine does to instantiate a component, and what there is then."""

    modules: list[InstantiateModule] = field(default_factory=list[InstantiateModule])
    trampolines: list[Lowered | ResourceBuiltin] = field(default_factory=list["Lowered | ResourceBuiltin"])
    resources: list[Resource] = field(default_factory=list[Resource])
    instances: list[ComponentInstance] = field(default_factory=list[ComponentInstance])
    exports: Instance = field(default_factory=Instance)
    unused: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """The core modules, as ranges of bytes, that are not instantiated: the component is not valid if one of them is not."""

    def entered(self, callee: int, caller: int | None) -> tuple[int, ...]:
        """The component instances that a call enters: the callee and those around it that are not around the caller too.

        This is `entering_set` of the Canonical ABI. `caller` is None for a call from the host.
        """
        around = set[int]() if caller is None else set(self._around(caller))
        return tuple(instance for instance in self._around(callee) if instance not in around)

    def is_related(self, one: int, other: int) -> bool:
        """Whether two component instances are the same, or one is around the other: then neither may call the other.

        The specification's tests say so "for now", and wasmtime does it.
        """
        return one in self._around(other) or other in self._around(one)

    def _around(self, instance: int) -> list[int]:
        found = [instance]
        while (parent := self.instances[found[-1]].parent) is not None:
            found.append(parent)
        return found


__all__ = [
    "ComponentInstance",
    "CoreItem",
    "FuncType",
    "Function",
    "Imported",
    "Instance",
    "InstanceExport",
    "InstantiateModule",
    "Lifted",
    "Lowered",
    "Options",
    "Plan",
    "Resource",
    "ResourceBuiltin",
    "Shape",
    "Trampoline",
    "ValueType",
]
