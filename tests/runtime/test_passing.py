"""Interfaces that only pass on a resource of another one: there is nothing to supply, so a component that fits runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

import witgen.runtime as rt
from tests.forwarding.package import attribute, engine, generated
from witgen.runtime import generated as abi

WIT = """package demo:sdk@1.2.3;
interface headers {{ resource headers {{ constructor(n: u32); }} }}
interface error {{ use headers.{{headers{renamed}}}; record error-response {{ it: option<{name}> }} }}
{chain}
interface hooks {{ use {last}.{{error-response}}; on: func(n: u32) -> error-response; }}
world w {{ import {last}; export hooks; }}"""
RENAMED = " as hdrs"
CHAIN = "interface again { use error.{error-response}; record more { it: list<error-response> } }"

COMPONENT = """(component
  (import "demo:sdk/headers@1.2.{patch}" (instance $h
    (export "headers" (type $t (sub resource)))
    (export "[constructor]headers" (func (param "n" u32) (result (own $t))))))
  (alias export $h "headers" (type $headers))
  (import "demo:sdk/error@1.2.{patch}" (instance $e
    (export "{name}" (type $own (eq $headers)))
    (type $d (record (field "it" (option (own $own))))) (export "error-response" (type (eq $d)))))
  (alias export $e "error-response" (type $response))
  {chain}
  (core func $new (canon lower (func $h "[constructor]headers")))
  (core module $code
    (import "" "new" (func $new (param i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "on") (param i32) (result i32)
      (i32.store8 (i32.const 8) (i32.const 1)) (i32.store (i32.const 12) (call $new (local.get 0))) (i32.const 8)))
  (core instance $code (instantiate $code (with "" (instance (export "new" (func $new))))))
  (func $on (param "n" u32) (result $response)
    (canon lift (core func $code "on") (memory (core memory $code "memory"))))
  (instance $hooks (export "on" (func $on)))
  (export "demo:sdk/hooks@1.2.{patch}" (instance $hooks)))"""
CHAINED = """(import "demo:sdk/again@1.2.{patch}" (instance
    (export "error-response" (type $r (eq $response)))
    (type $d (record (field "it" (list $r)))) (export "more" (type (eq $d)))))"""


class Headers:
    """An object of the host's."""

    def __init__(self, n: int) -> None:
        self.n = n


class Implementation:
    """The interface that the resource is of."""

    Headers = Headers


@pytest.mark.parametrize("as_compiled", [False, True], ids=["bytes", "compiled"])
@pytest.mark.parametrize("patch", [3, 7])
@pytest.mark.parametrize("chained", [False, True], ids=["", "chained"])
@pytest.mark.parametrize("renamed", [False, True], ids=["", "renamed"])
def test_it_prepares_and_runs(renamed: bool, chained: bool, patch: int, as_compiled: bool) -> None:
    """The resource goes in with the constructor and comes out in the record."""
    name = "hdrs" if renamed else "headers"
    last, chain = ("again", CHAIN) if chained else ("error", "")
    wit = WIT.format(renamed=RENAMED if renamed else "", name=name, last=last, chain=chain)
    text = COMPONENT.format(patch=patch, name=name, chain=CHAINED.format(patch=patch) if chained else "")
    with generated(wit) as package:
        source = rt.Component(engine(), text) if as_compiled else text.encode()
        prepare = cast("Callable[..., object]", attribute(attribute(package.module, "W"), "prepare"))
        start = cast("Callable[..., object]", attribute(prepare(engine(), source), "instantiate"))
        hooks = attribute(start(rt.Store(engine()), headers=Implementation()), "hooks")
        response = cast("Callable[[int], object]", attribute(hooks, "on"))(7)
        given = cast("Headers", attribute(response, "it"))
    assert (type(given), given.n) == (Headers, 7)


def test_an_interface_that_the_world_lacks_is_still_refused() -> None:
    """With a resource of its own and no function, it is not one that passes on what it takes."""
    text = '(component (import "demo:sdk/unknown" (instance (export "r" (type (sub resource))))))'
    with pytest.raises(rt.InterfaceError, match="imports demo:sdk/unknown, which world t:t/t does not"):
        abi.Prepared(engine(), rt.Component(engine(), text), abi.WorldType("t:t/t", "0.1.0"))
