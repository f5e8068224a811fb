"""Which version a change asks for, and whether the new one is enough (SemVer 2.0, as wasmtime's linker takes it)."""

from __future__ import annotations

from ...component.semver import Version
from ...dataclass import dataclass
from .change import Bump


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of both sides, beside the bump that the changes ask for; None: that side has no version."""

    old: Version | None
    new: Version | None
    bump: Bump

    @property
    def asked(self) -> Version | None:
        """The lowest version that the changes ask for; None without versions, and after a pre-release: any other."""
        return None if self.old is None or self.old.pre else next_version(self.old, self.bump)

    @property
    def is_enough(self) -> bool | None:
        """Whether the new version says as much as the changes ask for; None where one of them is missing."""
        if self.old is None or self.new is None:
            return None
        if self.bump is Bump.NONE:
            return self.new >= self.old
        if self.asked is None:
            return self.new > self.old
        return _numbers(self.new) >= _numbers(self.asked)

    @property
    def said(self) -> Bump | None:
        """The bump from the old version to the new one; None if it cannot be determined."""
        if self.old is None or self.new is None or self.old.pre or self.new < self.old:
            return None
        if self.new.major != self.old.major:
            return Bump.MAJOR
        if self.new.minor != self.old.minor:
            return Bump.MINOR if self.old.major else Bump.MAJOR
        if self.new.patch != self.old.patch:
            return Bump.PATCH if self.old.major or self.old.minor else Bump.MAJOR
        return Bump.NONE


def next_version(version: Version, bump: Bump) -> Version:
    """The version that a bump leads to: with `0.y.z`, a minor bump is one of the patch; with `0.0.z`, each one is."""
    if bump is Bump.NONE:
        return version
    if version.major:
        if bump is Bump.MAJOR:
            return Version(version.major + 1, 0, 0)
        if bump is Bump.MINOR:
            return Version(version.major, version.minor + 1, 0)
    elif version.minor and bump is Bump.MAJOR:
        return Version(0, version.minor + 1, 0)
    return Version(version.major, version.minor, version.patch + 1)


def _numbers(version: Version) -> tuple[int, int, int]:
    return version.major, version.minor, version.patch


__all__ = ["Versions", "next_version"]
