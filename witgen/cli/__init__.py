"""Words of a command line go in; printed results and an exit status come out. It may import the API, and of the compiler the
diagnostics and reports that it prints.

`main` is the entry point; `commands` is the table of commands; each command has a module of its own; `terminal` is the
only place that prints, except for Ctrl-C before it is there; `status` holds the exit codes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from .status import INTERRUPTED, INTERRUPTION


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `witgen` with `arguments` (by default those of the process) and return its exit code."""
    try:
        from .entry import run
    except KeyboardInterrupt:  # a short run is mostly this import
        with suppress(OSError):  # standard error is closed
            os.write(2, f"{INTERRUPTION}\n".encode())
        return INTERRUPTED
    return run(arguments)


__all__ = ["main"]
