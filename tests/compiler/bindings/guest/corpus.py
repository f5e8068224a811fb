"""The corpus of worlds (`tests/corpus/*.wit` and the project's own `wit/`), and their guest packages in one folder.

Every world gets a world module of its own (`types_lists`), so that all packages stand beside each other on one path and
one process of a checker sees them all. The siblings are the same for every world and stand there once, but for
`poll_loop`, which speaks of the world's modules: it is kept as `poll_loop_<world module>.py`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.checkout import ROOT
from tests.compiler.bindings.guest.planning import plan, write
from witgen.api import load_and_resolve
from witgen.compiler.bindings.guest import GuestOptions
from witgen.compiler.diagnostics import Diagnostic
from witgen.component.items import World

CORPUS_ID = "corpus"
CORPUS = ROOT / "tests" / "corpus"
PROGRAM = Path(__file__).with_name("run_componentize_py.py")


@dataclass(frozen=True)
class Case:
    """A world of the corpus. `wit` is the path it is loaded from, `id` what componentize-py calls it."""

    module: str
    wit: Path
    id: str
    world: World


@dataclass(frozen=True)
class Package:
    """A generated guest package: its files by path, and what was found."""

    case: Case
    files: Mapping[str, str]
    found: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Theirs:
    """What componentize-py did with a world: its message, if it gave up."""

    folder: Path
    gave_up: str


def find_cases() -> tuple[Case, ...]:
    """Every world of the corpus, by its module."""
    found: dict[str, Case] = {}
    for wit in (*sorted(CORPUS.glob("*.wit")), ROOT / "wit"):
        resolved = load_and_resolve(str(wit), all_features=True).resolved
        packages = [resolved.root] if wit.is_file() else resolved.packages
        for package in packages:
            for world in package.worlds.values():
                stem = wit.stem if wit.is_file() else f"wasi_{package.name.name}"
                module = f"{stem}_{world.name}".replace("-", "_")
                assert module not in found, module
                found[module] = Case(module, wit, world.id, world)
    return tuple(found.values())


def generate(cases: Iterable[Case]) -> tuple[Package, ...]:
    """Plan, render and format the guest package of each world."""
    packages: list[Package] = []
    for case in cases:
        files, diagnostics = plan(case.world, GuestOptions(world_module=case.module), CORPUS_ID)
        packages.append(Package(case, files, tuple(diagnostics.found)))
    return tuple(packages)


def lay_out(packages: Iterable[Package], folder: Path) -> Path:
    """Write packages beside each other, the siblings once.

    Raises:
        AssertionError: a sibling differs between worlds.
    """
    siblings: dict[str, str] = {}
    for package in packages:
        module = package.case.module
        mine = (f"{module}/", f"{module}_native.py")
        own = {path: text for path, text in package.files.items() if path.startswith(mine)}
        for path, text in package.files.items():
            if path == "poll_loop.py":
                own[f"poll_loop_{module}.py"] = text
            elif path not in own:
                assert siblings.setdefault(path, text) == text, path
        write(own, folder)
    return write(siblings, folder)


def run_componentize_py(cases: Iterable[Case], folder: Path) -> dict[str, Theirs]:
    """Let componentize-py write its bindings of each world below `folder/<module>`, by module."""
    there = {case.module: Theirs(folder / case.module, "") for case in cases}
    lines = ["\t".join((str(case.wit), case.id, case.module, str(there[case.module].folder))) for case in cases]
    command = [sys.executable, str(PROGRAM)]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for line in done.stdout.splitlines():
        module, _, message = line.partition("\t")
        there[module] = Theirs(there[module].folder, message)
    return there
