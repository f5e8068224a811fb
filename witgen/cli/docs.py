"""`witgen docs WIT -o DIR`: write reference pages."""

from __future__ import annotations

from pathlib import Path

import click

from ..compiler.diagnostics import in_order
from . import terminal
from .options import chosen_features, error_format_option, features_options
from .status import OK

_EXAMPLES = """\b
Examples:
  witgen docs wit/ -o site                  open site/index.html
  witgen docs wit/ --world proxy -o site    only what the world imports and exports
  witgen docs wit/ --format md -o docs/wit  Markdown, for a repository's own pages"""


@click.command("docs", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("wit", metavar="WIT")
@click.option("-o", "--out", metavar="DIR", required=True, help="The folder to write; index.html is its first page.")
@click.option("--world", metavar="W", help="Only what this world needs: `name`, or `ns:pkg/name[@version]`.")
@click.option(
    "--format",
    "written_as",
    type=click.Choice(["html", "md"]),
    default="html",
    show_default=True,
    help="HTML pages with a search, or Markdown.",
)
@click.option("--force", is_flag=True, help="Overwrite files that witgen did not write for this package.")
@features_options
@error_format_option
def docs(
    wit: str,
    out: str,
    world: str | None,
    written_as: str,
    force: bool,
    features: tuple[str, ...],
    all_features: bool,
) -> int:
    """Write reference pages: packages, worlds, interfaces and types, with their documentation and links between them.

    WIT is a `.wit` file or a directory with its `deps/`. The pages need no network and no server.
    """
    from .. import api

    features = chosen_features(features, all_features)
    if not out:
        raise click.UsageError("--out is empty; the current folder is `.`", click.get_current_context())
    found = api.load_and_resolve(wit, features=features, all_features=all_features)
    chosen = None if world is None else api.select(found.resolved, (world,), found.diagnostics)[0]
    format = api.Format(written_as)
    written = api.write_pages(found.resolved, chosen, Path(out), found.diagnostics, format=format, force=force)
    counts = {"new": written.created, "changed": written.updated, "unchanged": written.unchanged}
    counts["removed"] = len(written.removed)
    terminal.say(f"{Path(out) / f'index.{written_as}'}")
    terminal.say(f"  {', '.join(f'{count} {word}' for word, count in counts.items() if count)}")
    terminal.warnings(in_order(found.diagnostics.found))
    return OK
