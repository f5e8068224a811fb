"""Components whose core code is a few instructions: what a hostile guest can answer and ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from wasmtime import wat2wasm

import witgen.runtime as rt
from witgen.runtime import generated as abi
from witgen.runtime._core.instance import CoreInstance

HOST = "test:core/host"
BUMP = """(global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $top (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
      (global.get $top) (global.set $top (i32.add (global.get $top) (local.get 3))))"""


def realloc(body: str) -> str:
    """A `realloc` of one's own."""
    return f'(func (export "realloc") (param i32 i32 i32 i32) (result i32) {body})'


GROWING = "(global $top (mut i32) (i32.const 1024))" + realloc("""(local $at i32) (local $end i32)
    (local.set $at (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
    (local.set $end (i32.add (local.get $at) (local.get 3)))
    (global.set $top (local.get $end))
    (if (i32.gt_u (local.get $end) (i32.shl (memory.size) (i32.const 16)))
      (then (drop (memory.grow (i32.add (i32.shr_u (local.get 3) (i32.const 16)) (i32.const 1))))))
    (local.get $at)""")
"""A `realloc` with as much memory as is asked for."""


def at_32(data: bytes) -> str:
    """A data segment."""
    return '(data (i32.const 32) "' + "".join(f"\\{byte:02x}" for byte in data) + '")'


def words(*values: int) -> str:
    """Instructions that store numbers from byte 16 on, and leave that address."""
    stores = "".join(f"(i32.store (i32.const {16 + 4 * n}) (i32.const {value}))" for n, value in enumerate(values))
    return f"{stores} (i32.const 16)"


def exporting(signature: str, core: str, body: str, options: str = "", allocate: str = BUMP, data: str = "") -> str:
    """A component with one function, `f`.

    Args:
        signature: its parameters and result, as component text.
        core: those of the core function.
        body: its instructions.
        options: more options of `canon lift`.
    """
    return f"""(component
      (core module $m (memory (export "memory") 1) {data}
        {allocate}
        (func (export "f") {core} {body}))
      (core instance $i (instantiate $m))
      (func (export "f") {signature} (canon lift (core func $i "f")
        (memory (core memory $i "memory")) (realloc (core func $i "realloc")) {options})))"""


def importing(signature: str, core: str, body: str, options: str = "", allocate: str = BUMP, data: str = "") -> str:
    """A component that imports a function `g` of `HOST`, which its export `f` may call.

    Args:
        signature: parameters and result of `g`, as component text.
        core: those of the core function that it is lowered to.
        body: the instructions of `f`, which takes nothing and returns an `i32`.
        options: more options of `canon lower`.
    """
    return f"""(component
      (import "{HOST}" (instance $host (export "g" (func {signature}))))
      (core module $libc (memory (export "memory") 1) {data} {allocate})
      (core instance $libc (instantiate $libc))
      (core func $g (canon lower (func $host "g")
        (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")) {options}))
      (core module $m (import "l" "memory" (memory 1)) (import "h" "g" (func $g {core}))
        (func (export "f") (result i32) {body}))
      (core instance $m (instantiate $m (with "l" (instance $libc)) (with "h" (instance (export "g" (func $g))))))
      (func (export "f") (result u32) (canon lift (core func $m "f"))))"""


ENGINE = rt.engine()


def start(
    text: str,
    world: abi.WorldType | None = None,
    imports: Mapping[str, object] | None = None,
    engine: rt.Engine = ENGINE,
    limits: rt.Limits | None = None,
) -> CoreInstance:
    """An instance of a component on the engine."""
    world = world or abi.WorldType("test:core/core", "0.1.0", functions=("f",))
    prepared = abi.Prepared(engine, bytes(wat2wasm(text)), world, abi="witgen")
    return cast("CoreInstance", prepared.instantiate(rt.Store(engine), imports or {}, limits))


def function(
    instance: CoreInstance, result: abi.Type | None, *params: abi.Type, name: str = "f"
) -> Callable[..., object]:
    """The function `f` of an instance."""
    described = tuple((f"p{n}", ty) for n, ty in enumerate(params))
    return instance.bind(abi.ExportFunc[..., object]("", name, described, result))


def result_of(text: str, ty: abi.Type) -> object:
    """What the function `f`, without parameters, of a component returns."""
    return function(start(text), ty)()


def world_with(params: tuple[abi.Type, ...], result: abi.Type | None) -> abi.WorldType:
    """The world of an `importing` component."""
    described = abi.ImportFunc("g", "g", tuple((f"p{n}", ty) for n, ty in enumerate(params)), result)
    host = abi.ImportInterface("host", HOST, "host.Host", (described,))
    return abi.WorldType("test:core/core", "0.1.0", (host,), functions=("f",))


class Host:
    """A host that records its arguments and returns what the test has set."""

    def __init__(self, answer: object = None) -> None:
        self.answer = answer
        self.seen: list[object] = []

    def g(self, *values: object) -> object:
        """The imported function."""
        self.seen.extend(values)
        return self.answer


__all__ = [
    "BUMP",
    "ENGINE",
    "GROWING",
    "HOST",
    "Host",
    "at_32",
    "exporting",
    "function",
    "importing",
    "realloc",
    "result_of",
    "start",
    "words",
    "world_with",
]
