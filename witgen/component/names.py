"""Names of packages, as the WIT specification writes them. Standard library only."""

from __future__ import annotations

from ..dataclass import dataclass
from .semver import Version

__all__ = ["PackageName", "Version"]


@dataclass(frozen=True, slots=True)
class PackageName:
    """`namespace:name[@version]`. Two packages are the same only if all three are equal."""

    namespace: str
    name: str
    version: Version | None = None

    def __str__(self) -> str:
        version = f"@{self.version}" if self.version is not None else ""
        return f"{self.namespace}:{self.name}{version}"

    def item(self, name: str) -> str:
        """The full id of an interface or world of this package: `ns:pkg/name[@version]`."""
        version = f"@{self.version}" if self.version is not None else ""
        return f"{self.namespace}:{self.name}/{name}{version}"
