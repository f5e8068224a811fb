"""How annotations reach names: on the side that the user implements, and on the side that the component gives.

Where the user implements, a resource is a type variable (the user's class), or `Self` in the methods of its own
Protocol. Where the component gives, it is the handle class if the component implements it, and otherwise the most
general form of the Protocol.
"""

from __future__ import annotations

from collections.abc import Collection

from ....component.items import Interface
from ....component.types import Alias, Enum, Flags, Record, Resource, TypeDefinition, Variant, resolve_alias
from .generics import Generics, Params, Variance
from .layout import VARIABLES, Layout, Path
from .scope import ModuleScope


class Plan:
    """What all modules of one package share: the layout, the generics, and the type variables asked for so far."""

    def __init__(self, layout: Layout, generics: Generics) -> None:
        self.layout = layout
        self.generics = generics
        self.traits = generics.traits
        self.variables: dict[str, tuple[Resource, Variance]] = {}
        self._separate: dict[tuple[str, Resource], str] = {}

    def name(self, scope: ModuleScope, path: Path, definition: TypeDefinition, *, checking: bool = False) -> str:
        """The text in `scope` for the class (or alias) of `definition` as the module at `path` has it."""
        name = self.layout.names_of(definition).types[definition]
        return name if scope.path == path else scope.foreign(path, name, checking=checking)

    def protocol(self, scope: ModuleScope, resource: Resource, *, checking: bool = False) -> str:
        """The text in `scope` for the Protocol of `resource`, without arguments."""
        return self.name(scope, self.layout.home(resource), resource, checking=checking)

    def variable(self, scope: ModuleScope, resource: Resource, variance: Variance) -> str:
        """The text in `scope` for a type variable, which `_variables` will then define."""
        name = self.layout.names_of(resource).variable(resource, variance.value)
        self.variables[name] = resource, variance
        return scope.foreign(VARIABLES, name)

    def separate_variable(self, scope: ModuleScope, key: str, resource: Resource) -> str:
        """The same for the resource of an interface that is imported again, under `key`: it has a class of its own."""
        name = self._separate.get((key, resource))
        if name is None:
            name = self.layout.variable(key, self.layout.names_of(resource).types[resource])
            self._separate[key, resource] = name
        self.variables[name] = resource, Variance.BOTH
        return scope.foreign(VARIABLES, name)

    def is_own_alias(self, scope: ModuleScope, alias: Alias) -> bool:
        """Whether the module itself offers `alias` under its own name."""
        owner = alias.owner
        if not isinstance(owner, Interface):
            return scope.path == self.layout.home(alias)
        site = self.layout.sites[owner]
        return scope.path in (site.import_path, site.export_path)


class _Spelling:
    """What both sides spell alike. `members` are the names that hide builtins in the class at hand."""

    def __init__(self, plan: Plan, scope: ModuleScope, members: Collection[str] = ()) -> None:
        self.plan = plan
        self.scope = scope
        self.members = members

    def builtin(self, name: str) -> str:
        """See `Spelling`."""
        return self.scope.builtin(name, self.members)

    def helper(self, name: str) -> str:
        """See `Spelling`."""
        return self.scope.helper(name)

    def alias(self, definition: Alias, wide: bool) -> str | None:
        """Its own name where that means the same; else what it stands for is spelled."""
        traits = self.plan.traits
        if traits.resources(definition):
            return None
        if wide and traits.is_wider(definition) and not traits.is_deep(definition):
            return None
        layout = self.plan.layout
        if self.plan.is_own_alias(self.scope, definition):
            return layout.names_of(definition).types[definition]
        if isinstance(resolve_alias(definition), Record | Variant | Enum | Flags):
            return None
        return self.plan.name(self.scope, layout.home(definition), definition)


class ImportSpelling(_Spelling):
    """Annotations of what the user implements.

    `variances` says which of its variables stands for a resource; one that is not there is covariant (as in
    dataclasses). `own` is the resource whose methods are being spelled.
    """

    def __init__(
        self,
        plan: Plan,
        scope: ModuleScope,
        members: Collection[str] = (),
        *,
        variances: Params | None = None,
        own: Resource | None = None,
    ) -> None:
        super().__init__(plan, scope, members)
        self._variances: Params = {} if variances is None else variances
        self._own = own

    def resource(self, resource: Resource) -> str:
        """`Self`, or the type variable of the user's class."""
        if resource is self._own:
            return self.scope.helper("Self")
        return self.plan.variable(self.scope, resource, self._variances.get(resource, Variance.OUT))

    def definition(self, definition: Record | Variant | Enum | Flags) -> str:
        """The class, with the type variables of the resources that it holds."""
        name = self.plan.name(self.scope, self.plan.layout.home(definition), definition)
        return name + arguments([self.resource(r) for r in self.plan.traits.resources(definition)])


class KeywordSpelling(ImportSpelling):
    """Annotations of what `instantiate` takes: each variable stands for the user's class in all of them."""

    def __init__(self, plan: Plan, scope: ModuleScope, members: Collection[str]) -> None:
        super().__init__(plan, scope, members)
        self.variables: dict[str, None] = {}
        """The type variables that were spelled, in order."""

    def resource(self, resource: Resource) -> str:
        """The invariant type variable."""
        return self._used(self.plan.variable(self.scope, resource, Variance.BOTH))

    def separate(self, key: str, resource: Resource) -> str:
        """The one of an interface that is imported again, under `key`."""
        return self._used(self.plan.separate_variable(self.scope, key, resource))

    def _used(self, variable: str) -> str:
        self.variables[variable] = None
        return variable


class ExportSpelling(_Spelling):
    """Annotations of what the component gives."""

    def resource(self, resource: Resource) -> str:
        """The handle class, or the most general form of the Protocol."""
        if self.plan.layout.is_exported(resource):
            owner = resource.owner
            assert isinstance(owner, Interface)
            path = self.plan.layout.sites[owner].export_path
            assert path is not None
            return self.plan.name(self.scope, path, resource)
        return self.plan.generics.top(
            resource, lambda r: self.plan.protocol(self.scope, r), lambda: self.scope.helper("Never")
        )

    def definition(self, definition: Record | Variant | Enum | Flags) -> str:
        """The class, for the handles of this side."""
        layout = self.plan.layout
        held = self.plan.traits.resources(definition)
        path = export_path(layout, definition) if held else None
        if path is not None:
            return self.plan.name(self.scope, path, definition)
        name = self.plan.name(self.scope, layout.home(definition), definition)
        return name + arguments([self.resource(r) for r in held])


def export_path(layout: Layout, definition: TypeDefinition) -> Path | None:
    """The module of the exported interface that owns `definition`; None where it is not exported."""
    owner = definition.owner
    return layout.sites[owner].export_path if isinstance(owner, Interface) else None


def arguments(texts: list[str]) -> str:
    """Type arguments in brackets; nothing where there are none."""
    return f"[{', '.join(texts)}]" if texts else ""
