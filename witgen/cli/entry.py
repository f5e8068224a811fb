"""The entry point: the quick way first, for runs that have nothing to do, then the commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from . import quick, terminal
from .status import FAULT, INTERRUPTED, OK


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `witgen` with `arguments` (by default those of the process) and return its exit code."""
    terminal.prepare()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = quick.run(words)
        if status is None:
            from .dispatch import run

            status = run(words)
    except KeyboardInterrupt:
        terminal.complain("interrupted; nothing was half-written")
        status = INTERRUPTED
    return status if terminal.finish() or status != OK else FAULT
