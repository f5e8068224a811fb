"""Components of the scripts that the engine does not run, by reason. What they export is then not called either."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exempt:
    """Components of one script that are refused with these words, and why that is right for now."""

    script: str
    words: str
    reason: str


EXEMPT = (
    Exempt(
        "values/post-return.wast",
        "requires the component model threading feature",
        "it declares `thread.index`, which wasmtime's validator takes with a feature that is off",
    ),
    Exempt(
        "values/post-return.wast",
        "uses `context.get`",
        "asynchronous built-ins: issue 17",
    ),
    Exempt(
        "values/post-return.wast",
        "uses `backpressure.inc`",
        "asynchronous built-ins: issue 17",
    ),
    Exempt(
        "values/variants.wast",
        "requires the component model async stackful feature",
        "an asynchronous function without a callback, which needs a stack of its own",
    ),
)
"""In no order."""


def reason_of(script: str, message: str) -> Exempt | None:
    """Why a component of a script may be refused with a message; None if it may not."""
    return next((found for found in EXEMPT if found.script == script and found.words in message), None)


__all__ = ["EXEMPT", "Exempt", "reason_of"]
