"""Which resource of the component stands for which of the world.

An import asks, an export gives: a resource that the component imports is what the world offers under that name, and one
that the world asks for is what the component exports there, each whatever it may be (two may be one, and one that is
exported may be one that was imported). An alias must lead to what its target stands for. So it is for the validator of
components as well ("Subtyping" of the Component Model).
"""

from __future__ import annotations

from .. import types as t
from ..items import Interface, World
from .homes import Home, Homes, Key
from .steps import Step, StepKind


class Resources:
    """What is known so far of resources that stand for each other, and of those that are reported as missing."""

    def __init__(self, homes: Homes) -> None:
        self._homes = homes
        self._offered_as: dict[t.Resource, Key] = {}
        self._exported_as: dict[Key, t.Resource] = {}
        self.missing: set[Step] = set()
        """The exports that are reported as a whole; what would be in them is not reported again."""
        self.not_offered: set[Interface | World] = set()
        """The component's imports that are."""
        self.lost: set[Key | t.Resource] = set()
        """The single resources that are: of the world by home, of the component by themselves."""

    def meet(self, home: Home, expected: t.TypeDefinition, found: t.TypeDefinition) -> None:
        """Take in that two resources have one name in one home."""
        left, right = t.resolve_alias(expected), t.resolve_alias(found)
        if isinstance(left, t.Resource) and isinstance(right, t.Resource):
            if not home.is_export and right is found:
                self._offered_as.setdefault(right, self._homes.key(home, left))
            elif home.is_export and left is expected:
                self._exported_as.setdefault(self._homes.key(home, left), right)

    def same(self, home: Home, expected: t.Resource, found: t.Resource) -> bool:
        """Whether `found` stands for `expected`, which `home` mentions; also true if something missing leaves it undecided."""
        key = self._homes.key(home, expected)
        if key[0] in self.missing or found.owner in self.not_offered or not self.lost.isdisjoint((key, found)):
            return True
        if key[0].kind is not StepKind.EXPORT:
            return self._offered_as.get(found) == key
        return self._exported_as.get(key) is found


__all__ = ["Resources"]
