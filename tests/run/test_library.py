"""A component built by componentize-py against the generated guest package, driven through the generated host package.

The host package is the golden one under `tests/generated/library`, so the code below is type-checked as a user's would
be; `tests/compiler/bindings/test_generated.py` proves that it is what the generator writes today.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.checkout import TESTS
from tests.generated.library.host.library import Err, Library, LibraryPre, Ok, Some, archive, clocks_wall_clock, types
from tests.generated.library.host.library.exports import handler
from tests.run.building import CODE, build, wit_folder
from witgen.runtime import Engine, Store, StoreSpentError, Trap, engine

CASE = TESTS / "run" / "library"
BOOKS = {
    "Sea": types.Book("Sea", 321, ["water", "salt"], types.Genre.FICTION, types.Rights.LEND, (210, 148)),
    "Sky": types.Book("Sky", 99, [], types.Genre.SCIENCE, types.Rights.LEND | types.Rights.SELL, None),
    "Öl ☃": types.Book("Öl ☃", 2**32 - 1, ["ü"], types.Genre.NONE, types.Rights(0), (0, 65535)),
}


class MyLedger(archive.Ledger):
    """A ledger that remembers which ones were dropped."""

    kept: dict[str, MyLedger] = {}  # noqa: RUF012 - shared on purpose: what `open` finds
    dropped: list[str] = []  # noqa: RUF012

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: list[str] = []

    def note(self, entry: str) -> int:
        if entry == "boom":
            raise ZeroDivisionError("my own mistake")
        self.lines.append(entry)
        return len(self.lines)

    def entries(self) -> list[str]:
        return self.lines

    @classmethod
    def open(cls, name: str) -> MyLedger:
        if name not in cls.kept:
            raise Err(types.Failure_NotFound(name))
        return cls.kept[name]

    def __exit__(self, *exc: object) -> None:
        self.dropped.append(self.name)


class MyArchive(archive.Archive[MyLedger]):
    """The imported interface."""

    Ledger = MyLedger

    def __init__(self) -> None:
        self.filed: list[MyLedger] = []

    def find(self, title: str) -> types.Book | None:
        return BOOKS.get(title)

    def file_away(self, ledger: MyLedger) -> int:
        self.filed.append(ledger)
        return len(ledger.lines)


class Run:
    """One instance with what it reported."""

    def __init__(self, wasm: Engine, prepared: LibraryPre) -> None:
        self.reports: list[str] = []
        self.archive = MyArchive()
        self.store = Store(wasm)
        self.app: Library = prepared.instantiate(self.store, archive=self.archive, report=self.reports.append)


@pytest.fixture(scope="module")
def wasm() -> Engine:
    """One engine for all instances."""
    return engine()


@pytest.fixture(scope="module")
def prepared(wasm: Engine, tmp_path_factory: pytest.TempPathFactory) -> LibraryPre:
    """The component, built and prepared once."""
    folder = tmp_path_factory.mktemp("library")
    wit = wit_folder(CASE / "wit", ("clocks", "io"), folder / "wit")
    component = build(wit, "library", "handler", CASE / "guest", TESTS / "generated" / "library" / "guest")
    return Library.prepare(wasm, component, cache=CODE)


@pytest.fixture
def run(wasm: Engine, prepared: LibraryPre) -> Iterator[Run]:
    """A fresh instance."""
    MyLedger.kept.clear()
    MyLedger.dropped.clear()
    made = Run(wasm, prepared)
    yield made
    made.app.close()


def test_records_flags_enums_and_tuples_go_in(run: Run) -> None:
    """A record with every kind of field arrives whole."""
    assert run.app.handler.describe(BOOKS["Sea"]) == "Sea (321) [water/salt] FICTION LEND 210x148"
    assert run.app.handler.describe(BOOKS["Öl ☃"]) == "Öl ☃ (4294967295) [ü] NONE  0x65535"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        (types.Query_All(), ["Sea", "Sky", "Öl ☃"]),
        (types.Query_Titled("Sky"), ["Sky"]),
        (types.Query_LongerThan(300), ["Sea", "Öl ☃"]),
        (types.Query_Like(BOOKS["Sea"]), ["Sea"]),
    ],
)
def test_variants_go_in_and_records_come_back(run: Run, query: types.Query, titles: list[str]) -> None:
    """Each case of a variant is told apart, and the books come back equal; the world's import is called."""
    books = list(BOOKS.values())
    assert run.app.handler.search(books, query) == [BOOKS[title] for title in titles]
    assert run.reports == ["searching 3 books"]


def test_a_result_is_raised_with_its_payload(run: Run) -> None:
    """An error comes out as the error class of its type."""
    with pytest.raises(types.FailureErr) as caught:
        run.app.handler.search([], types.Query_All())
    assert caught.value.value == types.Failure_Empty()
    assert run.app.handler.longest([]) is None  # the store goes on


def test_results_and_nested_options_as_values(run: Run) -> None:
    """A result inside a list is a value; a present none differs from an absent one."""
    outcomes = run.app.handler.outcomes(["Sea", "Moon"])
    assert outcomes == [Ok(BOOKS["Sea"]), Err(types.Failure_NotFound("Moon"))]
    assert [run.app.handler.mark(v) for v in (None, Some(None), Some(7))] == [None, Some(None), Some(7)]


def test_bytes_and_numbers(run: Run) -> None:
    """Bytes come from any buffer; a world-level function returns or raises."""
    assert run.app.handler.reverse(memoryview(b"\x00\xffab")) == b"ba\xff\x00"
    assert run.app.scale(1.5, -2, 10) == -3.0
    with pytest.raises(Err) as caught:
        run.app.scale(100.0, 100, 5)
    assert caught.value.value == "10000.0 is over 5"


def test_a_resource_of_the_component(run: Run) -> None:
    """An exported resource: constructor, methods, a static that uses one up, and what is refused afterwards."""
    with run.app.handler.Visit("ann") as ann, run.app.handler.Visit("bob") as bob:
        assert isinstance(ann, handler.Visit)
        assert ann.take("Sea") == 1
        assert bob.take("Sky") == 1
        with pytest.raises(types.FailureErr):
            bob.take("Moon")
        with run.app.handler.Visit.join(ann, bob) as both:
            assert both.books() == [BOOKS["Sea"], BOOKS["Sky"]]
            with pytest.raises(ValueError, match="closed or was given away"):
                ann.books()
        assert bob.books() == [BOOKS["Sky"]]
    with pytest.raises(ValueError, match="closed or was given away"):
        bob.books()


def test_a_resource_of_the_host(run: Run) -> None:
    """An imported resource: lent, made by the component, opened, given away, passed through, dropped."""
    ledger = MyLedger("lent")
    assert run.app.handler.write_down(ledger, ["a", "b"]) == ["a", "b"]
    assert MyLedger.dropped == []  # a borrow is no drop
    assert run.app.handler.keep("new", ["x"]) == 1
    assert [filed.name for filed in run.archive.filed] == ["new"]
    with pytest.raises(types.FailureErr) as caught:
        run.app.handler.keep("old one", [])
    assert caught.value.value == types.Failure_NotFound("old one")
    MyLedger.kept["old one"] = ledger
    assert run.app.handler.keep("old one", ["c"]) == 3
    assert run.app.handler.pass_on(ledger) is ledger


def test_native_wasi_is_really_used(run: Run) -> None:
    """The clock of the component is the native one, although nothing was granted."""
    assert abs(run.app.handler.today() - time.time()) < 60


def test_an_override_of_wasi_is_what_runs(wasm: Engine, prepared: LibraryPre) -> None:
    """An implementation given for a WASI interface replaces the native one."""

    class Clock:
        def now(self) -> clocks_wall_clock.Datetime:
            return clocks_wall_clock.Datetime(42, 0)

        def resolution(self) -> clocks_wall_clock.Datetime:
            return clocks_wall_clock.Datetime(0, 1)

    app = prepared.instantiate(Store(wasm), archive=MyArchive(), report=lambda message: None, clocks_wall_clock=Clock())
    assert app.handler.today() == 42


def test_wrong_values_are_refused_before_wasm(run: Run) -> None:
    """The message names function, parameter and path; the store stays usable."""
    bad = types.Book("Sea", -1, [], types.Genre.FICTION, types.Rights(0), None)
    with pytest.raises(ValueError, match=r"describe\(book\.pages\): -1 does not fit u32"):
        run.app.handler.describe(bad)
    with pytest.raises(TypeError, match=r"search\(books\)"):
        run.app.handler.search("Sea", types.Query_All())  # type: ignore[arg-type]  # the mistake under test
    assert run.app.handler.describe(BOOKS["Sky"]).startswith("Sky (99)")


def test_an_exception_of_the_host_comes_out_as_itself(run: Run) -> None:
    """The user's own exception, with its traceback; the store is spent and says why."""
    with pytest.raises(ZeroDivisionError, match="my own mistake") as caught:
        run.app.handler.write_down(MyLedger("lent"), ["boom"])
    assert any(entry.name == "note" for entry in caught.traceback)
    with pytest.raises(StoreSpentError, match="my own mistake"):
        run.app.handler.longest([])


def test_an_exception_of_the_guest_is_a_trap(run: Run) -> None:
    """What the guest's interpreter makes of an uncaught exception is a trap; the store refuses from then on."""
    with pytest.raises(Trap) as caught:
        run.app.handler.describe(types.Book("torn", 1, [], types.Genre.NONE, types.Rights(0), None))
    assert caught.value.kind == "unreachable"
    with pytest.raises(StoreSpentError, match="unreachable"):
        run.app.handler.longest([])
