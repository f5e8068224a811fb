"""Files in canonical form: which there are, what they would be, and writing them, each wholly or not at all."""

from __future__ import annotations

import difflib
import os
import stat
import sys
from collections.abc import Iterator, Sequence

from ...atomic import replace_file
from ...dataclass import dataclass
from ...text import reason_of
from ..diagnostics import Diagnostics, Source, WitError, codes
from ..input.inputs import find_inputs
from .source import format_source


@dataclass(frozen=True, slots=True)
class Formatted:
    """One text: what it is and what it is in canonical form."""

    path: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Whether it is not in canonical form."""
        return self.before != self.after

    def diff(self) -> str:
        """The unified diff from the one to the other; empty if they are the same."""
        old, new = (_lines(text) for text in (self.before, self.after))
        return "".join(difflib.unified_diff(old, new, self.path, f"{self.path} (formatted)"))


def format_paths(paths: Sequence[str], diagnostics: Diagnostics) -> tuple[Formatted, ...]:
    """Format each file, and each `*.wit` below each folder; nothing is written.

    Args:
        paths: files, whatever their names, and folders; links to folders and what begins with a dot are left out.
        diagnostics: receives what is wrong with paths and texts.

    Returns:
        The files without errors, each once, in the order of `paths` and within a folder by path.
    """
    found: list[Formatted] = []
    for name in dict.fromkeys(file for path in paths for file in _files(path, diagnostics)):
        source = _read(name, diagnostics)
        formatted = None if source is None else format_one(source, diagnostics)
        if formatted is not None:
            found.append(formatted)
    return tuple(found)


def format_one(source: Source, diagnostics: Diagnostics) -> Formatted | None:
    """Format one text; None if it has errors, which go to `diagnostics`."""
    found = Diagnostics(limit=sys.maxsize)
    text = format_source(source, found)
    for finding in found.found:
        diagnostics.add(finding)
    return None if text is None else Formatted(source.path, source.text, text)


def write_formatted(formatted: Formatted, diagnostics: Diagnostics) -> bool:
    """Replace a file by its canonical form, if it differs: atomically, keeping its mode, and following a symbolic link.

    Returns:
        Whether the file is now in canonical form. If not, `diagnostics` has an error, and the file is as it was.
    """
    if not formatted.differs:
        return True
    try:
        path = os.path.realpath(formatted.path)
        mode = stat.S_IMODE(os.stat(path).st_mode)
        replace_file(path, formatted.after.encode("utf-8"), prefix=".witgen-", mode=mode)
    except OSError as problem:
        reason = reason_of(problem)
        diagnostics.error(codes.OUTPUT_FAILED, f"cannot write `{formatted.path}`: {reason}")
        return False
    return True


def _files(path: str, diagnostics: Diagnostics) -> Iterator[str]:
    if not os.path.isdir(path):
        yield path
        return
    problems: list[OSError] = []
    empty = True
    for folder, folders, names in os.walk(path, onerror=problems.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            # A pipe of such a name would be waited for; a link that leads nowhere is to be reported.
            special = os.path.exists(place := os.path.join(folder, name)) and not os.path.isfile(place)
            if name.endswith(".wit") and not name.startswith(".") and not special:
                empty = False
                yield place
    for problem in problems:
        reason = reason_of(problem)
        diagnostics.error(codes.UNREADABLE_FILE, f"cannot read the directory `{problem.filename}`: {reason}")
    if empty and not problems:
        diagnostics.error(
            codes.NO_WIT_FILES, f"the directory `{path}` contains no `.wit` file, and neither do its subfolders"
        )


def _read(path: str, diagnostics: Diagnostics) -> Source | None:
    try:
        (file,) = find_inputs(path, Diagnostics()).root.files
    except WitError as refused:
        for finding in refused.diagnostics:
            diagnostics.add(finding)
        return None
    for finding in file.findings:
        diagnostics.add(finding)
    if file.source is None and not file.findings:
        diagnostics.error(codes.NOT_SUPPORTED, f"`{path}` is not WIT text: there is nothing to format")
    return file.source


def _lines(text: str) -> list[str]:
    """The lines of a text for a diff, line ends kept; the last says so if it has none."""
    *lines, rest = text.split("\n")
    ended = [f"{line}\n" for line in lines]
    return [*ended, f"{rest}\n\\ No newline at end of file\n"] if rest else ended
