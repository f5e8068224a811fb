"""Whole generated packages, compared byte for byte with `tests/generated/<case>`, and checked as a user's checkers would.

A case needs no Python. Its `case.toml` says what is generated, and `pytest --bless` writes `host/` and `guest/` beside it:

    wit = "tests/run/library/wit"   # below the repository; left out, it is the folder `wit/` of the case
    deps = ["clocks", "io"]         # packages of the project's `wit/deps/` that are put into its `deps/`; none by default
    worlds = ["library"]
    side = "both"                   # or "host", "guest"
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.checkout import ROOT, TESTS
from tests.golden import check_tree
from tests.run.building import wit_folder

GENERATED = TESTS / "generated"
SIDES = ("host", "guest")


@dataclass(frozen=True)
class Case:
    """What a `case.toml` says."""

    folder: Path
    worlds: tuple[str, ...]
    side: str
    wit: Path
    deps: tuple[str, ...]

    def sides(self) -> list[str]:
        """The sides that are generated."""
        return [side for side in SIDES if self.side in (side, "both")]

    def input(self, scratch: Path) -> Path:
        """The WIT; laid out in `scratch` where it takes packages of the project."""
        return wit_folder(self.wit, self.deps, scratch / "wit") if self.deps else self.wit


def read_case(folder: Path) -> Case:
    """The case in a folder.

    Raises:
        KeyError: `case.toml` lacks something.
    """
    table = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    assert table.keys() <= {"wit", "deps", "worlds", "side"}, folder
    wit = ROOT / table["wit"] if "wit" in table else folder / "wit"
    return Case(folder, tuple(table["worlds"]), table["side"], wit, tuple(table.get("deps", ())))


CASES = {path.name: read_case(path) for path in sorted(GENERATED.iterdir()) if path.is_dir()}
GUESTS = [name for name, case in CASES.items() if "guest" in case.sides()]
"""The cases with a guest package."""


def generate(case: Case, scratch: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, into `scratch/out`."""
    worlds = [word for world in case.worlds for word in ("--world", world)]
    out = ["--out", str(scratch / "out"), "--side", case.side, "--verify"]
    command = [sys.executable, "-m", "witgen", str(case.input(scratch)), *worlds, *out]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def texts(folder: Path) -> dict[str, str]:
    """Every file below `folder` that is not in a dot-folder or a cache, by relative path."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in relative.parts):
            found[relative.as_posix()] = path.read_bytes().decode("utf-8")
    return found


@pytest.mark.parametrize("name", CASES)
def test_output_is_the_golden_one(name: str, tmp_path: Path) -> None:
    """The same WIT gives the same bytes, whatever the hash seed; what is written links on wasmtime."""
    case = CASES[name]
    done = generate(case, tmp_path)
    assert done.returncode == 0, done.stderr
    for side in SIDES:
        check_tree(case.folder / side, texts(tmp_path / "out" / side))


@pytest.mark.parametrize("case", CASES)
def test_every_module_imports(case: str) -> None:
    """Each module of host and guest imports in a fresh interpreter, with warnings as errors."""
    for side, root in (("host", GENERATED / case / "host"), ("guest", GENERATED / case / "guest")):
        modules = sorted(
            ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
            for path in root.rglob("*.py")
        )
        assert bool(modules) is (side in CASES[case].sides()), side
        program = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
        environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        if not modules:
            continue
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program, *modules],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


CHECKERS = {
    "mypy": ("mypy", "--strict", "--cache-dir=/dev/null", "--python-version=3.11", "--config-file="),
    "pyright": ("pyright", "--project", ".", "--pythonpath", sys.executable),
    "ruff": ("ruff", "check", "--isolated", "--no-cache", "--extend-select=I,UP", "--target-version=py311"),
    "black": ("black", "--check", "--config=/dev/null"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("case", "side"), [(name, side) for name, case in CASES.items() for side in case.sides()])
@pytest.mark.parametrize("checker", sorted(CHECKERS))
def test_checkers_have_no_complaint(checker: str, case: str, side: str, tmp_path: Path) -> None:
    """mypy and pyright, both strict, ruff (default, I, UP) and black pass, far from the project's own settings."""
    root = tmp_path / "moved"
    shutil.copytree(GENERATED / case / side, root)
    check(checker, root)


def check(checker: str, root: Path) -> None:
    """Run a checker over all that is below `root`."""
    command = [sys.executable, "-m", *CHECKERS[checker]]
    if checker == "pyright":
        settings = {"strict": ["."], "include": ["."], "extraPaths": [str(ROOT)], "pythonVersion": "3.11"}
        (root / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    else:
        command.append(".")
    environment = {**os.environ, "MYPYPATH": f"{root}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("case", [name for name in GUESTS if (TESTS / "run" / name / "guest").is_dir()])
@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_guest_sources_type_check(checker: str, case: str, tmp_path: Path) -> None:
    """The guests of `tests/run`, written as a user writes them, are clean against the generated guest package."""
    root = tmp_path / "moved"
    shutil.copytree(GENERATED / case / "guest", root)
    shutil.copytree(TESTS / "run" / case / "guest", root, dirs_exist_ok=True)
    check(checker, root)


def test_nothing_is_given_up() -> None:
    """No `Any` in the code and no ignored line in any generated file."""
    for path in sorted(p for p in GENERATED.rglob("*.py*") if "__pycache__" not in p.parts):
        text = path.read_text(encoding="utf-8")
        if path.suffix in (".py", ".pyi"):
            names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
            assert "Any" not in names, path
        for hole in ("# type:", "# noqa", "# pyright"):
            assert hole not in text, f"{hole} in {path}"
