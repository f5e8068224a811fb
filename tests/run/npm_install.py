"""Tools of npm for tests that need them: installed once per `package.json`, below `.witgen-cache/`."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.run.building import CACHE

OFFLINE = ("EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ENETUNREACH", "ENOTFOUND", "ETIMEDOUT")
"""What npm says when it cannot reach its registry."""


def install(request: pytest.FixtureRequest, package: Path, unrun: str) -> Path:
    """The folder in which npm installed what `package` asks for.

    Skips without `--full`, and where node, npm or npm's registry is not there, and says that `unrun` was not run.
    """
    if not request.config.getoption("--full"):
        pytest.skip(f"only with --full: {unrun}")
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"no {' and no '.join(missing)} here: {unrun}")
    folder = CACHE.parent / f"npm-{hashlib.sha256(package.read_bytes()).hexdigest()[:32]}"
    if not (folder / "installed").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(package, folder)
        command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode and any(word in done.stderr for word in OFFLINE):
            pytest.skip(f"npm cannot reach its registry: {unrun}")
        assert done.returncode == 0, done.stdout + done.stderr
        (folder / "installed").touch()
    return folder
