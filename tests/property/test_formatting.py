"""Formatting: drawn packages, with comments and white space thrown in, mean the same afterwards."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.property.facts import facts
from tests.property.strategies import Drawn, resolved
from tests.wit_text import resolve_text
from witgen.compiler.diagnostics import Diagnostics, Source, WitError
from witgen.compiler.formatting.source import format_source
from witgen.compiler.model.formats.json import dump_json
from witgen.compiler.model.formats.wit import print_wit
from witgen.compiler.syntax.context import apply_context
from witgen.compiler.syntax.lexer import scan

BLANKS = ("", "", " ", "\n", "\n\n", "\n\n\n", "\r\n", "  \t", "\n    ")
COMMENTS = (
    *("// line\n", "//\n", "///  doc \n", "/// doc\r\n", "/* block */", "/** doc */", "/**/", "/***/"),
    *("/* a\n  b */", "/**\r\n   a\r\n   b\r\n */", "/* /* nested */ */", "//// four\n", "/** a\n\n  b */\n"),
)
VERSION = frozenset({"DOT", "VERSION_DOT", "MINUS", "PLUS", "INTEGER"})


def decorated(text: str, source: random.Random) -> str:
    """The same tokens with other white space and comments between them."""
    scanned = scan(Source("input.wit", text))
    apply_context(scanned)
    parts: list[str] = []
    previous = ""
    for index, token in enumerate(scanned.tokens):
        start = scanned.tokens[index - 1].end if index else 0
        between = text[start : token.start]
        # Nothing may stand inside a version; behind the slash of a path, a comment would begin with it.
        if previous == "SLASH":
            between += " "
        if previous not in VERSION and token.type not in VERSION:
            if source.random() < 0.3:
                between += source.choice(BLANKS)
            while source.random() < 0.15:
                between += source.choice(COMMENTS) + source.choice(BLANKS)
        parts += [between, text[token.start : token.end]]
        previous = token.type
    return "".join(parts)


def check(text: str) -> None:
    """The formatted text gives the same model, and is its own canonical form."""
    once = format_source(Source("input.wit", text), Diagnostics())
    assert once is not None
    assert format_source(Source("input.wit", once), Diagnostics()) == once
    try:
        before = resolve_text(text, "all").resolved
    except WitError as refused:  # drawn worlds may be impossible: then both are, and for the same reason
        assert {finding.code.slug for finding in refused.diagnostics} == {"incompatible-world"}
        return
    after = resolve_text(once, "all").resolved
    assert facts(after) == facts(before)
    assert dump_json(after) == dump_json(before)


@given(resolved(), st.integers(0, 2**32))
def test_formatting_keeps_what_a_text_means(drawn: Drawn, seed: int) -> None:
    """Docs too, whose comments may be anywhere; and formatting twice is formatting once."""
    check(decorated(drawn.text, random.Random(seed)))


@given(resolved())
def test_printed_packages_stay_but_for_long_lines(drawn: Drawn) -> None:
    """What witgen prints is canonical, where no line is too long."""
    text = format_source(Source("input.wit", drawn.text), Diagnostics())
    assert text is not None
    if all(len(line) <= 100 for line in drawn.text.split("\n")):
        assert text == drawn.text
    without = format_source(Source("input.wit", drawn.text), Diagnostics(), comments=False)
    assert without is not None and "//" not in "".join(part for part in without.split('"')[::2])
    assert print_wit(drawn.model) == drawn.text
