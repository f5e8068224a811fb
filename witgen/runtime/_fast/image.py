"""Memory that a lowered value is written into: constant parts are written once, the rest by generated code.

Every value but a list has a tree of bounded size, so all of it has a place that is known beforehand: a fixed `Image` for
the parameters of a function (or the result of an import), and for the elements of a list an image that is repeated: 32
bytes each for the values, and the rest of their trees beside them.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable

from .memory import SIZE, Block, argument


class Image:
    """Words with constant contents, of which some point into an image, and the expressions for the others."""

    def __init__(self) -> None:
        self.words: list[int] = []
        self.links: list[tuple[int, int]] = []
        """(word, word of `rest` that it points to)."""
        self.forms: dict[str, None] = {}
        self.addresses: dict[int, None] = {}

    @property
    def rest(self) -> Image:
        """Where the parts behind pointers are."""
        return self

    def reserve(self, words: int) -> int:
        """Room for more; returns the index of its first word."""
        at = len(self.words)
        self.words.extend([0] * words)
        return at

    def link(self, word: int, to: int) -> None:
        """Let a word point to one of `rest`."""
        self.links.append((word, to))

    def place(self, form: str, word: int, byte: int = 0) -> str:
        """The expression for an element."""
        self.forms[form] = None
        return f"m{form}[{(8 * word + byte) // SIZE[form]}]"

    def address(self, word: int) -> str:
        """The expression for the address of a word."""
        self.addresses[word] = None
        return f"p{word}"

    def parts(self) -> str:
        """The names that the expressions use, as the target of an assignment from what `build` returns."""
        return ", ".join([*(f"m{form}" for form in self.forms), *(f"p{word}" for word in self.addresses), "base", "_"])

    def builder(self) -> Callable[[], tuple[object, ...]]:
        """What makes such memory: views, addresses, the address of its beginning as C wants it, and its owner."""
        words, links, forms, addresses = self.words, self.links, tuple(self.forms), tuple(self.addresses)

        def build() -> tuple[object, ...]:
            block = Block(max(len(words), 1))
            view = block.view("Q")
            for n, word in enumerate(words):
                view[n] = word
            for word, to in links:
                view[word] = block.address + 8 * to
            views = [block.view(form) for form in forms]
            return *views, *(block.address + 8 * word for word in addresses), argument(block.address), block

        return build


class Repeated(Image):
    """The part of one element of a list; `name` distinguishes the parts of one function."""

    def __init__(self, name: str, rest: Repeated | None = None) -> None:
        super().__init__()
        self._name = name
        self._rest = rest

    @property
    def rest(self) -> Image:
        return self if self._rest is None else self._rest

    def place(self, form: str, word: int, byte: int = 0) -> str:
        self.forms[form] = None
        offset = (8 * word + byte) // SIZE[form]
        return f"{self._name}{form}[{self._name}i{SIZE[form]}{f' + {offset}' if offset else ''}]"

    def address(self, word: int) -> str:
        self.addresses[word] = None
        return f"{self._name}a + {8 * word}" if word else f"{self._name}a"

    def variables(self) -> list[tuple[str, str]]:
        """The loop's variables, with what they run over."""
        size = 8 * len(self.words)
        sizes = sorted({SIZE[form] for form in self.forms})
        found = [(f"{self._name}i{s}", f"range(0, {size // s} * n, {size // s})") for s in sizes]
        if self.addresses:
            found.append((f"{self._name}a", f"range({self._name}p, {self._name}p + {size} * n, {size})"))
        return found

    def opening(self, template: str) -> list[str]:
        """Lines that make `n` of it; `template` is the name of `self.template()`."""
        name = self._name
        lines = [f"{name} = {template} * n", f"{name}p = {name}.buffer_info()[0]"]
        for form in self.forms:
            lines.append(f"{name}{form} = {name}" if form == "Q" else f"{name}{form} = bytes_of({name}).cast('{form}')")
        return lines

    def linking(self) -> list[str]:
        """Lines that fill the constant pointers, once both parts are made."""
        name = self._name
        target = name if self._rest is None else self._rest._name
        size = 8 * len(self.words if self._rest is None else self._rest.words)
        return [
            f"{name}[{word}::{len(self.words)}] = array('Q', range({target}p + {8 * to}, {target}p + {8 * to}"
            f" + {size} * n, {size}))"
            for word, to in self.links
        ]

    def template(self) -> array[int]:
        """The constant words."""
        return array("Q", self.words)


def bytes_of(words: array[int]) -> memoryview:
    """The bytes of an array."""
    return memoryview(words).cast("B")
