"""Compares worlds: whether a component fits one. Two worlds of the model go in, differences as data come out.

Imports the standard library and the vocabulary of components; its results are put into words by `component.words`.
"""

from __future__ import annotations

from .differences import Comparison, Difference
from .worlds import compare

__all__ = ["Comparison", "Difference", "compare"]
