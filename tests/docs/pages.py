"""Runs a page of the documentation: it is a project, whose files, commands and outputs are its code blocks.

* A `wit`, `wat` or `python` block whose first line is a comment that names a file (`// wit/a.wit`, `;; a.wat`,
  `# a.py`) is that file, and so is one after `<!-- file: a.py -->`. Another `python` block goes on where the one before
  it ended.
* The lines of a `sh` block are run in the page's folder, where `witgen`, `python`, `mypy` and `componentize-py` are
  known; a `text` block right after it is what they print.
* A `wit` block that names no file quotes the project's WIT.
* `<!-- project: library -->` begins with the WIT of `tests/run/library`, with its component and host package, or with
  its components in text;
  `<!-- guest: proxy -->` before a `python` block makes it a module for that guest package, checked and imported by
  itself; `<!-- run by: tests/… -->` before one leaves it to that test; `<!-- not run: why -->` before a `sh` block is the only way to leave one out.

Every Python file of the page must have been run, built into a component or imported; mypy --strict reads all of them.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.checkout import ROOT, TESTS
from tests.run.building import CODE, build, wit_folder

ELSEWHERE = {
    "diff.md": "tests/cli/test_diff.py",
    "fmt.md": "tests/cli/test_command_pages.py",
    "inspect.md": "tests/cli/test_command_pages.py",
    "reference-pages.md": "tests/cli/test_command_pages.py",
    "testing-guests.md": "tests/testing/test_guide.py",
    "validate.md": "tests/cli/test_validate.py",
}
"""Pages that are run by another test, which knows more of what they are about."""
PAGES = (ROOT / "README.md", *(page for page in sorted((ROOT / "docs").glob("*.md")) if page.name not in ELSEWHERE))
MYPY = ("-m", "mypy", "--strict", "--config-file=")
_KEEPING_CODE = """
import runpy, sys
from witgen.runtime.generated import Prepared
folder, prepare = sys.argv[1], Prepared.__init__
def prepared(self, engine, component, world, cache=None, *settings):
    prepare(self, engine, component, world, cache or folder, *settings)
Prepared.__init__ = prepared
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs a program as `python FILE` does, but keeps compiled code for the next page: compiling takes most of the time."""
_BLOCK = re.compile(
    r"^<!-- project: (?P<project>\w+) -->$"
    r"|^(?:<!-- (?P<note>[a-z ]+)(?:: (?P<words>[^\n]+))? -->\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_FILE = re.compile(r"(?:#|//|;;) ([\w./-]+\.(?:py|wit|wat))\b")


@dataclass(frozen=True)
class Block:
    """A code block, and the comment before it."""

    language: str
    text: str
    note: str
    words: str

    @property
    def file(self) -> str:
        """The file that it is, or ""."""
        if self.note == "file":
            return self.words
        found = _FILE.match(self.text)
        return found[1] if found else ""


def blocks(page: Path) -> Iterator[Block]:
    """The code blocks of a page, in order; the comment that begins with a project is one in no language."""
    text = page.read_text(encoding="utf-8")
    opened = len(re.findall(r"^[ >]*(?:```|~~~)\w", text, re.MULTILINE))
    assert opened == sum(found["language"] is not None for found in _BLOCK.finditer(text)), f"unread blocks in {page}"
    for found in _BLOCK.finditer(text):
        if found["project"]:
            yield Block("", "", "project", found["project"])
        else:
            yield Block(found["language"], found["text"], found["note"] or "", found["words"] or "")


class Project:
    """What a page makes in its folder."""

    def __init__(self, folder: Path, mypy_cache: Path) -> None:
        self.folder = folder
        self._mypy_cache = mypy_cache
        self._python = ""
        self._used: set[str] = set()
        self._guest: set[str] = set()
        self._checked: set[str] = set()
        self._printed: str | None = None

    def run(self, block: Block) -> None:
        """Do what a block says.

        Raises:
            AssertionError: the outcome is a different one.
        """
        printed, self._printed = self._printed, None
        match block.language:
            case "python" if block.note == "run by":
                assert block.file in (ROOT / block.words).read_text(encoding="utf-8"), block
            case "python" if block.note == "guest":
                self._guest_module(block)
            case "python":
                self._add_python(block)
            case "wit" | "wat":
                self._add(block)
            case "sh" if block.note in ("not run", "tests"):
                pass
            case "sh":
                self._printed = "".join(self._command(shlex.split(line)) for line in block.text.splitlines())
            case "text":
                assert printed is not None, f"no command before the output:\n{block.text}"
                assert printed == block.text, f"printed:\n{printed}\nthe page has:\n{block.text}"
            case "json" | "yaml" | "toml":
                pass
            case "":
                self._begin(block.words)
            case other:
                raise AssertionError(f"a block in {other}")

    def finish(self) -> None:
        """Check what has to hold when all blocks were run.

        Raises:
            AssertionError: it does not hold.
        """
        files = {path.name for path in self.folder.glob("*.py")}
        text = "".join((self.folder / name).read_text(encoding="utf-8") for name in files)
        imported = {name for name in files if re.search(rf"^(?:from|import) {name[:-3]}\b", text, re.MULTILINE)}
        assert not files - self._used - imported, f"never run: {files - self._used - imported}"
        for file in sorted(files - self._checked):
            path = self.folder / "bindings" / "guest" if file in self._guest else ROOT
            self._python_command([*MYPY, f"--cache-dir={self._mypy_cache}", file], MYPYPATH=str(path))

    def _begin(self, case: str) -> None:
        generated, sources = TESTS / "generated" / case, TESTS / "run" / case
        wit = wit_folder(sources / "wit", ("clocks", "io"), self.folder / "wit")
        for text in sources.glob("*.wat"):
            shutil.copy(text, self.folder)
        if not (sources / "guest").exists():
            return
        component = build(wit, case, "handler", sources / "guest", generated / "guest")
        shutil.copy(component, self.folder / f"{case}.wasm")
        shutil.copytree(generated / "host", self.folder / "bindings" / "host")

    def _add(self, block: Block) -> None:
        if not block.file:
            assert block.language == "wit", f"which file is this?\n{block.text}"
            written = " ".join(p.read_text(encoding="utf-8") for p in sorted(self.folder.glob("wit/*.wit")))
            assert " ".join(block.text.split()) in " ".join(written.split()), f"not in the WIT:\n{block.text}"
            return
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def _add_python(self, block: Block) -> None:
        self._python = block.file or self._python
        assert self._python, f"which file is this?\n{block.text}"
        self._used.discard(self._python)
        mode = "w" if block.file else "a"
        with (self.folder / self._python).open(mode, encoding="utf-8") as file:
            file.write(block.text if block.file else f"\n\n{block.text}")

    def _guest_module(self, block: Block) -> None:
        alone = self.folder / "guest" / block.words
        alone.mkdir(parents=True)
        (alone / "module.py").write_text(block.text, encoding="utf-8")
        guest = TESTS / "generated" / block.words / "guest"
        check = [*MYPY, f"--cache-dir={self._mypy_cache}", str(alone / "module.py")]
        self._python_command(check, MYPYPATH=str(guest))
        self._python_command(["-W", "error", str(alone / "module.py")], PYTHONPATH=str(guest))

    def _command(self, words: list[str]) -> str:
        environment: dict[str, str] = {}
        while re.fullmatch(r"[A-Z]+=.*", words[0]):
            name, _, value = words.pop(0).partition("=")
            environment[name] = value
        match words:
            case ["witgen", *options]:
                self._packages()
                self._python_command(["-m", "witgen", *options], **environment)
                return ""
            case ["python", file, *options]:
                self._used.add(file)
                return self._python_command(
                    ["-W", "error", "-c", _KEEPING_CODE, str(CODE), file, *options], **environment
                )
            case ["mypy", "--strict", *files]:
                self._checked.update(files)
                self._python_command([*MYPY, f"--cache-dir={self._mypy_cache}", *files], **environment)
                return ""
            case ["componentize-py", *options]:
                self._componentize(options)
                return ""
            case _:
                raise AssertionError(f"a command that the pages do not know: {shlex.join(words)}")

    def _packages(self) -> None:
        """Lay out the packages of WASI that the WIT mentions, as the page says is to be done."""
        text = "".join(path.read_text(encoding="utf-8") for path in self.folder.glob("wit/*.wit"))
        wanted = [package for package in ("io", "clocks") if "wasi:clocks" in text or f"wasi:{package}" in text]
        for package in wanted:
            deps = self.folder / "wit" / "deps" / package
            shutil.copytree(ROOT / "wit" / "deps" / package, deps, dirs_exist_ok=True)

    def _componentize(self, words: list[str]) -> None:
        """Build what stands in the folder so far; the result of the same build before is taken."""
        options = dict(pairwise(words))
        app = options["componentize"]
        expected = ["-d", "wit", "-w", options["-w"], "componentize", app, "-p", ".", "-p", "bindings/guest"]
        assert words == [*expected, "-o", options["-o"]]
        sources = self.folder / "sources"
        shutil.copytree(self.folder, sources, ignore=lambda folder, names: [n for n in names if not n.endswith(".py")])
        self._guest = {path.name for path in sources.glob("*.py")}
        self._used |= self._guest
        guest = self.folder / "bindings" / "guest"
        shutil.copy(build(self.folder / "wit", options["-w"], app, sources, guest), self.folder / options["-o"])

    def _python_command(self, words: list[str], **environment: str) -> str:
        settings = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
        variables = {**os.environ, **settings, **environment}
        command = [sys.executable, *words]
        done = subprocess.run(command, cwd=self.folder, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
