"""The threads on which wasmtime's WASI waits: started by the first call that waits, and not in a child forked after that."""

from __future__ import annotations

import threading

from wasmtime import Store, WasiConfig
from wasmtime.component import Component, Linker

from .._errors import EngineError
from .._process.fork import in_child
from .guarded import KnownEngine, Settings

_PATIENCE = 3.0
"""Seconds that wasmtime has to wait for a moment."""
_tried: list[bool] = []
in_child(_tried.clear)


def check_wasi_threads() -> None:
    """Check, in a forked child, that what wasmtime supplies of WASI can wait.

    Raises:
        EngineError: it would not return.
    """
    if not _tried:
        _tried.append(_waits())
    if not _tried[0]:
        raise EngineError(
            "this process was forked from one in which a component had waited through wasmtime's WASI (wasi:io), and the"
            " threads for that are not in it: call components after the fork only, start workers with spawn, or implement"
            " the imports in Python"
        )


def _waits() -> bool:
    thread = threading.Thread(target=_wait, name="witgen-waits", daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    return not thread.is_alive()


def _wait() -> None:
    engine = KnownEngine(Settings(parallel_compilation=False), concurrency=True)
    linker = Linker(engine)
    linker.add_wasip2()
    with Store(engine) as store:
        store.set_wasi(WasiConfig())
        wait = linker.instantiate(store, Component(engine, _WAITING)).get_func(store, "wait")
        assert wait is not None
        wait(store)


_WAITING = """
(component
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $p (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $p))))))
  (alias export $poll "pollable" (type $p))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
    (alias outer 1 $p (type $q))
    (export "pollable" (type $r (eq $q)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $r))))))
  (core func $subscribe (canon lower (func $clock "subscribe-duration")))
  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core module $m
    (import "h" "subscribe" (func $subscribe (param i64) (result i32)))
    (import "h" "block" (func $block (param i32)))
    (func (export "wait") (call $block (call $subscribe (i64.const 1000000)))))
  (core instance $i (instantiate $m (with "h" (instance
    (export "subscribe" (func $subscribe)) (export "block" (func $block))))))
  (func (export "wait") (canon lift (core func $i "wait"))))
"""
