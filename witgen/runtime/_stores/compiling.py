"""Compiling a component or a core module, also in a forked process.

wasmtime compiles in parallel on threads that it keeps. They are not in a child that is forked afterwards, which waits for
them without end. An engine made here has a twin there that compiles on one thread, and loads what that makes; another
engine is tried first.
"""

from __future__ import annotations

import threading
from typing import TypeVar

from wasmtime import Engine, Module
from wasmtime.component import Component

from .._errors import EngineError
from .._process.fork import in_child, is_forked
from .guarded import KnownEngine

_PATIENCE = 3.0
"""Seconds that wasmtime's threads have to compile a few functions."""
_SMALL = f"(component (core module {'(func (result i32) i32.const 1)' * 64}))"
_tried: list[bool] = []
in_child(_tried.clear)


def compile_component(engine: Engine, data: bytes | bytearray) -> Component:
    """Compile the component of `data` for `engine`.

    Raises:
        wasmtime.WasmtimeError: it is not a component.
        EngineError: in a forked child, `engine` was not made by `witgen.runtime.engine` and wasmtime had compiled in
            the parent.
    """
    return _compile(Component, engine, bytes(data))


def compile_module(engine: Engine, data: bytes | bytearray) -> Module:
    """The same for a core module."""
    return _compile(Module, engine, bytes(data))


_Code = TypeVar("_Code", Component, Module)


def _compile(kind: type[_Code], engine: Engine, data: bytes) -> _Code:
    if not is_forked():
        return kind(engine, data)
    if isinstance(engine, KnownEngine):
        return kind.deserialize(engine, kind(engine.serial(), data).serialize())
    if not _tried:
        _tried.append(_compiles())
    if not _tried[0]:
        raise EngineError(
            "this process was forked from one in which wasmtime had compiled, and the threads that it compiles on are not"
            " in it: prepare the component before the fork, or with an engine made by witgen.runtime.engine()"
        )
    return kind(engine, data)


def _compiles() -> bool:
    """Whether wasmtime can compile in parallel in this process."""
    thread = threading.Thread(target=Component, args=(Engine(), _SMALL), name="witgen-compiles", daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return not thread.is_alive()
