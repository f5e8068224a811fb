"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from ..api import GuestLayout, GuestOptions
from ..compiler.diagnostics.formats import FORMATS, HUMAN
from . import terminal
from .quick import split_features

_F = TypeVar("_F", bound=Callable[..., object])


def features_options(function: _F) -> _F:
    """`--features` and `--all-features`."""
    with_all = click.option("--all-features", is_flag=True, help="Keep every item behind `@unstable`.")(function)
    return click.option(
        "--features",
        metavar="A,B",
        multiple=True,
        callback=_split,
        help="Keep items behind `@unstable` of these features.",
    )(with_all)


def guest_options(function: _F) -> _F:
    """The options of the guest package. All but the first mean what they mean for componentize-py."""
    for option in reversed(
        (
            click.option(
                "--guest-layout",
                type=click.Choice([layout.value for layout in GuestLayout]),
                default=GuestLayout.WIT_WORLD.value,
                show_default=True,
                help="How the modules of the guest package are laid out.",
            ),
            click.option(
                "--world-module",
                metavar="MODULE",
                default=GuestOptions().world_module,
                show_default=True,
                help="The guest's module for the world; `a.b` is written to a/b/.",
            ),
            click.option("--full-names", is_flag=True, help="Guest modules carry package and version in their names."),
            click.option(
                "--import-interface-name",
                metavar="ID=NAME",
                multiple=True,
                help="A name for an imported interface in the guest: `ns:pkg/i@1.0.0=name`. May be repeated.",
            ),
            click.option(
                "--export-interface-name",
                metavar="ID=NAME",
                multiple=True,
                help="The same for an exported interface: its module, and the class that implements it.",
            ),
        )
    ):
        function = option(function)
    return function


def error_format_option(function: _F) -> _F:
    """`--error-format`: takes effect by itself, the command does not see it."""
    return _error_format("errors and warnings are printed, on standard error", function)


def findings_format_option(function: _F) -> _F:
    """The same for a command whose results are diagnostics in the formats for programs."""
    return _error_format("findings (on standard output) and errors (on standard error) are printed", function)


def _error_format(what: str, function: _F) -> _F:
    return click.option(
        "--error-format",
        type=click.Choice(list(FORMATS)),
        default=HUMAN,
        show_default=True,
        callback=_use_format,
        expose_value=False,
        is_eager=True,
        help=f"How {what}; `github` is for workflow annotations.",
    )(function)


def _use_format(context: click.Context, parameter: click.Parameter, value: str) -> None:
    del context, parameter
    terminal.use_format(value)


def refuse_both(features: tuple[str, ...], all_features: bool) -> None:
    """Wrong usage if features are given one by one and all at once.

    Raises:
        click.UsageError: they are.
    """
    if features and all_features:
        raise click.UsageError("--features and --all-features cannot be used together", click.get_current_context())


def _split(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    del context, parameter
    return split_features(values)
