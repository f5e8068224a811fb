"""A component with a resource on each side, its world as generated code would describe it, and a host for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import witgen.runtime as rt
from tests.runtime import layers
from tests.runtime.echo import MEMORY
from tests.runtime.layers import once_per_layer
from witgen.runtime import generated as abi

STORAGE = "acme:plugin/storage@1.2.0"
SHAPES = "acme:plugin/shapes@1.2.0"
USES = "acme:plugin/uses@1.2.0"

TEXT = f"""(component
  (import "{STORAGE}" (instance $storage
    (export "bucket" (type $bucket (sub resource)))
    (export "[constructor]bucket" (func (param "name" string) (result (own $bucket))))
    (export "[method]bucket.size" (func (param "self" (borrow $bucket)) (result u32)))
    (export "[method]bucket.merge" (func (param "self" (borrow $bucket)) (param "other" (borrow $bucket))))
    (export "[static]bucket.open" (func (param "name" string) (result (result (own $bucket) (error string)))))
    (export "consume" (func (param "bucket" (own $bucket)) (result u32)))))
  (import "notify" (func $notify (param "n" u32) (result u32)))
  (alias export $storage "bucket" (type $bucket))
  {MEMORY}
  (core module $counter
    (global $n (export "n") (mut i32) (i32.const 0))
    (func (export "dtor") (param i32)
      (if (i32.eq (local.get 0) (i32.const 666)) (then unreachable))
      (global.set $n (i32.add (global.get $n) (i32.const 1)))))
  (core instance $counter (instantiate $counter))
  (alias core export $counter "dtor" (core func $dtor))
  (type $circle (resource (rep i32) (dtor (core func $dtor))))
  (core func $circle-new (canon resource.new $circle))
  (core func $circle-rep (canon resource.rep $circle))
  (core func $circle-drop (canon resource.drop $circle))
  (core func $bucket-drop (canon resource.drop $bucket))
  (core func $b-new (canon lower (func $storage "[constructor]bucket") (memory $memory)))
  (core func $b-size (canon lower (func $storage "[method]bucket.size")))
  (core func $b-merge (canon lower (func $storage "[method]bucket.merge")))
  (core func $b-open (canon lower (func $storage "[static]bucket.open") (memory $memory) (realloc $realloc)))
  (core func $b-consume (canon lower (func $storage "consume")))
  (core func $notify-l (canon lower (func $notify)))
  (core module $main
    (import "i" "circle-new" (func $circle-new (param i32) (result i32)))
    (import "i" "circle-rep" (func $circle-rep (param i32) (result i32)))
    (import "i" "circle-drop" (func $circle-drop (param i32)))
    (import "i" "bucket-drop" (func $bucket-drop (param i32)))
    (import "i" "b-new" (func $b-new (param i32 i32) (result i32)))
    (import "i" "b-size" (func $b-size (param i32) (result i32)))
    (import "i" "b-merge" (func $b-merge (param i32 i32)))
    (import "i" "b-open" (func $b-open (param i32 i32 i32)))
    (import "i" "b-consume" (func $b-consume (param i32) (result i32)))
    (import "i" "notify" (func $notify (param i32) (result i32)))
    (import "c" "n" (global $dropped (mut i32)))
    (import "m" "memory" (memory 1))
    (global $kept (mut i32) (i32.const 0))
    (func (export "circle-new") (param i32) (result i32) (call $circle-new (local.get 0)))
    (func (export "circle-area") (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
    (func (export "circle-ping") (param i32) (result i32) (call $notify (local.get 0)))
    (func (export "circle-unit") (result i32) (call $circle-new (i32.const 1)))
    (func (export "total") (param $p i32) (param $n i32) (result i32) (local $sum i32)
      (block $end (loop $next
        (br_if $end (i32.eqz (local.get $n)))
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
      (local.get $sum))
    (func (export "melt") (param i32 i32) (result i32) (local $sum i32)
      (local.set $sum (i32.add (call $circle-rep (local.get 0)) (local.get 1)))
      (call $circle-drop (local.get 0))
      (call $circle-new (local.get $sum)))
    (func (export "dropped") (result i32) (global.get $dropped))
    (func (export "keep") (param i32) (global.set $kept (local.get 0)))
    (func (export "kept-size") (result i32) (call $b-size (global.get $kept)))
    (func (export "drop-kept") (call $bucket-drop (global.get $kept)))
    (func (export "give-back") (result i32) (global.get $kept))
    (func (export "make") (param i32 i32) (result i32) (call $b-new (local.get 0) (local.get 1)))
    (func (export "peek") (param i32) (result i32) (local $n i32)
      (local.set $n (call $b-size (local.get 0)))
      (call $bucket-drop (local.get 0))
      (local.get $n))
    (func (export "merge-two") (param i32 i32)
      (call $b-merge (local.get 0) (local.get 1))
      (call $bucket-drop (local.get 0))
      (call $bucket-drop (local.get 1)))
    (func (export "consume-new") (param i32 i32) (result i32)
      (call $b-consume (call $b-new (local.get 0) (local.get 1))))
    (func (export "open") (param i32 i32) (result i32)
      (call $b-open (local.get 0) (local.get 1) (i32.const 64)) (i32.const 64)))
  (core instance $main (instantiate $main (with "c" (instance $counter)) (with "m" (instance $libc)) (with "i" (instance
    (export "circle-new" (func $circle-new)) (export "circle-rep" (func $circle-rep))
    (export "circle-drop" (func $circle-drop)) (export "bucket-drop" (func $bucket-drop))
    (export "b-new" (func $b-new)) (export "b-size" (func $b-size)) (export "b-merge" (func $b-merge))
    (export "b-open" (func $b-open)) (export "b-consume" (func $b-consume)) (export "notify" (func $notify-l))))))
  (func $circle-new-f (param "radius" u32) (result (own $circle)) (canon lift (core func $main "circle-new")))
  (func $circle-area-f (param "self" (borrow $circle)) (result u32) (canon lift (core func $main "circle-area")))
  (func $circle-ping-f (param "self" (borrow $circle)) (result u32) (canon lift (core func $main "circle-ping")))
  (func $circle-unit-f (result (own $circle)) (canon lift (core func $main "circle-unit")))
  (func $total-f (param "circles" (list (borrow $circle))) (result u32)
    (canon lift (core func $main "total") (memory $memory) (realloc $realloc)))
  (func $melt-f (param "a" (own $circle)) (param "b" (borrow $circle)) (result (own $circle))
    (canon lift (core func $main "melt")))
  (func $dropped-f (result u32) (canon lift (core func $main "dropped")))
  (component $shapes
    (import "circle" (type $circle (sub resource)))
    (import "new" (func $new (param "radius" u32) (result (own $circle))))
    (import "area" (func $area (param "self" (borrow $circle)) (result u32)))
    (import "ping" (func $ping (param "self" (borrow $circle)) (result u32)))
    (import "unit" (func $unit (result (own $circle))))
    (import "total" (func $total (param "circles" (list (borrow $circle))) (result u32)))
    (import "melt" (func $melt (param "a" (own $circle)) (param "b" (borrow $circle)) (result (own $circle))))
    (import "dropped" (func $dropped (result u32)))
    (export $e "circle" (type $circle))
    (export "[constructor]circle" (func $new) (func (param "radius" u32) (result (own $e))))
    (export "[method]circle.area" (func $area) (func (param "self" (borrow $e)) (result u32)))
    (export "[method]circle.ping" (func $ping) (func (param "self" (borrow $e)) (result u32)))
    (export "[static]circle.unit" (func $unit) (func (result (own $e))))
    (export "total" (func $total) (func (param "circles" (list (borrow $e))) (result u32)))
    (export "melt" (func $melt) (func (param "a" (own $e)) (param "b" (borrow $e)) (result (own $e))))
    (export "dropped" (func $dropped)))
  (instance $shapes (instantiate $shapes (with "circle" (type $circle)) (with "new" (func $circle-new-f))
    (with "area" (func $circle-area-f)) (with "ping" (func $circle-ping-f)) (with "unit" (func $circle-unit-f))
    (with "total" (func $total-f)) (with "melt" (func $melt-f)) (with "dropped" (func $dropped-f))))
  (export "{SHAPES}" (instance $shapes))
  (func $keep (param "bucket" (own $bucket)) (canon lift (core func $main "keep")))
  (func $kept-size (result u32) (canon lift (core func $main "kept-size")))
  (func $drop-kept (canon lift (core func $main "drop-kept")))
  (func $give-back (result (own $bucket)) (canon lift (core func $main "give-back")))
  (func $make (param "name" string) (result (own $bucket))
    (canon lift (core func $main "make") (memory $memory) (realloc $realloc)))
  (func $peek (param "bucket" (borrow $bucket)) (result u32) (canon lift (core func $main "peek")))
  (func $merge-two (param "a" (borrow $bucket)) (param "b" (borrow $bucket)) (canon lift (core func $main "merge-two")))
  (func $consume-new (param "name" string) (result u32)
    (canon lift (core func $main "consume-new") (memory $memory) (realloc $realloc)))
  (func $open (param "name" string) (result (result (own $bucket) (error string)))
    (canon lift (core func $main "open") (memory $memory) (realloc $realloc)))
  (instance $uses (export "keep" (func $keep)) (export "kept-size" (func $kept-size)) (export "peek" (func $peek))
    (export "drop-kept" (func $drop-kept)) (export "give-back" (func $give-back)) (export "make" (func $make))
    (export "merge-two" (func $merge-two)) (export "consume-new" (func $consume-new)) (export "open" (func $open)))
  (export "{USES}" (instance $uses)))
"""


class Circle(abi.Handle):
    _link: ShapesLink

    def area(self) -> int:
        return self._link.circle_area(self)

    def ping(self) -> int:
        return self._link.circle_ping(self)


def shapes_link() -> type[abi.Link]:
    return ShapesLink


BUCKET = abi.ImportedResource(STORAGE, "bucket", "storage.Bucket")
CIRCLE = abi.ExportedResource(SHAPES, "circle", Circle, shapes_link)
OPENED = abi.Result(abi.Own(BUCKET), abi.STRING)


class ShapesLink(abi.Link):
    circle_new = abi.ExportFunc[[int], Circle](SHAPES, "[constructor]circle", (("radius", abi.U32),), abi.Own(CIRCLE))
    circle_area = abi.ExportFunc[[Circle], int](SHAPES, "[method]circle.area", (("self", abi.Borrow(CIRCLE)),), abi.U32)
    circle_ping = abi.ExportFunc[[Circle], int](SHAPES, "[method]circle.ping", (("self", abi.Borrow(CIRCLE)),), abi.U32)
    circle_unit = abi.ExportFunc[[], Circle](SHAPES, "[static]circle.unit", (), abi.Own(CIRCLE))
    total = abi.ExportFunc[[Sequence[Circle]], int](
        SHAPES, "total", (("circles", abi.List(abi.Borrow(CIRCLE))),), abi.U32
    )
    melt = abi.ExportFunc[[Circle, Circle], Circle](
        SHAPES, "melt", (("a", abi.Own(CIRCLE)), ("b", abi.Borrow(CIRCLE))), abi.Own(CIRCLE)
    )
    dropped = abi.ExportFunc[[], int](SHAPES, "dropped", (), abi.U32)


class UsesLink(abi.Link):
    keep = abi.ExportFunc[[object], None](USES, "keep", (("bucket", abi.Own(BUCKET)),))
    kept_size = abi.ExportFunc[[], int](USES, "kept-size", (), abi.U32)
    drop_kept = abi.ExportFunc[[], None](USES, "drop-kept")
    give_back = abi.ExportFunc[[], object](USES, "give-back", (), abi.Own(BUCKET))
    make = abi.ExportFunc[[str], object](USES, "make", (("name", abi.STRING),), abi.Own(BUCKET))
    peek = abi.ExportFunc[[object], int](USES, "peek", (("bucket", abi.Borrow(BUCKET)),), abi.U32)
    merge_two = abi.ExportFunc[[object, object], None](
        USES, "merge-two", (("a", abi.Borrow(BUCKET)), ("b", abi.Borrow(BUCKET)))
    )
    consume_new = abi.ExportFunc[[str], int](USES, "consume-new", (("name", abi.STRING),), abi.U32)
    open = abi.ExportFunc[[str], object](USES, "open", (("name", abi.STRING),), OPENED)


STORAGE_IMPORT = abi.ImportInterface(
    "storage",
    STORAGE,
    "storage.Storage",
    (
        abi.ImportFunc("[constructor]bucket", "Bucket", (("name", abi.STRING),), abi.Own(BUCKET)),
        abi.ImportFunc("[method]bucket.size", ".size", (("self", abi.Borrow(BUCKET)),), abi.U32),
        abi.ImportFunc("[method]bucket.merge", ".merge", (("self", abi.Borrow(BUCKET)), ("other", abi.Borrow(BUCKET)))),
        abi.ImportFunc("[static]bucket.open", "Bucket.open", (("name", abi.STRING),), OPENED),
        abi.ImportFunc("consume", "consume", (("bucket", abi.Own(BUCKET)),), abi.U32),
    ),
    (BUCKET,),
)
NOTIFY_IMPORT = abi.ImportInterface(
    "notify", "", "Callable[[int], int]", (abi.ImportFunc("notify", "", (("n", abi.U32),), abi.U32),)
)
WORLD = abi.WorldType(
    "acme:plugin/plugin@1.2.0",
    "0.1.0",
    (STORAGE_IMPORT, NOTIFY_IMPORT),
    (
        abi.ExportInterface(SHAPES, ("[constructor]circle", "[method]circle.area", "total")),
        abi.ExportInterface(USES, ("keep", "peek")),
    ),
)


class MyBucket:
    """The user's resource: `left` counts `__exit__`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.left = 0

    def size(self) -> int:
        return len(self.name)

    def merge(self, other: MyBucket) -> None:
        self.name += other.name

    @classmethod
    def open(cls, name: str) -> MyBucket:
        if not name:
            raise rt.Err("no name")
        return cls(name)

    def __exit__(self, *exc: object) -> None:
        assert exc == (None, None, None)
        self.left += 1


class MyStorage:
    Bucket = MyBucket

    def __init__(self) -> None:
        self.consumed: list[MyBucket] = []

    def consume(self, bucket: MyBucket) -> int:
        self.consumed.append(bucket)
        return bucket.size()


class App:
    """What generated code would make of an instance."""

    def __init__(self, instance: abi.Instance) -> None:
        self.instance = instance
        self.shapes = instance.link(ShapesLink)
        self.uses = instance.link(UsesLink)


@cache
def engine() -> rt.Engine:
    """One engine for all tests."""
    return rt.engine()


@once_per_layer
def prepared() -> abi.Prepared:
    """The component, compiled once."""
    return abi.Prepared(engine(), layers.component(engine(), TEXT), WORLD)


def start(notify: Callable[[int], int] = lambda n: n, storage: object = None) -> App:
    """A new instance in a new store."""
    imports = {"storage": storage or MyStorage(), "notify": notify}
    return App(prepared().instantiate(rt.Store(engine()), imports))
