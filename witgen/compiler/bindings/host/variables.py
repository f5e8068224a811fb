"""The private module `_variables`: the type variables of the package, each for the user's class of one resource.

They have a module of their own because users read the modules of the interfaces, and need none of these. Their bounds
name classes of those modules, which import this one: so these imports are for type checkers only.
"""

from __future__ import annotations

from ....component.types import Resource
from ...emit.host_modules import TypeVariable, VariablesModule
from ...emit.pymodel import PyAssign
from .annotations import Plan
from .generics import Variance
from .layout import VARIABLES
from .scope import ModuleScope


def plan_variables(plan: Plan) -> VariablesModule | None:
    """The module of the type variables that the other modules asked for; None where there are none."""
    return _Variables(plan).module() if plan.variables else None


class _Variables:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        layout = plan.layout
        homes = (layout.names, *(site.names for site in layout.imported))
        bounds = (self._bound_name(resource) for names in homes for resource in names.variables)
        self._scope = ModuleScope(VARIABLES, {*plan.variables, *bounds}, ())
        self._bounds: dict[Resource, PyAssign] = {}
        """The bounds with arguments, each after those that it names."""

    def module(self) -> VariablesModule:
        variables = self._plan.variables
        planned = tuple(self._variable(name, *variables[name]) for name in sorted(variables))
        type_var = self._scope.helper("TypeVar")
        checking = self._scope.checking_blocks()
        return VariablesModule(
            f"{VARIABLES[0]}.py",
            "The type variables of this package: each stands for your class of one resource. Private.",
            self._scope.blocks(),
            checking,
            bounds=tuple(self._bounds.values()),
            variables=planned,
            type_var=type_var,
        )

    def _variable(self, name: str, resource: Resource, variance: Variance) -> TypeVariable:
        generics = self._plan.generics
        is_bound = generics.has_top(resource) and not (variance is Variance.OUT and generics.is_loose(resource))
        bound = self._bound(resource) if is_bound else ""
        return TypeVariable(name, bound, variance is Variance.OUT, variance is Variance.IN)

    def _bound(self, resource: Resource) -> str:
        """The name of the type of any implementation."""
        if resource in self._bounds:
            return self._bounds[resource].target
        text = self._plan.generics.top_of(
            resource,
            lambda r: self._plan.protocol(self._scope, r, checking=True),
            lambda: self._scope.helper("Never"),
            self._bound,
        )
        if "[" not in text:
            return text
        self._bounds[resource] = PyAssign(self._bound_name(resource), text)
        return self._bounds[resource].target

    def _bound_name(self, resource: Resource) -> str:
        """`AnyBucket`."""
        return f"Any{self._plan.layout.names_of(resource).variables[resource].removesuffix('T')}"
