"""The plan of a host package: which modules it has, in which order they are planned.

1. layout: modules, flat names, the names that each interface defines;
2. generics: over which resources each Protocol is generic;
3. the modules of the interfaces, the world's and the codecs, which ask for type variables;
4. the module that defines these; `__init__` files last.
"""

from __future__ import annotations

from collections.abc import Iterator

from ....component.items import Function, Resolved, World
from ....component.types import Alias, Record, Resource, Type, TypeDefinition, Variant
from ...diagnostics import Diagnostics, codes
from ...emit.pymodel import PyHeader, PyModule, PyPackage, PySupport
from .abi import link_names, plan_abi
from .annotations import Plan
from .exported import plan_exported
from .generics import Generics
from .imported import plan_imported
from .inits import plan_inits
from .joint import check_views, join
from .layout import Layout
from .plain import plan_plain
from .type_traits import TypeTraits
from .variables import plan_variables
from .world import plan_types, plan_world


def plan_host(
    worlds: World | tuple[World, ...], resolved: Resolved, header: PyHeader, diagnostics: Diagnostics
) -> PyPackage:
    """The package of typed host bindings for a world, below `host/<world>`, or for several, below `host/<package>`.

    Findings (names that meet, types that cannot be spelled) go to `diagnostics`; after an error the package is not to
    be written.
    """
    traits = TypeTraits(resolved)
    together = (worlds,) if isinstance(worlds, World) else worlds
    for world in together:
        traits.visit_world(world)
    joint = join(together, diagnostics)
    root = f"host/{joint.folder}"
    check_views(joint, traits, diagnostics)
    if diagnostics.has_errors:
        return PyPackage(root, header)
    layout = Layout(joint, diagnostics)
    _check_depth(layout, traits, diagnostics)
    if diagnostics.has_errors:
        return PyPackage(root, header)
    plan = Plan(layout, Generics(layout, traits))
    links = link_names(plan)
    modules: list[PyModule] = []
    modules += [plan_imported(plan, site) for site in layout.imported]
    types = plan_types(plan)
    exported = {site: plan_exported(plan, site, links.by_key[site.exports[0].python]) for site in layout.exported}
    modules += exported.values()
    modules.append(plan_world(plan, links))
    modules += [plan_abi(plan, links), plan_plain(plan)]
    modules += [module for module in (types, plan_variables(plan)) if module is not None]
    modules += plan_inits(plan, () if types is None else types.exported, exported)
    support = (PySupport("py.typed", "python/py.typed.j2"),)
    classes = {part.world.id: part.own_class for part in layout.parts}
    return PyPackage(root, header, tuple(sorted(modules, key=lambda module: module.path)), support, classes)


def _check_depth(layout: Layout, traits: TypeTraits, diagnostics: Diagnostics) -> None:
    """Refuse types whose annotation Python could not read: resources below too many brackets. The first is reported."""
    for what, types in _spelled(layout):
        if any(t is not None and traits.is_deep(t) and traits.resources(t) for t in types):
            diagnostics.error(
                codes.NOT_SUPPORTED, f"{what}: resources inside types this deep cannot be spelled in Python"
            )
            return


def _spelled(layout: Layout) -> Iterator[tuple[str, list[Type | None]]]:
    """The types that annotations spell, with what they belong to."""
    for site in layout.sites.values():
        yield from ((f"`{d.name}` of {site.title}", _inner(d)) for d in site.interface.types.values())
        yield from ((f"`{f.name}` of {site.title}", _signature(f)) for f in site.interface.functions.values())
    yield from ((f"`{name}`", _inner(definition)) for name, definition in layout.types.items())
    for item in (f for part in layout.parts for f in (*part.import_functions, *part.export_functions)):
        yield f"`{item.function.name}`", _signature(item.function)


def _inner(definition: TypeDefinition) -> list[Type | None]:
    match definition:
        case Record(fields=fields):
            return [field.type for field in fields]
        case Variant(cases=cases):
            return [case.type for case in cases]
        case Alias(target=target) if not isinstance(target, Resource):
            return [target]
        case _:
            return []


def _signature(function: Function) -> list[Type | None]:
    return [*(param.type for param in function.params), function.result]
