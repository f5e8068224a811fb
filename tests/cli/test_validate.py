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
from tests.checkout import ROOT
from tests.compiler.bindings.guest.corpus import find_cases
from tests.compiler.trial.trials import ask_here
from tests.wit_text import world_of
from witgen import __version__, api
from witgen.cli import main
from witgen.compiler.load.binaries import read_file
from witgen.compiler.trial import component as trial
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import component_world
from witgen.component.fit import compare
from witgen.component.linker_names import NATIVE
from witgen.runtime import _native

WORLD = """package demo:app@1.2.0;
interface types {
  record point { x: s32, y: s32 }
  variant shape { dot, circle(point) }
  enum colour { red, green }
  flags caps { read, write }
  resource token { check: func() -> bool; }
}
interface store {
  use types.{point, shape, colour, caps, token};
  resource bucket {
    constructor(name: string);
    get: func(key: string, at: point) -> option<list<u8>>;
    merge: func(other: borrow<bucket>);
  }
  draw: func(shapes: list<shape>, colour: colour, caps: caps) -> result<point, string>;
  enter: func(t: token) -> tuple<u8, u16>;
}
world app {
  import types;
  import log: func(message: string, level: u8);
  import clock: interface { now: func() -> u64; }
  export run: func(args: list<string>) -> result;
  export store;
}
"""
# What is changed in the component's own text, and what by: each gives the differences of a golden file.
CHANGES = {
    "missing-function": ("  enter: func(t: token) -> tuple<u8, u16>;\n", ""),
    "renamed-function": ("  draw: func", "  drawn: func"),
    "renamed-method": ("    get: func", "    gets: func"),
    "missing-export": ("  export run: func(args: list<string>) -> result;\n", ""),
    "missing-interface": ("  export store;\n", ""),
    "other-parameter-type": ("at: point", "at: u8"),
    "swapped-parameters": ("key: string, at: point", "at: point, key: string"),
    "renamed-parameter": ("t: token", "ticket: token"),
    "more-parameters": ("level: u8", "level: u8, tag: string"),
    "other-result": ("-> tuple<u8, u16>", "-> tuple<u8, u32>"),
    "no-result": ("-> tuple<u8, u16>", ""),
    "async-function": ("export run: func", "export run: async func"),
    "field-type-in-shared-types": ("y: s32", "y: s64"),
    "field-order": ("x: s32, y: s32", "y: s32, x: s32"),
    "renamed-case": ("dot, circle(point)", "spot, circle(point)"),
    "case-payload": ("circle(point)", "circle"),
    "enum-cases": ("red, green", "red, green, blue"),
    "flags": ("read, write", "read, %import"),
    "other-kind-of-type": ("enum colour { red, green }", "variant colour { red, green }"),
    "own-for-borrow": ("other: borrow<bucket>", "other: bucket"),
    "another-resource": ("t: token", "t: bucket"),
    "import-not-offered": ("  import types;\n", "  import types;\n  import shout: func();\n"),
    "imported-function-not-offered": ("now: func() -> u64;", "now: func() -> u64; later: func();"),
    "imported-function-type": ("now: func() -> u64", "now: func() -> u32"),
    "other-version": ("@1.2.0", "@2.0.0"),
    "older-version": ("@1.2.0", "@1.0.0"),
    "moved": ("demo:app@1.2.0", "demo:other@1.2.0"),
    "several": ("now: func() -> u64; }\n  export run: func(args: list<string>) -> result;", "now: func(); }"),
}
FITS = {"older-version"}
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to work in, with the world."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.wit").write_text(WORLD)
    return tmp_path


def put(folder: Path, old: str = "", new: str = "") -> None:
    """Write the component of a changed world."""
    assert old in WORLD
    (folder / "app.wat").write_text(stub_component(world_of(WORLD.replace(old, new) if old else WORLD, "app")))


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_and_what_is_said_of_it(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The component differs in one thing (one has several)."""
    put(folder, *CHANGES[name])
    assert main(["validate", "app.wat", "app.wit"]) == (0 if name in FITS else 1)
    shown = capsys.readouterr()
    assert shown.err == ""
    golden.check(golden.GOLDEN / "validate" / f"{name}.txt", shown.out)


def test_every_stub_fits_its_world() -> None:
    """Of the corpus, strictly; and a world that it was not made for is refused."""
    for case in find_cases():
        stub = component_world(read_file("stub.wat", stub_component(case.world).encode()))
        found = compare(stub, case.world, strict=True)
        assert (found.differences, found.supplied, found.unasked) == ([], [], []), case.module


def test_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All that the human form says."""
    put(folder, *CHANGES["renamed-function"])
    assert main(["validate", "app.wat", "app.wit", "--world", "demo:app/app@1.2.0", "--json"]) == 1
    golden.check(golden.GOLDEN / "validate" / "json.json", capsys.readouterr().out)
    put(folder)
    assert main(["validate", "app.wat", "app.wit", "--json"]) == 0
    document = cast("dict[str, object]", json.loads(capsys.readouterr().out))
    assert (document["fits"], document["differences"]) == (True, [])


def test_annotations(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One for each difference, on standard output."""
    put(folder, *CHANGES["several"])
    assert main(["validate", "app.wat", "app.wit", "--error-format", "github"]) == 1
    golden.check(golden.GOLDEN / "explained" / "does-not-fit.txt", capsys.readouterr().out)


def test_one_log(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each difference is a result of the one log, and so is each warning about the WIT; standard error is empty."""
    put(folder, *CHANGES["several"])
    for format in ("sarif", "json"):
        assert main(["validate", "app.wat", "app.wit", "--features", "none-such", "--error-format", format]) == 1
        shown = capsys.readouterr()
        assert shown.err == ""
        golden.check(golden.GOLDEN / "validate" / f"several.{format}", without_version(shown.out))


def without_version(text: str) -> str:
    """A log, whatever version of witgen wrote it."""
    return text.replace(f'"semanticVersion": "{__version__}"', '"semanticVersion": "VERSION"')


def test_what_toolchains_add_passes_unless_strict(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told apart; an interface that wasmtime does not have is refused, and so is another version."""
    added = '(component (import "wasi:cli/environment@0.2.9" (instance)) (import "wasi:http/types@0.2.0" (instance)))'
    (folder / "app.wat").write_text(added)
    (folder / "app.wit").write_text("package a:b;\nworld w {}\n")
    assert main(["validate", "app.wat", "app.wit"]) == 0
    golden.check(golden.GOLDEN / "validate" / "supplied.txt", capsys.readouterr().out)
    assert main(["validate", "app.wat", "app.wit", "--strict"]) == 1
    golden.check(golden.GOLDEN / "validate" / "supplied-strict.txt", capsys.readouterr().out)
    for name in ("wasi:clocks/timezone@0.2.0", "wasi:cli/environment@0.3.0", "wasi:http/incoming-handler@0.2.0"):
        (folder / "app.wat").write_text(f'(component (import "{name}" (instance)))')
        assert main(["validate", "app.wat", "app.wit"]) == 1
    assert _native.NATIVE is NATIVE


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


def test_less_may_be_used_and_more_exported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Than the world offers and asks for."""
    put(folder)
    smaller = WORLD.replace("  enter: func(t: token) -> tuple<u8, u16>;\n", "").replace(
        "  export run", "  import more: func();\n  export run"
    )
    (folder / "app.wit").write_text(smaller.replace("  export run: func(args: list<string>) -> result;\n", ""))
    assert main(["validate", "app.wat", "app.wit"]) == 0
    golden.check(golden.GOLDEN / "validate" / "more-exported.txt", capsys.readouterr().out)


def test_a_resource_exported_again_under_another_name() -> None:
    """A `use` alias is the resource that it stands for."""
    text = """package a:b;
    interface store { resource bucket { get: func(); } }
    interface audit { use store.{bucket as pail}; type tub = pail; log: func(b: borrow<tub>) -> pail; }
    world w { export store; export audit; }"""
    world = world_of(text, "w")
    stub = component_world(read_file("stub.wat", stub_component(world).encode()))
    assert compare(stub, world, strict=True).differences == []
    other = world_of(text.replace("export store;", "import store;"), "w")
    assert [found.path for found in compare(stub, other).differences] != []


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
