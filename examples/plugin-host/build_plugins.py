"""Generates the bindings, and builds the plugins that are written in Python: `sources/NAME/` becomes `plugins/NAME.wasm`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMPONENTIZE = "import sys; from componentize_py import script; sys.exit(script())"


def generate() -> None:
    """Write `bindings/host`, which `plugin_host.py` uses, and `bindings/guest`, which plugins in Python use."""
    subprocess.run([sys.executable, "-m", "witgen", "wit", "--world", "plugin"], cwd=HERE, check=True)


def is_new(built: Path, sources: Path) -> bool:
    """Whether nothing that a component is made of changed since it was built."""
    if not built.exists():
        return False
    used = [path for folder in (sources, HERE / "wit", HERE / "bindings" / "guest") for path in folder.rglob("*.[pw]*")]
    return all(path.stat().st_mtime <= built.stat().st_mtime for path in used if path.suffix in (".py", ".wit"))


def build(sources: Path) -> None:
    """Build the module `NAME_plugin` of `sources/NAME/` with componentize-py; takes some ten seconds."""
    name = sources.name
    built = HERE / "plugins" / f"{name}.wasm"
    if is_new(built, sources):
        return
    print(f"building plugins/{built.name}", flush=True)
    command = [sys.executable, "-c", COMPONENTIZE, "-d", "wit", "-w", "plugin", "componentize", f"{name}_plugin"]
    command += ["-p", str(sources), "-p", "bindings/guest", "-o", str(built)]
    subprocess.run(command, cwd=HERE, check=True)


def main() -> None:
    """Do both."""
    generate()
    for sources in sorted(path for path in (HERE / "sources").iterdir() if path.is_dir()):
        build(sources)


if __name__ == "__main__":
    main()
