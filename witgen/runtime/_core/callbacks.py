"""Core functions that the engine supplies: what wasm calls (Canonical ABI, `canon lower`, `canon resource.*`)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from ...component.binary.canon import Encoding
from ...component.plan.items import Lowered, ResourceBuiltin
from .._codecs.base import Codec, Misfit
from .._codecs.effects import Call
from .._codecs.plain import ResultCodec
from .._errors import ImplementationError
from .._fast import memory as _memory
from .._fast.source import Source
from .._kinds import kind
from .._stores import stack as _stack
from .._types import ImportFunc, Result, Type
from .._values import Err
from . import api, resource
from .adapters import REALLOC
from .calls import InnerCode, Resources
from .code import Code, Handles, callback, callback_code, is_bounded, uses_handles
from .failure import cannot_leave, known_misfit
from .flatten import SLOT, layout, sequence, signature
from .lift import Lifting
from .live import Bound, Live
from .lower import Lowering

if TYPE_CHECKING:
    from .instance import CoreInstance


class _Callback:
    """What both kinds of lowered functions have in common."""

    def __init__(self, params: tuple[Type, ...], result: Type | None, lowered: Lowered) -> None:
        self.params = params
        self.result = result
        self.signature = signature(params, result, True)
        self.source = Source()
        self.handles = Handles()
        self.crosses = uses_handles(*params, result)
        encoded = lowered.options.encoding is not Encoding.UTF8
        self._lowering = Lowering(self.source, self.handles.lower, "lower_text" if encoded else "")
        self._lifting = Lifting(self.source, self.handles.lift, "lift_text" if encoded else "")

    def emit(self, crossing: str, body: Callable[[list[str]], None]) -> Code:
        """Emit the function; `body` is given the expressions for the arguments."""
        callback(self.source, lambda: self._emit(crossing, body))
        return Code(self.source, "callback", self.handles)

    def _emit(self, crossing: str, body: Callable[[list[str]], None]) -> None:
        source, line = self.source, self.source.line
        line(
            f"if not inst.may_leave or status[0] == {REALLOC}: cannot_leave()"
        )  # else: `realloc` changes what a call relies on
        if self.crosses:
            line(f"c = {crossing}")
            with source.block("try:"):
                body(self._arguments())
            with source.block("finally:"):
                line("c.finish()")
        else:
            body(self._arguments())
        line("return None")

    def _arguments(self) -> list[str]:
        line = self.source.line
        line("B = m.data")
        if not all(map(is_bounded, self.params)):
            line("left = BUDGET")
        if not self.params:
            return []
        made = [self.source.name("a") for _ in self.params]
        with self.source.block("try:"):
            if self.signature.spills:
                found = sequence(self.params)
                line("pointer = W[arguments >> 2]")
                values = self._lifting.pointer(self.params, "pointer", found.size, found.align)
            else:
                values = self._lifting.flat(self.params, "S", "arguments")
            line(f"{', '.join(made)}, = {', '.join(values)},")
        with self.source.block("except UnicodeDecodeError as error:"):
            line("bad_text(error)")
        return made

    def give(self, value: str) -> None:
        """Emit the lowering of the result, a local that may be assigned to."""
        assert self.result is not None
        where = self._place(self.result)
        if where:
            self._lowering.stored([self.result], [value], where)
        else:
            self._lowering.flat([self.result], [value], "S", "arguments")

    def give_side(self, ty: Result, ok: bool, value: str) -> None:
        """The same for one side of a result."""
        where = self._place(ty)
        self._lowering.result(ty, ok, value, *(("B", where, False) if where else ("S", "arguments", True)))

    def _place(self, ty: Type) -> str:
        """Emit the checks of the pointer to where the result goes; "" where it is a flat one."""
        line = self.source.line
        line("B = m.data")
        if not self.signature.returns_pointer:
            return ""
        found = layout(ty)
        at = SLOT * (len(self.signature.params) - 1) // 4
        line(f"place = W[(arguments >> 2) + {at}]")
        if found.align > 1:
            line(f"if place & {found.align - 1}: unaligned()")
        line(f"if place + {found.size} > m.size: B = m.need(place + {found.size})")  # else: `pack_into` fails by itself
        return "place"

    def names(self, live: Live, lowered: Lowered) -> dict[str, object]:
        """What the code uses of an instance."""
        options = lowered.options
        memory = live.memory(options)
        alloc = live.alloc(options, memory)
        return {
            "m": memory,
            "alloc": alloc,
            "S": api.space(),
            "W": _memory.VIEWS["I"],
            "inst": live.states[options.instance],
            "frame": live.frame,
            "new_trap": api.new_trap,
            "status": live.status,
            **live.put(options, alloc, memory, True),
            **live.texts(options, memory, alloc),
        }


# ---- to Python -----------------------------------------------------------------------------------------------------


class ImportCode:
    """A function that the host implements. `codec` is that of its result, which says what does not fit."""

    def __init__(
        self, slot: int, label: str, function: ImportFunc, codec: Codec | None, lowered: Lowered, resources: Resources
    ) -> None:
        self._slot = slot
        self._method = function.path[1:] if function.path.startswith(".") else ""
        self._label = label
        self._codec = codec
        self._lowered = lowered
        self._resources = resources
        self._callback = _Callback(tuple(ty for _, ty in function.params), function.result, lowered)
        self._code = self._callback.emit("Crossing(Call(instance), True)", self._body)

    def _body(self, arguments: list[str]) -> None:
        """The call itself, as `_store.Outside`: what it enters shares the thread's stack with this store."""
        source, line = self._callback.source, self._callback.source.line
        line("spot = places[state.owner]")
        line("above = spot[0]")
        line("spot[0] = state")
        with source.block("try:"):
            line("if 'greenlet' in modules: note_greenlet(state)")
            self._call(arguments)
        with source.block("finally:"):
            line("spot[0] = above")

    def _call(self, arguments: list[str]) -> None:
        source, line = self._callback.source, self._callback.source.line
        result = self._callback.result
        called = "target"
        if self._method:
            owner = arguments.pop(0)
            line(f"method = getattr({owner}, {self._method!r}, None)")
            line(f"if not callable(method): no_method({owner})")
            called = "method"
        call = f"{called}({', '.join(arguments)})"
        if result is None:
            line(call)
        elif isinstance(result, Result):
            with source.block("try:"):
                line(f"value = {call}")
            with source.block("except Err as raised:"):
                self._give(result, False)
                line("if watch is not None: watch()")
                line("return None")
            self._give(result, True)
        else:
            line(f"value = given = {call}")
            self._give(result, None)
        if self._callback.crosses:
            line("c.enter()")
        line("if watch is not None: watch()")

    def _give(self, result: Type, ok: bool | None) -> None:
        source, line = self._callback.source, self._callback.source.line
        with source.block("try:"):
            if ok is None:
                self._callback.give("given")
            else:
                assert isinstance(result, Result)
                line(f"given = {'value' if ok else 'raised._value'}")
                self._callback.give_side(result, ok, "given")
            if self._callback.crosses and ok is False:
                line("c.enter()")
        with source.block("except Exception as refused:"):
            line(f"refuse(refused, {'None, raised' if ok is False else 'value, None'})")

    def bind(self, live: Live) -> Bound:
        """Its code, and what that uses of an instance."""
        instance = live.instance
        names = self._callback.names(live, self._lowered)
        state = live.states[self._lowered.options.instance]
        for name, (lifts, ty) in self._code.handles.needs.items():
            convert = resource.lifting if lifts else resource.lowering
            names[name] = convert(ty, instance, state, live.resources[self._resources[ty.resource]])
        names |= {
            "Call": Call,
            "Err": Err,
            "instance": instance,
            "modules": sys.modules,
            "no_method": self._no_method,
            "note_greenlet": _stack.note_greenlet,
            "places": _stack.places,
            "state": instance.store_state,
            "refuse": _Refusal(instance, self._label, self._codec),
            "watch": instance.watch,
        }
        if not self._method:
            names["target"] = instance.target(self._slot)
        return self._code.code, {**self._code.objects, **names}

    def _no_method(self, value: object) -> None:
        raise ImplementationError(f"{self._label}: {kind(value)} has no method {self._method!r}")


class _Refusal:
    """A result that does not fit becomes the error that the codecs make of it."""

    def __init__(self, instance: CoreInstance, label: str, codec: Codec | None) -> None:
        self._instance = instance
        self._label = label
        self._codec = codec

    def __call__(self, refused: Exception, value: object, raised: Err[object] | None) -> None:
        if not self._instance.live.alive:  # `realloc` failed
            raise refused
        call = Call(self._instance)
        codec = self._codec
        try:
            if raised is not None:
                assert isinstance(codec, ResultCodec)
                try:
                    codec.lower_err(call, raised.value)
                except Misfit as misfit:
                    raise misfit.named(f"{self._label}() error") from raised
            elif isinstance(codec, ResultCodec):
                try:
                    codec.lower_ok(call, value)
                except Misfit as misfit:
                    if isinstance(value, Err):
                        misfit.text += ": an error is raised, not returned"
                    raise misfit.named(f"{self._label}() result") from None
            elif codec is not None:
                try:
                    codec.lower(call, value)
                except Misfit as misfit:
                    raise misfit.named(f"{self._label}() result") from None
        finally:
            call.finish()
        raise known_misfit(f"{self._label}() result", refused)


# ---- to another component ------------------------------------------------------------------------------------------


class InnerImportCode:
    """A function that a component inside implements."""

    def __init__(
        self, params: tuple[Type, ...], result: Type | None, lowered: Lowered, resources: Resources, callee: InnerCode
    ) -> None:
        self._lowered = lowered
        self._resources = resources
        self._callee = callee
        self._callback = _Callback(params, result, lowered)
        self._code = self._callback.emit("Crossing()", self._body)

    def _body(self, arguments: list[str]) -> None:
        line = self._callback.source.line
        call = f"target({', '.join(arguments)})"
        if self._callback.result is None:
            line(call)
        else:
            line(f"value = {call}")
            self._callback.give("value")
        if self._callee.has_post:
            line("leave()")

    def bind(self, live: Live) -> Bound:
        """Its code, and what that uses of an instance."""
        names = self._callback.names(live, self._lowered)
        state = live.states[self._lowered.options.instance]
        for name, (lifts, ty) in self._code.handles.needs.items():
            convert = resource.lifting_inner if lifts else resource.lowering_inner
            names[name] = convert(ty, state, live.resources[self._resources[ty.resource]])
        names["target"], names["leave"] = self._callee.bind(live)
        return self._code.code, {**self._code.objects, **names}


# ---- resources -----------------------------------------------------------------------------------------------------

_WORD = "words[arguments >> 2]"
_MAY_LEAVE = f"if status[0] == {REALLOC}: cannot_leave()"
_BUILTINS = {
    "new": callback_code(_MAY_LEAVE, f"{_WORD} = state.resource_new(kind_of, {_WORD})"),
    "rep": callback_code(f"{_WORD} = state.resource_rep(kind_of, {_WORD})"),
    "drop": callback_code(_MAY_LEAVE, f"state.resource_drop(kind_of, {_WORD})"),
}


class BuiltinCode:
    """`resource.new`, `resource.rep` or `resource.drop`."""

    def __init__(self, builtin: ResourceBuiltin) -> None:
        self._builtin = builtin

    def bind(self, live: Live) -> Bound:
        """Its code, and what that uses of an instance."""
        names: dict[str, object] = {
            "__builtins__": __builtins__,
            "frame": live.frame,
            "kind_of": live.resources[self._builtin.resource],
            "new_trap": api.new_trap,
            "cannot_leave": cannot_leave,
            "state": live.states[self._builtin.instance],
            "status": live.status,
            "words": _memory.VIEWS["I"],
        }
        return _BUILTINS[self._builtin.operation], names


__all__ = ["BuiltinCode", "ImportCode", "InnerImportCode"]
