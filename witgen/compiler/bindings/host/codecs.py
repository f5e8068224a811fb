"""Descriptions of types for the runtime: one constant per definition, in an order in which each follows what it needs.

A type that holds resources is described once for each meaning they have: implemented by the user, or by the component,
and under which key of the world.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from ....component.items import Interface
from ....component.types import (
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
    resolve_alias,
    resource_of,
)
from ...emit.pymodel import PyAssign
from .layout import Key, Site, canonical_key
from .scope import ModuleScope
from .spelling import Plan

_DEEPEST = 8
"""How many calls of an expression may lie in one another: pyright's effort doubles with each."""

Described = Record | Variant | Enum | Flags | Alias


@dataclass(frozen=True, slots=True)
class Side:
    """Where a type stands: among imports or exports, and in which interface under which key (None: the world itself)."""

    exported: bool
    site: Site | None = None
    key: Key | None = None


class Codecs:
    """The constants of one `_abi.py`; asking for a type adds what it needs."""

    def __init__(self, plan: Plan, scope: ModuleScope, links: dict[str, str]) -> None:
        self._plan = plan
        self._scope = scope
        self._links = links
        self._rt = scope.helper("rt")
        self._names: dict[tuple[object, ...], str] = {}
        self._taken: set[str] = set()
        self._deep: dict[str, str] = {}
        self.constants: list[PyAssign] = []

    def text(self, type: Type | None, side: Side) -> str:
        """The expression that describes `type`; `None` where there is none."""
        if type is None:
            return "None"
        for definition in _definitions(type):
            self._describe(definition, side)
        return self._text(type, side)

    def result(self, type: Type | None, side: Side, error: str) -> str:
        """As `text`, for what a function returns; `error` is the class that it raises, "" for `Err` itself."""
        target = None if type is None else resolve_alias(type)
        if isinstance(target, Result) and error:
            ok, err = self.text(target.ok, side), self.text(target.err, side)
            return f"{self._rt}.Result({ok}, {err}, {error})"
        return self.text(type, side)

    # Definitions ------------------------------------------------------------------------------------------------------

    def _describe(self, definition: Described, side: Side) -> None:
        """Add the constants of `definition` and of all that it needs, without recursion: chains may be long."""
        stack = [definition]
        while stack:
            top = stack[-1]
            if self._key(top, side) in self._names:
                stack.pop()
                continue
            missing = [d for t in _parts(top) for d in _definitions(t) if self._key(d, side) not in self._names]
            if missing:
                stack.extend(missing)
            else:
                stack.pop()
                self._add(top, side)

    def _key(self, definition: Described, side: Side) -> tuple[object, ...]:
        held = self._plan.facts.resources(definition)
        return (definition, *(self.resource(resource, side) for resource in held))

    def _add(self, definition: Described, side: Side) -> None:
        value = self._definition(definition, side)
        name = self._constant(definition, side)
        self._names[self._key(definition, side)] = name
        self.constants.append(PyAssign(name, value))

    def _constant(self, definition: Described | Resource, side: Side) -> str:
        owner = definition.owner
        name = self._plan.layout.names_of(definition).types[definition]
        words = [shout(name)]
        if isinstance(owner, Interface):
            site = self._plan.layout.sites[owner]
            if self._plan.facts.resources(definition):
                exported = side.exported and bool(site.exports)
                words.insert(0, shout(self._owner_key(site, side, exported).python))
            else:
                exported = site.import_path is None
                words.insert(0, shout(site.export_flat if exported else site.import_flat))
            if exported:
                words.insert(0, "X")
        else:
            words.insert(0, "WORLD")
            if side.exported and self._plan.facts.resources(definition):
                words.insert(0, "X")
        constant = "_".join(words)
        while constant in self._taken:
            constant += "_"
        self._taken.add(constant)
        return constant

    def _class(self, definition: Record | Enum | Flags) -> str:
        return self._plan.name(self._scope, self._plan.layout.home(definition), definition)

    def _definition(self, definition: Described, side: Side) -> str:
        rt = self._rt
        match definition:
            case Alias(target=target):
                return self._text(target, side)
            case Record(fields=fields):
                names = self._plan.layout.names_of(definition).fields[definition]
                parts = [
                    f'("{f.name}", "{name}", {self._text(f.type, side)})' for f, name in zip(fields, names, strict=True)
                ]
                return f"{rt}.Record({self._class(definition)}, {tuple_of(parts)})"
            case Variant(cases=cases):
                names_of = self._plan.layout.names_of(definition)
                home = self._plan.layout.home(definition)
                parts = [
                    f'("{case.name}", {self._scope.foreign(home, name)}, '
                    f"{'None' if case.type is None else self._text(case.type, side)})"
                    for case, name in zip(cases, names_of.cases[definition], strict=True)
                ]
                return f'{rt}.Variant("{names_of.types[definition]}", {tuple_of(parts)})'
            case Enum(cases=members):
                return f"{rt}.Enum({self._class(definition)}, {_strings(m.name for m in members)})"
            case Flags(flags=members):
                return f"{rt}.Flags({self._class(definition)}, {_strings(m.name for m in members)})"
            case _:
                assert_never(definition)

    # Resources --------------------------------------------------------------------------------------------------------

    def _owner_key(self, site: Site, side: Side, exported: bool) -> Key:
        """The key under which `side` sees the resources of `site`: its own, or the one of the interface's own name."""
        if side.key is not None and side.site is site and side.exported == exported:
            return side.key
        return canonical_key(site.exports if exported else site.imports, site)

    def resource(self, resource: Resource, side: Side) -> str:
        """The constant of a resource as `side` sees it."""
        owner = resource.owner
        layout = self._plan.layout
        if not isinstance(owner, Interface):
            key: tuple[object, ...] = (resource,)
            if key not in self._names:
                cls = layout.names.types[resource]
                self._resource(
                    key, resource, Side(False), f'{self._rt}.ImportedResource("", "{resource.name}", "{cls}")'
                )
            return self._names[key]
        site = layout.sites[owner]
        exported = side.exported and bool(site.exports)
        world_key = self._owner_key(site, side, exported)
        key = (resource, exported, world_key)
        if key not in self._names:
            name = site.names.types[resource]
            given = f'"{world_key.wit}", "{resource.name}"'
            if exported:
                assert site.export_path is not None
                cls = self._scope.foreign(site.export_path, name)
                link = self._links[world_key.python]
                text = f"{self._rt}.ExportedResource({given}, {cls}, lambda: {link})"
            else:
                text = f'{self._rt}.ImportedResource({given}, "{site.import_flat}.{name}")'
            self._resource(key, resource, Side(exported, site, world_key), text)
        return self._names[key]

    def _resource(self, key: tuple[object, ...], resource: Resource, side: Side, text: str) -> None:
        self._names[key] = self._constant(resource, side)
        self.constants.append(PyAssign(self._names[key], text))

    # Expressions ------------------------------------------------------------------------------------------------------

    def _text(self, type: Type | Resource, side: Side) -> str:
        """The expression; a constant of its own where brackets would lie too deep in one another."""
        text = self._expression(type, side)
        if _depth(text) < _DEEPEST:
            return text
        if text not in self._deep:
            self._deep[text] = f"DEEP_{len(self._deep)}_"  # no WIT name ends in an underscore
            self.constants.append(PyAssign(self._deep[text], text))
        return self._deep[text]

    def _expression(self, type: Type | Resource, side: Side) -> str:
        rt = self._rt
        type = _behind(type)
        match type:
            case Primitive():
                return f"{rt}.{type.name}"
            case List(element):
                return f"{rt}.List({self._text(element, side)})"
            case FixedList(element, size):
                return f"{rt}.FixedList({self._text(element, side)}, {size})"
            case Map(key, value):
                return f"{rt}.Map({self._text(key, side)}, {self._text(value, side)})"
            case Option(element):
                return f"{rt}.Option({self._text(element, side)})"
            case Result(ok, err):
                return f"{rt}.Result({self._optional(ok, side)}, {self._optional(err, side)})"
            case Tuple(elements):
                return f"{rt}.Tuple({tuple_of([self._text(element, side) for element in elements])})"
            case Stream(element):
                return f"{rt}.Stream({self._optional(element, side)})"
            case Future(element):
                return f"{rt}.Future({self._optional(element, side)})"
            case Own(resource):
                return f"{rt}.Own({self.resource(resource_of(resource), side)})"
            case Borrow(resource):
                return f"{rt}.Borrow({self.resource(resource_of(resource), side)})"
            case Resource():
                return f"{rt}.Own({self.resource(type, side)})"
            case Record() | Variant() | Enum() | Flags() | Alias():
                return self._names[self._key(type, side)]
            case _:
                assert_never(type)

    def _optional(self, type: Type | None, side: Side) -> str:
        return "None" if type is None else self._text(type, side)


def _definitions(type: Type | Resource) -> Iterator[Described]:
    """The definitions that `type` mentions, without looking into them. An alias of a definition is that definition."""
    type = _behind(type)
    match type:
        case Primitive() | Own() | Borrow() | Resource():
            return
        case Record() | Variant() | Enum() | Flags():
            yield type
        case Alias():
            yield type
        case List(element) | FixedList(element, _) | Option(element):
            yield from _definitions(element)
        case Map(key, value):
            yield from _definitions(key)
            yield from _definitions(value)
        case Result(ok, err):
            for part in (ok, err):
                if part is not None:
                    yield from _definitions(part)
        case Tuple(elements):
            for part in elements:
                yield from _definitions(part)
        case Stream(element) | Future(element):
            if element is not None:
                yield from _definitions(element)
        case _:
            assert_never(type)


def _behind(type: Type | Resource) -> Type | Resource:
    """`type`; for an alias of a definition, that definition."""
    target = resolve_alias(type)
    return target if isinstance(target, Definition) else type


def _parts(definition: Described) -> list[Type | Resource]:
    match definition:
        case Record(fields=fields):
            return [field.type for field in fields]
        case Variant(cases=cases):
            return [case.type for case in cases if case.type is not None]
        case Enum() | Flags():
            return []
        case Alias(target=target):
            return [target]
        case _:
            assert_never(definition)


def shout(name: str) -> str:
    """`IncomingRequest` or `incoming_request` as part of a constant's name."""
    spaced = "".join(f"_{c}" if c.isupper() and i and not name[i - 1].isupper() else c for i, c in enumerate(name))
    return spaced.replace("__", "_").upper()


def _depth(text: str) -> int:
    depth = deepest = 0
    for c in text:
        if c == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif c == ")":
            depth -= 1
    return deepest


def tuple_of(parts: list[str]) -> str:
    """The text of a tuple."""
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def quoted(name: str) -> str:
    """The text of a string without anything to escape."""
    return f'"{name}"'


def _strings(names: Iterator[str]) -> str:
    return tuple_of([quoted(name) for name in names])
