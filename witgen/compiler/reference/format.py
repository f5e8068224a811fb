"""The formats of reference pages. Apart from the pages, so that a caller may choose one without loading them."""

from __future__ import annotations

from enum import Enum


class Format(Enum):
    """What pages are written as."""

    HTML = "html"
    MARKDOWN = "md"
