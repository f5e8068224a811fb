"""A guest with asynchronous functions, run by jco: another host than wasmtime, with the results that it has there and natively.

What is not run: jco gives components that componentize-py builds WASI 0.2, also where the guest's functions are
asynchronous, so interfaces of WASI 0.3 are not called here; nor do streams and futures cross into JavaScript.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import cast

import pytest

from tests.checkout import TESTS
from tests.run.building import build, wit_folder
from tests.run.npm_install import install
from witgen.api import Request, Side, generate

CASE = TESTS / "run" / "pipes"
TOOLS = TESTS / "run" / "jco"
LAB = "demo:pipes/lab@0.1.0"
BYTES = list(range(256)) * 10
CALLS: list[tuple[list[object], object]] = [
    (["turns", 2], {"ok": ["a0", "b0", "a1", "b1"]}),
    (["pipe", BYTES], {"ok": BYTES}),
    (["promise", 3], {"ok": 3}),
    (["promise", None], {"ok": 7}),
    (["fail", "no"], {"error": "no"}),
    (["spawned"], {"ok": "at once"}),
    (["seen"], {"ok": ["afterwards 0", "afterwards 1", "afterwards 2"]}),
]


@pytest.fixture(scope="module")
def node(request: pytest.FixtureRequest) -> Path:
    """Where jco and a node that can suspend a call (24 or newer) are installed."""
    return install(request, TOOLS / "package.json", "no guest with asynchronous functions was run by jco")


@pytest.fixture(scope="module")
def transpiled(node: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The component as modules for node."""
    folder = tmp_path_factory.mktemp("jco")
    wit = wit_folder(CASE / "wit", (), folder / "wit")
    generate(Request(str(wit), ("pipes",), folder, Side.GUEST))
    component = build(wit, "pipes", "app", CASE / "guest", folder / "guest")
    out = node / f"pipes-{component.stem}"
    if not (out / "package.json").exists():
        run(node, "jco", "transpile", str(component), "--name", "app", "-o", str(out))
        (out / "package.json").write_text('{"type": "module"}\n', encoding="utf-8")
    return out / "app.js"


def run(node: Path, *words: str) -> str:
    """Run an installed program; what it prints."""
    here = node / "node_modules" / ".bin"
    environment = {**os.environ, "PATH": f"{here}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [str(here / words[0]), *words[1:]],
        cwd=node,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_asynchronous_exports_run_under_jco(node: Path, transpiled: Path) -> None:
    """Tasks, a stream and a future between them, a failure, and work that goes on after its call has returned."""
    asked = json.dumps([call for call, _ in CALLS])
    printed = run(node, "node", str(TOOLS / "call.mjs"), str(transpiled), LAB, asked)
    answers = [cast("object", json.loads(line)) for line in printed.splitlines()]
    assert answers == [answer for _, answer in CALLS]
