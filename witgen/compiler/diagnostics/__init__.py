"""Findings go in; text, JSON, SARIF and workflow annotations come out. It holds sources and spans, the registry of codes
and the pages of `witgen explain`, and may import the standard library only.
"""

from . import codes
from .codes import CODES, Code
from .report import Diagnostic, Diagnostics, Label, Severity, WitError, in_order
from .source import Source, Span

__all__ = [
    "CODES",
    "Code",
    "Diagnostic",
    "Diagnostics",
    "Label",
    "Severity",
    "Source",
    "Span",
    "WitError",
    "codes",
    "in_order",
]
