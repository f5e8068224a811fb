"""Survey: compares what is to be written with what is on disk, and touches nothing.

Writing (`write`) and `--check` both act on a `Survey`, so they cannot disagree. Three rules:

* A file is *owned* when its header says that witgen wrote it. Everything else is *foreign* and kept unless `--force`.
* Leftovers are looked for only in a target's own folders, never in those of another world.
* Caches are nobody's: names that begin with a dot, `__pycache__` and `*.pyc` are not even looked at.

Below the output folder no symbolic link is followed: a link in the place of a file is foreign, in the place of a folder
it blocks.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...dataclass import dataclass, field
from .files import GeneratedFile, Output, owner, same_world


@dataclass(slots=True)
class Survey:
    """How a folder differs from the files to be written. Paths are relative to the output folder and sorted."""

    unchanged: list[GeneratedFile] = field(default_factory=list[GeneratedFile])
    missing: list[GeneratedFile] = field(default_factory=list[GeneratedFile])
    changed: list[GeneratedFile] = field(default_factory=list[GeneratedFile])
    """On disk with another text, whoever wrote it."""
    stale: list[str] = field(default_factory=list[str])
    """Owned, in a folder of the target, and generated no more."""
    extra: list[str] = field(default_factory=list[str])
    """Foreign, in a folder of the target, and not in the way."""
    foreign: list[str] = field(default_factory=list[str])
    """Foreign, in the place of a file to write (so also in `changed`)."""
    others: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Owned by another world, in a folder or in the place of a file of the target: path and that world's id."""
    obstacles: list[str] = field(default_factory=list[str])
    """In the place of a folder or file, and no regular file: not even `--force` replaces it."""

    @property
    def differs(self) -> bool:
        """Whether `--check` has something to report."""
        return bool(self.missing or self.changed or self.stale or self.extra or self.obstacles)


def survey(out: Path, outputs: tuple[Output, ...]) -> Survey:
    """Compare the folder `out`, which need not exist, with the files of `outputs`.

    Raises:
        OSError: something there cannot be read, or `out` is not a folder.
    """
    found = Survey()
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(20, "it is not a folder", str(out))
    for output in outputs:
        wanted = {file.path for file in output.files}
        assert len(wanted) == len(output.files), "two generated files have one path"
        blocked: set[str] = set()
        for file in output.files:
            obstacle = _obstacle(out, file.path)
            if obstacle is None:
                _compare(out, file, output.world, found)
            elif obstacle not in blocked:
                blocked.add(obstacle)
                found.obstacles.append(obstacle)
        for path in leftovers(out, output.folders, wanted):
            world = _owner_of(out / path)
            if world is None:
                found.extra.append(path)
                continue
            found.stale.append(path)
            if not same_world(world, output.world):
                found.others.append((path, world))
    return found


def leftovers(out: Path, folders: tuple[str, ...], wanted: set[str]) -> list[str]:
    """What `folders` hold beside `wanted` and caches, sorted."""
    return sorted(path for folder in folders for path in _walk(out, folder) if path not in wanted)


def is_cache(name: str) -> bool:
    """Whether a file or folder of that name is ignored everywhere."""
    return name.startswith(".") or name == "__pycache__" or name.endswith(".pyc")


def _walk(out: Path, folder: str) -> Iterator[str]:
    """The files below `folder`; links are not followed and count as files."""
    waiting = [folder]
    while waiting:
        at = waiting.pop()
        if (out / at).is_symlink() or not (out / at).is_dir():
            continue
        with os.scandir(out / at) as entries:
            for entry in entries:
                if is_cache(entry.name):
                    continue
                path = f"{at}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                else:
                    yield path


def _obstacle(out: Path, path: str) -> str | None:
    """The first part of `path` that is in the way and no regular file or (where a folder must be) no folder."""
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        part = "/".join(parts[:count])
        try:
            mode = (out / part).lstat().st_mode
        except FileNotFoundError:
            return None
        if count < len(parts) and not stat.S_ISDIR(mode):
            return part
        if count == len(parts) and not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
            return part
    return None


def _compare(out: Path, file: GeneratedFile, world: str, found: Survey) -> None:
    place = out / file.path
    try:
        if place.is_symlink():
            found.changed.append(file)
            found.foreign.append(file.path)
            return
        data = place.read_bytes()
    except FileNotFoundError:
        found.missing.append(file)
        return
    if data == file.text.encode("utf-8"):
        found.unchanged.append(file)
        return
    found.changed.append(file)
    theirs = owner(data)
    if theirs is None:
        found.foreign.append(file.path)
    elif not same_world(theirs, world):
        found.others.append((file.path, theirs))


def _owner_of(path: Path) -> str | None:
    if path.is_symlink() or not path.is_file():
        return None
    return owner(path.read_bytes())


def beside(out: Path, names: Iterable[str], files: Iterable[GeneratedFile]) -> dict[str, bool]:
    """What is in the folder under these names and is not written now: whether witgen wrote it."""
    others = sorted({name for name in names if (out / name).exists()} - {file.path for file in files})
    return {name: (out / name).is_file() and owner((out / name).read_bytes()) is not None for name in others}
