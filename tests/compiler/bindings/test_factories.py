"""Every form of a factory of resources: both checkers take it, and it makes the component's resources at run time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from tests.compiler.bindings.test_generated import CHECKERS, check

WIT = """\
package demo:shop;

interface store {
  resource bucket {
    constructor(size: u32);
    size: func() -> u32;
  }
  largest: func(buckets: list<borrow<bucket>>) -> bucket;
}

world plugin {
  import store;
  export run: func() -> u32;
}
"""

COMPONENT = """\
(component
  (import "demo:shop/store" (instance $store
    (export "bucket" (type $bucket (sub resource)))
    (export "[constructor]bucket" (func (param "size" u32) (result (own $bucket))))
    (export "[method]bucket.size" (func (param "self" (borrow $bucket)) (result u32)))))
  (alias export $store "bucket" (type $bucket))
  (core func $new (canon lower (func $store "[constructor]bucket")))
  (core func $size (canon lower (func $store "[method]bucket.size")))
  (core func $drop (canon resource.drop $bucket))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "size" (func $size (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "run") (result i32) (local $bucket i32) (local $size i32)
      (local.set $bucket (call $new (i32.const 7)))
      (local.set $size (call $size (local.get $bucket)))
      (call $drop (local.get $bucket))
      (local.get $size)))
  (core instance $i (instantiate $m (with "" (instance
    (export "new" (func $new)) (export "size" (func $size)) (export "drop" (func $drop))))))
  (func (export "run") (result u32) (canon lift (core func $i "run"))))
"""

PROGRAM = """\
from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from host.plugin import Plugin, store
from witgen.runtime import Store, engine


class MyBucket:
    maker: object = None

    def __init__(self, size: int) -> None:
        self._size = size

    def size(self) -> int:
        made.append(self.maker)
        return self._size


made: list[object] = []


def make(maker: object, size: int) -> MyBucket:
    bucket = MyBucket(size)
    bucket.maker = maker
    return bucket


class Functions:
    def largest(self, buckets: Sequence[MyBucket]) -> MyBucket:
        return max(buckets, key=MyBucket.size)


class Method(Functions):
    def Bucket(self, size: int) -> MyBucket:
        return make(self, size)


class Property(Functions):
    @property
    def Bucket(self) -> store.BucketFactory[MyBucket]:
        return partial(make, self)


class ClassAttribute(Functions):
    Bucket = MyBucket


class Partial(Functions):
    def __init__(self) -> None:
        self.Bucket = partial(make, self)


class SubclassWithClass(store.Store[MyBucket]):
    Bucket = MyBucket

    def largest(self, buckets: Sequence[MyBucket]) -> MyBucket:
        return max(buckets, key=MyBucket.size)


class SubclassWithPartial(store.Store[MyBucket]):
    def __init__(self) -> None:
        self.Bucket = partial(make, self)

    def largest(self, buckets: Sequence[MyBucket]) -> MyBucket:
        return max(buckets, key=MyBucket.size)


class SubclassWithProperty(store.StoreLike[MyBucket]):
    @property
    def Bucket(self) -> store.BucketFactory[MyBucket]:
        return partial(make, self)

    def largest(self, buckets: Sequence[MyBucket]) -> MyBucket:
        return max(buckets, key=MyBucket.size)


def report(app: Plugin, given: object) -> None:
    size = app.run()
    print(type(given).__name__, size, made.pop() is given)


wasm = engine()
plugin = Plugin.prepare(wasm, "plugin.wasm")
report(plugin.instantiate(Store(wasm), store=(method := Method())), method)
report(plugin.instantiate(Store(wasm), store=(prop := Property())), prop)
report(plugin.instantiate(Store(wasm), store=(attribute := ClassAttribute())), attribute)
report(plugin.instantiate(Store(wasm), store=(part := Partial())), part)
report(plugin.instantiate(Store(wasm), store=(cls := SubclassWithClass())), cls)
report(plugin.instantiate(Store(wasm), store=(sub := SubclassWithPartial())), sub)
report(plugin.instantiate(Store(wasm), store=(read := SubclassWithProperty())), read)
"""

WRONG = """

class Wrong(Functions):
    def Bucket(self, size: int) -> str:
        return str(size)


plugin.instantiate(Store(wasm), store=Wrong())
"""


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    """A folder with the host package, the component and the program."""
    (tmp_path / "wit").mkdir()
    (tmp_path / "wit" / "shop.wit").write_text(WIT, encoding="utf-8")
    command = [sys.executable, "-m", "witgen", "wit", "--out", ".", "--side", "host"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "plugin.wasm").write_bytes(wat2wasm(COMPONENT))
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


def test_each_form_makes_the_resources(project: Path) -> None:
    """The component gets its bucket from each; all but a bare class know the object that they belong to."""
    done = subprocess.run([sys.executable, "program.py"], cwd=project, check=False, capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        "Method 7 True",
        "Property 7 True",
        "ClassAttribute 7 False",
        "Partial 7 True",
        "SubclassWithClass 7 False",
        "SubclassWithPartial 7 True",
        "SubclassWithProperty 7 True",
    ], done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("checker", sorted(CHECKERS.keys() & {"mypy", "pyright"}))
def test_checkers_take_each_form(checker: str, project: Path) -> None:
    """Both checkers, strict, have no complaint about any of them, and refuse a factory of something else."""
    check(checker, project)
    (project / "program.py").write_text(PROGRAM + WRONG, encoding="utf-8")
    with pytest.raises(AssertionError, match="BucketT"):
        check(checker, project)
