"""Whole generated packages, compared byte for byte with `tests/generated/<case>`, and checked as a user's checkers would.

The proxy world is the main job; `library` is the world that `tests/run` builds and drives.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT, TESTS
from tests.golden import check_tree
from tests.run.building import wit_folder

GENERATED = TESTS / "generated"
CASES = ("proxy", "library", "pipeline")
GUESTS = ("proxy", "library")
"""The cases with a guest package; `pipeline` is several worlds in one host package."""
WORLDS = {"pipeline": ("source", "sink", "relay")}


def wit_of(case: str, folder: Path) -> Path:
    """The WIT of a case."""
    if case == "proxy":
        return ROOT / "wit"
    if case not in GUESTS:
        return TESTS / "run" / case / "wit"
    return wit_folder(TESTS / "run" / case, ("clocks", "io"), folder / "wit")


def generate(wit: Path, world: str, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    command = [sys.executable, "-m", "witgen", str(wit), "--world", world, "--out", str(out), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def texts(folder: Path) -> dict[str, str]:
    """Every file below `folder` that is not in a dot-folder or a cache, by relative path."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in relative.parts):
            found[relative.as_posix()] = path.read_bytes().decode("utf-8")
    return found


@pytest.mark.parametrize("case", CASES)
def test_output_is_the_golden_one(case: str, tmp_path: Path) -> None:
    """The same WIT gives the same bytes, whatever the hash seed; what is written links on wasmtime."""
    first, *others = WORLDS.get(case, (case,))
    more = [word for world in others for word in ("--world", world)]
    side = "both" if case in GUESTS else "host"
    done = generate(wit_of(case, tmp_path), first, tmp_path / "out", *more, "--side", side, "--verify")
    assert done.returncode == 0, done.stderr
    check_tree(GENERATED / case, texts(tmp_path / "out"))


@pytest.mark.parametrize("case", CASES)
def test_every_module_imports(case: str) -> None:
    """Each module of host and guest imports in a fresh interpreter, with warnings as errors."""
    for side, root in (("host", GENERATED / case / "host"), ("guest", GENERATED / case / "guest")):
        modules = sorted(
            ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
            for path in root.rglob("*.py")
        )
        assert modules or (side == "guest" and case not in GUESTS), side
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


@pytest.mark.parametrize(("case", "side"), [*((case, "host") for case in CASES), *((case, "guest") for case in GUESTS)])
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


@pytest.mark.parametrize("case", GUESTS)
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
