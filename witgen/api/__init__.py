"""Paths, texts and options go in; results come out as data, and `WitError` is the one exception for input that is at fault.
This is the public Python API, one module per command: it may import the compiler and what a component is, never the
command, and of the runtime only what fills a cache (`compile`).

The names in `__all__` are what a program may rely on. They come from light modules, and the rooms of the compiler are
imported when a function is called, so that a run with nothing to do pays for none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ..compiler.bindings.guest_options import GuestLayout, GuestOptions
from ..compiler.diagnostics import Diagnostic, Diagnostics, WitError
from ..compiler.load.resolution import Resolution, load_and_resolve, select
from ..compiler.reference.format import Format
from .compile import Compilation, compile_components, prune_cache
from .diff import diff
from .docs import write_pages
from .explain import codes, explain
from .fmt import format_paths, format_text, write_formatted
from .generate import DEFAULT_OUT, Checked, Generated, Request, Side, check, generate, up_to_date
from .inspect import dump, tree, wit_text, write_wit
from .validate import validate

if TYPE_CHECKING:
    from ..compiler.emit.write import Written
    from ..compiler.formatting.files import Formatted
    from ..compiler.report.diff import Diff
    from ..compiler.report.validation import Validation

__all__ = [
    "DEFAULT_OUT",
    "Checked",
    "Compilation",
    "Diagnostic",
    "Diagnostics",
    "Diff",
    "Format",
    "Formatted",
    "Generated",
    "GuestLayout",
    "GuestOptions",
    "Request",
    "Resolution",
    "Side",
    "Validation",
    "WitError",
    "Written",
    "check",
    "codes",
    "compile_components",
    "diff",
    "dump",
    "explain",
    "format_paths",
    "format_text",
    "generate",
    "load_and_resolve",
    "prune_cache",
    "select",
    "tree",
    "up_to_date",
    "validate",
    "wit_text",
    "write_formatted",
    "write_pages",
    "write_wit",
]

_RESULTS = {
    "Diff": "report.diff",
    "Formatted": "formatting.files",
    "Validation": "report.validation",
    "Written": "emit.write",
}
"""The classes of results, which only a caller who names them needs before a function makes one."""


if not TYPE_CHECKING:  # checkers have the imports above, and report a name that is not there

    def __getattr__(name: str) -> object:
        if name not in _RESULTS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"..compiler.{_RESULTS[name]}", __name__), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
