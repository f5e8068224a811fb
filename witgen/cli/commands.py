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


def _explain() -> click.Command:
    from .explain import explain

    return explain


def _inspect() -> click.Command:
    from .inspect import inspect

    return inspect


def _validate() -> click.Command:
    from .validate import validate

    return validate


DEFAULT = Entry(_generate, "write host and guest packages for a world")
"""What `witgen` does where the first word is no command."""

COMMANDS = {
    "explain": Entry(_explain, "tell what an error or warning means, with examples"),
    "inspect": Entry(_inspect, "print what a WIT package resolves to, as a tree or as JSON"),
    "validate": Entry(_validate, "compare what a component imports and exports with a world"),
}

RESERVED = ("fmt", "diff", "deps", "docs", "serve")
"""Names kept for commands of later versions."""
