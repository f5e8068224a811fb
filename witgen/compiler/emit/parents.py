"""The `__init__` files above a host package, so that `find_packages()` finds it from the project's folder.

All worlds share them: they name no world, and whoever writes one writes the same bytes. A file of that name that witgen
did not write serves as well and is left alone. The output folder itself is made a package only where it is witgen's own:
`--out src` must not turn `src` into one.
"""

from __future__ import annotations

from pathlib import Path

from .files import Output, owner
from .render import render_file
from .survey import is_cache

OWNER = "witgen"
"""What the header of these files names in the place of a world."""
HOST = "host"
_OWN = frozenset({HOST, "guest", "__init__.py"})
_TEMPLATE = "python/parent.py.j2"


def parents(out: Path, tool: str) -> Output:
    """The files for an output folder that has, or is to have, a host package in `host/`. Reads `out`.

    Raises:
        OSError: `out` cannot be read.
    """
    wanted = {f"{HOST}/__init__.py": "Packages for hosts, one for each world."}
    if _is_own(out):
        wanted["__init__.py"] = "Bindings that witgen generates."
    files = [
        render_file(path, _TEMPLATE, {"tool": tool, "owner": OWNER, "text": text})
        for path, text in wanted.items()
        if _is_free(out / path)
    ]
    return Output(OWNER, tuple(files), ())


def _is_own(out: Path) -> bool:
    """Whether there is nothing in `out` but what witgen writes there, or its own `__init__.py` is."""
    try:
        names = {path.name for path in out.iterdir() if not is_cache(path.name)}
    except (FileNotFoundError, NotADirectoryError):
        return True
    return names <= _OWN or ("__init__.py" in names and _is_free(out / "__init__.py"))


def _is_free(place: Path) -> bool:
    """Whether nothing is in `place`, or a file that witgen wrote."""
    if not place.exists() and not place.is_symlink():
        return True
    return place.is_file() and not place.is_symlink() and owner(place.read_bytes()) == OWNER


__all__ = ["OWNER", "parents"]
