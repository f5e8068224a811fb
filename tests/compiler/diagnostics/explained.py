"""The examples of the pages that `witgen explain` prints: read from Markdown, put on disk, run."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

_FENCE = re.compile(r"^```([\w-]+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """Files by name, and the words of the command to run on them, without `witgen`; `runs` is false for a picture."""

    files: dict[str, str] = field(default_factory=dict[str, str])
    words: tuple[str, ...] = ()
    runs: bool = True

    def write(self, folder: Path) -> None:
        """Put the files into `folder`."""
        for name, text in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")


def examples(body: str) -> tuple[Example, Example]:
    """The wrong and the right example of a page's text."""
    wrong, right = body.split("\n## Wrong\n")[1].split("\n## Right\n")
    return _read(wrong), _read(right)


def _read(section: str) -> Example:
    files: dict[str, str] = {}
    words: list[str] = []
    for language, name, text in cast("list[tuple[str, str, str]]", _FENCE.findall(section)):
        if language == "console":
            return Example(runs=False)
        if language == "sh":
            tool, *words = shlex.split(text)
            assert tool == "witgen"
        else:
            files[name or "example.wit"] = text
    assert files, section
    target = "example.wit" if "example.wit" in files else "wit"
    return Example(files, tuple(words or ("inspect", target)))


def found(error_output: str) -> list[str]:
    """The codes in a document of `--error-format json`, in its order."""
    document = cast("dict[str, list[dict[str, str]]]", json.loads(error_output))
    return [diagnostic["code"] for diagnostic in document["diagnostics"]]
