"""What is printed, where, and how: results on standard output, diagnostics on standard error.

A reader that goes away (`witgen inspect wit | head`) and an encoding that lacks a character are not errors: the rest is
dropped, and the character is spelled out.

Who calls `main` from Python may have replaced the streams of `sys` (a notebook, `contextlib.redirect_stdout`): all that is
asked of them is `write`.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Mapping
from typing import BinaryIO, TextIO, cast

from ..compiler.diagnostics import Diagnostic
from ..compiler.diagnostics.formats import HUMAN
from ..text import reason_of

_lost: list[TextIO] = []
"""Streams that could not take what was printed."""
_gone: list[TextIO] = []
"""Those among them that cannot be led to nowhere: nothing more is written to them."""
_format: list[str] = [HUMAN]
"""The format of diagnostics in this run."""


def prepare() -> None:
    """Make both streams print every character somehow."""
    _lost.clear()
    _gone.clear()
    use_format(HUMAN)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def use_format(format: str) -> None:
    """Print diagnostics in this format (of `diagnostics.formats`) from now on."""
    _format[:] = [format]


def for_people() -> bool:
    """Whether diagnostics are read by people: hints that belong to no diagnostic are for them only."""
    return _format[0] == HUMAN


def say(text: str) -> None:
    """Print a result, and a line end."""
    _print(sys.stdout, f"{text}\n")


def say_document(text: str) -> None:
    """Print a document that other programs read: always UTF-8, whatever the terminal's encoding."""
    stream = cast("TextIO | None", sys.stdout)
    buffer: BinaryIO | None = getattr(stream, "buffer", None)
    if stream is None or buffer is None:  # no encoding is in the way of a stream of text
        _print(stream, text)
        return
    try:
        stream.flush()
        buffer.write(text.encode("utf-8", "backslashreplace"))
        buffer.flush()
    except (OSError, ValueError) as problem:
        _drop(stream, problem)


def complain(text: str) -> None:
    """Print a line or more on standard error; nothing for an empty text."""
    _print(sys.stderr, f"{text}\n" if text else "")


def progress(text: str) -> None:
    """Show what is going on in the last line of a terminal, in the place of what was shown before; "" clears the line."""
    stream = sys.stderr
    if stream is not None and _is_terminal(stream) and for_people():
        from shutil import get_terminal_size

        width = max(20, get_terminal_size().columns - 1)
        _print(stream, f"\r{text[:width]:{width}}\r{text[:width]}")


def diagnostics(found: Iterable[Diagnostic]) -> None:
    """Print findings on standard error, in color where that is wanted. Called once, at the end of a run."""
    if for_people():
        from ..compiler.diagnostics.human import render

        _print(sys.stderr, render(found, color=_wants_color(sys.stderr)))
    else:
        from ..compiler.diagnostics import formats

        _print(sys.stderr, formats.render(tuple(found), _format[0]))


def findings(found: Iterable[Diagnostic]) -> None:
    """Print what was looked for, in a format of diagnostics, on standard output. Called once: one document holds all."""
    from ..compiler.diagnostics import formats

    _print(sys.stdout, formats.render(tuple(found), _format[0]))


def warnings(found: tuple[Diagnostic, ...], repeated: Mapping[str, str] | None = None) -> None:
    """Print the warnings of this run, or those that an earlier run rendered. Called at the end of a run without errors."""
    if repeated:
        _print(sys.stderr, repeated.get(_format[0], ""))
    elif found or not for_people():
        diagnostics(found)


def finish() -> bool:
    """Bring out what is still held back, before the interpreter tries to; False if some of the output was lost."""
    for stream in (sys.stdout, sys.stderr):
        _print(stream, "")
    return not _lost


def _wants_color(stream: TextIO | None) -> bool:
    return stream is not None and _is_terminal(stream) and not os.environ.get("NO_COLOR")


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # it has `write` only, or was closed
        return False


def _print(stream: TextIO | None, text: str) -> None:
    if stream is None or stream in _gone:
        return
    try:
        if text:
            _write(stream, text)
        if hasattr(stream, "flush"):
            stream.flush()
    except (OSError, ValueError) as problem:
        _drop(stream, problem)


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeError:  # a stream that `prepare` could not make print every character
        stream.write(text.encode("ascii", "backslashreplace").decode("ascii"))


def _drop(stream: TextIO, problem: OSError | ValueError) -> None:
    """Discard further output. Reports a full disk and a stream that was closed; ignores a closed pipe."""
    try:
        descriptor = stream.fileno()
    except (AttributeError, OSError, ValueError):
        _gone.append(stream)
    else:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
    if not isinstance(problem, BrokenPipeError):
        _lost.append(stream)
        if stream is not sys.stderr:
            complain(f"error: cannot print the result: {reason_of(problem)}")
