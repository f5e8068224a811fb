"""Compares types of a world with those of a component: by structure, resources by identity.

A definition is compared with the one that has its name in its place, and what differs in the two is reported there, once,
and not by each that uses them. With any other, it is compared in silence, and what uses it reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .. import types as t
from ..items import Function, Interface, World
from ..notation import function_text, parts_of, structure_text, type_text
from .differences import Difference
from .hints import AlikeInName, Hint, OtherHome, Reordered
from .homes import Home, Homes, Key
from .reasons import (
    OtherAsync,
    OtherKind,
    OtherParameters,
    OtherParts,
    OtherResource,
    OtherType,
    Reason,
    function_item,
    type_item,
)
from .resources import Resources
from .shapes import AnyType, Value, inner_pairs, mentioned, names_of
from .steps import Path, Step, StepKind, definition_step, function_step, parameter_step, part_step

# Tuples: to make a union anew at each test takes longer than the test.
_VALUES = t.Record, t.Variant, t.Enum, t.Flags
_HANDLES = t.Own, t.Borrow
_WHOLE = *_VALUES, *_HANDLES, t.Resource, t.Primitive


class TypeComparison:
    """The definitions and resources that were compared so far."""

    def __init__(self, world: World, differences: list[Difference]) -> None:
        self._homes = Homes(world)
        self._differences = differences
        self.resources = Resources(self._homes)
        self._partners: dict[Key, AnyType] = {}
        """The definition of the component that stands for one of the world."""
        self._names: dict[AnyType, set[t.TypeDefinition]] = {}
        """The definitions of the world that have the name and the place of one of the component."""
        self._waiting: list[tuple[Home, Home, t.TypeDefinition, t.TypeDefinition]] = []
        self._compared: set[tuple[Key, t.TypeDefinition]] = set()
        self._told: set[tuple[Key, AnyType]] = set()
        """What was reported where it is defined: a type of the world, and what the component has for it."""
        self._owners: dict[Interface | World, Step] = {}
        """How the paths begin of what the component's interfaces have."""
        self._reported: set[Difference] = set()

    def types(
        self,
        home: Home,
        expected: Mapping[str, t.TypeDefinition],
        found: Mapping[str, t.TypeDefinition],
        owner: Interface | World,
    ) -> None:
        """Compare the types that have one name in one place; `owner` is what the component has there."""
        self._owners[owner] = home.head
        common = [(definition, found[name]) for name, definition in expected.items() if name in found]
        for left, right in common:
            self.resources.meet(home, left, right)
            base = t.resolve_alias(right)
            if isinstance(left, Value) and isinstance(base, Value):
                self._partners.setdefault(self._homes.key(home, left), base)
                self._names.setdefault(base, set()).add(left)
        for left, right in common:
            self._bind(home, left, right)
        self._definitions()

    def _bind(self, home: Home, expected: t.TypeDefinition, found: t.TypeDefinition) -> None:
        left, right = t.resolve_alias(expected), t.resolve_alias(found)
        if self._is_told(home, expected, found):
            return
        where = (Step(StepKind.TYPE, expected.name),)
        if isinstance(left, t.Resource) and isinstance(right, t.Resource):
            if self.resources.same(home, left, right):
                return
            self._report_types(home, where, OtherResource, left, right)
        elif isinstance(left, t.Resource) or isinstance(right, t.Resource):
            self._report(home, where, OtherKind(type_item(left), type_item(right)))
        elif self.same(home, expected, found):
            return
        elif left is expected or right is found:
            self._report(home, where, OtherType(structure_text(left), structure_text(right)))
        else:
            self._report_types(home, where, OtherType, left, right)
        self._told.add((self._homes.key(home, expected), right))

    def function(self, home: Home, expected: Function, found: Function) -> None:
        """Compare two functions: kind of call, parameters by name, order and type, result."""
        where = () if home.function else (function_step(expected),)
        if type(expected.kind) is not type(found.kind):
            self._report(home, where, OtherKind(function_item(expected), function_item(found)))
            return
        if expected.is_async != found.is_async:
            self._report(home, where, OtherAsync(expected.is_async, found.is_async))
        names, others = [param.name for param in expected.params], [param.name for param in found.params]
        types: list[t.Type | None] = [param.type for param in found.params]
        if names != others:
            reason = OtherParameters(function_text(expected), function_text(found))
            self._report(home, where, reason, _reordered(StepKind.PARAMETER, names, others))
            there = dict(zip(others, types, strict=True))
            types = [there.get(name) for name in names]
        for index, (param, other) in enumerate(zip(expected.params, types, strict=True)):
            if other is not None and not self.same(home, param.type, other):
                at = (*where, parameter_step(expected, index))
                self._report_types(home, at, OtherType, param.type, other)
        if not self._same_payload(home, expected.result, found.result):
            at = (*where, Step(StepKind.RESULT))
            self._report_types(home, at, OtherType, expected.result, found.result)
        self._definitions()

    # Types

    def same(self, user: Home, expected: AnyType, found: AnyType) -> bool:
        """Whether two types are the same, apart from what is reported where it is defined; `user` mentions both."""
        fits = True
        stack = [(user, expected, found)]
        seen: set[tuple[Key, t.TypeDefinition]] = set()
        while stack:
            user, expected, found = stack.pop()
            if expected is found and isinstance(expected, t.Primitive):
                continue  # as most are
            if self._is_told(user, expected, found):
                continue
            left, right = t.resolve_alias(expected), t.resolve_alias(found)
            if isinstance(left, _VALUES) and isinstance(right, _VALUES):
                home = self._homes.home(user, left)
                pair = (home.step, left), right
                if self._partner(pair[0], right) is right:
                    self._wait(user, home, left, right)
                elif pair not in seen:
                    seen.add(pair)
                    parts = inner_pairs(left, right)
                    fits = fits and parts is not None
                    stack.extend((home, part, other) for part, other in reversed(parts or ()))
            elif isinstance(left, _HANDLES) and type(left) is type(right):
                assert isinstance(right, _HANDLES)
                resources = t.resource_of(left.resource), t.resource_of(right.resource)
                fits = self.resources.same(user, *resources) and fits
            elif isinstance(left, _WHOLE):
                fits = left is right and fits
            else:
                parts = inner_pairs(left, right)
                fits = fits and parts is not None
                stack.extend((user, part, other) for part, other in reversed(parts or ()))
        return fits

    def _partner(self, key: Key, found: AnyType) -> AnyType | None:
        """What stands for a definition: if nothing does yet, what was found, unless that has another one's name."""
        if key not in self._partners and key[1] in self._names.get(found, (key[1],)):
            self._partners[key] = found
        return self._partners.get(key)

    def _same_payload(self, home: Home, expected: t.Type | None, found: t.Type | None) -> bool:
        if expected is None or found is None:
            return expected is found
        return self.same(home, expected, found)

    def _is_told(self, user: Home, expected: AnyType, found: AnyType) -> bool:
        """Whether this very difference was reported where the type, or one that it is an alias of, is defined."""
        if not self._told:
            return False
        left, right = t.resolve_alias(expected), t.resolve_alias(found)
        if any((self._homes.key(user, name), right) in self._told for name in names_of(expected)):
            return True
        handles = isinstance(left, _HANDLES), isinstance(right, _HANDLES)
        if not any(handles) or (all(handles) and type(left) is not type(right)):
            return False
        names = names_of(left.resource if isinstance(left, _HANDLES) else expected)
        right = t.resource_of(right.resource) if isinstance(right, _HANDLES) else right
        return any((self._homes.key(user, name), right) in self._told for name in names)

    # Definitions

    def _wait(self, user: Home, home: Home, expected: t.TypeDefinition, found: t.TypeDefinition) -> None:
        """Compare two definitions later, so that a long chain of definitions is not a deep recursion."""
        pair = (home.step, expected), found
        if pair not in self._compared:
            self._compared.add(pair)
            # Where the component has it elsewhere, the path is that of whoever met it.
            shown = home if self._owners.get(found.owner) == home.head else user
            self._waiting.append((shown, home, expected, found))

    def _definitions(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            for shown, home, expected, found in waiting:
                self._definition(shown, home, expected, found)

    def _definition(self, shown: Home, home: Home, expected: t.TypeDefinition, found: t.TypeDefinition) -> None:
        where = (definition_step(expected),)
        if type(expected) is not type(found):
            self._report(shown, where, OtherKind(type_item(expected), type_item(found)))
            return
        parts, others = parts_of(expected), parts_of(found)
        names, other_names = tuple(part.name for part in parts), tuple(part.name for part in others)
        if names != other_names:
            self._report(
                shown,
                where,
                OtherParts(names, other_names),
                _reordered(part_step(expected, "").kind, names, other_names),
            )
        payloads = {part.name: _payload(part) for part in others}
        for part in parts:
            if part.name in payloads and not self._same_payload(home, _payload(part), payloads[part.name]):
                at = (*where, part_step(expected, part.name))
                self._report_types(shown, at, OtherType, _payload(part), payloads[part.name])

    # Reports

    def _report_types(
        self,
        home: Home,
        where: Path,
        reason: type[OtherType | OtherResource],
        expected: AnyType | None,
        found: AnyType | None,
    ) -> None:
        """Report two types that differ; if they are spelled alike, also what distinguishes them."""
        if expected is None or found is None:
            left, right = (None if type is None else type_text(type) for type in (expected, found))
            self._report(home, where, OtherType(left, right))
            return
        texts = type_text(expected), type_text(found)
        hints: tuple[Hint, ...] = ()
        if texts[0] == texts[1]:
            texts = structure_text(t.resolve_alias(expected)), structure_text(t.resolve_alias(found))
            hints = (self._which(home, expected, found),) if texts[0] == texts[1] else ()
        self._report(home, where, reason(*texts), hints)

    def _which(self, home: Home, expected: AnyType, found: AnyType) -> Hint:
        """A hint for types that are spelled alike: which definitions are not the same, and where they are."""
        for left, right in zip(mentioned(expected), mentioned(found), strict=False):
            theirs = self._owners.get(right.owner)
            ours = self._homes.home(home, left).head
            if ours != theirs:
                return OtherHome(left.name, ours, right.name, theirs)
        return AlikeInName()

    def _report(self, home: Home, where: Path, reason: Reason, hints: tuple[Hint, ...] = ()) -> None:
        difference = Difference((home.head, *where), reason, hints)
        if difference not in self._reported:
            self._reported.add(difference)
            self._differences.append(difference)


def _payload(part: t.Field | t.Case | t.EnumCase) -> t.Type | None:
    return None if isinstance(part, t.EnumCase) else part.type


def _reordered(parts: StepKind, names: Sequence[str], others: Sequence[str]) -> tuple[Hint, ...]:
    """A hint if the names are the same."""
    if sorted(names) != sorted(others):
        return ()
    moved = sum(name != other for name, other in zip(names, others, strict=True))
    return (Reordered(parts, swapped=moved == 2),)


__all__ = ["TypeComparison"]
