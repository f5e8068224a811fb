"""Validates a component file against a world, and tells what was found: for people, as JSON, as diagnostics."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .binary import BinaryError, component_world
from .compare import Comparison, compare, difference_lines, facts, verdict
from .decoding import Refused, finding_of, read_file
from .diagnostics import Diagnostic, Diagnostics, WitError, codes
from .model.items import World

_JSON_VERSION = 1


@dataclass(frozen=True, slots=True)
class Validation:
    """What was found of a component: `path` as the user wrote it, `world` by its id; warnings about the WIT."""

    path: str
    world: str
    comparison: Comparison
    diagnostics: Diagnostics

    @property
    def fits(self) -> bool:
        """Whether the component fits the world."""
        return not self.comparison.differences


def read_component(path: str) -> World:
    """The world of the component in a file.

    Raises:
        WitError: there is no such file, or it is no component that can be read.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except (FileNotFoundError, ValueError):  # ValueError: a NUL in the path
        shown = path.replace("\0", "\\0")
        raise WitError((Diagnostic(codes.NO_SUCH_PATH, f"there is no file `{shown}`"),)) from None
    except OSError as problem:
        message = f"cannot read `{path}`: {problem.strerror or type(problem).__name__}"
        raise WitError((Diagnostic(codes.UNREADABLE_FILE, message),)) from None
    try:
        return component_world(read_file(path, data))
    except Refused as refused:
        raise WitError((refused.finding,)) from None
    except BinaryError as error:
        raise WitError((finding_of(path, error),)) from None


def validate_world(path: str, component: World, world: World, strict: bool, diagnostics: Diagnostics) -> Validation:
    """Compare the component that was read from `path` with a world."""
    return Validation(path, world.id, compare(component, world, strict=strict), diagnostics)


# How it is told -------------------------------------------------------------------------------------------------------


def render_human(found: Validation) -> str:
    """All differences, then what fits without being in the world, then the verdict."""
    comparison = found.comparison
    lines: list[str] = []
    for difference in comparison.differences:
        lines += [*difference_lines(difference), ""]
    lines += _list("imports that wasmtime supplies, which the world does not offer", comparison.supplied)
    lines += _list("exports that the world does not ask for", comparison.unasked)
    lines.append(verdict(f"`{found.path}`", found.world, comparison.differences))
    return "\n".join(lines)


def render_json(found: Validation) -> str:
    """The document of `--json`, with a line end."""
    comparison = found.comparison
    document = {
        "version": _JSON_VERSION,
        "component": found.path,
        "world": found.world,
        "fits": found.fits,
        "differences": [
            {
                "place": list(difference.place),
                "message": difference.message,
                "expected": difference.expected,
                "found": difference.found,
                "hints": list(difference.hints),
            }
            for difference in comparison.differences
        ],
        "supplied_imports": comparison.supplied,
        "unasked_exports": comparison.unasked,
    }
    return json.dumps(document, indent=2) + "\n"


def as_diagnostics(found: Validation) -> tuple[Diagnostic, ...]:
    """Each difference as an error without a position, for the formats of diagnostics."""
    return tuple(
        Diagnostic(
            codes.DOES_NOT_FIT,
            f"{found.path}: {difference.path} {difference.message}",
            notes=tuple(facts(difference)),
            help=difference.hints,
        )
        for difference in found.comparison.differences
    )


def _list(title: str, names: list[str]) -> list[str]:
    return [f"{title}:", *(f"  {name}" for name in names), ""] if names else []


__all__ = ["Validation", "as_diagnostics", "read_component", "render_human", "render_json", "validate_world"]
