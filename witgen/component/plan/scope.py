"""The index spaces of one component as a plan is made, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ...dataclass import dataclass, field
from ..binary.core_types import ExternKind
from ..binary.errors import BinaryError, Fault
from ..binary.syntax import CoreSort, Declarations
from ..types import Primitive
from .items import CoreItem, Function, FuncType, Shape
from .sections import ComponentCode, CoreModule

_Item = TypeVar("_Item")


@dataclass(slots=True, frozen=True)
class ResourceRef:
    """A resource type: its index in the plan."""

    index: int


@dataclass(slots=True, eq=False)
class Described:
    """The type of a component or an instance, not looked into; `scope` as it was when it was defined."""

    declarations: Declarations
    scope: View


@dataclass(slots=True, eq=False)
class Component:
    """A component, not instantiated; `scope` as it was when it was defined."""

    code: ComponentCode
    scope: View


@dataclass(slots=True, eq=False)
class CoreInstance:
    """A core instance: one of the plan (`index`) with what its module exports, or a bag of items."""

    index: int | None
    kinds: dict[str, CoreSort]
    items: dict[str, CoreItem]


class Exports(dict[str, "Item"]):
    """An instance: what it exports."""


TypeItem = Primitive | Shape | FuncType | ResourceRef | Described
Item = Function | TypeItem | Exports | Component | CoreModule


@dataclass(slots=True, eq=False)
class View:
    """A scope as far as it was filled at one moment: nothing that is defined later can be taken from it."""

    scope: Scope
    types: int
    components: int
    modules: int


@dataclass(slots=True, eq=False)
class Scope:
    """The index spaces of a component instance (`instance`), or of the type of one."""

    instance: int
    outer: View | None
    types: list[TypeItem] = field(default_factory=list["TypeItem"])
    funcs: list[Function] = field(default_factory=list["Function"])
    instances: list[Exports] = field(default_factory=list[Exports])
    components: list[Component] = field(default_factory=list[Component])
    modules: list[CoreModule] = field(default_factory=list[CoreModule])
    core: dict[CoreSort, list[CoreItem]] = field(default_factory=dict[CoreSort, "list[CoreItem]"])
    core_instances: list[CoreInstance] = field(default_factory=list[CoreInstance])
    exports: Exports = field(default_factory=Exports)

    def view(self) -> View:
        """This scope as it is now."""
        return View(self, len(self.types), len(self.components), len(self.modules))

    def around(self, count: int, offset: int) -> View:
        """The scope `count` levels further out."""
        view = self.view()
        for _ in range(count):
            if view.scope.outer is None:
                raise BinaryError(Fault.MALFORMED, "an alias leads further out than the outermost component", offset)
            view = view.scope.outer
        return view

    def core_items(self, sort: CoreSort) -> list[CoreItem]:
        """The core index space of a sort."""
        return self.core.setdefault(sort, [])

    def enter(self, item: Item) -> None:
        """Put an item into the index space of its sort."""
        match item:
            case Exports():
                self.instances.append(item)
            case Component():
                self.components.append(item)
            case CoreModule():
                self.modules.append(item)
            case Primitive() | Shape() | FuncType() | ResourceRef() | Described():
                self.types.append(item)
            case _:
                self.funcs.append(item)


def entry(items: Sequence[_Item], index: int, what: str, offset: int, limit: int | None = None) -> _Item:
    """An entry of an index space.

    Raises:
        BinaryError: there is none with that index.
    """
    limit = len(items) if limit is None else limit
    if index >= limit:
        raise BinaryError(Fault.MALFORMED, f"there is no {what} {index}: there are {limit} so far", offset)
    return items[index]


CORE_SORTS = {
    ExternKind.FUNC: CoreSort.FUNC,
    ExternKind.TABLE: CoreSort.TABLE,
    ExternKind.MEMORY: CoreSort.MEMORY,
    ExternKind.GLOBAL: CoreSort.GLOBAL,
    ExternKind.TAG: CoreSort.TAG,
}
"""The index space of what a core module imports or exports."""

__all__ = [
    "CORE_SORTS",
    "Component",
    "CoreInstance",
    "Described",
    "Exports",
    "Item",
    "ResourceRef",
    "Scope",
    "TypeItem",
    "View",
    "entry",
]
