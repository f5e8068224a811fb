"""Components and encoded packages as input: beside WIT text, in its place, and what is said where they cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from wasmtime import wat2wasm

from tests.compiler.bindings.guest.corpus import CORPUS
from tests.golden import GOLDEN
from tests.wit_text import write_files
from witgen import api
from witgen.api.generate import plan, render
from witgen.cli import main
from witgen.compiler.diagnostics import Diagnostics, WitError
from witgen.compiler.model.formats.wit import print_wit
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import COMPONENT_PACKAGE, COMPONENT_WORLD
from witgen.component.items import Package, Resolved, World

ENCODED = GOLDEN / "encoded"
TYPES = """(component (type (component
  (export "c:d/types@1.0.0" (instance (type (record (field "x" u8))) (export "point" (type (eq 0)))))))
  (export "types" (type 0)))"""
USES = """(component (type (component
  (import "c:d/types@1.0.0" (instance $t (type (record (field "x" u8))) (export "point" (type (eq 0)))))
  (alias export $t "point" (type $point))
  (export "e:f/user" (instance
    (alias outer 1 $point (type $p)) (export "point" (type $q (eq $p)))
    (type (func (param "p" $q))) (export "f" (func (type 2)))))))
  (export "user" (type 0)))"""


def text_of(path: Path) -> str:
    """What the input at a path resolves to, as WIT."""
    return print_wit(api.load_and_resolve(str(path)).resolved)


def codes_of(path: Path) -> list[str]:
    """The codes of the errors that the input at a path gives."""
    with pytest.raises(WitError) as refused:
        api.load_and_resolve(str(path))
    return [finding.code.slug for finding in refused.value.diagnostics]


def test_a_component_has_the_world_root(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For each command that takes WIT."""
    (tmp_path / "app.wasm").write_bytes(wat2wasm('(component (import "now" (func (result u64))))'))
    assert main(["inspect", str(tmp_path / "app.wasm")]) == 0
    assert "now: func() -> u64" in capsys.readouterr().out
    assert main(["inspect", str(tmp_path / "app.wasm"), "--json", "--world", "root:component/root"]) == 0
    assert '"name": "root:component"' in capsys.readouterr().out
    run = [str(tmp_path / "app.wasm"), "--side", "host", "--out", str(tmp_path / "out")]
    assert main(run) == 0
    assert (tmp_path / "out" / "host" / "root" / "__init__.py").exists()
    assert main([*run, "--check"]) == 0
    (tmp_path / "app.wasm").write_bytes(wat2wasm('(component (import "now" (func (result u32))))'))
    assert main([*run, "--check"]) == 1


@pytest.mark.parametrize("form", ["wasm", "wat"])
def test_dependencies_may_be_binaries(tmp_path: Path, form: str) -> None:
    """What one binary says of another package gives way to the package, be it a binary or text."""
    write_files(tmp_path, {"m.wit": "package m:n;\nworld w { import e:f/user; }\n"})
    (tmp_path / "deps").mkdir()

    def put(name: str, text: str) -> None:
        (tmp_path / "deps" / f"{name}.{form}").write_bytes(wat2wasm(text) if form == "wasm" else text.encode())

    put("user", USES)
    alone = text_of(tmp_path)
    assert "package c:d@1.0.0 {\n  interface types {\n    record point {" in alone
    put("types", TYPES)
    assert text_of(tmp_path) == alone
    (tmp_path / "deps" / f"types.{form}").unlink()
    write_files(
        tmp_path, {"deps/t.wit": "package c:d@1.0.0;\ninterface types { record point { x: u8 } more: func(); }\n"}
    )
    assert "more: func();" in text_of(tmp_path)
    write_files(tmp_path, {"deps/t.wit": "package c:d@1.0.0;\ninterface types { }\n"})
    assert codes_of(tmp_path) == ["unknown-name"]


def test_a_package_in_two_binaries(tmp_path: Path) -> None:
    """Is defined twice, as it would be in text."""
    write_files(tmp_path, {"m.wit": "package m:n;\n", "deps/a.wat": TYPES, "deps/b.wat": TYPES})
    assert codes_of(tmp_path) == ["duplicate-package"]


def test_gates_of_a_binary_were_judged_before(tmp_path: Path) -> None:
    """What is in it stays, whatever features are on now; its docs and gates are told."""
    found = print_wit(api.load_and_resolve(str(ENCODED / "worlds.wasm")).resolved)
    assert "@unstable(feature = next)\n  new: func() -> later;" in found


@pytest.mark.parametrize("name", ["broken.wasm", "broken.wat"])
def test_a_broken_dependency(tmp_path: Path, name: str) -> None:
    """Is reported as its own, and what it would have defined is not missed."""
    write_files(tmp_path, {"m.wit": "package m:n;\nworld w { import c:d/types; }\n", f"deps/{name}": "(component"})
    assert codes_of(tmp_path) == ["invalid-component-text"]


# Bindings -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["implements", "resources", "worlds"])
def test_bindings_are_those_of_the_text(tmp_path: Path, name: str) -> None:
    """Of the first worlds of some files of the corpus: made from a component, and from its WIT without docs."""
    resolved = api.load_and_resolve(str(CORPUS / f"{name}.wit"), all_features=True).resolved
    for number, world in enumerate(list(resolved.root.worlds.values())[:1]):
        folder = tmp_path / str(number)
        folder.mkdir()
        package = Package(COMPONENT_PACKAGE)
        package.worlds[COMPONENT_WORLD] = World(COMPONENT_WORLD, package, imports=world.imports, exports=world.exports)
        lines = print_wit(Resolved((*resolved.packages, package), package)).splitlines()
        plain = [line for line in lines if not line.lstrip().startswith(("///", "@since", "@unstable", "@deprecated"))]
        (folder / "text.wit").write_text("\n".join(plain))
        (folder / "binary.wasm").write_bytes(wat2wasm(stub_component(world)))
        text, binary = files_of(folder / "text.wit"), files_of(folder / "binary.wasm")
        assert [path for path in text if text[path] != binary[path]] == []
        assert text.keys() == binary.keys()


def files_of(path: Path) -> dict[str, list[str]]:
    """The generated files, without what tells the two inputs apart."""
    diagnostics = Diagnostics()
    resolved = api.load_and_resolve(str(path)).resolved
    packages = plan(resolved, api.select(resolved, (), diagnostics), api.Request(str(path)), diagnostics)
    return {
        file.path: [line for line in file.text.splitlines() if "sha256:" not in line]
        for output in render(packages)
        for file in output.files
    }
