"""The modules of a host package that have a shape of their own, as data: one class for each template in `templates/host/`.

The slots are final Python text, as in `pymodel`; a template shows what stands around them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ...dataclass import dataclass, field
from .pymodel import Documented, PyAssign, PyField, PyFunction, PyModule, PyParam

# Imported interfaces --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Protocol(Documented):
    """What the user implements of a resource: its methods, or what makes objects of it."""

    template: ClassVar[str] = "host/protocol.py.j2"
    is_block: ClassVar[bool] = True
    name: str
    base: str
    docstring: str
    methods: tuple[PyFunction, ...]
    """Their parameters are those after `self`, by position only; they have no body."""


@dataclass(frozen=True, slots=True)
class ImplementedInterface(Documented):
    """What the user implements of an interface: `methods` as in a Protocol, and attributes that make resources."""

    name: str
    base: str
    docstring: str
    factories: tuple[PyField, ...]
    methods: tuple[PyFunction, ...]


@dataclass(frozen=True, slots=True)
class SuppliedInterface(ImplementedInterface):
    """What `instantiate` takes for an interface, whose factories are only read."""

    property: str
    """The names of the decorators of the factories."""
    abstractmethod: str


@dataclass(frozen=True, slots=True)
class ImportedInterface(PyModule):
    """The module of an imported interface: `items`, then its class and what `instantiate` takes for it."""

    template: ClassVar[str] = "host/imported_interface.py.j2"
    interface: ImplementedInterface | None = None
    """None where there is nothing to implement."""
    supplied: SuppliedInterface | None = None
    """None where that is `interface` itself."""


@dataclass(frozen=True, slots=True)
class TypeVariable:
    """A type variable; an empty `bound` is left out."""

    name: str
    bound: str
    is_covariant: bool
    is_contravariant: bool


@dataclass(frozen=True, slots=True)
class VariablesModule(PyModule):
    """The module of type variables."""

    template: ClassVar[str] = "host/variables.py.j2"
    bounds: tuple[PyAssign, ...] = ()
    """Aliases that only type checkers see: the most general form of each Protocol that has arguments."""
    variables: tuple[TypeVariable, ...] = ()
    type_var: str = ""
    """The text for `typing.TypeVar`."""


# Exported interfaces --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExportedFunction(Documented):
    """A method that calls a function of the component."""

    name: str
    params: tuple[PyParam, ...]
    """Those after `self`."""
    result: str
    docstring: str
    decorators: tuple[str, ...]
    is_async: bool
    has_result: bool
    attribute: str
    """Of the link, where the function is."""
    passed: tuple[str, ...]
    bound: str = ""
    """The name of what lets the function take the place of the method in the object; empty where it may not."""
    owner: str = ""
    """The class of the method, with `bound`."""


@dataclass(frozen=True, slots=True)
class HandleClass(Documented):
    """The class for handles of a resource that the component implements."""

    template: ClassVar[str] = "host/handle.py.j2"
    is_block: ClassVar[bool] = True
    name: str
    bases: tuple[str, ...]
    docstring: str
    link: str
    """The class of the link."""
    functions: tuple[ExportedFunction, ...]
    closes: bool
    """Whether `close` is ours: not where the resource has a method of that name."""


@dataclass(frozen=True, slots=True)
class HandleFactory(Documented):
    """The class of what makes handles in one instance."""

    template: ClassVar[str] = "host/handle_factory.py.j2"
    is_block: ClassVar[bool] = True
    name: str
    base: str
    """Empty for none."""
    docstring: str
    link: str
    """The class of the link."""
    functions: tuple[ExportedFunction, ...]


@dataclass(frozen=True, slots=True)
class FactoryAttribute:
    """An attribute of an exported interface that makes handles, and its class."""

    name: str
    factory: str


@dataclass(frozen=True, slots=True)
class InterfaceClass(Documented):
    """The class of an exported interface."""

    name: str
    base: str
    """Empty for none."""
    docstring: str
    link: str
    """The class of the link."""
    factories: tuple[FactoryAttribute, ...]
    functions: tuple[ExportedFunction, ...]


@dataclass(frozen=True, slots=True)
class ExportedInterface(PyModule):
    """The module of an exported interface: `items`, then its class."""

    template: ClassVar[str] = "host/exported_interface.py.j2"
    interface: InterfaceClass | None = None
    """None where there is nothing to call."""


# Worlds ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Export:
    """An attribute of a world's class for an exported interface, with the classes of the interface and of its link."""

    name: str
    interface: str
    link: str


@dataclass(frozen=True, slots=True)
class ImportKeyword(Documented):
    """A keyword of `instantiate`, as a key of a typed dictionary."""

    name: str
    annotation: str
    docstring: str


@dataclass(frozen=True, slots=True)
class ImportsClass:
    """The typed dictionary of what a component may import."""

    name: str
    generic: str
    """The name by which `Generic` is known; empty where there are no variables."""
    variables: str
    """Type variables, with commas."""
    keywords: tuple[ImportKeyword, ...]


@dataclass(frozen=True, slots=True)
class WorldClass(Documented):
    """The class of a world, that of a component prepared for it, and what these take for the imports."""

    name: str
    pre: str
    wit: str
    """The world's id."""
    docstring: str
    table: str
    """The constant of `_abi` that describes the world."""
    link: str
    """The class of the link for the world's own functions; empty where it exports none."""
    exports: tuple[Export, ...]
    functions: tuple[ExportedFunction, ...]
    store: str
    """The parameter for the store."""
    component: str
    """The parameter for the component."""
    imports: ImportsClass | None
    """None for a world that imports nothing."""
    builtins: Mapping[str, str]
    """The text for builtins inside the world's class, whose functions may have their names."""


@dataclass(frozen=True, slots=True)
class WorldModule(PyModule):
    """The module of the classes of all worlds."""

    template: ClassVar[str] = "host/world.py.j2"
    worlds: tuple[WorldClass, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """The text for each name that the template takes from the runtime."""


# How types cross ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkFunction:
    """An exported function as an attribute of a link, once for each way to call it."""

    attribute: str
    interface: str
    name: str
    signature: str
    described: tuple[str, ...]
    """Parameters and result, as expressions, without what is not there."""
    is_async: bool
    blocking: bool


@dataclass(frozen=True, slots=True)
class LinkClass:
    """The functions of an exported interface, or of a world."""

    name: str
    base: str
    functions: tuple[LinkFunction, ...]


@dataclass(frozen=True, slots=True)
class ImportedFunction:
    """An imported function."""

    name: str
    path: str
    """Where an implementation has it."""
    described: tuple[str, ...]
    """As for `LinkFunction`."""
    is_async: bool


@dataclass(frozen=True, slots=True)
class ImportTable:
    """What the runtime needs to know of one keyword of `instantiate`."""

    constant: str
    key: str
    wit: str
    protocol: str
    functions: tuple[ImportedFunction, ...]
    resources: str = ""
    """A tuple of the constants of its resources; empty for none."""
    native: bool = False
    http: bool = False
    needs: str = ""
    """A tuple of the ids of the interfaces that it needs; empty for none."""


@dataclass(frozen=True, slots=True)
class ExportTable:
    """The id of an exported interface, and the tuple of its functions."""

    wit: str
    functions: str


@dataclass(frozen=True, slots=True)
class WorldTable:
    """A world: its imports that no other world has, and tuples of all that it imports and exports; empty for none."""

    constant: str
    id: str
    imports: tuple[ImportTable, ...]
    all_imports: str
    exports: tuple[ExportTable, ...]
    functions: str


@dataclass(frozen=True, slots=True)
class AbiModule(PyModule):
    """The module of descriptions; `items` are the constants for types and resources."""

    template: ClassVar[str] = "host/abi.py.j2"
    rt: str = ""
    """The name by which the module knows `witgen.runtime.generated`."""
    links: tuple[LinkClass, ...] = ()
    shared: tuple[ImportTable, ...] = ()
    """What the worlds import of interfaces, which they share."""
    worlds: tuple[WorldTable, ...] = ()
    version: str = ""
    """Of witgen."""
