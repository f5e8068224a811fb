"""What `docs/guest.md` shows is what happens: its project is generated, type-checked, built and run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.run.building import ROOT, TESTS, build

GUIDE = ROOT / "docs" / "guest.md"
CHECK = ("-m", "mypy", "--strict", "--cache-dir=/dev/null", "--config-file=")


def blocks(language: str) -> list[str]:
    """The code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def named(language: str) -> dict[str, str]:
    """The blocks that begin with a comment that names a file."""
    found = {re.split(r"\s", text, maxsplit=2)[1]: text for text in blocks(language)}
    assert len(found) == len(blocks(language))
    return found


def run(words: list[str], folder: Path, **environment: str) -> str:
    """Run Python with `words`; its output."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide's project, generated with its own command."""
    folder = tmp_path_factory.mktemp("kitchen")
    for package in ("io", "clocks"):
        shutil.copytree(ROOT / "wit" / "deps" / package, folder / "wit" / "deps" / package)
    (folder / "wit" / "kitchen.wit").write_text(named("wit")["wit/kitchen.wit"], encoding="utf-8")
    tool, *words = shlex.split(blocks("sh")[0])
    assert tool == "witgen"
    run(["-m", "witgen", *words], folder)
    for name in ("app.py", "timers.py", "host.py"):
        (folder / name).write_text(named("python")[name], encoding="utf-8")
    return folder


def test_the_project_is_built_and_runs(project: Path) -> None:
    """With componentize-py's command from the guide; the host's program prints what the guide says."""
    words = shlex.split(blocks("sh")[2])
    assert words[0] == "componentize-py"
    options = dict(pairwise(words))
    assert (options["-d"], options["-o"], words[words.index("-p") :][:4]) == (
        *("wit", "kitchen.wasm"),
        ["-p", ".", "-p", "bindings/guest"],
    )
    sources = project / "sources"
    sources.mkdir()
    for name in ("app.py", "timers.py"):
        shutil.copy(project / name, sources)
    guest = project / "bindings" / "guest"
    component = build(project / "wit", options["-w"], options["componentize"], sources, guest)
    shutil.copy(component, project / "kitchen.wasm")
    assert run(["-W", "error", "host.py"], project) == blocks("text")[0]


def test_the_project_type_checks(project: Path) -> None:
    """Guest and host, with mypy as the guide calls it."""
    path, tool, *words = shlex.split(blocks("sh")[1])
    assert (path, tool, words[0]) == ("MYPYPATH=bindings/guest", "mypy", "--strict")
    run([*CHECK, *words[1:]], project, MYPYPATH="bindings/guest")
    run([*CHECK, "host.py"], project, MYPYPATH=str(ROOT))


def test_the_snippet_for_http_type_checks(tmp_path: Path) -> None:
    """Against the guest package of `wasi:http/proxy`."""
    (tmp_path / "streaming.py").write_text(named("python")["streaming.py"], encoding="utf-8")
    run([*CHECK, "streaming.py"], tmp_path, MYPYPATH=str(TESTS / "generated" / "proxy" / "guest"))


def test_the_figures_are_those_of_the_corpus() -> None:
    """The guide's table names as many worlds as there are."""
    from tests.guest.corpus import find_cases

    count = len(find_cases())
    assert f"| worlds generated | {count}/{count} |" in GUIDE.read_text(encoding="utf-8")
