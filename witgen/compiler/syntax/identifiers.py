"""Identifiers: which words are valid kebab-case names, and what is wrong with the others (WIT: Identifiers)."""

from __future__ import annotations

import re

# A word of digits is both of lower and of upper case: without the look-ahead and the possessive repetition, a name of
# many such words that ends badly would be tried in exponentially many ways.
_VALID = re.compile(r"(?:[a-z][a-z0-9]*+|[A-Z][A-Z0-9]*+)(?:-(?:[a-z0-9]++|[A-Z0-9]++)(?![A-Za-z0-9]))*+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_identifier(word: str) -> bool:
    """Whether `word` (without `%`) is a valid identifier; keywords are not distinguished here."""
    return _VALID.fullmatch(word) is not None


def explain_identifier(word: str) -> str:
    """What is wrong with `word`, which is not a valid identifier, in words to put after a colon."""
    if not word:
        return "a name is missing after `%`"
    if "" in word.split("-"):
        return "each `-` must be between letters or digits"
    if word[0].isascii() and word[0].isdigit():
        return "a name starts with a letter"
    for char in word:
        if not (char.isascii() and (char.isalnum() or char == "-")):
            return f"`{char}` is not allowed, names consist of ASCII letters, digits and dashes"
    return "each word between dashes is either all lower-case or all upper-case"


def suggest_identifier(word: str) -> str | None:
    """A valid identifier that looks like `word`, None where none comes to mind."""
    kebab = _HUMP.sub("-", word.replace("_", "-"))
    kebab = re.sub("-{2,}", "-", kebab).strip("-").lower()
    return kebab if is_identifier(kebab) else None
