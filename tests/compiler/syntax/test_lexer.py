"""Tokens, comments and the rules about characters."""

from __future__ import annotations

import unicodedata

import pytest

from witgen.compiler.diagnostics import Diagnostics, Source, codes
from witgen.compiler.syntax.context import apply_context
from witgen.compiler.syntax.docs import docs_text
from witgen.compiler.syntax.identifiers import explain_identifier, is_identifier, suggest_identifier
from witgen.compiler.syntax.lexer import Scan, refuse_characters, scan
from witgen.compiler.syntax.literals import BadString, read_string
from witgen.compiler.syntax.tokens import (
    ATTRIBUTE_FIELDS,
    ATTRIBUTE_NAMES,
    END,
    KEYWORDS,
    OTHER_TYPES,
    PUNCTUATION,
    REFUSED,
    Refused,
    describe,
)


def lex(text: str) -> Scan:
    """The scan of `text`, context applied."""
    scanned = scan(Source("test.wit", text))
    apply_context(scanned)
    return scanned


def types(text: str) -> list[str]:
    """The types of the tokens of `text`, without the end."""
    return [token.type for token in lex(text).tokens if token.type != END]


def texts(text: str) -> list[str]:
    """The texts of the tokens of `text`, without the end."""
    return [token.text for token in lex(text).tokens if token.type != END]


def refusal(text: str) -> Refused:
    """The first token of `text` that is refused."""
    return next(token for token in lex(text).tokens if isinstance(token, Refused))


def test_every_token_has_its_place_and_text() -> None:
    """Offsets are code points, half-open."""
    source = "/* é */ interface %type {\r\n\tf: func() -> u8;\r\n}"
    for token in lex(source).tokens:
        assert source[token.start : token.end] == token.text


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_keywords_are_exact_words(keyword: str) -> None:
    """A keyword is itself only: longer words, `%` and upper case make identifiers of it."""
    assert types(keyword) == [KEYWORDS[keyword]]
    assert types(f"%{keyword}") == ["MALFORMED_EXPLICIT_ID" if keyword == "_" else "EXPLICIT_ID"]
    if keyword != "_":
        assert types(f"{keyword}x {keyword}-x {keyword.upper()}") == ["ID"] * 3


def test_punctuation() -> None:
    """Each sign is a token; `->` is one, `- >` two."""
    for text, type in PUNCTUATION.items():
        assert types(text) == [type]
    assert types("->- >-->") == ["ARROW", "MINUS", "MORETHAN", "MINUS", "ARROW"]


def test_every_type_has_words_for_messages() -> None:
    """No token that can be found or expected is without a name."""
    for type in (*KEYWORDS.values(), *PUNCTUATION.values(), *ATTRIBUTE_NAMES.values(), *ATTRIBUTE_FIELDS.values()):
        assert describe(type)
    for type in (*OTHER_TYPES, END):
        assert describe(type)


@pytest.mark.parametrize("word", ["a", "abc", "a1", "a-1b", "foo-BAR", "XML", "a-B2", "a1-2b", "list-of", "F"])
def test_good_identifiers(word: str) -> None:
    """Words of one case each, joined by single dashes, the first beginning with a letter."""
    assert is_identifier(word)
    assert types(word) == ["ID"]
    assert types(f"%{word}") == ["EXPLICIT_ID"]


@pytest.mark.parametrize("word", ["a--b", "x-", "é", "a_b", "fooBar", "Ab", "a-bC", "aé", "日本", "a\u0301", "_a"])
def test_malformed_words_are_one_token(word: str) -> None:
    """What is wrong with a word is not the lexer's business: it stays whole."""
    assert types(f"{word}: {word}") == ["MALFORMED_ID", "COLON", "MALFORMED_ID"]
    assert types(f"%{word}") == ["MALFORMED_EXPLICIT_ID"]
    assert explain_identifier(word)


def test_percent_takes_only_what_is_glued_to_it() -> None:
    """A dash may follow `%`, a digit or a blank may not."""
    assert texts("%-a % a %1") == ["%-a", "%", "a", "%", "1"]
    assert types("%-a % %1") == ["MALFORMED_EXPLICIT_ID", "MALFORMED_EXPLICIT_ID", "MALFORMED_EXPLICIT_ID", "INTEGER"]


@pytest.mark.parametrize(
    ("word", "better"),
    [("get_value", "get-value"), ("getValue", "get-value"), ("a--b", "a-b"), ("HTTPServer", "httpserver"), ("é", None)],
)
def test_suggestions_for_identifiers(word: str, better: str | None) -> None:
    """Other spellings are turned into kebab-case where that gives a name."""
    assert suggest_identifier(word) == better


def test_integers_end_before_letters() -> None:
    """`1a` is two tokens."""
    assert types("1a 007") == ["INTEGER", "ID", "INTEGER"]


@pytest.mark.parametrize("blank", [" ", "\t", "\n", "\r\n", " \r\n\t", "/**/", "//\n", "/* /* */ */"])
def test_white_space_and_comments_separate(blank: str) -> None:
    """Blanks and comments make no tokens."""
    assert types(f"{blank}a{blank}b{blank}") == ["ID", "ID"]


@pytest.mark.parametrize("char", ["\r", "\u00a0", "\u2028", "\ufeff", "!", "&", "'", "[", "\\", "`", "#", "~", "🦀"])
def test_unexpected_characters(char: str) -> None:
    """What belongs to no token is refused where it stands."""
    last = refusal(f"a {char} b")
    assert (last.code, last.start, last.end) == (codes.UNEXPECTED_CHARACTER, 2, 3)


def test_a_byte_order_mark_is_skipped_at_the_start_only() -> None:
    """One is no character of the text, a second one is."""
    assert types("\ufeffa") == ["ID"]
    assert refusal("\ufeff\ufeffa").start == 1


def test_a_keyword_before_a_character_that_is_none_is_a_keyword() -> None:
    """A word ends where it ends, whatever follows."""
    assert types("interface\u00a0i\u201d x_y\u00a0") == ["INTERFACE", REFUSED, "ID", REFUSED, "MALFORMED_ID", REFUSED]


def test_lexing_goes_on_behind_a_refusal() -> None:
    """A character, a string, a version, a number: what follows is lexed as if nothing had happened."""
    assert types("a ! b") == ["ID", REFUSED, "ID"]
    assert types('"\\q \\" x" b') == [REFUSED, "ID"]
    assert types('"no end\nb') == [REFUSED, "ID"]
    assert types("list<u8, 4294967296> b")[4:] == [REFUSED, "MORETHAN", "ID"]
    assert types("/* no end") == [REFUSED]


def forbidden(text: str) -> int | None:
    """The offset at which `text` is refused for a character."""
    diagnostics = Diagnostics()
    if not refuse_characters(Source("test.wit", text), diagnostics):
        return None
    return diagnostics.found[0].labels[0].span.start


def test_characters_that_may_stand_nowhere() -> None:
    """All control characters but tab, LF and CR; bidirectional controls; what Unicode discourages. Nothing else."""
    listed = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
    listed |= {0x149, 0x673, 0xF77, 0xF79, 0x17A3, 0x17A4, 0x17B4, 0x17B5}
    for number in range(0x3000):
        char = chr(number)
        expected = number in listed or (unicodedata.category(char) == "Cc" and char not in "\t\n\r")
        assert (forbidden(f"// {char}") == 3) == expected, hex(number)


def test_the_first_forbidden_character_wins() -> None:
    """In the order of the text."""
    assert forbidden("a\x00\x01") == 1
    assert forbidden("plain") is None


def test_block_comments_nest_and_close() -> None:
    """An open one is refused where its outermost mark stands; depth does not matter."""
    assert types("a /* /* // */ */ b") == ["ID", "ID"]
    assert types("/*/ */ a") == ["ID"]
    assert refusal("a /* /* */").start == 2
    assert refusal("/*" * 100_000).start == 0
    assert types("/*" * 100_000 + "*/" * 100_000 + "a") == ["ID"]


def test_comments_are_kept_by_the_token_behind_them() -> None:
    """Whatever run of comments stands before a token, blank lines and line ends included."""
    text = "a; // one\n\n/* two */ // three\nb // four"
    scanned = lex(text)
    found = {at: [text[a:b] for a, b in run] for at, run in scanned.comments.items()}
    assert found == {
        text.index("b "): ["// one", "/* two */", "// three"],
        len(text): ["// four"],
    }


@pytest.mark.parametrize(
    ("comments", "text"),
    [
        (["/// one"], "one"),
        (["// one", "/// two"], "one\ntwo"),
        (["////x"], "x"),
        (["/* x */"], "* x */"),
        (["/** x */"], "x"),
        (["/**/"], ""),
        (["/***/"], ""),
        (["///"], ""),
        (["/// a", "///", "///   b"], "a\n\n  b"),
        (["/// a   \r"], "a"),
        (["///   a", "///  b"], " a\nb"),
        (["///\ta", "/// b"], "\ta\nb"),
        (["/**\r\n * a\r\n */"], "\n * a"),
        (["/// a", "///", "///"], "a"),
        (["/// / a"], "/ a"),
        (["///a\u3000"], "a"),
    ],
)
def test_docs_from_comments(comments: list[str], text: str) -> None:
    """Marks are cut, the common indent is removed, blanks and empty lines at the end go."""
    assert docs_text(comments) == text


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('""', ""),
        ('"a b"', "a b"),
        (r'"\t\n\r\"\'\\"', "\t\n\r\"'\\"),
        (r'"\41\c3\a9"', "Aé"),
        (r'"\u{1F_9__80}"', "🦀"),
        (r'"\u{0000041}"', "A"),
        ('"日本 // no comment"', "日本 // no comment"),
    ],
)
def test_strings(literal: str, value: str) -> None:
    """The escapes of core WebAssembly's text format; `\\hh` is a byte."""
    assert read_string(literal, 0) == (value, len(literal))


@pytest.mark.parametrize(
    ("literal", "at"),
    [
        ('"', 1),
        ('"a', 2),
        ('"\\', 2),
        (r'"\q"', 2),
        (r'"\4"', 3),
        (r'"\u"', 3),
        (r'"\u{}"', 4),
        (r'"\u{_1}"', 4),
        (r'"\u{1_}"', 4),
        (r'"\u{1"', 5),
        (r'"\u{110000}"', 2),
        (r'"\u{dfff}"', 2),
        (r'"\u{100000000}"', 12),
        ('"a\nb"', 2),
        ('"a\tb"', 2),
        ('"a\rb"', 2),
        (r'"\c3\28"', 0),
        ('"\ud800"', 0),
    ],
)
def test_malformed_strings(literal: str, at: int) -> None:
    """The error is where the reference parser puts it."""
    with pytest.raises(BadString) as caught:
        read_string(literal, 0)
    assert caught.value.start == at


def test_words_of_attributes_are_words_only_there() -> None:
    """`since` behind `@`, `version` behind that and `(`; identifiers elsewhere. `%` makes no difference."""
    assert types("@since(version = since)")[1:4] == ["SINCE", "LPAR", "VERSION"]
    assert types("@%unstable(%feature = version)")[1:6] == ["UNSTABLE", "LPAR", "FEATURE", "EQUAL", "ID"]
    assert types("@external-id(version")[1:] == ["EXTERNAL_ID", "LPAR", "ID"]
    assert types("since unstable deprecated external-id version feature") == ["ID"] * 6
    assert types("@since") == ["AT", "SINCE"]
    assert types("@") == ["AT"]


def test_dots_in_versions_are_told_from_dots_behind_them() -> None:
    """A dot belongs to the version if a word, integer or dash follows it."""
    assert types("1.0.0-rc.1.{")[5:] == ["MINUS", "ID", "VERSION_DOT", "INTEGER", "DOT", "LBRACE"]
    assert types("1.0.0.{")[5:] == ["DOT", "LBRACE"]
    assert types("1.0.0-a+b.c.d;")[5:] == [
        "MINUS", "ID", "PLUS", "ID", "VERSION_DOT", "ID", "VERSION_DOT", "ID", "SEMICOLON",
    ]  # fmt: skip
    assert types("1.0.0-a..b")[5:] == ["MINUS", "ID", "DOT", "DOT", "ID"]
    assert types("a.b 1.0.a") == ["ID", "DOT", "ID", "INTEGER", "DOT", "INTEGER", "DOT", "ID"]


@pytest.mark.parametrize(
    "version", ["1.0.0", "1.0.0-", "0.0.0--", "1.2.3-Rc1.x-y+007.Z", "1.0.0+", "18446744073709551615.0.0"]
)
def test_good_versions(version: str) -> None:
    """What the reference parser lets pass, dangling signs included."""
    assert REFUSED not in types(f"{version};")


@pytest.mark.parametrize(
    "version",
    ["01.0.0", "1.00.0", "1.0.0-01", "1.0.0-a_b", "1 .0.0", "1.0.0 -a", "18446744073709551616.0.0", "1.0.0-+b"],
)
def test_bad_versions_are_refused_at_their_first_digit(version: str) -> None:
    """Strict SemVer is asked about the text from the first to the last part."""
    last = refusal(f"@{version};")
    assert (last.code, last.start) == (codes.INVALID_VERSION, 1)


def test_a_character_error_inside_a_version_comes_first() -> None:
    """As in the reference parser, which reads on before it asks whether the version is one."""
    assert refusal("@01.0.0-a.!").code == codes.UNEXPECTED_CHARACTER
    assert refusal("@01.0.0!").code == codes.UNEXPECTED_CHARACTER


def test_types_nest_a_hundred_levels() -> None:
    """The token that opens level 101 is refused; handles and list lengths open none."""
    assert REFUSED not in types("list<" * 99 + "u8" + ">" * 99)
    assert refusal("list<" * 100 + "u8").start == 500
    assert REFUSED not in types("tuple<" * 100 + ">" * 100)
    assert REFUSED not in types("list<" * 99 + "own<r>" + ">" * 99)
    assert refusal("map<" * 100 + "u8").code == codes.NESTING_TOO_DEEP
    assert refusal("result<" * 100 + "_, u8").start == 703
    assert REFUSED not in types("list<" * 98 + "list<u8, 5>" + ">" * 98)


def test_packages_nest_a_hundred_levels() -> None:
    """The keyword of the hundred-and-first is refused."""
    assert REFUSED not in types("package a:b {" * 100)
    assert refusal("package a:b {" * 101).start == 1300


def test_list_lengths_fit_32_bits() -> None:
    """Leading zeros do not count; the number is what is refused."""
    assert REFUSED not in types("list<u8, 0004294967295>")
    last = refusal("list<u8, 4294967296>")
    assert (last.code, last.start, last.end) == (codes.INVALID_LIST_SIZE, 9, 19)
    assert refusal("list<u8, " + "9" * 10_000).code == codes.INVALID_LIST_SIZE


def test_long_malformed_names_are_told_in_time() -> None:
    """Words of digits count as lower and as upper case: a name of thousands is not tried both ways for each."""
    assert is_identifier("a" + "-1" * 5000)
    assert not is_identifier("a" + "-1" * 5000 + "_")
