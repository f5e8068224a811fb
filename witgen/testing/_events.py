"""What `componentize_py_runtime` does in a component, for one process of tests.

The generated `componentize_py_async_support` runs as it does in a component: each call of an asynchronous export is a
task that says what it waits for, and is called back with an event. The other side of that is here, on the test's own
event loop. Guest code never runs inside of one of the loop's tasks, only in its callbacks: the guest has a loop itself.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import FunctionType, ModuleType
from typing import cast

from ._errors import Misfit, Trap
from ._pipes import DROPPED, End, Pipe
from ._stubs import rebind
from ._types import BYTES, List
from ._values import Handles, lift, lower_guest, make

_WAIT = 2
_SUBTASK, _STREAM_READ, _STREAM_WRITE, _FUTURE_READ, _FUTURE_WRITE = 1, 2, 3, 4, 5
_RETURNED = 2

Result = Callable[[object], None]


@dataclass(eq=False, slots=True)
class GuestTask:
    """One call of an asynchronous export; `returned` gets what `task.return` delivers, `ended` why it ended, if early,
    and whether that is the fault of the test's side.
    """

    loop: asyncio.AbstractEventLoop
    coroutine: Coroutine[object, object, object]
    returned: Result
    ended: Callable[[Exception | None, bool], None]
    set: int = 0
    context: object = None
    scheduled: bool = False
    finished: bool = False

    def start(self) -> None:
        """The first step."""
        number = next(_numbers)
        runtime.calls[number] = self
        support = import_module("componentize_py_async_support")
        first = cast("Callable[[int, int, object], int]", getattr(support, "first_poll"))  # noqa: B009
        self._step(lambda: first(number, 0, self.coroutine))

    def resume(self) -> None:
        """The next step, if there is an event."""
        self.scheduled = False
        event = None if self.finished else runtime.next_event(self.set)
        if event is None:
            return
        support = import_module("componentize_py_async_support")
        callback = cast("Callable[[int, int, int], int]", getattr(support, "callback"))  # noqa: B009
        runtime.context = self.context
        self._step(lambda: callback(*event))

    def _step(self, run: Callable[[], int]) -> None:
        before, runtime.current = runtime.current, self
        try:
            code = run()
        except Exception as error:  # noqa: BLE001 - whatever the guest raises
            self._end(error, False)
            return
        finally:
            runtime.current = before
            asyncio._set_running_loop(self.loop)  # the guest's loop has left none behind
        if code & 15 != _WAIT:
            self._end(None, False)
            return
        self.set, self.context = code >> 4, runtime.context
        runtime.waiters[self.set] = self
        runtime.wake(self.set)

    def stop(self, error: Exception | None) -> None:
        """Go on no more: what the test's side does has failed, or the component is left."""
        if not self.finished:
            self._end(error, True)

    def _end(self, error: Exception | None, by_host: bool) -> None:
        self.finished = True
        runtime.waiters.pop(self.set, None)
        self.ended(error, by_host)


@dataclass(slots=True)
class _GuestEnd:
    pipe: Pipe
    handles: Handles


@dataclass(slots=True)
class Runtime:
    """Waitables, their sets, and the ends that guests hold. Numbers are unique in the process."""

    current: GuestTask | None = None
    context: object = None
    calls: dict[int, GuestTask] = field(default_factory=dict[int, GuestTask])
    ends: dict[int, _GuestEnd] = field(default_factory=dict[int, _GuestEnd])
    sets: dict[int, set[int]] = field(default_factory=dict[int, "set[int]"])
    joined: dict[int, int] = field(default_factory=dict[int, int])
    events: dict[int, tuple[int, int, int]] = field(default_factory=dict[int, tuple[int, int, int]])
    promises: dict[int, object] = field(default_factory=dict[int, object])
    waiters: dict[int, GuestTask] = field(default_factory=dict[int, GuestTask])
    host_tasks: set[asyncio.Task[None]] = field(default_factory=set["asyncio.Task[None]"])

    # Events

    def post(self, waitable: int, kind: int, code: int) -> None:
        """Something has happened to a waitable."""
        self.events[waitable] = (kind, waitable, code)
        self.wake(self.joined.get(waitable, 0))

    def wake(self, number: int) -> None:
        """Call back the task that waits for a set, if there is an event."""
        task = self.waiters.get(number)
        if (
            task is not None
            and not task.scheduled
            and not task.loop.is_closed()
            and not self.events.keys().isdisjoint(self.sets[number])
        ):
            task.scheduled = True
            task.loop.call_soon(task.resume)

    def next_event(self, number: int) -> tuple[int, int, int] | None:
        """Take an event of a set."""
        for waitable in sorted(self.sets.get(number, ())):
            if waitable in self.events:
                return self.events.pop(waitable)
        return None

    def spawn(self, awaitable: Awaitable[None]) -> None:
        """Run something of the test's beside the guest."""
        loop = asyncio.get_running_loop() if self.current is None else self.current.loop

        async def run() -> None:
            try:
                await awaitable
            except Exception as error:  # noqa: BLE001 - the guest would wait without end
                for waiting in tuple(self.waiters.values()):
                    waiting.stop(error)

        task = loop.create_task(run())
        self.host_tasks.add(task)
        task.add_done_callback(self.host_tasks.discard)

    def start(self, coroutine: Coroutine[object, object, object]) -> asyncio.Task[object]:
        """Run something of the test's beside the guest, whether or not the guest waits for it."""
        assert self.current is not None, "called by a guest"
        return self.current.loop.create_task(coroutine)

    def subtask(self, call: Callable[[], Awaitable[object]]) -> object:
        """Start an asynchronous import: what `await_result` of the support module waits for."""
        waitable, promise = next(_numbers), next(_numbers)

        async def run() -> None:
            self.promises[promise] = await call()
            self.post(waitable, _SUBTASK, _RETURNED)

        self.spawn(run())
        return make("Err", (waitable, promise))

    # What the guest calls -----------------------------------------------------------------------------------------------

    def call_task_return(self, index: int, borrows: int, result: object) -> None:
        self.calls.pop(index).returned(result)

    def context_get(self) -> object:
        return self.context

    def context_set(self, value: object) -> None:
        self.context = value

    def waitable_set_new(self) -> int:
        number = next(_numbers)
        self.sets[number] = set()
        return number

    def waitable_set_drop(self, number: int) -> None:
        del self.sets[number]

    def waitable_join(self, waitable: int, number: int) -> None:
        before = self.joined.pop(waitable, 0)
        if before:
            self.sets[before].discard(waitable)
        if number:
            self.joined[waitable] = number
            self.sets[number].add(waitable)
            self.wake(number)

    def subtask_drop(self, task: int) -> None:
        self.events.pop(task, None)

    def promise_get_result(self, event: int, promise: int) -> object:
        return self.promises.pop(promise)

    def stream_read(self, ty: int, stream: int, max_count: int) -> object:
        end, promise = self.ends[stream], next(_numbers)

        def value(code: int, items: Sequence[object]) -> tuple[int, object]:
            return code, self.lifted(end, items)

        def wake(code: int, items: Sequence[object]) -> None:
            self.promises[promise] = value(code, items)
            self.post(stream, _STREAM_READ, code)

        done = end.pipe.read(End.GUEST, max_count, wake)
        return make("Err", (stream, promise)) if done is None else make("Ok", value(*done))

    def lifted(self, end: _GuestEnd, items: Sequence[object]) -> object:
        """Items as the guest reads them."""
        element = end.pipe.type.element
        if element in BYTES:
            return bytes(cast("Sequence[int]", items))
        return [lift(element, item, end.handles) for item in items]

    def stream_write(self, ty: int, stream: int, values: object) -> object:
        end, promise = self.ends[stream], next(_numbers)
        element = end.pipe.type.element
        items: Sequence[object]
        try:
            if element is None:
                items = cast("Sequence[object]", values)
            else:
                items = cast("Sequence[object]", lower_guest(List(element), values, end.handles))
        except Misfit as misfit:
            raise Trap(f"a stream was written{misfit.path}: {misfit.message}") from None

        def wake(code: int, count: int) -> None:
            self.promises[promise] = (code, count)
            self.post(stream, _STREAM_WRITE, code)

        done = end.pipe.write(End.GUEST, items, wake)
        return make("Err", (stream, promise)) if done is None else make("Ok", done)

    def stream_drop_readable(self, ty: int, stream: int) -> None:
        end = self.ends.pop(stream, None)
        if end is not None:
            end.pipe.drop_reader()

    def stream_drop_writable(self, ty: int, stream: int) -> None:
        end = self.ends.pop(stream, None)
        if end is not None:
            end.pipe.drop_writer()

    future_drop_readable = stream_drop_readable
    future_drop_writable = stream_drop_writable

    def future_read(self, ty: int, future: int) -> object:
        end, promise = self.ends[future], next(_numbers)

        def value(items: Sequence[object]) -> object:
            return lift(end.pipe.type.element, items[0], end.handles)

        def wake(code: int, items: Sequence[object]) -> None:
            self.promises[promise] = value(items)
            self.post(future, _FUTURE_READ, code)

        done = end.pipe.read(End.GUEST, 1, wake)
        return make("Err", (future, promise)) if done is None else make("Ok", value(done[1]))

    def future_write(self, ty: int, future: int, value: object) -> object:
        end, promise = self.ends[future], next(_numbers)
        try:
            item = lower_guest(end.pipe.type.element, value, end.handles)
        except Misfit as misfit:
            raise Trap(f"a future was written{misfit.path}: {misfit.message}") from None

        def wake(code: int, count: int) -> None:
            self.promises[promise] = (code, count)
            self.post(future, _FUTURE_WRITE, code)

        done = end.pipe.write(End.GUEST, [item], wake)
        return make("Err", (future, promise)) if done is None else make("Ok", done)


_numbers = itertools.count(1)
runtime = Runtime()


def guest_end(pipe: Pipe, handles: Handles) -> int:
    """A handle of the guest's on an end of `pipe`."""
    number = next(_numbers)
    runtime.ends[number] = _GuestEnd(pipe, handles)
    return number


def arm_runtime() -> None:
    """Make the generated `componentize_py_runtime` call what is here."""
    module: ModuleType = import_module("componentize_py_runtime")
    for name, found in vars(module).items():
        if isinstance(found, FunctionType) and not name.startswith("_"):
            rebind(found, cast("Callable[..., object]", getattr(runtime, name)))


__all__ = ["DROPPED", "GuestTask", "arm_runtime", "guest_end", "runtime"]
