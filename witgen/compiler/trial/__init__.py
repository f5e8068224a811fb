"""A host package or a component goes in; what happens when wasmtime links it comes out. The linking runs in a process of
its own, whose modules (`package_child`, `component_child`) alone may import the runtime.

The stub component of the world imports and exports exactly what the world says. A fresh process with the same
interpreter (`package_child`) imports the package from its folder, assembles the stub, and prepares, instantiates and binds
through the package's own code; nothing is called. It is a process of its own because wasmtime can abort one, and
because what a user's program does is to import the package anew. It reports as it goes, so a crash says where.
"""

from __future__ import annotations

from pathlib import Path

from ...dataclass import dataclass
from .component import TRIAL_STEPS, Trial, try_component
from .process import Finding, ask

STEPS = {
    "start": "starting",
    "import": "importing the package",
    "assemble": "assembling the stub component",
    "prepare": "preparing the stub component",
    "instantiate": "instantiating the stub component",
    "bind": "binding the exports",
}
"""The steps in order, as messages call them."""

TIMEOUT = 300.0
"""Seconds after which a verification that does not end is given up."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What came out: `problems` are faults of the package; `limits` are parts of the world that wasmtime cannot carry.

    `imports` and `exports` count the functions that were linked and bound.
    """

    problems: tuple[Finding, ...] = ()
    limits: tuple[Finding, ...] = ()
    imports: int = 0
    exports: int = 0


@dataclass(frozen=True, slots=True)
class WorldClass:
    """A world of a host package, by its id, and the name of its class there."""

    world: str
    name: str


def verify(package: Path, stub: str, tried: WorldClass | None = None, *, is_async: bool = False) -> Verification:
    """Link the host package in the folder `package` with the stub component of its world.

    Args:
        package: the folder of the package itself (`bindings/host/proxy`); nothing is written there.
        stub: the component's text, as `witgen.compiler.trial.stub.stub_component` makes it.
        tried: the world, which may be left out where the package has just one.
        is_async: whether the stub needs an engine with async, as `witgen.compiler.trial.stub.needs_async` says.

    Returns:
        What was found. Nothing the package or wasmtime does raises here: it is a finding.
    """
    world, cls = ("", "") if tried is None else (tried.world, tried.name)
    request = {"package": str(package.resolve()), "stub": stub, "world": world, "class": cls, "async": is_async}
    reported = ask("witgen.compiler.trial.package_child", request, STEPS, TIMEOUT)
    return Verification(tuple(reported.problems), tuple(reported.limits), reported.imports, reported.exports)


__all__ = [
    "STEPS",
    "TIMEOUT",
    "TRIAL_STEPS",
    "Finding",
    "Trial",
    "Verification",
    "WorldClass",
    "try_component",
    "verify",
]
