"""Which import or export of a world its definitions belong to."""

from __future__ import annotations

from ...dataclass import dataclass
from .. import types as t
from ..items import Interface, InterfaceKey, World
from .steps import OWN, Step, StepKind

Key = tuple[Step, t.TypeDefinition]
"""A definition by the import or export that it is in: WIT's interface has it once, a component twice."""


@dataclass(frozen=True, slots=True)
class Home:
    """An import or export, as a step, or the world's own types; `interface` is that of the expected world, if it is one.

    Types of the world itself are imported, whoever mentions them. `function` is the step to a function of the world,
    which mentions these.
    """

    step: Step
    interface: Interface | None
    function: Step | None = None

    @property
    def is_export(self) -> bool:
        """Whether it is exported."""
        return self.step.kind is StepKind.EXPORT

    @property
    def head(self) -> Step:
        """How the path of what is in it begins."""
        return self.function or self.step


def own_home(function: Step | None = None) -> Home:
    """The home of the world's own types, for themselves or for a function of the world that mentions them."""
    return Home(OWN, None, function)


class Homes:
    """The homes of a world's definitions."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._homes: dict[tuple[bool, Interface], Home] = {}

    def home(self, user: Home, definition: t.TypeDefinition) -> Home:
        """Where the definition that `user` mentions is imported or exported (WIT, "World elaboration")."""
        owner = definition.owner
        if isinstance(owner, World):
            return own_home()
        if owner is user.interface or owner.name is None:
            return user
        known = self._homes.get((user.is_export, owner))
        if known is None:
            exported = user.is_export and InterfaceKey(owner) in self._world.exports
            known = Home(Step(StepKind.EXPORT if exported else StepKind.IMPORT, str(owner.id)), owner)
            self._homes[user.is_export, owner] = known
        return known

    def key(self, user: Home, definition: t.TypeDefinition) -> Key:
        """The definition that `user` mentions, by its home."""
        return self.home(user, definition).step, definition


__all__ = ["Home", "Homes", "Key", "own_home"]
