"""Imports are laid out as ruff's isort wants them, whatever a module imports."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from witgen.compiler.bindings.imports import Imports
from witgen.compiler.emit.format import format_file
from witgen.compiler.emit.pymodel import PyHeader, PyImport, PyImportBlock, PyImportedName, PyModule
from witgen.compiler.emit.render import render_module

HEADER = PyHeader("witgen 0.0.0", "a:b/c", "witgen <WIT>")
MODULES = (
    *("abc", "enum", "types", "typing", "collections.abc", "dataclasses", "contextlib"),
    *("witgen.runtime", "wit_world", "wit_world.types", "wit_world.exports", "poll_loop", "componentize_py_types"),
    *(".", "..", "...", ".types", "._abi", "..types", "...wasi.io_v0_2.streams", "...wasi.io_v0_10.streams"),
    *(".wasi.clocks_v1", ".wasi.clocks_v0_2", ".wasi.clocks_v0_0_12", ".wasi.clocks_v0_0_2", ".Types", ".v05", ".v5"),
    *("...a_namespace_with_a_name.a_package_with_a_long_name_v0_2_0_draft_1.an_interface_with_a_name",),
)
NAMES = (
    *("A", "AB", "Ab", "aB", "ab", "A_1", "B_None_", "b_none", "T", "t", "U8", "u8", "u16", "u64", "U64"),
    *("TYPE_CHECKING", "Protocol", "dataclass", "_private", "_PRIVATE", "_Private", "__version__", "Err", "ERR"),
    *(
        "v1",
        "v2",
        "v10",
        "v010",
        "error_code",
        "ErrorCode",
        "ErrorCode_HTTP_1",
        "HTTPError",
        "HttpError",
        "x1y2",
        "x1y10",
    ),
)


def draw(rng: random.Random, modules: tuple[str, ...]) -> Imports:
    """A set of imports of any size, made in any order."""
    imports = Imports()
    for module in rng.sample(modules, rng.randrange(1, len(modules))):
        if not module.startswith(".") and rng.random() < 0.3:
            imports.module(module)
        for name in rng.sample(NAMES, rng.choice((0, 1, 1, 2, 3, 12))):
            imports.name(module, name, rng.choice(("", "", "", f"_{name}", "_other", "rather_long_name_of_an_alias")))
    return imports


def test_rendered_imports_satisfy_ruff(tmp_path: Path) -> None:
    """A hundred drawn import sets, at module level and under TYPE_CHECKING, leave ruff nothing to sort."""
    typing = PyImportBlock((PyImport("typing", (PyImportedName("TYPE_CHECKING"),)),))
    for seed in range(100):
        rng = random.Random(seed)
        module = PyModule(
            path=f"m{seed}.py",
            docstring="",
            imports=draw(rng, MODULES).blocks() if rng.random() < 0.9 else (typing,),
            checking_imports=draw(rng, MODULES).blocks() if rng.random() < 0.5 else (),
            exported=("a",) if rng.random() < 0.5 else (),
        )
        file = format_file(render_module(module, HEADER, "x"))
        (tmp_path / module.path).write_text(file.text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "I", "--diff", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_name_is_known_by_its_alias() -> None:
    """Asking for a name returns the text to use for it."""
    imports = Imports()
    assert imports.name("..types", "Level") == "Level"
    assert imports.name("..types", "Level", "_Level") == "_Level"
    assert imports.name("..types", "Level", "Level") == "Level"
    assert imports.module("enum") == "enum"
    assert [len(block.imports) for block in imports.blocks()] == [1, 2]
