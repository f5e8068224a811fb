"""Trials of components in the process of the test: what `witgen.compiler.trial.component` does in one of its own."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from typing import cast

from witgen.compiler.trial import component_child as trial_child
from witgen.compiler.trial import package_child as child
from witgen.compiler.trial.process import ChildReport


def ask_here(module: str, request: Mapping[str, object], steps: Mapping[str, str], timeout: float) -> ChildReport:
    """Does what `witgen.compiler.trial.process.ask` does with the process of a trial."""
    assert module == trial_child.__name__
    assert timeout
    output = io.StringIO()
    plain = cast("trial_child.Request", json.loads(json.dumps(request)))
    try:
        trial_child.ComponentTrial(child.EventWriter(output), plain).run()
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == child.PACKAGE]:
            del sys.modules[name]
    reported = ChildReport(output.getvalue().encode())
    assert reported.finished
    assert {found.step for found in (*reported.problems, *reported.limits, *reported.notes)} <= steps.keys()
    return reported
