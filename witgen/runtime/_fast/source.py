"""Python source under construction: lines, names that are used once, and the objects that the source mentions.

The source is made from the structure of a signature alone; classes, WIT names and tables reach it as objects bound to
made-up names (`k3`). Signatures of one structure have one source, which is compiled once per process.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from keyword import iskeyword
from types import CodeType
from typing import cast


class Source:
    """A module under construction."""

    def __init__(self) -> None:
        self.objects: dict[str, object] = {}
        self._known: dict[int, str] = {}
        self._lines: list[str] = []
        self._depth = 0
        self._count = 0
        self._functions: list[str] = []

    def name(self, prefix: str) -> str:
        """A name that is used nowhere else."""
        self._count += 1
        return f"{prefix}{self._count}"

    def bind(self, value: object) -> str:
        """The name of `value` in the source."""
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = self.name("k")
            self.objects[known] = value  # holds it, so the id stays its own
        return known

    def line(self, text: str) -> None:
        """Add a line."""
        self._lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Generator[None, None, None]:
        """What is added within is inside `head`."""
        self.line(head)
        self._depth += 1
        before = len(self._lines)
        yield
        if len(self._lines) == before:
            self.line("pass")
        self._depth -= 1

    @contextmanager
    def later(self) -> Generator[Callable[[Sequence[str]], None], None, None]:
        """What is added within comes after lines that are known only when it is finished; they are then given."""
        start = len(self._lines)

        def before(lines: Sequence[str]) -> None:
            self._lines[start:start] = ["    " * depth + line for line in lines]

        depth = self._depth
        yield before

    @contextmanager
    def function(self, head: str) -> Generator[None, None, None]:
        """What is added within is a function of the module."""
        outer, self._lines = self._lines, []
        depth, self._depth = self._depth, 0
        with self.block(head):
            yield
        self._functions.extend(self._lines)
        self._lines, self._depth = outer, depth

    def fill(self, mark: str, text: str) -> None:
        """Put `text` in the place of every `mark`."""
        self._lines = [line.replace(mark, text) for line in self._lines]

    def code_of(self, function: str) -> CodeType:
        """The code of a function of the module, which is not run."""
        module = _compiled("\n".join([*self._functions, *self._lines, ""]))
        return next(code for code in module.co_consts if isinstance(code, CodeType) and code.co_name == function)

    def build(self, result: str) -> object:
        """Run the module; returns what it calls `result`."""
        text = "\n".join([*self._functions, *self._lines, ""])
        exec(_compiled(text), self.objects)  # noqa: S102  # the user's text is in it only as repr of WIT names
        return self.objects[result]


@lru_cache(maxsize=1024)
def _compiled(text: str) -> CodeType:
    return compile(text, "<witgen value layer>", "exec", dont_inherit=True)


def attribute(value: str, name: str) -> str:
    """The expression for an attribute."""
    if name.isidentifier() and name.isascii() and not iskeyword(name):
        return f"{value}.{name}"
    return f"getattr({value}, {name!r})"


def builder(source: Source, result: str) -> Callable[..., object]:
    """`build`, of a function."""
    return cast("Callable[..., object]", source.build(result))
