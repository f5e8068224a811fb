"""Diagnostics as data, their collection, and the one exception that carries them out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from ...dataclass import dataclass, field
from .codes import TOO_MANY_ERRORS, Code
from .source import Span

MOST_ERRORS = 100
"""The errors that one run reports. What is badly broken is not worth the time, and nobody reads more."""


class Severity(Enum):
    """How bad it is: an error makes the exit status 1, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Label:
    """A place in a source and what is to be said of it; `text` may be empty."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. The first label is the primary one; others may lie in other files. No label: no position."""

    code: Code
    message: str
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR


@dataclass(slots=True)
class Diagnostics:
    """The findings of one run, in the order in which the phases found them; `limit` is the number of errors it bears."""

    found: list[Diagnostic] = field(default_factory=list[Diagnostic])
    limit: int = MOST_ERRORS
    _errors: int = 0

    def add(self, diagnostic: Diagnostic) -> None:
        """Take one finding in.

        Raises:
            WitError: this is one error too many.
        """
        if diagnostic.severity is Severity.ERROR:
            if self._errors >= self.limit:
                message = f"there are more than {self.limit} errors; the others are not looked for"
                raise WitError((*in_order(self.found), Diagnostic(TOO_MANY_ERRORS, message)))
            self._errors += 1
        self.found.append(diagnostic)

    def error(
        self,
        code: Code,
        message: str,
        *labels: Label,
        notes: tuple[str, ...] = (),
        help: tuple[str, ...] = (),
    ) -> None:
        """Take in an error, its primary label first."""
        self.add(Diagnostic(code, message, labels, notes, help))

    def warn(
        self,
        code: Code,
        message: str,
        *labels: Label,
        notes: tuple[str, ...] = (),
        help: tuple[str, ...] = (),
    ) -> None:
        """Take in a warning, its primary label first."""
        self.add(Diagnostic(code, message, labels, notes, help, Severity.WARNING))

    @property
    def has_errors(self) -> bool:
        """Whether any finding is an error."""
        return any(d.severity is Severity.ERROR for d in self.found)

    def stop_on_errors(self) -> None:
        """Raise `WitError` if there are errors: called between phases.

        The first error stays first; the other findings follow by file and position, those without a place before.
        """
        if self.has_errors:
            raise WitError(in_order(self.found))


def in_order(found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Findings in the order to show them in: the error that was found first, then the others by file and position.

    The passes run in the reference parser's order, so the first error is the one that it reports. Findings without a
    position come before those with one.
    """
    first = next((finding for finding in found if finding.severity is Severity.ERROR), None)
    rest = sorted((finding for finding in found if finding is not first), key=_place)
    return tuple(rest if first is None else (first, *rest))


def _place(finding: Diagnostic) -> tuple[str, int]:
    if not finding.labels:
        return "", -1
    span = finding.labels[0].span
    return span.source.path, span.start


class WitError(Exception):
    """The input is at fault. Carries every finding of the run; the first is the one the reference parser reports."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("; ".join(d.message for d in diagnostics))
        self.diagnostics = diagnostics
