"""The private module `_variables`: the type variables of the package, each for the user's class of one resource.

They have a module of their own because users read the modules of the interfaces, and need none of these. Their bounds
name classes of those modules, which import this one: so these imports are for type checkers only.
"""

from __future__ import annotations

from ....component.types import Resource
from ...emit.pymodel import PyAssign, PyModule
from .annotations import Plan
from .generics import Variance
from .layout import VARIABLES
from .scope import ModuleScope


def plan_variables(plan: Plan) -> PyModule | None:
    """The module of the type variables that the other modules asked for; None where there are none."""
    if not plan.variables:
        return None
    scope = ModuleScope(VARIABLES, plan.variables, ())
    items = tuple(_variable(plan, scope, name, *plan.variables[name]) for name in sorted(plan.variables))
    docs = "The type variables of this package: each stands for your class of one resource. Private."
    checking = scope.checking_blocks()
    return PyModule(f"{VARIABLES[0]}.py", docs, scope.blocks(), checking, items=items)


def _variable(plan: Plan, scope: ModuleScope, name: str, resource: Resource, variance: Variance) -> PyAssign:
    generics = plan.generics
    words = [f'"{name}"']
    if generics.has_top(resource) and not (variance is Variance.OUT and generics.is_loose(resource)):
        bound = generics.top(resource, lambda r: plan.protocol(scope, r, checking=True), lambda: scope.helper("Never"))
        words.append(f'bound="{bound}"')
    if variance is Variance.OUT:
        words.append("covariant=True")
    elif variance is Variance.IN:
        words.append("contravariant=True")
    return PyAssign(name, f"{scope.helper('TypeVar')}({', '.join(words)})")
