"""How many worlds of the corpus get a guest package that imports and is clean, beside `componentize-py bindings`.

    python benchmarks/guest_quality.py [--quick]

Both write the same worlds (`tests/corpus` and those of `wit/`), each under a world module of its own, so that one
process of a checker sees all packages. A world is clean if no file of its module has a complaint. The third column was
measured before witgen existed, on another corpus (109 worlds of wit-bindgen's tests and WASI): the figures to beat.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.compiler.bindings.guest import quality
from tests.compiler.bindings.guest.corpus import find_cases, generate, lay_out, run_componentize_py
from tests.compiler.bindings.guest.test_surface import surface

_ASYNC = "componentize_py_async_support"


@dataclass(frozen=True)
class Row:
    """A check, how to run it, and the anchor figure."""

    name: str
    check: Callable[[Path], list[str]]
    anchor: str


def rows() -> list[Row]:
    """The checks, in the order of the table."""
    anchors = {"3.11": "79/109", "3.12": "79/109", "3.13": "79/109"}
    found = [
        Row(f"all modules import, CPython {version}", partial(quality.imports, python=python), anchors[version])
        for version, python in quality.interpreters().items()
    ]
    return [
        *found,
        Row("mypy --strict, for 3.11", partial(mypy, version="3.11"), "77/109"),
        Row("mypy --strict, for 3.13", partial(mypy, version="3.13"), "77/109"),
        Row("pyright strict", quality.pyright, "0/109"),
        Row("ruff check, default rules", partial(quality.ruff, select="F"), "0/109"),
        Row("ruff check, I and UP too", quality.ruff, "0/109"),
        Row("black leaves it as it is", quality.black, "0/109 (ruff format)"),
    ]


def mypy(folder: Path, version: str) -> list[str]:
    """mypy, which stops at the first file that is no Python: the worlds with such files count as they are."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = shutil.copytree(folder, Path(scratch) / "copy")
        modules = [path for path in sorted(copy.glob("*/**/*.py")) if not path.is_relative_to(copy / _ASYNC)]
        unreadable = [path for path in modules if not _is_python(path)]
        for path in unreadable:
            shutil.rmtree(copy / path.relative_to(copy).parts[0], ignore_errors=True)
        found = [f"{path.relative_to(copy)}: no Python" for path in unreadable]
        return found + quality.mypy(copy, version)


def _is_python(path: Path) -> bool:
    try:
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
    except SyntaxError:
        return False
    return True


def peers(folders: dict[str, Path], into: Path) -> Path:
    """Lay componentize-py's output of several worlds out as ours is: world modules beside each other, siblings once."""
    for module, folder in folders.items():
        shutil.copytree(folder / module, into / module)
        for sibling in ("componentize_py_types.py", _ASYNC, "componentize_py_runtime.pyi"):
            if not (into / sibling).exists():
                copy = shutil.copytree if (folder / sibling).is_dir() else shutil.copy
                copy(folder / sibling, into / sibling)
    return into


def clean(complaints: list[str], modules: set[str]) -> str:
    """How many of `modules` have no complaint, and how many complaints there are in all."""
    spoilt = {line.partition("/")[0].partition(":")[0] for line in complaints}
    count = len(modules - spoilt)
    return f"{count}/{len(modules)}" + (f" ({len(complaints)} complaints)" if complaints else "")


def same_surface(ours: Path, theirs: Path) -> bool | None:
    """Whether both have the same names; None where componentize-py's text is no Python."""
    try:
        return surface(ours) == surface(theirs)
    except SyntaxError:
        return None


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description="Guest packages of the corpus beside componentize-py's.")
    parser.add_argument("--quick", action="store_true", help="two worlds only: whether the benchmark works")
    quick = bool(parser.parse_args().quick)
    with tempfile.TemporaryDirectory() as scratch:
        cases = find_cases()[:2] if quick else find_cases()
        modules = {case.module for case in cases}
        ours = lay_out(generate(cases), Path(scratch) / "ours")
        answers = run_componentize_py(cases, Path(scratch) / "answers")
        folders = {module: answer.folder for module, answer in answers.items() if not answer.gave_up}
        theirs = peers(folders, Path(scratch) / "theirs")
        same = [same_surface(ours / module, theirs / module) for module in folders]
        print("| | witgen | componentize-py 0.25.1, same corpus | componentize-py 0.25.1, the anchor |")
        print("|---|---|---|---|")
        print(f"| worlds generated | {len(modules)}/{len(modules)} | {len(folders)}/{len(modules)} | 109/112 |")
        for row in rows():
            print(
                f"| {row.name} | {clean(row.check(ours), modules)} | {clean(row.check(theirs), set(folders))} ", end=""
            )
            print(f"| {row.anchor} |", flush=True)
        print(
            f"\n{len(list(ours.rglob('*.py')))} modules. Same run-time names as componentize-py: {same.count(True)} worlds;"
            f" different: {same.count(False)}; its text is no Python: {same.count(None)};"
            f" it gives up: {len(modules) - len(folders)}."
        )


if __name__ == "__main__":
    main()
