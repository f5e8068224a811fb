"""What a forked child has to make anew: threads are not copied by a fork, and locks that they held stay locked.

What may cross a fork is on the page "Running in servers, test runners and notebooks".
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import cast
from weakref import WeakSet


def in_child(act: Callable[[], object]) -> None:
    """Call `act` in every forked child, before anything else runs in it. Does nothing where processes do not fork."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=act)


class Lock:
    """A `threading.Lock` for `with` blocks, which is free in a forked child whoever held it in the parent."""

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        _locks.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *exc: object) -> None:
        self._lock.release()

    def renew(self) -> None:
        """Make it free in a forked child, where the thread that held it does not exist."""
        self._lock = threading.Lock()


_locks: WeakSet[Lock] = WeakSet()
_forked = False


def is_forked() -> bool:
    """Whether this process was forked after witgen was imported: threads of its parent are not in it."""
    return _forked


def _begin_child() -> None:
    global _forked
    _forked = True
    for lock in _locks:
        lock.renew()


in_child(_begin_child)


importing = threading.RLock()
"""`with importing:` is around every import that is made by a function and not with its module.

The lock of a module that a thread is importing stays locked in a child that another thread forks meanwhile, and the child waits
for it without end where it needs the module itself. So a fork waits until such imports are made.
"""
_IMPORT_SECONDS = 10.0
"""How long: a module may fork while it is imported itself."""
_waited = False


def _before_fork() -> None:
    global _waited
    _waited = importing.acquire(timeout=_IMPORT_SECONDS)


def _after_fork() -> None:
    """In the parent, and in the child, whose only thread is the one that forked."""
    if _waited:
        importing.release()


def _after_fork_in_child() -> None:
    _after_fork()
    if not _waited:
        renew = cast("Callable[[], None] | None", getattr(importing, "_at_fork_reinit", None))
        if renew is not None:
            renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork_in_child)
