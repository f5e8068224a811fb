"""A package whose `__init__` runs when it is first asked for a name."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module, invalidate_caches
from pathlib import Path
from threading import Barrier
from types import ModuleType

import pytest

from witgen.compiler.syntax.late_package import late_package

INIT = """
import time
from . import counting
from .counting import COUNT
counting.RUNS.append(1)
time.sleep(0.05)
from .heavy import HEAVY
NAME = "late"
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = "witgen_test_late"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text(INIT, "utf-8")
    (folder / "counting.py").write_text("RUNS = []\nCOUNT = 1\n", "utf-8")
    (folder / "light.py").write_text("from .counting import COUNT\n", "utf-8")
    (folder / "heavy.py").write_text("from witgen_test_late.light import COUNT\nHEAVY = True\n", "utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    invalidate_caches()
    yield name
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[module]


def runs(package: str) -> int:
    return len(import_module(f"{package}.counting").RUNS)


def test_modules_come_without_the_init(package: str) -> None:
    late_package(package)
    import_module(f"{package}.light")
    assert runs(package) == 0 and f"{package}.heavy" not in sys.modules


def test_the_init_runs_once_when_a_name_is_asked_for(package: str) -> None:
    late_package(package)
    module = import_module(package)
    light = import_module(f"{package}.light")
    assert module.NAME == "late" and module.HEAVY and module.light is light
    assert type(module) is ModuleType and runs(package) == 1
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'missing'"):
        _ = module.missing


def test_a_name_that_is_not_there_is_no_attribute(package: str) -> None:
    late_package(package)
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'missing'"):
        _ = import_module(package).missing
    assert runs(package) == 1


def test_a_package_that_was_imported_stays_as_it_is(package: str) -> None:
    module = import_module(package)
    late_package(package)
    assert sys.modules[package] is module and runs(package) == 1


def test_an_init_that_fails_fails_for_who_asks_and_is_tried_again(package: str, tmp_path: Path) -> None:
    heavy = tmp_path / package / "heavy.py"
    good = heavy.read_text("utf-8")
    heavy.write_text("raise LookupError('broken')", "utf-8")
    late_package(package)
    with pytest.raises(LookupError, match="broken"):
        _ = import_module(package).NAME
    heavy.write_text(good, "utf-8")
    assert import_module(package).NAME == "late" and runs(package) == 2


def test_threads_wait_for_the_init(package: str) -> None:
    late_package(package)
    module = import_module(package)
    together = Barrier(4)

    def ask(_: int) -> object:
        together.wait()
        return module.NAME, module.HEAVY

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(4))) == [("late", True)] * 4
    assert runs(package) == 1


def test_parsing_imports_the_machine_of_lark_and_lark_is_whole_for_others() -> None:
    """In a process of its own, as the test's has imported lark."""
    program = textwrap.dedent("""
        import sys
        from witgen.api import load_and_resolve
        load_and_resolve(sys.argv[1])
        assert "lark.parsers.lalr_parser_state" in sys.modules
        assert not {"lark.lark", "lark.load_grammar", "lark.parsers.earley"} & set(sys.modules)
        machine = sys.modules["lark.tree"]
        from lark import Lark, Tree, __version__
        import lark
        assert Tree is machine.Tree and lark.Lark is Lark and lark.__all__
        assert Lark('start: "a"', parser="lalr").parse("a").data == "start"
        """)
    wit = Path(__file__).resolve().parents[3] / "wit"
    done = subprocess.run([sys.executable, "-c", program, wit], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
