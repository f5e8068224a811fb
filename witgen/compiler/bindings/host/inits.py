"""The `__init__` files: the package's own, which offers everything under flat names, and those of its folders.

Exported interfaces have a module under their flat name as well, so that `from plugin.exports.hooks import Order` names
no version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...emit.pymodel import PyModule
from ..docs import docstring
from ..imports import Imports, sorted_names
from .annotations import Plan
from .layout import EXPORTS, Part, Path, Site
from .scope import RUNTIME

_RUNTIME_NAMES = ("Err", "Exit", "Limits", "Ok", "Some", "Trap")


def plan_inits(plan: Plan, types: Iterable[str], exported: Mapping[Site, PyModule]) -> list[PyModule]:
    """All `__init__` modules, and the short ones of `exported`; `types` are the names that `_types` offers."""
    layout = plan.layout
    modules = [_package(plan, types)]
    paths = [path for site in layout.sites.values() for path in (site.import_path, site.export_path) if path]
    folders = {path[:length] for path in paths for length in range(1, len(path))} - {(EXPORTS,)}
    modules += [PyModule("/".join((*folder, "__init__.py")), _folder_docs(folder)) for folder in sorted(folders)]
    if layout.exported:
        modules.append(_exports(plan))
    return [*modules, *(_short(site, module) for site, module in exported.items())]


def _folder_docs(folder: Path) -> str:
    if folder[0] == EXPORTS:
        return f"What the component gives: interfaces of `{'.'.join(folder[1:])}`."
    return f"What the world imports: interfaces of `{'.'.join(folder)}`."


def _package(plan: Plan, types: Iterable[str]) -> PyModule:
    layout = plan.layout
    imports = Imports()
    classes = [name for part in layout.parts for name in part.classes]
    offered = [imports.name("._world", name) for name in classes]
    offered += [imports.name("._types", name) for name in types]
    offered += [imports.name(RUNTIME, name) for name in _RUNTIME_NAMES if name not in offered]
    if layout.exported:
        offered.append(imports.name(".", EXPORTS))
    for site in layout.imported:
        assert site.import_path is not None
        offered.append(_module(imports, ".", site.import_path, site.import_flat))
    text = "\n\n".join(_world_docs(part) for part in layout.parts)
    return PyModule("__init__.py", docstring(text), imports.blocks(), exported=sorted_names(offered))


def _world_docs(part: Part) -> str:
    world = part.world
    text = f"World `{world.id}`: `{part.own_class}` instantiates a component that fits it."
    return f"{text}\n\n{world.docs}" if world.docs and world.docs.strip() else text


def _exports(plan: Plan) -> PyModule:
    imports = Imports()
    offered = [imports.name(".", site.export_flat) for site in plan.layout.exported]
    text = "What the component gives: one module for each interface that it exports."
    return PyModule(f"{EXPORTS}/__init__.py", text, imports.blocks(), exported=sorted_names(offered))


def _short(site: Site, module: PyModule) -> PyModule:
    """The names of `module` without the version of its package."""
    assert site.export_path is not None
    imports = Imports()
    home = "." + ".".join(site.export_path[1:])
    for name in module.exported:
        imports.name(home, name)
    title = f"What the component gives as `{site.title}`."
    return PyModule(f"{EXPORTS}/{site.export_flat}.py", title, imports.blocks(), exported=module.exported)


def _module(imports: Imports, here: str, path: Path, flat: str) -> str:
    return imports.name(here + ".".join(path[:-1]), path[-1], flat)
