"""Runs `componentize-py bindings` for many worlds in one process: lines of path, world, module and folder come in.

For a world that it gives up on, a line with the module and the message goes out.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import sys
import tempfile
from collections.abc import Callable


def main() -> None:
    """Read all lines, then work through them."""
    script: Callable[[], None] = importlib.import_module("componentize_py").script  # it has no annotations
    # What a panic prints comes from below Python.
    errors = os.dup(2)
    for line in sys.stdin.read().splitlines():
        wit, world, module, folder = line.split("\t")
        sys.argv = ["componentize-py", "-d", wit, "-w", world, "--all-features", "--world-module", module]
        sys.argv += ["bindings", folder]
        with tempfile.TemporaryFile() as captured:
            os.dup2(captured.fileno(), 2)
            status: object = None
            try:
                with contextlib.redirect_stderr(io.StringIO()):
                    script()
            except SystemExit as stop:
                status = stop.code
            except BaseException as panic:  # noqa: BLE001 - a panic of Rust's is one
                status = f"{type(panic).__name__}: {panic}"
            finally:
                os.dup2(errors, 2)
            captured.seek(0)
            text = captured.read().decode(errors="replace")
        if status not in (None, 0):
            message = text if isinstance(status, int) else f"{status} {text}"
            print(module, " ".join(message.split())[:300], sep="\t", flush=True)


main()
