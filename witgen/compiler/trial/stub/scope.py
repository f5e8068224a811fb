"""Types in component text: one index space, which names each definition once and spells everything else out.

Functions of imports and exports may mention records, variants, enums, flags and resources only under a name that is
imported or exported (Component Model, "External visibility"), so a definition is first given its name and then only
used by that. Anonymous types are written in place while short; longer ones become a `(type …)` of their own, so the
text never nests deeply however deep the type is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from ....component.items import Function
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
    parts,
)

_LONGEST_IN_PLACE = 60


class Ids:
    """Hands out identifiers that are unique in the whole text, so that one found further out is never shadowed."""

    def __init__(self) -> None:
        self._count = 0

    def fresh(self, hint: str) -> str:
        """A new identifier; `hint` (a kebab-case name) is for the reader."""
        self._count += 1
        return f"${hint}-{self._count}"


class Scope:
    """The types of one component or instance type, with the lines that declare them.

    `foreign` is asked, once per definition, for the identifier of a definition that was not declared here.
    """

    def __init__(self, ids: Ids, foreign: Callable[[TypeDefinition], str]) -> None:
        self.lines: list[str] = []
        self.ids = ids
        self._foreign = foreign
        self._definitions: dict[TypeDefinition, str] = {}
        self._anonymous: dict[int, str] = {}

    def add(self, *lines: str) -> None:
        """Append lines of text."""
        self.lines.extend(lines)

    def named(self, definition: TypeDefinition) -> str:
        """The identifier under which `definition` is known here."""
        known = self._definitions.get(definition)
        if known is None:
            known = self._definitions[definition] = self._foreign(definition)
        return known

    def declare(self, keyword: str, name: str, definition: TypeDefinition) -> None:
        """Say that the type `name` is imported, or exported by an instance type: `keyword` is `import` or `export`."""
        bound = "sub resource" if isinstance(definition, Resource) else f"eq {self.index(definition)}"
        known = self.ids.fresh(name)
        self.add(f'({keyword} "{name}" (type {known} ({bound})))')
        self._definitions[definition] = known

    def export(self, name: str, definition: TypeDefinition) -> None:
        """Define the type and export it from the component that this scope belongs to."""
        if isinstance(definition, Resource):
            index = self.define(name, "(resource (rep i32))")
        else:
            index = self.index(definition)
        known = self.ids.fresh(name)
        self.add(f'(export {known} "{name}" (type {index}))')
        self._definitions[definition] = known

    def define(self, hint: str, text: str) -> str:
        """Give a type's text an index of its own, and return its identifier."""
        known = self.ids.fresh(hint)
        self.add(f"(type {known} {text})")
        return known

    def index(self, definition: Record | Variant | Enum | Flags | Alias) -> str:
        """The identifier of the structure of a definition, which is written first unless it is an alias of one."""
        match definition:
            case Record():
                text = "(record" + "".join(f' (field "{f.name}" {self.value(f.type)})' for f in definition.fields)
            case Variant():
                text = "(variant" + "".join(f' (case "{c.name}"{self._payload(c.type)})' for c in definition.cases)
            case Enum():
                text = "(enum" + "".join(f' "{c.name}"' for c in definition.cases)
            case Flags():
                text = "(flags" + "".join(f' "{f.name}"' for f in definition.flags)
            case Alias():
                target = definition.target
                if isinstance(target, Record | Variant | Enum | Flags | Resource | Alias):
                    return self.named(target)
                text = self.value(target)
                return text if text.startswith("$") else self.define(definition.name, text)
            case _:
                assert_never(definition)
        return self.define(definition.name, text + ")")

    def function(self, function: Function, known: str = "") -> str:
        """The function's type: `(func …)`, with the identifier `known` if it gets one."""
        return f"(func{f' {known}' if known else ''}{self.signature(function)})"

    def signature(self, function: Function) -> str:
        """What follows `func` in a function's type, with a space before it; empty if there is nothing."""
        params = "".join(f' (param "{p.name}" {self.value(p.type)})' for p in function.params)
        result = "" if function.result is None else f" (result {self.value(function.result)})"
        return f"{' async' if function.is_async else ''}{params}{result}"

    def value(self, type: Type) -> str:
        """How a value's type is written here: a keyword, an identifier, or a short type in parentheses."""
        stack = [type]
        while stack:
            top = stack[-1]
            missing = [part for part in _parts(top) if id(part) not in self._anonymous]
            if missing:
                stack.extend(missing)
            else:
                self._anonymous[id(top)] = self._spell(top)
                stack.pop()
        return self._anonymous[id(type)]

    def _spell(self, type: Type) -> str:
        text = self._text(type)
        if text.startswith("$"):
            return text
        # Where a type may be left out (a case's payload, say), wasmtime's assembler does not see that these are types.
        overlooked = isinstance(type, Future | Stream)
        return self.define("type", text) if overlooked or len(text) > _LONGEST_IN_PLACE else text

    def _text(self, type: Type) -> str:
        done = self._anonymous
        match type:
            case Primitive():
                return type.value
            case Record() | Variant() | Enum() | Flags() | Alias():
                return self.named(type)
            case Own(resource):
                return f"(own {self.named(resource)})"
            case Borrow(resource):
                return f"(borrow {self.named(resource)})"
            case List(element):
                return f"(list {done[id(element)]})"
            case FixedList(element, size):
                return f"(list {done[id(element)]} {size})"
            case Map(key, value):
                return f"(map {done[id(key)]} {done[id(value)]})"
            case Option(element):
                return f"(option {done[id(element)]})"
            case Result(ok, err):
                error = "" if err is None else f" (error {done[id(err)]})"
                return f"(result{self._payload(ok)}{error})"
            case Tuple(elements):
                return "(tuple" + "".join(f" {done[id(element)]}" for element in elements) + ")"
            case Future(element):
                return f"(future{self._payload(element)})"
            case Stream(element):
                return f"(stream{self._payload(element)})"
            case _:
                assert_never(type)

    def _payload(self, type: Type | None) -> str:
        return "" if type is None else f" {self.value(type)}"


def _parts(type: Type) -> tuple[Type, ...]:
    """The types that a type is written with; those of a definition are written where it is declared."""
    return () if isinstance(type, Record | Variant | Enum | Flags | Alias) else parts(type)


__all__ = ["Ids", "Scope"]
