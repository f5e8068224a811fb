"""Mutations of WIT texts: of bytes, of tokens, of lines. All decisions come from the generator that is passed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

_TOKEN = re.compile(rb"//[^\n]*\n?|/\*.*?\*/|[%@A-Za-z0-9_-]+|\s+|->|.", re.DOTALL)

# fmt: off
WORDS = (
    b"use", b"type", b"func", b"u8", b"u32", b"s64", b"f32", b"char", b"resource", b"own", b"borrow", b"record", b"flags",
    b"variant", b"enum", b"bool", b"string", b"option", b"result", b"future", b"stream", b"error-context", b"list", b"map",
    b"_", b"as", b"from", b"static", b"interface", b"tuple", b"world", b"import", b"export", b"package", b"constructor",
    b"include", b"with", b"async", b"self", b"a", b"%use", b"%", b"a--b", b"aB", b"0", b"1.0.0", b"4294967296", b"->",
    b"{", b"}", b"(", b")", b"<", b">", b",", b";", b":", b".", b"=", b"@", b"/", b"*", b"+", b"-", b'"', b"\\", b"'",
    b"//", b"/*", b"*/", b"/**/", b"///", b"\n", b"\r", b"\r\n", b"\t", b" ", b"\0", b"\x7f", b"\xff", b"\xc3", b"\xef\xbb\xbf",
    b"\xe2\x80\xae", b"\xc5\x89", b"\xc3\xa9", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80",
    b"@since(version = 1.0.0)", b"@unstable(feature = x)", b"@deprecated(version = 1.0.0)", b'@external-id("x")',
    b"list<", b"option<list<", b"result<_, ", b"result<", b"tuple<", b"own<", b"borrow<", b"a:b/c@1.0.0", b"a:b", b"a:b/c",
    b"package a:b;", b"package a:b { }", b"interface x { }", b"world x { }", b"use a:b/c.{d};", b"include a;", b"type a = a;",
)
# fmt: on
_SPLICED = 2000


def mutate(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """`data` with one to four mutations; `others` are texts to take pieces from."""
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        data = random.choice(_MUTATIONS)(random, data, others)
    return data


def tokens(data: bytes) -> list[bytes]:
    """`data` in pieces: comments, words, runs of blanks, single characters. Joined, they are `data`."""
    return _TOKEN.findall(data)


def _place(random: Random, data: bytes) -> int:
    return random.randrange(len(data) + 1)


def _flip_bit(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _set_byte(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    at = _place(random, data)
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _cut_bytes(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    at = _place(random, data)
    return data[:at] + data[at + random.choice((1, 2, 5, 20, 200)) :]


def _truncate(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    return data[: _place(random, data)]


def _insert_word(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    at = _place(random, data)
    return data[:at] + random.choice(WORDS) + data[at:]


def _splice(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    start = _place(random, other)
    piece = other[start : start + random.choice((5, 50, 500, _SPLICED))]
    at = _place(random, data)
    return data[:at] + piece + data[at + random.choice((0, len(piece))) :]


def _on_tokens(change: Callable[[Random, list[bytes], int], None]) -> Callable[[Random, bytes, Sequence[bytes]], bytes]:
    def mutation(random: Random, data: bytes, _others: Sequence[bytes]) -> bytes:
        parts = tokens(data)
        if parts:
            change(random, parts, random.randrange(len(parts)))
        return b"".join(parts)

    return mutation


def _drop_token(_random: Random, parts: list[bytes], at: int) -> None:
    del parts[at]


def _double_token(_random: Random, parts: list[bytes], at: int) -> None:
    parts[at:at] = [parts[at], b" "]


def _swap_tokens(random: Random, parts: list[bytes], at: int) -> None:
    other = random.randrange(len(parts))
    parts[at], parts[other] = parts[other], parts[at]


def _copy_token(random: Random, parts: list[bytes], at: int) -> None:
    parts[at] = parts[random.randrange(len(parts))]


def _replace_token(random: Random, parts: list[bytes], at: int) -> None:
    parts[at] = random.choice(WORDS)


def _rename_like_another(random: Random, parts: list[bytes], at: int) -> None:
    """Names are what most rules are about: one word becomes another word of the text."""
    words = [index for index, part in enumerate(parts) if part[:1].isalpha()]
    if words:
        parts[random.choice(words)] = parts[random.choice(words)]


def _repeat_range(random: Random, parts: list[bytes], at: int) -> None:
    piece = parts[at : at + random.choice((2, 5, 20, 60))]
    parts[at:at] = piece * random.choice((1, 1, 1, 2, 30))


def _move_range(random: Random, parts: list[bytes], at: int) -> None:
    piece = parts[at : at + random.choice((2, 5, 20, 60))]
    del parts[at : at + len(piece)]
    to = random.randrange(len(parts) + 1)
    parts[to:to] = piece


_MUTATIONS = (
    _flip_bit,
    _set_byte,
    _cut_bytes,
    _truncate,
    _insert_word,
    _insert_word,
    _splice,
    *map(
        _on_tokens,
        (
            _drop_token,
            _drop_token,
            _double_token,
            _swap_tokens,
            _copy_token,
            _replace_token,
            _replace_token,
            _rename_like_another,
            _rename_like_another,
            _rename_like_another,
            _repeat_range,
            _move_range,
        ),
    ),
)
