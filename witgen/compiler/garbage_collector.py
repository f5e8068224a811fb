"""Pauses Python's cyclic garbage collector while a pass builds its result.

A pass makes very many objects, keeps nearly all of them and makes no cycles to speak of, but the collector would walk
through what is there again and again: it takes half of the time of a large parse.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock


class _Pauses:
    """How many pauses there are now, over all threads, and whether the first of them stopped the collector."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.count = 0
        self.stopped = False


_pauses = _Pauses()


@contextmanager
def paused_collector() -> Generator[None]:
    """No cyclic collection inside; after the last of several pauses, the collector is as it was before the first."""
    with _pauses.lock:
        if not _pauses.count:
            _pauses.stopped = gc.isenabled()
            gc.disable()
        _pauses.count += 1
    try:
        yield
    finally:
        with _pauses.lock:
            _pauses.count -= 1
            if not _pauses.count and _pauses.stopped:
                gc.enable()
