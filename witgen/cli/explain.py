"""`witgen explain [CODE]`: print the page of a diagnostic's code, or the list of codes."""

from __future__ import annotations

import click

from ..text import nearest
from . import terminal

_EXAMPLES = """\b
Examples:
  witgen explain                         all codes, each with its rule
  witgen explain unknown-name            what `error[unknown-name]` means, with examples"""


@click.command("explain", epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("code", metavar="[CODE]", required=False)
def explain(code: str | None) -> int:
    """Explain an error or a warning: the rule, the reason for it, a wrong and a right example.

    CODE is what is in brackets: `error[unknown-name]`. Without it, all codes are listed.
    """
    from .. import api

    known = api.codes()
    if code is None:
        width = max(map(len, known))
        terminal.say("\n".join(f"{slug:{width}}  {rule}" for slug, rule in known.items()))
        return 0
    slug = _slug(code)
    if slug in known:
        terminal.say(api.explain(slug).rstrip("\n"))
        return 0
    near = nearest(slug, known)
    hint = "`witgen explain` lists the codes" if near is None else f"did you mean `{near}`?"
    terminal.complain(f"error: there is no code `{code}`\nhelp: {hint}")
    return 1


def _slug(written: str) -> str:
    """The code in what the user may have copied: `error[unknown-name]`, `[unknown-name]`, or the code itself."""
    return written.strip().lower().removeprefix("error").removeprefix("warning").strip("[]: ").replace("_", "-")
