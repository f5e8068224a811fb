"""Imports that functions make: a fork waits for them, so that no child waits for a module that nobody is importing."""

from __future__ import annotations

import ast
import os
import threading
import time
from pathlib import Path

import pytest

import witgen.runtime
from witgen.runtime._process.fork import importing

FOLDER = Path(witgen.runtime.__file__).parent
OF_A_PROCESS_OF_ITS_OWN = ("_compiled/child.py", "_compiled/footprint.py")


def _bare(path: Path) -> list[int]:
    """The lines of imports in functions that are not within `with importing:`."""
    found: list[int] = []

    def visit(node: ast.AST, inside: bool, guarded: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom) and inside and not guarded:
                found.append(child.lineno)
            held = isinstance(child, ast.With) and [ast.unparse(item) for item in child.items] == ["importing"]
            visit(child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef), guarded or held)

    visit(ast.parse(path.read_text(encoding="utf-8")), False, False)
    return found


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_every_import_of_a_function_is_one_that_forks_wait_for(path: Path) -> None:
    """But for those of the process that compiles, which has one thread."""
    if path.relative_to(FOLDER).as_posix() not in OF_A_PROCESS_OF_ITS_OWN:
        assert _bare(path) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
def test_a_fork_waits_for_them() -> None:
    """It happens when the import is made, and both processes can import afterwards."""
    began, made = threading.Event(), threading.Event()

    def imports() -> None:
        with importing:
            began.set()
            time.sleep(0.2)
            made.set()

    thread = threading.Thread(target=imports)
    thread.start()
    began.wait()
    child = os.fork()
    if not child:
        with importing:
            os._exit(0 if made.is_set() else 1)
    assert made.is_set()
    assert os.waitpid(child, 0)[1] == 0
    thread.join()
    with importing:
        pass
