"""Room on the stack, asked for before wasm is entered.

Python raises RecursionError before the first line of a function, and so before the `try` of a callback's entry function:
Rust would be given garbage, and the process would crash. So as many frames as the way to that `try` takes are asked for
where the error does no harm.
"""

from __future__ import annotations

import sys

HAS_ONE_LIMIT = sys.version_info < (3, 12)
"""Whether one limit holds for frames of Python's and calls within C."""

Nested = type[int] | tuple["Nested"]


def nested(depth: int) -> Nested:
    """What `isinstance(0, …)` goes into `depth` levels deep: where there is one limit, by far the quickest way down."""
    return (nested(depth - 1),) if depth else int


def need_frames(frames: int) -> None:
    """Check that there is room for this many frames.

    Raises:
        RecursionError: there is not.
    """
    if frames:
        need_frames(frames - 1)
