"""Calls out of wasm: one C callback per imported function and linker, made from generated source.

The whole body of a callback is one `try` in another: what is raised is kept in the frame of the entry that wasm runs
for, and Rust gets an error. Callbacks are shared by stores and threads, so they find everything by the store's context.
Scalars are written where wasmtime wants the result; anything larger is built in memory of Python's, of which there is a
pool, and copied by wasmtime into memory of its own.
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, cast

from .. import _wasmtime
from .._codecs.base import Codec, Misfit
from .._codecs.effects import Call
from .._codecs.plain import ResultCodec
from .._errors import ImplementationError
from .._kinds import kind
from .._process import interrupt as _interrupt
from .._stores import store as _store
from .._types import ImportFunc, Primitive, Result, Type
from .._values import Err
from .._wasmtime import LinkerInstance
from . import memory as _memory
from .image import Image
from .lift import Lifting, grows, names
from .lower import NAMES, Lowering, mentions_resource
from .memory import VAL, Pointer
from .resource import check
from .source import Source

if TYPE_CHECKING:
    from .._instance import Instance

_CALLBACK = ctypes.CFUNCTYPE(Pointer, Pointer, Pointer, Pointer, Pointer, ctypes.c_size_t, Pointer, ctypes.c_size_t)
_DESTRUCTOR = ctypes.CFUNCTYPE(Pointer, Pointer, Pointer, ctypes.c_uint32)
_FINALIZER = ctypes.CFUNCTYPE(None, Pointer)

_tokens = itertools.count(1)
_registered: dict[int, object] = {}
"""C callbacks, for as long as a linker or a store can call them."""


def _forget(token: int, forget: Callable[[int, None], object] = _registered.pop) -> None:
    forget(token, None)  # a default, not a global: linkers may go after the interpreter has emptied its modules


_forget_c = _FINALIZER(_forget)
ctypes.pythonapi.Py_IncRef(ctypes.py_object(_forget_c))  # forever, for the same reason


class FastHostFunction:
    """An imported function. `codec` is that of the result in the public layer, which says what does not fit."""

    def __init__(
        self, slot: int, label: str, function: ImportFunc, codec: Codec | None, is_watched: bool = False
    ) -> None:
        """`is_watched`: signal handlers are looked at when it returns."""
        method = function.path[1:] if function.path.startswith(".") else ""
        image = Image()
        image.reserve(VAL)
        source = _emit(slot, function, method, image, is_watched)
        source.fill("PARTS", image.parts())
        build = image.builder()
        source.objects |= {"build": build, "free": [build()]}  # memory for results: taken for one call, and put back
        source.objects["refuse"] = _Refusal(label, codec)
        source.objects["no_method"] = _NoMethod(label, method)
        run = cast("Callable[..., object]", source.build("callback"))
        _interrupt.entry(run)
        self._callback = _CALLBACK(run)

    def define(self, instance: LinkerInstance, name: str) -> None:
        """Define it under `name`."""
        token = next(_tokens)
        _registered[token] = self._callback
        data = name.encode()
        check(
            _memory.add_func(
                Pointer(_wasmtime.pointer_of(instance)),
                data,
                Pointer(len(data)),
                self._callback,
                Pointer(token),
                _forget_c,
            )
        )


def define_resource(instance: LinkerInstance, name: str, ty: int, run: Callable[[Instance, int], None]) -> None:
    """Define a resource of the host, the `ty`-th of its linker; `run` is called for each that wasm drops."""
    contexts = _store.contexts
    error_new, frame_in = _memory.error_new, cast("Callable[[_store.StoreState], _store.Frame]", attrgetter("frame"))

    def destroy(_data: int, context: int, rep: int) -> int:
        try:
            try:
                run(frame_in(contexts[context]).instance, rep)
                return 0
            except BaseException as error:  # noqa: BLE001  # ctypes would return garbage to Rust
                frame_in(contexts[context]).error = error
                return error_new(_PYTHON)
        except BaseException:  # noqa: BLE001  # likewise
            return error_new(_PYTHON)

    _interrupt.entry(destroy)
    token = next(_tokens)
    callback = _DESTRUCTOR(destroy)
    _registered[token] = callback
    data = name.encode()
    host_type = Pointer(cast("int", _memory.host_type_new(ctypes.c_uint32(ty))))
    try:
        check(
            _memory.add_resource(
                Pointer(_wasmtime.pointer_of(instance)),
                data,
                Pointer(len(data)),
                host_type,
                callback,
                Pointer(token),
                _forget_c,
            )
        )
    finally:
        _memory.host_type_delete(host_type)


_PYTHON = b"an exception in Python"


class _Refusal:
    """A result that does not fit becomes the error that the codecs of the public layer make of it."""

    def __init__(self, label: str, codec: Codec | None) -> None:
        self._label = label
        self._codec = codec

    def __call__(self, instance: Instance, refused: Exception, value: object, raised: Err[object] | None) -> None:
        call = Call(instance)
        try:
            if raised is not None:
                assert isinstance(self._codec, ResultCodec)
                try:
                    self._codec.lower_err(call, raised.value)
                except Misfit as misfit:
                    raise misfit.named(f"{self._label}() error") from raised
            elif isinstance(self._codec, ResultCodec):
                try:
                    self._codec.lower_ok(call, value)
                except Misfit as misfit:
                    if isinstance(value, Err):
                        misfit.text += ": an error is raised, not returned"
                    raise misfit.named(f"{self._label}() result") from None
            elif self._codec is not None:
                try:
                    self._codec.lower(call, value)
                except Misfit as misfit:
                    raise misfit.named(f"{self._label}() result") from None
        finally:
            call.finish()
        raise refused


class _NoMethod:
    def __init__(self, label: str, method: str) -> None:
        self._label = label
        self._method = method

    def __call__(self, value: object) -> None:
        raise ImplementationError(f"{self._label}: {kind(value)} has no method {self._method!r}")


def _emit(slot: int, function: ImportFunc, method: str, image: Image, is_watched: bool) -> Source:
    source = Source()
    source.objects |= NAMES | names()
    source.objects |= {
        "Call": Call,
        "Err": Err,
        "argument": _memory.argument,
        "PYTHON": _PYTHON,
        "clone": _memory.val_clone if function.result is None or grows(function.result) else _memory.small_val_clone,
        "contexts": _store.contexts,
        "error_new": _memory.error_new,
        **{f"V{form}": view for form, view in _memory.VIEWS.items() if form != "?"},
    }
    lifting = Lifting(source, counts=False)
    line = source.line
    mentions = [mentions_resource(ty) for _, ty in function.params]
    calls = any(mentions) or mentions_resource(function.result)
    back = "instance.watch()" if is_watched else ""
    """What is done before wasm goes on."""
    with source.block("def callback(data, context, ty, arguments, count, results, results_count):"):
        with source.block("try:"):
            with source.block("try:"):
                line("state = contexts[context]")
                line("instance = state.frame.instance")
                if calls:
                    line("call = Call(instance)")
                    with source.block("try:"):
                        _body(source, slot, function, method, image, lifting, back)
                    with source.block("finally:"):
                        line("call.finish()")
                else:
                    _body(source, slot, function, method, image, lifting, back)
                if back:
                    line(back)
                line("return None")
            with source.block("except BaseException as error:"):
                line("contexts[context].frame.error = error")
                line("return error_new(PYTHON)")
        with source.block("except BaseException:"):
            line("return error_new(PYTHON)")
    return source


def _body(
    source: Source, slot: int, function: ImportFunc, method: str, image: Image, lifting: Lifting, back: str
) -> None:
    line = source.line
    types = [ty for _, ty in function.params]
    items = [(ty, 32 * n) for n, ty in enumerate(types)]
    variables = lifting.unpack(items, "arguments")
    given: list[str] = []
    for (ty, at), found in zip(items, variables, strict=True):
        expression = lifting.lift(ty, found, f"arguments + {at}")
        given.append(source.name("a"))
        line(f"{given[-1]} = {expression}")
    if method:
        owner = given.pop(0)
        line(f"target = getattr({owner}, {method!r}, None)")
        line(f"if not callable(target): no_method({owner})")
    else:
        line(f"target = instance.targets[{slot}]")
    called = f"target({', '.join(given)})"
    result = function.result
    calls = mentions_resource(result) or any(map(mentions_resource, types))
    match result:
        case None:
            line(called)
            if calls:
                line("call.enter()")
        case Result():
            with source.block("try:"):
                line(f"value = {called}")
            with source.block("except Err as raised:"):
                _store_result(source, image, result, calls, False)
                if back:
                    line(back)
                line("return None")
            _store_result(source, image, result, calls, True)
        case Primitive() if result is not Primitive.STRING:
            line(f"value = given = {called}")
            with source.block("try:"):
                Lowering(source).lower(result, _Direct(), 0, "value")
                line(f"{lifting.at('Q', 0, 'results')} = {_memory.PRIMITIVE[result][0]}")
            with source.block("except Exception as refused:"):
                line("refuse(instance, refused, given, None)")
            if calls:
                line("call.enter()")
        case _:
            line(f"value = {called}")
            _store_result(source, image, result, calls, True)


def _store_result(source: Source, image: Image, ty: Type, calls: bool, ok: bool) -> None:
    line = source.line
    line("try: arena = free.pop()")
    line("except IndexError: arena = build()")
    line("PARTS = arena")
    with source.block("try:"):
        lowering = Lowering(source)
        if isinstance(ty, Result):
            lowering.lower_part(ty, ok, image, 0, "value" if ok else "raised._value")
        else:
            line("given = value")
            lowering.lower(ty, image, 0, "given")
    with source.block("except Exception as refused:"):
        line(f"refuse(instance, refused, {'value' if ok else 'None'}, {'None' if ok else 'raised'})")
    if calls:
        line("call.enter()")
    line("clone(base, argument(results))")
    line("free.append(arena)")


class _Direct(Image):
    """The result itself: a scalar is written where wasmtime wants it."""

    def __init__(self) -> None:
        super().__init__()
        self.reserve(VAL)

    def place(self, form: str, word: int, byte: int = 0) -> str:
        size = _memory.SIZE[form]
        return f"V{form}[(results >> {size.bit_length() - 1}) + {(8 * word + byte) // size}]"
