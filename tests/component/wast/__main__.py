"""Prints what each script of the groups named on the command line does."""

from __future__ import annotations

import sys

from tests.component.wast.runner import VARIABLE, Script, checkout, scripts


def main() -> None:
    """Run the groups."""
    root = checkout()
    if root is None:
        raise SystemExit(f"set {VARIABLE} to a checkout of github.com/WebAssembly/component-model")
    for group in sys.argv[1:] or ["values", "resources", "linking"]:
        passed = failed = 0
        for path in scripts(root, group):
            outcome = Script(path).run()
            passed, failed = passed + outcome.passed, failed + len(outcome.failures)
            print(
                f"{group}/{path.name}: {outcome.passed} passed, {len(outcome.failures)} failed; traps {dict(outcome.texts)}"
            )
            for failure in outcome.failures:
                print(f"    {failure}")
        print(f"{group}: {passed} of {passed + failed}")


if __name__ == "__main__":
    main()
