"""The quick way: a generation that turns out to be up to date, recognised before click is imported.

Importing click takes a quarter of such a run (`generate_options` has the figures). So the plain spellings of the
default command's line are read here, by the table that click's options are made of; whatever is not plain, or not up to
date, or goes wrong, is left to the commands, which start from the beginning. `tests/cli/test_quick.py` compares with
how click splits words.
"""

from __future__ import annotations

from .. import api
from ..compiler.diagnostics import WitError
from . import results
from .commands import COMMANDS, RESERVED
from .generate_options import OPTIONS, Given, Line, Option, Takes, line_of
from .status import OK

_BY_NAME: dict[str, Option] = {option.name: option for option in OPTIONS}


def run(words: list[str]) -> int | None:
    """The exit code of an up-to-date run, which has then been reported; None if the commands must see to it."""
    line = read(words)
    if line is None:
        return None
    try:
        done = api.up_to_date(line.request, verify=line.verify)
    except (WitError, OSError):
        return None
    if done is None:
        return None
    results.say_generated(done, line.request)
    return OK


def read(words: list[str]) -> Line | None:
    """Read the words of a command line; None unless each is plainly an option, its value, or the one path."""
    given = _given(words)
    if given is None or words[0] in COMMANDS or words[0] in RESERVED:
        return None
    try:
        return line_of(given)
    except ValueError:
        return None


def _given(words: list[str]) -> Given | None:
    flags: set[str] = set()
    values: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    paths: list[str] = []
    waiting = iter(words)
    for word in waiting:
        name, equals, value = word.partition("=")
        option = _BY_NAME.get(name)
        if option is None:
            if word.startswith("-"):
                return None
            paths.append(word)
            continue
        if option.takes is Takes.NOTHING:
            if equals:
                return None
            flags.add(name)
            continue
        if not equals:
            value = next(waiting, "")
        if not value or value.startswith("-") or (option.choices and value not in option.choices):
            return None
        if option.takes is Takes.VALUE:
            values[name] = value
        else:
            lists.setdefault(name, []).append(value)
    return Given(paths[0], frozenset(flags), values, lists) if len(paths) == 1 else None


__all__ = ["read", "run"]
