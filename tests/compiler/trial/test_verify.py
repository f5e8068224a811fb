"""Verification of host packages: a small one written by hand, whole and with one fault each."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from wasmtime.component import Component

import witgen
import witgen.compiler.trial
from tests.checkout import ROOT
from tests.wit_text import resolve_path, world_of
from witgen import runtime
from witgen.compiler.trial import Finding, Verification, WorldClass, verify
from witgen.compiler.trial import package_child as child
from witgen.compiler.trial.stub import stub_component

WIT = """
package test:fit@1.0.0;
interface log {
  resource sink { constructor(name: string); write: func(text: string) -> bool; open: static func() -> sink; }
  say: func(text: string);
}
interface shapes {
  resource circle { constructor(radius: f64); area: func() -> f64; }
  total: func(circles: list<borrow<circle>>) -> f64;
}
world fit {
  import log;
  import wasi:random/insecure-seed@0.2.3;
  resource gate { constructor(); pass: func(); find: static func() -> gate; }
  import note: func(n: u32);
  export shapes;
  export run: func() -> result<u32, string>;
}
package wasi:random@0.2.3 {
  interface insecure-seed { insecure-seed: func() -> tuple<u64, u64>; }
}
"""

ABI = '''
"""The tables, as generated packages have them."""
from witgen.runtime import generated as rt
from .exports import Circle

def circle_link():
    return ShapesLink

SINK = rt.ImportedResource("test:fit/log@1.0.0", "sink", "log.Sink")
GATE = rt.ImportedResource("", "gate", "Gate")
CIRCLE = rt.ExportedResource("test:fit/shapes@1.0.0", "circle", Circle, circle_link)
WORLD = rt.WorldType(
    "test:fit/fit@1.0.0", VERSION,
    imports=(
        rt.ImportInterface(
            "log", "test:fit/log@1.0.0", "log.Log",
            (
                rt.ImportFunc("[constructor]sink", "Sink", (("name", rt.STRING),), rt.Own(SINK)),
                rt.ImportFunc("[method]sink.write", ".write", (("self", rt.Borrow(SINK)), ("text", rt.STRING)), rt.BOOL),
                rt.ImportFunc("[static]sink.open", "Sink.open", (), rt.Own(SINK)),
                rt.ImportFunc("say", "say", (("text", rt.STRING),)),
            ),
            (SINK,),
        ),
        rt.ImportInterface(
            "random_insecure_seed", "wasi:random/insecure-seed@0.2.3", "random_insecure_seed.InsecureSeed",
            (rt.ImportFunc("insecure-seed", "insecure_seed", (), rt.Tuple((rt.U64, rt.U64))),),
            native=True,
        ),
        rt.ImportInterface(
            "gate", "", "Gate",
            (
                rt.ImportFunc("[constructor]gate", "", (), rt.Own(GATE)),
                rt.ImportFunc("[method]gate.pass", ".pass_", (("self", rt.Borrow(GATE)),)),
                rt.ImportFunc("[static]gate.find", "find", (), rt.Own(GATE)),
            ),
            (GATE,),
        ),
        rt.ImportInterface("note", "", "note", (rt.ImportFunc("note", "", (("n", rt.U32),)),)),
    ),
    exports=(rt.ExportInterface("test:fit/shapes@1.0.0", ("[constructor]circle", "[method]circle.area", "total")),),
    functions=("run",),
)

class ShapesLink(rt.Link):
    make = rt.ExportFunc("test:fit/shapes@1.0.0", "[constructor]circle", (("radius", rt.F64),), rt.Own(CIRCLE))
    area = rt.ExportFunc("test:fit/shapes@1.0.0", "[method]circle.area", (("self", rt.Borrow(CIRCLE)),), rt.F64)
    total = rt.ExportFunc("test:fit/shapes@1.0.0", "total", (("circles", rt.List(rt.Borrow(CIRCLE))),), rt.F64)

class FitLink(rt.Link):
    run = rt.ExportFunc("", "run", (), rt.Result(rt.U32, rt.STRING))
'''

WORLD = '''
"""The world's class."""
from witgen.runtime import generated as rt
from . import _abi

class Fit:
    def __init__(self, instance):
        self._instance = instance

    @staticmethod
    def prepare(engine, component, /):
        return FitPre(rt.Prepared(engine, component, _abi.WORLD))

    @staticmethod
    def instantiate(store, component, /, **imports):
        return Fit.prepare(store.engine, component).instantiate(store, **imports)

class FitPre:
    def __init__(self, prepared):
        self._prepared = prepared

    def instantiate(self, store, /, *, log, gate, note, random_insecure_seed=None):
        given = {"log": log, "gate": gate, "note": note, "random_insecure_seed": random_insecure_seed}
        return Fit(self._prepared.instantiate(store, given))
'''

FILES = {
    "__init__.py": "print('said while importing')\nfrom ._world import Fit, FitPre\n",
    "_abi.py": ABI.replace("VERSION", repr(witgen.__version__)),
    "_world.py": WORLD,
    "exports/__init__.py": "from witgen.runtime import generated as rt\n\nclass Circle(rt.Handle):\n    pass\n",
}


def package(folder: Path, name: str = "_abi.py", before: str = "", after: str = "") -> Path:
    """Write the package into `folder`, with one text replaced in the file `name`."""
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    assert before in FILES[name]
    if before:
        (folder / name).write_text(FILES[name].replace(before, after), "utf-8")
    return folder


@pytest.fixture(scope="module")
def stub() -> str:
    """The stub component of the world."""
    return stub_component(world_of(WIT, "fit"))


def test_a_package_that_fits(tmp_path: Path, stub: str) -> None:
    """No findings, everything counted, and nothing written beside the package, wherever it lies."""
    folder = package(tmp_path / "a folder" / "fit")
    assert verify(folder, stub) == Verification(imports=9, exports=4)
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.*")) == sorted(FILES)


def events(folder: Path, stub: str, *, is_async: bool = False) -> list[dict[str, object]]:
    """What the child tells, run in this process."""
    output = io.StringIO()
    try:
        child.verify(child.EventWriter(output), folder, stub, is_async=is_async)
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == child.PACKAGE]:
            del sys.modules[name]
    return [json.loads(line) for line in output.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("name", "before", "after", "step", "message"),
    [
        ("__init__.py", "print", "prnit", "import", "NameError: name 'prnit' is not defined"),
        ("_abi.py", "import Circle", "import Square", "import", "cannot import name 'Square'"),
        ("_world.py", "class Fit:", "class Fit", "import", "SyntaxError: expected ':'"),
        ("_world.py", "def prepare", "def prepared", "import", "expected one class of a world in the package, found 0"),
        ("_abi.py", 'functions=("run",)', 'functions=("run", "walk")', "prepare", "walk"),
        ("_abi.py", '(("n", rt.U32),)', '(("n", rt.U64),)', "prepare", "note"),
        ("_abi.py", '"test:fit/log@1.0.0", "log.Log"', '"test:fit/lug@1.0.0", "log.Log"', "prepare", "test:fit/log"),
        ("_world.py", "*, log, gate", "*, lug, gate", "instantiate", "with wasmtime's own WASI: "),
        ("_world.py", ", random_insecure_seed=None", "", "instantiate", "with wasmtime's own WASI: "),
        (
            "_abi.py",
            '"random_insecure_seed", "wasi',
            '"seed", "wasi',
            "instantiate",
            "has no import random_insecure_seed=",
        ),
        ("_abi.py", "rt.List(rt.Borrow(CIRCLE))", "rt.List(rt.Own(CIRCLE))", "bind", "total"),
        ("_abi.py", "    run = ", "    walk = None #", "bind", "does not bind the export run"),
        (
            "_abi.py",
            "    area = ",
            "    area = None #",
            "bind",
            "the export [method]circle.area of test:fit/shapes@1.0.0",
        ),
    ],
)
def test_one_fault(name: str, before: str, after: str, step: str, message: str, tmp_path: Path, stub: str) -> None:
    """A package with one fault gives a finding in the step that meets it, which says what it is."""
    reported = events(package(tmp_path / "fit", name, before, after), stub)
    first = next(number for number, event in enumerate(reported) if "problem" in event)
    assert [event["step"] for event in reported[:first] if "step" in event][-1] == step
    assert message in str(reported[first]["problem"])
    assert not any("limit" in event for event in reported)


@pytest.mark.parametrize(
    ("name", "before", "after", "step", "message"),
    [
        (
            "_abi.py",
            "class FitLink",
            "import os; os.abort()\nclass FitLink",
            "import",
            "was killed by signal SIGABRT while",
        ),
        (
            "_world.py",
            "return FitPre(",
            "raise SystemExit(3)\n        (",
            "prepare",
            "ended with status 3 while preparing",
        ),
    ],
)
def test_a_process_that_ends(
    name: str, before: str, after: str, step: str, message: str, tmp_path: Path, stub: str
) -> None:
    """A package that takes the process down with it is a finding too, with what the process said."""
    (finding,) = verify(package(tmp_path / "fit", name, before, after), stub).problems
    assert finding.step == step
    assert message in finding.message
    assert "said while importing" in finding.message


def test_the_class_of_the_world_is_known_by_its_static_methods(tmp_path: Path, stub: str) -> None:
    """Functions of the component may be called `prepare` and `instantiate` too."""
    more = "class Other(rt.Link):\n    prepare = instantiate = None\n\nclass Handler:\n    def prepare(self): ...\n    def instantiate(self): ..."
    folder = package(tmp_path / "fit", "_abi.py", "class FitLink", f"{more}\n\nclass FitLink")
    assert verify(folder, stub) == Verification(imports=9, exports=4)


def test_a_problem_is_told_in_one_line(tmp_path: Path, stub: str) -> None:
    """The message says what was raised and where; it is no traceback."""
    (finding,) = verify(package(tmp_path / "fit", "_abi.py", "import Circle", "import Square"), stub).problems
    assert finding.message.startswith("ImportError: cannot import name 'Square'")
    assert finding.message.endswith("(_abi.py, line 4)")


def test_what_wasmtime_cannot_compile_is_a_limit(tmp_path: Path) -> None:
    """Where there is nothing to link with, that is said, and it is no fault of the package."""
    world = world_of("package a:b; world w { export f: func(x: list<u8, 4>); }", "w")
    found = verify(package(tmp_path / "fit"), stub_component(world))
    assert found.problems == ()
    (limit,) = found.limits
    assert limit.step == "assemble"
    assert "cannot compile a component of this world" in limit.message
    assert "ixed-length lists" in limit.message


def test_labels_and_maps_compile_on_our_engines() -> None:
    """What wasmtime has behind a switch is switched on, so that a label or a map does not keep a component out."""
    text = """package a:b; interface i { f: func(); }
    world w { import label: i; import g: func(m: map<string, u8>); export other: i; }"""
    engine = runtime.engine()
    assert Component(engine, stub_component(world_of(text, "w"))).type.exports(engine).keys() == {"other"}


@pytest.mark.parametrize("function", ["async func()", "func(x: stream<u8>)", "func() -> option<future>"])
def test_a_world_that_needs_an_async_engine_gets_one(function: str, tmp_path: Path) -> None:
    """Async functions, streams and futures compile, so that the runtime is asked what it can do with them."""
    world = world_of(f"package a:b; world w {{ export f: {function}; }}", "w")
    assert {"step": "prepare"} in events(package(tmp_path / "fit"), stub_component(world), is_async=True)


def test_one_of_several_worlds_is_tried_by_the_name_of_its_class(tmp_path: Path) -> None:
    """Not by what its docs say: these may mention any world, or be left out."""
    folder = tmp_path / "pipeline"
    shutil.copytree(ROOT / "tests" / "generated" / "pipeline" / "host" / "pipeline", folder)
    module = folder / "_world.py"
    module.write_text(re.sub(r"World `demo:pipeline/\w+@1.0.0`", "A world", module.read_text("utf-8")), "utf-8")
    worlds = resolve_path(ROOT / "tests" / "run" / "pipeline" / "wit").resolved.root.worlds
    for name, cls in (("source", "Source"), ("sink", "Sink"), ("relay", "Relay")):
        found = verify(folder, stub_component(worlds[name]), WorldClass(worlds[name].id, cls))
        assert (found.problems, found.limits) == ((), ())
    (problem,) = verify(folder, stub_component(worlds["sink"]), WorldClass(worlds["sink"].id, "Drain")).problems
    assert problem.message.startswith("LookupError: expected one class of a world in the package, found 0 ")


def test_malformed_text_is_our_own_fault(tmp_path: Path) -> None:
    """A stub that is no component text at all is a problem, not a limit."""
    found = verify(package(tmp_path / "fit"), "(component (import))")
    assert found.limits == ()
    assert "a bug in witgen" in found.problems[0].message


@pytest.mark.slow
def test_a_package_that_never_ends(tmp_path: Path, stub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that hangs is given up, and the finding says where it hung."""
    monkeypatch.setattr(witgen.compiler.trial, "TIMEOUT", 2.0)
    folder = package(tmp_path / "fit", "_world.py", "class Fit:", "import time; time.sleep(60)\nclass Fit:")
    assert verify(folder, stub).problems == (Finding("import", "gave up after 2 seconds while importing the package"),)
