"""Virtual time, pollables and the clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .._errors import Trap
from .._results import ByName

_SECOND = 1_000_000_000


def _never() -> int | None:
    return None


class Timeline:
    """The time of a test: it stands still until the guest waits, then jumps to the moment the guest waits for."""

    def __init__(self) -> None:
        self.now = 0
        """Nanoseconds since the start."""

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += round(seconds * _SECOND)

    def later(self, seconds: float) -> int:
        """The instant that many seconds from now."""
        return self.now + round(seconds * _SECOND)


class Pollable:
    """`wasi:io/poll.pollable`."""

    def __init__(self, time: Timeline, is_ready: Callable[[], bool], when: Callable[[], int | None] = _never) -> None:
        """`when` says at which instant it may become ready by itself; None: only by something else that happens."""
        self._time = time
        self._is_ready = is_ready
        self.when = when

    def ready(self) -> bool:
        """Whether it is ready now."""
        return self._is_ready()

    def block(self) -> None:
        """Wait, in virtual time."""
        wait(self._time, [self])


class Poll(ByName):
    """`wasi:io/poll`."""

    def __init__(self, time: Timeline) -> None:
        self._time = time

    def poll(self, in_: Sequence[Pollable]) -> list[int]:
        """Wait for at least one, in virtual time.

        Raises:
            Trap: the list is empty, or nothing can ever become ready.
        """
        if not in_:
            raise Trap("poll.poll(in_): an empty list traps")
        return wait(self._time, in_)


def wait(time: Timeline, pollables: Sequence[Pollable]) -> list[int]:
    """Let time pass until one is ready; the indices of those that are.

    Raises:
        Trap: nothing can ever become ready.
    """
    while True:
        ready = [index for index, pollable in enumerate(pollables) if pollable.ready()]
        if ready:
            return ready
        instants = [when for when in (pollable.when() for pollable in pollables) if when is not None]
        if not instants:
            raise Trap(f"the guest waits for {len(pollables)} pollables, and none can ever become ready")
        if min(instants) <= time.now:
            raise Trap("a pollable is not ready at the instant at which it said it would be")
        time.now = min(instants)


class MonotonicClock(ByName):
    """`wasi:clocks/monotonic-clock`: the test's virtual time."""

    def __init__(self, time: Timeline) -> None:
        self._time = time

    def now(self) -> int:
        """Nanoseconds since the start of the test."""
        return self._time.now

    def resolution(self) -> int:
        """One nanosecond."""
        return 1

    def subscribe_instant(self, when: int) -> Pollable:
        """A pollable that is ready at an instant, in nanoseconds of this clock."""
        return Pollable(self._time, lambda: self._time.now >= when, lambda: when)

    def subscribe_duration(self, when: int) -> Pollable:
        """Ready after a duration."""
        return self.subscribe_instant(self._time.now + when)


@dataclass
class Datetime:
    """`wasi:clocks/wall-clock.datetime`."""

    seconds: int
    nanoseconds: int


class WallClock(ByName):
    """`wasi:clocks/wall-clock`: it begins at `start`, in seconds since 1970, and goes with the virtual time."""

    def __init__(self, time: Timeline, start: int = 0) -> None:
        self._time = time
        self.start = start

    def now(self) -> Datetime:
        """The time of day."""
        seconds, nanoseconds = divmod(self._time.now, _SECOND)
        return Datetime(self.start + seconds, nanoseconds)

    def resolution(self) -> Datetime:
        """One nanosecond."""
        return Datetime(0, 1)


__all__ = ["Datetime", "MonotonicClock", "Poll", "Pollable", "Timeline", "WallClock", "wait"]
