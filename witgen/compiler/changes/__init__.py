"""Two versions of a world or a package go in; what changed, what it breaks and which version it needs come out, as data. It
may import the model and `witgen.component`, and neither words nor diagnostics.
"""

from __future__ import annotations

from .change import Added, Bump, Change, Kind, Party, Removed
from .packages import diff_packages
from .versions import Versions
from .worlds import diff_worlds

__all__ = ["Added", "Bump", "Change", "Kind", "Party", "Removed", "Versions", "diff_packages", "diff_worlds"]
