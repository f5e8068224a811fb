"""The end of the interpreter, when what holds components goes in any order."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.component_api

PROGRAM = """
import sys
import wasmtime.component

keeper = sys.modules["keeper"] = type(sys)("keeper")  # emptied after the runtime, but before wasmtime
import witgen.runtime as rt
from witgen.runtime import generated as abi

TEXT = '''(component
  (import "test:exit/host" (instance $host
    (export "r" (type $r (sub resource)))
    (export "f" (func (param "n" u32) (result u32)))
    (export "make" (func (result (own $r))))))
  (core func $f (canon lower (func $host "f")))
  (core module $m
    (import "i" "f" (func $f (param i32) (result i32)))
    (func (export "f") (param i32) (result i32) (call $f (local.get 0))))
  (core instance $i (instantiate $m (with "i" (instance (export "f" (func $f))))))
  (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))'''

class R: ...

class Host:
    R = R
    def f(self, n): return n + 1
    def make(self): return R()

r = abi.ImportedResource("test:exit/host", "r", "host.R")
world = abi.WorldType("test:exit/w", __import__("witgen").__version__, (
    abi.ImportInterface("host", "test:exit/host", "host.Host", (
        abi.ImportFunc("f", "f", (("n", abi.U32),), abi.U32), abi.ImportFunc("make", "make", (), abi.Own(r))), (r,)),
), (), ("f",))

class Link(abi.Link):
    f = abi.ExportFunc("", "f", (("n", abi.U32),), abi.U32)

wasm = rt.engine()
prepared = abi.Prepared(wasm, rt.Component(wasm, TEXT), world)
instance = prepared.instantiate(rt.Store(wasm), {"host": Host()})
assert instance.link(Link).f(1) == 2
kept = {KEPT}
if sys.argv[1] == "module":
    keeper.kept = kept
elif sys.argv[1] == "sys":
    sys.kept = kept
elif sys.argv[1] == "cycle":
    loop = [kept]
    loop.append(loop)
    sys.loop = loop
"""


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["prepared", "instance", "(instance, prepared)"])
@pytest.mark.parametrize("place", ["main", "module", "sys", "cycle"])
def test_the_interpreter_ends_well(place: str, kept: str) -> None:
    """Whoever holds a prepared component or an instance last, the process ends with status 0.

    It says nothing either, unless what holds it goes after wasmtime's own modules, whose finalizers then complain.
    """
    program = PROGRAM.replace("{KEPT}", kept)
    done = subprocess.run([sys.executable, "-c", program, place], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert place != "main" or not done.stderr
