"""`witgen diff OLD NEW`: did this API break?"""

from __future__ import annotations

import click

from ..api import Side
from . import terminal
from .options import chosen_features, features_options, findings_format_option
from .status import FAULT, OK

_EXAMPLES = """\b
Examples:
  witgen diff old/wit wit                     every world and interface of the package
  witgen diff old/wit wit --world proxy       one world
  witgen diff old/wit wit --for host          exit 1 only if hosts break
  witgen diff app-1.0.wasm app.wasm           what two components import and export
  witgen diff wit app.wasm --world proxy      a world and a component
  witgen diff old/wit wit --json              for programs

\b
Against an earlier revision:
  git worktree add ../old v1.2.0
  witgen diff ../old/wit wit"""


@click.command("diff", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--world", metavar="W", help="Compare one world of both sides: `name`, or `ns:pkg/name`.")
@click.option(
    "--for",
    "side",
    type=click.Choice([side.value for side in Side]),
    default=Side.BOTH.value,
    show_default=True,
    help="Exit with status 1 if this side breaks.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
@features_options
@findings_format_option
def diff(
    old: str, new: str, world: str | None, side: str, as_json: bool, features: tuple[str, ...], all_features: bool
) -> int:
    """Compare two versions of an API, and say whom each change breaks and which version it needs.

    OLD and NEW are `.wit` files, directories with their `deps/`, components or encoded packages (`.wasm`, `.wat`). Guests
    break if a component built for OLD does not fit NEW, hosts if one built for NEW does not fit OLD. The exit status is 1
    if a change breaks the side that --for names; all changes are shown in any case.
    """
    from .. import api
    from ..compiler.report import diff as diffing

    features = chosen_features(features, all_features)
    found = api.diff(old, new, world, side=Side(side), features=features, all_features=all_features)
    warnings = found.warnings
    if not as_json and not terminal.for_people():
        terminal.findings((*diffing.as_diagnostics(found), *warnings))
        return FAULT if found.breaks else OK
    if as_json:
        terminal.say_document(diffing.render_json(found))
    else:
        terminal.say(diffing.render_human(found))
    terminal.warnings(warnings)
    return FAULT if found.breaks else OK
