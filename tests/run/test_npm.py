"""Components that tools of npm build from JavaScript: read, compared with their world, linked and called.

They are built by other encoders than componentize-py, and with other engines. Only with `--full`: npm fetches some 150
packages, which are kept in `.witgen-cache/`, and wasmtime compiles SpiderMonkey.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.checkout import ROOT, TESTS
from tests.compiler.syntax.spelled import spelled
from tests.run.building import CACHE, CODE
from tests.run.npm_install import install
from tests.run.test_types import world_at
from tests.wit_text import component_at
from witgen import api
from witgen.api import Request, Side, generate
from witgen.cli import main
from witgen.component.words import describe
from witgen.runtime import EngineError, Err, Store, engine

CASE = TESTS / "run" / "npm"
WORLD = "script"
SPIDERMONKEY, QUICKJS = "@bytecodealliance/componentize-js", "componentize-qjs"
NO_FEATURES = '{"disableFeatures": ["stdio", "random", "clocks", "http", "fetch-event"]}'


@dataclass(frozen=True)
class Build:
    """A way to build the component, and what it has that the world has not.

    `wasi` and `http`: it imports them. `concurrent`: it needs an engine with component async. `extra` is exported.
    """

    tool: str
    options: str
    wasi: bool
    http: bool = False
    concurrent: bool = False
    extra: tuple[str, ...] = ()


BUILDS = {
    "spidermonkey": Build(SPIDERMONKEY, "{}", wasi=True, http=True),
    "spidermonkey-bare": Build(SPIDERMONKEY, NO_FEATURES, wasi=False),
    "quickjs": Build(QUICKJS, '{"sync": true}', wasi=True, extra=("init",)),
    "quickjs-bare": Build(QUICKJS, '{"sync": true, "stubWasi": true}', wasi=False, extra=("init",)),
    "quickjs-async": Build(QUICKJS, "{}", wasi=True, concurrent=True, extra=("init",)),
    "quickjs-async-bare": Build(QUICKJS, '{"stubWasi": true}', wasi=False, concurrent=True, extra=("init",)),
}


SUPPLIED = {
    SPIDERMONKEY: (
        "io/poll clocks/monotonic-clock io/error io/streams http/types http/outgoing-handler cli/stdin cli/stdout cli/stderr"
        " cli/terminal-input cli/terminal-output cli/terminal-stdin cli/terminal-stdout cli/terminal-stderr"
        " clocks/wall-clock filesystem/types filesystem/preopens random/random"
    ),
    QUICKJS: (
        "cli/environment cli/exit io/error io/poll io/streams cli/stdin cli/stdout cli/stderr cli/terminal-input"
        " cli/terminal-output cli/terminal-stdin cli/terminal-stdout cli/terminal-stderr clocks/monotonic-clock"
        " clocks/wall-clock filesystem/types filesystem/preopens random/insecure-seed"
    ),
}
"""What the tools import for their engines, in their order."""


def supplied(build: Build) -> list[str]:
    """The imports of a component that its world does not offer."""
    versions = {True: "0.2.10", False: "0.2.12"}
    names = SUPPLIED[build.tool].split() if build.wasi else []
    return [f"wasi:{name}@{versions[name.startswith('http/')]}" for name in names]


def _hash(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:32]


@pytest.fixture(scope="module")
def tools(request: pytest.FixtureRequest) -> Path:
    """The folder in which npm installed the tools, with the script that calls them."""
    unrun = "components built by componentize-js and componentize-qjs were neither read nor called"
    folder = install(request, CASE / "package.json", unrun)
    shutil.copy(CASE / "build.mjs", folder)
    return folder


@pytest.fixture(scope="module", params=BUILDS)
def built(request: pytest.FixtureRequest, tools: Path) -> tuple[Build, Path]:
    """A component, built once per content."""
    build = BUILDS[request.param]
    source, wit = CASE / "app.js", CASE / "wit" / "world.wit"
    parts = [path.read_bytes() for path in (source, wit, CASE / "build.mjs", CASE / "package.json")]
    component = CACHE / f"npm-{_hash(*parts, build.tool.encode(), build.options.encode())}.wasm"
    if not component.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        fresh = tools / f"{request.param}.{os.getpid()}.wasm"
        command = ["node", "build.mjs", build.tool, build.options, str(source), str(wit.parent), str(fresh)]
        done = subprocess.run(command, cwd=tools, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and fresh.exists(), done.stdout + done.stderr
        os.replace(fresh, component)
    return build, component


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Modules of the host package that is generated from the WIT."""
    folder = tmp_path_factory.mktemp("npm")
    generate(Request(str(CASE / "wit"), (WORLD,), folder, Side.HOST))
    (folder / "host").rename(folder / "host_of_npm")
    sys.path.insert(0, str(folder))
    package = "host_of_npm.script"
    yield SimpleNamespace(
        script=importlib.import_module(package),
        journal=importlib.import_module(f"{package}.test.script_v1.journal"),
        shapes=importlib.import_module(f"{package}.exports.test.script_v1.shapes"),
    )
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "host_of_npm"]:
        del sys.modules[name]


def witgen(*arguments: str) -> str:
    """What the command prints; it succeeds."""
    command = [sys.executable, "-m", "witgen", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _added(line: str, build: Build) -> bool:
    return line.startswith(("import wasi:", *(f"export {name}:" for name in build.extra)))


def test_it_has_its_world(built: tuple[Build, Path]) -> None:
    """What is read is what it was built from, but for what the tool adds."""
    build, component = built
    found = spelled(component_at(component))
    assert [line for line in found if not _added(line, build)] == spelled(world_at(CASE / "wit", WORLD))
    assert any(line.startswith("import wasi:") for line in found) == build.wasi
    assert any(line.startswith("import wasi:http/") for line in found) == build.http


def test_its_wit_reads_the_same(built: tuple[Build, Path], tmp_path: Path) -> None:
    """What `inspect --wit` prints has the same world, which the component fits in all."""
    _, component = built
    (tmp_path / "root.wit").write_text(witgen("inspect", str(component), "--wit", "--no-docs"))
    assert spelled(world_at(tmp_path / "root.wit", "root")) == spelled(component_at(component))
    assert api.validate(str(component), str(tmp_path / "root.wit"), "root", strict=True).fits


def test_it_fits_its_world(built: tuple[Build, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed, for people and for programs."""
    build, component = built
    words = ["validate", str(component), str(CASE / "wit"), "--world", WORLD]
    lists = (
        ("imports that the world does not provide and wasmtime supplies", supplied(build)),
        ("exports that the world does not ask for", list(build.extra)),
    )
    assert main(words) == 0
    assert capsys.readouterr().out.splitlines() == [
        *(line for title, names in lists if names for line in (f"{title}:", *(f"  {name}" for name in names), "")),
        f"`{component}` fits world `test:script/script@1.2.0`",
    ]
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["fits"], found["differences"]) == (True, [])
    assert (found["supplied_imports"], found["unasked_exports"]) == (supplied(build), list(build.extra))


def test_strictly(built: tuple[Build, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """What the engine imports is refused; without WASI there is nothing of it."""
    build, component = built
    status = main(["validate", str(component), str(CASE / "wit"), "--world", WORLD, "--strict"])
    assert status == (1 if build.wasi else 0)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("import ")]
    assert lines == [f"import `{name}` is not provided by the world" for name in supplied(build)]


CHANGES = {
    "resource counter {\n        constructor(start: u32)": (
        "resource counter {\n        constructor(start: u64)",
        "export `test:script/shapes@1.2.0`, function `counter (constructor)`, parameter 1 `start` has a different type",
    ),
    "left: borrow<counter>": (
        "left: counter",
        "export `test:script/shapes@1.2.0`, function `spend`, parameter 1 `left` has a different type",
    ),
    "enum level { low, high }": (
        "enum level { high, low }",
        "import `test:script/journal@1.2.0`, enum `level` has different cases",
    ),
    "circle(point)": (
        "circle(color)",
        "export `test:script/shapes@1.2.0`, variant `shape`, case `circle` has a different payload",
    ),
    "parse: func(text: string) -> result<point, string>": (
        "parse: func(text: string) -> result<point>",
        "export `test:script/shapes@1.2.0`, function `parse`, result has a different type",
    ),
    "@1.2.0": ("@2.2.0", ""),
}


@pytest.mark.parametrize("old", CHANGES)
def test_one_change_is_named(
    old: str, built: tuple[Build, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing else; a new major version is another package."""
    text = (CASE / "wit" / "world.wit").read_text()
    new, said = CHANGES[old]
    assert old in text
    (tmp_path / "other.wit").write_text(text.replace(old, new, 1))
    assert main(["validate", str(built[1]), str(tmp_path / "other.wit")]) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("import ", "export "))]
    assert lines == (
        [said]
        if said
        else [
            "import `test:script/journal@1.2.0` is not provided by the world",
            "export `test:script/shapes@2.2.0` is missing",
        ]
    )


def test_another_world_is_refused(built: tuple[Build, Path], tmp_path: Path) -> None:
    """One case of an enum more, one parameter less, and an import that is not offered."""
    text = (CASE / "wit" / "world.wit").read_text()
    for old, new in (
        ("green,", "green, grey,"),
        ("check: func(big: s64, ", "check: func("),
        ("import now:", "import no:"),
    ):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "other.wit").write_text(text)
    found = api.validate(str(built[1]), str(tmp_path / "other.wit"), WORLD).comparison
    assert [describe(one).sentence for one in found.differences] == [
        "import `now` is not provided by the world",
        "export `test:script/shapes@1.2.0`, enum `color` has different cases",
        "export `test:script/shapes@1.2.0`, function `check` has different parameters",
    ]


def test_a_package_from_the_component_links(built: tuple[Build, Path], tmp_path: Path) -> None:
    """Generated without the WIT, with what the tool adds."""
    said = witgen(str(built[1]), "--out", str(tmp_path / "out"), "--side", "host", "--verify")
    assert "verified: " in said


@contextmanager
def _instance(built: tuple[Build, Path], host: SimpleNamespace, noted: list[tuple[object, str]]) -> Generator[Any]:
    build, component = built

    class Journal:
        """The imported interface."""

        def note(self, level: object, text: str, /) -> int:
            noted.append((level, text))
            return len(noted)

    with Store(engine(component_async=build.concurrent, cache=CODE)) as store:
        yield host.script.Script.instantiate(
            store, component, journal=Journal(), now=lambda: 2**40 + 1, http=build.http
        )


def test_it_is_called(built: tuple[Build, Path], host: SimpleNamespace) -> None:
    """Through the package that is generated from the WIT, with values of every type it names.

    Two things are left out, which wasmtime's own calls show just so: a `u32` from 2**31 is negative in componentize-qjs
    0.4.5, and what a function throws is no error of a `result` without types in componentize-js 0.23.0.
    """
    kinds, noted = host.shapes, list[tuple[object, str]]()
    with _instance(built, host, noted) as app:
        shapes = app.shapes
        styles = kinds.Style.BOLD | kinds.Style.UNDERLINED
        assert shapes.describe(kinds.Shape_Circle(kinds.Point(-3, 0.5)), styles) == "circle -3 0.5 bold+underlined"
        assert shapes.describe(kinds.Shape_Square(2**31 - 1), kinds.Style(0)) == "square 2147483647 "
        assert shapes.describe(kinds.Shape_Nothing(), kinds.Style.ITALIC) == "nothing italic"
        assert [shapes.next(color) for color in kinds.Color] == [kinds.Color.GREEN, kinds.Color.BLUE, None]
        assert shapes.parse("1,-2.5") == kinds.Point(1, -2.5)
        assert shapes.sort(["b", "☃", "", "a"]) == ["", "a", "b", "☃"]
        assert shapes.swap(("☃", True)) == (True, "☃")
        assert shapes.check(5, 3) is None
        with shapes.Counter(5) as counter:
            assert counter.add(2) == 7
            assert shapes.spend(counter, shapes.Counter.parse("35")) == 42
        assert app.run("joe") == ["joe", str(2**40 + 1), "1"]
        for call, text, expected in (
            (shapes.parse, "x", "not a point: x"),
            (shapes.Counter.parse, "x", "no number"),
            (app.run, "", "no name"),
        ):
            with pytest.raises(Err) as failed:
                call(text)
            assert failed.value.value == expected
    assert noted == [(host.journal.Level.HIGH, "joe")]


def test_an_engine_without_component_async_is_told(built: tuple[Build, Path], host: SimpleNamespace) -> None:
    """componentize-qjs builds for component async unless it is told not to."""
    build, component = built
    plain = engine(cache=CODE)
    if build.concurrent:
        with pytest.raises(EngineError, match=r"engine\(component_async=True\)"):
            host.script.Script.prepare(plain, component)
    else:
        host.script.Script.prepare(plain, component)
