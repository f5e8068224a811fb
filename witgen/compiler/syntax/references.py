"""Advice about statements that name packages, interfaces and worlds, for those who write them as other languages do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .tokens import IDENTIFIERS, TYPES, Token

_ENDS = frozenset({"SEMICOLON", "LBRACE", "RBRACE"})
_FILES = "files are not named: the `.wit` files of one folder are a package, and packages it depends on are in `deps/`"
_NAME = "([a-z][a-z0-9-]*)"
_PATH = re.compile(rf"{_NAME}(?:[.:/]|::){_NAME}(?:@([0-9][0-9a-z.+-]*))?(?:[.:/]|::){_NAME}(?:@([0-9].*))?")
_LONGEST = 200
"""Characters of a path that is looked at."""
_GENERIC = "WIT has no generic types of one's own: write one for each"
_VERSION_DOTS = frozenset({"DOT", "VERSION_DOT"})
_NEEDS = frozenset({"require", "requires", "needs", "uses", "using"})
_OUTERMOST = {
    **dict.fromkeys(
        ("namespace", "module", "mod"), "a file begins with `package namespace:name;`, and types are in interfaces"
    ),
    **dict.fromkeys(
        ("service", "trait", "protocol", "contract", "class"), "functions that belong together are an `interface`"
    ),
    "syntax": "this is not Protocol Buffers: a file begins with `package namespace:name;`",
}
_VISIBLE = frozenset({"pub", "public", "private", "protected", "extern"})
_CONSTANTS = frozenset({"const", "constant", "let", "var", "val"})
_PARENTS = frozenset({"extends", "implements", "inherits"})


def about_references(tokens: Sequence[Token], index: int, wanted: frozenset[str]) -> str | None:
    """What to write instead where the token at `index` was found and types in `wanted` were expected; None for no idea."""
    statement = _statement(tokens, index)
    found, head = tokens[index], statement[0].type
    before = [token for token in statement if token.start < found.start]
    match head:
        case "PACKAGE":
            return _about_package(statement, found, wanted)
        case "IMPORT" | "EXPORT" if before:
            return _about_import(statement, found, before, wanted)
        case "USE" if before:
            return _about_use(statement, found, before)
        case "FROM":
            return _about_from(statement)
        case "INCLUDE" if found.type == "COMMA":
            after = next((token.text for token in statement if token.start > found.start), "…")
            return f"one world each: `include {_path(before[1:])}; include {after};`"
        case "WORLD" | "INTERFACE" if "LBRACE" in wanted:
            return _about_parents(head, found)
        case _:
            return _about_items(statement, found, wanted)


def _statement(tokens: Sequence[Token], index: int) -> Sequence[Token]:
    """The tokens around one, from the end of the statement before it to its own end."""
    start = end = index
    while start > 0 and tokens[start - 1].type not in _ENDS:
        start -= 1
    while end < len(tokens) - 1 and tokens[end].type not in _ENDS:
        end += 1
    if tokens[index].type == "LBRACE":  # one that opens no body: what is in it belongs to the statement
        while end < len(tokens) - 1 and tokens[end].type != "SEMICOLON":
            end += 1
    return tokens[start : end + 1]


def _path(tokens: Sequence[Token]) -> str:
    return "".join(token.text for token in tokens)


def _written(tokens: Sequence[Token]) -> str | None:
    """A path that was meant by the tokens, as WIT has it; None if it has no namespace, package and interface."""
    text = _path([token for token in tokens if token.type not in _ENDS])
    found = _PATH.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    namespace, package, early, interface, late = found.groups()
    version = late or early
    return f"{namespace}:{package}/{interface}{f'@{version}' if version else ''}"


def _about_package(statement: Sequence[Token], found: Token, wanted: frozenset[str]) -> str | None:
    words = [token.text for token in statement[1:] if token.type in IDENTIFIERS]
    if found.type in ("DOT", "SLASH", "MINUS", "SEMICOLON", "AT", "LBRACE") and wanted == frozenset({"COLON"}):
        name = ":".join(words[:2]) if len(words) > 1 else f"my-namespace:{words[0]}" if words else "namespace:name"
        return f"the name of a package has the form `namespace:name`: write `package {name}`"
    if found.type == "STRING_LITERAL":
        return "names have no quotes: `package namespace:name`"
    if found.type == "INTEGER" and "AT" in wanted:
        return f"a version comes after `@`: `@{found.text}…`"
    if found.text[:1] == "v" and wanted == frozenset({"INTEGER"}):
        return "a version has three numbers, and no `v` before them: `@1.0.0`"
    if wanted == frozenset({"INTEGER"}) or (found.type == "SEMICOLON" and wanted & _VERSION_DOTS):
        return "a version has three numbers: `@1.0.0`"
    return None


def _about_import(
    statement: Sequence[Token], found: Token, before: Sequence[Token], wanted: frozenset[str]
) -> str | None:
    word = before[0].text
    rest = statement[1:]
    if found.type in IDENTIFIERS and before[-1].text == "default":
        return f"leave out `default`: `{word} {found.text};`"
    if found.type == "STRING_LITERAL":
        return _FILES if found.text.endswith(".wit") else f"names have no quotes: `{word} {found.text};`"
    if found.type == "DOT" and len(before) == 1:
        return _FILES
    if found.type == "SEMICOLON" and wanted & _VERSION_DOTS:
        return "a version has three numbers: `@1.0.0`"
    if found.type in ("DOT", "SLASH", "AT", "COLON"):
        path = _written(rest)
        return None if path is None else f"write `{word} {path};`"
    if found.type == "FROM" or (found.type == "LBRACE" and len(before) == 1):
        return _taken(*_parts(rest))
    if found.type == "AS" and "COLON" in wanted:
        name = next((token.text for token in rest if token.start > found.start and token.type in IDENTIFIERS), "name")
        return f"the new name comes first: `{word} {name}: {_path(before[1:])};`"
    return None


def _parts(tokens: Sequence[Token]) -> tuple[Sequence[str], str]:
    """The names and the interface of `a from b` and `{ a } from b`."""
    at = next((number for number, token in enumerate(tokens) if token.type == "FROM"), len(tokens))
    names = [token.text for token in tokens[:at] if token.type in IDENTIFIERS]
    source = _written(tokens[at + 1 :]) or _path(
        [token for token in tokens[at + 1 :] if token.type in (*IDENTIFIERS, "COLON", "SLASH")]
    )
    return names or ["name"], source or "interface"


def _use(names: Sequence[str], interface: str) -> str:
    return f"use {interface}.{{{', '.join(names)}}};"


def _taken(names: Sequence[str], interface: str) -> str:
    """What other languages' imports from a module are in WIT."""
    return f"write `{_use(names, interface)}` for its types, or `import {interface};` for the interface"


def _about_from(statement: Sequence[Token]) -> str:
    """`from a import b`."""
    at = next((number for number, token in enumerate(statement) if token.type == "IMPORT"), len(statement))
    names = [token.text for token in statement[at + 1 :] if token.type in IDENTIFIERS] or ["name"]
    return _taken(names, _written(statement[1:at]) or _path(statement[1:at]) or "interface")


def _about_use(statement: Sequence[Token], found: Token, before: Sequence[Token]) -> str | None:
    rest = statement[1:]
    if found.type == "STRING_LITERAL" or (found.type == "DOT" and len(before) == 1):
        return _FILES
    if found.type == "FROM" or (found.type == "LBRACE" and len(before) == 1):
        return f"write `{_use(*_parts(rest))}`"
    last = before[-1].type
    source = _path(before[1:]).rstrip(".:")
    if found.type == "STAR" and last == "DOT":
        return f"say which types: `use {source}.{{one, other}};`"
    if found.type in IDENTIFIERS and last == "DOT":
        return f"write `use {source}.{{{found.text}}};`"
    if found.type == "COLON" and last == "COLON":
        name = next((token.text for token in rest if token.start > found.start and token.type in IDENTIFIERS), "name")
        return f"write `use {source}.{{{name}}};`"
    return None


def _about_parents(head: str, found: Token) -> str | None:
    if found.type == "LESSTHAN":
        return _GENERIC
    if found.type != "COLON" and found.text not in _PARENTS:
        return None
    if head == "WORLD":
        return "a world takes in another one with `include …;` in its body, and interfaces with `import` and `export`"
    return "interfaces do not inherit: `use other.{name};` in the body takes in types"


def _about_qualified(statement: Sequence[Token], found: Token, before: Sequence[Token]) -> str | None:
    """`other.name` or `other::name` for a type."""
    after = [token for token in statement if token.start > found.start]
    if found.type == "COLON":
        if not after or after[0].type != "COLON":
            return None
        del after[0]
    if len(before) < 2 or before[-1].type not in IDENTIFIERS or not after or after[0].type not in IDENTIFIERS:
        return None
    name = after[0].text
    return f"write `use {before[-1].text}.{{{name}}};` first, and then `{name}` alone"


def _about_items(statement: Sequence[Token], found: Token, wanted: frozenset[str]) -> str | None:
    """In interfaces: words before a function, constants, types written as in C."""
    before = [token for token in statement if token.start < found.start]
    first = statement[0].text
    if found.type == "EXPORT" and "IMPORT" not in wanted and "USE" in wanted:
        return "what is in an interface is written without `export`; worlds export interfaces"
    if found.type == "IMPORT" and "EXPORT" not in wanted and "USE" in wanted:
        return "interfaces take in types with `use other.{name};`; worlds import interfaces"
    if len(before) == 1 and found.type in IDENTIFIERS:
        if first in _VISIBLE:
            return f"leave out `{first}`: everything in a package can be used"
        if first in _CONSTANTS:
            return "WIT has no constants: a function can return one"
    if len(before) == 1 and first == "typedef":
        return "a type gets another name by `type name = …;`"
    if len(before) == 2 and first == "type" and found.type == "COLON":
        return f"write `type {before[1].text} = …;`"
    if len(before) == 2 and first == "type" and found.type in TYPES:
        return f"write `type {before[1].text} = {found.text};`"
    if found.type == "LESSTHAN" and before and before[-1].type == "FUNC":
        return _GENERIC
    if found.text in _NEEDS and "IMPORT" in wanted:
        return "a world takes in an interface with `import …;`"
    if found.type in IDENTIFIERS and not before and "INTERFACE" in wanted:
        return _OUTERMOST.get(found.text)
    if found.type in ("DOT", "COLON"):
        return _about_qualified(statement, found, before)
    if len(before) == 2 and before[0].type in ("RECORD", "VARIANT", "ENUM", "FLAGS") and "LBRACE" in wanted:
        if found.type in ("EQUAL", "COLON"):
            return f"write `{first} {before[1].text} {{ … }}`"
        if found.type == "LESSTHAN":
            return _GENERIC
    if found.type == "STAR" and wanted >= TYPES:
        return "WIT has no pointers: what is passed by reference is a `resource`, bytes are a `list<u8>`"
    return None


__all__ = ["about_references"]
