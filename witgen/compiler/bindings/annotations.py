"""WIT types as Python annotations: what each type is called, and where "in" takes more than "out" gives.

A value that the component hands out is spelled exactly (`list[T]`, `bytes`, `StreamReader[T]`); one that it takes is spelled
by what is accepted (`Sequence[T]`, any buffer of bytes, anything that yields items). How a name is reached in the module at hand (imported, aliased, qualified
because a method shadows it) is the business of the `Spelling` that the caller passes.
"""

from __future__ import annotations

from typing import Protocol, assert_never

from ...component.types import (
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
    Variant,
    resolve_alias,
    resource_of,
)


class Spelling(Protocol):
    """How the module at hand reaches names. Asking imports what is asked for."""

    def builtin(self, name: str) -> str:
        """The text for a builtin such as `int`."""
        ...

    def helper(self, name: str) -> str:
        """The text for a helper of the standard library or the runtime, such as `Sequence`."""
        ...

    def definition(self, definition: Record | Variant | Enum | Flags) -> str:
        """The text for a class, with its type arguments."""
        ...

    def alias(self, definition: Alias, wide: bool) -> str | None:
        """The text for an alias by its own name; None where what it stands for is to be spelled instead."""
        ...

    def resource(self, resource: Resource) -> str:
        """The text for a handle."""
        ...


_PRIMITIVES = {
    Primitive.BOOL: "bool",
    Primitive.F32: "float",
    Primitive.F64: "float",
    Primitive.CHAR: "str",
    Primitive.STRING: "str",
}


def annotation(type: Type | None, spell: Spelling, *, wide: bool = False) -> str:
    """The annotation of `type` (None: no value). `wide` gives what an argument accepts instead of what a call returns."""
    match type:
        case None:
            return "None"
        case Primitive.ERROR_CONTEXT:
            return spell.helper("ErrorContext")
        case Primitive():
            return spell.builtin(_PRIMITIVES.get(type, "int"))
        case List(element) | FixedList(element, _):
            return _list(type, element, spell, wide)
        case Map(key, value):
            head = spell.helper("Mapping") if wide else spell.builtin("dict")
            return f"{head}[{annotation(key, spell)}, {annotation(value, spell, wide=wide)}]"
        case Option(element):
            inner = annotation(element, spell, wide=wide)
            if isinstance(resolve_alias(element), Option):
                inner = f"{spell.helper('Some')}[{inner}]"
            return f"{inner} | None"
        case Result(ok, err):
            good = annotation(ok, spell, wide=wide)
            bad = annotation(err, spell, wide=wide)
            return f"{spell.helper('Ok')}[{good}] | {spell.helper('Err')}[{bad}]"
        case Tuple(elements):
            parts = ", ".join(annotation(element, spell, wide=wide) for element in elements)
            return f"{spell.builtin('tuple')}[{parts or '()'}]"
        case Stream(element):
            if element is not None and is_byte(element):
                return spell.helper("IntoByteStream" if wide else "ByteStreamReader")
            return f"{spell.helper('IntoStream' if wide else 'StreamReader')}[{annotation(element, spell, wide=wide)}]"
        case Future(element):
            return f"{spell.helper('IntoFuture' if wide else 'FutureReader')}[{annotation(element, spell, wide=wide)}]"
        case Own(resource) | Borrow(resource):
            return spell.resource(resource_of(resource))
        case Record() | Variant() | Enum() | Flags():
            return spell.definition(type)
        case Alias(target=target):
            named = spell.alias(type, wide)
            if named is not None:
                return named
            return spell.resource(target) if isinstance(target, Resource) else annotation(target, spell, wide=wide)
        case _:
            assert_never(type)


def _list(type: List | FixedList, element: Type, spell: Spelling, wide: bool) -> str:
    if isinstance(type, List) and is_byte(element):
        if wide:
            return " | ".join(spell.builtin(name) for name in ("bytes", "bytearray", "memoryview"))
        return spell.builtin("bytes")
    head = spell.helper("Sequence") if wide else spell.builtin("list")
    return f"{head}[{annotation(element, spell, wide=wide)}]"


def is_byte(element: Type) -> bool:
    """Whether a list or stream of `element` is one of `bytes`: through aliases too."""
    return resolve_alias(element) in (Primitive.U8, Primitive.S8)
