"""What tokens mean by the tokens around them, and the rules the reference parser checks while it reads tokens.

Each pass is linear and works on the list in place: it gives tokens another type, or puts a `Refused` where a rule is
broken. Only positions that the grammar can reach matter: anywhere else a syntax error is earlier, and hides it.
"""

from __future__ import annotations

from ...component.semver import Version
from ..diagnostics import codes
from .lexer import Scan
from .tokens import ATTRIBUTE_FIELDS, ATTRIBUTE_NAMES, END, REFUSED, Refused, Token

_MAX_TYPE_DEPTH = 100
_MAX_PACKAGE_DEPTH = 100
_MAX_LIST_SIZE = 2**32 - 1
_VERSION_CORE = ["INTEGER", "DOT", "INTEGER", "DOT", "INTEGER"]
_VERSION_PARTS = frozenset({"ID", "MALFORMED_ID", "INTEGER", "MINUS"})
_PART_OR_REFUSED = _VERSION_PARTS | {REFUSED}


def apply_context(scan: Scan) -> None:
    """Run all passes over the tokens of `scan`."""
    _name_attribute_words(scan.tokens)
    _join_versions(scan)
    _limit_nesting(scan.tokens)
    _limit_list_sizes(scan.tokens)


def _name_attribute_words(tokens: list[Token]) -> None:
    """`since` is a keyword only after `@`, `version` only after such a keyword and `(` (WIT: Feature gates).

    An identifier that is there instead is refused by the grammar. `%` makes no difference.
    """
    for i, at in enumerate(tokens):
        if at.type == "AT":
            _rename(tokens, i + 1, ATTRIBUTE_NAMES)
            if tokens[i + 1].type in ("SINCE", "UNSTABLE", "DEPRECATED"):
                _rename(tokens, i + 3, ATTRIBUTE_FIELDS)


def _rename(tokens: list[Token], at: int, words: dict[str, str]) -> None:
    if at < len(tokens) and tokens[at].type in ("ID", "EXPLICIT_ID"):
        tokens[at].type = words.get(tokens[at].text.removeprefix("%"), tokens[at].type)


def _join_versions(scan: Scan) -> None:
    """Mark the dots inside each version, and refuse a version that is not valid SemVer (WIT: Package declaration).

    Parts are gathered loosely, as the reference parser does: after `-` or `+` any words, integers and dashes, and dots
    that are followed by one of these. Any other dot belongs to `use a:b/c@1.0.0-rc.{d}`.
    """
    tokens = scan.tokens
    i = 0
    while i + 5 < len(tokens):
        if tokens[i].type != "INTEGER" or [token.type for token in tokens[i : i + 5]] != _VERSION_CORE:
            i += 1
            continue
        first, last, after = tokens[i], tokens[i + 4], i + 5
        for prefix in ("MINUS", "PLUS"):
            if tokens[after].type == prefix:
                after, last = _gather_parts(tokens, after + 1, last)
        if not isinstance(tokens[after], Refused):
            text = scan.source.text[first.start : last.end]
            if Version.parse(text) is None:
                tokens[i] = _bad_version(text, first.start, last.end)
        i = after


def _gather_parts(tokens: list[Token], at: int, last: Token) -> tuple[int, Token]:
    """Skip the parts of a pre-release or build from `at` on; the index after them, and the last part (or `last`)."""
    while True:
        token = tokens[at]
        if token.type == "DOT" and tokens[at + 1].type in _PART_OR_REFUSED:
            token.type = "VERSION_DOT"
        elif token.type in _VERSION_PARTS:
            last = token
        else:
            return at, last
        at += 1


def _bad_version(text: str, start: int, end: int) -> Refused:
    return Refused(
        codes.INVALID_VERSION,
        f"`{text}` is not a semantic version" if len(text) <= 100 and "\n" not in text else "not a semantic version",
        start,
        end,
        notes=(
            "numbers have no leading zeros and fit in 64 bits; blanks are not allowed",
            "what follows `-` or `+` is made of ASCII letters, digits and dashes, in parts separated by dots",
        ),
    )


def _limit_nesting(tokens: list[Token]) -> None:
    """Refuse the token that opens one level of types, or of packages, too many (wit-parser: limits).

    A type may only be after `<` or `,` here, and open `<` are the types around it, up to the end of the item; where
    `package` may be, open braces are the packages around it.
    """
    types = packages = 0
    before = handle = ""
    for i, token in enumerate(tokens):
        type = token.type
        if type == "LESSTHAN":
            types += 1
            handle = before
        elif type == "MORETHAN":
            types -= 1
        elif type == "SEMICOLON":
            types = 0
        elif type == "LBRACE":
            packages += 1
            types = 0
        elif type == "RBRACE":
            packages -= 1
            types = 0
        elif type == "PACKAGE" and packages >= _MAX_PACKAGE_DEPTH:
            tokens[i] = _too_deep("packages", _MAX_PACKAGE_DEPTH, token)
        if (
            types >= _MAX_TYPE_DEPTH
            and before in ("LESSTHAN", "COMMA")
            and handle not in ("OWN", "BORROW")
            and type not in ("MORETHAN", "UNDERSCORE")
        ):
            refused = _too_deep("types", _MAX_TYPE_DEPTH, token)
            if type == END:
                tokens.insert(i, refused)
                return
            tokens[i] = refused
        before = type


def _too_deep(what: str, limit: int, token: Token) -> Refused:
    return Refused(codes.NESTING_TOO_DEEP, f"{what} are nested more than {limit} levels deep", token.start, token.end)


def _limit_list_sizes(tokens: list[Token]) -> None:
    """Refuse the length of a fixed-length list that does not fit 32 bits (WIT: Types)."""
    for i, token in enumerate(tokens):
        if token.type == "INTEGER" and tokens[i - 1].type == "COMMA":
            digits = token.text.lstrip("0")
            if len(digits) > 10 or int(digits or "0") > _MAX_LIST_SIZE:
                tokens[i] = Refused(
                    codes.INVALID_LIST_SIZE,
                    "the length of this list does not fit 32 bits",
                    token.start,
                    token.end,
                )
