"""What every codec is, and how a value that does not fit is reported.

A codec knows one WIT type: `lower` checks a Python value completely and gives what the value layer takes, `lift` goes
the other way. A value that does not fit raises `Misfit` where it is found; each level on the way out puts its step in
front (`.id`, `[3]`), so that a path costs nothing while all is well, and the call puts the function and parameter
before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .._kinds import different, kind

if TYPE_CHECKING:
    from .effects import Call


class Misfit(Exception):
    """A value that does not fit its type: the error to raise, what is wrong, and where it is within the argument."""

    def __init__(self, text: str, error: type[Exception] = TypeError) -> None:
        super().__init__(text)
        self.text = text
        self.error = error
        self.path = ""

    def at(self, step: str) -> Misfit:
        """Prefix `step` to the path, as the error passes to the enclosing value."""
        self.path = step + self.path
        return self

    def named(self, before: str, after: str = "") -> Exception:
        """The error for the user: `create(items` and `)` around the path, say."""
        return self.error(f"{before}{self.path}{after}: {self.text}")


class Codec:
    """One WIT type."""

    def lower(self, call: Call, value: object) -> object:
        """Check `value` and give what the value layer takes.

        Raises:
            Misfit: the value does not fit its type.
        """
        raise AssertionError(f"{type(self).__name__} does not lower")

    def lift(self, call: Call, raw: object) -> object:
        """The Python value for what the value layer gave."""
        raise AssertionError(f"{type(self).__name__} does not lift")


def expected(what: str, value: object) -> Misfit:
    """A misfit of kind. A class that has the name of what is expected, such as a class `int`, goes by its whole name."""
    found = kind(value)
    if found == what:
        found = f"{type(value).__module__}.{type(value).__qualname__}"
    return Misfit(f"expected {what}, got {found}")


def expected_class(what: str, classes: Iterable[type], value: object) -> Misfit:
    """A misfit of kind where instances of `classes` are expected.

    Where the class of `value` has the name of one of them, the modules of both are named: two packages have such a class,
    or one was loaded twice.
    """
    found = type(value)
    same = next((cls for cls in classes if cls.__name__ == found.__name__ and cls is not found), None)
    if same is None or isinstance(value, type):
        return expected(what, value)
    return Misfit(f"expected {what}, got {different(same, found)}")
