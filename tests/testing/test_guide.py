"""What `docs/testing-guests.md` shows is what happens: its project is generated, type-checked, and its tests run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.checkout import ROOT, TESTS
from tests.testing.test_wasi3 import APP, CLI
from tests.testing.worlds import on_path

GUIDE = ROOT / "docs" / "testing-guests.md"
OTHERS = ("tests/test_proxy.py", "tests/test_service.py")
"""Tests of other worlds than the guide's own."""
CHECK = ("-m", "mypy", "--strict", "--cache-dir=/dev/null", "--config-file=")


def files(document: Path = GUIDE) -> dict[str, str]:
    """The blocks of a document that begin with a comment that names a file."""
    text = document.read_text(encoding="utf-8")
    blocks = re.findall(r"^```(?:wit|python|ini)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    named = (block for block in blocks if block.startswith(("#", "//")))
    return {re.split(r"\s", block, maxsplit=2)[1]: block for block in named}


def run(words: list[str], folder: Path, path: str = "") -> str:
    """Run Python with `words`; its output."""
    variables = {**os.environ, "PYTHONPATH": f"{ROOT}", "MYPYPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide's project, generated with its own command."""
    folder = tmp_path_factory.mktemp("shop")
    for package in ("io", "clocks"):
        shutil.copytree(ROOT / "wit" / "deps" / package, folder / "wit" / "deps" / package)
    for name, text in files().items():
        if name not in OTHERS:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    (command,) = re.findall(r"^```sh\nwitgen (.*?)\n```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    run(["-m", "witgen", *shlex.split(command)], folder)
    return folder


def pytest_words(*words: str) -> list[str]:
    """pytest as a user has it, with the plugin also where witgen is not installed with its entry point."""
    installed = entry_points(group="pytest11", name="witgen")
    return ["-m", "pytest", "-q", "-W", "error", *([] if installed else ["-p", "witgen.testing.plugin"]), *words]


def test_the_tests_of_the_guide_pass(project: Path) -> None:
    """All of them, by pytest with the guide's own settings."""
    printed = run(pytest_words(), project)
    assert re.search(r"^10 passed", printed, re.MULTILINE), printed


@pytest.mark.slow
def test_they_type_check(project: Path) -> None:
    """mypy, strict, on application and tests."""
    names = [name for name in files() if name.endswith(".py") and name not in OTHERS]
    run([*CHECK, *names], project, os.pathsep.join(("bindings/guest", "src", "tests", str(ROOT))))


@pytest.mark.slow
def test_the_five_lines_for_a_proxy(tmp_path: Path) -> None:
    """With the guest of `tests/run/proxy`; and what the README shows."""
    for folder in (TESTS / "generated" / "proxy" / "guest", TESTS / "run" / "proxy" / "guest"):
        shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    (tmp_path / "test_proxy.py").write_text(files()["tests/test_proxy.py"], encoding="utf-8")
    (tmp_path / "test_app.py").write_text(files(ROOT / "README.md")["test_app.py"], encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nwitgen_path = .\n", encoding="utf-8")
    assert "2 passed" in run(pytest_words(), tmp_path)
    run([*CHECK, "test_proxy.py", "test_app.py"], tmp_path, str(ROOT))


def test_the_lines_for_a_service(tmp_path: Path) -> None:
    """With the world and the application of `test_wasi3`."""
    with on_path(tmp_path, {"three": CLI}, {"service_app": APP, "test_service": files()["tests/test_service.py"]}):
        pass
    (tmp_path / "pytest.ini").write_text("[pytest]\nwitgen_path = .\n", encoding="utf-8")
    (tmp_path / "wit_world_native.py").write_text("from three_native import native as native\n", encoding="utf-8")
    assert "1 passed" in run(pytest_words(), tmp_path)
