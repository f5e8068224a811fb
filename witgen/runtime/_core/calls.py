"""Calls of functions that core code implements (Canonical ABI, `canon lift`): from Python, and from components around.

Both are generated from the types. A call from Python also takes the store for its thread, checks what it is given, and
leaves the instance usable where that does not fit. A call from inside needs nothing of that: if it fails, all fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, cast

from ...component.binary.canon import Encoding
from ...component.plan.items import Lifted
from .. import _wasmtime
from .._codecs.base import Codec, Misfit
from .._codecs.effects import Call, closed_error
from .._fast.door import NEED_ROOM
from .._fast.export import with_names
from .._fast.source import Source
from .._handles import Handle
from .._process.threads import get_ident
from .._stores import stack as _stack
from .._stores import store as _store
from .._types import Borrow, ExportedResource, Own, Result, Type
from . import failure, resource
from .adapters import pieces_of
from .code import Code, Handles, is_bounded, uses_handles
from .flatten import CoreSignature, sequence, signature
from .handles import Crossing
from .lift import Lifting
from .live import Live
from .lower import Lowering

if TYPE_CHECKING:
    from .instance import CoreInstance

Resources = Mapping[object, int]
"""The index in the plan of each resource that the types of a function mention, by its description."""
Function = Callable[..., object]


class _Body:
    """What both kinds of calls have in common: lowering, the call itself, lifting, post-return."""

    def __init__(self, params: tuple[Type, ...], result: Type | None, lifted: Lifted, entered: int) -> None:
        self.params = params
        self.result = result
        self.signature: CoreSignature = signature(params, result, False)
        self.source = Source()
        self.handles = Handles()
        self.has_post = lifted.options.post_return is not None
        self.entered = [self.source.name("entered") for _ in range(entered)]
        self.crosses = uses_handles(*params)
        """Whether handles are given or lent; a result only has what is taken out of a table."""
        encoded = lifted.options.encoding is not Encoding.UTF8
        self.lowering = Lowering(self.source, self.handles.lower, "lower_text" if encoded else "")
        self.lifting = Lifting(self.source, self.handles.lift, "lift_text" if encoded else "")

    def lower(self, values: list[str], before: Callable[[], None] | None = None) -> None:
        """Emit the lowering of arguments, which are locals that may be assigned to.

        `before` emits what comes after the last user code, and before anything is written that a nested call would write.
        """
        line = self.source.line
        line("B = m.data")
        if self.signature.spills:
            found = sequence(self.params)
            line(f"pointer = alloc({found.align}, {found.size})")
            line("B = m.data")
            self.lowering.stored(self.params, values, "pointer")
            if before is not None:
                before()
            line("I[0] = pointer")
        else:
            self.lowering.flat(self.params, values, "A", "0", before)

    def call(self) -> None:
        """Emit the call."""
        self.source.line("error = invoke()")
        self.source.line("if error or T[0]: check(error)")

    def lift(self) -> None:
        """Emit the lifting of the result, into a local `made`."""
        line = self.source.line
        if self.result is not None:
            line("B = m.data")
            if not is_bounded(self.result):
                line("left = BUDGET")
            with self.source.block("try:"):
                (value,) = self._lift([self.result])
                line(f"made = {value}")
            with self.source.block("except UnicodeDecodeError as error:"):
                line("bad_text(error)")
        if self.crosses:
            line("if c.borrows: borrows_remain()")  # else: a borrow outlives its call, and what it is of

    def post_return(self) -> None:
        """Emit the call of `post-return`, if there is one."""
        if self.has_post:
            line = self.source.line
            line("inst.may_leave = False")
            line("error = post()")
            line("if error or T[0]: check(error)")
            line("inst.may_leave = True")

    def keep(self) -> None:
        """Emit the keeping of the core result for `post-return`, before anything is written where it is."""
        if self.has_post and self.signature.results:
            self.source.line("P[0:8] = A[0:8]")

    def _lift(self, types: list[Type]) -> list[str]:
        if not self.signature.returns_pointer:
            return self.lifting.flat(types, "A", "0")
        found = sequence(types)
        self.source.line("pointer = I[0]")
        return self.lifting.pointer(types, "pointer", found.size, found.align)

    def names(self, live: Live, lifted: Lifted, adapted: int | None = None) -> dict[str, object]:
        """What the code uses of an instance; `adapted` is the number of the call in its adapter."""
        options = lifted.options
        memory = live.memory(options)
        alloc = live.alloc(options, memory)
        core = live.invoker(lifted.core, self.signature.params, self.signature.results)
        if adapted is not None:
            assert live.scratch is not None
            core = live.scratch.call(adapted)
        names: dict[str, object] = {
            "c": None,  # for handles in a result, where the code has no local of that name
            "m": memory,
            "alloc": alloc,
            "A": core.view,
            "S": core.view,
            "I": core.view.cast("I"),
            "invoke": core.invoke,
            "T": live.trap,
            "check": live.check,
            "inst": live.states[options.instance],
            **live.put(options, alloc, memory),
            **live.texts(options, memory, alloc),
        }
        if options.post_return is not None:
            post = live.invoker(options.post_return, self.signature.results, "")
            names |= {"P": post.view, "post": post.invoke}
        return names


# ---- from Python ---------------------------------------------------------------------------------------------------


class ExportCode:
    """A function that the component exports."""

    def __init__(
        self,
        label: str,
        params: tuple[tuple[str, Type, Codec], ...],
        result: Type | None,
        lifted: Lifted,
        entered: tuple[int, ...],
        resources: Resources,
        own: frozenset[int],
        adapted: int | None,
    ) -> None:
        """`own` are the indices of the resources that the component instance which implements it defines, `adapted` is the
        number of its call in the component's adapter.
        """
        self._label = label
        self._params = params
        self._lifted = lifted
        self._entered = entered
        self._resources = resources
        self._body = _Body(tuple(ty for _, ty, _ in params), result, lifted, len(entered))
        self._self = self._only_self(own)
        if self._self is not None:
            self._body.crosses = False
            self._body.lowering.handles = self._lower_self
        self._body.lifting.outermost = result if isinstance(result, Result) else None
        self._adapted = adapted
        if adapted is not None:
            self._body.lowering.pieces = pieces_of(self._body.params)
        self._without_adapter = partial(ExportCode, label, params, result, lifted, entered, resources, own, None)
        self._code = self._emit()

    def _only_self(self, own: frozenset[int]) -> Borrow | None:
        """The type of the one handle among the parameters, where it is one that the component lends to itself: a method's."""
        found = [ty for _, ty, _ in self._params if uses_handles(ty)]
        ty = found[0] if len(found) == 1 else None
        if isinstance(ty, Borrow) and isinstance(ty.resource, ExportedResource) and self._resources[ty.resource] in own:
            return ty
        return None

    def _lower_self(self, ty: Own | Borrow, value: str) -> str:
        """The common case of a method: nothing but the handle itself is lent, and its rep is all that crosses."""
        source = self._body.source
        cls = source.bind(cast("type[Handle]", ty.resource.cls))
        source.line(f"if type({value}) is not {cls} and not isinstance({value}, {cls}): raise Refused")
        source.line(f"held = {value}._held")
        source.line("raw = held.raw")
        # Each instance has resources of its own. Else: one is passed off as another, or as one of a different instance.
        source.line("if raw.resource is not SELF: raise Refused")
        return "raw.rep"

    def _emit(self) -> Code:
        body, source = self._body, self._body.source
        line = source.line
        arguments = [source.name("argument") for _ in self._params]
        given = ", ".join(arguments)
        root = body.entered[-1]

        def enter() -> None:
            # User code that ran while arguments were read may have called, and even failed. From here on a finalizer or a
            # signal's handler that calls is refused: it would write over the arguments.
            line(f"if not {root}.may_enter: again()")
            line(f"{' = '.join(f'{name}.may_enter' for name in body.entered)} = False")
            line("stage = 1")

        with source.block(f"def call({given}):"):
            line("owner = state.owner")
            line("me = get_ident()")
            line("if not owner: state.owner = me")
            line("elif owner != me: busy_error()")  # else: two threads change one memory, and the store's own state
            line("outer = state.frame")
            line("try: spot = places[me]")
            line("except KeyError: spot = place_of(me)")
            line("above = None if spot[0] is fits[0] else spot[0]")
            line("stage = 0")
            if body.crosses:
                line("c = None")
            if self._self is not None:
                line("lent = None")
            with source.block("try:"):
                # Without the last, memory is written that was freed; without the first two, a component is entered that a
                # trap left half changed, or one that runs already, which it need not expect.
                line(f"if forgotten or not {root}.may_enter or store.{_wasmtime.STORE_POINTER} is None: again()")
                line(NEED_ROOM)  # else: an error in a callback before its first line, upon which the process crashes
                # Else: stores that call one another come to the end of the thread's stack, a segmentation fault.
                line("if above is not None: enter_stack(state, above, me)")
                line("state.frame = frame")  # so that the store cannot be closed from here on
                if body.crosses:
                    line("c = Crossing(Call(instance))")
                if self._params:
                    with source.block("try:"):
                        values = [source.name("x") for _ in arguments]
                        line(f"{', '.join(values)}, = {given},")
                        body.lower(values, enter)
                    with source.block("except Exception as error:"):
                        line(f"refuse(error, ({given},), {'c' if body.crosses else 'None'})")
                else:
                    enter()
                if body.crosses:
                    line("c.enter()")
                if self._self is not None:
                    line("if held.raw is not raw: closed_error()")
                    line("held.lends += 1")
                    line("lent = held")
                line("stage = 2")
                body.call()
                body.lift()
                body.keep()
                body.post_return()
                line("stage = 1")
                if isinstance(body.result, Result):
                    line("is_error, made = made")
                    line("if not is_error: return made")
                elif body.result is not None:
                    line("return made")
            with source.block("except BaseException as error:"):
                line("if stage == 2: die(error)")
                line("raise")
            with source.block("finally:"):
                line(f"if stage: {' = '.join(f'{name}.may_enter' for name in body.entered)} = live.alive")
                line("state.frame = outer")
                line("if above is not None: leave_stack(state, above, spot)")
                if self._self is not None:
                    line("if lent is not None: lent.lends -= 1")
                if body.crosses:
                    with source.block("try:"):
                        line("if c is not None: c.finish()")
                    with source.block("finally:"):
                        line("state.owner = owner")
                else:
                    line("state.owner = owner")
            if isinstance(body.result, Result):
                # Here, and in no variable: an error holds the frame that it passes through, which would hold it.
                line(f"raise {source.bind(body.result.error)}(made)")
        made = Code(source, "call", body.handles)
        made.code = with_names(made.code, [name for name, _, _ in self._params])
        return made

    def bind(self, instance: CoreInstance) -> Function:
        """The function of an instance.

        Raises:
            InterfaceError: the component's type of it is not the one that the package was generated for.
            UnsupportedTypeError: the engine cannot carry a type in it.
        """
        live = instance.live
        if self._adapted is not None and live.scratch is None:  # there was no room for it
            return self._without_adapter().bind(instance)
        names = self._body.names(live, self._lifted, self._adapted)
        state = live.states[self._lifted.options.instance]
        for name, (lifts, ty) in self._code.handles.needs.items():
            convert = resource.lifting if lifts else resource.lowering
            names[name] = convert(ty, instance, state, live.resources[self._resources[ty.resource]])
        names |= {name: live.states[number] for name, number in zip(self._body.entered, self._entered, strict=True)}
        names |= {
            "Call": Call,
            "again": partial(_again, instance, self._label),
            "busy_error": _store.busy_error,
            "closed_error": closed_error,
            "enter_stack": _stack.enter,
            "leave_stack": _stack.leave,
            "places": _stack.places,
            "place_of": _stack.place_of,
            "fits": _stack.fits,
            "die": live.die,
            "forgotten": instance.forgotten,
            "frame": live.frame,
            "get_ident": get_ident,
            "instance": instance,
            "live": live,
            "refuse": partial(_refuse, instance, self._label, self._params),
            "state": instance.store_state,
            "store": live.store,
        }
        if self._self is not None:
            names["SELF"] = live.resources[self._resources[self._self.resource]]
        call = self._code.function(names)
        call.__name__ = call.__qualname__ = self._label
        return call


def _again(instance: CoreInstance, label: str) -> None:
    """Before a call that is not the plain case: raise what prevents it, or do what is due."""
    _check(instance, label)
    if instance.forgotten:
        with _store.Entry(instance):
            pass  # which drops them, and so may run user code
        _check(instance, label)


def _check(instance: CoreInstance, label: str) -> None:
    """Raise what prevents a call."""
    if instance.is_closed:
        raise ValueError(f"{label}(): the instance is closed")
    _wasmtime.context_of(instance.store)
    instance.state.check()
    if not instance.live.root.may_enter:
        failure.cannot_enter()


def _refuse(
    instance: CoreInstance,
    label: str,
    params: tuple[tuple[str, Type, Codec], ...],
    error: Exception,
    arguments: tuple[object, ...],
    crossing: Crossing | None,
) -> None:
    """Raise what the codecs say of arguments that do not fit; what was put into tables is taken out."""
    if not instance.live.alive:  # `realloc` failed
        raise error
    if crossing is not None:
        crossing.undo()
        assert crossing.python is not None
        crossing.python.finish()
        crossing.python = None
    call = Call(instance)
    try:
        for (name, _, codec), argument in zip(params, arguments, strict=True):
            try:
                codec.lower(call, argument)
            except Misfit as misfit:
                raise misfit.named(f"{label}({name}", ")") from None
    finally:
        call.finish()
    raise failure.known_misfit(label, error)


# ---- from inside ---------------------------------------------------------------------------------------------------


class InnerCode:
    """The same function, called by a different component of the whole.

    `related`: it is around the one that implements it, or in it, or the same, upon which the call traps.

    It comes in two parts: `post-return` runs after the caller has taken the result, whose memory may belong to it until then.
    """

    def __init__(
        self,
        params: tuple[Type, ...],
        result: Type | None,
        lifted: Lifted,
        entered: tuple[int, ...],
        resources: Resources,
        related: bool,
    ) -> None:
        self._lifted = lifted
        self._entered = entered
        self._resources = resources
        self._related = related
        self._body = _Body(params, result, lifted, len(entered))
        self._code = self._emit()
        self.has_post = self._body.has_post
        self._leaving = self._emit_leaving() if self.has_post else None

    def _emit(self) -> Code:
        body, source = self._body, self._body.source
        line = source.line
        arguments = [source.name("argument") for _ in body.params]
        with source.block(f"def call({', '.join(arguments)}):"):
            if self._related:
                line("cannot_enter()")
            if body.entered:
                # Without it, a component runs twice at a time, which it need not expect.
                line(f"if not ({' and '.join(f'{name}.may_enter' for name in body.entered)}): cannot_enter()")
                line(f"{' = '.join(f'{name}.may_enter' for name in body.entered)} = False")
            if body.crosses:
                line("c = Crossing()")
            if arguments:
                body.lower(arguments)
            body.call()
            body.lift()
            body.keep()
            if not body.has_post:
                self._leave()
            if body.result is not None:
                line("return made")
        return Code(source, "call", body.handles)

    def _emit_leaving(self) -> Code:
        with self._body.source.block("def leave():"):
            self._body.post_return()
            self._leave()
        return Code(self._body.source, "leave", Handles())

    def _leave(self) -> None:
        if self._body.entered:
            self._body.source.line(f"{' = '.join(f'{name}.may_enter' for name in self._body.entered)} = True")

    def bind(self, live: Live) -> tuple[Function, Function | None]:
        """The function of an instance, and what is to be called once its result was taken, if anything is.

        Raises:
            InterfaceError: the component's type of it is not the one that the package was generated for.
            UnsupportedTypeError: the engine cannot carry a type in it.
        """
        names = self._body.names(live, self._lifted)
        state = live.states[self._lifted.options.instance]
        for name, (lifts, ty) in self._code.handles.needs.items():
            convert = resource.lifting_inner if lifts else resource.lowering_inner
            names[name] = convert(ty, state, live.resources[self._resources[ty.resource]])
        names |= {name: live.states[number] for name, number in zip(self._body.entered, self._entered, strict=True)}
        return self._code.function(names), None if self._leaving is None else self._leaving.function(names)


__all__ = ["ExportCode", "InnerCode", "Resources"]
