"""Golden files: expected texts under `tests/golden/`, compared in tests and rewritten by `pytest --bless`.

A test calls `check` for one file or `check_tree` for a folder. With `--bless` the expectation is written instead, stale
files of a tree are deleted, and what changed is printed at the end of the run. Blessing is refused under CI.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

GOLDEN = Path(__file__).resolve().parent / "golden"


class Blessing:
    """Whether this run rewrites expectations, and what it has rewritten so far."""

    active: ClassVar[bool] = False
    changed: ClassVar[list[str]] = []


def _name(path: Path) -> str:
    return path.relative_to(GOLDEN.parent).as_posix()


def check(path: Path, actual: str) -> None:
    """Compare `actual` with the golden file at `path`, byte for byte in UTF-8.

    Raises:
        AssertionError: they differ; the message holds a diff and the command that refreshes the file.
    """
    expected = path.read_bytes().decode("utf-8") if path.exists() else None
    if expected == actual:
        return
    if Blessing.active:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(actual.encode("utf-8"))
        Blessing.changed.append(_name(path))
        return
    diff = "\n".join(
        difflib.unified_diff(
            (expected or "").splitlines(), actual.splitlines(), f"{_name(path)} (golden)", "actual", lineterm="", n=2
        )
    )
    state = "differs from" if expected is not None else "has no"
    raise AssertionError(f"output {state} golden file {_name(path)}; after review: pytest --bless\n{diff}")


def check_tree(folder: Path, actual: Mapping[str, str]) -> None:
    """Compare texts by relative path with all files below `folder`: none may be missing, extra or different.

    Raises:
        AssertionError: as `check` does, or naming the files that are stale.
    """
    files = (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    stale = sorted(p for p in files if p.relative_to(folder).as_posix() not in actual)
    if stale and Blessing.active:
        for path in stale:
            path.unlink()
            Blessing.changed.append(f"{_name(path)} (deleted)")
        stale = []
    for name in sorted(actual):
        check(folder / name, actual[name])
    assert not stale, f"stale golden files, after review: pytest --bless\n{[_name(p) for p in stale]}"
