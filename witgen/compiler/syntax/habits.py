"""What people write who come from Python and its neighbours, and what WIT has instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .tokens import ATTRIBUTE_NAMES, IDENTIFIERS, TYPES, Token

_SIGNED = "integers say their width: `s32` or `s64` with a sign, `u32` or `u64` without"
_FLOAT = "floats say their width: `f32` or `f64`"
_BYTES = "bytes are a `list<u8>`"
_TEXT = "text is a `string`"
_NOTHING = "a function without a result has no `->`; a `result<_, E>` has no value beside the error"
_LIST = "a sequence is a `list<T>`"
_MAP = "a mapping is a `map<K, V>`, or a `list<tuple<K, V>>` where the tools do not know maps yet"
_OPTION = "what may be missing is an `option<T>`"
_VARIANT = "one of several types is a `variant` with a case for each"
_ANY = "every value has a type; one of several is a `variant`, and what only the other side understands a `list<u8>`"
_TYPES = {
    _SIGNED: "int integer i128 u128 isize usize uint byte long short number bigint",
    _FLOAT: "float double real decimal complex",
    _BYTES: "bytes bytearray memoryview buffer blob binary",
    _TEXT: "str text char-array utf8",
    "a truth value is a `bool`": "boolean",
    _NOTHING: "void none nonetype unit null nil never noreturn",
    _LIST: "array vec vector sequence iterable iterator collection deque slice repeated",
    "a set is a `list<T>`; which of a few fixed names are set is `flags`": "set frozenset",
    _MAP: "dict hashmap mapping dictionary object-map",
    _OPTION: "optional maybe nullable",
    _VARIANT: "union either literal",
    _ANY: "any object dynamic json",
    "a function that takes or gives functions has a `resource` with a method instead": "callable callback function",
    "what can fail returns a `result<T, E>`": "exception error-type",
    "what comes later is the result of an `async func`, or a `future<T>`": "promise awaitable coroutine",
    "values that come one by one are a `stream<T>`": "generator observable asynciterator asyncgenerator",
    "WIT has no pointers: write the type itself, or `borrow<…>` for a handle that is lent": "box rc arc ref pointer",
    "a type is called by its name, also in its own body": "self this",
    "WIT has no type for times: nanoseconds are a `u64`, and `wasi:clocks` has records": (
        "date datetime timedelta time duration timestamp instant"
    ),
    "WIT has no type for such ids: use a `string`, or a `tuple<u64, u64>`": "uuid guid",
    "a path or an address is a `string`": "path pathlib filepath url uri",
}
_CURES = {word: cure for cure, words in _TYPES.items() for word in words.split()}
_INTEGER = re.compile(r"(i|int|u|uint|s)(8|16|32|64)(?:_t)?")
_FUNCTIONS = frozenset({"def", "fn", "fun", "function", "method", "sub", "proc", "rpc"})
_RECORDS = frozenset({"class", "struct", "dataclass", "object", "message", "typeddict", "namedtuple"})
_BEFORE_TYPES = frozenset({"repeated", "optional", "nullable", "maybe", "array"})
_UNIONS = frozenset({"oneof", "union", "sum"})
_PROPERTIES = frozenset({"readonly", "property", "attribute", "field", "get", "mut"})
_GENERIC = frozenset({"TUPLE", "LIST", "OPTION", "RESULT", "MAP", "FUTURE", "STREAM", "OWN", "BORROW"})
_CHARACTERS = {
    "?": "what may be missing is an `option<T>`",
    "[": "type arguments are in `<` and `>`: `list<string>`",
    "]": "type arguments are in `<` and `>`: `list<string>`",
    "|": "what may be missing is an `option<T>`; one of several types is a `variant` with a case for each",
    "#": "comments begin with `//`, docs with `///`",
    "&": "a handle that is lent is a `borrow<…>`",
    "'": "text is in double quotes, and only in attributes",
    "!": "WIT has no macros and no negation",
}


def type_cure(word: str) -> str | None:
    """What WIT has for a type that other languages call `word`; None where nothing comes to mind."""
    found = _INTEGER.fullmatch(word.casefold())
    if found is not None:
        return f"write `{'u' if found[1] in ('u', 'uint') else 's'}{found[2]}`"
    return _CURES.get(word.casefold())


def character_cure(char: str) -> str | None:
    """What WIT has for what other languages write with `char`."""
    return _CHARACTERS.get(char)


def about_habits(tokens: Sequence[Token], index: int, wanted: frozenset[str]) -> str | None:
    """What WIT has for what was written at `index`, where tokens of the types `wanted` could be."""
    found, before = tokens[index], tokens[index - 1] if index else None
    type, text = found.type, before.text if before is not None else ""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if type == "LESSTHAN" and before is not None and before.type in IDENTIFIERS:
        return type_cure(text)
    if before is not None and before.type in IDENTIFIERS and "COLON" in wanted:
        cure = _about_declarations(found, text)
        if cure is not None:
            return cure
    return (
        _about_functions(found, before, after, wanted)
        or _about_order(tokens, index, wanted)
        or _about_bodies(type, wanted)
    )


def _about_order(tokens: Sequence[Token], index: int, wanted: frozenset[str]) -> str | None:
    """Names and types in the order of other languages, and types where only functions can be."""
    found, before = tokens[index], tokens[index - 1] if index else None
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if found.type == "FUNC" and "FUNC" not in wanted and after is not None and after.type in IDENTIFIERS:
        return f"functions are written `{after.text}: func(…)`"
    if before is None:
        return None
    if found.type in TYPES:
        if wanted == frozenset({"LESSTHAN"}) and before.type in _GENERIC:
            return f"type arguments are in `<` and `>`: `{before.text}<{found.text}>`"
        if "FUNC" in wanted and before.type == "COLON":
            return f"only records have fields; a function returns a value: `{tokens[index - 2].text}: func() -> {found.text}`"
        if wanted == frozenset({"COLON"}) and before.type in IDENTIFIERS:
            return f"a type comes after `:`: `{before.text}: {found.text}`"
        if wanted >= IDENTIFIERS | {"RBRACE"} and after is not None and after.type in IDENTIFIERS:
            return f"the name comes first: `{after.text}: {found.text}`"
    if before.text in _BEFORE_TYPES and found.type in TYPES | IDENTIFIERS and wanted & {"COMMA", "SEMICOLON"}:
        return type_cure(before.text)
    if found.type == "CONSTRUCTOR" and "FUNC" in wanted:
        return "a constructor has no name: `constructor(…)`"
    if before.text in ATTRIBUTE_NAMES and wanted == frozenset({"LPAR"}):
        field = "feature = …" if before.text == "unstable" else "version = 1.0.0"
        return f"write `@{before.text}({field})`"
    return None


def _about_declarations(found: Token, text: str) -> str | None:
    """After a name that could be a function's."""
    if text in _FUNCTIONS and found.type in IDENTIFIERS:
        return f"functions are written `{found.text}: func(…)`"
    if text in _RECORDS and found.type in IDENTIFIERS:
        return f"data is a `record {found.text} {{ … }}`, what has methods a `resource {found.text} {{ … }}`"
    if text in _UNIONS and found.type in IDENTIFIERS:
        return f"one of several types is a `variant {found.text} {{ … }}`"
    if text in _PROPERTIES and found.type in IDENTIFIERS:
        return f"only records have fields; a function returns a value: `{found.text}: func() -> …`"
    if text == "self" and found.type in ("RPAR", "COMMA"):
        return "a method has `self` without saying so: leave it out"
    if text == "pass":
        return "an empty body is `{}`"
    if found.type == "LPAR":
        return f"functions are written `{text}: func(…)`"
    return None


def _about_functions(found: Token, before: Token | None, after: Token | None, wanted: frozenset[str]) -> str | None:
    type, next = found.type, after.type if after is not None else ""
    last = before.type if before is not None else ""
    if type == "LPAR":
        if "FUNC" in wanted:
            return f"`func` comes before the parameters: `{'static ' if last == 'STATIC' else ''}func(…)`"
        if last in _GENERIC and before is not None:
            return f"type arguments are in `<` and `>`: `{before.text}<…>`"
        if last == "ARROW" and next == "RPAR":
            return "a function without a result has no `->`"
        if last != "ARROW" and wanted >= TYPES:
            return "several values in one are a `tuple<…>`"
    if type == "COLON" and "ARROW" in wanted:
        return "the result comes after `->`: `func(…) -> …`"
    if type == "EQUAL" and "ARROW" in wanted and next == "MORETHAN":
        return "the arrow is `->`"
    if type == "STATIC" and "CONSTRUCTOR" in wanted and after is not None:
        return f"`static` comes after the name: `{after.text}: static func(…)`"
    if type == "ASYNC" and "FUNC" not in wanted and next in IDENTIFIERS and after is not None:
        name = "name" if after.text in _FUNCTIONS else after.text
        return f"`async` comes after the name: `{name}: async func(…)`"
    if found.text in ("raises", "throws", "except") and "SEMICOLON" in wanted:
        return "a function that can fail returns a `result<T, E>`"
    if type == "STAR" or (type == "DOT" and wanted >= {"RPAR", "ID"}):
        return "a function has a fixed number of parameters; any number of values is a `list<T>`"
    return None


def _about_bodies(type: str, wanted: frozenset[str]) -> str | None:
    if type == "COLON" and wanted >= {"LPAR", "COMMA", "RBRACE"}:
        return "a case has its type in parentheses: `case(…)`"
    if type == "LBRACE" and wanted >= {"LPAR", "COMMA", "RBRACE"}:
        return "a case holds one type: define a record under a name of its own, and write `case(that-record)`"
    if type == "EQUAL" and wanted >= {"RPAR", "COMMA"}:
        return "parameters have no default values; an `option<T>` can be given as none"
    if type == "EQUAL" and wanted >= {"RBRACE", "COMMA"}:
        return "cases and fields have no values: cases are counted in their order"
    if type == "SEMICOLON" and wanted >= {"RBRACE", "COMMA"}:
        return "fields and cases are separated by commas"
    if type == "STRING_LITERAL" and wanted & {"RBRACE", "INTERFACE"}:
        return "docs are written `/// …`, before the item"
    return None


__all__ = ["about_habits", "character_cure", "type_cure"]
