"""Compares types of a world with those of a component: by structure, resources by identity.

A definition is compared once with each other that it meets, and what differs in it is reported where it is defined, not
again by each that uses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..model import types as t
from ..model.items import Function, Interface, InterfaceKey, Method, World
from .differences import Difference
from .spell import function_name, function_text, kind_text, type_text

_DEFINITIONS = (t.Record, t.Variant, t.Enum, t.Flags)
Key = tuple[str, str, t.Resource]
"""A resource of a world, by the import or export that it stands in: WIT's interface has it once, a component twice."""


@dataclass(frozen=True, slots=True)
class Place:
    """An import or export: which side, and its name; `interface` is that of the expected world, if it is one.

    What belongs to the world itself has the name `world`; `head` is then how the path begins.
    """

    side: str
    text: str
    interface: Interface | None
    head: str = ""

    @property
    def shown(self) -> str:
        """How the path of what is in it begins."""
        return self.head or f"{self.side} {self.text}"


class TypeComparison:
    """The definitions and resources that were compared so far."""

    def __init__(self, world: World, differences: list[Difference]) -> None:
        self._world = world
        self._differences = differences
        self._compared: set[tuple[t.TypeDefinition, t.TypeDefinition, str, str]] = set()
        self._reported: set[tuple[Key, t.Resource]] = set()
        self.missing: set[tuple[str, str]] = set()
        """The imports and exports, by side and name, that are reported as a whole."""
        self.not_offered: set[Interface | World] = set()
        """The component's imports that are."""
        self._found_as: dict[Key, t.Resource] = {}
        self._expected_as: dict[t.Resource, Key] = {}

    def bind(self, place: Place, expected: t.TypeDefinition, found: t.TypeDefinition) -> None:
        """Compare two types that have one name in one place; resources that it owns are one from now on."""
        left, right = t.resolve_alias(expected), t.resolve_alias(found)
        if isinstance(left, t.Resource) and isinstance(right, t.Resource):
            key = self._key(place, left)
            # Where either is an alias, the resource has its own place, and was bound there.
            is_own = left is expected and right is found
            if is_own and key not in self._found_as and right not in self._expected_as:
                self._found_as[key] = right
                self._expected_as[right] = key
            elif not self._same_resource(place, left, right):
                self._reported.add((key, right))
                self._report(place, (f"type `{expected.name}`",), "is another resource", expected.name, right.name)
        elif isinstance(left, t.Resource) or isinstance(right, t.Resource):
            words = kind_text(expected), kind_text(found)
            self._report(place, (f"type `{expected.name}`",), "is of another kind", *words)
        elif not self.same(place, left, right):
            texts = type_text(left), type_text(right)
            self._report(place, (f"type `{expected.name}`",), "is another type", *texts)

    def function(self, place: Place, expected: Function, found: Function) -> None:
        """Compare two functions: kind of call, parameters by name, order and type, result."""
        where = () if place.head else (f"function `{function_name(expected)}`",)
        if expected.is_async != found.is_async:
            words = ("async" if expected.is_async else "not async"), ("async" if found.is_async else "not async")
            self._report(place, where, "is called another way", *words)
        names, others = [param.name for param in expected.params], [param.name for param in found.params]
        if names != others:
            hints = ("the parameters are swapped",) if sorted(names) == sorted(others) else ()
            texts = function_text(expected), function_text(found)
            self._report(place, where, "has other parameters", *texts, hints=hints)
        else:
            first = 0 if isinstance(expected.kind, Method) else 1
            for number, (left, right) in enumerate(zip(expected.params, found.params, strict=True), first):
                if not self.same(place, left.type, right.type):
                    at = (*where, f"parameter {number} `{left.name}`" if number else "`self`")
                    self._report(place, at, "has another type", type_text(left.type), type_text(right.type))
        self._result(place, where, expected.result, found.result)

    def _result(self, place: Place, where: tuple[str, ...], expected: t.Type | None, found: t.Type | None) -> None:
        if not self._same_payload(place, expected, found):
            texts = _optional(expected, "no result"), _optional(found, "no result")
            self._report(place, (*where, "result"), "has another type", *texts)

    # Types

    def same(self, place: Place, expected: t.Type | t.Resource, found: t.Type | t.Resource) -> bool:
        """Whether two types are the same, but for what definitions in them report themselves."""
        left, right = t.resolve_alias(expected), t.resolve_alias(found)
        if isinstance(left, _DEFINITIONS) and isinstance(right, _DEFINITIONS):
            self._definition(place, left, right)
            return True
        if type(left) is not type(right):
            return False
        match left:
            case t.Primitive():
                return left is right
            case t.Own() | t.Borrow():
                assert isinstance(right, t.Own | t.Borrow)
                return self._same_resource(place, t.resource_of(left.resource), t.resource_of(right.resource))
            case t.Resource():
                assert isinstance(right, t.Resource)
                return self._same_resource(place, left, right)
            case t.Result(ok, err):
                assert isinstance(right, t.Result)
                # Both, so that each reports what it has to; so below.
                fits = [self._same_payload(place, ok, right.ok), self._same_payload(place, err, right.err)]
                return all(fits)
            case t.FixedList() | t.List() | t.Map() | t.Option() | t.Tuple() | t.Future() | t.Stream():
                assert not isinstance(right, t.Primitive | t.Resource | t.Definition)
                if isinstance(left, t.FixedList) and isinstance(right, t.FixedList) and left.size != right.size:
                    return False
                parts, others = t.anonymous_parts(left), t.anonymous_parts(right)
                if len(parts) != len(others):
                    return False
                fits = [self.same(place, part, other) for part, other in zip(parts, others, strict=True)]
                return all(fits)
            case _:
                raise AssertionError("aliases are resolved, definitions compared")

    def _same_payload(self, place: Place, expected: t.Type | None, found: t.Type | None) -> bool:
        if expected is None or found is None:
            return expected is found
        return self.same(place, expected, found)

    def _same_resource(self, place: Place, expected: t.Resource, found: t.Resource) -> bool:
        key = self._key(place, expected)
        if key[:2] in self.missing or found.owner in self.not_offered:
            return True
        fits = self._found_as.get(key) is found and self._expected_as.get(found) == key
        return fits or (key, found) in self._reported

    def _key(self, user: Place, resource: t.Resource) -> Key:
        home = self._home(user, resource)
        return home.side, home.text, resource

    def _definition(self, user: Place, expected: t.TypeDefinition, found: t.TypeDefinition) -> None:
        place = self._home(user, expected)
        pair = expected, found, place.side, place.text
        if pair in self._compared:
            return
        self._compared.add(pair)
        where = (f"{kind_text(expected)} `{expected.name}`",)
        match expected, found:
            case t.Record(fields=fields), t.Record(fields=other_fields):
                if self._same_names(place, where, "fields", fields, other_fields):
                    for field, other in zip(fields, other_fields, strict=True):
                        if not self.same(place, field.type, other.type):
                            at = (*where, f"field `{field.name}`")
                            self._report(place, at, "has another type", type_text(field.type), type_text(other.type))
            case t.Variant(cases=cases), t.Variant(cases=other_cases):
                if self._same_names(place, where, "cases", cases, other_cases):
                    for case, other_case in zip(cases, other_cases, strict=True):
                        if not self._same_payload(place, case.type, other_case.type):
                            at = (*where, f"case `{case.name}`")
                            texts = _optional(case.type, "no payload"), _optional(other_case.type, "no payload")
                            self._report(place, at, "has another payload", *texts)
            case t.Enum(cases=enum_cases), t.Enum(cases=other_enum_cases):
                self._same_names(place, where, "cases", enum_cases, other_enum_cases)
            case t.Flags(flags=flags), t.Flags(flags=other_flags):
                self._same_names(place, where, "flags", flags, other_flags)
            case _:
                self._report(place, where, "is of another kind", kind_text(expected), kind_text(found))

    def _same_names(
        self,
        place: Place,
        where: tuple[str, ...],
        what: str,
        expected: Sequence[t.Field | t.Case | t.EnumCase],
        found: Sequence[t.Field | t.Case | t.EnumCase],
    ) -> bool:
        names, others = [part.name for part in expected], [part.name for part in found]
        if names == others:
            return True
        hints = (f"the {what} are in another order",) if sorted(names) == sorted(others) else ()
        self._report(place, where, f"has other {what}", _listed(names), _listed(others), hints=hints)
        return False

    def _home(self, user: Place, definition: t.TypeDefinition) -> Place:
        """Where the definition that `user` mentions is imported or exported (WIT, "World elaboration")."""
        owner = definition.owner
        if isinstance(owner, World):
            return Place("import", "world", None, "world")
        if owner is user.interface or owner.id is None:
            return user
        exported = user.side == "export" and InterfaceKey(owner) in self._world.exports
        return Place("export" if exported else "import", owner.id, owner)

    def _report(
        self,
        place: Place,
        where: tuple[str, ...],
        message: str,
        expected: str,
        found: str,
        hints: tuple[str, ...] = (),
    ) -> None:
        if expected == found:
            hints = (*hints, "the names are the same, the resources are not")
        self._differences.append(Difference((place.shown, *where), message, expected, found, hints))


def _optional(type: t.Type | None, without: str) -> str:
    return without if type is None else type_text(type)


def _listed(names: Iterable[str]) -> str:
    return f"{{ {', '.join(names)} }}"


__all__ = ["Place", "TypeComparison"]
