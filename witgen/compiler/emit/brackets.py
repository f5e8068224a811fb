"""Python statements as the brackets that they hold: one line of text in, nested parts out."""

from __future__ import annotations

import re

from ...dataclass import dataclass

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[({,\])}]|[^"\[\](){},]+')
_STRANGE = re.compile(r"[#']|\blambda \w| for ")
_PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Group:
    """A pair of brackets and the elements between its commas; `comma`: the last element has a comma after it too."""

    opening: str
    elements: tuple[Parts, ...]
    comma: bool

    @property
    def closing(self) -> str:
        """The bracket that ends it."""
        return _PAIRS[self.opening]


Parts = tuple[str | Group, ...]
"""Text and groups as they follow each other. A string literal is a text of its own."""


class Unreadable(Exception):
    """A line is not a whole statement, or has commas that do not separate elements (`lambda`, `for`), or a comment."""


def read(line: str) -> Parts:
    """The parts of a statement.

    Raises:
        Unreadable: it is not a whole statement, or holds a comment, single quotes, `lambda` or `for`.
    """
    parts: list[str | Group] = []
    elements: list[Parts] = []
    outer: list[tuple[str, list[Parts], list[str | Group]]] = []
    end = 0
    for match in _TOKEN.finditer(line):
        token = match[0]
        if match.start() != end or (token[0] != '"' and _STRANGE.search(token)):
            raise Unreadable
        end = match.end()
        if token in _PAIRS:
            outer.append((token, elements, parts))
            elements, parts = [], []
        elif token == "," and outer:
            elements.append(tuple(parts))
            parts = []
        elif token in ")]}":
            if not outer or _PAIRS[outer[-1][0]] != token:
                raise Unreadable
            comma = bool(elements) and not parts
            if parts:
                elements.append(tuple(parts))
            opening, around, before = outer.pop()
            before.append(Group(opening, tuple(elements), comma))
            elements, parts = around, before
        elif parts or outer == [] or token.strip():
            parts.append(token if parts else token.lstrip())
    if outer or end != len(line):
        raise Unreadable
    return tuple(parts)


def flat(parts: Parts) -> str:
    """The parts on one line, as they were read."""
    return "".join(part if isinstance(part, str) else _flat_group(part) for part in parts)


def _flat_group(group: Group) -> str:
    inner = ", ".join(map(flat, group.elements))
    return f"{group.opening}{inner}{',' if group.comma else ''}{group.closing}"
