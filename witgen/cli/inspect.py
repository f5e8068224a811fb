"""`witgen inspect WIT`: print what a package resolves to."""

from __future__ import annotations

from pathlib import Path

import click

from ..compiler.diagnostics import in_order
from ..text import counted
from . import terminal
from .options import chosen_features, error_format_option, features_options

_EXAMPLES = """\b
Examples:
  witgen inspect wit/                    packages, interfaces and worlds as a tree
  witgen inspect wit/ --world proxy      one world with all it imports and exports
  witgen inspect wit/ --json             the document of `wasm-tools component wit --json`
  witgen inspect wit/ --wit              WIT again: one text, dependencies nested in it
  witgen inspect wit/ --wit --no-docs --out plain
                                         as a folder with deps/, without comments"""


@click.command("inspect", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("wit", metavar="WIT")
@click.option("--world", metavar="W", help="Print one world: `name`, or `ns:pkg/name[@version]`.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole resolve as JSON (--world does not narrow it).")
@click.option("--wit", "as_wit", is_flag=True, help="Print all packages as WIT, which reads back as the same packages.")
@click.option("--no-docs", is_flag=True, help="With --wit: leave the documentation out.")
@click.option("--out", metavar="DIR", help="With --wit: write a folder with `deps/` instead of printing.")
@click.option("--force", is_flag=True, help="With --out: overwrite files that witgen did not write.")
@features_options
@error_format_option
def inspect(
    wit: str,
    world: str | None,
    as_json: bool,
    as_wit: bool,
    no_docs: bool,
    out: str | None,
    force: bool,
    features: tuple[str, ...],
    all_features: bool,
) -> int:
    """Print what a WIT package resolves to: a readable tree, JSON, or WIT.

    WIT is a `.wit` file, a directory with its `deps/`, or a component or encoded package (`.wasm`, `.wat`). Items
    that gates remove are not shown. Printed WIT keeps its gates: read it with the same --features.
    """
    from .. import api

    features = chosen_features(features, all_features)
    _refuse(as_json and as_wit, "--json and --wit cannot be used together")
    _refuse(as_wit and world is not None, "--wit prints all packages: it cannot be used with --world")
    _refuse(not as_wit and out is not None, "--out goes with --wit only")
    _refuse(not as_wit and no_docs, "--no-docs goes with --wit only")
    _refuse(out is None and force, "--force goes with --out only")
    _refuse(out == "", "--out is empty; the current folder is `.`")
    found = api.load_and_resolve(wit, features=features, all_features=all_features)
    chosen = None if world is None else api.select(found.resolved, (world,), found.diagnostics)[0]
    if out is not None:
        written = api.write_wit(found.resolved, Path(out), found.diagnostics, docs=not no_docs, force=force)
        count = written.created + written.updated + written.unchanged
        terminal.say(f"{found.resolved.root.name} in {out}: {counted(count, 'file')}")
    elif as_wit:
        terminal.say_document(api.wit_text(found.resolved, found.diagnostics, docs=not no_docs))
    elif as_json:
        terminal.say_document(api.dump(found.resolved))
    else:
        terminal.say(api.tree(found.resolved, chosen).rstrip("\n"))
    terminal.warnings(in_order(found.diagnostics.found))
    return 0


def _refuse(wrong: bool, message: str) -> None:
    if wrong:
        raise click.UsageError(message, click.get_current_context())
