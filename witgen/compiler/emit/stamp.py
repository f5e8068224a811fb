"""Stamps: they show a run, without reading WIT, that the output is up to date.

A stamp lies in `OUT/.witgen/` and ties a hash of all that goes into the text (input files, options, this tool and what
it formats with) to hashes of the files that came out. A later run with the same options is up to date if both still
hold. The stamp also keeps what a later run repeats: warnings, and what was verified with which wasmtime. A stamp that is missing, damaged or from another tool only means a full run; nothing depends on it.

This module is on the fast path: it imports nothing that is slow to import.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from ... import __version__
from ...atomic import replace_file
from ...dataclass import dataclass
from .survey import leftovers
from .write import STATE_FOLDER, state_folder

_FORMAT = 2
_SHAPING = re.compile(r"(black|jinja2|lark|markupsafe)-.*\.dist-info", re.IGNORECASE)
_WASMTIME = re.compile(r"wasmtime-(.*)\.dist-info", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a run did. `files` maps paths below the output folder to hashes of their bytes."""

    inputs: str
    """From `hash_inputs`."""
    wit: str
    """The input as the user wrote it, where `warnings` mention it; else empty."""
    world: str
    folders: tuple[str, ...]
    files: dict[str, str]
    warnings: dict[str, str]
    """The warnings of the run, rendered in each format; empty if there were none."""
    verified: str
    """The version of wasmtime that the host package was linked on; empty if it was not."""


def hash_inputs(parts: Iterable[str]) -> str:
    """A hash over `parts` (options, names and texts of the input files, in a fixed order) and over the tool itself."""
    digest = hashlib.sha256()
    for piece in (*(part.encode("utf-8", "surrogatepass") for part in parts), *_tool()):
        digest.update(b"%d:" % len(piece))
        digest.update(piece)
    return digest.hexdigest()


def read_stamp(out: Path, options: Iterable[str]) -> Stamp | None:
    """The stamp of the last run with `options`; None if there is none or it cannot be made out."""
    try:
        data: object = json.loads(_place(out / STATE_FOLDER, options).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return _decode(data)


def write_stamp(out: Path, options: Iterable[str], stamp: Stamp) -> None:
    """Keep `stamp` for a later run with `options`. Failing to is not an error: the later run is then a full one."""
    try:
        place = _place(state_folder(out), options)
        kept = {name: getattr(stamp, name) for name in Stamp.__match_args__}
        text = json.dumps({"format": _FORMAT, **kept}, indent=1) + "\n"
        replace_file(place, text.encode("utf-8"), prefix=f"{place.stem}.")
    except OSError:
        pass


def still_holds(stamp: Stamp, out: Path, inputs: str, wit: str) -> bool:
    """Whether `stamp` was made from `inputs` and what it wrote is there unchanged, with nothing beside it."""
    if stamp.inputs != inputs or stamp.wit not in ("", wit):
        return False
    try:
        return all(
            not (out / path).is_symlink() and hash_bytes((out / path).read_bytes()) == digest
            for path, digest in stamp.files.items()
        ) and not leftovers(out, stamp.folders, set(stamp.files))
    except OSError:
        return False


def hash_bytes(data: bytes) -> str:
    """The hash that stamps keep of a file."""
    return hashlib.sha256(data).hexdigest()


def installed_wasmtime() -> str:
    """The version of the installed wasmtime, without importing it; empty if it cannot be seen."""
    return next((match[1] for name in _distributions() if (match := _WASMTIME.fullmatch(name))), "")


def _tool() -> Iterator[bytes]:
    """All that makes the text besides the input: this tool's own files, and the versions of what it works with.

    The files are known by size and time, because reading them all would take longer than the rest of the run.
    """
    yield f"witgen {__version__} Python {sys.version_info[0]}.{sys.version_info[1]}".encode()
    yield "\n".join(sorted(name.lower() for name in _distributions() if _SHAPING.fullmatch(name))).encode()
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    beside = os.path.dirname(package)
    for folder in (package, os.path.join(beside, "grammar"), os.path.join(beside, "templates")):
        yield from sorted(file_states(folder, os.path.basename(folder)))


def file_states(folder: str, name: str) -> Iterator[bytes]:
    """Name, size and time of the files below `folder` that make the text."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return  # no such folder here: the other place has it
    for entry in entries:
        if entry.name.endswith((".py", ".lark", ".j2")):
            state = entry.stat()
            yield os.fsencode(f"{name}/{entry.name} {state.st_size} {state.st_mtime_ns}")
        elif entry.name != "__pycache__" and entry.is_dir():
            yield from file_states(entry.path, f"{name}/{entry.name}")


def _distributions() -> Iterator[str]:
    for folder in sys.path:
        try:
            yield from (name for name in os.listdir(folder or ".") if name.endswith(".dist-info"))
        except OSError:
            continue


def _place(folder: Path, options: Iterable[str]) -> Path:
    return folder / f"stamp-{hash_bytes(json.dumps(list(options)).encode())[:16]}.json"


def _decode(data: object) -> Stamp | None:
    """Stamps are data from outside: every part is looked at before it is believed."""
    if not isinstance(data, dict):
        return None
    parts = cast("dict[object, object]", data)
    texts = [parts.get(name) for name in ("inputs", "wit", "world", "verified")]
    hashes, warnings, folders = _texts(parts.get("files")), _texts(parts.get("warnings")), parts.get("folders")
    if parts.get("format") != _FORMAT or not hashes or warnings is None or not isinstance(folders, list):
        return None
    names = [name for name in cast("list[object]", folders) if isinstance(name, str)]
    strings = [text for text in texts if isinstance(text, str)]
    if len(strings) != len(texts) or len(names) != len(cast("list[object]", folders)):
        return None
    inputs, wit, world, verified = strings
    return Stamp(inputs, wit, world, tuple(names), hashes, warnings, verified)


def _texts(data: object) -> dict[str, str] | None:
    if not isinstance(data, dict):
        return None
    parts = cast("dict[object, object]", data)
    texts = {k: v for k, v in parts.items() if isinstance(k, str) and isinstance(v, str)}
    return texts if len(texts) == len(parts) else None
