"""Finds and reads the input: a file, or a directory with its `deps/`. Does not parse (WIT: packages).

A file is WIT text, or a binary: a component or an encoded package, in the binary format (`.wasm`, or whatever begins as
that does) or as component text (`.wat`). What a binary says becomes WIT text too, in `witgen.compiler.load.binaries`.

Paths are kept as the user wrote them, with what was found below appended. Everything is sorted by file name, so that the
order in which the system lists a folder does not matter. What is wrong with one file (unreadable, not UTF-8, not
supported) is kept with that file: the reference parser's order of errors is over files, and `resolve` reports in it.
Only a path that leads to nothing at all is reported at once.
"""

from __future__ import annotations

import os
from enum import Enum

from ...dataclass import dataclass
from ...text import reason_of
from ..diagnostics import Diagnostic, Diagnostics, Label, Source, Span, codes
from .files import read_whole

_BINARY_SUFFIXES = (".wasm", ".wat")
_MAGIC = b"\0asm"


class Origin(Enum):
    """Where the text of a group is from."""

    WRITTEN = "a user wrote it"
    DECODED = "a binary defines it: its gates were judged when it was made"
    MENTIONED = "binaries mention it and contain only the parts they need: the complete package takes precedence"


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file: its text, or the bytes of a binary, or the findings that say why there is none of them."""

    path: str
    source: Source | None
    findings: tuple[Diagnostic, ...] = ()
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class InputGroup:
    """The files that form one package, in order; `findings` are about the group as such."""

    path: str
    files: tuple[InputFile, ...]
    findings: tuple[Diagnostic, ...] = ()
    origin: Origin = Origin.WRITTEN


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was found: the group that was asked for, and those in `deps/`, sorted by file name."""

    root: InputGroup
    dependencies: tuple[InputGroup, ...]

    @property
    def has_binaries(self) -> bool:
        """Whether anything is to be decoded."""
        return any(file.data is not None for group in (self.root, *self.dependencies) for file in group.files)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every text that was read, the root's first."""
        groups = (self.root, *self.dependencies)
        return tuple(file.source for group in groups for file in group.files if file.source is not None)


def find_inputs(path: str, diagnostics: Diagnostics) -> Inputs:
    """Find and read what `path` leads to.

    Raises:
        WitError: `path` does not exist or cannot be looked into, or is a directory without a `.wit` file.
    """
    found = Inputs(InputGroup(path, ()), ())
    try:
        if not os.path.exists(path):
            raise FileNotFoundError
        found = _find_directory(path) if os.path.isdir(path) else Inputs(_lone_file(path), ())
    except (FileNotFoundError, ValueError):  # ValueError: a NUL in the path
        shown = path.replace("\0", "\\0")
        diagnostics.error(codes.NO_SUCH_PATH, f"there is no file or directory `{shown}`", help=no_stream(path))
    except OSError as problem:
        diagnostics.error(codes.UNREADABLE_FILE, f"cannot read `{path}`: {reason_of(problem)}")
    for finding in found.root.findings:
        diagnostics.add(finding)
    diagnostics.stop_on_errors()
    return found


def no_stream(path: str) -> tuple[str, ...]:
    """The help for a path that is not there, if it was meant as standard input."""
    return ("standard input is not read here: `-` stands for a file of that name",) if path == "-" else ()


def _find_directory(path: str) -> Inputs:
    folder = os.path.join(path, "deps")
    dependencies: list[InputGroup] = []
    if os.path.isdir(folder):
        for name in _sorted_names(folder):
            entry = os.path.join(folder, name)
            if os.path.isdir(entry):
                dependencies.append(_group(entry))
            elif name.endswith((".wit", *_BINARY_SUFFIXES)):
                dependencies.append(_lone_file(entry))
    return Inputs(_group(path), tuple(dependencies))


def _group(path: str) -> InputGroup:
    try:
        names = [name for name in _sorted_names(path) if name.endswith(".wit")]
    except OSError as problem:
        finding = Diagnostic(codes.UNREADABLE_FILE, f"cannot read the directory `{path}`: {reason_of(problem)}")
        return InputGroup(path, (), (finding,))
    files = [os.path.join(path, name) for name in names]
    read = tuple(_read(file) for file in files if not os.path.isdir(file))
    if read:
        return InputGroup(path, read)
    binaries = [os.path.join(path, name) for name in _sorted_names(path) if name.endswith(_BINARY_SUFFIXES)]
    finding = Diagnostic(
        codes.NO_WIT_FILES,
        f"the directory `{path}` contains no `.wit` file",
        notes=("folders in it are not searched, except for `deps/` of the package that is asked for",),
        help=(
            (f"a binary stands for a package of its own: give `{binaries[0]}`, or put it into `deps/` itself",)
            if binaries
            else ()
        ),
    )
    return InputGroup(path, (), (finding,))


def _lone_file(path: str) -> InputGroup:
    return InputGroup(path, (_read(path),))


def _read(path: str) -> InputFile:
    try:
        data = read_whole(path)
    except OSError as problem:
        finding = Diagnostic(codes.UNREADABLE_FILE, f"cannot read `{path}`: {reason_of(problem)}")
        return InputFile(path, None, (finding,))
    if path.endswith(_BINARY_SUFFIXES) or data.startswith(_MAGIC):
        return InputFile(path, None, data=data)
    try:
        return InputFile(path, Source(path, data.decode("utf-8")))
    except UnicodeDecodeError as problem:
        source = Source(path, data.decode("utf-8", "replace"))
        at = len(data[: problem.start].decode("utf-8"))
        label = Label(Span(source, at, at + 1), f"the byte 0x{data[problem.start]:02x} does not belong here")
        finding = Diagnostic(codes.UNREADABLE_FILE, f"`{path}` is not encoded in UTF-8", (label,))
        return InputFile(path, None, (finding,))


def _sorted_names(folder: str) -> list[str]:
    return sorted(os.listdir(folder), key=os.fsencode)
