"""Calls between components inside a component: what passes, and in which order."""

from __future__ import annotations

import pytest

import witgen.runtime as rt
from tests.core.guests import BUMP, at_32, function, start, words
from witgen.runtime import generated as abi


def two(
    signature: str, core: str, inner: str, run: str, *, post: str = "", allocate: str = BUMP, depth: int = 1
) -> str:
    """A component whose export `f` calls `g` of another one, `depth` components further in.

    Args:
        signature: parameters and result of `g`, as component text.
        core: those of the core function that it is lowered to.
        inner: the core function that implements `g`.
        run: the instructions of `f`, which returns an `i32`.
        post: the core function of `post-return`.
        allocate: the `realloc` of the caller.
    """
    options = '(memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))'
    after = '(post-return (core func $m "post"))' if post else ""
    text = f"""(component $c
      (core module $libc (memory (export "memory") 1) {at_32(b"hello")} {BUMP})
      (core instance $libc (instantiate $libc))
      (core module $m (import "l" "memory" (memory 1)) (func (export "g") {inner}) {post})
      (core instance $m (instantiate $m (with "l" (instance $libc))))
      (func (export "g") {signature} (canon lift (core func $m "g") {options} {after})))"""
    for _ in range(depth - 1):
        text = f'(component $c {text} (instance $i (instantiate $c)) (export "g" (func $i "g")))'
    return f"""(component
      {text}
      (instance $c (instantiate $c))
      (component $d
        (import "g" (func $g {signature}))
        (core module $libc (memory (export "memory") 1) {at_32(b"hello")} {allocate})
        (core instance $libc (instantiate $libc))
        (core func $g (canon lower (func $g) {options}))
        (core module $m (import "l" "memory" (memory 1)) (import "h" "g" (func $g {core}))
          (func (export "f") (result i32) {run}))
        (core instance $m (instantiate $m (with "l" (instance $libc)) (with "h" (instance (export "g" (func $g))))))
        (func (export "f") (result u32) (canon lift (core func $m "f"))))
      (instance $d (instantiate $d (with "g" (func $c "g"))))
      (export "f" (func $d "f")))"""


@pytest.mark.parametrize("depth", [1, 4])
def test_arguments_stay_apart(depth: int) -> None:
    """Their names in generated code met those of pointers: the second of them became where the list lies."""
    lists = " ".join(f'(param "a{n}" (list (list u8)))' for n in range(3))
    signature = f'{lists} (param "b" u32) (param "c" u32) (param "d" u32) (param "e" u32) (result u32)'
    core = f"(param {'i32 ' * 10}) (result i32)"
    given = "(i32.const 0) (i32.const 0) " * 3 + "(i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)"
    total = "(local.get 6)"
    for number in range(7, 10):
        total = f"(i32.add (i32.mul {total} (i32.const 10)) (local.get {number}))"
    instance = start(two(signature, core, f"{core} {total}", f"(call $g {given})", depth=depth))
    assert function(instance, abi.U32)() == 1234


def test_the_caller_takes_a_result_before_it_is_freed() -> None:
    """`post-return` runs after the caller's `realloc`: here the first is never reached."""
    text = two(
        "(result string)",
        "(param i32)",
        f"(result i32) {words(32, 5)}",
        "(call $g (i32.const 64)) (i32.const 0)",
        post='(func (export "post") (param i32) unreachable)',
        allocate='(func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const -1))',
    )
    with pytest.raises(rt.Trap, match="realloc return: beyond end of memory"):
        function(start(text), abi.U32)()


def test_post_return_runs_after_the_caller_took_the_result() -> None:
    """It overwrites what the caller has by then, and the callee can be called again."""
    text = two(
        "(result string)",
        "(param i32)",
        f"(result i32) {words(32, 5)}",
        "(call $g (i32.const 64)) (call $g (i32.const 64)) (i32.load8_u (i32.load (i32.const 64)))",
        post='(func (export "post") (param i32) (i32.store8 (i32.load (local.get 0)) (i32.const 106)))',
    )
    assert function(start(text), abi.U32)() == ord("j")  # "hello" became "jello" after the first call


def test_a_map_passes_a_key_that_is_there_twice() -> None:
    """Between components a map is a list of pairs (Canonical ABI, `despecialize`)."""
    text = two(
        '(param "m" (map u8 u8)) (result u32)',
        "(param i32 i32) (result i32)",
        "(param i32 i32) (result i32) (local.get 1)",
        "(i32.store (i32.const 16) (i32.const 0x02010101)) (call $g (i32.const 16) (i32.const 2))",
    )
    assert function(start(text), abi.U32)() == 2


CORE_TYPES = """(component
  (component $c
    (import "tools" (instance $tools
      (core type $get (func (param i64 (ref null func)) (result i32 f32)))
      (core type $m (module
        (type $t (func (result i32)))
        (alias outer 1 $get (type $u))
        (import "a" "f" (func (type $u)))
        (import "a" "t" (table 1 2 externref))
        (import "a" "m" (memory 1 3))
        (import "a" "g" (global (mut i64)))
        (export "get" (func (type $t)))))
      (export "other" (core module (type $m)))
      (export "m" (core module (export "get" (func (result i32)))))))
    (alias export $tools "m" (core module $m))
    (core instance $m (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $m "get"))))
  (core module $other
    (type $get (func (param i64 (ref null func)) (result i32 f32)))
    (import "a" "f" (func (type $get)))
    (import "a" "t" (table 1 2 externref))
    (import "a" "m" (memory 1 3))
    (import "a" "g" (global (mut i64)))
    (func (export "get") (result i32) unreachable))
  (core module $m (func (export "get") (result i32) (i32.const 123)))
  (instance $tools (export "m" (core module $m)) (export "other" (core module $other)))
  (instance $c (instantiate $c (with "tools" (instance $tools))))
  (export "f" (func $c "f")))"""


def test_a_core_module_comes_out_of_an_instance() -> None:
    """Core types in the type of that instance are skipped, whatever is in them."""
    assert function(start(CORE_TYPES), abi.U32)() == 123
