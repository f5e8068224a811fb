"""Components built by componentize-py, with and without stubbed WASI, against their own worlds and others: `witgen validate`.

What componentize-py adds is spelled out here, so a release of it that adds something else is noticed. The default run takes
components that other tests build anyway; `--full` takes the rest, among them all with stubbed WASI.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from tests.compare.trial import paths_of
from tests.run.guests import GUESTS, Built, build_guest
from tests.run.test_types import world_at
from tests.wit_text import component_at
from witgen.cli import main
from witgen.component.fit import compare
from witgen.component.items import InterfaceKey, WorldItem, WorldKey
from witgen.component.linker_names import family, is_native, is_native_http

ADDED = """
io/poll clocks/monotonic-clock clocks/wall-clock random/random io/error io/streams cli/stdout cli/stderr cli/stdin
cli/environment cli/exit cli/terminal-input cli/terminal-output cli/terminal-stdin cli/terminal-stdout
cli/terminal-stderr filesystem/types filesystem/preopens sockets/network sockets/instance-network sockets/udp
sockets/udp-create-socket sockets/tcp sockets/tcp-create-socket sockets/ip-name-lookup
"""
"""What componentize-py imports for Python's standard library, in its order, in version 0.2.9."""
OFFERED = {
    "library": "clocks/wall-clock",
    "proxy": (
        "io/poll clocks/monotonic-clock clocks/wall-clock random/random io/error io/streams cli/stdout cli/stderr"
        " cli/stdin"
    ),
    "agree": "",
    "pipes": "",
    "server": ADDED,
    "executor": "io/poll clocks/monotonic-clock io/error io/streams",
}
"""Those that the worlds offer."""
WORLDS = {
    "library": "demo:library/library@0.1.0",
    "proxy": "wasi:http/proxy@0.2.8",
    "agree": "demo:agree/agree@0.1.0",
    "pipes": "demo:pipes/pipes@0.1.0",
    "server": "demo:server/server@0.1.0",
    "executor": "demo:executor/executor@0.1.0",
}
OWN_EXPORT = "exports"
"""How componentize-py starts its interpreter when a component is built."""
BUILT_ANYWAY = ("library", "proxy", "agree", "pipes")
KINDS = [(name, stubbed) for stubbed in (False, True) for name in GUESTS]
Get = Callable[[str, bool], Built]


@dataclass(frozen=True)
class Change:
    """One thing that is changed in the WIT of a guest's own world, and what is then said to differ."""

    guest: str
    file: str
    old: str
    new: str
    said: str
    only_without_stubs: bool = False
    """The component needs nothing of what is changed if componentize-py's stubs stand for it."""


CHANGES = [
    Change(
        "library",
        "library.wit",
        "title: string,\n    pages",
        "name: string,\n    pages",
        "import `demo:library/types@0.1.0`, record `book` has different fields",
    ),
    Change(
        "library",
        "library.wit",
        "longer-than(u32)",
        "longer-than(u64)",
        "import `demo:library/types@0.1.0`, variant `query`, case `longer-than` has a different payload",
    ),
    Change(
        "library",
        "library.wit",
        "note: func(entry: string)",
        "note: func(line: string)",
        "import `demo:library/archive@0.1.0`, function `ledger.note` has different parameters",
    ),
    Change(
        "library",
        "library.wit",
        "find: func(title: string)",
        "search: func(title: string)",
        "import `demo:library/archive@0.1.0`, function `find` is not provided by the world",
    ),
    Change(
        "library",
        "library.wit",
        "file-away: func(ledger: ledger)",
        "file-away: func(ledger: borrow<ledger>)",
        "import `demo:library/archive@0.1.0`, function `file-away`, parameter 1 `ledger` has a different type",
    ),
    Change(
        "proxy",
        "handler.wit",
        "func(request: incoming-request, response-out: response-outparam)",
        "func(response-out: response-outparam, request: incoming-request)",
        "export `wasi:http/incoming-handler@0.2.8`, function `handle` has different parameters",
    ),
    Change(
        "proxy",
        "types.wit",
        "set-status-code: func(status-code: status-code)",
        "set-status-code: func(status-code: u32)",
        "import `wasi:http/types@0.2.8`, function `outgoing-response.set-status-code`, parameter 1 `status-code` has"
        " a different type",
        only_without_stubs=True,
    ),
    Change(
        "proxy",
        "proxy.wit",
        "export incoming-handler;",
        "export incoming-handler; export extra: func();",
        "export `extra` is missing",
    ),
    Change(
        "agree",
        "agree.wit",
        "enum color { red, green }",
        "enum color { red, green, blue }",
        "import `demo:agree/kinds@0.1.0`, enum `color` has different cases",
    ),
    Change("agree", "agree.wit", "import log:", "import lag:", "import `log` is not provided by the world"),
    Change(
        "pipes",
        "pipes.wit",
        "pipe: async func",
        "pipe: func",
        "export `demo:pipes/lab@0.1.0`, function `pipe`: async-ness differs",
    ),
    Change(
        "pipes",
        "pipes.wit",
        "future<u32>>;",
        "future<u64>>;",
        "export `demo:pipes/lab@0.1.0`, function `types`, result has a different type",
    ),
    Change(
        "executor",
        "executor.wit",
        "next: func() -> u64;",
        "next: func() -> s64;",
        "export `demo:executor/random@0.1.0`, function `source.next`, result has a different type",
    ),
    Change("server", "server.wit", "world server {", "world server { export run: func();", "export `run` is missing"),
]


@pytest.fixture(scope="module")
def get(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Get:
    """A guest's component by name and whether WASI is stubbed. Skips what is not built in this run."""
    found: dict[tuple[str, bool], Built] = {}

    def build(name: str, stubbed: bool) -> Built:
        if not request.config.getoption("--full") and (stubbed or name not in BUILT_ANYWAY):
            words = "with stubbed WASI " if stubbed else ""
            pytest.skip(f"only with --full: {name} {words}was not built and not validated")
        if (name, stubbed) not in found:
            found[name, stubbed] = build_guest(name, tmp_path_factory.mktemp(name), stub_wasi=stubbed)
        return found[name, stubbed]

    return build


def supplied(name: str, stubbed: bool) -> list[str]:
    """The imports of a guest that its world does not offer."""
    return [] if stubbed else [f"wasi:{part}@0.2.9" for part in ADDED.split() if part not in OFFERED[name].split()]


def listed(title: str, names: list[str]) -> list[str]:
    """A list as the command prints it."""
    return [f"{title}:", *(f"  {name}" for name in names), ""] if names else []


def differences(text: str) -> list[str]:
    """The lines that begin a difference."""
    return [line for line in text.splitlines() if line.startswith(("import ", "export "))]


@pytest.mark.parametrize(("name", "stubbed"), KINDS)
def test_it_fits_its_world(name: str, stubbed: bool, get: Get, capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed: imports for the interpreter that wasmtime supplies, and an export of componentize-py's own."""
    built = get(name, stubbed)
    assert main(["validate", str(built.component), str(built.wit), "--world", built.world]) == 0
    assert capsys.readouterr().out.splitlines() == [
        *listed("imports that the world does not provide and wasmtime supplies", supplied(name, stubbed)),
        *listed("exports that the world does not ask for", [OWN_EXPORT]),
        f"`{built.component}` fits world `{WORLDS[name]}`",
    ]


@pytest.mark.parametrize(("name", "stubbed"), KINDS)
def test_strictly(name: str, stubbed: bool, get: Get, capsys: pytest.CaptureFixture[str]) -> None:
    """Each of these imports is refused; with stubbed WASI, and in a world that offers all of them, there are none."""
    built, imports = get(name, stubbed), supplied(name, stubbed)
    status = main(["validate", str(built.component), str(built.wit), "--world", built.world, "--strict"])
    assert status == (1 if imports else 0)
    assert differences(capsys.readouterr().out) == [f"import `{one}` is not provided by the world" for one in imports]


@pytest.mark.parametrize(("name", "stubbed"), KINDS)
def test_as_json(name: str, stubbed: bool, get: Get, capsys: pytest.CaptureFixture[str]) -> None:
    """The same, for programs."""
    built = get(name, stubbed)
    assert main(["validate", str(built.component), str(built.wit), "--world", built.world, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["fits"] is True and found["differences"] == []
    assert (found["component"], found["world"]) == (str(built.component), WORLDS[name])
    assert (found["supplied_imports"], found["unasked_exports"]) == (supplied(name, stubbed), [OWN_EXPORT])


@pytest.mark.parametrize("stubbed", [False, True])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.guest}-{change.new.split('(')[0].strip()}")
def test_one_change_is_named(
    change: Change, stubbed: bool, get: Get, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing else."""
    built = get(change.guest, stubbed)
    wit = tmp_path / "wit"
    shutil.copytree(built.wit, wit)
    text = (wit / change.file).read_text()
    assert text.count(change.old) == 1
    (wit / change.file).write_text(text.replace(change.old, change.new))
    expected = [] if stubbed and change.only_without_stubs else [change.said]
    assert main(["validate", str(built.component), str(wit), "--world", built.world]) == len(expected)
    assert differences(capsys.readouterr().out) == expected


def test_the_worlds_of_others(request: pytest.FixtureRequest, get: Get) -> None:
    """A component that was built for another world: every import and export that the two do not have in common is named."""
    kinds = KINDS if request.config.getoption("--full") else [(name, False) for name in BUILT_ANYWAY]
    components = {(name, stubbed): component_at(get(name, stubbed).component) for name, stubbed in kinds}
    worlds = {name: world_at(get(name, False).wit, name) for name in dict.fromkeys(name for name, _ in kinds)}
    fitting: set[tuple[str, str]] = set()
    for (kind, component), (name, world) in product(components.items(), worlds.items()):
        needed, offered = names(component.imports), names(world.imports)
        there, asked = names(component.exports), names(world.exports)
        lacking = {f"import {full}" for key, full in needed.items() if key not in offered and not native(full)}
        lacking |= {f"export {full}" for key, full in asked.items() if key not in there}
        assert set(paths_of(compare(component, world))) == lacking, (kind, name)
        if not lacking:
            fitting.add((kind[0], name))
    # Either handler of HTTP would do in the world of the other.
    both = {("proxy", "server"), ("server", "proxy")} if "server" in worlds else set[tuple[str, str]]()
    assert fitting == {(name, name) for name in worlds} | both


def names(items: Mapping[WorldKey, WorldItem]) -> dict[str, str]:
    """The names of imports or exports, by what wasmtime's linker knows them by."""
    found: dict[str, str] = {}
    for key in items:
        name = key.interface.id if isinstance(key, InterfaceKey) else key
        assert name is not None
        found[family(name)] = name
    return found


def native(name: str) -> bool:
    """Whether wasmtime supplies an interface."""
    return is_native(name) or is_native_http(name)
