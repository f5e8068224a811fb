"""Descriptions of types for the runtime: the constants of `_abi`.

A type that holds resources is described once for each meaning they have: implemented by the user, or by the component,
and under which key of the world.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import assert_never

from ....component.items import Interface
from ....component.types import (
    Enum,
    Flags,
    Record,
    Resource,
    Result,
    Type,
    Variant,
    resolve_alias,
)
from ....dataclass import dataclass
from ..descriptions import Described, Descriptions, Expression, string, strings, tuple_of
from .annotations import Plan
from .layout import Key, Site, canonical_key
from .scope import ModuleScope


@dataclass(frozen=True, slots=True)
class Side:
    """From where a type is seen: among imports or exports, and in which interface under which key (None: the world)."""

    exported: bool
    site: Site | None = None
    key: Key | None = None


class HostDescriptions(Descriptions[Side]):
    """The constants of one `_abi.py`; asking for a type adds what it needs."""

    def __init__(self, plan: Plan, scope: ModuleScope, links: dict[str, str]) -> None:
        super().__init__(scope.helper("rt"))
        self._plan = plan
        self._scope = scope
        self._links = links

    def result(self, type: Type | None, side: Side, error: str) -> Expression:
        """As `of`, for what a function returns; `error` is the class that it raises, "" for `Err` itself."""
        target = None if type is None else resolve_alias(type)
        if isinstance(target, Result) and error:
            return self.call("Result", self.of(target.ok, side), self.of(target.err, side), Expression(error))
        return self.of(type, side)

    # Definitions ------------------------------------------------------------------------------------------------------

    def meaning(self, definition: Described, side: Side) -> Hashable:
        """The definition, and the meanings of the resources it holds."""
        held = self._plan.traits.resources(definition)
        return (definition, *(self.resource(resource, side) for resource in held))

    def constant_name(self, definition: Described | Resource, side: Side) -> str:
        """Interface and definition in capitals; `X` before them where the component gives it."""
        owner = definition.owner
        name = self._plan.layout.names_of(definition).types[definition]
        words = [shout(name)]
        if isinstance(owner, Interface):
            site = self._plan.layout.sites[owner]
            if self._plan.traits.resources(definition):
                exported = side.exported and bool(site.exports)
                words.insert(0, shout(self._owner_key(site, side, exported).python))
            else:
                exported = site.import_path is None
                words.insert(0, shout(site.export_flat if exported else site.import_flat))
            if exported:
                words.insert(0, "X")
        else:
            words.insert(0, "WORLD")
            if side.exported and self._plan.traits.resources(definition):
                words.insert(0, "X")
        return "_".join(words)

    def _class(self, definition: Record | Enum | Flags) -> Expression:
        return Expression(self._plan.name(self._scope, self._plan.layout.home(definition), definition))

    def definition(self, definition: Record | Variant | Enum | Flags, side: Side) -> Expression:
        """With the classes themselves, which `_abi` imports."""
        layout = self._plan.layout
        match definition:
            case Record(fields=fields):
                names = layout.names_of(definition).fields[definition]
                parts = [
                    tuple_of((string(field.name), string(name), self.part(field.type, side)))
                    for field, name in zip(fields, names, strict=True)
                ]
                return self.call("Record", self._class(definition), tuple_of(parts))
            case Variant(cases=cases):
                names_of = layout.names_of(definition)
                home = layout.home(definition)
                parts = [
                    tuple_of(
                        (string(case.name), Expression(self._scope.foreign(home, name)), self.part(case.type, side))
                    )
                    for case, name in zip(cases, names_of.cases[definition], strict=True)
                ]
                return self.call("Variant", string(names_of.types[definition]), tuple_of(parts))
            case Enum(cases=members):
                return self.call("Enum", self._class(definition), strings(member.name for member in members))
            case Flags(flags=members):
                return self.call("Flags", self._class(definition), strings(member.name for member in members))
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
            return self.known((resource,)) or self._imported(
                (resource,), resource, Side(False), layout.names.types[resource]
            )
        site = layout.sites[owner]
        exported = side.exported and bool(site.exports)
        key = self._owner_key(site, side, exported)
        meaning = (resource, exported, key)
        seen = Side(exported, site, key)
        if exported:
            return self.known(meaning) or self._exported(meaning, resource, seen, key)
        protocol = f"{site.import_flat}.{site.names.types[resource]}"
        return self.known(meaning) or self._imported(meaning, resource, seen, protocol)

    def _imported(self, meaning: Hashable, resource: Resource, side: Side, protocol: str) -> str:
        interface = "" if side.key is None else side.key.wit
        value = self.call("ImportedResource", string(interface), string(resource.name), string(protocol))
        return self.constant(meaning, self.constant_name(resource, side), value)

    def _exported(self, meaning: Hashable, resource: Resource, side: Side, key: Key) -> str:
        site = side.site
        assert site is not None and site.export_path is not None
        value = self.call(
            "ExportedResource",
            string(key.wit),
            string(resource.name),
            Expression(self._scope.foreign(site.export_path, site.names.types[resource])),
            Expression(f"lambda: {self._links[key.python]}"),
        )
        return self.constant(meaning, self.constant_name(resource, side), value)


def shout(name: str) -> str:
    """`IncomingRequest` or `incoming_request` as part of a constant's name."""
    spaced = "".join(f"_{c}" if c.isupper() and i and not name[i - 1].isupper() else c for i, c in enumerate(name))
    return spaced.replace("__", "_").upper()
