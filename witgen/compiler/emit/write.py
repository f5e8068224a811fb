"""Writing: generated files onto the disk, all or nothing as far as a file system allows.

Every new text is first written below `OUT/.witgen/`, and only when all are there are they renamed into place, so neither
a full disk nor an interrupt leaves half a file. Files that would not change are not touched. What a former run of the
same world left behind is removed at the end; foreign files are never removed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ...atomic import replace_files
from ...dataclass import dataclass
from ...text import counted, reason_of
from ..diagnostics import Diagnostic, Diagnostics, WitError, codes, in_order
from ..diagnostics.report import Severity
from .survey import Survey

STATE_FOLDER = ".witgen"
_ABANDONED_AFTER = 3600.0
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did: numbers of files, and the paths of those removed."""

    created: int
    updated: int
    unchanged: int
    removed: tuple[str, ...]


def judge(out: Path, found: Survey, diagnostics: Diagnostics, *, force: bool) -> None:
    """Add an error for everything that may not be overwritten, and a warning for foreign files beside ours."""
    for path in found.obstacles:
        diagnostics.error(
            codes.OUTPUT_BLOCKED,
            f"`{out / path}` is in the way and is neither a plain file nor a plain folder of the output",
            help=("move it away, or choose another folder with `--out`",),
        )
    if found.foreign and not force:
        diagnostics.error(
            codes.OUTPUT_BLOCKED,
            f"{counted(len(found.foreign), 'file')} in the way {_were(len(found.foreign))} not written by witgen",
            notes=_listed(out, found.foreign),
            help=("choose another folder with `--out`, or overwrite them with `--force`",),
        )
    if found.others and not force:
        worlds = sorted({world for _, world in found.others})
        diagnostics.error(
            codes.OUTPUT_BLOCKED,
            f"the output of a different world, {', '.join(f'`{world}`' for world in worlds)}, has the same name",
            notes=_listed(out, [path for path, _ in found.others]),
            help=("choose another folder with `--out`, or replace it with `--force`",),
        )
    if found.extra:
        count = len(found.extra)
        diagnostics.add(
            Diagnostic(
                codes.OUTPUT_EXTRA,
                f"{counted(count, 'file')} among the generated ones {_were(count)} not written by witgen; left alone",
                notes=_listed(out, found.extra),
                severity=Severity.WARNING,
            )
        )


def write(out: Path, found: Survey) -> Written:
    """Bring `out` to the state that `found` was surveyed against, foreign files in the way included.

    Raises:
        OSError: something cannot be written; every file is then the old one or the new one, never a part.
    """
    todo = [*found.missing, *found.changed]
    if todo:
        stage = _make_stage(out)
        try:
            replace_files(((out / file.path, [file.text.encode("utf-8")]) for file in todo), str(stage / "draft-"))
        finally:
            _remove_tree(stage)
    for path in found.stale:
        (out / path).unlink(missing_ok=True)
    for folder in sorted({parent for path in found.stale for parent in Path(path).parents}, reverse=True):
        _remove_if_empty(out, folder)
    return Written(len(found.missing), len(found.changed), len(found.unchanged), tuple(found.stale))


@contextmanager
def output_failures(action: str, out: Path, diagnostics: Diagnostics) -> Generator[None]:
    """Turn what the system refuses into a diagnostic.

    Raises:
        WitError: it refused something.
    """
    try:
        yield
    except OSError as problem:
        place = problem.filename2 or problem.filename or out
        reason = reason_of(problem)
        diagnostics.error(
            codes.OUTPUT_FAILED,
            f"cannot {action} the output, `{place}`: {reason}",
            help=("choose another folder with `--out`",),
        )
        raise WitError(in_order(diagnostics.found)) from problem


def state_folder(out: Path) -> Path:
    """The folder for witgen's own notes below `out`, made if needed, kept out of version control.

    Raises:
        OSError: it cannot be made, or something else is there.
    """
    folder = out / STATE_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink():
        raise NotADirectoryError(20, "it is a symbolic link", str(folder))
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    return folder


def _make_stage(out: Path) -> Path:
    """A new folder for this run; those of runs that were killed long ago are removed."""
    state = state_folder(out)
    for old in state.glob("stage-*"):
        if time.time() - old.stat().st_mtime > _ABANDONED_AFTER:
            _remove_tree(old)
    stage = state / f"stage-{os.getpid()}-{time.time_ns()}"
    stage.mkdir()
    return stage


def _remove_if_empty(out: Path, folder: Path) -> None:
    """Remove a folder that holds nothing, or nothing but compiled modules."""
    if folder == Path("."):
        return
    place = out / folder
    try:
        names = {entry.name for entry in place.iterdir()}
        if names == {"__pycache__"} and all(p.suffix == ".pyc" for p in (place / "__pycache__").iterdir()):
            _remove_tree(place / "__pycache__")
            names.clear()
        if not names:
            place.rmdir()
    except FileNotFoundError:
        pass


def _remove_tree(folder: Path) -> None:
    import shutil  # slow to import, and an up-to-date run needs only `state_folder` of this module

    shutil.rmtree(folder, ignore_errors=True)


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _listed(out: Path, paths: list[str]) -> tuple[str, ...]:
    shown = [f"`{out / path}`" for path in paths[:_LISTED]]
    return (*shown, f"and {len(paths) - _LISTED} more") if len(paths) > _LISTED else tuple(shown)
