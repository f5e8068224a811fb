"""Compares two versions of an API: what changed, whom it breaks, which version it asks for."""

from __future__ import annotations

from .change import Added, Bump, Change, Kind, Party, Removed
from .packages import diff_packages
from .versions import Versions
from .worlds import diff_worlds

__all__ = ["Added", "Bump", "Change", "Kind", "Party", "Removed", "Versions", "diff_packages", "diff_worlds"]
