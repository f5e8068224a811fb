"""`witgen validate`: what it prints and its exit status, for each kind of difference; and what it does not mind."""

from __future__ import annotations

import json
import re
import shlex
from importlib.metadata import version
from pathlib import Path
from typing import cast

import pytest

from tests import golden
from tests.cases import read_group
from tests.checkout import ROOT
from tests.compiler.bindings.guest.corpus import find_cases
from tests.compiler.trial.trials import ask_here
from tests.wit_text import world_of
from witgen import api
from witgen.cli import main
from witgen.compiler.load.binaries import read_file
from witgen.compiler.trial import component as trial
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import component_world
from witgen.component.fit import compare

CASES = read_group("validate")
WORLD = (golden.GOLDEN / "validate" / "app.wit").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to work in, with the world."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.wit").write_text(WORLD)
    return tmp_path


def put(folder: Path) -> None:
    """Write a component of the world."""
    (folder / "app.wat").write_text(stub_component(world_of(WORLD, "app")))


@pytest.mark.parametrize("name", CASES)
def test_golden_cases(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed of a component that differs in one thing (some differ in several), and the exit status."""
    CASES[name].put(folder)
    CASES[name].check(capsys)


def test_every_stub_fits_its_world() -> None:
    """Of the corpus, strictly; and a world that it was not made for is refused."""
    for case in find_cases():
        stub = component_world(read_file("stub.wat", stub_component(case.world).encode()))
        found = compare(stub, case.world, strict=True)
        assert (found.differences, found.supplied, found.unasked) == ([], [], []), case.module


def test_json_of_what_fits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It has no differences."""
    put(folder)
    assert main(["validate", "app.wat", "app.wit", "--json"]) == 0
    document = cast("dict[str, object]", json.loads(capsys.readouterr().out))
    assert (document["fits"], document["differences"]) == (True, [])


def test_what_wasmtime_does_not_supply(folder: Path) -> None:
    """An interface that wasmtime does not have is refused, and so is one in another version."""
    (folder / "app.wit").write_text("package a:b;\nworld w {}\n")
    for name in ("wasi:clocks/timezone@0.2.0", "wasi:cli/environment@0.3.0", "wasi:http/incoming-handler@0.2.0"):
        (folder / "app.wat").write_text(f'(component (import "{name}" (instance)))')
        assert main(["validate", "app.wat", "app.wit"]) == 1


@pytest.mark.parametrize(
    ("needed", "offered", "fits"),
    [
        ("1.0.0", "1.9.0", True),
        ("1.9.0", "1.0.0", True),
        ("0.2.1", "0.2.9", True),
        ("0.2.1", "0.3.0", False),
        ("1.0.0", "2.0.0", False),
        ("0.0.1", "0.0.1", True),
        ("0.0.1", "0.0.2", False),
        ("0.0.1", "0.0.1+build", False),
        ("1.0.0", "1.0.0+build", True),
        ("1.0.0-rc.1", "1.0.0", False),
        ("1.0.0-rc.1", "1.0.0-rc.1", True),
    ],
)
def test_versions(needed: str, offered: str, fits: bool) -> None:
    """As the linker has them, for imports and exports."""
    for verb in ("import", "export"):
        text = "package a:b;\nworld w { VERB c:d/i@V; }\npackage c:d@V { interface i { f: func(); } }\n"
        text = text.replace("VERB", verb)
        stub = stub_component(world_of(text.replace("@V", f"@{needed}"), "w"))
        found = compare(
            component_world(read_file("a.wat", stub.encode())), world_of(text.replace("@V", f"@{offered}"), "w")
        )
        assert (not found.differences) is fits


def test_a_resource_exported_again_under_another_name() -> None:
    """A resource under the name that `use` gives it is the same resource."""
    text = """package a:b;
    interface store { resource bucket { get: func(); } }
    interface audit { use store.{bucket as pail}; type tub = pail; log: func(b: borrow<tub>) -> pail; }
    world w { export store; export audit; }"""
    world = world_of(text, "w")
    stub = component_world(read_file("stub.wat", stub_component(world).encode()))
    assert compare(stub, world, strict=True).differences == []
    other = world_of(text.replace("export store;", "import store;"), "w")
    assert compare(stub, other).differences


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("module.wasm", b"\0asm\x01\0\0\0", "not-a-component"),
        ("text.wasm", b"package a:b;", "not-a-component"),
        ("empty.wasm", b"", "not-a-component"),
        ("part.wasm", b"\0asm\x0d\0\x01\0\x07\x0e\x01", "malformed-component"),
        ("package.wasm", (golden.GOLDEN / "encoded" / "maps.wasm").read_bytes(), "not-a-component"),
        ("bad.wat", b"(component", "invalid-component-text"),
    ],
)
def test_what_is_no_component(
    name: str, data: bytes, code: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A clear diagnostic, and nothing on standard output."""
    (folder / name).write_bytes(data)
    assert main(["validate", name, "app.wit"]) == 1
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.startswith(f"error[{code}]")


def test_inputs_that_are_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Either of them, or the world."""
    put(folder)
    for words, code in (
        (["no.wasm", "app.wit"], "no-such-path"),
        (["app.wat", "no.wit"], "no-such-path"),
        (["app.wat", "app.wit", "--world", "other"], "unknown-world"),
        ([".", "app.wit"], "unreadable-file"),
    ):
        assert main(["validate", *words]) == 1
        assert capsys.readouterr().err.startswith(f"error[{code}]")
    assert main(["validate", "app.wat"]) == 2


def test_from_python(folder: Path) -> None:
    """The same for tool builders."""
    put(folder)
    assert api.validate("app.wat", "app.wit").fits


def test_the_guide(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What `docs/validate.md` shows is what happens: its blocks are files, and commands with what they print."""
    monkeypatch.setattr(trial, "ask", ask_here)
    page = (ROOT / "docs" / "validate.md").read_text()
    blocks = cast("list[tuple[str, str, str]]", _BLOCK.findall(page))
    assert len(blocks) * 2 == len(re.findall(r"^```", page, re.MULTILINE))
    commands = 0
    for language, name, text in blocks:
        match language:
            case "wit" | "wat":
                (folder / name).write_text(text)
            case "console":
                for shown in re.split(r"^\$ witgen ", text, flags=re.MULTILINE)[1:]:
                    command, _, output = shown.partition("\n")
                    status = main(shlex.split(command))
                    printed = capsys.readouterr()
                    assert printed.err == ""
                    assert printed.out == output.replace("wasmtime 50.0.1", f"wasmtime {version('wasmtime')}")
                    assert status == (0 if "` fits world" in output and "refuses" not in output else 1)
                    commands += 1
            case other:
                raise AssertionError(f"a block in {other}")
    assert commands == 3
