"""A plan that was followed in a store: core instances, memories, handle tables, and the core functions that the engine
supplies.

The functions that wasm calls are made when the component is instantiated, their code when they are called first: of the
hundred imports of an interpreter a dozen are ever used.
"""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Callable
from functools import partial
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, NoReturn, cast

from wasmtime import Store

from ...component.binary.canon import Encoding
from ...component.plan.items import (
    CoreItem,
    InstanceExport,
    Lowered,
    Options,
    ResourceBuiltin,
    Trampoline,
)
from .._errors import InterfaceError, Trap
from .._fast.memory import argument
from .._process import interrupt as _interrupt
from .._stores.store import does_not_link, not_started
from .._wasmtime.core import EXTERN, FUNC, error_at, func_type_pointer, module_pointer, trap_at
from . import api, failure
from .api import CALLBACK, Pointer
from .code import callback_code
from .flatten import SLOT
from .handles import ComponentState, Resource
from .memory import MOST_BYTES, Memory, NoMemory
from .scratch import NO_STATUS, Alloc, Scratch, make_scratch
from .text import texts

if TYPE_CHECKING:
    from .instance import CoreInstance
    from .prepared import CorePrepared

Bound = tuple[CodeType, dict[str, object]]
"""The code of a function, and the globals that it uses."""


class Invoker:
    """A core function, ready to be called: `view` is where arguments are written and results read."""

    __slots__ = ("invoke", "view")

    def __init__(self, live: Live, extern: bytes, slots: int) -> None:
        count = max(slots, 1)
        block = (ctypes.c_ubyte * (EXTERN + SLOT * count)).from_buffer_copy(extern + bytes(SLOT * count))
        address = ctypes.addressof(block)
        self.view = memoryview(block).cast("B")[EXTERN:]
        invoke = partial(
            cast("Callable[..., int | None]", api.func_call),
            live.context,
            argument(address + 8),
            argument(address + EXTERN),
            argument(count),
            live.trap_pointer,
        )
        if live.instance.watch is not None:
            invoke = partial(_watched, live.instance.watch, invoke)
        # The pointers do not keep what they point to: without this, wasmtime would read memory that was freed.
        invoke.__dict__["block"] = block, live.trap
        self.invoke: Callable[[], int | None] = invoke


class Live:
    """One instance of a component."""

    def __init__(self, prepared: CorePrepared, instance: CoreInstance, store: Store, context: int) -> None:
        self.prepared = prepared
        self.plan = prepared.plan
        self.instance = instance
        self.frame = instance.frame
        self.store = store
        self.context = argument(context)
        self.trap = (ctypes.c_uint64 * 1)()
        """Where wasmtime puts the trap of a call; empty but between a call and `check`."""
        self.trap_pointer = argument(ctypes.addressof(self.trap))
        self.alive = True
        """Whether it may be entered again after the call that runs."""
        self.states = [ComponentState() for _ in self.plan.instances]
        self.resources = [
            Resource(None if resource.instance is None else self.states[resource.instance], resource.name)
            for resource in self.plan.resources
        ]
        self._instances: list[ctypes.Array[ctypes.c_char]] = []
        self._externs: dict[CoreItem, bytes] = {}
        self._memories: dict[bytes, Memory] = {}
        self._kept: list[object] = []
        self.scratch: Scratch | None = None
        """The adapter's memory, once all core modules are instantiated."""
        self.status = NO_STATUS
        """Whether an adapter runs `realloc`, which may not call an import."""
        self._functions: list[FunctionType] = []

    @property
    def root(self) -> ComponentState:
        """The component itself; every call from outside enters it."""
        return self.states[0]

    def start(self, adapters: bool) -> None:
        """Follow the plan, inside an entry; `adapters` says whether the engine may have a memory and instances of its own.

        Raises:
            Trap: a start function trapped. Others: what an implementation raised.
            BindError: wasmtime refuses to instantiate a core module.
            PoolFullError: the engine's pool has no room for it.
        """
        for index, resource in enumerate(self.resources):
            resource.drop = self._destructor(index)
        for step in self.plan.modules:
            externs = b"".join(map(self.extern, step.imports))
            made = ctypes.create_string_buffer(16)
            # wasmtime compares each extern with what the module imports: nothing here has to be trusted.
            error = api.instance_new(
                self.context,
                Pointer(module_pointer(self.prepared.modules[step.start])),
                ctypes.create_string_buffer(externs, len(externs) + 1),
                Pointer(len(step.imports)),
                made,
                self.trap_pointer,
            )
            if error or self.trap[0]:
                self._not_made(cast("int | None", error))
            self._instances.append(made)
        if adapters and self.prepared.adapter is not None:
            self.scratch = make_scratch(self, self.prepared.adapter)
            if self.scratch is not None:
                self.status = self.scratch.status
                for function in self._functions:  # a start function may have called some
                    function.__globals__["status"] = self.status

    def _not_made(self, error: int | None) -> NoReturn:
        """Raise why a core instance could not be made.

        Raises:
            BindError: no code has run.
            BaseException: what `check` raises, where code has run.
        """
        if error and not self.trap[0] and self.frame.error is None:
            found = error_at(error)
            if does_not_link(found):  # it asks for more memory than it may have, say
                raise not_started(found) from found
            raise failure.wasmtime_error(found)
        self.check(error)

    def close(self) -> None:
        """It cannot be entered any more; what its functions refer to is let go of, without waiting for the collector."""
        self.alive = False
        for state in self.states:
            state.may_enter = False
        for function in self._functions:
            function.__globals__.clear()
        self._functions.clear()
        self.resources.clear()
        self.scratch = None
        del self.instance, self.frame.instance  # no call comes here again

    # ---- failures --------------------------------------------------------------------------------------------------

    def check(self, error: int | None) -> NoReturn:
        """Raise why a call failed: what an implementation raised, or a Trap. Nothing of this instance runs again."""
        frame = self.frame
        trap, self.trap[0] = self.trap[0], 0
        cause, frame.error = frame.error, None
        answer = None if self.scratch is None else self.scratch.failed()
        try:
            if cause is None and answer is not None:
                cause = answer
            if cause is not None:
                _delete(error, trap)
            elif trap:
                cause = failure.trap_error(trap_at(trap))
            else:
                assert error
                cause = failure.wasmtime_error(error_at(error))
        except (RecursionError, ctypes.ArgumentError):  # which is what ctypes makes of one
            cause = RecursionError("the stack has no room to say why the call failed")
        self.die(cause)
        raise cause

    def die(self, cause: BaseException) -> None:
        """Nothing of this instance runs again, because of `cause`; the first one counts."""
        self.alive = False
        self.root.may_enter = (
            False  # which is what calls look at: else, one that failed before it entered is made again
        )
        # An interrupted call may have left its trap: the next call of the store would be taken for failed.
        trap, self.trap[0] = self.trap[0], 0
        _delete(None, trap)
        self.frame.error = None
        try:
            self.instance.state.spend(cause)
        except RecursionError:
            self.instance.state.spent = self.instance.state.spent or "a failure for which the stack had no room"

    # ---- core items ------------------------------------------------------------------------------------------------

    def extern(self, item: CoreItem) -> bytes:
        """A core item as the C API has it."""
        known = self._externs.get(item)
        if known is None:
            known = self._externs[item] = (
                self._export(item) if isinstance(item, InstanceExport) else self._trampoline(item)
            )
        return known

    def _export(self, item: InstanceExport) -> bytes:
        name = item.name.encode()
        found = ctypes.create_string_buffer(EXTERN)
        if not api.instance_export(self.context, self._instances[item.instance], name, Pointer(len(name)), found):
            raise InterfaceError(f"a core module does not export {item.name!r}")
        return found.raw

    def _trampoline(self, item: Trampoline) -> bytes:
        trampoline = self.plan.trampolines[item.index]
        params, results = self.prepared.core_type(item.index)
        function = FunctionType(_FIRST, {"__builtins__": __builtins__})
        function.__globals__.update(
            frame=self.frame, new_trap=api.new_trap, bind=partial(self._bind, function, trampoline)
        )
        _interrupt.entry(function)
        callback = CALLBACK(function)
        made = ctypes.create_string_buffer(EXTERN)
        made[0] = bytes([FUNC])
        # A type belongs to the engine that it was used with first: one of another engine aborts the process.
        ty = self.prepared.func_type(params, results)
        api.func_new(
            self.context, Pointer(func_type_pointer(ty)), callback, None, None, Pointer(ctypes.addressof(made) + 8)
        )
        self._kept.append(callback)
        self._functions.append(function)
        return made.raw

    def _bind(self, function: FunctionType, trampoline: Lowered | ResourceBuiltin) -> Callable[..., object]:
        """Give a function that is called for the first time its code."""
        code, names = self.prepared.trampoline(trampoline).bind(self)
        function.__globals__.update(names)
        function.__code__ = code
        _interrupt.entry(function)
        return function

    # ---- what canonical definitions use ----------------------------------------------------------------------------

    def invoker(self, item: CoreItem, params: str, results: str) -> Invoker:
        """A core function of a type that is known.

        Raises:
            InterfaceError: it is of a different type. Without this check, the process dies: wasmtime believes what an
                unchecked call says of its arguments.
        """
        extern = self.extern(item)
        if extern[0] != FUNC or api.signature_of(self.context, extern) != (params, results):
            raise InterfaceError("a core function is not of the type that its canonical definition needs")
        return Invoker(self, extern, max(len(params), len(results)))

    def invoker_of(self, extern: bytes) -> Invoker:
        """A core function of an adapter, without parameters and results."""
        return Invoker(self, extern, 0)

    def memory(self, options: Options) -> Memory | NoMemory:
        """The memory of a canonical definition.

        Raises:
            UnsupportedTypeError: it is of a kind that this engine cannot use.
        """
        if options.memory is None:
            return NoMemory()
        extern = self.extern(options.memory)
        known = self._memories.get(extern)
        if known is None:
            known = self._memories[extern] = Memory(self.context, self.store, extern)
        return known

    def alloc(self, options: Options, memory: Memory | NoMemory) -> Callable[[int, int], int]:
        """The function from alignment and size to memory of the guest, by `realloc`."""
        if options.realloc is None:
            return _no_realloc
        state, root, trap, check = self.states[options.instance], self.root, self.trap, self.check
        invoker = self.invoker(options.realloc, "iiii", "i")
        invoke, words = invoker.invoke, invoker.view.cast("I")
        step = SLOT // 4

        def alloc(align: int, size: int) -> int:
            if size > MOST_BYTES:  # else: more than 4 GiB would be asked for as less
                raise ValueError("a list or string is longer than 268,435,455 bytes")
            may_enter = root.may_enter
            try:
                state.may_leave = False
                # A finalizer that runs now, and calls the component, would write over the arguments.
                root.may_enter = False
                words[0] = words[step] = 0
                words[2 * step] = align
                words[3 * step] = size
                error = invoke()
            except BaseException as interrupt:
                self.die(interrupt)  # else: a signal's handler that raises leaves it alive, and refusing every call
                raise
            if error or trap[0]:
                check(error)
            root.may_enter = may_enter
            state.may_leave = True
            pointer = words[0]
            # Without these, what is written is cut off or lost, and the guest reads what it did not get.
            if pointer & (align - 1) or (pointer + size > memory.size and not memory.has(pointer + size)):
                try:
                    failure.bad_realloc("result not aligned" if pointer & (align - 1) else "beyond end of memory")
                except Trap as wrong:
                    self.die(wrong)
                    raise
            return pointer

        return alloc

    def put(self, options: Options, alloc: Alloc, memory: Memory | NoMemory, within: bool = False) -> dict[str, object]:
        """The names that generated code uses for strings in UTF-8, in lists or not, which go into the component.

        `within` says that the component runs, so that nobody can call it in between.
        """

        def put(text: bytes) -> int:
            size = len(text)
            pointer = alloc(1, size)
            memory.data[pointer : pointer + size] = text
            return pointer

        def put_strings(texts: list[bytes]) -> int:
            pointer = alloc(4, 8 * len(texts))
            pairs = array("I")
            for text in texts:
                pairs.append(put(text))
                pairs.append(len(text))
            memory.data[pointer : pointer + 8 * len(texts)] = memoryview(pairs).cast("B")
            return pointer

        scratch = self.scratch
        if scratch is None or not isinstance(memory, Memory) or options.memory is None or options.realloc is None:
            return {"put": put, "put_strings": put_strings}
        pair = scratch.pairs.get((options.memory, options.realloc))
        if pair is None:
            return {"put": put, "put_strings": put_strings}
        return {
            "put": scratch.put(self, pair, alloc, memory, within),
            "put_strings": scratch.put_strings(self, pair, put_strings),
        }

    def texts(self, options: Options, memory: Memory | NoMemory, alloc: Callable[[int, int], int]) -> dict[str, object]:
        """The names that generated code uses for strings of other encodings than UTF-8."""
        if options.encoding is Encoding.UTF8:
            return {}
        made = texts(options.encoding, memory, alloc)
        assert made is not None
        return {"lift_text": made.lift, "lower_text": made.lower}

    # ---- resources -------------------------------------------------------------------------------------------------

    def _destructor(self, index: int) -> Callable[[object, ComponentState | None], None]:
        planned = self.plan.resources[index]
        if planned.instance is None:
            return lambda rep, _caller: self.instance.leave(rep)
        if planned.destructor is None:
            return lambda _rep, _caller: None
        owner, destructor, trap = planned.instance, planned.destructor, self.trap
        made: list[tuple[memoryview, Callable[[], int | None]]] = []
        ways: dict[ComponentState | None, list[ComponentState]] = {}

        def way(caller: ComponentState | None) -> list[ComponentState]:
            if not made:
                invoker = self.invoker(destructor, "i", "")
                made.append((invoker.view.cast("I"), invoker.invoke))
            calling = None if caller is None else self.states.index(caller)
            ways[caller] = found = [self.states[number] for number in self.plan.entered(owner, calling)]
            return found

        def drop(rep: object, caller: ComponentState | None) -> None:
            entered = ways.get(caller) or way(caller)
            ((words, invoke),) = made
            for state in entered:
                if not state.may_enter:  # else: the destructor sees its component half changed
                    failure.cannot_enter()
            for state in entered:
                state.may_enter = False
            words[0] = cast("int", rep)
            error = invoke()
            if error or trap[0]:
                self.check(error)
            for state in entered:
                state.may_enter = self.alive

        return drop


def _watched(watch: Callable[[], None], invoke: Callable[[], int | None]) -> int | None:
    watch()
    return invoke()


def _delete(error: int | None, trap: int) -> None:
    if error:
        api.error_delete(Pointer(error))
    if trap:
        api.trap_delete(Pointer(trap))


def _no_realloc(_align: int, _size: int) -> int:
    raise InterfaceError("a canonical definition has no `realloc`")  # wasmtime asks for one wherever it is needed


_FIRST = callback_code("return bind()(environment, caller, arguments, count)")
"""The code of a function that was not called yet."""

__all__ = ["Bound", "Invoker", "Live"]
