"""Compares types of a world with those of a component: by structure, resources by identity.

A definition is compared with the one that has its name in its place, and what differs in the two is reported there, once,
and not by each that uses them. With any other, it is compared in silence, and what uses it reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .. import types as t
from ..items import Function, Interface, Method, World
from ..notation import function_name, function_text, keyword, structure_text, type_text
from .differences import Difference
from .places import Homes, Key, Place
from .resources import Resources
from .shapes import AnyType, Value, inner_pairs, mentioned, names_of

_Part = t.Field | t.Case | t.EnumCase
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
        self._waiting: list[tuple[Place, Place, t.TypeDefinition, t.TypeDefinition]] = []
        self._compared: set[tuple[Key, t.TypeDefinition]] = set()
        self._told: set[tuple[Key, AnyType]] = set()
        """What was reported where it is defined: a type of the world, and what the component has for it."""
        self._owners: dict[Interface | World, str] = {}
        """How the paths begin of what the component's interfaces have."""
        self._reported: set[Difference] = set()

    def types(
        self,
        place: Place,
        expected: Mapping[str, t.TypeDefinition],
        found: Mapping[str, t.TypeDefinition],
        owner: Interface | World,
    ) -> None:
        """Compare the types that have one name in one place; `owner` is what the component has there."""
        self._owners[owner] = place.shown
        common = [(definition, found[name]) for name, definition in expected.items() if name in found]
        for left, right in common:
            self.resources.meet(place, left, right)
            base = t.resolve_alias(right)
            if isinstance(left, Value) and isinstance(base, Value):
                self._partners.setdefault(self._homes.key(place, left), base)
                self._names.setdefault(base, set()).add(left)
        for left, right in common:
            self._bind(place, left, right)
        self._definitions()

    def _bind(self, place: Place, expected: t.TypeDefinition, found: t.TypeDefinition) -> None:
        left, right = t.resolve_alias(expected), t.resolve_alias(found)
        if self._is_told(place, expected, found):
            return
        where = (f"type `{expected.name}`",)
        if isinstance(left, t.Resource) and isinstance(right, t.Resource):
            if self.resources.same(place, left, right):
                return
            self._report_types(place, where, "is another resource", left, right)
        elif isinstance(left, t.Resource) or isinstance(right, t.Resource):
            self._report(place, where, "is of another kind", structure_text(left), structure_text(right))
        elif self.same(place, expected, found):
            return
        elif left is expected or right is found:
            self._report(place, where, "is another type", structure_text(left), structure_text(right))
        else:
            self._report_types(place, where, "is another type", left, right)
        self._told.add((self._homes.key(place, expected), right))

    def function(self, place: Place, expected: Function, found: Function) -> None:
        """Compare two functions: kind of call, parameters by name, order and type, result."""
        where = () if place.head else (f"function `{function_name(expected)}`",)
        if type(expected.kind) is not type(found.kind):
            self._report(place, where, "is of another kind", function_text(expected), function_text(found))
            return
        if expected.is_async != found.is_async:
            words = ("async" if expected.is_async else "not async"), ("async" if found.is_async else "not async")
            self._report(place, where, "is called another way", *words)
        names, others = [param.name for param in expected.params], [param.name for param in found.params]
        types: list[t.Type | None] = [param.type for param in found.params]
        if names != others:
            moved = sum(name != other for name, other in zip(names, others, strict=False))
            order = "the parameters are swapped" if moved == 2 else "the parameters are in another order"
            hints = (order,) if sorted(names) == sorted(others) else ()
            texts = function_text(expected), function_text(found)
            self._report(place, where, "has other parameters", *texts, hints=hints)
            there = dict(zip(others, types, strict=True))
            types = [there.get(name) for name in names]
        first = 0 if isinstance(expected.kind, Method) else 1
        for number, (param, other) in enumerate(zip(expected.params, types, strict=True), first):
            if other is not None and not self.same(place, param.type, other):
                at = (*where, f"parameter {number} `{param.name}`" if number else "`self`")
                self._report_types(place, at, "has another type", param.type, other)
        if not self._same_payload(place, expected.result, found.result):
            self._report_types(
                place, (*where, "result"), "has another type", expected.result, found.result, "no result"
            )
        self._definitions()

    # Types

    def same(self, place: Place, expected: AnyType, found: AnyType) -> bool:
        """Whether two types are the same, but for what is reported where it is defined."""
        fits = True
        stack = [(place, expected, found)]
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
                pair = (home.side, home.text, left), right
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
        if key not in self._partners and key[2] in self._names.get(found, (key[2],)):
            self._partners[key] = found
        return self._partners.get(key)

    def _same_payload(self, place: Place, expected: t.Type | None, found: t.Type | None) -> bool:
        if expected is None or found is None:
            return expected is found
        return self.same(place, expected, found)

    def _is_told(self, user: Place, expected: AnyType, found: AnyType) -> bool:
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

    def _wait(self, user: Place, home: Place, expected: t.TypeDefinition, found: t.TypeDefinition) -> None:
        """Compare two definitions later, so that those that use each other in a long row are no deep recursion."""
        pair = (home.side, home.text, expected), found
        if pair not in self._compared:
            self._compared.add(pair)
            # Where the component has it elsewhere, the path is that of whoever met it.
            shown = home if self._owners.get(found.owner) == home.shown else user
            self._waiting.append((shown, home, expected, found))

    def _definitions(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            for place, home, expected, found in waiting:
                self._definition(place, home, expected, found)

    def _definition(self, place: Place, home: Place, expected: t.TypeDefinition, found: t.TypeDefinition) -> None:
        where = (f"{keyword(expected)} `{expected.name}`",)
        match expected, found:
            case t.Record(fields=fields), t.Record(fields=other_fields):
                self._compare_names(place, where, "fields", fields, other_fields)
                there = {field.name: field.type for field in other_fields}
                for field in fields:
                    other = there.get(field.name)
                    if other is not None and not self.same(home, field.type, other):
                        at = (*where, f"field `{field.name}`")
                        self._report_types(place, at, "has another type", field.type, other)
            case t.Variant(cases=cases), t.Variant(cases=other_cases):
                self._compare_names(place, where, "cases", cases, other_cases)
                payloads = {case.name: case.type for case in other_cases}
                for case in cases:
                    if case.name in payloads and not self._same_payload(home, case.type, payloads[case.name]):
                        at = (*where, f"case `{case.name}`")
                        texts = case.type, payloads[case.name], "no payload"
                        self._report_types(place, at, "has another payload", *texts)
            case t.Enum(cases=enum_cases), t.Enum(cases=other_enum_cases):
                self._compare_names(place, where, "cases", enum_cases, other_enum_cases)
            case t.Flags(flags=flags), t.Flags(flags=other_flags):
                self._compare_names(place, where, "flags", flags, other_flags)
            case _:
                self._report(place, where, "is of another kind", structure_text(expected), structure_text(found))

    def _compare_names(
        self, place: Place, where: tuple[str, ...], what: str, expected: Sequence[_Part], found: Sequence[_Part]
    ) -> None:
        names, others = [part.name for part in expected], [part.name for part in found]
        if names != others:
            hints = (f"the {what} are in another order",) if sorted(names) == sorted(others) else ()
            self._report(place, where, f"has other {what}", _listed(names), _listed(others), hints=hints)

    # Reports

    def _report_types(
        self,
        place: Place,
        where: tuple[str, ...],
        message: str,
        expected: AnyType | None,
        found: AnyType | None,
        without: str = "",
    ) -> None:
        """Report two types that differ; where they have the same names, what tells them apart."""
        left, right = (without if type is None else type_text(type) for type in (expected, found))
        hints: tuple[str, ...] = ()
        if left == right and expected is not None and found is not None:
            left, right = (structure_text(t.resolve_alias(type)) for type in (expected, found))
            hints = self._which(place, expected, found) if left == right else ()
        self._report(place, where, message, left, right, hints)

    def _which(self, place: Place, expected: AnyType, found: AnyType) -> tuple[str, ...]:
        """A hint for types that are spelled alike: which definitions are not the same, and where they are."""
        for left, right in zip(mentioned(expected), mentioned(found), strict=False):
            theirs = self._owners.get(right.owner) or f"the component's {right.name}"
            ours = self._homes.home(place, left).shown
            if ours != theirs:
                return (f"expected is `{left.name}` of {ours}, found is that of {theirs}",)
        return ("the names are the same, the types are not",)

    def _report(
        self,
        place: Place,
        where: tuple[str, ...],
        message: str,
        expected: str,
        found: str,
        hints: tuple[str, ...] = (),
    ) -> None:
        difference = Difference((place.shown, *where), message, expected, found, hints)
        if difference not in self._reported:
            self._reported.add(difference)
            self._differences.append(difference)


def _listed(names: Iterable[str]) -> str:
    return f"{{ {', '.join(names)} }}"


__all__ = ["TypeComparison"]
