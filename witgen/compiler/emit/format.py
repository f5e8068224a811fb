"""Formatting: rendered text in, the same program in a layout that black leaves alone out.

`layout` lays out what templates print. Black does it where `layout` does not know the form of a statement, in process
and with one fixed mode: no configuration is read, so the output is the same everywhere. Text that black cannot parse is
a bug in a template or a planner, never in the input: it is raised as a plain error that names both. Nothing else imports
black, and it is imported only where it is needed.
"""

from __future__ import annotations

from .files import GeneratedFile
from .layout import LINE_LENGTH, lay_out


def format_files(files: tuple[GeneratedFile, ...]) -> tuple[GeneratedFile, ...]:
    """The files with their Python text laid out; files that are not Python stay as they are.

    Raises:
        RuntimeError: black refuses the text of a file; the message names the file and its template.
    """
    return tuple(format_file(file) for file in files)


def format_file(file: GeneratedFile) -> GeneratedFile:
    """One file, laid out; raises as `format_files` does."""
    if not file.path.endswith(".py"):
        return file
    text = lay_out(file.text)
    return GeneratedFile(file.path, _by_black(file) if text is None else text, file.template)


def _by_black(file: GeneratedFile) -> str:
    import black
    from black.mode import Mode, TargetVersion
    from black.parsing import InvalidInput

    mode = Mode(
        target_versions={TargetVersion.PY311, TargetVersion.PY312, TargetVersion.PY313},
        line_length=LINE_LENGTH,
        magic_trailing_comma=True,
    )
    try:
        return black.format_str(file.text, mode=mode)
    except InvalidInput as error:
        raise RuntimeError(f"{file.path}: template {file.template} printed text that is not Python: {error}") from error
