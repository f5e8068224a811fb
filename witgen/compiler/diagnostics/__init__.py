"""Diagnostics: sources and spans, the registry of codes, findings as data; rendering is apart, in `human`."""

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
