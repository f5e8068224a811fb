"""The table of commands. Each is imported when it is run, so that no command pays for another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: where it comes from, and what it does in a line."""

    load: Callable[[], click.Command]
    summary: str


def _generate() -> click.Command:
    from .generate import generate

    return generate


def _diff() -> click.Command:
    from .diff import diff

    return diff


def _docs() -> click.Command:
    from .docs import docs

    return docs


def _explain() -> click.Command:
    from .explain import explain

    return explain


def _fmt() -> click.Command:
    from .fmt import fmt

    return fmt


def _inspect() -> click.Command:
    from .inspect import inspect

    return inspect


def _validate() -> click.Command:
    from .validate import validate

    return validate


DEFAULT = Entry(_generate, "write host and guest packages for a world")
"""What `witgen` does where the first word is no command."""

COMMANDS = {
    "diff": Entry(_diff, "show what changed between two versions of an API, and what it breaks"),
    "docs": Entry(_docs, "write reference pages of packages and worlds, as HTML or Markdown"),
    "explain": Entry(_explain, "explain an error or a warning, with examples"),
    "fmt": Entry(_fmt, "format WIT files, and keep their comments"),
    "inspect": Entry(_inspect, "print a resolved WIT package as a tree, as JSON or as WIT"),
    "validate": Entry(_validate, "check whether a component fits a world"),
}

RESERVED = ("deps", "serve")
"""Names kept for commands of later versions."""
