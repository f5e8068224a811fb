"""Tokens: their types, which are the terminals of `grammar/wit.lark`, and the words that messages use for them."""

from __future__ import annotations

from typing import Final

from ..diagnostics import Code

# WIT: Keywords. `from` is reserved, and used nowhere.
# fmt: off
_LETTERS = (
    "as", "async", "bool", "borrow", "char", "constructor", "enum", "export", "f32", "f64", "flags", "from", "func",
    "future", "import", "include", "interface", "list", "map", "option", "own", "package", "record", "resource",
    "result", "s16", "s32", "s64", "s8", "static", "stream", "string", "tuple", "type", "u16", "u32", "u64", "u8",
    "use", "variant", "with", "world",
)
# fmt: on
KEYWORDS: Final[dict[str, str]] = {
    **{word: word.upper() for word in _LETTERS},
    "error-context": "ERROR_CONTEXT",
    "_": "UNDERSCORE",
}

# The keywords that begin a type, and those that begin a type's definition.
# fmt: off
TYPES: Final = frozenset({
    "U8", "U16", "U32", "U64", "S8", "S16", "S32", "S64", "F32", "F64", "CHAR", "BOOL", "STRING", "ERROR_CONTEXT",
    "TUPLE", "LIST", "OPTION", "RESULT", "MAP", "FUTURE", "STREAM", "OWN", "BORROW",
})
# fmt: on
DEFINITIONS: Final = frozenset({"TYPE", "RECORD", "FLAGS", "VARIANT", "ENUM", "RESOURCE"})

# Words that mean something only inside an attribute, and are identifiers elsewhere.
ATTRIBUTE_NAMES: Final[dict[str, str]] = {
    "since": "SINCE",
    "unstable": "UNSTABLE",
    "deprecated": "DEPRECATED",
    "external-id": "EXTERNAL_ID",
}
ATTRIBUTE_FIELDS: Final[dict[str, str]] = {"version": "VERSION", "feature": "FEATURE"}

PUNCTUATION: Final[dict[str, str]] = {
    "=": "EQUAL",
    ",": "COMMA",
    ":": "COLON",
    ".": "DOT",
    ";": "SEMICOLON",
    "(": "LPAR",
    ")": "RPAR",
    "{": "LBRACE",
    "}": "RBRACE",
    "<": "LESSTHAN",
    ">": "MORETHAN",
    "@": "AT",
    "/": "SLASH",
    "+": "PLUS",
    "-": "MINUS",
    "->": "ARROW",
    "*": "STAR",
}

# `MALFORMED_ID` is a word, and `MALFORMED_EXPLICIT_ID` a `%` with what is glued to it, that is not a valid identifier.
OTHER_TYPES: Final[tuple[str, ...]] = (
    "ID",
    "EXPLICIT_ID",
    "MALFORMED_ID",
    "MALFORMED_EXPLICIT_ID",
    "INTEGER",
    "STRING_LITERAL",
    "VERSION_DOT",
)
IDENTIFIERS: Final = frozenset({"ID", "EXPLICIT_ID"})
MALFORMED: Final = frozenset({"MALFORMED_ID", "MALFORMED_EXPLICIT_ID"})
END: Final = "$END"
REFUSED: Final = "REFUSED"
BROKEN: Final = "BROKEN"

_WORDS: Final[dict[str, str]] = {
    **{type: f"keyword `{word}`" for word, type in KEYWORDS.items()},
    **{type: f"`{word}`" for word, type in (ATTRIBUTE_NAMES | ATTRIBUTE_FIELDS).items()},
    **{type: f"'{text}'" for text, type in PUNCTUATION.items()},
    "ID": "an identifier",
    "EXPLICIT_ID": "an identifier",
    "MALFORMED_ID": "an identifier",
    "MALFORMED_EXPLICIT_ID": "an identifier",
    "INTEGER": "an integer",
    "STRING_LITERAL": "a string",
    "VERSION_DOT": "'.'",
    END: "end of file",
}


class Token:
    """One token: its type (a terminal's name), its text as written, and its place in code points, half-open."""

    __slots__ = ("end", "start", "text", "type")

    def __init__(self, type: str, text: str, start: int, end: int) -> None:
        self.type = type
        self.text = text
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"{self.type}({self.text!r}, {self.start}, {self.end})"


class Refused(Token):
    """A place in the text that breaks a rule of the lexer. No grammar rule takes it, so its error is reported.

    `start` and `end` are where the error points. A syntax error that is earlier wins, as in the reference parser.
    """

    __slots__ = ("code", "help", "label", "message", "notes")

    def __init__(
        self,
        code: Code,
        message: str,
        start: int,
        end: int,
        *,
        label: str = "",
        notes: tuple[str, ...] = (),
        help: tuple[str, ...] = (),
    ) -> None:
        super().__init__(REFUSED, "", start, end)
        self.code = code
        self.message = message
        self.label = label
        self.notes = notes
        self.help = help


def describe(type: str) -> str:
    """What a message calls a token of `type`: `';'`, ``keyword `func` ``, `an identifier`, `end of file`."""
    return _WORDS[type]
