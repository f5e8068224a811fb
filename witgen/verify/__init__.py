"""Verification: does a host package that was just written fit its world, on wasmtime?

The stub component of the world imports and exports exactly what the world says. A fresh process with the same
interpreter (`child`) imports the package from its folder, assembles the stub, and prepares, instantiates and binds
through the package's own code; nothing is called. It is a process of its own because wasmtime can abort one, and
because what a user's program does is to import the package anew. It reports as it goes, so a crash says where.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

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
class Finding:
    """One thing that does not fit, or that could not be tried: the step (of `STEPS`), and a message, perhaps of lines."""

    step: str
    message: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What came out: `problems` are faults of the package; `limits` are parts of the world that wasmtime cannot carry.

    `imports` and `exports` count the functions that were linked and bound.
    """

    problems: tuple[Finding, ...] = ()
    limits: tuple[Finding, ...] = ()
    imports: int = 0
    exports: int = 0


def verify(package: Path, stub: str, world: str = "") -> Verification:
    """Link the host package in the folder `package` with the stub component of its world.

    Args:
        package: the folder of the package itself (`bindings/host/proxy`); nothing is written there.
        stub: the component's text, as `witgen.stub.stub_component` makes it.
        world: the id of the world, which may be left out where the package has but one.

    Returns:
        What was found. Nothing the package or wasmtime does raises here: it is a finding.
    """
    request = json.dumps({"package": str(package.resolve()), "stub": stub, "world": world})
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(
                [sys.executable, "-B", "-u", "-m", "witgen.verify.child"],
                input=request.encode(),
                stdout=subprocess.PIPE,
                stderr=said,
                env=_environment(),
                timeout=TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired as expired:
            told = _Told(expired.stdout or b"")
            return told.with_problem(f"gave up after {TIMEOUT:.0f} seconds while {STEPS[told.step]}")
        told = _Told(done.stdout)
        if done.returncode == 0 and told.finished:
            return told.verification()
        said.seek(0)
        words = said.read().decode(errors="replace").strip()
    return told.with_problem(f"{_ending(done.returncode)} while {STEPS[told.step]}" + (f"\n{words}" if words else ""))


def _environment() -> dict[str, str]:
    """This process's environment, in which the child finds the same witgen, and wasmtime panics in few words."""
    root = str(Path(__file__).resolve().parent.parent.parent)
    before = os.environ.get("PYTHONPATH")
    path = root if not before else root + os.pathsep + before
    return {**os.environ, "PYTHONPATH": path, "RUST_BACKTRACE": "0"}


def _ending(status: int) -> str:
    if status >= 0:
        return f"the process ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = str(-status)
    return f"the process was killed by signal {name}"


class _Told:
    """What the child told before it ended: one JSON object a line."""

    def __init__(self, output: bytes) -> None:
        self.step = "start"
        self.finished = False
        self._problems: list[Finding] = []
        self._limits: list[Finding] = []
        self._counts = {"imports": 0, "exports": 0}
        for line in output.decode(errors="replace").splitlines():
            try:
                event: object = json.loads(line)
            except ValueError:
                continue  # cut off by the crash
            if isinstance(event, dict):
                self._take(cast("Mapping[str, object]", event))

    def _take(self, event: Mapping[str, object]) -> None:
        match event:
            case {"step": str(step)}:
                self.step = step
            case {"problem": str(message)}:
                self._problems.append(Finding(self.step, message))
            case {"limit": str(message)}:
                self._limits.append(Finding(self.step, message))
            case {"imports": int(imports), "exports": int(exports)}:
                self._counts = {"imports": imports, "exports": exports}
                self.finished = True
            case _:
                pass

    def with_problem(self, message: str) -> Verification:
        """What was told, and that the child did not end well."""
        self._problems.append(Finding(self.step, message))
        return self.verification()

    def verification(self) -> Verification:
        return Verification(tuple(self._problems), tuple(self._limits), **self._counts)


__all__ = ["STEPS", "TIMEOUT", "Finding", "Verification", "verify"]
