"""Implementations written for the host package's Protocols serve natively; the guest is that of `tests/run`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

import pytest

from tests.checkout import TESTS
from tests.generated.library.host import library
from tests.run.test_library import MyArchive, MyLedger
from tests.testing.worlds import Attributes, load, on_path
from witgen import testing
from witgen.testing.host import HostImports
from witgen.testing.wasi import Wasi


@pytest.fixture(scope="module", autouse=True)
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The golden guest package and the guest."""
    folder = tmp_path_factory.mktemp("library")
    shutil.copytree(TESTS / "generated" / "library" / "guest", folder, dirs_exist_ok=True)
    shutil.copytree(TESTS / "run" / "library" / "guest", folder, dirs_exist_ok=True)
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "wit_world"}
    with on_path(folder, {}, {}):
        yield
    sys.modules.update(before)


def enter(archive: MyArchive, reports: list[str]) -> Attributes:
    """The library with its host's own implementations, and the fakes for WASI behind them."""
    imports = HostImports(library, archive=archive, report=reports.append, others=Wasi(today=86_400))
    return load("wit_world_native").native(load("handler"), others=imports)


def test_values_are_converted_by_name() -> None:
    """Records, enums, flags, options, errors and functions of the world, in both directions."""
    types, reports = load("wit_world.imports.types"), list[str]()
    with enter(MyArchive(), reports) as guest:
        found = guest.handler.outcomes(["Sea", "none"])
        assert found[0].value.genre == types.Genre.FICTION
        assert found[0].value.size == (210, 148)
        assert found[1].value == types.Failure_NotFound("none")
        assert guest.handler.search([found[0].value], types.Query_All()) == [found[0].value]
        assert guest.handler.today() == 86_400
    assert reports == ["searching 1 books"]


def test_resources_are_the_hosts_objects() -> None:
    """Made by the guest, given away to the host's function; a static one that fails."""
    archive = MyArchive()
    with enter(archive, []) as guest:
        assert guest.handler.keep("new", ["a", "b"]) == 2
        with pytest.raises(Exception, match="NotFound") as caught:
            guest.handler.keep("old one", [])
        assert type(caught.value).__name__ == "Err"
        assert testing.handles(guest) == []
    (ledger,) = archive.filed
    assert isinstance(ledger, MyLedger)
    assert ledger.entries() == ["a", "b"]


def test_a_keyword_that_is_none_is_told() -> None:
    """With those that are."""
    with pytest.raises(TypeError, match="no import `archives`: archive, clocks_wall_clock, report"):
        HostImports(library, archives=MyArchive())
