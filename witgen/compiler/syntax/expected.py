"""Syntax errors in words: what was found, what could have stood there instead, and what helps.

The parser says which token it could not take and which it could have taken. Sets of those are named as people name them
("a type", "an identifier"), what is merely possible everywhere (attributes, the rest of a version) is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ...text import nearest
from ..diagnostics import Diagnostic, Label, Source, Span, codes
from .advice import advise
from .habits import type_cure
from .identifiers import explain_identifier, suggest_identifier
from .tokens import ATTRIBUTE_NAMES, DEFINITIONS, END, IDENTIFIERS, PUNCTUATION, TYPES, Refused, Token, describe

_MALFORMED = frozenset({"MALFORMED_ID", "MALFORMED_EXPLICIT_ID"})
_DELIMITERS = frozenset(PUNCTUATION.values())
_ATTRIBUTES = frozenset(ATTRIBUTE_NAMES.values())
# Attributes and versions may nearly always be added, and a file may often end: naming these would hide what is missing.
_ALWAYS_POSSIBLE = frozenset({"AT", "MINUS", "PLUS", "VERSION_DOT", "MALFORMED_ID", END})


def syntax_error(
    source: Source, tokens: Sequence[Token], index: int, accepted: Collection[str], opening: Token | None
) -> Diagnostic:
    """The diagnostic for the token at `index`, which the grammar does not take where it could take `accepted`.

    `opening` is the innermost bracket that is open there.
    """
    found = tokens[index]
    wanted = frozenset(accepted)
    span = Span(source, found.start, found.end)
    if isinstance(found, Refused):
        return Diagnostic(found.code, found.message, (Label(span, found.label),), found.notes, found.help)
    if found.type in _MALFORMED and wanted & (IDENTIFIERS | _ATTRIBUTES):
        return _bad_identifier(found, span, type_cure(found.text) if wanted >= TYPES else None)
    if found.type in IDENTIFIERS and wanted == _ATTRIBUTES:
        return _unknown_attribute(found, span)
    labels = [Label(span)]
    if found.type == END and opening is not None:
        labels.append(Label(Span(source, opening.start, opening.end), f"this '{opening.text}' is not closed"))
    elif index and wanted <= _DELIMITERS and "\n" in source.text[tokens[index - 1].end : found.start]:
        before = tokens[index - 1]
        labels.append(Label(Span(source, before.start, before.end), "after this"))
    message = f"expected {_any_of(_names(wanted))}, found {describe(found.type)}"
    return Diagnostic(codes.SYNTAX_ERROR, message, tuple(labels), help=advise(tokens, index, wanted))


def _names(wanted: frozenset[str]) -> list[str]:
    """What `wanted` is called, most general first; never empty."""
    rest = set(wanted)
    names: list[str] = []
    if rest >= TYPES:
        names.append("a type")
        rest -= TYPES | IDENTIFIERS
    if rest >= DEFINITIONS:
        names.append("a type definition")
        rest -= DEFINITIONS
    if rest >= IDENTIFIERS:
        names.append("an identifier")
        rest -= IDENTIFIERS
    if names or not rest <= _ALWAYS_POSSIBLE:
        rest -= _ALWAYS_POSSIBLE
    words = {describe(type).removeprefix("keyword ") for type in rest}
    return names + sorted(words, key=lambda word: (word.startswith("'"), word))


def _any_of(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _bad_identifier(found: Token, span: Span, cure: str | None) -> Diagnostic:
    word = found.text.removeprefix("%")
    better = suggest_identifier(word)
    return Diagnostic(
        codes.INVALID_IDENTIFIER,
        f"`{found.text}` is not an identifier: {explain_identifier(word)}",
        (Label(span),),
        help=(cure,) if cure is not None else (f"write `{better}`",) if better is not None else (),
    )


def _unknown_attribute(found: Token, span: Span) -> Diagnostic:
    name = found.text.removeprefix("%")
    near = nearest(name, ATTRIBUTE_NAMES)
    return Diagnostic(
        codes.UNKNOWN_ATTRIBUTE,
        f"unknown attribute `{name}`",
        (Label(span),),
        help=(
            (f"did you mean `@{near}`?",)
            if near is not None
            else ("attributes are `@since`, `@unstable`, `@deprecated` and `@external-id`",)
        ),
    )
