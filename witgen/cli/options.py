"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from ..compiler.diagnostics.formats import FORMATS, HUMAN
from . import generate_options, terminal
from .generate_options import ALL_FEATURES, FEATURES, Option, Takes

_F = TypeVar("_F", bound=Callable[..., object])


def with_options(options: Sequence[Option]) -> Callable[[_F], _F]:
    """A decorator that gives a click command these options, in this order; a parameter is called as its option is."""

    def decorate(function: _F) -> _F:
        for option in reversed(options):
            function = _for_click(option)(function)
        return function

    return decorate


def _for_click(option: Option) -> Callable[[_F], _F]:
    if option.takes is Takes.NOTHING:
        return click.option(option.name, is_flag=True, help=option.help)
    return click.option(
        option.name,
        metavar=option.metavar or None,
        type=click.Choice(option.choices) if option.choices else str,
        default=option.default or None,
        show_default=bool(option.default),
        multiple=option.takes is Takes.VALUES,
        help=option.help,
    )


features_options = with_options((FEATURES, ALL_FEATURES))
"""`--features` and `--all-features`; `chosen_features` reads what they are given."""


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


def chosen_features(features: tuple[str, ...], all_features: bool) -> tuple[str, ...]:
    """The names in the values of `--features`.

    Raises:
        click.UsageError: all features are wanted as well.
    """
    try:
        return generate_options.chosen_features(features, all_features)
    except ValueError as error:
        raise click.UsageError(str(error), click.get_current_context()) from None
