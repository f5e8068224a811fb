"""WIT types as Python annotations.

The text is the same everywhere; who spells the names in it (`Speller`) differs: a module's scope writes them as
that module knows them, `Absolute` writes full paths for docs.
"""

from __future__ import annotations

from typing import Protocol, assert_never

from ....component.types import (
    Alias,
    Borrow,
    Enum,
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
    resource_of,
)
from ....dataclass import dataclass
from ..naming import camel
from .layout import Layout
from .scope import Scope

TYPES = "componentize_py_types"
STREAMS = "componentize_py_async_support.streams"
FUTURES = "componentize_py_async_support.futures"


class Speller(Protocol):
    """Writes the names that an annotation needs."""

    def builtin(self, name: str) -> str:
        """A builtin type."""
        ...

    def helper(self, module: str, name: str) -> str:
        """A name of a sibling module."""
        ...

    def definition(self, definition: TypeDefinition) -> str:
        """A type with a name of its own, other than an alias."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A place for annotations in a module: at its top level, or in a class whose members hide names.

    `exported` says that the annotation belongs to an exported interface: the application's own classes of exported
    resources are meant, not the imported ones. `itself` is the resource that `Self` stands for.
    """

    scope: Scope
    members: frozenset[str] = frozenset()
    exported: bool = False
    itself: Resource | None = None

    def builtin(self, name: str) -> str:
        """A builtin as it is known here."""
        return self.scope.builtin(name, self.members)

    def helper(self, module: str, name: str) -> str:
        """A name imported from `module`, as it is known here."""
        return self.scope.helper(module, name, self.members)

    def definition(self, definition: TypeDefinition) -> str:
        """A record, variant, enum, flags or resource as it is known here."""
        if isinstance(definition, Resource):
            if definition is self.itself:
                return self.helper("typing", "Self")
            own = self.scope.exported(definition) if self.exported else None
            if own is not None:
                return own
        return self.scope.definition(definition, self.members)


@dataclass(frozen=True, slots=True)
class Absolute:
    """Spells names for docs: types by their full paths."""

    layout: Layout

    def builtin(self, name: str) -> str:
        """The bare name."""
        return name

    def helper(self, module: str, name: str) -> str:
        """The name with its module."""
        return f"{module}.{name}"

    def definition(self, definition: TypeDefinition) -> str:
        """The name with the module it lives in."""
        home = self.layout.homes(definition)[0]
        return ".".join((self.layout.options.world_module, *home.parts, camel(definition.name)))


def annotation(type: Type | None, names: Speller) -> str:
    """The annotation of `type`; None is the absent payload or result."""
    match type:
        case None:
            return "None"
        case Primitive():
            return names.builtin(_PRIMITIVES[type])
        case List(Primitive.U8 | Primitive.S8):
            return names.builtin("bytes")
        case List(element) | FixedList(element):
            return f"{names.builtin('list')}[{annotation(element, names)}]"
        case Map(key, value):
            return f"{names.builtin('dict')}[{annotation(key, names)}, {annotation(value, names)}]"
        case Option(element):
            inner = annotation(element, names)
            return f"{names.helper(TYPES, 'Some')}[{inner}] | None" if is_option(element) else f"{inner} | None"
        case Result(ok, err):
            return f"{names.helper(TYPES, 'Result')}[{annotation(ok, names)}, {annotation(err, names)}]"
        case Tuple(elements):
            inner = ", ".join(annotation(element, names) for element in elements) or "()"
            return f"{names.builtin('tuple')}[{inner}]"
        case Stream(Primitive.U8 | Primitive.S8):
            return names.helper(STREAMS, "ByteStreamReader")
        case Stream(payload):
            return f"{names.helper(STREAMS, 'StreamReader')}[{annotation(payload, names)}]"
        case Future(payload):
            return f"{names.helper(FUTURES, 'FutureReader')}[{annotation(payload, names)}]"
        case Own(resource) | Borrow(resource):
            return names.definition(resource_of(resource))
        case Record() | Variant() | Enum() | Flags():
            return names.definition(type)
        case Alias():
            target = resolve_alias(type)
            assert not isinstance(target, Resource | Alias), f"a resource stands as a type: {type.name}"
            return annotation(target, names)
        case _:
            assert_never(type)


def is_option(type: Type) -> bool:
    """Whether `type` is an option, perhaps through aliases: then None could mean two things and `Some` is needed."""
    return isinstance(resolve_alias(type), Option)


def direct_result(type: Type | None) -> Result | None:
    """The result that a function raises from instead of returning it.

    componentize-py looks at the function's own result type and at a name given to it where it is defined; behind a
    second name, or one taken by `use`, a result is an ordinary value.
    """
    target = type.target if isinstance(type, Alias) else type
    return target if isinstance(target, Result) else None


_PRIMITIVES = {
    Primitive.BOOL: "bool",
    Primitive.U8: "int",
    Primitive.U16: "int",
    Primitive.U32: "int",
    Primitive.U64: "int",
    Primitive.S8: "int",
    Primitive.S16: "int",
    Primitive.S32: "int",
    Primitive.S64: "int",
    Primitive.F32: "float",
    Primitive.F64: "float",
    Primitive.CHAR: "str",
    Primitive.STRING: "str",
    Primitive.ERROR_CONTEXT: "int",
}

__all__ = ["FUTURES", "STREAMS", "TYPES", "Absolute", "Place", "Speller", "annotation", "direct_result", "is_option"]
