"""Paths, reasons and hints of differences go in; English text comes out, for the command and the runtime alike. It may
import the other parts of `witgen.component`, none of which may import it.

This is the only room with words about differences, and `compiler/report` adds those about changes: what finds and judges
differences may not import either, so rewording a message changes no behaviour. Imports the standard library and
`component.fit`.
"""

from __future__ import annotations

from .descriptions import Description, describe, fact_lines, lines_of, verdict
from .hints import hint_text
from .paths import Phrase, path_text, sentence, step_text
from .reasons import difference_phrase, item_text, reason_phrase, side_texts

__all__ = [
    "Description",
    "Phrase",
    "describe",
    "difference_phrase",
    "fact_lines",
    "hint_text",
    "item_text",
    "lines_of",
    "path_text",
    "reason_phrase",
    "sentence",
    "side_texts",
    "step_text",
    "verdict",
]
