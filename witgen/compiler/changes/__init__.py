"""Compares two versions of an API: what changed, whom it breaks, which version it asks for."""

from __future__ import annotations

from .change import Bump, Change, Kind, Party
from .packages import diff_packages
from .versions import Versions
from .worlds import diff_worlds

__all__ = ["Bump", "Change", "Kind", "Party", "Versions", "diff_packages", "diff_worlds"]
