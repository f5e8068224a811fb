"""`witgen WIT …`: generate packages, or check them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import click

from .. import __version__
from .commands import COMMANDS, RESERVED
from .generate_options import OPTIONS, Given, Takes, line_of
from .options import error_format_option, with_options
from .results import say_checked, say_generated
from .status import FAULT, OK

_LINE_END = "\n"  # an expression in an f-string has no backslash before Python 3.12
_EXAMPLES = f"""\b
Examples:
  witgen wit/                            the package's only world, into bindings/
  witgen wit/ --world proxy --verify     one of several worlds, tried on wasmtime
  witgen wit/ --world a --world b --side host    several worlds in one package
  witgen wit/ --world wasi:http/proxy    a world of any package that is loaded
  witgen wit/ --world proxy --check      in CI: is what is committed up to date?
  witgen plugin.wit --side guest --out src/plugin

\b
Other commands (`witgen COMMAND --help`):
{_LINE_END.join(f"  {name:10} {entry.summary}" for name, entry in COMMANDS.items())}

For a folder that has the name of a command, write `./inspect`. Reserved for later versions: {", ".join(RESERVED)}.

\b
Exit codes: 0 fine; 1 the input is at fault, or --check or --verify found
something; 2 wrong usage; 70 a bug in witgen."""


@click.command("witgen", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("wit", metavar="WIT")
@with_options(OPTIONS)
@error_format_option
@click.version_option(__version__, message="witgen %(version)s")
def generate(wit: str, **given: object) -> int:
    """Generate typed Python packages from WIT, the interface language of WebAssembly components.

    WIT is a `.wit` file, a directory with its `deps/`, or a component. For a world, witgen writes DIR/host/<world>, a package with
    which a Python program loads components on wasmtime, and DIR/guest, with which a component is written in Python and
    built by componentize-py.
    """
    from .. import api

    try:
        line = line_of(_given(wit, given))
    except ValueError as error:
        raise click.UsageError(str(error), click.get_current_context()) from None
    request = line.request
    if line.check:
        checked = api.check(request, verify=line.verify)
        say_checked(checked, request)
        return FAULT if checked.differences else OK
    say_generated(api.generate(request, force=line.force, verify=line.verify), request)
    return OK


def _given(wit: str, parameters: Mapping[str, object]) -> Given:
    """What click read, by the names of options; it turned the dashes of these into underscores."""
    named = {f"--{name.replace('_', '-')}": value for name, value in parameters.items()}
    return Given(
        wit,
        frozenset(option.name for option in OPTIONS if option.takes is Takes.NOTHING and named[option.name]),
        {option.name: cast("str", named[option.name]) for option in OPTIONS if option.takes is Takes.VALUE},
        {
            option.name: cast("tuple[str, ...]", named[option.name])
            for option in OPTIONS
            if option.takes is Takes.VALUES
        },
    )
