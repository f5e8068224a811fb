"""Golden cases as folders: `golden/<group>/<case>/` holds inputs, `case.toml`, and what the command prints.

A case needs no Python. `case.toml` says what is run, and which exit status it has; `pytest --bless` writes what is printed,
to be reviewed:

    command = "validate app.wat app.wit"    # the words after `witgen`; the case's folder is the current one
    status = 1
    expected = "expected.txt"               # the file with the standard output; this is the default

    [stub."app.wat"]                        # made before the run: the stub component of a world of one of the inputs
    wit = "component.wit"
    world = "app"

    [[also]]                                # further runs over the same inputs
    command = "validate app.wat app.wit --strict"
    status = 1
    expected = "strict.txt"

WIT files beside the cases, in the group's folder, are inputs of each case that has no file of that name. Cases of `diff` say
whom the change breaks: `breaks = ["hosts", "guests"]`.
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import cast

import pytest

from tests import golden
from tests.wit_text import world_of
from witgen import __version__
from witgen.cli import main
from witgen.compiler.trial.stub import stub_component
from witgen.component.items import World

SETTINGS = "case.toml"
_KEYS = {"command", "status", "expected", "stub", "also", "breaks"}


@dataclass(frozen=True)
class Run:
    """One command of a case: its words, its exit status, and the file with its standard output (relative to the case)."""

    command: str
    status: int
    expected: str = "expected.txt"


@dataclass(frozen=True)
class Stub:
    """A component that is made for the case: the stub of `world` in the input `wit`."""

    wit: str
    world: str


@dataclass(frozen=True)
class Case:
    """A folder of a group, and what its `case.toml` says. `breaks` is None where it says nothing of that."""

    folder: Path
    runs: tuple[Run, ...]
    stubs: Mapping[str, Stub]
    breaks: frozenset[str] | None

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.name

    def inputs(self) -> dict[str, Path]:
        """The input files by their path in the case: its own, and the group's WIT files."""
        outputs = {run.expected for run in self.runs} | {SETTINGS}
        own = {path.relative_to(self.folder).as_posix(): path for path in files_below(self.folder)}
        shared = {path.name: path for path in self.folder.parent.glob("*.wit")}
        return {name: path for name, path in (shared | own).items() if name not in outputs}

    def text(self, name: str) -> str:
        """The text of an input."""
        return self.inputs()[name].read_text(encoding="utf-8")

    def stub_world(self, name: str) -> World:
        """The world whose stub the file `name` is."""
        stub = self.stubs[name]
        return world_of(self.text(stub.wit), stub.world)

    def component(self, name: str) -> str:
        """The component `name` as text: an input, or the stub that is made."""
        return stub_component(self.stub_world(name)) if name in self.stubs else self.text(name)

    def put(self, folder: Path) -> None:
        """Write inputs and stubs into a folder."""
        for name, path in self.inputs().items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        for name in self.stubs:
            (folder / name).write_text(self.component(name), encoding="utf-8")

    def check(self, shown: pytest.CaptureFixture[str]) -> None:
        """Run the commands in the current folder, which holds the inputs; see that each prints what is expected.

        Raises:
            AssertionError: another status, another output, or anything on standard error.
        """
        for run in self.runs:
            status = main(shlex.split(run.command))
            printed = shown.readouterr()
            assert (printed.err, status) == ("", run.status), run.command
            golden.check((self.folder / run.expected).resolve(), versionless(printed.out))

    def unused(self) -> list[Path]:
        """The files of the folder that no command and no stub names."""
        words = {word.partition("/")[0] for run in self.runs for word in shlex.split(run.command)}
        used = words | {stub.wit for stub in self.stubs.values()} | {run.expected for run in self.runs} | {SETTINGS}
        return [p for p in files_below(self.folder) if p.relative_to(self.folder).parts[0] not in used]


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in order; Python's caches do not count."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


def versionless(text: str) -> str:
    """What was printed, whatever versions of wasmtime and witgen are installed."""
    for shown, kept in (
        (f"wasmtime {version('wasmtime')}", "wasmtime VERSION"),
        (f'"version": "{version("wasmtime")}"', '"version": "VERSION"'),
        (f'"semanticVersion": "{__version__}"', '"semanticVersion": "VERSION"'),
    ):
        text = text.replace(shown, kept)
    return text


def read_case(folder: Path) -> Case:
    """The case in a folder.

    Raises:
        AssertionError: `case.toml` is missing or says something else than the top of this module.
    """
    path = folder / SETTINGS
    assert path.is_file(), f"{folder} has no {SETTINGS}; see tests/cases.py"
    table = cast("dict[str, object]", tomllib.loads(path.read_text(encoding="utf-8")))
    assert table.keys() <= _KEYS, f"{path}: unknown {sorted(table.keys() - _KEYS)}"
    also = cast("list[dict[str, object]]", table.get("also", []))
    stubs = cast("dict[str, dict[str, str]]", table.get("stub", {}))
    breaks = cast("list[str] | None", table.get("breaks"))
    assert breaks is None or set(breaks) <= {"hosts", "guests"}, path
    return Case(
        folder,
        tuple(_run(path, part) for part in (table, *also)),
        {name: Stub(stub["wit"], stub["world"]) for name, stub in stubs.items()},
        None if breaks is None else frozenset(breaks),
    )


def _run(path: Path, table: Mapping[str, object]) -> Run:
    command, status, expected = table["command"], table["status"], table.get("expected", "expected.txt")
    assert isinstance(command, str) and isinstance(status, int) and isinstance(expected, str), path
    return Run(command, status, expected)


def read_group(name: str) -> dict[str, Case]:
    """The cases of a group by name: the folders in `golden/<name>`."""
    return {path.name: read_case(path) for path in sorted((golden.GOLDEN / name).iterdir()) if path.is_dir()}
