"""Validates a component file against a world; what was found as text, as JSON, as diagnostics."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ...component.binary import BinaryError, Fault, component_world, read_binary
from ...component.fit import Comparison, Difference, compare
from ...component.fit.steps import Path
from ...component.items import World
from ...component.words import describe, fact_lines, lines_of, step_text, verdict
from ...dataclass import dataclass, field, replace
from ...text import reason_of
from ..diagnostics import Diagnostic, Diagnostics, Label, WitError, codes
from ..input.files import read_whole
from ..input.inputs import no_stream
from ..load.binaries import Refused, assembled, finding_of
from ..model.resolve.suggestions import listing

if TYPE_CHECKING:
    from ..trial import Trial

_JSON_VERSION = 1
_MANY = 20
"""With this number of differences or more, the verdict is followed by a count per import and export, unless these are as
many."""


@dataclass(frozen=True, slots=True)
class Validation:
    """What was found of a component: `path` as the user wrote it, `world` by its id; warnings about the WIT.

    `trial` is what wasmtime made of it, if it was asked.
    """

    path: str
    world: str
    comparison: Comparison
    diagnostics: Diagnostics
    trial: Trial | None = None
    labels: Mapping[Path, tuple[Label, ...]] = field(default_factory=dict[Path, tuple[Label, ...]])
    """Where in the WIT the items at the places of differences are."""

    @property
    def passes(self) -> bool:
        """Whether it fits, and wasmtime, if it was asked, did not refuse it."""
        return self.fits and (self.trial is None or not self.trial.problems)

    @property
    def fits(self) -> bool:
        """Whether the component fits the world."""
        return not self.comparison.differences


def read_bytes(path: str) -> bytes:
    """The bytes of a file, in the binary format if it has component text.

    Raises:
        WitError: there is no such file, or its text is not a component.
    """
    try:
        return assembled(path, read_whole(path))
    except (FileNotFoundError, ValueError):  # ValueError: a NUL in the path
        shown = path.replace("\0", "\\0")
        raise WitError((Diagnostic(codes.NO_SUCH_PATH, f"there is no file `{shown}`", help=no_stream(path)),)) from None
    except OSError as problem:
        message = f"cannot read `{path}`: {reason_of(problem)}"
        raise WitError((Diagnostic(codes.UNREADABLE_FILE, message),)) from None
    except Refused as refused:
        raise WitError((refused.finding,)) from None


def read_world(path: str, data: bytes) -> World:
    """The world of the component that `data` is, read from `path`.

    Raises:
        WitError: it is not a readable component.
    """
    try:
        return component_world(read_binary(data))
    except BinaryError as error:
        raise WitError((finding_of(path, error),)) from None


def check_kind(path: str, data: bytes) -> None:
    """Refuse files that are not components. A component that cannot be read passes: other checks report it.

    Raises:
        WitError: it is a core module, an encoded package, or no WebAssembly.
    """
    try:
        read_binary(data)
    except BinaryError as error:
        if error.fault in (Fault.NOT_A_COMPONENT, Fault.CORE_MODULE):
            raise WitError((finding_of(path, error),)) from None


def suggest_worlds(error: WitError, component: World, worlds: Iterable[World], strict: bool) -> WitError:
    """The error for a world that was not named where there are several: it says which of them the component fits."""
    fitting = listing(world.name for world in worlds if not compare(component, world, strict=strict).differences)
    help = f"choose one with `--world`; the component fits {fitting or 'none of them'}"
    return WitError(
        tuple(
            replace(found, help=(help,)) if found.code is codes.AMBIGUOUS_WORLD else found
            for found in error.diagnostics
        )
    )


def validate_world(path: str, component: World, world: World, strict: bool, diagnostics: Diagnostics) -> Validation:
    """Compare the component that was read from `path` with a world."""
    return Validation(path, world.id, compare(component, world, strict=strict), diagnostics)


# What is printed -------------------------------------------------------------------------------------------------------


def render_human(found: Validation) -> str:
    """All differences, then what fits without being in the world, then the verdict."""
    comparison = found.comparison
    lines: list[str] = []
    for difference in comparison.differences:
        lines += [*lines_of(describe(difference)), ""]
    lines += _list("imports that the world does not provide and wasmtime supplies", comparison.supplied)
    lines += _list("exports that the world does not ask for", comparison.unasked)
    lines.append(verdict(f"`{found.path}`", found.world, comparison.differences))
    lines += _numbers(comparison.differences)
    if found.trial is not None:
        from .trial import trial_lines

        lines += trial_lines(found.trial, found.fits)
    return "\n".join(lines)


def render_json(found: Validation) -> str:
    """The document of `--json`, with a line end."""
    comparison = found.comparison
    document: dict[str, object] = {
        "version": _JSON_VERSION,
        "component": found.path,
        "world": found.world,
        "fits": found.fits,
        "differences": [
            {
                "place": list(described.place),
                "message": described.message,
                "expected": described.expected,
                "found": described.found,
                "hints": list(described.hints),
            }
            for described in map(describe, comparison.differences)
        ],
        "supplied_imports": comparison.supplied,
        "unasked_exports": comparison.unasked,
        "wasmtime": None,
    }
    if found.trial is not None:
        from .trial import trial_json

        document["wasmtime"] = trial_json(found.trial)
    return json.dumps(document, indent=2) + "\n"


def as_diagnostics(found: Validation) -> tuple[Diagnostic, ...]:
    """Each difference as an error, where the WIT has what was expected; then what wasmtime refuses, for the formats of diagnostics."""
    differences = tuple(_diagnostic(found, difference) for difference in found.comparison.differences)
    if found.trial is None:
        return differences
    from .trial import trial_diagnostics

    return (*differences, *trial_diagnostics(found.trial, found.path))


def _diagnostic(found: Validation, difference: Difference) -> Diagnostic:
    described = describe(difference)
    return Diagnostic(
        codes.DOES_NOT_FIT,
        f"{found.path}: {described.sentence}",
        found.labels.get(difference.place, ()),
        notes=tuple(fact_lines(described)),
        help=described.hints,
    )


def _numbers(differences: Sequence[Difference]) -> list[str]:
    """Of very many differences, how many there are in each import and export, the most first."""
    counts = Counter(difference.place[0] for difference in differences)
    if len(differences) < _MANY or len(counts) >= _MANY:
        return []
    return [f"  {count:,} in {step_text(head, quoted=True)}" for head, count in counts.most_common()]


def _list(title: str, names: list[str]) -> list[str]:
    return [f"{title}:", *(f"  {name}" for name in names), ""] if names else []


__all__ = [
    "Validation",
    "as_diagnostics",
    "check_kind",
    "read_bytes",
    "read_world",
    "render_human",
    "render_json",
    "suggest_worlds",
    "validate_world",
]
