"""A child process that is asked one thing and says what happens as it goes: a crash of it is an answer as well.

The request is one JSON document on the child's standard input; what it reports is one JSON object a line on its standard
output. Wasmtime can abort a process, and a component can keep one busy forever: neither reaches the caller.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from ...dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: the step in which, and a message, perhaps of lines."""

    step: str
    message: str


class ChildReport:
    """What a child reported before it ended: the step it was in, what it found, and how many functions it counted."""

    def __init__(self, output: bytes) -> None:
        self.step = "start"
        self.finished = False
        self.linked = False
        self.problems: list[Finding] = []
        self.limits: list[Finding] = []
        self.notes: list[Finding] = []
        self.imports = 0
        self.exports = 0
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
                self.problems.append(Finding(self.step, message))
            case {"limit": str(message)}:
                self.limits.append(Finding(self.step, message))
            case {"note": str(message)}:
                self.notes.append(Finding(self.step, message))
            case {"linked": True}:
                self.linked = True
            case {"imports": int(imports), "exports": int(exports)}:
                self.imports, self.exports = imports, exports
                self.finished = True
            case _:
                pass

    def fail(self, message: str) -> None:
        """The child did not end well."""
        self.problems.append(Finding(self.step, message))


def ask(module: str, request: Mapping[str, object], steps: Mapping[str, str], timeout: float) -> ChildReport:
    """Run a module with a request.

    Args:
        steps: what the steps that the child reports are called in messages; `start` is the one before the first.
        timeout: seconds after which the child is given up.

    Returns:
        What it reported. Nothing that it does raises here: a crash or a process that does not end is a problem.
    """
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(
                [sys.executable, "-B", "-u", "-m", module],
                input=json.dumps(request).encode(),
                stdout=subprocess.PIPE,
                stderr=said,
                env=_environment(),
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as expired:
            reported = ChildReport(expired.stdout or b"")
            reported.fail(f"gave up after {timeout:.0f} seconds while {steps[reported.step]}")
            return reported
        reported = ChildReport(done.stdout)
        if done.returncode == 0 and reported.finished:
            return reported
        said.seek(0)
        words = said.read().decode(errors="replace").strip()
    reported.fail(f"{_ending(done.returncode)} while {steps[reported.step]}" + (f"\n{words}" if words else ""))
    return reported


def _environment() -> dict[str, str]:
    """This process's environment, in which the child finds the same witgen, and wasmtime panics in few words."""
    root = str(Path(__file__).resolve().parents[3])
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


__all__ = ["ChildReport", "Finding", "ask"]
