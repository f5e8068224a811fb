"""`witgen inspect WIT`: print what a package resolves to."""

from __future__ import annotations

import click

from ..diagnostics import in_order
from . import terminal
from .options import error_format_option, features_options, refuse_both

_EXAMPLES = """\b
Examples:
  witgen inspect wit/                    packages, interfaces and worlds as a tree
  witgen inspect wit/ --world proxy      one world with all it imports and exports
  witgen inspect wit/ --json             the document of `wasm-tools component wit --json`"""


@click.command("inspect", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("wit", metavar="WIT")
@click.option("--world", metavar="W", help="Print one world: `name`, or `ns:pkg/name[@version]`.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole resolve as JSON (--world does not narrow it).")
@features_options
@error_format_option
def inspect(wit: str, world: str | None, as_json: bool, features: tuple[str, ...], all_features: bool) -> int:
    """Print what a WIT package resolves to: a readable tree, or JSON.

    WIT is a `.wit` file or a directory with its `deps/`.
    """
    from .. import api

    refuse_both(features, all_features)
    found = api.load_and_resolve(wit, features=features, all_features=all_features)
    chosen = None if world is None else api.select(found.resolved, (world,), found.diagnostics)[0]
    if as_json:
        terminal.say_document(api.dump(found.resolved))
    else:
        terminal.say(api.tree(found.resolved, chosen).rstrip("\n"))
    terminal.warnings(in_order(found.diagnostics.found))
    return 0
