"""Prints what each script of the groups named on the command line does."""

from __future__ import annotations

import sys

from tests.component.wast.exceptions import EXEMPT
from tests.component.wast.runner import VARIABLE, Script, checkout, scripts


def main() -> None:
    """Run the groups; the exit status is 1 if a form fails for no reason that is listed, or a listed reason has gone."""
    root = checkout()
    if root is None:
        raise SystemExit(f"set {VARIABLE} to a checkout of github.com/WebAssembly/component-model")
    failed = False
    for group in sys.argv[1:] or ["values", "resources", "linking"]:
        outcomes = {f"{group}/{path.name}": Script(path).run() for path in scripts(root, group)}
        for name, outcome in outcomes.items():
            print(
                f"{name}: {outcome.passed} passed, {outcome.exempt.total()} exempt, {len(outcome.failures)} failed;"
                f" traps {dict(outcome.texts)}"
            )
            for exempt, count in outcome.exempt.items():
                print(f"    {count} exempt: {exempt.reason}")
            for failure in outcome.failures:
                print(f"    {failure}")
        passed = sum(outcome.passed for outcome in outcomes.values())
        left_out = sum(outcome.exempt.total() for outcome in outcomes.values())
        failures = sum(len(outcome.failures) for outcome in outcomes.values())
        unused = [found for found in EXEMPT if found.script in outcomes and not outcomes[found.script].exempt[found]]
        for found in unused:
            print(f"{found.script}: nothing is refused with {found.words!r} any more")
        print(f"{group}: {passed} of {passed + left_out + failures}, {left_out} exempt by reason, {failures} failed")
        failed |= bool(failures or unused)
    sys.exit(failed)


if __name__ == "__main__":
    main()
