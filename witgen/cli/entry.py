"""A run: the quick way first, for runs that have nothing to do, then the commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from . import quick, terminal
from .status import FAULT, INTERRUPTED, INTERRUPTION, OK


def run(arguments: Sequence[str] | None = None) -> int:
    """Run `witgen` with `arguments` (by default those of the process) and return its exit code."""
    terminal.prepare()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = quick.run(words)
        if status is None:
            from . import dispatch

            status = dispatch.run(words)
    except KeyboardInterrupt:
        terminal.complain(INTERRUPTION)
        status = INTERRUPTED
    return status if terminal.finish() or status != OK else FAULT
