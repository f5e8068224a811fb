"""Two worlds go in; the differences by which a component of the one does not fit the other come out, as data. It may import
the vocabulary beside it and the standard library, and no words.

Imports the standard library and the vocabulary of components; its results are put into words by `component.words`.
"""

from __future__ import annotations

from .differences import Comparison, Difference
from .worlds import compare

__all__ = ["Comparison", "Difference", "compare"]
