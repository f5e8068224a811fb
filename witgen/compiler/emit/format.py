"""Formatting: rendered text in, the same program in black's layout out, in process and with one fixed mode.

No configuration of the user's is read, so the output is the same everywhere. Text that black cannot parse is a mistake
of ours (a template or a planner), never of the input: it is raised as a plain error that names both. Nothing else
imports black.
"""

from __future__ import annotations

import black
from black.mode import Mode, TargetVersion
from black.parsing import InvalidInput

from .files import GeneratedFile

LINE_LENGTH = 88
MODE = Mode(
    target_versions={TargetVersion.PY311, TargetVersion.PY312, TargetVersion.PY313},
    line_length=LINE_LENGTH,
    magic_trailing_comma=True,
)


def format_files(files: tuple[GeneratedFile, ...]) -> tuple[GeneratedFile, ...]:
    """The files with their Python text laid out by black; files that are not Python stay as they are.

    Raises:
        RuntimeError: black refuses the text of a file; the message names the file and its template.
    """
    return tuple(format_file(file) for file in files)


def format_file(file: GeneratedFile) -> GeneratedFile:
    """One file, laid out; raises as `format_files` does."""
    if not file.path.endswith(".py"):
        return file
    try:
        text = black.format_str(file.text, mode=MODE)
    except InvalidInput as error:
        raise RuntimeError(f"{file.path}: template {file.template} printed text that is not Python: {error}") from error
    return GeneratedFile(file.path, text, file.template)
