"""An adapter that was instantiated: the scratch memory as Python sees it, and the functions that use it."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from .._errors import Trap
from .._wasmtime.core import EXTERN, module_pointer
from . import api, failure
from .adapters import (
    BEYOND,
    COUNT,
    DATA,
    MOST_STRINGS,
    ROOM,
    SIZE,
    SIZES,
    STATUS,
    UNALIGNED,
    WORD,
    Adapter,
)
from .api import Pointer
from .memory import Memory

if TYPE_CHECKING:
    from .live import Invoker, Live

Alloc = Callable[[int, int], int]
Put = Callable[[bytes], int]
"""From bytes to their pointer in the memory of the component."""
PutStrings = Callable[[list[bytes]], int]
"""From the texts of strings to the pointer of a list of them."""

NO_STATUS = memoryview(bytes(4)).cast("I")
"""The status where there is no adapter: `realloc` does not run."""


class Scratch:
    """The scratch memory of an instance, and the functions of its adapter."""

    def __init__(self, live: Live, adapter: Adapter, scratch: bytes, exports: ctypes.Array[ctypes.c_char]) -> None:
        """`scratch` is the memory as the C API has it, `exports` the adapter's instance."""
        self._live = live
        self.pairs = adapter.pairs
        self._exports = exports
        # It has one page and never grows, so that the view is of all of it.
        self.bytes = Memory(live.context, live.store, scratch).data
        self.words = self.bytes.cast("I")
        self.status = self.words[STATUS // WORD : STATUS // WORD + 1]

    def failed(self) -> Trap | None:
        """What was wrong with the answer of a `realloc`, where that ended a call; None if it was something else."""
        status, self.status[0] = self.status[0], 0
        if status not in (UNALIGNED, BEYOND):
            return None
        try:
            failure.bad_realloc("result not aligned" if status == UNALIGNED else "beyond end of memory")
        except Trap as wrong:
            return wrong

    def put(self, live: Live, pair: int, alloc: Alloc, memory: Memory, within: bool) -> Put:
        """The function for one pair of memory and `realloc`.

        Args:
            live: the instance.
            pair: the number of the pair.
            alloc: for what the scratch memory has no room for.
            memory: where `alloc` finds it.
            within: whether it is used only while the component runs.
        """
        invoke, words, data = self._invoker(f"put{pair}").invoke, self.words, self.bytes
        root, trap, check = live.root, live.trap, live.check
        at = SIZE // WORD

        def put(text: bytes) -> int:
            size = len(text)
            if size > ROOM:
                pointer = alloc(1, size)
                memory.data[pointer : pointer + size] = text
                return pointer
            may_enter = root.may_enter
            try:
                # A finalizer that runs now, and calls the component, would write over what is here.
                root.may_enter = False
                data[DATA : DATA + size] = text
                words[at] = size
                error = invoke()
            except BaseException as interrupt:
                live.die(interrupt)  # as in `Live.alloc`
                raise
            if error or trap[0]:
                check(error)
            root.may_enter = may_enter
            return words[at]

        def put_within(text: bytes) -> int:
            size = len(text)
            if size > ROOM:
                return put(text)
            data[DATA : DATA + size] = text
            words[at] = size
            error = invoke()
            if error or trap[0]:
                check(error)
            return words[at]

        return put_within if within else put

    def put_strings(self, live: Live, pair: int, slow: PutStrings) -> PutStrings:
        """The function for one pair of memory and `realloc`; `slow` is for what the scratch memory has no room for."""
        invoke, words, data = self._invoker(f"strings{pair}").invoke, self.words, self.bytes
        root, trap, check = live.root, live.trap, live.check
        at, sizes = COUNT // WORD, SIZES // WORD

        def put_strings(texts: list[bytes]) -> int:
            count = len(texts)
            if count > MOST_STRINGS:
                return slow(texts)
            text = b"".join(texts)
            if len(text) > ROOM:
                return slow(texts)
            may_enter = root.may_enter
            try:
                root.may_enter = False  # as in `put`
                words[sizes : sizes + count] = array("I", map(len, texts))
                data[DATA : DATA + len(text)] = text
                words[at] = count
                error = invoke()
            except BaseException as interrupt:
                live.die(interrupt)  # as in `Live.alloc`
                raise
            if error or trap[0]:
                check(error)
            root.may_enter = may_enter
            return words[at]

        return put_strings

    def call(self, number: int) -> Invoker:
        """An exported function, whose arguments and result are in the scratch memory."""
        found = self._invoker(f"call{number}")
        found.view = self.bytes
        return found

    def _invoker(self, name: str) -> Invoker:
        return self._live.invoker_of(exported(self._live, self._exports, name))


def instantiate(live: Live, module: int, externs: bytes) -> ctypes.Array[ctypes.c_char] | None:
    """A core instance of a module of the engine's own; None where its store or its pool has no room for it."""
    made = ctypes.create_string_buffer(16)
    error = cast(
        "int | None",
        api.instance_new(
            live.context,
            Pointer(module),
            ctypes.create_string_buffer(externs, len(externs) + 1),
            Pointer(len(externs) // EXTERN),
            made,
            live.trap_pointer,
        ),
    )
    if error:
        api.error_delete(Pointer(error))
        return None
    return made


def exported(live: Live, instance: ctypes.Array[ctypes.c_char], name: str) -> bytes:
    """What a core instance exports."""
    found = ctypes.create_string_buffer(EXTERN)
    encoded = name.encode()
    if not api.instance_export(live.context, instance, encoded, Pointer(len(encoded)), found):
        raise AssertionError(f"the adapter exports {name}")
    return found.raw


def make_scratch(live: Live, adapter: Adapter) -> Scratch | None:
    """Instantiate an adapter, inside an entry; None where the store has no room for it."""
    memory = instantiate(live, module_pointer(adapter.scratch), b"")
    if memory is None:
        return None
    scratch = exported(live, memory, "scratch")
    exports = instantiate(live, module_pointer(adapter.module), scratch + b"".join(map(live.extern, adapter.imports)))
    return None if exports is None else Scratch(live, adapter, scratch, exports)


__all__ = ["NO_STATUS", "Alloc", "Put", "PutStrings", "Scratch", "make_scratch"]
