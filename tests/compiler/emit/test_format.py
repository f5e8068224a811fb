"""Formatted text is what black leaves alone; what black refuses is a bug in witgen and named as such."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.models import HEADER, sample_module
from witgen.compiler.emit.files import GeneratedFile
from witgen.compiler.emit.format import format_file, format_files
from witgen.compiler.emit.render import render_module


def test_long_lines_are_split() -> None:
    """A signature that does not fit is laid out one parameter per line."""
    text = "def f(" + ", ".join(f"parameter_{n}: int" for n in range(8)) + ") -> None: ...\n"
    lines = format_file(GeneratedFile("m.py", text, "t")).text.splitlines()
    assert lines[:2] == ["def f(", "    parameter_0: int,"]
    assert lines[-1] == ") -> None: ..."


def test_what_is_not_python_stays() -> None:
    """`py.typed` and the like are left as rendered."""
    file = GeneratedFile("host/app/py.typed", "# x ( \n", "t")
    assert format_files((file,)) == (file,)


def test_a_failure_names_module_and_template() -> None:
    """Text that black cannot parse is a bug in witgen: no diagnostic, but an error that says where to look."""
    with pytest.raises(RuntimeError, match=r"host/app/m\.py: template python/module\.py\.j2 printed text"):
        format_file(GeneratedFile("host/app/m.py", f"x = ({'a' * 90}\n", "python/module.py.j2"))


def test_black_on_its_defaults_agrees(tmp_path: Path) -> None:
    """A user's `black --check` without configuration has nothing to change."""
    text = format_file(render_module(sample_module(), HEADER, "r")).text
    text += "\n\ndef f(" + ", ".join(f"parameter_{n}: int" for n in range(4)) + ") -> None: ...\n"
    (tmp_path / "m.py").write_text(format_file(GeneratedFile("m.py", text, "t")).text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "black", "--check", "--diff", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert run.returncode == 0, run.stdout
