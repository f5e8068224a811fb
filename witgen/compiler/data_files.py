"""Finds the top-level folders `grammar/` and `templates/`: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_PACKAGE = Path(__file__).parent.parent


def folder(name: str) -> Traversable:
    """The folder `name`, as something to read from (a real folder, or one inside a zip file).

    Raises:
        FileNotFoundError: the installation lacks the folder.
    """
    for place in (_PACKAGE / name, _PACKAGE.resolve().parent / name):
        if place.is_dir():
            return place
    from importlib.resources import files  # takes ten times as long to import as looking takes

    inside = files("witgen") / name
    if inside.is_dir():
        return inside
    raise FileNotFoundError(f"this installation of witgen has no `{name}` folder")


def read_text(name: str, *parts: str) -> str:
    """The text of a file below the folder `name`."""
    return folder(name).joinpath(*parts).read_text(encoding="utf-8")
