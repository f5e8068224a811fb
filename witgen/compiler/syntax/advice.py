"""Advice with a syntax error, for common mistakes."""

from __future__ import annotations

from collections.abc import Sequence

from ...text import CLEAR_LIKENESS, nearest
from .habits import about_habits
from .references import about_references
from .tokens import DEFINITIONS, IDENTIFIERS, KEYWORDS, TYPES, Token

_STARTERS = DEFINITIONS | {"USE", "IMPORT", "EXPORT", "INCLUDE"}
_BEHIND_A_NAME = frozenset({"COLON", "COMMA", "RBRACE", "LBRACE", "EQUAL", "AS"})


def advise(tokens: Sequence[Token], index: int, wanted: frozenset[str]) -> tuple[str, ...]:
    """What may help where the token at `index` was found and types in `wanted` were expected; often nothing."""
    advice = (
        about_references(tokens, index, wanted)
        or _about_packages(tokens, index, wanted)
        or _about_functions(tokens, index, wanted)
        or _about_types(tokens, index, wanted)
        or _about_punctuation(tokens, index, wanted)
        or _about_keywords(tokens, index, wanted)
        or about_habits(tokens, index, wanted)
        or _about_misspelling(tokens, index, wanted)
    )
    return () if advice is None else (advice,)


def _type_at(tokens: Sequence[Token], index: int) -> str:
    return tokens[index].type if 0 <= index < len(tokens) else ""


def _about_packages(tokens: Sequence[Token], index: int, wanted: frozenset[str]) -> str | None:
    found = tokens[index].type
    if found == "PACKAGE" and "WORLD" in wanted:
        return "a nested package cannot have attributes"
    if found == "SEMICOLON" and wanted <= {"LBRACE", "MINUS", "PLUS", "AT"}:
        return "only the first item of a file can be `package …;`, further packages have bodies: `package … { … }`"
    if found in ("COLON", "SLASH") and "AT" in wanted and "LBRACE" in wanted:
        return "the name of a package has the form `namespace:name`"
    return None


def _about_functions(tokens: Sequence[Token], index: int, wanted: frozenset[str]) -> str | None:
    found, before, behind = tokens[index], _type_at(tokens, index - 1), _type_at(tokens, index + 1)
    if found.type in TYPES and "RPAR" in wanted and "ID" in wanted and behind != "COLON":
        return f"parameters have names: `name: {found.text}`"
    if found.type == "LPAR" and before == "ARROW" and behind != "RPAR":
        return "a function has at most one result, without a name"
    if found.type == "STATIC" and before == "ASYNC":
        return "write `static async func`"
    if found.type == "ASYNC" and behind == "CONSTRUCTOR":
        return "a constructor cannot be `async`"
    if found.type in IDENTIFIERS and behind == "COLON" and "IMPORT" in wanted:
        return f"a world imports or exports its functions: `import {found.text}: …`"
    return None


def _about_types(tokens: Sequence[Token], index: int, wanted: frozenset[str]) -> str | None:
    found = tokens[index]
    if found.type in DEFINITIONS and wanted >= TYPES:
        return f"define the {found.text} under a name of its own, and use that name here"
    if _type_at(tokens, index - 1) == "LESSTHAN" and _type_at(tokens, index - 2) in ("OWN", "BORROW"):
        return f"`{tokens[index - 2].text}` takes the name of a resource"
    return None


def _about_punctuation(tokens: Sequence[Token], index: int, wanted: frozenset[str]) -> str | None:
    found = tokens[index].type
    if found == "SEMICOLON" and _type_at(tokens, index - 1) == "RBRACE":
        return "remove the `;` after `}`"
    if found == "AT" and "ID" in wanted:
        return "attributes go before items and functions, not before fields, cases or parameters"
    return None


def _about_keywords(tokens: Sequence[Token], index: int, wanted: frozenset[str]) -> str | None:
    found = tokens[index]
    if found.type == "COLON" and "ID" in wanted and _type_at(tokens, index - 1) in DEFINITIONS:
        found = tokens[index - 1]  # `enum: func()`: what begins a definition was meant as the name of a function
        return f"`{found.text}` is a keyword; write `%{found.text}` to use it as a name"
    if KEYWORDS.get(found.text) != found.type or found.text == "_" or "ID" not in wanted:
        return None
    if wanted == IDENTIFIERS or _type_at(tokens, index + 1) in _BEHIND_A_NAME:
        return f"`{found.text}` is a keyword; write `%{found.text}` to use it as a name"
    return None


def _about_misspelling(tokens: Sequence[Token], index: int, wanted: frozenset[str]) -> str | None:
    """A word that is nearly a keyword that could have stood there; what was taken for a name may have been meant as one."""
    found = tokens[index]
    if found.type in IDENTIFIERS:
        words = [word for word, type in KEYWORDS.items() if type in wanted]
        if wanted == frozenset({"COLON"}) and _type_at(tokens, index - 1) == "ID":
            found, words = tokens[index - 1], [word for word, type in KEYWORDS.items() if type in _STARTERS]
        near = nearest(found.text, words, CLEAR_LIKENESS)
        if near is not None:
            return f"did you mean `{near}`?"
    return None
