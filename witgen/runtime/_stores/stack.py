"""Room on a thread's stack for the components that run on it, and greenlets, which share that stack.

wasmtime gives wasm in each store so much of the stack, from where it is entered. A thread with less, or stores that call
one another, come to the end of the thread's stack first: a segmentation fault. And wasmtime keeps a list of the stores
that are inside on a thread, in memory on that stack: a greenlet that enters while another one waits inside overwrites it.

`places` says for each thread whether there is anything to look at, so that the common call pays for one look into a dict.
A place names the store that its thread is inside from the entry on, as callbacks run on the same thread and greenlet.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from typing import TYPE_CHECKING

from .._errors import StackError, ThreadBusyError
from .._process.fork import in_child
from .._process.threads import get_ident
from .._wasmtime.defaults import STACK_SIZE

if TYPE_CHECKING:
    from .store import StoreState


class Unknown:
    """A thread of which nothing is known yet, or one whose stack is too small for some engine."""


class Fits(Unknown):
    """A thread that had room for a store of any engine when it was looked at. What is known so ends with a larger engine."""

    def __init__(self, size: int) -> None:
        self.size = size
        """The largest stack, in bytes, that an engine gives to wasm."""


UNKNOWN = Unknown()
fits = [Fits(STACK_SIZE)]
"""The one `Fits` that counts now, for threads that were looked at since the last larger engine was made."""
Place = list["StoreState | Unknown"]
"""Holds one thing: what is known of a thread's stack while it is in no store, and the innermost store while it is in one."""
places: dict[int, Place] = {}
"""By thread."""

PER_STORE = 48 * 1024
"""Bytes that Python and wasmtime take between one store and the next."""
PYTHON = 256 * 1024
"""Bytes that are left to Python, above the first store and below the last."""
_ASSUMED = 2 * 1024 * 1024
"""Bytes of a stack whose size cannot be known."""


class _Thread(threading.local):
    """What is known of a thread; its place goes when it ends, since another one gets its number."""

    def __init__(self) -> None:
        self.size = _stack_size()
        self.ending = _Ending(get_ident())


class _Ending:
    def __init__(self, thread: int) -> None:
        self._thread = thread

    def __del__(self, known: dict[int, Place] = places, unknown: type[Unknown] = Unknown) -> None:
        # What it needs are defaults, not globals: threads may end after modules were emptied. Where gevent has put its own in
        # place of `threading.local`, this is the end of a greenlet, and another one may be inside on the same thread.
        place = known.get(self._thread)
        if place is not None and isinstance(place[0], unknown):
            known.pop(self._thread, None)


def needs_stack(size: int) -> None:
    """An engine gives wasm `size` bytes of stack: threads are looked at again if no other gives as much."""
    if size > fits[0].size:
        fits[0] = Fits(size)


def place_of(thread: int) -> Place:
    """The place of a thread."""
    place = places.get(thread)
    if place is None:
        place = places[thread] = [UNKNOWN]
    return place


def enter(state: StoreState, above: StoreState | Unknown, thread: int) -> None:
    """`state` is about to be entered, by a thread in whose place `above` is. `leave` is due, even if this raises.

    Raises:
        StackError: the stack has too little room.
        ThreadBusyError: another greenlet of this thread waits inside a component.
    """
    inside = None if isinstance(above, Unknown) or above.frame is None or above.owner != thread else above
    if inside is not None and "greenlet" in sys.modules:
        _check_greenlet(inside)
    if state.frame is not None:
        return  # wasmtime bounds the store as a whole, from where it was entered first
    size = _here.size
    used = state.stack_size + (0 if inside is None else inside.stack_used + PER_STORE)
    if used + PYTHON > size:
        raise StackError(_too_little(size, state.stack_size, inside is not None))
    state.stack_used = used


def leave(state: StoreState, above: StoreState | Unknown, place: Place) -> None:
    """`state` was left, and `above` is in the thread's place again."""
    if state.frame is None:
        state.stack_used = state.stack_size
    largest = fits[0]
    if place[0] is above and isinstance(above, Unknown) and largest.size + PYTHON <= _here.size:
        place[0] = largest


def note_greenlet(state: StoreState) -> None:
    """`state` is entered, and greenlet is imported."""
    state.greenlet = id(_current())


def _check_greenlet(inside: StoreState) -> None:
    """Check that `inside` was entered in this greenlet.

    Raises:
        ThreadBusyError: it runs in another.
    """
    current = _current()
    # What was entered before greenlet was imported was entered in the thread's main greenlet.
    same = inside.greenlet == id(current) if inside.greenlet else getattr(current, "parent", None) is None
    if not same:
        raise ThreadBusyError(
            "another greenlet of this thread waits inside a component, whose stack this one would overwrite: call components"
            " from threads (gevent.get_hub().threadpool.apply, witgen.runtime.to_thread), or let it return first"
        )


def _current() -> object:
    current: object = sys.modules["greenlet"].getcurrent()
    return current


def _too_little(size: int, wasm: int, is_nested: bool) -> str:
    if is_nested:
        return (
            f"the stores that call one another on this thread need more than its stack of {size} bytes: let fewer of them"
            " call one another, run them in a thread with a larger stack (threading.stack_size), or give the engine a"
            " smaller one: witgen.runtime.engine(stack_size=…)"
        )
    return (
        f"this thread has a stack of {size} bytes, of which wasm may use {wasm}: make it {wasm + PYTHON} or more"
        " (threading.stack_size), or give the engine a smaller one: witgen.runtime.engine(stack_size=…)"
    )


def _stack_size() -> int:
    """The size in bytes of the stack of the thread that runs."""
    try:
        size = _stack_size_by_system()
    except (AttributeError, OSError):  # no such function
        size = 0
    return size or threading.stack_size() or _ASSUMED


def _stack_size_by_system() -> int:
    if sys.platform == "win32":
        low, high = ctypes.c_void_p(), ctypes.c_void_p()
        ctypes.windll.kernel32.GetCurrentThreadStackLimits(ctypes.byref(low), ctypes.byref(high))
        return (high.value or 0) - (low.value or 0)
    library = ctypes.CDLL(None)
    library.pthread_self.restype = ctypes.c_void_p
    this = ctypes.c_void_p(library.pthread_self())
    if sys.platform == "darwin":
        library.pthread_get_stacksize_np.restype = ctypes.c_size_t
        size: int = library.pthread_get_stacksize_np(this)
        return size
    attributes = (ctypes.c_uint64 * 64)()  # more than a `pthread_attr_t` has
    found = ctypes.c_size_t()
    if library.pthread_getattr_np(this, attributes):
        return 0
    library.pthread_attr_getstacksize(attributes, ctypes.byref(found))
    library.pthread_attr_destroy(attributes)
    return found.value


_here = _Thread()


def _forget_others() -> None:
    here = get_ident()
    for thread in list(places):
        if thread != here:
            del places[thread]


in_child(_forget_others)
