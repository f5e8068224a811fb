"""`--check`: a survey as text, lists first, then one unified diff per changed file. Writes nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from .survey import Survey


def report(out: Path, found: Survey) -> Iterator[str]:
    """The lines (without line ends) that say how `out` differs; none if it does not.

    Raises:
        OSError: a changed file cannot be read any more.
    """
    yield from (f"missing: {out / file.path}" for file in found.missing)
    yield from (f"stale: {out / path}" for path in found.stale)
    yield from (f"extra: {out / path}" for path in found.extra)
    yield from (f"in the way: {out / path}" for path in found.obstacles)
    for file in found.changed:
        place = out / file.path
        if place.is_symlink():
            yield f"in the way: {place}"
            continue
        old = place.read_bytes().decode("utf-8", "backslashreplace")
        yield from difflib.unified_diff(
            _lines(old), _lines(file.text), str(place), f"{place} (as generated)", lineterm=""
        )


def _lines(text: str) -> list[str]:
    """The lines of `text`; text after the last line end is marked, so that a missing one shows."""
    *lines, last = text.split("\n")
    return [*lines, f"{last} (no line end)"] if last else lines
