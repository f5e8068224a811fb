"""The modules of a guest package that have a shape of their own, as data: one class for each template in `templates/guest/`.

The slots are final Python text, as in `pymodel`; a template shows what stands around them.
"""

from __future__ import annotations

from typing import ClassVar

from ...dataclass import dataclass
from .pymodel import Documented, Printed, PyField, PyModule, PyParam

# The package ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature(Documented):
    """A function or method without its body; `decorators` are those that the template does not know of."""

    template: ClassVar[str] = "guest/stub.py.j2"
    is_block: ClassVar[bool] = True
    name: str
    params: tuple[PyParam, ...]
    """`self` or `cls` included."""
    result: str
    docstring: str
    not_implemented: str
    """The name by which `NotImplementedError` is known here."""
    decorators: tuple[str, ...] = ()
    is_async: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """The names that the refusal of a class without a constructor takes."""

    never: str
    object: str
    type: str
    type_error: str
    parent: str
    """What gives the methods of the parent class: `super()`."""


@dataclass(frozen=True, slots=True)
class ResourceClass(Documented):
    """The class of an imported resource: a context manager around its handle, whose methods are stubs.

    The slots after `functions` are names of builtins and imports as they are known in the class.
    """

    template: ClassVar[str] = "guest/resource.py.j2"
    is_block: ClassVar[bool] = True
    name: str
    wit: str
    docstring: str
    functions: tuple[Signature, ...]
    itself: str
    traceback: str
    type: str
    base_exception: str
    not_implemented: str
    refusal: Refusal | None
    """What refuses a call of the class; None where it has a constructor."""


@dataclass(frozen=True, slots=True)
class ImplementedProtocol(Documented):
    """What the application implements: the functions of an exported interface or of the world, or a resource."""

    template: ClassVar[str] = "guest/protocol.py.j2"
    is_block: ClassVar[bool] = True
    name: str
    protocol: str
    """The name by which `typing.Protocol` is known."""
    docstring: str
    functions: tuple[Signature, ...]
    abstractmethod: str
    """The name by which it is known; empty where there are no functions."""


@dataclass(frozen=True, slots=True)
class InterfaceModule(PyModule):
    """The module of an interface: `items` are its types and resources, then come functions."""

    template: ClassVar[str] = "guest/interface.py.j2"
    functions: tuple[Signature, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportsModule(PyModule):
    """The module of what the application implements."""

    template: ClassVar[str] = "guest/exports.py.j2"
    protocols: tuple[ImplementedProtocol, ...] = ()


@dataclass(frozen=True, slots=True)
class WorldModule(InterfaceModule):
    """The module of the world itself: types, functions, and its own Protocol."""

    template: ClassVar[str] = "guest/world.py.j2"
    protocols: tuple[ImplementedProtocol, ...] = ()
    """One: what the world exports itself."""


# The world in plain CPython -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NativeResource:
    """A property of a Protocol that gives the class of a resource: its name, and the class."""

    name: str
    cls: str


@dataclass(frozen=True, slots=True)
class NativeFunction:
    """A method of a Protocol; `params` are those after `self`, by position only."""

    name: str
    params: tuple[PyParam, ...]
    result: str
    is_async: bool


@dataclass(frozen=True, slots=True)
class NativeProtocol(Documented):
    """An interface, as a test gives or gets it."""

    name: str
    docstring: str
    resources: tuple[NativeResource, ...]
    functions: tuple[NativeFunction, ...]
    property: str
    """The name by which it is known in the class, as is `type`."""
    type: str


@dataclass(frozen=True, slots=True)
class DescribedFunction:
    """A function for the back end: where it is, parameters and result, as expressions."""

    path: str
    params: str
    result: str
    raises: bool
    is_async: bool
    resource: str
    """The constant of the resource that it belongs to; empty for none."""


@dataclass(frozen=True, slots=True)
class DescribedInterface:
    """An interface for the back end, or what the world has itself; empty `protocol` and `home` are left out."""

    template: ClassVar[str] = "guest/described_interface.py.j2"
    is_block: ClassVar[bool] = False
    constant: str
    key: str
    wit: str
    module: str
    functions: tuple[DescribedFunction, ...]
    resources: str
    """A tuple of constants."""
    protocol: str = ""
    home: str = ""


@dataclass(frozen=True, slots=True)
class DescribedWorld:
    """The world for the back end; all but `wit` and `module` are tuples, and `constructors` may be empty."""

    wit: str
    module: str
    imports: str
    exports: str
    constructors: str


@dataclass(frozen=True, slots=True)
class NativeModule(PyModule):
    """The module that enters the world in plain CPython."""

    template: ClassVar[str] = "guest/native.py.j2"
    protocols: tuple[NativeProtocol, ...] = ()
    exports: tuple[PyField, ...] = ()
    """The attributes of the class of exports."""
    constants: tuple[Printed, ...] = ()
    """Types, and each `DescribedInterface`, after what it needs."""
    world: DescribedWorld | None = None
    parameters: tuple[PyParam, ...] = ()
    """What the component imports: keys, and what a test may give for them."""
