"""Compares worlds: whether a component fits one. Standard library only, over the model's types."""

from __future__ import annotations

from .differences import Comparison, Difference
from .telling import difference_lines, facts, verdict
from .worlds import compare

__all__ = ["Comparison", "Difference", "compare", "difference_lines", "facts", "verdict"]
