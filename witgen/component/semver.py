"""Semantic versions, as SemVer 2.0 writes them and the reference parser orders them. Standard library only."""

from __future__ import annotations

import re
from functools import lru_cache, total_ordering

from ..dataclass import dataclass

_SEMVER = (  # compiled at its first use, which importing is not
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
    r"(?:-((?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?"
    r"(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)
_LARGEST_NUMBER = 2**64 - 1


def _identifier_key(part: str) -> tuple[int, int, str, str]:
    if part.isdigit():
        # Numbers compare by value, without becoming ints: they may have more digits than Python converts.
        number = part.lstrip("0")
        return (0, len(number), number, part)
    return (1, 0, "", part)


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A semantic version. Build metadata takes part in equality and order, as it does for the reference parser."""

    major: int
    minor: int
    patch: int
    pre: str = ""
    build: str = ""

    @staticmethod
    @lru_cache(maxsize=256)  # every gate has one, mostly the same few
    def parse(text: str) -> Version | None:
        """Read `N.N.N[-pre][+build]`; None where `text` is not a semantic version."""
        match = re.fullmatch(_SEMVER, text)
        if match is None:
            return None
        if any(len(match[n]) > 20 or int(match[n]) > _LARGEST_NUMBER for n in (1, 2, 3)):
            return None
        return Version(int(match[1]), int(match[2]), int(match[3]), match[4] or "", match[5] or "")

    def __str__(self) -> str:
        pre = f"-{self.pre}" if self.pre else ""
        build = f"+{self.build}" if self.build else ""
        return f"{self.major}.{self.minor}.{self.patch}{pre}{build}"

    def _key(self) -> tuple[object, ...]:
        pre = [_identifier_key(p) for p in self.pre.split(".")] if self.pre else []
        build = [_identifier_key(p) for p in self.build.split(".")] if self.build else []
        return (self.major, self.minor, self.patch, not pre, pre, bool(build), build)

    def __lt__(self, other: Version) -> bool:
        return self._key() < other._key()
