"""A generated package on the engine: the same classes, and what says which ABI they are on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import pytest
from wasmtime import wat2wasm

import witgen.runtime as rt
from tests.core.guests import exporting
from witgen import api

WIT = """package test:core;
world shout { export f: func(text: string) -> list<u8>; }
"""


class Shout(Protocol):
    """An instance of the generated world, as far as it is used here."""

    def f(self, text: str) -> bytes: ...


class Bound(Protocol):
    """What `bind` gives."""

    def instantiate(self, store: rt.Store) -> Shout: ...


class Prepared(Bound, Protocol):
    """What `prepare` gives."""

    @property
    def abi(self) -> str: ...

    def bind(self) -> Bound: ...


class World(Protocol):
    """The class of the world."""

    def prepare(self, engine: rt.Engine, component: bytes, *, abi: str) -> Prepared: ...


class Package(Protocol):
    """The generated package, which is imported when it has been made."""

    @property
    def Shout(self) -> World: ...


BODY = """(i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16)"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """The host package of the world."""
    source = tmp_path / "shout.wit"
    source.write_text(WIT, "utf-8")
    api.generate(api.Request(str(source), ("shout",), tmp_path / "out", api.Side.HOST))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "out" / "host"), *sys.path])
    yield cast("Package", import_module("shout"))
    for name in [name for name in sys.modules if name == "shout" or name.startswith("shout.")]:
        del sys.modules[name]


def test_the_same_package_on_both(package: Package) -> None:
    """`abi=` chooses, `abi` tells; a component that needs WASI from wasmtime is refused by name."""
    text = exporting('(param "text" string) (result (list u8))', "(param i32 i32) (result i32)", BODY)
    data = bytes(wat2wasm(text))
    engine = rt.engine()
    for asked, chosen in (("witgen", "witgen"), ("wasmtime", "wasmtime")):
        pre = package.Shout.prepare(engine, data, abi=asked)
        assert pre.abi == chosen
        assert pre.instantiate(rt.Store(engine)).f("hé") == "hé".encode()
        assert pre.bind().instantiate(rt.Store(engine)).f(text="hé") == "hé".encode()
