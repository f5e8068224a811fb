"""No file in `tests/golden/` is left over: a test reads each of them.

A new folder there needs a line in `READ`, beside the test that reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from tests.cases import files_below, read_group
from tests.checkout import TESTS
from tests.golden import GOLDEN
from tests.test_exports import PUBLIC
from witgen.compiler.diagnostics import CODES
from witgen.compiler.diagnostics.formats import FORMATS


def of_cases(folder: Path) -> Iterable[Path]:
    """What `tests/cases.py` reads: the cases' files that a command or a stub names, and the WIT that the cases share."""
    cases = read_group(folder.name).values()
    words = {word for case in cases for run in case.runs for word in run.command.split()}
    yield from (path for path in folder.glob("*.wit") if path.name in words)
    for case in cases:
        yield from set(files_below(case.folder)) - set(case.unused())


def of_pairs(folder: Path) -> Iterable[Path]:
    """Inputs, which are a WIT file or a folder, and the text of the same name beside each."""
    for path in folder.iterdir():
        if path.suffix != ".txt":
            yield from files_below(path) if path.is_dir() else [path]
            yield path.with_suffix(".txt")


def of_pairs_by_code(folder: Path) -> Iterable[Path]:
    """Pairs in a folder for each code."""
    return (path for code in folder.iterdir() for path in of_pairs(code))


def named(*names: str) -> Callable[[Path], Iterable[Path]]:
    """The files with these names in each folder."""
    return lambda folder: (path for path in files_below(folder) if path.name in names)


def all_below(folder: Path) -> Iterable[Path]:
    """Every file: `golden.check_tree` reports those that are left over, or a test goes over all of them."""
    return files_below(folder)


READ: dict[str, Callable[[Path], Iterable[Path]]] = {
    "diff": of_cases,
    "trial": of_cases,
    "validate": of_cases,
    "invalid": of_pairs_by_code,
    "recovery": of_pairs,
    "explained": named(*(f"{code}.txt" for code in CODES)),
    "exports": named(*(f"{name}.txt" for name in PUBLIC)),
    "formats": named(*(f"{name}.txt" for name in FORMATS)),
    "fmt": named("before.wit", "after.wit"),
    "resolve": lambda folder: (
        path for path in files_below(folder) if path.suffix == ".wit" or path.stem == "expected"
    ),
    "encoded": lambda folder: (path for path in files_below(folder) if path.suffix in (".wasm", ".md")),
    "host": all_below,
    "reference": all_below,
}


def test_every_golden_file_is_read() -> None:
    """A file of a case that was removed, or one with a misspelled name, judges nothing."""
    sources = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    read = {path for path in GOLDEN.iterdir() if f'"{path.name}"' in sources}
    for name, files in READ.items():
        read.update(files(GOLDEN / name))
    assert sorted(set(files_below(GOLDEN)) - read) == []
