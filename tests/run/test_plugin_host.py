"""`examples/plugin-host`, used as its README says, in a copy."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.run.building import CODE, place

EXAMPLE = ROOT / "examples" / "plugin-host"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "error"}


def run(folder: Path, *words: str, text: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with `words`."""
    variables = {**ENVIRONMENT, **environment}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=folder, env=variables, input=text, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The copy in which the README's one command was run, and what that printed."""
    folder = tmp_path_factory.mktemp("example") / "plugin-host"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("bindings", ".*", "*.wasm", "__pycache__"))
    CODE.mkdir(parents=True, exist_ok=True)
    (folder / ".cache").symlink_to(CODE)
    done = run(folder, "demo.py")
    assert done.returncode == 0, done.stdout + done.stderr
    parts = (
        folder / "wit",
        "plugin",
        "statistics_plugin",
        folder / "sources" / "statistics",
        folder / "bindings/guest",
    )
    shutil.copy(folder / "plugins" / "statistics.wasm", place(*parts))  # docs/plugin.md builds the same one
    return folder, done.stdout


def test_the_demo_prints_what_the_readme_says(demo: tuple[Path, str]) -> None:
    """It generates, builds, lists, runs, and is still there after each hostile plugin."""
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^```sh\n(.*?)```$", readme, re.MULTILINE | re.DOTALL) == ["python demo.py\n"]
    (promised,) = re.findall(r"^```text\n(.*?)```$", readme, re.MULTILINE | re.DOTALL)
    built, _, printed = demo[1].partition("\n\n")
    assert "building plugins/statistics.wasm" in built
    assert printed == promised


def test_a_second_build_does_nothing(demo: tuple[Path, str]) -> None:
    """Bindings and components are up to date."""
    done = run(demo[0], "build_plugins.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("up to date: ") and "building" not in done.stdout


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        (["rot13"], "from standard input", (0, "sebz fgnaqneq vachg\n", "")),
        (["statistics"], "a\0b", (1, "", "Error: statistics refused the text: not a text: it contains a NUL\n")),
        (["hostile-trap"], "x" * 200_000, (1, "", r"Error: hostile-trap was stopped: .+\n")),
        (
            ["statistics", "--stderr", ""],
            None,
            (1, "", r"(?s)Traceback .+ZeroDivisionError: .+Error: statistics was .+"),
        ),
        (["unknown"], None, (2, "", r"(?s).*Error: no plugin 'unknown' in .+; there are: hostile-log, .+\n")),
        (["no-component", ""], None, (1, "", r"Error: no-component.wasm is not a plugin: .+\n")),
        (
            ["other-world", ""],
            None,
            (1, "", r"Error: other-world.wat is not a plugin: .+example:plugins/transformer.+\n"),
        ),
        (["too-big", ""], None, (1, "", r"Error: too-big does not start: .+memory.+\n")),
    ],
)
def test_what_the_user_is_told(
    demo: tuple[Path, str], tmp_path: Path, words: list[str], text: str | None, expected: tuple[int, str, str]
) -> None:
    """Every failure is one message and an exit status; never a traceback of the host's own."""
    plugins = shutil.copytree(demo[0] / "plugins", tmp_path / "plugins")
    (plugins / "no-component.wasm").write_bytes(b"\0asm")
    (plugins / "other-world.wat").write_text("(component)", encoding="utf-8")
    big = (plugins / "hostile-loop.wat").read_text(encoding="utf-8").replace('(memory (export "memory") 2)', BIG)
    (plugins / "too-big.wat").write_text(big, encoding="utf-8")
    done = run(demo[0], "plugin_host.py", "--plugins", str(plugins), "run", *words, text=text)
    status, output, error = expected
    assert (done.returncode, done.stdout) == (status, output), done.stderr
    assert re.fullmatch(error, done.stderr), done.stderr


BIG = '(memory (export "memory") 2000)'


def test_the_example_type_checks(demo: tuple[Path, str]) -> None:
    """Host and guest, in mypy strict and pyright strict."""
    folder = demo[0]
    host = ["build_plugins.py", "demo.py", "plugin_host.py"]
    mypy = ("-m", "mypy", "--strict", "--cache-dir=/dev/null", "--config-file=")
    guest = str(folder / "bindings" / "guest")
    for done in (
        run(folder, *mypy, *host, MYPYPATH=str(ROOT)),
        run(folder, *mypy, "sources/statistics/statistics_plugin.py", MYPYPATH=guest),
    ):
        assert done.returncode == 0, done.stdout + done.stderr
    settings = {"strict": ["."], "include": [*host, "sources"], "extraPaths": [str(ROOT), guest]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = run(folder, "-m", "pyright", "--project", ".", "--pythonpath", sys.executable)
    assert done.returncode == 0, done.stdout + done.stderr
