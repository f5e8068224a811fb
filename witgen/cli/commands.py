"""The table of commands. Each is imported when it is run, so that no command pays for another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..dataclass import dataclass

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


def _compile() -> click.Command:
    from .compile import compile

    return compile


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
"""What `witgen` does where the first word is not a command."""

COMMANDS = {
    "compile": Entry(_compile, "compile components into a cache ahead of time, and prune it"),
    "diff": Entry(_diff, "show what changed between two versions of an API, and whom it breaks"),
    "docs": Entry(_docs, "write reference pages of packages and worlds, as HTML or Markdown"),
    "explain": Entry(_explain, "explain what an error or warning means, with examples"),
    "fmt": Entry(_fmt, "bring WIT files into canonical form, comments kept"),
    "inspect": Entry(_inspect, "print what a WIT package resolves to, as a tree, as JSON or as WIT"),
    "validate": Entry(_validate, "compare what a component imports and exports with a world"),
}

RESERVED = ("deps", "serve")
"""Names kept for commands of later versions."""
