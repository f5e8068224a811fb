"""Hints in words."""

from __future__ import annotations

from typing import assert_never

from ..fit.hints import (
    AlikeInName,
    Guess,
    Hint,
    ImportedInstead,
    Meant,
    OtherHome,
    Reordered,
    VersionsDiffer,
)
from ..fit.steps import StepKind
from .paths import step_text

_GUESSES = {
    Guess.CASE: "there is `{}`: names are case-sensitive",
    Guess.NAME: "there is `{}`: was it renamed?",
    Guess.TYPE: "there is `{}`, of the same type: was it renamed?",
    Guess.INTERFACE: "`{}` refers to the same interface: was it renamed?",
    Guess.PACKAGE: "there is `{}`: was it moved?",
    Guess.VERSION: "there is `{}`, a version that does not match",
    Guess.HOME: "there is one in `{}`: was it moved?",
}
_PARTS = {StepKind.FIELD: "fields", StepKind.CASE: "cases", StepKind.FLAG: "flags", StepKind.PARAMETER: "parameters"}


def hint_text(hint: Hint) -> str:
    """A hint in words."""
    match hint:
        case Meant(name, guess):
            return _GUESSES[guess].format(name)
        case Reordered(parts, swapped):
            if swapped and parts is StepKind.PARAMETER:
                return "the parameters are swapped"
            return f"the {_PARTS[parts]} are in a different order"
        case VersionsDiffer():
            return "these versions do not match"
        case ImportedInstead(name):
            return f"the component imports `{name}`"
        case OtherHome(name, expected, found_name, found):
            theirs = (
                f"the component's `{found_name}`" if found is None else f"the one of {step_text(found, quoted=True)}"
            )
            return f"expected `{name}` of {step_text(expected, quoted=True)}, found {theirs}"
        case AlikeInName():
            return "the names are the same, but the types are not"
        case _:
            assert_never(hint)


__all__ = ["hint_text"]
