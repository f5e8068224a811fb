"""`witgen WIT …`: generate packages, or check them."""

from __future__ import annotations

from pathlib import Path

import click

from .. import __version__
from ..api import DEFAULT_OUT, Request, Side
from .commands import COMMANDS, RESERVED
from .options import error_format_option, features_options, guest_options, refuse_both
from .quick import read_guest
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

A folder with the name of a command is written `./inspect`. Reserved for later versions: {", ".join(RESERVED)}.

\b
Exit codes: 0 fine; 1 the input is at fault, or --check or --verify found
something; 2 wrong usage; 70 a mistake in witgen."""


@click.command("witgen", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("wit", metavar="WIT")
@click.option("--world", "worlds", metavar="W", multiple=True, help="World: `name`, or `ns:pkg/name[@version]`.")
@click.option(
    "--out", metavar="DIR", default=DEFAULT_OUT, show_default=True, help="Where host/ and guest/ are written."
)
@click.option(
    "--side",
    type=click.Choice([side.value for side in Side]),
    default=Side.BOTH.value,
    show_default=True,
    help="Which packages to write.",
)
@features_options
@guest_options
@error_format_option
@click.option("--check", "checking", is_flag=True, help="Write nothing; print differences and exit 1 if there are any.")
@click.option("--verify", is_flag=True, help="Link the host package with a stub component of the world on wasmtime.")
@click.option("--force", is_flag=True, help="Overwrite files that witgen did not write for this world.")
@click.version_option(__version__, message="witgen %(version)s")
def generate(
    wit: str,
    worlds: tuple[str, ...],
    out: str,
    side: str,
    features: tuple[str, ...],
    all_features: bool,
    guest_layout: str,
    world_module: str,
    full_names: bool,
    import_interface_name: tuple[str, ...],
    export_interface_name: tuple[str, ...],
    checking: bool,
    verify: bool,
    force: bool,
) -> int:
    """Generate typed Python packages from WIT, the interface language of WebAssembly components.

    WIT is a `.wit` file, a directory with its `deps/`, or a component. For a world, witgen writes DIR/host/<world>, a package with
    which a Python program loads components on wasmtime, and DIR/guest, with which a component is written in Python and
    built by componentize-py.
    """
    from .. import api

    refuse_both(features, all_features)
    if verify and side == Side.GUEST.value:
        raise click.UsageError("--verify checks the host package: it cannot be used with --side guest")
    try:
        guest = read_guest(guest_layout, world_module, full_names, import_interface_name, export_interface_name)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if side == Side.HOST.value and guest.words():
        raise click.UsageError(f"{guest.words()[0]} applies to the guest package: it cannot be used with --side host")
    if not out:
        raise click.UsageError("--out is empty; the current folder is `.`")
    request = Request(wit, worlds, Path(out), Side(side), features, all_features, guest)
    if checking:
        checked = api.check(request, verify=verify)
        say_checked(checked, request)
        return FAULT if checked.differences else OK
    say_generated(api.generate(request, force=force, verify=verify), request)
    return OK
