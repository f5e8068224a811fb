"""Components that have a resource for their own where the world has an alias: they fit, so they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, cast

import pytest

import witgen.runtime as rt
from tests.forwarding.package import Package, attribute, engine, generated

WORLD = """package a:b@0.2.1;
interface t {{ resource r {{ get: func() -> u32; }} }}
interface u {{ {types} make: func(n: u32) -> r; read: func(it: borrow<r>) -> u32; }}
world w {{ {imports} export go: func(n: u32) -> u32; }}"""
TAKEN_BY_INTERFACE = WORLD.format(types="use t.{r};", imports="import u;")
ALIAS_IN_INTERFACE = WORLD.format(types="resource q { get: func() -> u32; } type r = q;", imports="import u;")
TAKEN_BY_WORLD = WORLD.format(
    types="use t.{r};",
    imports="use t.{r}; import make: func(n: u32) -> r; import read: func(it: borrow<r>) -> u32;",
)

CODE = """
  (core func $make (canon lower (func $make))) (core func $read (canon lower (func $read)))
  (core func $drop (canon resource.drop $r))
  (core module $code
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "read" (func $read (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "go") (param i32) (result i32) (local $it i32)
      (local.set $it (call $make (local.get 0))) (call $read (local.get $it)) (call $drop (local.get $it))))
  (core instance $code (instantiate $code
    (with "" (instance (export "make" (func $make)) (export "read" (func $read)) (export "drop" (func $drop))))))
  (func (export "go") (param "n" u32) (result u32) (canon lift (core func $code "go"))))"""
OF_INTERFACE = f"""(component
  (import "a:b/u@0.2.7" (instance $u
    (export "r" (type $r (sub resource)))
    (export "make" (func (param "n" u32) (result (own $r))))
    (export "read" (func (param "it" (borrow $r)) (result u32)))))
  (alias export $u "r" (type $r)) (alias export $u "make" (func $make)) (alias export $u "read" (func $read)) {CODE}"""
OF_WORLD = f"""(component
  (import "r" (type $r (sub resource)))
  (import "make" (func $make (param "n" u32) (result (own $r))))
  (import "read" (func $read (param "it" (borrow $r)) (result u32))) {CODE}"""


class R:
    """An object of the host's."""

    dropped: ClassVar[list[int]] = []

    def __init__(self, n: int) -> None:
        self.n = n

    def get(self) -> int:
        """As the interface has it."""
        return self.n

    def __exit__(self, *_: object) -> None:
        R.dropped.append(self.n)


class Owner:
    """The interface that the resource is of."""

    R = R


class Taker(Owner):
    """One that takes it."""

    def make(self, n: int) -> R:
        """Gives one."""
        return R(n + 1)

    def read(self, it: R) -> int:
        """Is lent one."""
        return it.get() * 10


def start(package: Package, component: str, as_compiled: bool, **given: object) -> object:
    """An instance, of component text or of what is compiled already."""
    source: object = rt.Component(engine(), component) if as_compiled else component.encode()
    cls = attribute(package.module, "W")
    prepared = cast("Callable[[rt.Engine, object], object]", attribute(cls, "prepare"))(engine(), source)
    return cast("Callable[..., object]", attribute(prepared, "instantiate"))(rt.Store(engine()), **given)


@pytest.mark.parametrize("as_compiled", [False, True])
@pytest.mark.parametrize(
    ("world", "component", "given"),
    [
        (TAKEN_BY_INTERFACE, OF_INTERFACE, {"t": Owner(), "u": Taker()}),
        (ALIAS_IN_INTERFACE, OF_INTERFACE, {"u": Taker()}),
        (TAKEN_BY_WORLD, OF_WORLD, {"t": Owner(), "make": Taker().make, "read": Taker().read}),
    ],
    ids=["taken-by-an-interface", "alias-in-an-interface", "taken-by-the-world"],
)
def test_it_runs(world: str, component: str, given: dict[str, object], as_compiled: bool) -> None:
    """The host's objects go in, are lent back, and dropped."""
    with generated(world) as package:
        app = start(package, component, as_compiled, **given)
        R.dropped.clear()
        assert cast("Callable[[int], int]", attribute(app, "go"))(3) == 40
        assert R.dropped == [4]


def test_the_owner_of_the_resource_must_be_given() -> None:
    """Although the component does not import it."""
    with (
        generated(TAKEN_BY_INTERFACE) as package,
        pytest.raises(rt.MissingImportError, match=r"missing import a:b/t@0\.2\.1: pass t="),
    ):
        start(package, OF_INTERFACE, as_compiled=False, t=None, u=Taker())
