"""The component model's scripts, where a checkout is at hand; and the runner itself, on a script of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.component.wast.exceptions import EXEMPT
from tests.component.wast.runner import VARIABLE, Script, checkout, scripts

SCRIPT = """
(component definition $twice
  (core module $m (func (export "f") (param i32) (result i32) (i32.div_u (i32.const 12) (local.get 0))))
  (core instance $i (instantiate $m))
  (func (export "f") (param "n" u32) (result u32) (canon lift (core func $i "f"))))
(component instance $one $twice)
(assert_return (invoke "f" (u32.const 4)) (u32.const 3))
(assert_return (invoke $one "f" (u32.const 4)) (u32.const 5)) ;; wrong
(assert_trap (invoke "f" (u32.const 0)) "integer divide by zero")
(assert_invalid (component (export "f" (func 0))) "unknown function")
(component (canon thread.index (core func)))
(assert_return (invoke "f" (u32.const 4)) (u32.const 3))
"""


@pytest.mark.parametrize("group", ["values", "resources", "linking"])
def test_scripts(group: str) -> None:
    """Every form does as the script says, or is exempt by reason."""
    root = checkout()
    if root is None:
        pytest.skip(f"{VARIABLE} names no checkout of github.com/WebAssembly/component-model")
    outcomes = {f"{group}/{path.name}": Script(path).run() for path in scripts(root, group)}
    assert not [failure for outcome in outcomes.values() for failure in outcome.failures]
    assert all(outcomes[found.script].exempt[found] for found in EXEMPT if found.script in outcomes)
    assert sum(outcome.passed for outcome in outcomes.values()) > 30


@pytest.mark.parametrize(("name", "exempt"), [("values/post-return.wast", 2), ("values/others.wast", 0)])
def test_a_script(name: str, exempt: int, tmp_path: Path) -> None:
    """What passes, what fails, and what is exempt: in the script that is listed, and nowhere else."""
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text(SCRIPT)
    outcome = Script(path).run()
    assert outcome.exempt.total() == exempt
    assert outcome.passed == 5
    wrong, *others = outcome.failures
    assert wrong == "line 8: assert_return: AssertionError: got 3, want 5"
    assert len(others) == 2 - exempt
