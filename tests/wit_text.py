"""Models from WIT text, for tests of what works on models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from witgen.compiler.diagnostics import Diagnostics, WitError
from witgen.compiler.input.parsed import load, load_text
from witgen.compiler.model.resolve.gates import Features
from witgen.compiler.model.resolve.passes import Resolution, resolve
from witgen.compiler.report.validation import read_bytes, read_world
from witgen.component.items import World


def world_of(text: str, name: str) -> World:
    """The world `name` of the package that `text` is.

    Raises:
        WitError: the text has errors.
    """
    return resolve(load_text(text), "all", Diagnostics()).resolved.root.worlds[name]


def resolve_text(text: str, features: Features = frozenset()) -> Resolution:
    """The package that `text` is.

    Raises:
        WitError: the text has errors.
    """
    return resolve(load_text(text), features, Diagnostics())


def findings(text: str, features: Features = frozenset()) -> list[str]:
    """The errors that `text` gives, each as `code line:column`; none: it resolves."""
    try:
        resolve_text(text, features)
    except WitError as refused:
        return places(refused)
    return []


def places(refused: WitError) -> list[str]:
    """The findings of an error, each as `code line:column` (with the path, if that is not `input.wit`)."""
    found: list[str] = []
    for diagnostic in refused.diagnostics:
        place = ""
        if diagnostic.labels:
            span = diagnostic.labels[0].span
            line, column = span.source.position(span.start)
            file = "" if span.source.path == "input.wit" else f"{span.source.path}:"
            place = f" {file}{line}:{column}"
        found.append(diagnostic.code.slug + place)
    return found


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts below `folder`, which may not exist yet."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def component_at(path: Path) -> World:
    """A component's own world.

    Raises:
        WitError: it cannot be read.
    """
    return read_world(str(path), read_bytes(str(path)))


def resolve_path(path: Path | str, features: Features = frozenset()) -> Resolution:
    """The package at a path.

    Raises:
        WitError: it cannot be read.
    """
    diagnostics = Diagnostics()
    return resolve(load(str(path), diagnostics), features, diagnostics)
