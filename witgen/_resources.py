"""Finds the top-level folders `grammar/` and `templates/`: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable


def folder(name: str) -> Traversable:
    """The folder `name`, as something to read from (a real folder, or one inside a zip file).

    Raises:
        FileNotFoundError: the installation lacks the folder.
    """
    package = files("witgen")
    inside = package / name
    if inside.is_dir():
        return inside
    from pathlib import Path

    beside = Path(__file__).resolve().parent.parent / name
    if beside.is_dir():
        return beside
    raise FileNotFoundError(f"this installation of witgen has no `{name}` folder")


def read_text(name: str, *parts: str) -> str:
    """The text of a file below the folder `name`."""
    return folder(name).joinpath(*parts).read_text(encoding="utf-8")
