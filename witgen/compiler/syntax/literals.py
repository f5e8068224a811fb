"""String literals: the `name` literals of the WebAssembly text format (WIT: String literals).

The lexer hands over the place of the opening quote. What comes back is the text and the place after the closing quote,
or what is wrong and where, at the positions the reference parser gives.
"""

from __future__ import annotations

import re

_PLAIN = re.compile(r'[^"\\\x00-\x1f\x7f]+')
_HEX = frozenset("0123456789abcdefABCDEF")
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


class BadString(Exception):
    """A malformed literal: what is wrong with it, and where that is, in code points."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


def read_string(text: str, quote: int) -> tuple[str, int]:
    """Read the literal whose opening quote is at offset `quote` of `text`.

    Returns:
        The text it stands for, and the offset after its closing quote.

    Raises:
        BadString: it is malformed or has no end.
    """
    parts: list[bytes] = []
    at = quote + 1
    while True:
        if plain := _PLAIN.match(text, at):
            parts.append(plain[0].encode("utf-8", "surrogatepass"))
            at = plain.end()
        char = _char(text, at)
        if char == '"':
            break
        if char == "\\":
            part, at = _read_escape(text, at + 1)
            parts.append(part)
        elif char == "\n" or text.startswith("\r\n", at):
            raise BadString("a string cannot go on over the end of a line", at, at + 1)
        else:
            raise BadString(f"the character U+{ord(char):04X} must be written as an escape in a string", at, at + 1)
    try:
        return b"".join(parts).decode("utf-8"), at + 1
    except UnicodeDecodeError:
        raise BadString("the bytes of this string are not UTF-8", quote, at + 1) from None


def _char(text: str, at: int) -> str:
    if at >= len(text):
        raise BadString("the string has no closing '\"'", len(text), len(text))
    return text[at]


def _read_escape(text: str, at: int) -> tuple[bytes, int]:
    """Read what follows the backslash before `at`: its bytes, and the offset after it."""
    char = _char(text, at)
    if char in _ESCAPES:
        return _ESCAPES[char].encode(), at + 1
    if char == "u":
        return _read_code_point(text, at)
    if char in _HEX:
        _hex_digit(text, at + 1)
        return bytes([int(text[at : at + 2], 16)]), at + 2
    raise BadString("there is no such escape in strings", at, at + 1)


def _read_code_point(text: str, letter: int) -> tuple[bytes, int]:
    """Read `u{hex}` at `letter`: underscores may be between digits."""
    if _char(text, letter + 1) != "{":
        raise BadString("expected '{' after `\\u`", letter + 1, letter + 2)
    first = at = letter + 2
    _hex_digit(text, at)
    value = 0
    while True:
        char = _char(text, at)
        if char in _HEX:
            value = value * 16 + int(char, 16)
            if value >= 2**32:
                raise BadString("this number does not fit 32 bits", at, at + 1)
        elif char != "_":
            break
        at += 1
    if text[at - 1] == "_":
        raise BadString("an underscore must be between digits", first, at)
    if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
        raise BadString(f"{value:X} is no Unicode scalar value", letter, at)
    if text[at] != "}":
        raise BadString("expected '}' or a hexadecimal digit", at, at + 1)
    return chr(value).encode(), at + 1


def _hex_digit(text: str, at: int) -> None:
    if _char(text, at) not in _HEX:
        raise BadString("expected a hexadecimal digit", at, at + 1)
