"""`witgen fmt WIT…`: bring WIT texts into their canonical form."""

from __future__ import annotations

import sys
from typing import BinaryIO

import click

from ..compiler.diagnostics import Diagnostic, Diagnostics, Severity, Source, codes, in_order
from ..text import counted, reason_of
from . import terminal
from .options import error_format_option
from .status import FAULT, OK

_EXAMPLES = """\b
Examples:
  witgen fmt wit/                        every *.wit below the folder, in place
  witgen fmt wit/world.wit --diff        show what would change, write nothing
  witgen fmt wit/ --check                in CI: list the files that would change
  witgen fmt - < old.wit > new.wit       from standard input to standard output

\b
Exit codes: 0 fine; 1 a file has errors, and stays as it was, or --check found
a file to format; 2 wrong usage; 70 a bug in witgen."""

_STANDARD_INPUT = "<stdin>"


@click.command("fmt", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, required=True, metavar="WIT…")
@click.option(
    "--check", "checking", is_flag=True, help="Write nothing; list files to format and exit 1 if there are any."
)
@click.option("--diff", "showing", is_flag=True, help="Write nothing; print what would change as a unified diff.")
@error_format_option
def fmt(paths: tuple[str, ...], checking: bool, showing: bool) -> int:
    """Format WIT files in one canonical form. There is nothing to configure; comments stay where they are.

    WIT is a file, a folder (every `*.wit` below it, `deps/` included) or `-` for standard input. The meaning
    never changes, docs included.
    """
    if "-" in paths and len(paths) > 1:
        raise click.UsageError(
            "`-` is standard input: it cannot be combined with other paths", click.get_current_context()
        )
    found = Diagnostics(limit=sys.maxsize)  # one file's errors do not keep the others from being formatted
    status = _stream(found, checking, showing) if "-" in paths else _paths(paths, found, checking, showing)
    terminal.warnings(in_order(found.found))
    return FAULT if found.has_errors else status


def _paths(paths: tuple[str, ...], found: Diagnostics, checking: bool, showing: bool) -> int:
    from ..api import format_paths, write_formatted

    files = format_paths(paths, found)
    different = [file for file in files if file.differs]
    if showing:
        terminal.say_document("".join(file.diff() for file in different))
    if checking and not showing:
        for file in different:
            terminal.say(file.path)
    if checking or showing:
        return FAULT if checking and different else OK
    for file in different:
        if write_formatted(file, found):
            terminal.say(f"formatted {file.path}")
    terminal.say(f"{counted(len(files), 'file')}, {len(different) or 'none'} formatted")
    return OK


def _stream(found: Diagnostics, checking: bool, showing: bool) -> int:
    from ..api.fmt import format_source

    stdin: object = sys.stdin  # None where it was closed before Python began
    if stdin is None:
        found.add(Diagnostic(codes.UNREADABLE_FILE, "standard input is closed", severity=Severity.ERROR))
        return FAULT
    try:
        source = Source(_STANDARD_INPUT, _standard_input())
    except UnicodeDecodeError:
        found.add(Diagnostic(codes.UNREADABLE_FILE, "standard input is not encoded in UTF-8", severity=Severity.ERROR))
        return FAULT
    except (OSError, ValueError) as problem:  # a terminal that went away; a stream that the caller of `main` closed
        message = f"cannot read standard input: {reason_of(problem)}"
        found.add(Diagnostic(codes.UNREADABLE_FILE, message, severity=Severity.ERROR))
        return FAULT
    formatted = format_source(source, found)
    if formatted is None:
        return FAULT
    if showing:
        terminal.say_document(formatted.diff())
    elif not checking:
        terminal.say_document(formatted.after)
    elif formatted.differs:
        terminal.say(_STANDARD_INPUT)
    return FAULT if checking and formatted.differs else OK


def _standard_input() -> str:
    """All of standard input; of bytes where there are any, since WIT is UTF-8 in every locale.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not UTF-8, or the stream was closed.
    """
    buffer: BinaryIO | None = getattr(sys.stdin, "buffer", None)
    return sys.stdin.read() if buffer is None else buffer.read().decode("utf-8")
