"""Build the sdist and the wheel, install the wheel into an empty environment, and use it away from the checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED_IN_WHEEL = (
    "witgen/py.typed",
    "witgen/component/words/descriptions.py",
    "witgen/component/plain.py",
    "witgen/compiler/diagnostics/pages/unknown-name.md",
    "witgen/grammar/wit.lark",
    "witgen/templates/python/module.py.j2",
    "witgen/templates/python/text.py.j2",
    "witgen/templates/docs/html/page.j2",
)
WANTED_IN_SDIST = (
    "LICENSE",
    "docs/index.md",
    "examples/plugin-host/demo.py",
    "grammar/wit.lark",
    "templates/python/module.py.j2",
    "tests/conftest.py",
    "wit/proxy.wit",
)
LIGHT_RUNTIME = """
import sys
import witgen.runtime
import witgen.testing.wasi
heavy = sorted({"lark", "jinja2", "black", "click"} & set(sys.modules))
assert not heavy, f"the runtime or the native back end loads {heavy}"
"""
REFUSES_A_MISFIT = """
import sys
from bindings.host import proxy
from witgen.runtime import ComponentMismatchError, engine
try:
    proxy.Proxy.prepare(engine(), b"(component)")
except ComponentMismatchError as error:
    assert "export `wasi:http/incoming-handler@0.2.8` is missing" in str(error), error
else:
    sys.exit("a component without exports was taken for a proxy")
heavy = sorted({"lark", "jinja2", "black", "click", "markdown_it", "witgen.compiler.syntax", "witgen.compiler.diagnostics"} & set(sys.modules))
assert not heavy, f"comparing a component loads {heavy}"
"""


def run(*command: str | Path, cwd: Path) -> None:
    """Run a command and stop with its output if it fails."""
    done = subprocess.run([str(c) for c in command], cwd=cwd, text=True, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"failed ({done.returncode}): {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


def main() -> None:
    """Build, look inside, install, use."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        run(sys.executable, "-m", "build", "--outdir", here / "dist", ROOT, cwd=here)
        (wheel,) = (here / "dist").glob("*.whl")
        (sdist,) = (here / "dist").glob("*.tar.gz")
        with zipfile.ZipFile(wheel) as archive:
            missing = sorted(set(WANTED_IN_WHEEL) - set(archive.namelist()))
        assert not missing, f"the wheel lacks {missing}"
        with tarfile.open(sdist) as tar:
            names = {name.partition("/")[2] for name in tar.getnames()}
        missing = sorted(set(WANTED_IN_SDIST) - names)
        assert not missing, f"the sdist lacks {missing}"

        venv.create(here / "env", with_pip=True)
        python = here / "env" / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=here)
        shutil.copytree(ROOT / "wit", here / "wit")
        run(python, "-c", LIGHT_RUNTIME, cwd=here)
        run(here / "env" / "bin" / "witgen", "wit/", "--world", "proxy", "--verify", cwd=here)
        run(here / "env" / "bin" / "witgen", "wit/", "--world", "proxy", "--check", cwd=here)
        run(python, "-c", "from bindings.host import proxy; print(proxy.Proxy)", cwd=here)
        shutil.rmtree(here / "wit")
        run(python, "-c", REFUSES_A_MISFIT, cwd=here)
        print(
            f"{wheel.name} and {sdist.name} are complete; the installed wheel generates, verifies, imports and refuses"
        )


if __name__ == "__main__":
    main()
