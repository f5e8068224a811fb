"""What the README and the guides show is what happens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from tests.run.building import ROOT, TESTS, build, wit_folder

README = ROOT / "README.md"
HOST_GUIDE = ROOT / "docs" / "host.md"
GUIDE_OUTPUT = """86400
nothing to search
[]
Visit.books(self): Visit is closed or was given away
['lent', 'one', 'two']
2
running
5
27
34
unreachable
use a new store
b'cba'
[172800, 172800, 172800]
"""


def blocks(document: Path, language: str) -> list[str]:
    """The code blocks of one language, in order."""
    text = document.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("program", "output"),
    [
        pytest.param(blocks(README, "python")[0], "refused: Failure_Empty()\n['Sea']\n", id="README"),
        pytest.param("\n\n".join(blocks(HOST_GUIDE, "python")), GUIDE_OUTPUT, id="host guide"),
    ],
)
def test_examples_run_and_type_check(program: str, output: str, tmp_path: Path) -> None:
    """The Python blocks, with a real component, print what they say; mypy has no complaint."""
    generated = TESTS / "generated" / "library"
    case = TESTS / "run" / "library"
    wit = wit_folder(case, ("clocks", "io"), tmp_path / "wit")
    component = build(wit, "library", "handler", case / "guest", generated / "guest")
    shutil.copy(component, tmp_path / "library.wasm")
    shutil.copytree(generated / "host", tmp_path / "bindings" / "host")
    shutil.copytree(TESTS / "generated" / "pipeline" / "host", tmp_path / "bindings" / "host", dirs_exist_ok=True)
    for name in ("source", "sink"):
        text = (TESTS / "run" / "pipeline" / f"{name}.wat").read_text("utf-8")
        (tmp_path / f"{name}.wasm").write_bytes(wat2wasm(text))
    (tmp_path / "example.py").write_text(program, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MYPYPATH": str(ROOT)}
    for command, expected in (
        (["-W", "error", "example.py"], output),
        (["-m", "mypy", "--strict", "--cache-dir=/dev/null", "--config-file=", "example.py"], None),
    ):
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert expected is None or done.stdout == expected


def test_the_two_commands_stand_first() -> None:
    """The README opens with the main job and the tests, each one line to paste."""
    main_job, tests = blocks(README, "sh")[:2]
    assert main_job.count("\n") == tests.count("\n") == 1
    assert "witgen wit/ --world proxy --verify" in main_job
    assert tests.rstrip().endswith("-m pytest")
