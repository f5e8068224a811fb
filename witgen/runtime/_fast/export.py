"""Calls into wasm: one Python function per exported function and instance, made from generated source.

The function does what `_instance` and `store.Entry` do for the public layer, in their order, inline: it takes the
store for this thread, lowers the arguments into memory that is prepared once, calls, and lifts the result from where
wasmtime put it. The result stays there, to be freed by the next call, unless it is large.

User code can run while arguments are lowered (a user's sequence, a finalizer) and call the same function again:
`busy` sends such a call to memory of its own. While wasm runs the memory is free: arguments were copied on the way in,
and results are written on the way out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, cast

from wasmtime import component as wc

from ...dataclass import dataclass
from .. import _wasmtime
from .._codecs.base import Codec, Misfit
from .._codecs.effects import Call, closed_error
from .._handles import Handle
from .._process.threads import get_ident
from .._stores import stack as _stack
from .._stores import store as _store
from .._types import Borrow, ExportedResource, Result, Type
from . import door
from . import memory as _memory
from .door import failed
from .image import Image
from .lift import Lifting, grows, names, slots
from .lower import NAMES, Lowering, mentions_resource
from .memory import VAL, Pointer, Slot, argument
from .source import Source, builder

if TYPE_CHECKING:
    from .._instance import Instance
    from .._stores.store import Frame

Function = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Signature:
    """What there is to know of an exported function: its parameters as (name, type, codec of the public layer)."""

    label: str
    params: tuple[tuple[str, Type, Codec], ...]
    result: Type | None
    is_async: bool = False


class ExportCode:
    """The generated code of one exported function; `bind` makes it callable in an instance."""

    def __init__(self, signature: Signature) -> None:
        self._signature = signature
        self._slots = [] if signature.result is None else slots(signature.result)
        image = Image()
        self._make = builder(_emit(signature, image), "make")
        self._code: CodeType | None = None
        self._build = image.builder()

    def bind(self, instance: Instance, raw: wc.Func) -> Function:
        """The function for `instance`, which `raw` is in."""
        signature = self._signature
        slot = None if signature.result is None else Slot()
        parts = self._build()
        arguments = cast("Pointer", parts[-2])
        context = instance.context
        given = (
            argument(_wasmtime.address_of(raw)),
            context,
            arguments,
            argument(len(signature.params)),
            None if slot is None else argument(slot.address),
            argument(0 if slot is None else 1),
        )
        invoke: Callable[..., object] = partial(_drive, instance) if signature.is_async else _memory.func_call
        if instance.watch is not None:
            invoke = partial(_watched, instance.watch, invoke)
        if instance.state.has_outputs:
            invoke = partial(_kept, instance.frame, invoke)
        views = [] if slot is None else [slot.view(form) for form, _ in self._slots]
        call = cast(
            "FunctionType",
            self._make(
                instance,
                instance.state,
                instance.frame,
                instance.store,
                parts,
                (*views, slot),
                0 if slot is None else slot.address,
                invoke,
                given,
                raw,
                partial(self._again, instance, raw),
                partial(_refuse, instance, signature),
                partial(failed, instance),
            ),
        )
        if self._code is None:
            self._code = with_names(call.__code__, [name for name, _, _ in signature.params])
        call.__code__ = self._code
        call.__name__ = call.__qualname__ = signature.label
        return call

    def _again(self, instance: Instance, raw: wc.Func, busy: bool) -> Function | None:
        """Before a call that is not the plain case: raise what prevents it, or give the function to call instead."""
        self._check(instance)
        if instance.forgotten and instance.state.frame is None:
            with _store.Entry(instance):
                pass  # which drops them, and so may run user code
            self._check(instance)
        return self.bind(instance, raw) if busy else None

    def _check(self, instance: Instance) -> None:
        if instance.is_closed:
            raise ValueError(f"{self._signature.label}(): the instance is closed")
        _wasmtime.context_of(instance.store)
        instance.state.check()


def with_names(code: CodeType, names: Sequence[str]) -> CodeType:
    """The same code with its parameters under their names in Python, which keywords are matched with.

    In the source they have names that nothing else in it has; bytecode has numbers for locals.
    """
    return code.replace(co_varnames=(*names, *code.co_varnames[len(names) :]))


def _emit(signature: Signature, image: Image) -> Source:
    source = Source()
    source.objects |= (
        NAMES
        | names()
        | {
            "Call": Call,
            "get_ident": get_ident,
            "places": _stack.places,
            "place_of": _stack.place_of,
            "fits": _stack.fits,
            "modules": sys.modules,
            "note_greenlet": _stack.note_greenlet,
            "enter_stack": _stack.enter,
            "leave_stack": _stack.leave,
            "busy_error": _store.busy_error,
            **door.NAMES,
            "closed_error": closed_error,
        }
    )
    lowering, lifting = Lowering(source), Lifting(source, counts=True)
    types = [ty for _, ty, _ in signature.params]
    selves = [ty for ty in types if isinstance(ty, Borrow) and isinstance(ty.resource, ExportedResource)]
    calls = any(mentions_resource(ty) for ty in types if ty not in selves)
    if calls or len(selves) > 1:
        calls, selves = True, []
    arguments = [f"a{n}" for n in range(len(types))]
    given = ", ".join(arguments)
    results = [] if signature.result is None else slots(signature.result)
    state = "instance, state, frame, store, parts, results, slot, invoke, passed, raw, again, refuse, failed"
    with source.block(f"def make({state}):"), source.later() as before:
        source.line("busy = False")
        source.line("lifter = Call(instance)")
        source.line("forgotten = instance.forgotten")
        with source.block(f"def call({given}):"):
            line = source.line
            line("nonlocal busy")
            line("owner = state.owner")
            line("me = get_ident()")
            line("if not owner: state.owner = me")
            line("elif owner != me: busy_error()")
            line("above = None")
            line("outer = state.frame")
            line("was = busy")
            if selves:
                line("lent = None")
            if calls:
                line("call = None")
            with source.block("try:"):
                special = f"busy or forgotten or state.spent is not None or store.{_wasmtime.STORE_POINTER} is None"
                with source.block(f"if {special} or instance.is_closed:"):
                    line("other = again(busy)")
                    line(f"if other is not None: return other({given})")
                line("busy = True")
                if calls:
                    line("call = Call(instance)")
                if types:
                    with source.block("try:"):
                        image.reserve(VAL * len(types))
                        for n, ty in enumerate(types):
                            if isinstance(ty, Borrow) and ty in selves:
                                _lower_self(source, ty, image, VAL * n, arguments[n])
                            else:
                                inner = source.name("x")
                                line(f"{inner} = a{n}")
                                lowering.lower(ty, image, VAL * n, inner)
                    with source.block("except Exception as error:"):
                        line(f"refuse(error, ({given},))")
                if calls:
                    line("call.enter()")
                if selves:
                    line("if held.raw is not lends: closed_error()")
                    line("held.lends += 1")
                    line("lent = held")
                line("try: spot = places[me]")
                line("except KeyError: spot = place_of(me)")
                line("known = spot[0]")  # now: as arguments are read, greenlets can switch
                with source.block("if known is not fits[0]:"):
                    line("above = known")
                    line("enter_stack(state, above, me)")
                line("state.frame = frame")  # from here on, nothing can be closed
                gone = f"store.{_wasmtime.STORE_POINTER} is None"
                if types:  # reading arguments can run user code, which closes the instance or spends the store
                    gone = f"{gone} or state.spent is not None or instance.is_closed"
                line(f"if {gone}: again(False)")
                line(door.NEED_ROOM)
                line("busy = False")
                line("if 'greenlet' in modules: note_greenlet(state)")
                line("spot[0] = state")
                with source.block("try:"):
                    line("try: error = invoke(*passed)")
                    line("finally: spot[0] = known")
                with source.block("except BaseException as aborted:"):
                    line("failed(None, aborted)")
                line("busy = True")
                line("state.frame = outer")
                line("if error: failed(error)")
                raised = _result(source, signature.result, lifting, calls)
            with source.block("finally:"):
                line("state.frame = outer")
                line("if above is not None: leave_stack(state, above, spot)")
                line("frame.error = None")
                line("busy = was")
                if selves:
                    line("if lent is not None: lent.lends -= 1")
                if calls:
                    with source.block("try:"):
                        line("if call is not None: call.finish()")
                    with source.block("finally:"):
                        line("state.owner = owner")
                else:
                    line("state.owner = owner")
            if raised:
                line(raised)
        source.line("return call")
        before(
            [
                f"{image.parts()} = parts",
                (
                    f"{', '.join([*(f'r{at}' for _, at in results), 'owner_of_result'])} = results"
                    if results
                    else "owner_of_result = results"
                ),
                "release = owner_of_result.release" if results else "",
            ]
        )
    return source


def _lower_self(source: Source, ty: Borrow, image: Image, at: int, value: str) -> None:
    """The common case of a method: nothing but the handle itself is lent."""
    image.words[at] = _memory.RESOURCE
    cls = source.bind(cast("type[Handle]", ty.resource.cls))
    source.line(f"if type({value}) is not {cls} and not isinstance({value}, {cls}): raise Refused")
    source.line(f"held = {value}._held")
    source.line("if held.instance is not instance: raise Refused")
    source.line("lends = held.raw")
    source.line(f"{image.place('Q', at + 1)} = lends.address")


def _result(source: Source, ty: Type | None, lifting: Lifting, calls: bool) -> str:
    """Emit the lifting and returning of a result; returns the statement that raises its error, for the end of the call.

    The error is in no variable: it holds the frame, which would hold it.
    """
    if ty is None:
        source.line("return None")
        return ""
    variables: list[str] = []
    for form, at in slots(ty):
        variables.append(source.name("y"))
        size = _memory.SIZE[form]
        source.line(f"{variables[-1]} = r{at}[{at // size}]")
    counts = grows(ty)
    if counts:
        source.line("size = 0")
    if mentions_resource(ty) and not calls:
        source.line("call = lifter")

    def finish() -> None:
        if counts:
            source.line("if size > 65535: release()")

    if isinstance(ty, Result):
        with source.block(f"if {variables[0]}:"):
            source.line(f"made = {lifting.payload(ty.ok, variables[1])}")
            finish()
            source.line("return made")
        source.line(f"value = {lifting.payload(ty.err, variables[1])}")
        finish()
        return f"raise {source.bind(ty.error)}(value)"
    source.line(f"made = {lifting.lift(ty, variables, 'slot')}")
    finish()
    source.line("return made")
    return ""


def _watched(watch: Callable[[], None], invoke: Callable[..., object], *given: object) -> object:
    watch()
    return invoke(*given)


def _kept(frame: Frame, invoke: Callable[..., object], *given: object) -> object:
    error = invoke(*given)
    if not error:
        _store.raise_kept(frame)
    return error


def _drive(
    instance: Instance,
    function: Pointer,
    context: Pointer,
    arguments: Pointer,
    count: Pointer,
    results: Pointer | None,
    results_count: Pointer,
) -> int | None:
    """`_memory.func_call` for an async function. Interrupted halfway, it leaves a store that cannot be entered."""
    try:
        return _memory.drive(function, context, arguments, count, results, results_count)
    except BaseException as error:
        instance.state.spend(error)
        raise


def _refuse(instance: Instance, signature: Signature, error: Exception, arguments: tuple[object, ...]) -> None:
    """Raise what the codecs of the public layer say of arguments that do not fit."""
    call = Call(instance)
    try:
        for (name, _, codec), argument in zip(signature.params, arguments, strict=True):
            try:
                codec.lower(call, argument)
            except Misfit as misfit:
                raise misfit.named(f"{signature.label}({name}", ")") from None
    finally:
        call.finish()
    raise error
