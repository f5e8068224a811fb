"""Goes on after a syntax error: repairs it if one token does, otherwise leaves out the item that holds it.

Every error is reported where the machine met it, so the first is the one that the reference parser gives. Then, in this
order:

1. A repair. A word that is not an identifier, or a keyword where a name was meant, is taken as a name; a separator that is
   missing, doubled or the wrong one is put right. Only if the tokens after then fit.
2. Panic. The item is left out: the machine goes back to where the item began, tokens are skipped to the item's end, and
   the token `BROKEN` takes the item's place, for which the grammar has a rule wherever items are. The end is the `;`
   or `}` that closes the item, or the beginning of the next one: a keyword of an item, an attribute or `name: func`,
   first on its line. Bodies whose `}` is missing are closed before an item that is no deeper, and at the end.

What is left out may have defined any name, so `broken` bodies answer no question about what is missing from them.

What would fit is found by moving copies of the machine's states, which builds nothing. All of it is linear in the text,
except for a constant number of errors.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import cast

from ..diagnostics import Diagnostics
from .build import Items
from .expected import syntax_error
from .lexer import Scan
from .machine import Machine
from .tokens import ATTRIBUTE_NAMES, BROKEN, END, IDENTIFIERS, KEYWORDS, MALFORMED, Token

_MOST_ERRORS, _MOST_STOPS = 20, 1000
"""The errors reported for one text, and those met, repeated ones too; what follows the last is left out."""

_ITEM_WORDS = frozenset({
    "TYPE", "RECORD", "FLAGS", "VARIANT", "ENUM", "RESOURCE", "USE", "IMPORT", "EXPORT", "INCLUDE",
    "INTERFACE", "WORLD", "PACKAGE",
})  # fmt: skip
_NAMES = IDENTIFIERS | MALFORMED
_ATTRIBUTES = frozenset(ATTRIBUTE_NAMES.values())
_SEPARATORS = ("SEMICOLON", "COMMA")
_TEXTS = {"SEMICOLON": ";", "COMMA": ","}
_BEFORE_ONE_TOO_MANY = frozenset({*_SEPARATORS, "RBRACE"})
_OPENING = frozenset({"LBRACE", "LPAR", "LESSTHAN"})
_COMMA_ENDS = frozenset({"LBRACE", "RBRACE", "SEMICOLON"})


class Recovery:
    """The errors of one text. `resume` is called for each error and returns the token at which parsing continues."""

    def __init__(self, machine: Machine, scanned: Scan, diagnostics: Diagnostics) -> None:
        self._machine = machine
        self._source = scanned.source
        self._forbidden = scanned.forbidden
        self._tokens = scanned.tokens
        self._diagnostics = diagnostics
        self._errors = self._stops = 0
        self._malformed: set[str] = set()
        # Where the machine stood after the last error: the next token, and the states.
        self._from, self._states = 0, machine.states[:1]
        self._comma: int | None = None
        self.lost_start = False
        """Whether items were left out before anything that was kept, the header included."""

    def resume(self, index: int) -> int:
        """Report the token at `index`, which the machine refuses, and prepare it for the token whose index is returned.

        That one is after `index`, or the machine takes it: every call makes headway.
        """
        self._stops += 1
        self._open_again()
        if (self._report(index) and self._errors >= _MOST_ERRORS) or self._stops >= _MOST_STOPS:
            index = len(self._tokens) - 1
        next = self._repair(index)
        if next is None:
            next = self._skip(index)
        self._from, self._states = next, list(self._machine.states)
        return next

    # The report ---------------------------------------------------------------------------------------------------------

    def _report(self, index: int) -> bool:
        """Report the error, unless it repeats one that was reported; whether it was."""
        token = self._tokens[index]
        at = bisect_left(self._forbidden, token.start)
        if at < len(self._forbidden) and self._forbidden[at] < max(token.end, token.start + 1):
            return False
        if token.type in MALFORMED:
            if token.text in self._malformed:
                return False
            self._malformed.add(token.text)
        states = list(self._states)
        for earlier in self._tokens[self._from : index]:
            self._machine.takes(states, earlier.type)
        wanted = self._machine.accepted(states) - {BROKEN}
        if "COMMA" in wanted and self._repeats_comma(index):
            return False
        brackets = (v for v in reversed(self._machine.values) if isinstance(v, Token) and v.type in _OPENING)
        self._diagnostics.add(syntax_error(self._source, self._tokens, index, wanted, next(brackets, None)))
        self._errors += 1
        return True

    def _repeats_comma(self, index: int) -> bool:
        """Whether a comma is missing here as it was before in the same braces: one habit, one report."""
        type = self._tokens[index].type
        if type not in _SEPARATORS and not self._fits("COMMA", type):
            return False
        before, self._comma = self._comma, index
        return before is not None and all(t.type not in _COMMA_ENDS for t in self._tokens[before + 1 : index])

    # Repairs ------------------------------------------------------------------------------------------------------------

    def _repair(self, index: int) -> int | None:
        """Put right what one token puts right; None if nothing does."""
        token = self._tokens[index]
        behind = [token.type for token in self._tokens[index + 1 : index + 2]]
        if token.type in MALFORMED and self._fits("ID", *behind):
            return self._put(Token("ID", token.text.removeprefix("%"), token.start, token.end), index + 1)
        if KEYWORDS.get(token.text) == token.type and self._fits("ID", *behind) and not self._fits("LIST"):
            return self._put(Token("ID", token.text, token.start, token.end), index + 1)
        for separator in _SEPARATORS:
            if token.type in _SEPARATORS and self._fits(separator, *behind):
                return self._put(Token(separator, _TEXTS[separator], token.start, token.end), index + 1)
            # Items are on lines of their own: a `;` is missing where one ends.
            ends = separator == "COMMA" or token.type == "RBRACE" or self._begins_line(index)
            if ends and self._fits(separator, token.type, *behind):
                end = self._tokens[index - 1].end
                return self._put(Token(separator, _TEXTS[separator], end, end), index)
        if token.type in _SEPARATORS and self._tokens[index - 1].type in _BEFORE_ONE_TOO_MANY and self._fits(*behind):
            return index + 1
        return None

    def _fits(self, *types: str) -> bool:
        """Whether the machine would take tokens of these types now, up to the end of the text."""
        return bool(types) and self._takes(self._machine.states, types)

    def _put(self, token: Token, next: int) -> int:
        self._feed(token)
        return next

    # Panic --------------------------------------------------------------------------------------------------------------

    def _open_again(self) -> None:
        """Undo the machine's closing of a file's or package's items at a misplaced `}` or end."""
        states, values = self._machine.states, self._machine.values
        if values and isinstance(values[-1], Items):
            closed = cast("Items[object]", values.pop())
            states.pop()
            if closed.items or closed.broken:
                self._machine.repeat("file_items", [*closed.items, *([None] if closed.broken else [])])

    def _skip(self, index: int) -> int:
        """Leave out the item around the token at `index`; the index of the first token after it."""
        states, values = self._machine.states, self._machine.values
        # How many states stay: those up to the innermost place for an item.
        kept = next(at for at in range(len(states), 0, -1) if self._machine.knows(states[at - 1], BROKEN))
        opened = depth = sum(isinstance(value, Token) and value.type == "LBRACE" for value in values[kept - 1 :])
        at = index
        while True:
            type = self._tokens[at].type
            ends = False
            if type == END:
                return self._leave_out(kept, at)
            if type == "LBRACE":
                depth += 1
            elif type == "SEMICOLON":
                ends = depth == 0
            elif type == "RBRACE":
                if depth == 0 and self._missing_braces(kept, at) == 0:
                    return self._leave_out(kept, at)
                depth = max(depth - 1, 0)
                ends = depth == 0
                if ends and self._tokens[at + 1].type == "SEMICOLON":
                    at += 1
            elif self._begins_item(at) and self._ends_before(kept, at, depth, opened):
                return self._leave_out(kept, at)
            at += 1
            # A name may be a misspelt keyword: the next error.
            if ends and (self._tokens[at].type in _NAMES or self._missing_braces(kept, at) == 0):
                return self._leave_out(kept, at)

    def _ends_before(self, kept: int, at: int, depth: int, opened: int) -> bool:
        """Whether the item that is left out ends before the token at `at`, which looks like the next one's first.

        It does if that fits, with no brace open that was opened after the error; and if that is no deeper than the
        body around the item, which shows that braces are missing.
        """
        missing = self._missing_braces(kept, at)
        if missing is None:
            return False
        if missing == 0 and depth <= (0 if self._tokens[at].type == "AT" else opened):
            return True
        return self._indent(self._tokens[at]) <= self._body_indent(kept)

    def _missing_braces(self, kept: int, at: int) -> int | None:
        """How many bodies around the item that is left out must be closed for the token at `at` to fit; None: none do."""
        states = self._machine.states[:kept]
        if kept > 1:
            self._machine.takes(states, BROKEN)
        for closed in range(kept):
            if self._takes(states, (self._tokens[at].type,)):
                return closed
            if not self._machine.takes(states, "RBRACE"):
                break
        return None

    def _leave_out(self, kept: int, at: int) -> int:
        """Put `BROKEN` in place of the item, and close the bodies whose braces are missing before the token at `at`."""
        missing = self._missing_braces(kept, at) or 0
        start = self._tokens[at].start
        del self._machine.states[kept:], self._machine.values[kept - 1 :]
        if kept > 1:
            self._feed(Token(BROKEN, "", start, start))
        else:
            self.lost_start = True
        for _ in range(missing):
            self._feed(Token("RBRACE", "}", start, start))
        return at

    def _begins_item(self, at: int) -> bool:
        """Whether the token at `at`, first on its line, looks like the beginning of an item."""
        if not self._begins_line(at):
            return False
        type, next, third = (token.type for token in (*self._tokens[at : at + 3], *self._tokens[-1:] * 2)[:3])
        if type in _ITEM_WORDS:
            return next in _NAMES
        if type == "AT":
            return next in _ATTRIBUTES
        return (type == "CONSTRUCTOR" and next == "LPAR") or (
            type in _NAMES and next == "COLON" and third in ("FUNC", "ASYNC", "STATIC")
        )

    def _begins_line(self, at: int) -> bool:
        return at == 0 or "\n" in self._source.text[self._tokens[at - 1].end : self._tokens[at].start]

    def _body_indent(self, kept: int) -> int:
        """The indent of the line with the `{` of the body around the item that is left out; 0 outside all bodies."""
        for value in reversed(self._machine.values[: kept - 1]):
            if isinstance(value, Token) and value.type == "LBRACE":
                return self._indent(value)
        return 0

    def _indent(self, token: Token) -> int:
        """The white space before the first character of the token's line."""
        text = self._source.text
        start = text.rfind("\n", 0, token.start) + 1
        return next(at for at in range(start, token.start + 1) if not text[at].isspace()) - start

    def _feed(self, token: Token) -> None:
        assert self._machine.run([token]) == 1, token

    def _takes(self, states: Iterable[int], types: Iterable[str]) -> bool:
        copy = list(states)
        return all(self._machine.takes(copy, type) for type in types)
