"""Tries a component on wasmtime against a world: through a host package of it, made for this and thrown away."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ... import __version__
from ...component.items import Resolved, World
from ...dataclass import replace
from ..bindings.host import plan_host
from ..diagnostics import Diagnostics, WitError
from ..emit.pymodel import PyHeader
from ..emit.render import render_package
from . import Finding, Trial, try_component


def try_on_wasmtime(component: bytes, world: World, resolved: Resolved, *, fits: bool) -> Trial:
    """Compile a component and link it as a program would that runs it in that world.

    Args:
        component: the bytes of one that was read.
        resolved: the packages that the world is from.
        fits: whether the component was found to fit. If not, no host package takes it, and wasmtime's linker is asked.

    Returns:
        What was found; nothing the component or wasmtime does raises here.
    """
    if not fits:
        return try_component(component, world, None)
    with tempfile.TemporaryDirectory(prefix="witgen-") as folder:
        try:
            package = _write_package(world, resolved, Path(folder))
        except WitError as error:
            trial = try_component(component, world, None)
            limits = (Finding("import", f"there is none: {found.message}") for found in error.diagnostics)
            return replace(trial, limits=(*limits, *trial.limits))
        return try_component(component, world, package)


def _write_package(world: World, resolved: Resolved, folder: Path) -> Path:
    """Write the host package below `folder`.

    Raises:
        WitError: the world holds what a host package cannot bind.
    """
    header = PyHeader(tool=f"witgen {__version__}", world=world.id, command="")
    diagnostics = Diagnostics()
    package = plan_host((world,), resolved, header, diagnostics)
    diagnostics.stop_on_errors()
    for file in render_package(package):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return folder / package.root


__all__ = ["try_on_wasmtime"]
