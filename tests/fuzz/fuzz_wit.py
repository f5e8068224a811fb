"""A mutation fuzzer of the front end: every input gives a model or diagnostics, in time.

    python -m tests.fuzz.fuzz_wit [--seconds N] [--seed S] [CORPUS…]

A corpus is a `.wit` file or a folder, searched for packages: a folder with `.wit` files in it, with its `deps/`, is one.
Without a corpus, it is the WIT of this project. A failure (an exception other than `WitError`, an error without a
diagnostic, more than `SLOW` seconds) is reduced to a small input and printed; the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from types import FrameType

from tests.checkout import ROOT
from tests.fuzz.mutate import mutate, tokens
from witgen.compiler.diagnostics import Diagnostics, WitError
from witgen.compiler.diagnostics.human import render
from witgen.compiler.input.parsed import load
from witgen.compiler.model.formats.json import dump_json
from witgen.compiler.model.formats.tree import render_tree
from witgen.compiler.model.resolve.passes import resolve

OWN = (ROOT / "wit", ROOT / "tests")
SLOW = 5.0
LARGEST = 60_000
"""The bytes of the largest file that is mutated: larger ones would be fewer tries, not better ones."""

REDUCING = 60.0


@dataclass(frozen=True, slots=True)
class Case:
    """One input: a file (whose path is then the only one), or a folder with what is below it."""

    name: str
    files: tuple[tuple[str, bytes], ...]
    is_file: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong; `kind` stays the same while the input is reduced."""

    kind: str
    detail: str


class _Slow(BaseException):
    """Raised by the alarm: no handler for ordinary exceptions may swallow it."""


@contextmanager
def _alarm(seconds: float) -> Generator[None]:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise _Slow

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def find_cases(corpus: Iterable[Path]) -> list[Case]:
    """The packages below the given paths, in a fixed order."""
    cases: list[Case] = []
    for path in corpus:
        if path.is_file():
            cases.append(_file_case(path))
            continue
        folders = [path, *sorted(folder for folder in path.rglob("*") if folder.is_dir())]
        for folder in folders:
            texts = sorted(file for file in folder.glob("*.wit") if file.is_file())
            if texts and folder.parent.name != "deps" and folder.name != "deps":
                below = sorted({*texts, *(file for file in (folder / "deps").rglob("*.wit") if file.is_file())})
                files = tuple((file.relative_to(folder).as_posix(), file.read_bytes()) for file in below)
                cases.append(Case(str(folder), files, is_file=False))
                cases += [_file_case(file) for file in texts]
    return cases


def _file_case(path: Path) -> Case:
    return Case(str(path), ((path.name, path.read_bytes()),), is_file=True)


def mutated(random: Random, cases: Sequence[Case]) -> Case:
    """One of the cases with one of its files changed."""
    case = random.choice(cases)
    at = random.randrange(len(case.files))
    path, data = case.files[at]
    other = random.choice(cases)
    changed = mutate(random, data, [data, random.choice(other.files)[1]])[: 2 * LARGEST]
    return replace(case, files=(*case.files[:at], (path, changed), *case.files[at + 1 :]))


def try_case(case: Case, folder: Path) -> Failure | None:
    """Run the front end over a case, written to the empty folder `folder`; None if it behaves."""
    for path, data in case.files:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    try:
        with _alarm(SLOW):
            return _run(str(folder / case.files[0][0] if case.is_file else folder))
    except _Slow as slow:
        return Failure("slow", "".join(traceback.format_tb(slow.__traceback__, limit=12)))
    except Exception as error:  # noqa: BLE001 - a fuzzer reports every exception
        frames = traceback.extract_tb(error.__traceback__)
        return Failure(f"{type(error).__name__} in {frames[-1].name}", "".join(traceback.format_exception(error)))
    finally:
        for path, _ in case.files:
            (folder / path).unlink()


def _run(path: str) -> Failure | None:
    for features in ("all", frozenset[str]()):
        diagnostics = Diagnostics()
        try:
            resolved = resolve(
                load(path, diagnostics), "all" if features == "all" else frozenset(), diagnostics
            ).resolved
        except WitError as error:
            text = render(error.diagnostics, color=False)
            if not text.startswith(("error[", "warning[")) or "error[" not in text:
                return Failure("no diagnostic", text)
        else:
            dump_json(resolved)
            render_tree(resolved)
    return None


# Reducing -------------------------------------------------------------------------------------------------------------


def reduced(case: Case, failure: Failure, folder: Path) -> Case:
    """A smaller case that fails in the same way: files, lines, tokens and characters are left out while it does."""
    until = time.monotonic() + REDUCING

    def fails(smaller: Case) -> bool:
        again = try_case(smaller, folder) if smaller.files and time.monotonic() < until else None
        return again is not None and again.kind == failure.kind

    for at in range(len(case.files) - 1, -1, -1):
        without = replace(case, files=case.files[:at] + case.files[at + 1 :])
        if fails(without):
            case = without
    for split in (_lines, tokens, _characters):
        for at in range(len(case.files)):
            parts = _fewer(split(case.files[at][1]), partial(_with_parts, case, at), fails)
            case = _with_parts(case, at, parts)
    return case


def _with_parts(case: Case, at: int, parts: Sequence[bytes]) -> Case:
    path, _ = case.files[at]
    return replace(case, files=(*case.files[:at], (path, b"".join(parts)), *case.files[at + 1 :]))


def _fewer(parts: list[bytes], case_of: Callable[[list[bytes]], Case], fails: Callable[[Case], bool]) -> list[bytes]:
    size = max(len(parts) // 2, 1)
    while parts:
        at = 0
        while at < len(parts):
            fewer = parts[:at] + parts[at + size :]
            if fails(case_of(fewer)):
                parts = fewer
            else:
                at += size
        if size == 1:
            break
        size //= 2
    return parts


def _lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def _characters(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


# The command ----------------------------------------------------------------------------------------------------------


def fuzz(cases: Sequence[Case], seed: int, keep_on: Callable[[int], bool]) -> tuple[int, dict[str, str]]:
    """Try mutations while `keep_on(number of tries)`.

    Returns:
        The number of tries, and for each kind of failure a text that shows it.
    """
    random = Random(seed)
    small = [case for case in cases if all(len(data) <= LARGEST for _, data in case.files)]
    failures: dict[str, str] = {}
    tries = 0
    with tempfile.TemporaryDirectory(prefix="witgen-fuzz-") as scratch:
        folder = Path(scratch)
        for case in cases:
            _note(failures, case, try_case(case, folder), folder)
        while keep_on(tries):
            case = mutated(random, small)
            tries += 1
            _note(failures, case, try_case(case, folder), folder)
    return tries, failures


def _note(failures: dict[str, str], case: Case, failure: Failure | None, folder: Path) -> None:
    if failure is None or failure.kind in failures:
        return
    small = reduced(case, failure, folder)
    shown = "\n".join(f"--- {path}\n{data!r}" for path, data in small.files)
    again = try_case(small, folder) or failure
    failures[failure.kind] = f"{failure.kind}, from {case.name}\n{shown}\n{again.detail}"


def main() -> int:
    """Fuzz for a while; 1 if there are failures."""
    parser = argparse.ArgumentParser(description="Mutates WIT and looks for what is neither a model nor a diagnostic.")
    parser.add_argument("corpus", nargs="*", type=Path, help="files and folders (default: the WIT of this project)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default: 60)")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers (default: 0)")
    arguments = parser.parse_args()
    corpus: list[Path] = arguments.corpus or list(OWN)
    cases = find_cases(corpus)
    if not cases:
        parser.error("there is no `.wit` file in the corpus")
    until = time.monotonic() + float(arguments.seconds)
    tries, failures = fuzz(cases, int(arguments.seed), lambda _tries: time.monotonic() < until)
    for text in failures.values():
        print(text)
    print(f"{len(cases)} cases, {tries} mutations, {len(failures)} kinds of failure")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
