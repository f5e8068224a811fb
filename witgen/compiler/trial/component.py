"""A component tried on wasmtime: is it compiled, is it reported as its binary says, does it link where it is to fit?

A component that fits its world is linked through a host package of that world, as a user's program does it. One that
does not, or whose types Python cannot carry, is linked by wasmtime's linker alone, which looks at less. The imports are
stand-ins that fail when they are called, except for WASI, which wasmtime supplies. Components may run code when they are
instantiated: whatever that does, the component has linked by then. All of it happens in a process of its own (`ask`).
"""

from __future__ import annotations

import tempfile
from enum import Enum
from importlib.metadata import version
from pathlib import Path

from ...component.fit.lookup import item_name
from ...component.items import FunctionItem, InterfaceItem, TypeItem, World
from ...component.types import Resource
from ...dataclass import dataclass
from .process import Finding, ask

TRIAL_STEPS = {
    "start": "starting",
    "compile": "compiling the component",
    "report": "comparing what wasmtime reports with the binary",
    "import": "importing the host package",
    "prepare": "preparing the component",
    "look-up": "looking up the exports",
    "link": "linking the component",
    "instantiate": "instantiating the component",
    "bind": "binding the exports",
}
"""The steps of a trial, as messages call them."""

TIMEOUT = 600.0
"""Seconds after which a trial that does not end is given up: a component of many megabytes compiles for minutes."""

START_SECONDS = 30.0
"""How long a component may run when it is instantiated, before it is stopped: it has linked by then."""


class Verdict(Enum):
    """Wasmtime's judgement of a component and a world; the value is the word in JSON."""

    LINKS = "links"
    REFUSES = "refuses"
    UNKNOWN = "cannot-tell"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came out: `problems` are refusals, `limits` what could not be tried, `notes` what else is to be known.

    `imports` counts the functions that the component imports, `exports` those that the world asks for and were found.
    """

    wasmtime: str
    linked: bool
    problems: tuple[Finding, ...] = ()
    limits: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    imports: int = 0
    exports: int = 0

    @property
    def verdict(self) -> Verdict:
        """All in one word."""
        if self.problems:
            return Verdict.REFUSES
        return Verdict.LINKS if self.linked else Verdict.UNKNOWN


def try_component(component: bytes, world: World, package: Path | None) -> Trial:
    """Let wasmtime compile and link a component.

    Args:
        component: the bytes of one that `witgen.component.binary` reads.
        world: what it is to fit.
        package: the folder of a host package of that world; None to ask wasmtime's linker alone, because the component
            does not fit, or because there can be no such package.

    Returns:
        What was found. Nothing the component or wasmtime does raises here: it is a finding.
    """
    with tempfile.TemporaryDirectory(prefix="witgen-") as folder:
        path = Path(folder, "component.wasm")
        path.write_bytes(component)
        request = {
            "component": str(path),
            "package": "" if package is None else str(package.resolve()),
            "world": world.id,
            "offered": _offered(world),
            "unsupplied": _async(world),
            "asked": _asked(world),
            "seconds": START_SECONDS,
        }
        reported = ask("witgen.compiler.trial.component_child", request, TRIAL_STEPS, TIMEOUT)
    found = (
        tuple(reported.problems),
        tuple(reported.limits),
        tuple(reported.notes),
        reported.imports,
        reported.exports,
    )
    return Trial(version("wasmtime"), reported.linked, *found)


def _offered(world: World) -> list[tuple[str, list[str], list[str]]]:
    """What the world offers, by import: its name ("" for the world's own), resources and functions."""
    found: list[tuple[str, list[str], list[str]]] = []
    own: tuple[str, list[str], list[str]] = ("", [], [])
    for key, item in world.imports.items():
        match item:
            case InterfaceItem(interface):
                resources = [name for name, type in interface.types.items() if isinstance(type, Resource)]
                found.append((item_name(key), resources, list(interface.functions)))
            case FunctionItem(function):
                own[2].append(function.name)
            case TypeItem(type):
                own[1].extend([type.name] if isinstance(type, Resource) else [])
    return [own, *found]


def _async(world: World) -> list[tuple[str, str]]:
    """The async functions that the world offers, which wasmtime-py cannot supply, by interface ("" for the world's own)."""
    found: list[tuple[str, str]] = []
    for key, item in world.imports.items():
        match item:
            case InterfaceItem(interface):
                found += [(item_name(key), f.name) for f in interface.functions.values() if f.is_async]
            case FunctionItem(function):
                found += [("", function.name)] if function.is_async else []
            case TypeItem():
                pass
    return found


def _asked(world: World) -> list[tuple[str, list[str]]]:
    """What the world asks for, by export: its name ("" for the world's own) and functions."""
    found: list[tuple[str, list[str]]] = []
    own: list[str] = []
    for key, item in world.exports.items():
        match item:
            case InterfaceItem(interface):
                found.append((item_name(key), list(interface.functions)))
            case FunctionItem(function):
                own.append(function.name)
            case TypeItem():
                pass  # WIT exports types in interfaces only
    return [("", own), *found]


__all__ = ["TIMEOUT", "TRIAL_STEPS", "Trial", "Verdict", "try_component"]
