"""The result of a trial, as text, as JSON and as diagnostics."""

from __future__ import annotations

from ...text import counted
from ..diagnostics import Diagnostic, Severity, codes
from ..trial.component import TRIAL_STEPS, Trial, Verdict
from ..trial.process import Finding

_BY_NAME = "its linker compares names, not types, so what differs shows in calls or never"


def trial_lines(trial: Trial, fits: bool) -> list[str]:
    """Wasmtime's verdict, beside that of the comparison; then what could not be tried and what else there is."""
    lines = [f"wasmtime {trial.wasmtime} {_verdict(trial, fits)}"]
    lines += [f"  {_finding_text(problem)}" for problem in trial.problems]
    lines += [f"  not tried: {_finding_text(limit)}" for limit in trial.limits]
    return lines + [f"  note: {note.message}" for note in trial.notes]


def _verdict(trial: Trial, fits: bool) -> str:
    match trial.verdict:
        case Verdict.LINKS if fits:
            return f"compiles and links it: {_functions(trial.imports)} imported, {_functions(trial.exports)} looked up"
        case Verdict.LINKS:
            return f"links it all the same: {_BY_NAME}"
        case Verdict.REFUSES:
            return "refuses it, although it fits:" if fits else "also refuses it:"
        case Verdict.UNKNOWN:
            return "cannot tell:"


def _functions(number: int) -> str:
    return counted(number, "function")


def _finding_text(finding: Finding) -> str:
    return f"{TRIAL_STEPS[finding.step]}: {finding.message}"


def trial_json(trial: Trial) -> dict[str, object]:
    """A trial as plain data."""
    return {
        "version": trial.wasmtime,
        "verdict": trial.verdict.value,
        "problems": [_plain(problem) for problem in trial.problems],
        "limits": [_plain(limit) for limit in trial.limits],
        "notes": [_plain(note) for note in trial.notes],
        "imported_functions": trial.imports,
        "exported_functions": trial.exports,
    }


def _plain(finding: Finding) -> dict[str, str]:
    return {"step": finding.step, "message": finding.message}


def trial_diagnostics(trial: Trial, path: str) -> tuple[Diagnostic, ...]:
    """Refusals as errors, limits as warnings; both without a position."""
    about = f"{path}: wasmtime {trial.wasmtime}: "
    problems = (Diagnostic(codes.WASMTIME_REFUSES, f"{about}{_finding_text(problem)}") for problem in trial.problems)
    limits = (
        Diagnostic(codes.VERIFY_LIMITED, f"{about}{_finding_text(limit)}", severity=Severity.WARNING)
        for limit in trial.limits
    )
    return (*problems, *limits)


__all__ = ["trial_diagnostics", "trial_json", "trial_lines"]
