"""What checkers refuse because it would fail when it runs: classes that cannot be called, and classes without subclasses."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compiler.bindings.guest.quality import mypy, pyright

pytestmark = pytest.mark.slow

CHECKERS = {"mypy": mypy, "pyright": pyright}
WIT = """
package demo:shops;
interface shop {
  resource ticket { number: func() -> u32; open: static func() -> ticket; }
  resource bag { constructor(size: u32); }
  resource bare;
  super: func();
  %type: func();
  variant outcome { sold(u32), gone }
  buy: func() -> result<ticket, outcome>;
}
world customer { import shop; export run: func() -> u32; }
world both { import shop; export shop; }
"""
GUEST = """
from componentize_py_types import Err, Ok
from wit_world.imports import shop
class Fake(shop.Ticket):
    def __init__(self, number: int) -> None:
        self.given = number
Fake(1)
shop.Bag(1)
shop.Ticket()  # refused
shop.Bare()  # refused
class Sold(shop.Outcome_Sold): ...  # refused
class Gone(shop.Outcome_Gone): ...  # refused
class Failed(Err[int]): ...  # refused
class Done(Ok[int]): ...  # refused
"""
HOST = """
from both.exports import shop
from both.demo.shops import shop as imported
def of(kind: type[shop.Ticket]) -> str:
    return kind.__name__
of(shop.Ticket)
shop.Ticket()  # refused
shop.Bare()  # refused
shop.Bag(1)  # refused
imported.Ticket()  # refused
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Both packages of the world, in `host` and `guest`."""
    folder = tmp_path_factory.mktemp("both")
    (folder / "both.wit").write_text(WIT, encoding="utf-8")
    for side, world in ("host", "both"), ("guest", "customer"):
        command = [sys.executable, "-m", "witgen", "both.wit", "--world", world, "--side", side, "--out", "."]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    (folder / "host" / "__init__.py").unlink()  # the checkers look at `host` as the place of packages
    yield folder


@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize(("side", "program"), [("guest", GUEST), ("host", HOST)])
def test_checkers_refuse(side: str, program: str, checker: str, packages: Path) -> None:
    """Both checkers complain of the marked lines and of no other."""
    (packages / side / "program.py").write_text(program, encoding="utf-8")
    complaints = CHECKERS[checker](packages / side)
    lines = sorted({int(line.split(":")[1]) for line in complaints if line.startswith("program.py:")})
    expected = [n for n, line in enumerate(program.splitlines(), 1) if line.endswith("# refused")]
    assert lines == expected, complaints


def test_a_class_without_constructor_fails_where_it_is_called(packages: Path) -> None:
    """By name, before anything is done with it; the runtime's `__new__` and subclasses work as before."""
    program = """
from wit_world.imports import shop
for cls, name in (shop.Ticket, "ticket"), (shop.Bare, "bare"):
    for given in (), (1,):
        try:
            cls(*given)
        except TypeError as error:
            assert str(error) == f"the resource `{name}` has no constructor", error
        else:
            raise AssertionError(cls)
    assert type(cls.__new__(cls)) is cls
    class Counted:
        def __init__(self, *given, **named):
            self.made = (given, named)
    class Fake(cls, Counted): pass
    assert Fake(1, b=2).made == ((1,), {"b": 2})
    class Plain(cls): pass
    Plain()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=packages / "guest", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_native_test_fails_where_it_is_called(packages: Path) -> None:
    """The application's call is refused there, and not at the method that needs the handle."""
    program = """
import sys, types
import wit_world
from wit_world.imports import shop
from wit_world_native import native
from witgen.testing import Trap
app = types.ModuleType("app")
class WitWorld(wit_world.WitWorld):
    def run(self):
        shop.Ticket()
        raise SystemExit("went on")
app.WitWorld = WitWorld
try:
    with native(app) as guest:
        guest.world.run()
except Trap as error:
    assert "the resource `ticket` has no constructor" in str(error), error
else:
    raise AssertionError
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=packages / "guest", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
