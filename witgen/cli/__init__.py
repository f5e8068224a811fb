"""Words of a command line go in; printed results and an exit status come out. It may import the API, and of the compiler the
diagnostics and reports that it prints.

`main` is the entry point; `commands` is the table of commands; each command has a module of its own; `terminal` is the
only place that prints, except for Ctrl-C before it is there; `status` holds the exit codes.
"""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress

from .status import INTERRUPTED, INTERRUPTION

_OBJECTS_BETWEEN_COLLECTIONS = 200_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `witgen` with `arguments` (by default those of the process) and return its exit code."""
    if arguments is None:
        # The process ends after this run. Its last collection would walk through all that the run has made, which goes
        # with the process anyway; frozen objects are left out.
        atexit.register(gc.freeze)
    with _few_collections():
        try:
            from .entry import run
        except KeyboardInterrupt:  # a short run is mostly this import
            with suppress(OSError):  # standard error is closed
                os.write(2, f"{INTERRUPTION}\n".encode())
            return INTERRUPTED
        return run(arguments)


@contextmanager
def _few_collections() -> Generator[None, None, None]:
    """Look for garbage less often: models have cycles, but live until the end of a run, which is short.

    By its own settings Python spends up to a quarter of a long run on looking, and a tenth of a short one. The peak of
    memory stays the same.
    """
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


__all__ = ["main"]
