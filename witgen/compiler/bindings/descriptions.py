"""How generated packages describe their types: expressions of `witgen.component.described`, for both sides.

A description is one constant for each definition, in an order in which each follows what it needs, and expressions that
name them. What a definition or a resource is called and holds is up to the side: the host planner has the classes at
hand, the guest's native module names them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar, assert_never

from ...component.types import (
    Alias,
    Borrow,
    Definition,
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
    parts,
    resolve_alias,
    resource_of,
)
from ...dataclass import dataclass
from ..emit.pymodel import Printed, PyAssign

_DEEPEST = 8
"""How many calls of an expression may lie in one another: pyright's effort doubles with each."""

Described = Record | Variant | Enum | Flags | Alias
"""The definitions that have a constant of their own, unless they only rename one, or a primitive type."""
S = TypeVar("S")
"""From where a type is seen: what a side needs to know to tell a resource's meanings apart."""


@dataclass(frozen=True, slots=True)
class Expression:
    """Python text, and how many calls and tuples lie in one another in it."""

    text: str
    depth: int = 0


NONE = Expression("None")


def call(callee: str, *arguments: Expression) -> Expression:
    """`callee(arguments)`."""
    return Expression(f"{callee}({', '.join(a.text for a in arguments)})", 1 + _deepest(arguments))


def tuple_of(parts: Iterable[Expression]) -> Expression:
    """A tuple."""
    listed = tuple(parts)
    comma = "," if len(listed) == 1 else ""
    return Expression(f"({', '.join(part.text for part in listed)}{comma})", 1 + _deepest(listed))


def string(text: str) -> Expression:
    """A string that has nothing to escape."""
    return Expression(f'"{text}"')


def strings(texts: Iterable[str]) -> Expression:
    """A tuple of strings."""
    return tuple_of(map(string, texts))


def keyword(name: str, value: Expression | str) -> Expression:
    """`name=value`, as an argument."""
    expression = Expression(value) if isinstance(value, str) else value
    return Expression(f"{name}={expression.text}", expression.depth)


def _deepest(parts: tuple[Expression, ...]) -> int:
    return max((part.depth for part in parts), default=0)


class Descriptions(ABC, Generic[S]):
    """The constants of one module; asking for a type adds what it needs."""

    def __init__(self, vocabulary: str) -> None:
        self.vocabulary = vocabulary
        """The name by which the module knows the classes of `witgen.component.described`."""
        self.constants: list[Printed] = []
        self._known: dict[Hashable, str] = {}
        self._deep: dict[str, str] = {}
        self._taken: set[str] = set()

    # What each side decides -------------------------------------------------------------------------------------------

    @abstractmethod
    def meaning(self, definition: Described, side: S) -> Hashable:
        """What a constant of `definition` depends on: one is made for each meaning."""

    @abstractmethod
    def constant_name(self, definition: Described, side: S) -> str:
        """How the constant of `definition` is called; a name that is taken gets an underscore."""

    @abstractmethod
    def definition(self, definition: Record | Variant | Enum | Flags, side: S) -> Expression:
        """The description of a definition; what it needs has its constants."""

    @abstractmethod
    def resource(self, resource: Resource, side: S) -> str:
        """The constant of a resource, made if it is not there."""

    # What both have ---------------------------------------------------------------------------------------------------

    def call(self, name: str, *arguments: Expression) -> Expression:
        """A call of a class of the vocabulary."""
        return call(f"{self.vocabulary}.{name}", *arguments)

    def constant(self, meaning: Hashable, name: str, value: Expression) -> str:
        """Add a constant; returns the name that it got."""
        name = self._known[meaning] = self.claim(name)
        self.constants.append(PyAssign(name, value.text))
        return name

    def claim(self, name: str) -> str:
        """`name`, or the first of `name_`, `name__` … that no constant has, which is then taken."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def known(self, meaning: Hashable) -> str | None:
        """The constant that was made for `meaning`."""
        return self._known.get(meaning)

    def of(self, type: Type | None, side: S) -> Expression:
        """The description of `type`; `None` where there is none."""
        if type is None:
            return NONE
        for definition in _mentioned(type):
            self._describe(definition, side)
        return self.part(type, side)

    def part(self, type: Type | Resource | None, side: S) -> Expression:
        """As `of`, for a part of what is being described: the definitions that it mentions have their constants.

        It is a constant of its own where brackets would lie too deep in one another.
        """
        if type is None:
            return NONE
        found = self._expression(type, side)
        if found.depth < _DEEPEST:
            return found
        if found.text not in self._deep:
            name = f"DEEP_{len(self._deep)}_"  # no WIT name ends in an underscore
            self._deep[found.text] = name
            self.constants.append(PyAssign(name, found.text))
        return Expression(self._deep[found.text])

    def _describe(self, definition: Described, side: S) -> None:
        """Add the constants of `definition` and of all that it needs, without recursion: chains may be long."""
        stack = [definition]
        while stack:
            top = stack[-1]
            meaning = self.meaning(top, side)
            if meaning in self._known:
                stack.pop()
                continue
            missing = [d for t in parts(top) for d in _mentioned(t) if self.meaning(d, side) not in self._known]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            value = self.part(top.target, side) if isinstance(top, Alias) else self.definition(top, side)
            self.constant(meaning, self.constant_name(top, side), value)

    def _expression(self, type: Type | Resource, side: S) -> Expression:
        type = _renamed(type)
        match type:
            case Primitive():
                return Expression(f"{self.vocabulary}.{type.name}")
            case List(element):
                return self.call("List", self.part(element, side))
            case FixedList(element, size):
                return self.call("FixedList", self.part(element, side), Expression(str(size)))
            case Map(key, value):
                return self.call("Map", self.part(key, side), self.part(value, side))
            case Option(element):
                return self.call("Option", self.part(element, side))
            case Result(ok, err):
                return self.call("Result", self.part(ok, side), self.part(err, side))
            case Tuple(elements):
                return self.call("Tuple", tuple_of([self.part(element, side) for element in elements]))
            case Stream(element):
                return self.call("Stream", self.part(element, side))
            case Future(element):
                return self.call("Future", self.part(element, side))
            case Own(resource):
                return self.call("Own", Expression(self.resource(resource_of(resource), side)))
            case Borrow(resource):
                return self.call("Borrow", Expression(self.resource(resource_of(resource), side)))
            case Resource():
                return self.call("Own", Expression(self.resource(type, side)))
            case Record() | Variant() | Enum() | Flags() | Alias():
                return Expression(self._known[self.meaning(type, side)])
            case _:
                assert_never(type)


def _mentioned(type: Type | Resource) -> Iterator[Described]:
    """The definitions that `type` mentions, without looking into them."""
    match _renamed(type):
        case Primitive() | Resource():
            return
        case Record() | Variant() | Enum() | Flags() | Alias() as definition:
            yield definition
        case anonymous:
            for part in parts(anonymous):
                yield from _mentioned(part)


def _renamed(type: Type | Resource) -> Type | Resource:
    """`type`; for an alias of a definition or a primitive type, that."""
    target = resolve_alias(type)
    return target if isinstance(target, Definition | Primitive) else type
