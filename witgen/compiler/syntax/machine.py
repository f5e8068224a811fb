"""The LALR(1) machine: lark's, led token by token, so that `recovery` can look at its stacks and change them.

The grammar is `grammar/wit.lark`, the builder's methods are its actions. Lark never sees the text, only our tokens, of
which it needs nothing but the type. Analysing the grammar takes lark longer than parsing an ordinary package, so its
result is kept beside this file (`tables.json`), and used where it fits: made by the same release of lark from the same
grammar. Elsewhere the grammar is analysed anew. `python -m witgen.compiler.syntax.tables` writes it. It is not in
lark's own form, which every run would pay for: lark takes some three times as long to read that. With the tables, lark's
machine is all that is needed of lark, so its reader of grammars, its lexers and its other parsers are not imported.

This is the only module that knows lark, and no exception of lark's leaves it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any, Final, Protocol, TypedDict, cast

from ..data_files import read_text
from .build import Builder
from .late_package import late_package
from .tokens import END, Token

late_package("lark")

from lark.exceptions import UnexpectedToken
from lark.grammar import NonTerminal, Rule, RuleOptions, Terminal
from lark.lexer import Lexer
from lark.lexer import Token as LarkToken
from lark.parse_tree_builder import ParseTreeBuilder
from lark.parsers.lalr_analysis import IntParseTable, Reduce, Shift
from lark.parsers.lalr_parser_state import ParseConf, ParserState
from lark.tree import Tree

TABLES = "tables.json"
_START: Final = "wit_file"


# What we use of lark, typed -------------------------------------------------------------------------------------------


class _Symbol(Protocol):
    name: str


class _Rule(Protocol):
    """A rule to reduce by."""

    origin: _Symbol
    expansion: Sequence[_Symbol]


class _Conf(Protocol):
    """For each state what a symbol does: an action with the next state, or with a rule."""

    parse_table: _Table
    states: Mapping[int, Mapping[str, tuple[object, int | _Rule]]]
    end_state: int


class _State(Protocol):
    """The stacks of a running machine. Lark declares its own token class, but reads the `type` only."""

    parse_conf: _Conf
    state_stack: list[int]
    value_stack: list[object]

    def feed_token(self, token: Token, is_end: bool) -> object: ...


class _Table(Protocol):
    """What analysing a grammar gives."""

    states: Mapping[int, Mapping[str, tuple[object, int | Rule]]]
    start_states: Mapping[str, int]
    end_states: Mapping[str, int]


class _Interactive(Protocol):
    parser_state: _State


class _Parser(Protocol):
    """A `Lark`."""

    rules: Sequence[Rule]

    def parse_interactive(self) -> _Interactive: ...


class _TreeBuilder(Protocol):
    """What is used of lark's `ParseTreeBuilder`, which has no types."""

    def create_callback(self, transformer: object) -> Mapping[Rule, Callable[[list[object]], object]]: ...


class _KeptRule(TypedDict):
    """A rule in `tables.json`, with what lark's `RuleOptions` takes."""

    origin: str
    expansion: list[str]
    order: int
    alias: str | None
    options: dict[str, object]


class _KeptTables(TypedDict):
    """`tables.json`. Symbols are numbers there: their places in `symbols`. So are moves: up to the number of states the
    state to go to, from there on the rule to reduce by."""

    lark: str
    """The release of lark that made them."""
    grammar: str
    """The text of the grammar that they were made from."""
    terminals: dict[str, bool]
    """Each with whether lark may leave it out."""
    rules: list[_KeptRule]
    symbols: list[str]
    states: list[tuple[list[int], list[int]]]
    """The symbols that each state knows, and the move for each of them."""
    start: int
    end: int


_new_table = cast("Callable[..., _Table]", IntParseTable)
_new_tree_builder = cast("Callable[..., _TreeBuilder]", ParseTreeBuilder)
_new_conf = cast("Callable[..., _Conf]", ParseConf)
_new_state = cast("Callable[..., _State]", ParserState)


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


def analyse(grammar: str) -> tuple[Sequence[Rule], _Table]:
    """The rules of a grammar and what each state does, the slow way.

    Raises:
        lark.exceptions.GrammarError: the grammar is not one that lark can use.
    """
    from lark import Lark

    lark = Lark(grammar, parser="lalr", lexer=_NoLexer, start=_START, keep_all_tokens=True, maybe_placeholders=True)
    parser = cast("_Parser", lark)
    return parser.rules, parser.parse_interactive().parser_state.parse_conf.parse_table


def _release() -> str:
    """The release of lark, from the text of the package, which to ask means to import all of it; "" if it is not there."""
    spec = find_spec("lark")
    try:
        text = "" if spec is None or spec.origin is None else Path(spec.origin).read_text("utf-8")
    except OSError:  # a package in an archive
        return ""
    found = re.search(r'^__version__\b.*?"([^"]+)"', text, re.MULTILINE)
    return "" if found is None else found[1]


def tables_text() -> str:
    """The text of `tables.json`: lark's analysis of the grammar.

    Raises:
        lark.exceptions.GrammarError: the grammar is not LALR(1), or not a grammar.
    """
    grammar = read_text("grammar", "wit.lark")
    rules, table = analyse(grammar)
    numbers = {rule: len(table.states) + number for number, rule in enumerate(rules)}
    symbols = {
        symbol: number for number, symbol in enumerate(dict.fromkeys(chain.from_iterable(table.states.values())))
    }
    kept: _KeptTables = {
        "lark": _release(),
        "grammar": grammar,
        "terminals": {
            symbol.name: symbol.filter_out
            for rule in rules
            for symbol in rule.expansion
            if isinstance(symbol, Terminal)
        },
        "rules": [
            {
                "origin": rule.origin.name,
                "expansion": [symbol.name for symbol in rule.expansion],
                "order": rule.order,
                "alias": rule.alias,
                "options": {name: getattr(rule.options, name) for name in RuleOptions.__serialize_fields__},
            }
            for rule in rules
        ],
        "symbols": list(symbols),
        "states": [
            (
                [symbols[symbol] for symbol in table.states[state]],
                [move if isinstance(move, int) else numbers[move] for _, move in table.states[state].values()],
            )
            for state in range(len(table.states))
        ],
        "start": table.start_states[_START],
        "end": table.end_states[_START],
    }
    return json.dumps(kept, separators=(",", ":")) + "\n"


def kept_tables(text: str, grammar: str) -> tuple[Sequence[Rule], _Table] | None:
    """What `analyse` gives, from `tables.json`; None if that was made by another lark, or from another grammar."""
    kept = cast("_KeptTables", json.loads(text))
    if kept["grammar"] != grammar or kept["lark"] != _release():
        return None
    terminals = {name: Terminal(name, filter_out) for name, filter_out in kept["terminals"].items()}
    rules = [
        Rule(
            NonTerminal(rule["origin"]),
            [terminals.get(name) or NonTerminal(name) for name in rule["expansion"]],
            rule["order"],
            rule["alias"],
            RuleOptions(**cast("dict[str, Any]", rule["options"])),
        )
        for rule in kept["rules"]
    ]
    moves = [*((Shift, state) for state in range(len(kept["states"]))), *((Reduce, rule) for rule in rules)]
    symbol, move = kept["symbols"].__getitem__, moves.__getitem__
    states = {
        state: dict(zip(map(symbol, known), map(move, made), strict=True))
        for state, (known, made) in enumerate(kept["states"])
    }
    return rules, _new_table(states, {_START: kept["start"]}, {_START: kept["end"]})


@lru_cache(maxsize=1)
def load_parser() -> tuple[_Conf, Builder]:
    """The one parser of this process, with the builder that its rules call."""
    builder = Builder()
    grammar = read_text("grammar", "wit.lark")
    path = Path(__file__).with_name(TABLES)
    rules, table = (kept_tables(path.read_text("utf-8"), grammar) if path.is_file() else None) or analyse(grammar)
    trees = _new_tree_builder(rules, Tree, maybe_placeholders=True)
    return _new_conf(table, trees.create_callback(_Actions(builder)), _START), builder


# The machine ----------------------------------------------------------------------------------------------------------


class Machine:
    """The parser's state between two tokens: `states` and what was built for each, `values` (the start has no value)."""

    __slots__ = ("_state", "builder", "states", "values")

    def __init__(self) -> None:
        conf, self.builder = load_parser()
        self._state = _new_state(conf, None)  # no lexer: tokens are fed
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
