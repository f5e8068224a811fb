"""A run: the quick way first, for runs that have nothing to do, then the commands."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from . import quick, terminal
from .status import FAULT, INTERRUPTED, INTERRUPTION, OK

_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def run(arguments: Sequence[str] | None = None) -> int:
    """Run `witgen` with `arguments` (by default those of the process) and return its exit code."""
    terminal.prepare()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with _few_collections():
            status = quick.run(words)
            if status is None:
                from . import dispatch

                status = dispatch.run(words)
    except KeyboardInterrupt:
        terminal.complain(INTERRUPTION)
        status = INTERRUPTED
    return status if terminal.finish() or status != OK else FAULT


@contextmanager
def _few_collections() -> Generator[None, None, None]:
    """Look for garbage less often: models have cycles, but live until the end of a run, which is short.

    By its own settings Python spends up to a quarter of a long run on looking. The peak of memory stays the same.
    """
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
