"""`witgen validate COMPONENT WIT`: does a component fit a world?"""

from __future__ import annotations

import os

import click

from ..compiler.diagnostics import WitError, in_order
from ..dataclass import replace
from . import terminal
from .options import chosen_features, features_options, findings_format_option
from .status import FAULT, OK

_EXAMPLES = """\b
Examples:
  witgen validate app.wasm wit/                  against the only world of the package
  witgen validate app.wasm wit/ --world proxy    against one of several
  witgen validate app.wasm wit/ --strict         without what wasmtime supplies by itself
  witgen validate app.wasm wit/ --wasmtime       also compiled and linked
  witgen validate new.wasm old.wasm              does the new build replace the old one?
  witgen validate app.wasm wit/ --json           for programs

\b
Exit codes: 0 it fits; 1 it does not, or wasmtime refuses it, or an input is
at fault; 2 wrong usage; 70 a bug in witgen."""


@click.command("validate", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("component", metavar="COMPONENT")
@click.argument("wit", metavar="WIT")
@click.option("--world", metavar="W", help="The world: `name`, or `ns:pkg/name[@version]`.")
@click.option("--strict", is_flag=True, help="Also require imports that wasmtime supplies to be in the world.")
@click.option(
    "--wasmtime",
    is_flag=True,
    help="Also compile the component on wasmtime, and link it with a host package of the world.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@features_options
@findings_format_option
def validate(
    component: str,
    wit: str,
    world: str | None,
    strict: bool,
    wasmtime: bool,
    as_json: bool,
    features: tuple[str, ...],
    all_features: bool,
) -> int:
    """Compare what a component imports and exports with a world. Nothing is compiled, unless with --wasmtime.

    The component must have every export of the world, with exactly that type, and the world must provide every import of
    the component. All differences are listed, on standard output.

    COMPONENT is a `.wasm` file, or component text in a `.wat` file. WIT is a `.wit` file, a directory with its `deps/`,
    an encoded package, or a second component, whose own world is taken.
    """
    from .. import api
    from ..compiler.report import validation

    features = chosen_features(features, all_features)
    options = {"strict": strict, "wasmtime": wasmtime, "all_features": all_features}
    try:
        found = api.validate(component, wit, world, features=features, **options)
    except WitError as error:
        raise _advised(error, component, wit) from None
    if as_json:
        terminal.say_document(validation.render_json(found))
    elif terminal.for_people():
        terminal.say(validation.render_human(found))
    else:
        terminal.findings((*validation.as_diagnostics(found), *in_order(found.diagnostics.found)))
        return OK if found.passes else FAULT
    terminal.warnings(in_order(found.diagnostics.found))
    return OK if found.passes else FAULT


def _advised(error: WitError, component: str, wit: str) -> WitError:
    """The error, with advice if COMPONENT looks like WIT."""
    if not (component.endswith(".wit") or os.path.isdir(component)):
        return error
    if wit.endswith((".wasm", ".wat")):
        help = f"the component comes first: `witgen validate {wit} {component}`"
    else:
        help = "COMPONENT is one file, `.wasm` or `.wat`, and comes before the WIT"
    first, *others = error.diagnostics
    return WitError((replace(first, help=(help,)), *others))
