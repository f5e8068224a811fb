"""The component that attacks use: what it does is asked for by calling its exports, or by the host that it calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import ClassVar

from wasmtime import wat2wasm

import witgen.runtime as rt
from witgen.runtime import generated as abi

HOST = "attack:host/files@1.0.0"
API = "attack:guest/things@1.0.0"
FILE = abi.ImportedResource(HOST, "file", "files.File")
TEXT = f"""(component
  (import "ask" (func $ask (param "n" u32) (result u32)))
  (import "{HOST}" (instance $files
    (export "file" (type $file (sub resource)))
    (export "[constructor]file" (func (param "n" u32) (result (own $file))))
    (export "[method]file.size" (func (param "self" (borrow $file)) (result u32)))))
  (alias export $files "file" (type $file))
  (core func $ask (canon lower (func $ask)))
  (core func $open (canon lower (func $files "[constructor]file")))
  (core func $size (canon lower (func $files "[method]file.size")))
  (core func $close (canon resource.drop $file))
  (core module $dtor
    (import "h" "ask" (func $ask (param i32) (result i32)))
    (func (export "dtor") (param i32)
      (if (i32.eq (local.get 0) (i32.const 666)) (then unreachable))
      (if (i32.eq (local.get 0) (i32.const 777)) (then (drop (call $ask (i32.const 777)))))))
  (core instance $dtor (instantiate $dtor (with "h" (instance (export "ask" (func $ask))))))
  (alias core export $dtor "dtor" (core func $dtor))
  (type $thing (resource (rep i32) (dtor (core func $dtor))))
  (core func $new (canon resource.new $thing))
  (core module $m
    (import "h" "ask" (func $ask (param i32) (result i32)))
    (import "h" "open" (func $open (param i32) (result i32)))
    (import "h" "size" (func $size (param i32) (result i32)))
    (import "h" "close" (func $close (param i32)))
    (import "h" "new" (func $new (param i32) (result i32)))
    (memory (export "memory") 1)
    (table $t 1 funcref)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "relay") (param i32) (result i32) (call $ask (local.get 0)))
    (func (export "poll") (param i32) (result i32)
      (loop $l (br_if $l (call $ask (local.get 0)))) (i32.const 0))
    (func (export "divide") (param i32) (result i32) (i32.div_u (i32.const 12) (local.get 0)))
    (func (export "stop") (param i32) (result i32) unreachable)
    (func (export "reach") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "spin") (param i32) (result i32) (loop $l (br $l)) unreachable)
    (func $deep (export "deep") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (call $deep (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
        (else (call $ask (i32.const 5)))))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "table") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0)))
    (func (export "keep") (param i32) (result i32) (call $open (local.get 0)))
    (func (export "flood") (param i32) (result i32)
      (loop $l (drop (call $open (local.get 0)))
        (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (i32.const 0))
    (func (export "drop") (param i32) (result i32) (call $close (local.get 0)) (i32.const 1))
    (func (export "measure") (param i32) (result i32) (local $f i32)
      (local.set $f (call $open (local.get 0)))
      (call $size (local.get $f))
      (call $close (local.get $f)))
    (func (export "put") (param i32 i32) (result i32) (local.get 1))
    (func (export "wild") (result i32)
      (i32.store (i32.const 0) (i32.const 0x7fff0000)) (i32.store (i32.const 4) (i32.const 0x0fffffff)) (i32.const 0))
    (func (export "torn") (result i32)
      (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 2))
      (i32.store (i32.const 16) (i32.const 0xffff)) (i32.const 0))
    (func (export "char") (result i32) (i32.const 0xd800))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "rep") (param i32) (result i32) (local.get 0)))
  (core instance $m (instantiate $m (with "h" (instance
    (export "ask" (func $ask)) (export "open" (func $open)) (export "size" (func $size))
    (export "close" (func $close)) (export "new" (func $new))))))
  (alias core export $m "memory" (core memory $memory))
  (alias core export $m "realloc" (core func $realloc))
  {{numbers}}
  (func (export "put") (param "l" (list (list string))) (result u32)
    (canon lift (core func $m "put") (memory $memory) (realloc $realloc)))
  (func (export "wild") (result string) (canon lift (core func $m "wild") (memory $memory)))
  (func (export "torn") (result string) (canon lift (core func $m "torn") (memory $memory)))
  (func (export "char") (result char) (canon lift (core func $m "char")))
  (func $make (param "n" u32) (result (own $thing)) (canon lift (core func $m "make")))
  (func $rep (param "self" (borrow $thing)) (result u32) (canon lift (core func $m "rep")))
  (func $take (param "t" (own $thing)) (result u32) (canon lift (core func $m "rep")))
  (component $shim
    (import "thing" (type $t (sub resource)))
    (import "make" (func $make (param "n" u32) (result (own $t))))
    (import "rep" (func $rep (param "self" (borrow $t)) (result u32)))
    (import "take" (func $take (param "t" (own $t)) (result u32)))
    (export $e "thing" (type $t))
    (export "[constructor]thing" (func $make) (func (param "n" u32) (result (own $e))))
    (export "[method]thing.rep" (func $rep) (func (param "self" (borrow $e)) (result u32)))
    (export "take" (func $take) (func (param "t" (own $e)) (result u32))))
  (instance $api (instantiate $shim (with "thing" (type $thing)) (with "make" (func $make))
    (with "rep" (func $rep)) (with "take" (func $take))))
  (export "{API}" (instance $api)){{more}})"""
NUMBERS = (
    *("relay", "poll", "divide", "stop", "reach", "spin", "deep", "grow", "table"),
    *("keep", "flood", "drop", "measure"),
)


def text(more: str = "") -> str:
    """The component as text, with `more` in it at the end."""
    lift = '(func (export "{0}") (param "n" u32) (result u32) (canon lift (core func $m "{0}")))'
    return TEXT.replace("{numbers}", " ".join(lift.format(name) for name in NUMBERS)).replace("{more}", more)


class Thing(abi.Handle):
    """A resource of the component's."""

    _link: ThingsLink

    def rep(self) -> int:
        return self._link.rep(self)


def things_link() -> type[abi.Link]:
    return ThingsLink


THING = abi.ExportedResource(API, "thing", Thing, things_link)


class ThingsLink(abi.Link):
    make = abi.ExportFunc[[int], Thing](API, "[constructor]thing", (("n", abi.U32),), abi.Own(THING))
    rep = abi.ExportFunc[[Thing], int](API, "[method]thing.rep", (("self", abi.Borrow(THING)),), abi.U32)
    take = abi.ExportFunc[[Thing], int](API, "take", (("t", abi.Own(THING)),), abi.U32)


class GuestLink(abi.Link):
    put = abi.ExportFunc[[Sequence[Sequence[str]]], int]("", "put", (("l", abi.List(abi.List(abi.STRING))),), abi.U32)
    wild = abi.ExportFunc[[], str]("", "wild", (), abi.STRING)
    torn = abi.ExportFunc[[], str]("", "torn", (), abi.STRING)
    char = abi.ExportFunc[[], str]("", "char", (), abi.CHAR)


WORLD = abi.WorldType(
    "attack:guest/guest@1.0.0",
    "0.1.0",
    (
        abi.ImportInterface(
            "ask", "", "Callable[[int], int]", (abi.ImportFunc("ask", "", (("n", abi.U32),), abi.U32),)
        ),
        abi.ImportInterface(
            "files",
            HOST,
            "files.Files",
            (
                abi.ImportFunc("[constructor]file", "File", (("n", abi.U32),), abi.Own(FILE)),
                abi.ImportFunc("[method]file.size", ".size", (("self", abi.Borrow(FILE)),), abi.U32),
            ),
            (FILE,),
        ),
    ),
)


class File:
    """The host's resource; `left` has the numbers of those that were left, in order."""

    left: ClassVar[list[int]] = []

    def __init__(self, n: int) -> None:
        self.n = n

    def size(self) -> int:
        return self.n

    def __exit__(self, *exc: object) -> None:
        File.left.append(self.n)


class Files:
    def __init__(self, cls: type[File] = File) -> None:
        self.File = cls


@cache
def engine(epochs: bool = False, fuel: bool = False) -> rt.Engine:
    return rt.engine(epoch_interruption=epochs, fuel=fuel)


@cache
def component() -> bytes:
    return bytes(wat2wasm(text()))


@cache
def prepared(wasm: rt.Engine | None = None) -> abi.Prepared:
    return abi.Prepared(wasm or engine(), component(), WORLD)


class App:
    """An instance: `app.relay(3)`, `app.things.make(1)`, …"""

    def __init__(
        self,
        ask: Callable[[int], int] = lambda n: n,
        wasm: rt.Engine | None = None,
        *,
        cls: type[File] = File,
        limits: rt.Limits | None = None,
        pre: abi.Prepared | None = None,
    ) -> None:
        pre = pre or prepared(wasm)
        self.store = rt.Store(pre.engine)
        self.instance = pre.instantiate(self.store, {"ask": ask, "files": Files(cls)}, limits)
        self.things = self.instance.link(ThingsLink)
        self.guest = self.instance.link(GuestLink)

    def __getattr__(self, name: str) -> Callable[[int], int]:
        if name not in NUMBERS:
            raise AttributeError(name)
        function = abi.ExportFunc[[int], int]("", name, (("n", abi.U32),), abi.U32)
        return lambda n: self.instance.bind(function)(n)


def out(call: Callable[..., object], *arguments: object) -> str:
    """What comes out of a call: its result, or the exception, with the kind of a trap."""
    try:
        return repr(call(*arguments))
    except rt.Trap as trap:
        return f"Trap {trap.kind}"
    except BaseException as error:  # noqa: BLE001  # whatever it is, it is what came out
        return type(error).__name__


def relays(n: int) -> str:
    """What comes out of a new instance that asks the host."""
    return out(lambda: App().relay(n))


def works() -> bool:
    """Whether a component still runs in this process, and a trap is still a trap."""
    return App().relay(3) == 3 and out(App().divide, 0) == "Trap integer-divide-by-zero"
