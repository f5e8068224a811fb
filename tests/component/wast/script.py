"""Reads `.wast` files: s-expressions, with where each form is in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r';;[^\n]*|\(;|(\()|(\))|"((?:[^"\\]|\\.)*)"|([^\s()";]+)', re.DOTALL)
_ESCAPES = {"n": b"\n", "r": b"\r", "t": b"\t", '"': b'"', "\\": b"\\", "'": b"'"}


class Text(bytes):
    """A string of the script: bytes, which need not be UTF-8."""


@dataclass(slots=True)
class Form:
    """What is between two parentheses, and where."""

    items: list[Form | Text | str]
    start: int
    end: int = 0

    @property
    def word(self) -> str:
        """What it begins with."""
        first = self.items[0] if self.items else ""
        return first if isinstance(first, str) else ""

    def forms(self) -> list[Form]:
        """The forms in it."""
        return [item for item in self.items if isinstance(item, Form)]

    def texts(self) -> list[Text]:
        """The strings in it."""
        return [item for item in self.items if isinstance(item, Text)]

    def words(self) -> list[str]:
        """The plain words in it."""
        return [item for item in self.items if isinstance(item, str)]


def read(text: str) -> list[Form]:
    """The forms of a script."""
    stack = [Form([], 0)]
    at = 0
    while match := _TOKEN.search(text, at):
        at = match.end()
        opening, closing, string, word = match.groups()
        if match[0] == "(;":
            at = _after_comment(text, at)
        elif opening:
            stack.append(Form([], match.start()))
        elif closing:
            form = stack.pop()
            form.end = at
            stack[-1].items.append(form)
        elif string is not None:
            stack[-1].items.append(Text(b"".join(_unescape(string))))
        elif word:
            stack[-1].items.append(word)
    return stack[0].forms()


def _after_comment(text: str, at: int) -> int:
    depth = 1
    while depth:
        if text.startswith("(;", at):
            depth, at = depth + 1, at + 2
        elif text.startswith(";)", at):
            depth, at = depth - 1, at + 2
        else:
            at += 1
    return at


def _unescape(string: str) -> Iterator[bytes]:
    at = 0
    while at < len(string):
        if string[at] != "\\":
            yield string[at].encode()
            at += 1
        elif string[at + 1] in _ESCAPES:
            yield _ESCAPES[string[at + 1]]
            at += 2
        elif string[at + 1] == "u":
            end = string.index("}", at)
            yield chr(int(string[at + 3 : end], 16)).encode()
            at = end + 1
        else:
            yield bytes([int(string[at + 1 : at + 3], 16)])
            at += 3


__all__ = ["Form", "Text", "read"]
