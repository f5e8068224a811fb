"""`prepare` of a generated package refuses what does not fit, with the list of `witgen validate`, before wasmtime links it."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
import wasmtime
from wasmtime.component import Component, Linker

import witgen.runtime as rt
from tests.cases import Stub, read_group
from tests.checkout import ROOT
from tests.forwarding.package import Package, Prepared, attribute, engine, generated
from tests.run_types.test_corpus import imported
from tests.wit_text import resolve_path, world_of
from witgen.compiler.trial.stub import stub_component
from witgen.component.fit import Comparison, compare
from witgen.component.items import World
from witgen.component.plain import read_worlds
from witgen.runtime import generated as abi
from witgen.runtime._binding import comparison as _comparing
from witgen.runtime._component_source import ComponentSource

CASES = read_group("validate")
WORLD = CASES["same"].text("app.wit")
REFUSED = [name for name, case in CASES.items() if "app.wat" in case.stubs and case.runs[0].status]
UNTOLD = '(core module $inner) (export "inner" (core module $inner))'
"""What WIT cannot say, and so neither the reader nor wasmtime-py does."""


@pytest.fixture(name="package", scope="module")
def _package() -> Iterator[Package]:
    with generated(WORLD, "app") as package:
        yield package


def prepare(package: Package, component: ComponentSource, name: str = "App", on: rt.Engine | None = None) -> Prepared:
    """What a user of the package calls."""
    cls = attribute(package.module, name)
    return cast("Callable[[rt.Engine, object], Prepared]", attribute(cls, "prepare"))(on or engine(), component)


def refusal(package: Package, component: ComponentSource, on: rt.Engine | None = None) -> rt.ComponentMismatchError:
    """What `prepare` raises."""
    with pytest.raises(rt.ComponentMismatchError) as caught:
        prepare(package, component, on=on)
    return caught.value


def changed(name: str) -> str:
    """The component of a changed world, as text."""
    return CASES[name].component("app.wat")


def stub() -> bytes:
    """A component that fits."""
    return bytes(wasmtime.wat2wasm(stub_component(world_of(WORLD, "app"))))


def never(*_arguments: object, **_keywords: object) -> None:
    """Stands where wasmtime must not be asked."""
    raise AssertionError("wasmtime was asked")


@pytest.mark.parametrize("name", REFUSED)
def test_the_list_is_that_of_validate(
    name: str, package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Word for word, whether given as bytes or as a file; wasmtime neither compiles nor links it."""
    monkeypatch.chdir(tmp_path)
    text = changed(name)
    data = bytes(wasmtime.wat2wasm(text))
    Path("app.wat").write_text(text)
    Path("app.wasm").write_bytes(data)
    with_async = rt.engine(component_async=True)
    compiled = Component(with_async, data)
    monkeypatch.setattr(Linker, "__init__", never)
    reported = refusal(package, compiled, with_async)
    monkeypatch.setattr(Component, "__init__", never)

    expected = (CASES[name].folder / "expected.txt").read_text()
    head, _, listed = str(refusal(package, "app.wat")).partition("\n\n")
    assert expected.startswith(f"{listed}\n\n") and expected.endswith(f"\n{head}\n")
    found = refusal(package, Path("app.wasm"))
    assert str(found) == str(refusal(package, "app.wat")).replace("app.wat", "app.wasm")
    for source in (data, bytearray(data), text.encode()):
        unnamed = refusal(package, source)
        assert str(unnamed).partition("\n\n") == (head.replace("`app.wat`", "the component"), "\n\n", listed)
        assert unnamed.differences == found.differences

    assert (found.path, found.world, unnamed.path) == ("app.wasm", "demo:app/app@1.2.0", "")
    assert [difference.path for difference in reported.differences] == [
        difference.path for difference in found.differences
    ]
    assert issubclass(rt.ComponentMismatchError, rt.InterfaceError)


@pytest.mark.slow
@pytest.mark.parametrize("world", ["kinds", "versions"])
def test_kinds_that_wasmtime_need_not_know(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fixed-length lists, streams, labels, versions: the list is that of `validate` for all of them."""
    stubs = {name: case for name, case in CASES.items() if case.stubs.get("kinds.wat", Stub("", "")).world == world}
    refused = {name: case for name, case in stubs.items() if case.runs[0].status}
    with generated(CASES["kinds-same"].text("kinds.wit"), world) as package:
        monkeypatch.setattr(Component, "__init__", never)
        for name, case in refused.items():
            data = case.component("kinds.wat").encode()
            with pytest.raises(rt.ComponentMismatchError) as caught:
                prepare(package, data, world.capitalize())
            head, _, listed = str(caught.value).partition("\n\n")
            expected = (CASES[name].folder / "expected.txt").read_text()
            assert expected.startswith(f"{listed}\n\n"), name
            assert expected.endswith(f"\n{head.replace('the component', '`kinds.wat`')}\n"), name
    assert len(refused) > 2


def test_what_fits_is_prepared(package: Package) -> None:
    """However it is given; another patch version, too."""
    older = changed("older-version")
    for source in (stub(), bytearray(stub()), older.encode(), Component(engine(), stub()), Component(engine(), older)):
        prepare(package, source)


def test_the_differences_are_data(package: Package) -> None:
    """And survive a process boundary."""
    error = refusal(package, changed("renamed-function").encode())
    (difference,) = error.differences
    assert difference.place == ("export demo:app/store@1.2.0", "function `draw`")
    assert difference.message == "is missing" and difference.found is None and difference.expected is not None
    assert difference.hints == ("there is `drawn`: was it renamed?",)
    again = cast("rt.ComponentMismatchError", pickle.loads(pickle.dumps(error)))
    assert (str(again), again.differences, again.world) == (str(error), error.differences, error.world)


def test_once_per_component(package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing is `prepare`'s work alone; the world is read once for all components of the package."""
    compared: list[str] = []
    read: list[str] = []

    def counted(component: World, world: World) -> Comparison:
        compared.append(world.id)
        return compare(component, world)

    def read_text(text: str) -> object:
        read.append(text)
        return read_worlds(text)

    monkeypatch.setattr(_comparing, "compare", counted)
    monkeypatch.setattr(_comparing, "read_worlds", read_text)
    _comparing.forget()
    prepared = prepare(package, stub())
    prepare(package, stub())
    assert (len(compared), len(read)) == (2, 1)
    for _ in range(2):
        app = prepared.instantiate(rt.Store(engine()), types=Types(), log=print, clock=Clock())
        with pytest.raises(rt.Trap):
            cast("Callable[[list[str]], None]", attribute(app, "run"))([])
    assert (len(compared), len(read)) == (2, 1)


class Types:
    """The world's `types`."""

    class Token:
        """Never made."""

        def check(self) -> bool:
            """Nothing."""
            return True


class Clock:
    """The world's `clock`."""

    def now(self) -> int:
        """The time."""
        return 0


def test_interrupted(package: Package, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the world is read leaves nothing half-done."""

    def interrupted(_text: str) -> object:
        raise KeyboardInterrupt

    _comparing.forget()
    with monkeypatch.context() as patch:
        patch.setattr(_comparing, "read_worlds", interrupted)
        with pytest.raises(KeyboardInterrupt):
            prepare(package, stub())
    prepare(package, stub())
    refusal(package, changed("flags").encode())


def test_threads(package: Package) -> None:
    """Several at once, none of which finds the world read."""
    _comparing.forget()
    said: list[str] = []
    data = changed("flags").encode()
    threads = [threading.Thread(target=lambda: said.append(str(refusal(package, data)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 8 and len(set(said)) == 1


def test_what_wasmtime_supplies_need_not_be_offered() -> None:
    """WASI that a toolchain adds is prepared and supplied; http only when it is asked for."""
    with generated("package a:b;\nworld w { export run: func(); }\n") as package:
        run = '(core module $m (func (export "f"))) (core instance $i (instantiate $m))'
        run += ' (func (export "run") (canon lift (core func $i "f")))'
        for name, http in (("wasi:cli/environment@0.2.9", False), ("wasi:http/types@0.2.0", True)):
            inner = '(export "get-arguments" (func (result (list string))))' if not http else ""
            data = f'(component (import "{name}" (instance {inner})) {run})'.encode()
            for source in (data, Component(engine(), data.decode())):
                prepare(package, source, "W").instantiate(rt.Store(engine()), http=http)
        for name in ("wasi:clocks/timezone@0.2.0", "wasi:cli/environment@0.3.0"):
            inner = '(instance (export "f" (func)))'
            with pytest.raises(rt.ComponentMismatchError, match=f"import `{name}` is not provided by the world"):
                prepare(package, f'(component (import "{name}" {inner}) {run})'.encode(), "W")


def test_a_file_that_is_no_component_is_named(package: Package, tmp_path: Path) -> None:
    """A program may prepare many."""
    file = tmp_path / "plugin.wasm"
    for data, said in ((b"no component", f"`{file}` is refused: not a WebAssembly file"), (b"", f"`{file}` is empty")):
        file.write_bytes(data)
        with pytest.raises(rt.BindError, match=re.escape(said)):
            prepare(package, file)


def test_what_is_no_component_or_cannot_be_read(package: Package) -> None:
    """Wasmtime judges it: what is not one is said to be none; what only the reader cannot read is not held against it."""
    for data in (b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0\x07\x0e\x01", b"no component", b"(component"):
        with pytest.raises(rt.BindError, match=r"the component is refused: |it is not a valid component: "):
            prepare(package, data)
    with pytest.raises(rt.BindError, match="the file is empty"):
        prepare(package, b"")
    name = "n" * 1001
    with pytest.raises(rt.BindError, match="the component is refused: a name is longer than 1,000 characters, at byte"):
        prepare(package, f'(component (import "{name}" (func)))'.encode())
    text = stub_component(world_of(WORLD, "app"))
    assert text.rstrip().endswith(")")
    with_more = f"{text.rstrip()[:-1]} {UNTOLD})"
    for source in (with_more.encode(), Component(engine(), with_more)):
        prepare(package, source)
    less = f"{changed('missing-export').rstrip()[:-1]} {UNTOLD})"
    with pytest.raises(rt.MissingExportError, match="asks for: run"):
        prepare(package, less.encode())


@pytest.mark.parametrize(("type", "said"), [("list<u8, 2>", "list<T, N>"), ("error-context", "error-context")])
def test_a_component_with_what_wasmtime_py_has_no_switch_for(type: str, said: str) -> None:
    """It fits, and cannot be compiled: that is no fault of the component's."""
    text = f"package a:b; world w {{ export f: func(a: {type}); }}"
    with (
        generated(text) as package,
        pytest.raises(rt.UnsupportedTypeError, match=f"the component: wasmtime-py cannot carry {said}: leave"),
    ):
        prepare(package, stub_component(world_of(text, "w")).encode(), "W")


def test_worlds_that_share_a_package() -> None:
    """Each is compared with its own world."""
    folder = ROOT / "tests" / "generated" / "pipeline" / "host" / "pipeline"
    worlds = resolve_path(ROOT / "tests" / "run" / "pipeline" / "wit").resolved.root.worlds
    names = ("source", "sink", "relay")
    for name in names:
        with imported(folder, worlds[name].id, name.capitalize()) as shared:
            for other in names:
                data = stub_component(worlds[other]).encode()
                if other == name:
                    abi.Prepared(engine(), data, shared.world_type)
                else:
                    with pytest.raises(rt.ComponentMismatchError, match=rf"does not fit world `{worlds[name].id}`"):
                        abi.Prepared(engine(), data, shared.world_type)


def test_nothing_is_loaded_before_something_is_prepared(tmp_path: Path) -> None:
    """Neither the world's data nor what reads and compares; and then nothing heavy."""
    program = """
import sys, importlib
before = set(sys.modules)
package = importlib.import_module("library")
import witgen.runtime as rt
def ours(*names): return [name for name in sys.modules if name.startswith(names)]
assert not ours("witgen.component.binary", "witgen.component.fit", "witgen.component.items", "library._plain"), sys.modules
try:
    package.Library.prepare(rt.engine(), b"(component)")
except rt.ComponentMismatchError as error:
    assert len(error.differences) > 1, error
assert ours("library._plain")
assert not ours("lark", "jinja2", "black", "click", "markdown_it", "witgen.compiler")
"""
    environment = {"PYTHONPATH": f"{ROOT / 'tests' / 'generated' / 'library' / 'host'}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
