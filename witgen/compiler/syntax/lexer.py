"""The lexer: one text in, its tokens and comments out (WIT: Lexical structure).

One pattern finds the next token after any white space; block comments, which nest, strings and words beyond ASCII are
scanned apart. What is not a token becomes a `Refused` one, which the parser reports if no syntax error is earlier, and
lexing goes on after it. What depends on the tokens around is done in `context.py`.

Comments are not tokens. They are kept as runs, by the offset of the token that follows them, for docs to be made from.
"""

from __future__ import annotations

import re
import unicodedata

from ...dataclass import dataclass, field
from ..diagnostics import Diagnostics, Label, Source, Span, codes
from .habits import character_cure
from .identifiers import is_identifier
from .literals import BadString, read_string
from .tokens import END, KEYWORDS, PUNCTUATION, Refused, Token

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters but tab, LF and CR
    "\u202a-\u202e\u2066-\u2069"  # bidirectional controls
    "\u0149\u0673\u0f77\u0f79\u17a3\u17a4\u17b4\u17b5]"  # discouraged by Unicode
)

# The groups are distinguished by their number. A CR is white space only before an LF. A word that goes on beyond ASCII is
# left to the last group, with all that begins no token.
_NEXT = re.compile(
    r"""(?:[ \t\n]++|\r\n)*+
    (?: ([A-Za-z_][A-Za-z0-9_-]*+)(?![^\x00-\x7f])
      | (->|[=,:;.(){}<>@+*-]|/(?![/*]))
      | (//[^\n]*+)
      | ([0-9]++)
      | (%)
      | (")
      | (/\*)
      | ([^ \t\n])
    )""",
    re.VERBOSE,
)
_WORD, _PUNCTUATION, _LINE_COMMENT, _INTEGER, _PERCENT, _QUOTE, _BLOCK_COMMENT = range(1, 8)
_BLANKS = re.compile(r"(?:[ \t\n]++|\r\n)*+")
_COMMENT_MARK = re.compile(r"/\*|\*/")
_REST_OF_STRING = re.compile(r'"(?:[^"\\\n]|\\[^\n])*+"?')
_RUN = re.compile(r"(.)\1*+", re.DOTALL)
_MOST_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class Scan:
    """A text's tokens, the last of type `$END`, and its runs of comments.

    `comments` maps the offset of a token to the (start, end) of each comment between it and the token before.
    `forbidden` are the offsets of characters that `refuse_characters` has found.
    """

    source: Source
    tokens: list[Token]
    comments: dict[int, list[tuple[int, int]]]
    forbidden: list[int] = field(default_factory=list[int])


def refuse_characters(source: Source, diagnostics: Diagnostics) -> list[int]:
    """Find the characters that may be nowhere in a file, comments included, and report the first of each line.

    Returns:
        Their offsets. There are no more reports after the twentieth.
    """
    offsets = [found.start() for found in _FORBIDDEN.finditer(source.text)]
    reported = line_end = 0
    for offset in offsets:
        if offset >= line_end and reported < _MOST_CHARACTERS:
            _report_forbidden(source, offset, diagnostics)
            reported += 1
            line_end = source.text.find("\n", offset) + 1 or len(source.text)
    return offsets


def _report_forbidden(source: Source, offset: int, diagnostics: Diagnostics) -> None:
    char = source.text[offset]
    match unicodedata.category(char):
        case "Cc":
            what = "control character"
        case "Cf":
            what = "bidirectional control character"
        case _:
            what = "discouraged character"
    name = unicodedata.name(char, "")
    diagnostics.error(
        codes.FORBIDDEN_CHARACTER,
        f"the {what} U+{ord(char):04X}{f' ({name})' if name else ''} is not allowed in WIT, not even in comments",
        Label(Span(source, offset, offset + 1)),
    )


def scan(source: Source) -> Scan:
    """Find the tokens and comments of `source`. Takes time linear in its text."""
    text = source.text
    tokens: list[Token] = []
    comments: dict[int, list[tuple[int, int]]] = {}
    pending: list[tuple[int, int]] = []
    types: dict[str, str] = dict(KEYWORDS)
    next_token = _NEXT.match
    at = 1 if text.startswith("\ufeff") else 0
    while (found := next_token(text, at)) is not None:
        kind = found.lastindex
        assert kind is not None
        start, at = found.span(kind)
        if kind == _WORD:
            word = text[start:at]
            type = types.get(word)
            if type is None:
                type = types[word] = "ID" if is_identifier(word) else "MALFORMED_ID"
            token = Token(type, word, start, at)
        elif kind == _PUNCTUATION:
            word = text[start:at]
            token = Token(PUNCTUATION[word], word, start, at)
        elif kind == _LINE_COMMENT:
            pending.append((start, at))
            continue
        elif kind == _BLOCK_COMMENT:
            end = _block_comment_end(text, start)
            if end is None:
                tokens.append(
                    Refused(
                        codes.UNTERMINATED_COMMENT,
                        "this block comment is not closed",
                        start,
                        at,
                        help=("block comments nest: each `/*` inside a comment needs a `*/` of its own",),
                    )
                )
                at = len(text)
                continue
            pending.append((start, end))
            at = end
            continue
        elif kind == _INTEGER:
            token = Token("INTEGER", text[start:at], start, at)
        elif kind == _PERCENT:
            at = _word_end(text, at)
            good = is_identifier(text[start + 1 : at])
            token = Token("EXPLICIT_ID" if good else "MALFORMED_EXPLICIT_ID", text[start:at], start, at)
        elif kind == _QUOTE:
            try:
                value, at = read_string(text, start)
                token = Token("STRING_LITERAL", value, start, at)
            except BadString as bad:
                token = Refused(codes.INVALID_STRING, bad.message, bad.start, bad.end)
                rest = _REST_OF_STRING.match(text, start)
                assert rest is not None
                at = rest.end()
        else:
            at = _word_end(text, start)
            word = text[start:at]
            if not word:
                token = _unexpected(text, start)
                at = _end_of_run(text, start)
            else:
                token = Token(types.get(word) or ("ID" if is_identifier(word) else "MALFORMED_ID"), word, start, at)
        if pending:
            comments[start] = pending
            pending = []
        tokens.append(token)
    blanks = _BLANKS.match(text, at)
    assert blanks is not None
    at = blanks.end()
    assert at == len(text), "a character that begins no token is one that is refused"
    if pending:
        comments[at] = pending
    tokens.append(Token(END, "", at, at))
    return Scan(source, tokens, comments)


def _block_comment_end(text: str, start: int) -> int | None:
    """The offset after the `*/` that closes the `/*` at `start`; None where there is none."""
    depth = 0
    for mark in _COMMENT_MARK.finditer(text, start):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return mark.end()
    return None


def _word_end(text: str, start: int) -> int:
    """The end of the word at `start`, which begins with XID_Start, `_` or `-`; `start` itself where there is none."""
    at = start
    if at < len(text) and (text[at] == "-" or text[at].isidentifier()):
        at += 1
        # `isidentifier` is XID_Start and XID_Continue, of the Unicode version that this Python knows.
        while at < len(text) and (text[at] == "-" or ("_" + text[at]).isidentifier()):
            at += 1
    return at


def _end_of_run(text: str, start: int) -> int:
    """The end of the run of one character that begins at `start`: one that is unexpected is so once."""
    run = _RUN.match(text, start)
    assert run is not None
    return run.end()


def _unexpected(text: str, at: int) -> Refused:
    char = text[at]
    help: tuple[str, ...] = ()
    if char == "\r":
        shown, help = "a lone carriage return", ("end lines with LF or CR LF",)
    elif (cure := character_cure(char)) is not None:
        shown, help = f"`{char}`", (cure,)
    elif char.isprintable() and not unicodedata.combining(char):
        shown = f"`{char}`"
    else:
        shown = f"U+{ord(char):04X}"
    name = unicodedata.name(char, "") if not char.isascii() else ""
    return Refused(
        codes.UNEXPECTED_CHARACTER,
        f"unexpected character: {shown}{f' ({name})' if name else ''}",
        at,
        at + 1,
        help=help,
    )
