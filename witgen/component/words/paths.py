"""Paths in words."""

from __future__ import annotations

from typing import NamedTuple, assert_never

from ..fit.steps import Path, Step, StepKind

_WORDS = {
    StepKind.EXPORT: "export",
    StepKind.IMPORT: "import",
    StepKind.INTERFACE: "interface",
    StepKind.PACKAGE: "package",
    StepKind.WORLD: "world",
    StepKind.ENUM: "enum",
    StepKind.FLAGS: "flags",
    StepKind.FUNCTION: "function",
    StepKind.RECORD: "record",
    StepKind.RESOURCE: "resource",
    StepKind.TYPE: "type",
    StepKind.VARIANT: "variant",
    StepKind.CASE: "case",
    StepKind.FIELD: "field",
    StepKind.FLAG: "flag",
    StepKind.PARAMETER: "parameter",
    StepKind.RESULT: "result",
}


def step_text(step: Step, *, quoted: bool = False) -> str:
    """One step: `function `f``, `parameter 1 `x``, `import demo:app/clock`.

    Args:
        step: the step.
        quoted: whether the names of worlds, packages, interfaces, imports and exports have backticks, as in sentences.
            The names of all else always have them.
    """
    match step.kind:
        case StepKind.IMPORT | StepKind.EXPORT | StepKind.INTERFACE | StepKind.PACKAGE | StepKind.WORLD:
            if not step.name:
                return _WORDS[step.kind]
            return f"{_WORDS[step.kind]} `{step.name}`" if quoted else f"{_WORDS[step.kind]} {step.name}"
        case StepKind.PARAMETER:
            return f"{_WORDS[step.kind]} {step.number} `{step.name}`" if step.number else f"`{step.name}`"
        case StepKind.RESULT:
            return _WORDS[step.kind]
        case (
            StepKind.FUNCTION
            | StepKind.RECORD
            | StepKind.VARIANT
            | StepKind.ENUM
            | StepKind.FLAGS
            | StepKind.RESOURCE
            | StepKind.TYPE
            | StepKind.FIELD
            | StepKind.CASE
            | StepKind.FLAG
        ):
            return f"{_WORDS[step.kind]} `{step.name}`"
        case _:
            assert_never(step.kind)


def path_text(path: Path, *, quoted: bool = False) -> str:
    """All steps, outermost first; `quoted` as for `step_text`."""
    return ", ".join(step_text(step, quoted=quoted) for step in path)


class Phrase(NamedTuple):
    """What is said of an item: a predicate, which follows its path, or a clause of its own, after a colon."""

    text: str
    is_clause: bool = False


def sentence(path: Path, phrase: Phrase) -> str:
    """A path and what is said of the item there."""
    return f"{path_text(path, quoted=True)}{': ' if phrase.is_clause else ' '}{phrase.text}"


__all__ = ["Phrase", "path_text", "sentence", "step_text"]
