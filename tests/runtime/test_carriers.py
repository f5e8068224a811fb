"""What generated signatures mention of types that cannot cross, and the mark of a deprecation."""

from __future__ import annotations

import warnings
from typing import get_args

from witgen.runtime import ErrorContext, FutureReader, StreamReader
from witgen.runtime.generated import deprecated


def test_a_deprecated_function_stays_itself() -> None:
    """The mark is for checkers: the function is the same, is called without a warning, and says that it is deprecated."""

    def old(number: int) -> int:
        return number + 1

    marked = deprecated("Deprecated since 1.0.0.")(old)
    assert marked is old
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert old(1) == 2
    assert vars(old)["__deprecated__"] == "Deprecated since 1.0.0."


def test_what_cannot_cross_can_be_named_in_annotations() -> None:
    """The classes take type arguments, as generated modules write them, and in unions."""
    for annotation in (StreamReader[int] | None, FutureReader[str] | None, ErrorContext | None):
        assert type(None) in get_args(annotation)
