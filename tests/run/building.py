"""Builds guests of the run-it tests into components with componentize-py, each once per content.

A build takes some ten seconds, so its result is kept in `.witgen-cache/` under the hash of everything that goes in: the
WIT, the guest's sources, the generated guest package, and componentize-py's version.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from tests.checkout import ROOT

CACHE = ROOT / ".witgen-cache" / "components"
CODE = ROOT / ".witgen-cache" / "compiled"
"""Where programs that tests start in other processes may keep compiled code."""


def wit_folder(own: Path, deps: Iterable[str], into: Path) -> Path:
    """Lay a folder of WIT out in `into`, with packages of the project's `wit/` (`http`) and `wit/deps` in its `deps/`."""
    shutil.copytree(own, into)
    for name in deps:
        if name == "http":
            shutil.copytree(ROOT / "wit", into / "deps" / name, ignore=shutil.ignore_patterns("deps*"))
        else:
            shutil.copytree(ROOT / "wit" / "deps" / name, into / "deps" / name)
    return into


def _content_hash(folders: Iterable[Path], words: Iterable[str]) -> str:
    digest = hashlib.sha256("\0".join(words).encode())
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def place(
    wit: Path,
    world: str,
    app: str,
    sources: Path,
    guest: Path,
    options: Sequence[str] = (),
    own_options: Sequence[str] = (),
) -> Path:
    """Where `build` with the same arguments keeps its result; the folder is there."""
    words = (world, app, version("componentize-py"), *options, *(("componentize", *own_options) if own_options else ()))
    key = _content_hash((wit, sources, guest), words)
    CACHE.mkdir(parents=True, exist_ok=True)
    return CACHE / f"{app}-{key}.wasm"


def build(
    wit: Path,
    world: str,
    app: str,
    sources: Path,
    guest: Path,
    options: Sequence[str] = (),
    own_options: Sequence[str] = (),
) -> Path:
    """Build the application module `app` of `sources` for `world`, with the generated package in `guest`.

    `options` are those that componentize-py takes before its command, `own_options` those of the command `componentize`.

    Returns:
        The component's file.

    Raises:
        AssertionError: componentize-py refused; the message has its output.
    """
    built = place(wit, world, app, sources, guest, options, own_options)
    if built.exists():
        return built
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        fresh = Path(folder) / "component.wasm"
        command = [sys.executable, "-c", "import sys; from componentize_py import script; sys.exit(script())"]
        command += ["-d", str(wit), "-w", world, *options, "componentize", app, "-p", str(sources), "-p", str(guest)]
        command += own_options
        done = subprocess.run([*command, "-o", str(fresh)], capture_output=True, text=True, check=False)
        assert done.returncode == 0 and fresh.exists(), done.stdout + done.stderr
        os.replace(fresh, built)
    return built
