"""What the codes of diagnostics mean."""

from __future__ import annotations

from ..compiler.diagnostics import CODES


def explain(code: str) -> str:
    """The page of a code as Markdown: the rule, why there is one, a wrong and a right example.

    Args:
        code: as a diagnostic has it, such as `unknown-name`.

    Raises:
        KeyError: there is no such code; `witgen.api.codes()` has them all.
    """
    from ..compiler.diagnostics.explain import page

    return page(CODES[code])


def codes() -> dict[str, str]:
    """All codes, sorted, each with its rule."""
    return {slug: CODES[slug].rule for slug in sorted(CODES)}
