"""Loads packages: finds the input, parses every file, keeps what is wrong with a file beside it.

Findings are not reported here, because the reference parser resolves the main package before it parses its
dependencies: `resolve` reports all of them in that order.
"""

from __future__ import annotations

import sys

from ...dataclass import dataclass
from ..diagnostics import Diagnostic, Diagnostics, Source
from ..garbage_collector import paused_collector
from ..syntax.ast import FileDecl
from ..syntax.parser import parse_source
from .inputs import InputFile, InputGroup, Inputs, Origin, find_inputs


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """One file: its AST (None if it could not be read), and what was found wrong with it."""

    path: str
    decl: FileDecl | None
    findings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadedGroup:
    """The files that form one package (and hold its nested packages), in order."""

    path: str
    files: tuple[LoadedFile, ...]
    findings: tuple[Diagnostic, ...] = ()
    origin: Origin = Origin.WRITTEN


@dataclass(frozen=True, slots=True)
class Loaded:
    """The parsed input: the group that was asked for, and those in `deps/`, sorted by file name."""

    root: LoadedGroup
    dependencies: tuple[LoadedGroup, ...] = ()

    @property
    def groups(self) -> tuple[LoadedGroup, ...]:
        """All groups, the root's first."""
        return (self.root, *self.dependencies)


def load(path: str, diagnostics: Diagnostics) -> Loaded:
    """Find, read and parse what `path` leads to: a `.wit` file, or a directory with its `deps/`, without binaries.

    Raises:
        WitError: there is nothing at `path`. Other findings travel in the result; `resolve` reports them.
    """
    return parse_inputs(find_inputs(path, diagnostics))


def parse_inputs(inputs: Inputs) -> Loaded:
    """Parse files that were found, read and (if they are binaries) decoded before."""
    with paused_collector():
        return Loaded(_parse_group(inputs.root), tuple(_parse_group(group) for group in inputs.dependencies))


def load_text(text: str, path: str = "input.wit") -> Loaded:
    """Parse one text that is not a file on disk; `path` names it in diagnostics."""
    return parse_inputs(Inputs(InputGroup(path, (InputFile(path, Source(path, text)),)), ()))


def _parse_group(group: InputGroup) -> LoadedGroup:
    return LoadedGroup(group.path, tuple(_parse_file(file) for file in group.files), group.findings, group.origin)


def _parse_file(file: InputFile) -> LoadedFile:
    assert file.data is None, "binaries are decoded first"
    if file.source is None:
        return LoadedFile(file.path, None, file.findings)
    diagnostics = Diagnostics(limit=sys.maxsize)  # the run's own is counted in `resolve`
    decl = parse_source(file.source, diagnostics)
    return LoadedFile(file.path, decl, (*file.findings, *diagnostics.found))
