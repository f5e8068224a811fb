"""WIT docs as Python docstrings: escaped, wrapped as written."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...component.types import Stability, Stable, Unstable

_UNSAFE = re.compile(r'\\|"{3,}|"\Z')
"""Backslashes, quotes that would end the string, and a quote right before its end."""


_NAMED = re.compile(r"`%?([A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z][A-Za-z0-9-]*)?)`")
"""A name, or a method with its resource."""


_SECTION = "Raises:\n"


def raises(error: str, value: str | None) -> str:
    """The paragraph that says what a function raises: the class, and the type of its `value`; None for no value."""
    return f"{_SECTION}    {error}: With {'no value' if value is None else f'a `value` of type `{value}`'}."


def respelled(docs: str | None, names: Mapping[str, str]) -> str | None:
    """`docs` with the WIT names that it has in backticks as they are in Python, where `names` knows them."""
    if docs is None or "`" not in docs:
        return docs
    return _NAMED.sub(lambda found: f"`{names[found[1]]}`" if found[1] in names else found[0], docs)


def docstring(docs: str | None, stability: Stability | None = None, extra: tuple[str, ...] = ()) -> str:
    """The text between the triple quotes: docs, then the gate, then `extra` paragraphs (what is raised). May be empty."""
    paragraphs: list[str] = []
    if docs is not None and docs.strip():
        paragraphs.append("\n".join(line.rstrip() for line in docs.strip().split("\n")))
    match stability:
        case Stable(since, deprecated):
            paragraphs.append(f"Since {since}." + (f" Deprecated since {deprecated}." if deprecated else ""))
        case Unstable(feature, deprecated):
            paragraphs.append(
                f"Unstable: needs feature `{feature}`." + (f" Deprecated since {deprecated}." if deprecated else "")
            )
        case None:
            pass
    paragraphs.extend(extra)
    text = escape_docstring("\n\n".join(paragraphs))
    if text.startswith(_SECTION):
        text = f"\n{text}"  # on the line of the quotes its indentation would say nothing
    return f"{text} " if text.endswith('"') else text  # as black has it: no quote beside those at the end


def escape_docstring(text: str) -> str:
    """Escape `text` for a string in triple double quotes."""
    return _UNSAFE.sub(lambda found: "".join("\\" + character for character in found[0]), text)
