"""The layout of generated Python: a statement stays on one line where it fits, and is opened up where it does not.

Templates print each statement on one line. A line that is too long is read as the brackets that it holds (`brackets`),
and these are opened, the last one first: each element gets a line of its own with a comma after it, and each operand of
`|` a line in parentheses. black leaves this layout as it is, because its "magic trailing comma" keeps an opened bracket
open; the tests hold it to that.

A statement whose brackets do not say how to lay it out (a comprehension, a condition, an operator other than `|`) is not
known here. Then `lay_out` gives None for the whole text, which is left to black.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .brackets import Group, Parts, Unreadable, flat, read

LINE_LENGTH = 88
_INDENT = "    "
_IMPORT = re.compile(r"(from \S+ import )([^(].*)")
_ANNOTATED = re.compile(r"(\w+: )(.*)", re.DOTALL)
_OPERATOR = re.compile(r" (?:if|else|and|or|in|is|not|[-+*/%<>&^@]|\*\*|//|<<|>>|[<>=!:]=) ")
"""What is decided by precedence, not by brackets."""


class _Unknown(Exception):
    """A statement that is too long and not of a known form."""


def lay_out(text: str) -> str | None:
    """Lay out Python text whose statements are one line each, or fit already.

    Args:
        text: statements, comments and docstrings; the quotes of a docstring are the first on their line.

    Returns:
        The same program, in lines of at most `LINE_LENGTH` columns where that is possible; None if a statement is too
        long and its form is not known.
    """
    lines: list[str] = []
    try:
        for line, is_code in _lines(text):
            if is_code and len(line) > LINE_LENGTH:
                lines += _statement(line)
            else:
                lines.append(line)
    except (_Unknown, Unreadable):
        return None
    return "\n".join(lines)


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is code: not a comment, and not inside a multi-line string."""
    inside = False
    for line in text.split("\n"):
        quotes = line.count('"""')
        yield line, not inside and not quotes and not line.lstrip().startswith("#")
        inside ^= quotes % 2 == 1


# Statements -----------------------------------------------------------------------------------------------------------


def _statement(line: str) -> list[str]:
    """The lines of a statement that is too long for one."""
    text = line.lstrip(" ")
    indent = line[: len(line) - len(text)]
    if text.startswith("import "):
        return [line]  # there is nowhere to break it
    if (found := _IMPORT.fullmatch(text)) is not None:
        names = tuple((name,) for name in found[2].split(", "))
        return _opened((found[1],), Group("(", names, True), (), indent)
    parts = read(text)
    if text.startswith(("def ", "async def ")):
        return _function(parts, indent)
    if text.startswith(("class ", "@")):
        return _brackets(parts, indent)
    for word in ("return ", "raise "):
        if text.startswith(word):
            return _value((word,), _without(parts, word), indent)
    return _assignment(parts, indent)


def _function(parts: Parts, indent: str) -> list[str]:
    """`def name(…) -> result:`, perhaps with a body on the same line."""
    place = next(i for i, part in enumerate(parts) if isinstance(part, Group))
    params, rest = parts[place], parts[place + 1 :]
    assert isinstance(params, Group)
    lines = [f"{indent}{flat(parts[:place])}("]
    for param in params.elements:
        lines += _element(param, indent + _INDENT, ",")
    start = f"{indent})" if params.elements else f"{lines.pop()})"
    if len(start + flat(rest)) <= LINE_LENGTH:
        return [*lines, start + flat(rest)]
    head, result, tail = _result(rest)
    opened = _brackets((start[len(indent) :] + head, *result, tail), indent)
    inner = _element(result, indent + _INDENT, "")
    if len(_operands(result)) == 1:
        # Without parameters black prefers parentheses, except where a comma after the last element keeps brackets open.
        if params.elements or _stays_open(opened):
            return [*lines, *opened]
        if _stays_open(inner):
            raise _Unknown
    return [*lines, f"{start}{head}(", *inner, f"{indent}){tail}"]


def _result(parts: Parts) -> tuple[str, Parts, str]:
    """` -> `, the annotation, and what follows it, from the colon on."""
    if not parts or not isinstance(parts[0], str) or not parts[0].startswith(" -> "):
        raise _Unknown
    inner = _without(parts, " -> ")
    last = inner[-1]
    if not isinstance(last, str) or ":" not in last:
        raise _Unknown
    text, colon, tail = last.rpartition(":")
    return " -> ", (*inner[:-1], text) if text else inner[:-1], colon + tail


def _assignment(parts: Parts, indent: str) -> list[str]:
    """`target: annotation = value`, without the value or without the annotation; or only an expression."""
    head, value = _split(parts, " = ")
    first = head[0]
    found = _ANNOTATED.fullmatch(first) if isinstance(first, str) else None
    if found is None:
        return _value((*head, " = "), value, indent) if value else _brackets(parts, indent)
    annotation = _without(head, found[1])
    if value and (_fits_until(value, indent + flat(head) + " = ") or not _opens(annotation)):
        return _value((*head, " = "), value, indent)
    place = _last_group(annotation)
    group = None if place is None or len(_operands(annotation)) > 1 else annotation[place]
    stays_open = isinstance(group, Group) and len(group.elements) > 1
    if value and not stays_open:
        if len(indent + flat(head) + " = (") <= LINE_LENGTH:
            return _value((*head, " = "), value, indent)
        if not isinstance(value[0], str):
            raise _Unknown  # black weighs both sides against each other
    return _annotation(found[1], annotation, (" = ", *value) if value else (), indent)


def _annotation(target: str, annotation: Parts, tail: Parts, indent: str) -> list[str]:
    """`target: `, its annotation opened, and what follows."""
    if len(_operands(annotation)) > 1:
        lines = [f"{indent}{target}(", *_element(annotation, indent + _INDENT, "")]
        return [*lines, *_rest((")", *tail), indent)]
    place = _last_group(annotation)
    if place is None:
        return [indent + target + flat(annotation) + flat(tail)]
    lines = _opened((target, *annotation[:place]), annotation[place], (), indent)
    return [*lines[:-1], *_rest((lines[-1].strip(), *annotation[place + 1 :], *tail), indent)]


def _value(head: Parts, value: Parts, indent: str) -> list[str]:
    """`head` and a value: opened at its last brackets, or in parentheses where it is a union or has none."""
    whole = indent + flat(head)
    if len(_operands(value)) > 1:
        return [f"{whole}(", *_element(value, indent + _INDENT, ""), f"{indent})"]
    if _last_group(value) is not None and (_fits_until(value, whole) or len(whole) >= LINE_LENGTH):
        return _brackets((*head, *value), indent)
    line, *more = _element(value, indent + _INDENT, "")
    if more:
        raise _Unknown
    if len(line) > LINE_LENGTH and "." not in flat(value).partition('"')[0]:
        return [whole + flat(value)]
    return [f"{whole}(", line, f"{indent})"]


def _opens(parts: Parts) -> bool:
    """Whether there is anything to open."""
    return len(_operands(parts)) > 1 or _last_group(parts) is not None


def _fits_until(value: Parts, start: str) -> bool:
    """Whether a value that begins after `start` fits on that line as far as its last brackets; a union up to its own."""
    place = _last_group(value) if len(_operands(value)) == 1 else 0
    return place is not None and len(start + flat(value[:place])) < LINE_LENGTH


def _rest(parts: Parts, indent: str) -> list[str]:
    """What follows closed brackets, on their line."""
    text = indent + flat(parts)
    return [text] if len(text) <= LINE_LENGTH else _brackets(parts, indent)


# Expressions ----------------------------------------------------------------------------------------------------------


def _element(parts: Parts, indent: str, comma: str) -> list[str]:
    """An element on lines of its own: a parameter, an argument, a type, an operand."""
    text = f"{indent}{flat(parts)}{comma}"
    if len(text) <= LINE_LENGTH:
        return [text]
    first = parts[0]
    found = _ANNOTATED.fullmatch(first) if isinstance(first, str) else None
    if found is not None:
        annotation, default = _split(_without(parts, found[1]), " = ")
        if len(_operands(annotation)) > 1:
            tail = f" = {flat(default)}" if default else ""
            return [f"{indent}{found[1]}(", *_element(annotation, indent + _INDENT, ""), f"{indent}){tail}{comma}"]
    operands = _operands(parts)
    if len(operands) == 1:
        return _brackets((*parts, comma), indent)
    lines: list[str] = []
    for i, operand in enumerate(operands):
        bar: Parts = ("| ",) if i else ()
        lines += _element((*bar, *operand), indent, comma if i == len(operands) - 1 else "")
    return lines


def _brackets(parts: Parts, indent: str) -> list[str]:
    """The last brackets opened, and those before them where the line is still too long."""
    place = _last_group(parts)
    if any(isinstance(part, str) and part[:1] != '"' and _OPERATOR.search(part) for part in parts):
        raise _Unknown
    if place is None:
        return [indent + flat(parts)]
    return _opened(parts[:place], parts[place], parts[place + 1 :], indent)


def _opened(head: Parts, group: Group | str, tail: Parts, indent: str) -> list[str]:
    assert isinstance(group, Group)
    start = indent + flat(head) + group.opening
    lines = [start] if len(start) <= LINE_LENGTH else _brackets((*head, group.opening), indent)
    for i, element in enumerate(group.elements):
        last = i == len(group.elements) - 1
        comma = "," if not last or group.comma or len(group.elements) > 1 else ""
        lines += _element(element, indent + _INDENT, comma)
    return [*lines, indent + group.closing + flat(tail)]


def _stays_open(lines: list[str]) -> bool:
    return any(line.endswith(",") for line in lines)


def _last_group(parts: Parts) -> int | None:
    """The place of the last brackets that hold something."""
    places = (i for i in reversed(range(len(parts))) if isinstance(part := parts[i], Group) and part.elements)
    return next(places, None)


# Parts ----------------------------------------------------------------------------------------------------------------


def _without(parts: Parts, start: str) -> Parts:
    """The parts without the text that they start with."""
    first = parts[0]
    assert isinstance(first, str)
    rest = first.removeprefix(start)
    return (rest, *parts[1:]) if rest else parts[1:]


def _split(parts: Parts, sign: str) -> tuple[Parts, Parts]:
    """The parts before and after the first `sign` outside of brackets and strings; nothing after it where it is not."""
    for i, part in enumerate(parts):
        if isinstance(part, str) and part[:1] != '"' and sign in part:
            before, _, after = part.partition(sign)
            return (*parts[:i], before) if before else parts[:i], (after, *parts[i + 1 :]) if after else parts[i + 1 :]
    return parts, ()


def _operands(parts: Parts) -> list[Parts]:
    """The operands of `|`: one where there is none."""
    found: list[Parts] = []
    rest = parts
    while rest:
        operand, rest = _split(rest, " | ")
        found.append(operand)
    return found
