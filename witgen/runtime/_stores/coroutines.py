"""asyncio: calls that are awaited run in a thread, and implementations may be coroutines of the loop that awaits.

wasmtime's own way (polling a call on the event loop, on a stack of its own) would make every other call of the store
async too, and could not take an exception from an implementation that has waited. A thread can do all that a plain call
can; a store is in one call at a time anyway.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine
from functools import partial, wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from .._process.fork import Lock, importing, in_child

if TYPE_CHECKING:  # a program that awaits nothing need not load them: they take as long as half of the runtime
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

P = ParamSpec("P")
R = TypeVar("R")

_MOST = 4096
"""How many awaited calls can run at a time; threads are made as they are needed, and used again."""
_lock = Lock()
_pools: list[ThreadPoolExecutor] = []
in_child(_pools.clear)


class Running:
    """One awaited call, as its thread sees it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._cancel: Callable[[], bool] | None = None
        """Ends what the call waits for."""
        self.is_cancelled = False

    def run(self, call: Callable[[], R]) -> R:
        """Make the call, in its thread."""
        _here.running = self
        try:
            return call()
        finally:
            _here.running = None

    def wait(self, coroutine: Coroutine[object, object, R]) -> R:
        """Let the loop run a coroutine to its end.

        Raises:
            CancelledError: the call was cancelled.
            BaseException: what the coroutine raises.
        """
        with importing:
            import asyncio
        with importing:
            from concurrent import futures

        with self._lock:
            if self.is_cancelled:
                coroutine.close()
                raise asyncio.CancelledError
            future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
            self._cancel = future.cancel
        try:
            return future.result()
        except futures.CancelledError:
            raise asyncio.CancelledError from None
        finally:
            self._cancel = None

    def cancel(self) -> None:
        """Stop: what the call waits for now; what it asks for later; wasm itself at the next tick of its engine."""
        with self._lock:
            self.is_cancelled = True
            if self._cancel is not None:
                self._cancel()


class _Here(threading.local):
    running: Running | None = None


_here = _Here()


def is_awaited() -> bool:
    """Whether this thread makes an awaited call."""
    return _here.running is not None


def is_cancelled() -> bool:
    """Whether the awaited call of this thread is to end."""
    running = _here.running
    return running is not None and running.is_cancelled


async def to_thread(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Call an export in a thread, and await it: `await to_thread(app.handler.handle, request)`.

    Meanwhile the event loop goes on, and runs the implementations that are `awaited`. Where the awaiting task is
    cancelled, the component is stopped and the store spent: when it next calls an `awaited` implementation, or at the
    next tick of its engine, if that has `epoch_interruption=True` and a `Ticker`. Cancellation is raised once the
    component has stopped.

    Args:
        function: a function of an instance, such as `app.handler.handle`.
        *args: its arguments.
        **kwargs: its arguments by name.

    Returns:
        What the call returns. What it raises is raised here.

    Raises:
        asyncio.CancelledError: the awaiting task was cancelled, and the component has stopped.
    """
    with importing:
        import asyncio

    loop = asyncio.get_running_loop()
    running = Running(loop)
    with importing:
        import contextvars

    call = partial(contextvars.copy_context().run, partial(function, *args, **kwargs))
    future = loop.run_in_executor(_pool(), partial(running.run, call))
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        if not future.done():
            running.cancel()
            await _ended(future)
        raise


async def _ended(future: asyncio.Future[R]) -> None:
    """Wait for the thread to leave the store, however often the task is cancelled."""
    with importing:
        import asyncio

    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError:
            continue
    if not future.cancelled():
        future.exception()  # which nobody will ask for


def awaited(function: Callable[P, Coroutine[object, object, R]]) -> Callable[P, R]:
    """Make a coroutine function the implementation of an import: `@awaited` above `async def lookup(self, key)`.

    The component waits for it; it runs on the event loop of the `to_thread` (or `async def` export) that the component
    runs for.

    Args:
        function: the coroutine function.

    Returns:
        A plain function with the same parameters. It raises `RuntimeError` if the component was not called from an event
        loop.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        running = _here.running
        if running is None:
            raise RuntimeError(
                f"{function.__qualname__} is a coroutine, and the component was not called from an event loop:"
                " await witgen.runtime.to_thread(…)"
            )
        return running.wait(function(*args, **kwargs))

    return call


def _pool() -> ThreadPoolExecutor:
    with importing:
        from concurrent.futures import ThreadPoolExecutor

    with _lock:
        if not _pools:
            _pools.append(ThreadPoolExecutor(_MOST, "witgen"))
        return _pools[0]


__all__ = ["awaited", "is_awaited", "is_cancelled", "to_thread"]
