"""What Python and the checkers say of a folder of packages: lists of complaints, each beginning with a path below it.

Used by the tests, which want none, and by `benchmarks/guest_quality.py`, which counts them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.checkout import ROOT as _ROOT

_IMPORT_ALL = """
import importlib, pathlib, sys
from tests.checkout import ROOT as _ROOT
sys.path.insert(0, ".")
for path in sorted(pathlib.Path(".").rglob("*.py")):
    try:
        importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
    except BaseException as error:
        print(f"{path}: {type(error).__name__}: {str(error).splitlines()[:1]}")
"""


def interpreters() -> dict[str, str]:
    """The CPython of each version that the output is for and that this machine has, by version."""
    found: dict[str, str] = {}
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for version in ("3.11", "3.12", "3.13"):
        places: list[str | Path | None] = [
            *sorted((root / "versions").glob(f"{version}.*/bin/python")),
            shutil.which(f"python{version}"),
        ]
        places.append(sys.executable)
        for place in (place for place in places if place is not None):
            program = "import sys; print('%d.%d' % sys.version_info[:2])"
            done = subprocess.run([place, "-c", program], capture_output=True, text=True, check=False)
            if done.returncode == 0 and done.stdout.strip() == version:
                found[version] = str(place)
                break
    return found


def imports(folder: Path, python: str) -> list[str]:
    """Import every module in one fresh interpreter, with warnings as errors; the native back end asks for witgen itself."""
    done = _run([python, "-B", "-W", "error", "-c", _IMPORT_ALL], folder, {**os.environ, "PYTHONPATH": str(_ROOT)})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def mypy(folder: Path, version: str = "3.11") -> list[str]:
    """`mypy --strict`, far from the project's settings."""
    words = ["-m", "mypy", "--strict", "--cache-dir=/dev/null", f"--python-version={version}", "--config-file=", "."]
    done = _run([sys.executable, *words, "--no-error-summary", "--hide-error-context"], folder)
    return [line for line in done.stdout.splitlines() if ": error: " in line] or _crash(done)


def pyright(folder: Path, version: str = "3.11") -> list[str]:
    """pyright, strict."""
    settings = {"strict": ["."], "include": ["."], "pythonVersion": version}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = _run([sys.executable, "-m", "pyright", "--project", ".", "--pythonpath", sys.executable], folder)
    (folder / "pyrightconfig.json").unlink()
    lines = [line.strip() for line in done.stdout.splitlines() if re.search(r":\d+:\d+ - error: ", line)]
    return [line.removeprefix(f"{folder.resolve()}/") for line in lines] or _crash(done)


def ruff(folder: Path, select: str = "I,UP") -> list[str]:
    """`ruff check` with its default rules and those of `select`."""
    words = ["-m", "ruff", "check", "--isolated", "--no-cache", "--target-version=py311", "--output-format=concise"]
    done = _run([sys.executable, *words, f"--extend-select={select}", "."], folder)
    return [line for line in done.stdout.splitlines() if re.match(r"\S+:\d+:\d+: ", line)] or _crash(done)


def black(folder: Path) -> list[str]:
    """Files that black would write anew, or cannot read."""
    done = _run([sys.executable, "-m", "black", "--check", "--config=/dev/null", "."], folder)
    found = re.findall(r"^(?:would reformat|error: cannot format) ([^:\n]+)", done.stderr, re.MULTILINE)
    return [line.removeprefix(f"{folder.resolve()}/") for line in found] or _crash(done)


CHECKERS = {"mypy": mypy, "pyright": pyright, "ruff": ruff, "black": black}


def _run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _crash(done: subprocess.CompletedProcess[str]) -> list[str]:
    """A checker that fails without a complaint about a file is a complaint too."""
    return [f"?: {done.stdout}{done.stderr}"] if done.returncode else []
