"""`fields` of `wasi:http/types`: headers and trailers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from .._results import Err

Headers = Mapping[str, str] | Iterable[tuple[str, str | bytes]]


@dataclass
class HeaderError_InvalidSyntax:
    """A name or value that no header has."""


@dataclass
class HeaderError_Immutable:
    """Headers of a message that is sent or received."""


class Fields:
    """`fields`; names without regard to case."""

    def __init__(self) -> None:
        self.items: list[tuple[str, bytes]] = []
        self.immutable = False

    @classmethod
    def from_list(cls, entries: Sequence[tuple[str, bytes]]) -> Fields:
        """Fields of a list.

        Raises:
            Err: a name or value is none.
        """
        fields = cls()
        for name, value in entries:
            fields.append(name, value)
        return fields

    def get(self, name: str) -> list[bytes]:
        """All values of a name."""
        return [value for known, value in self.items if known.lower() == name.lower()]

    def has(self, name: str) -> bool:
        """Whether there is such a name."""
        return bool(self.get(name))

    def set(self, name: str, value: Sequence[bytes]) -> None:
        """Replace the values of a name."""
        self.delete(name)
        for item in value:
            self.append(name, item)

    def delete(self, name: str) -> None:
        """Remove a name."""
        self._change(name)
        self.items = [item for item in self.items if item[0].lower() != name.lower()]

    def append(self, name: str, value: bytes) -> None:
        """Add a value."""
        self._change(name)
        if any(byte in b"\r\n\0" for byte in value):
            raise Err(HeaderError_InvalidSyntax())
        self.items.append((name, value))

    def _change(self, name: str) -> None:
        if self.immutable:
            raise Err(HeaderError_Immutable())
        if not name or not all(c.isalnum() or c in "!#$%&'*+-.^_`|~" for c in name) or not name.isascii():
            raise Err(HeaderError_InvalidSyntax())

    def entries(self) -> list[tuple[str, bytes]]:
        """All names with their values."""
        return self.items

    def clone(self) -> Fields:
        """A copy that can be changed."""
        fields = Fields()
        fields.items = list(self.items)
        return fields


def fields_of(headers: Headers) -> Fields:
    """Fields that cannot be changed, as those of a message received."""
    fields = Fields()
    entries: Iterable[tuple[str, str | bytes]]
    entries = cast("Mapping[str, str]", headers).items() if isinstance(headers, Mapping) else headers
    for name, value in entries:
        fields.append(name, value.encode() if isinstance(value, str) else value)
    fields.immutable = True
    return fields


__all__ = ["Fields", "HeaderError_Immutable", "HeaderError_InvalidSyntax", "Headers", "fields_of"]
