"""WIT texts in canonical form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..compiler.diagnostics import Diagnostics, Source

if TYPE_CHECKING:
    from ..compiler.formatting.files import Formatted


def format_text(text: str, name: str = "<text>") -> str:
    """Bring one WIT text into canonical form. Comments and what the text means stay.

    Args:
        text: the whole of a WIT file.
        name: what diagnostics call it.

    Raises:
        WitError: the text has errors.
    """
    diagnostics = Diagnostics()
    formatted = format_source(Source(name, text), diagnostics)
    diagnostics.stop_on_errors()
    assert formatted is not None, "a text without errors has a canonical form"
    return formatted.after


def format_source(source: Source, diagnostics: Diagnostics) -> Formatted | None:
    """Format one text. None if it has errors, which go to `diagnostics`."""
    from ..compiler.formatting.files import format_one

    return format_one(source, diagnostics)


def format_paths(paths: Sequence[str], diagnostics: Diagnostics) -> tuple[Formatted, ...]:
    """Format each file, and each `*.wit` below each folder. Nothing is written.

    Args:
        paths: files, whatever their names, and folders. Links to folders and names that begin with a dot are left out.
        diagnostics: receives what is wrong with paths and texts.

    Returns:
        The files without errors, each once, in the order of `paths` and within a folder by path.
    """
    from ..compiler.formatting.files import format_paths

    return format_paths(paths, diagnostics)


def write_formatted(formatted: Formatted, diagnostics: Diagnostics) -> bool:
    """Replace a file by its canonical form, if it differs: at once, with its mode, through a link if it is one.

    Args:
        formatted: a file that `format_paths` returned.
        diagnostics: receives an error if the file cannot be written; it is then as it was.

    Returns:
        Whether the file is now in canonical form.
    """
    from ..compiler.formatting.files import write_formatted

    return write_formatted(formatted, diagnostics)
