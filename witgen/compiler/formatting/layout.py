"""Lays a WIT text out anew, token by token: the tokens stay, and so do the comments between each two of them.

Every comment between an item and the token before it is the item's documentation, a trailing one too. So a comment may
move to another line but never past a token. Only the comma after the last of a list comes and goes: nothing after it
can have docs.

The text follows the grammar (`source` has parsed it), so what a token begins is reported by the tokens beside it, and
nothing here nests deeper than package, world, interface, resource.
"""

from __future__ import annotations

from typing import Final

from ...dataclass import dataclass
from ..syntax.docs import docs_text
from ..syntax.lexer import Scan
from ..syntax.tokens import END
from .lines import STEP, Lines

WIDTH: Final = 100

_CLOSES: Final = frozenset({"COMMA", "SEMICOLON", "COLON", "RPAR", "MORETHAN"})
_GLUED: Final = _CLOSES | {"DOT", "VERSION_DOT", "LESSTHAN", "LPAR", "SLASH", "PLUS", "MINUS", "AT", "RBRACE"}
_GLUES: Final = frozenset({"DOT", "VERSION_DOT", "LESSTHAN", "LPAR", "SLASH", "PLUS", "MINUS", "AT", "LBRACE"})
_VERSION_PARTS: Final = frozenset({"ID", "MALFORMED_ID", "INTEGER"})
_LIST_ENDS: Final = frozenset({"MORETHAN", "RPAR", "RBRACE"})
_OPENS: Final = frozenset({"LESSTHAN", "LPAR"})
_SHUTS: Final = frozenset({"MORETHAN", "RPAR"})
_LISTS: Final = frozenset({"RECORD", "VARIANT", "ENUM", "FLAGS"})
_PACKAGE_ITEMS: Final = frozenset({"PACKAGE", "INTERFACE", "WORLD"})


def lay_out(scanned: Scan) -> str:
    """The text of `scanned` (whose tokens know their context) in canonical form.

    Args:
        scanned: a text without errors.
    """
    return _Layout(scanned).run()


def is_last_comma(scanned: Scan, index: int) -> bool:
    """Whether the token is the comma after the last of a list, which may be there or not."""
    return scanned.tokens[index].type == "COMMA" and scanned.tokens[index + 1].type in _LIST_ENDS


def comments_before(scanned: Scan, index: int) -> list[str]:
    """The comments between a token and the one before it, without what no line needs: blanks at its end, CR.

    A CR stays where docs would change without it.
    """
    places = scanned.comments.get(scanned.tokens[index].start)
    if not places:
        return []
    texts = [scanned.source.text[start:end] for start, end in places]
    trimmed = [text.rstrip() for text in texts]
    plain = [text.replace("\r\n", "\n") for text in trimmed]
    return plain if plain == trimmed or docs_text(plain) == docs_text(texts) else trimmed


@dataclass(frozen=True, slots=True)
class _Statement:
    """Up to where a statement goes (`;`, the `{` of a body, or the `}` of a list), and the list it may have."""

    end: int
    group: tuple[int, int] | None
    """The tokens that open and close its parameters or names: what is broken where the line is too long."""


class _Layout:
    def __init__(self, scanned: Scan) -> None:
        self._scanned = scanned
        self._tokens = scanned.tokens
        self._text = scanned.source.text
        self._out = Lines()
        self._at = 0
        self._spaced: set[int] = set()
        """Tokens inside braces that are apart from them."""

    def run(self) -> str:
        self._items(END, of_package=True)
        return self._out.text()

    # Bodies -----------------------------------------------------------------------------------------------------------

    def _items(self, closer: str, *, of_package: bool) -> None:
        """The statements of a file or body; in files and packages a blank line is around all but `use`."""
        before = ""
        while self._tokens[self._at].type != closer:
            kind = self._kind()
            apart = of_package and before != "" and (before in _PACKAGE_ITEMS or kind in _PACKAGE_ITEMS)
            self._gap(first=not before, apart=apart)
            self._statement(kind)
            before = kind
        self._gap(first=not before, last=True)

    def _kind(self) -> str:
        """The type of the token that begins the next statement, after its attributes."""
        at = self._at
        while self._tokens[at].type == "AT":
            at = self._closing(at, "RPAR") + 1
        return self._tokens[at].type

    def _list(self, closer: int) -> None:
        """The rows of a list that is broken, up to its closer: one on a line, a comma after each."""
        self._out.depth += 1
        first = True
        while self._at < closer:
            self._gap(first=first)
            self._row(closer)
            first = False
        self._gap(first=first, last=True)
        self._out.depth -= 1

    def _row(self, closer: int) -> None:
        start, nesting = self._at, 0
        while self._at < closer:
            type = self._tokens[self._at].type
            if type == "COMMA" and not nesting:
                self._inner_comments()
                self._at += 1
                break
            nesting += (type in _OPENS) - (type in _SHUTS)
            self._token(commented=self._at > start)
        self._out.word(",", glued=True, closes=True)

    # Statements -------------------------------------------------------------------------------------------------------

    def _statement(self, kind: str) -> None:
        """A statement, its attributes first; the comments before it are printed."""
        while self._tokens[self._at].type == "AT":
            start, end = self._at, self._closing(self._at, "RPAR")
            while self._at <= end:
                self._token(commented=self._at > start)
            self._gap(first=True)
        start, statement = self._at, self._extent()
        broken = self._broken_group(statement)
        while self._at <= statement.end:
            self._token(commented=self._at > start)
            if broken is not None and self._at == broken[0] + 1:
                self._list(broken[1])
                self._token(commented=False)
        if self._tokens[statement.end].type == "LBRACE":
            self._body(kind)

    def _body(self, kind: str) -> None:
        """What is after a `{`, and its `}`."""
        if self._tokens[self._at].type == "RBRACE" and not self._comments():
            self._token()
            return
        if kind in _LISTS:
            self._list(self._closing(self._at, "RBRACE"))
        else:
            self._out.depth += 1
            self._items("RBRACE", of_package=kind == "PACKAGE")
            self._out.depth -= 1
        self._token(commented=False)

    def _extent(self) -> _Statement:
        at, group = self._at, None
        while True:
            before, type = self._tokens[at - 1].type, self._tokens[at].type
            if type == "SEMICOLON":
                return _Statement(at, group)
            if type == "LPAR" and before in ("FUNC", "CONSTRUCTOR"):
                group = at, self._closing(at, "RPAR")
            elif type == "LBRACE" and before == "DOT":
                group = at, self._closing(at, "RBRACE")
                at = group[1]
            elif type == "LBRACE" and before == "WITH":
                close = self._closing(at, "RBRACE")
                if close > at + 1:
                    self._spaced |= {at + 1, close}
                return _Statement(close, (at, close))
            elif type == "LBRACE":
                return _Statement(at, group)
            at += 1

    def _closing(self, at: int, type: str) -> int:
        """The next token of this type."""
        while self._tokens[at].type != type:
            at += 1
        return at

    def _broken_group(self, statement: _Statement) -> tuple[int, int] | None:
        """The list of a statement, if it has comments or the line is too long with it."""
        if statement.group is None:
            return None
        opener, closer = statement.group
        if any(self._scanned.comments.get(token.start) for token in self._tokens[opener + 1 : closer + 1]):
            return statement.group
        width = len(STEP) * self._out.depth
        for index in range(self._at, statement.end + 1):
            if not is_last_comma(self._scanned, index):
                token = self._tokens[index]
                width += token.end - token.start + (index > self._at and not self._glued(index))
        return statement.group if width > WIDTH and closer > opener + 1 else None

    # Tokens and what is between them ----------------------------------------------------------------------------------

    def _token(self, *, commented: bool = True) -> None:
        """Print the next token, with the comments before it unless they are printed; no comma after the last of a list."""
        token = self._tokens[self._at]
        if commented:
            self._inner_comments()
        if not is_last_comma(self._scanned, self._at):
            word = self._text[token.start : token.end]
            self._out.word(word, glued=self._glued(self._at), closes=token.type in _CLOSES)
        self._at += 1

    def _glued(self, at: int) -> bool:
        """Whether there is no blank before a token."""
        token, before = self._tokens[at], self._tokens[at - 1]
        if at in self._spaced:
            return False
        if token.type in _GLUED or before.type in _GLUES or (token.type == "LBRACE" and before.type == "DOT"):
            return True
        if before.type == "COLON":
            return self._tokens[at - 3].type == "PACKAGE" or self._tokens[at + 1].type == "SLASH"
        # Only in a version do two of these are side by side.
        return token.type in _VERSION_PARTS and before.type in _VERSION_PARTS and before.end == token.start

    def _comments(self) -> list[str]:
        return comments_before(self._scanned, self._at)

    def _inner_comments(self) -> None:
        """The comments before a token inside a line."""
        for comment in self._comments():
            self._out.comment(comment)

    def _gap(self, *, first: bool, last: bool = False, apart: bool = False) -> None:
        """What is between two lines: comments after the one, the line end, blank lines, comments above the other.

        Args:
            first: whether nothing is before it in its body: no blank line is wanted there.
            last: whether the body ends here: none is wanted there either.
            apart: whether there is to be a blank line in any case.
        """
        places = self._scanned.comments.get(self._tokens[self._at].start, [])
        end = self._tokens[self._at - 1].end if self._at else 0
        trailing = self._trailing(places, end, last)
        for number, (text, place) in enumerate(zip(self._comments(), places, strict=True)):
            if number >= trailing:
                self._out.end()
                if apart or (not first and self._is_blank(end, place[0])):
                    self._out.blank()
                first = apart = False
            self._out.comment(text)
            end = place[1]
        self._out.end()
        if not last and (apart or (not first and self._is_blank(end, self._tokens[self._at].start))):
            self._out.blank()

    def _trailing(self, places: list[tuple[int, int]], end: int, last: bool) -> int:
        """How many comments belong to the line before: all on it, unless the next token is on it too."""
        if not self._at:
            return 0
        count = 0
        for start, behind in places:
            if "\n" in self._text[end:start]:
                return count
            count, end = count + 1, behind
        same_line = "\n" not in self._text[end : self._tokens[self._at].start]
        behind_item = last and self._tokens[self._at - 1].type != "LBRACE"
        return 0 if same_line and not behind_item else count

    def _is_blank(self, end: int, start: int) -> bool:
        return self._text.count("\n", end, start) > 1
