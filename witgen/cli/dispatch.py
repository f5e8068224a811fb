"""From arguments to an exit code: finds the command, runs it, and turns whatever happens into one."""

from __future__ import annotations

import io
import os
from contextlib import redirect_stdout

import click

from .. import __version__
from ..compiler.diagnostics import WitError, codes
from ..text import nearest
from . import terminal
from .commands import COMMANDS, DEFAULT, RESERVED
from .status import FAULT, OK, OURS, USAGE


def run(words: list[str]) -> int:
    """Run the command that `words` ask for, report what went wrong if anything did, and return the exit code."""
    try:
        return _run(words)
    except WitError as error:
        terminal.diagnostics(error.diagnostics)
        if terminal.for_people() and any(found.code is codes.NO_SUCH_PATH for found in error.diagnostics):
            terminal.complain(_suggestion(words))
        return FAULT
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        terminal.complain(_usage(error, words))
        return USAGE
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback for a user, whatever happened
        if isinstance(error.__cause__, KeyboardInterrupt):  # Python 3.11 wraps what a class definition raises
            raise error.__cause__ from None
        terminal.complain(_plea(error))
        return OURS


def _run(words: list[str]) -> int:
    if not words:
        terminal.say(DEFAULT.load().get_help(click.Context(DEFAULT.load(), info_name="witgen")))
        return USAGE
    word = words[0]
    if word in RESERVED:
        raise click.UsageError(
            f"`witgen {word}` is not available in this version ({__version__}); a folder of that name is `./{word}`"
        )
    if word in COMMANDS:
        return _invoke(COMMANDS[word].load(), f"witgen {word}", words[1:])
    return _invoke(DEFAULT.load(), "witgen", list(words))


def _invoke(command: click.Command, name: str, words: list[str]) -> int:
    help = io.StringIO()  # click prints `--help` and `--version` itself; `terminal` knows every kind of stream
    try:
        with redirect_stdout(help):
            context = command.make_context(name, words)
    finally:
        if help.getvalue():
            terminal.say(help.getvalue().removesuffix("\n"))
    with context:
        status: object = command.invoke(context)
    return status if isinstance(status, int) else OK


def _usage(error: click.ClickException, words: list[str]) -> str:
    """What was wrong, and how to find out more; a first word that is nearly a command gets a suggestion."""
    lines: list[str] = []
    if isinstance(error, click.UsageError) and error.ctx is not None:
        lines += [error.ctx.get_usage(), f"Try `{error.ctx.command_path} --help`.", ""]
    lines.append(f"error: {error.format_message()}")
    near = _suggestion(words)
    return "\n".join([*lines, near] if near else lines)


def _suggestion(words: list[str]) -> str:
    """A hint for a first word that is not a path but nearly a command; empty otherwise."""
    word = words[0] if words else ""
    if not word or word.startswith("-") or word in COMMANDS or word in RESERVED or os.path.lexists(word):
        return ""
    near = nearest(word, [*COMMANDS, *RESERVED])
    return "" if near is None else f"help: there is no path `{word}`; did you mean the command `{near}`?"


def _plea(error: Exception) -> str:
    import platform
    import traceback

    lines = [f"internal error: {type(error).__name__}: {error}"]
    if os.environ.get("WITGEN_TRACEBACK") == "1":
        lines.insert(0, "".join(traceback.format_exception(error)).rstrip("\n"))
    else:
        lines.append("WITGEN_TRACEBACK=1 in the environment shows where it happened.")
    lines.append(
        "This is a bug in witgen, not a mistake in your input. Please report it, with the command line and the WIT, and with\n"
        f"this: witgen {__version__}, Python {platform.python_version()}, {platform.platform()}."
    )
    return "\n".join(lines)
