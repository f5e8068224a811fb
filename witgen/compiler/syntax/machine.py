"""The LALR(1) machine: lark's, led token by token, so that `recovery` can look at its stacks and change them.

The grammar is `grammar/wit.lark`, the builder's methods are its actions. Lark never sees the text, only our tokens, of
which it needs nothing but the type. Analysing the grammar takes lark longer than parsing an ordinary package, so its
result is kept beside this file, in lark's own form (`tables.json`), and used where it fits: made by the same release of
lark from the same grammar. Elsewhere the grammar is analysed anew. `python -m witgen.compiler.syntax.tables` writes it.

This is the only module that knows lark, and no exception of lark's leaves it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast

from lark import Lark, Tree, UnexpectedToken, __version__
from lark.grammar import Rule
from lark.lexer import Lexer, TerminalDef
from lark.lexer import Token as LarkToken

from ..resources import read_text
from .build import Builder
from .tokens import END, Token

TABLES = "tables.json"


# What we use of lark, typed -------------------------------------------------------------------------------------------


class _Symbol(Protocol):
    name: str


class _Rule(Protocol):
    """A rule to reduce by."""

    origin: _Symbol
    expansion: Sequence[_Symbol]


class _Conf(Protocol):
    """For each state what a symbol does: an action with the next state, or with a rule."""

    states: Mapping[int, Mapping[str, tuple[object, int | _Rule]]]
    end_state: int


class _State(Protocol):
    """The stacks of a running machine. Lark declares its own token class, but reads the `type` only."""

    parse_conf: _Conf
    state_stack: list[int]
    value_stack: list[object]

    def feed_token(self, token: Token, is_end: bool) -> object: ...


class _Interactive(Protocol):
    parser_state: _State


class _Parser(Protocol):
    """A `Lark`."""

    def parse_interactive(self) -> _Interactive: ...

    def memo_serialize(self, types: list[type]) -> tuple[dict[str, object], dict[str, object]]: ...


class _Loads(Protocol):
    """How lark takes its tables back: what parsers that its own generator writes call."""

    def __call__(self, data: object, memo: object, *, transformer: object) -> _Parser: ...


class _Actions:
    """What lark calls for a rule: the builder's method of the same name, with the rule's parts as its arguments."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder

    def __getattr__(self, rule: str) -> Callable[[list[object]], object]:
        method = cast("Callable[..., object]", getattr(self._builder, rule))
        return lambda parts: method(*parts)


class _NoLexer(Lexer):
    """Tokens are fed, not fetched."""

    def __init__(self, conf: object) -> None:
        pass

    def lex(self, lexer_state: object, parser_state: object) -> Iterator[LarkToken]:
        return iter(())


# Tables ---------------------------------------------------------------------------------------------------------------


def analyse(grammar: str, transformer: object) -> _Parser:
    """A parser from the text of a grammar, the slow way. Raises: lark.exceptions.GrammarError."""
    lark = Lark(
        grammar,
        parser="lalr",
        lexer=_NoLexer,
        start="wit_file",
        transformer=transformer,
        keep_all_tokens=True,
        maybe_placeholders=True,
    )
    return cast("_Parser", lark)


def _made_by(grammar: str) -> str:
    """What tables depend on."""
    return f"lark {__version__}, grammar {hashlib.sha256(grammar.encode()).hexdigest()}"


def tables_text() -> str:
    """The text of `tables.json`: lark's analysis of the grammar, in lark's own form.

    Raises:
        lark.exceptions.GrammarError: the grammar is not LALR(1), or not a grammar.
    """
    grammar = read_text("grammar", "wit.lark")
    data, memo = analyse(grammar, None).memo_serialize([TerminalDef, Rule])
    tables = {"made_by": _made_by(grammar), "data": data, "memo": memo}
    return json.dumps(tables, separators=(",", ":"), default=lambda _lexer: None) + "\n"


def _load(text: str, grammar: str, transformer: object) -> _Parser | None:
    """The parser of `tables.json`; None if it was made by another lark, or from another grammar."""
    tables = json.loads(text)
    if tables["made_by"] != _made_by(grammar):
        return None
    data, memo = tables["data"], _numbered(tables["memo"])
    # What JSON has no words for: our lexer class, and numbers as keys.
    data["options"]["lexer"] = data["parser"]["lexer_conf"]["lexer_type"] = _NoLexer
    table = data["parser"]["parser"]
    table["states"] = {int(state): _numbered(actions) for state, actions in table["states"].items()}
    table["tokens"] = _numbered(table["tokens"])
    load = cast("_Loads", getattr(Lark, "_load_from_dict"))  # noqa: B009 - lark declares it for its own generator
    return load(data, memo, transformer=transformer)


def _numbered(items: dict[str, object]) -> dict[int, object]:
    return {int(key): value for key, value in items.items()}


@lru_cache(maxsize=1)
def load_parser() -> tuple[_Parser, Builder]:
    """The one parser of this process, with the builder that its rules call."""
    builder = Builder()
    actions = _Actions(builder)
    grammar = read_text("grammar", "wit.lark")
    kept = Path(__file__).with_name(TABLES)
    parser = _load(kept.read_text("utf-8"), grammar, actions) if kept.is_file() else None
    return parser or analyse(grammar, actions), builder


# The machine ----------------------------------------------------------------------------------------------------------


class Machine:
    """The parser's state between two tokens: `states` and what was built for each, `values` (the start has no value)."""

    __slots__ = ("_state", "builder", "states", "values")

    def __init__(self) -> None:
        parser, self.builder = load_parser()
        self._state = parser.parse_interactive().parser_state
        self.states = self._state.state_stack
        self.values = self._state.value_stack

    def run(self, tokens: Sequence[Token], start: int = 0) -> int:
        """Take `tokens` from index `start` on.

        Returns:
            The index of the first token that cannot be taken, or their number. The token at the end of a file is taken
            if everything before it makes a file, which is the only value then.
        """
        feed = self._state.feed_token
        index = start
        try:
            for index in range(start, len(tokens)):
                token = tokens[index]
                feed(token, token.type == END)
        except UnexpectedToken:
            return index
        return len(tokens)

    def repeat(self, rule: str, parts: Sequence[object]) -> None:
        """Put back on top what a repetition in `rule` had gathered before the rule was reduced by: `parts`, not empty."""
        symbols = self._state.parse_conf.states[self.states[-1]]
        name = next(symbol for symbol in symbols if symbol.startswith(f"__{rule}_"))
        self.values.append(Tree(name, list(parts)))
        assert self.takes(self.states, name)

    def takes(self, states: list[int], type: str) -> bool:
        """Move a stack of states over a token of this type, building nothing; False: the token cannot be taken."""
        conf = self._state.parse_conf
        while True:
            _, action = conf.states[states[-1]].get(type, (None, None))
            if action is None:
                return False
            if isinstance(action, int):
                states.append(action)
                return True
            if action.expansion:
                del states[-len(action.expansion) :]
            _, behind = conf.states[states[-1]][action.origin.name]
            assert isinstance(behind, int)
            states.append(behind)
            if type == END and behind == conf.end_state:
                return True

    def accepted(self, states: Sequence[int]) -> set[str]:
        """The types of the tokens that can be taken with these states on the stack."""
        symbols = self._state.parse_conf.states[states[-1]]
        return {symbol for symbol in symbols if symbol == symbol.upper() and self.takes(list(states), symbol)}

    def knows(self, state: int, type: str) -> bool:
        """Whether a token of this type does anything in a state."""
        return type in self._state.parse_conf.states[state]
