"""The checks that keep a hostile component in its place, each with what it looks like without, and a test that sees that.

    python -m tests.core.checks [WORD …]

removes one after the other (those whose module or text has a `WORD` in it) in a copy of the project, runs the test of each,
and prints those that nobody misses. The default test run only holds that every check is where this list says.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = Path("witgen/runtime/_core")
_COPIED = ("witgen", "tests", "grammar", "templates", "wit", "pyproject.toml", "benchmarks", "README.md")
_PATIENCE = 120
"""Seconds; a check that ends a loop may leave one without end."""


@dataclass(frozen=True)
class Check:
    """`text` of a module of the engine, what it is replaced by, and the test that fails then."""

    module: str
    text: str
    without: str
    test: str


def _if(module: str, condition: str, test: str) -> Check:
    """A statement `if condition:`, also within generated code, whose body is left out."""
    return Check(module, f"if {condition}:", "if False:", test)


_ENTERING, _INSTANCES, _VALUES, _ADAPTERS = (
    f"test_{name}.py" for name in ("entering", "instances", "values", "adapters")
)
CHECKS: tuple[Check, ...] = (
    # core signatures and kinds of core items
    _if("live.py", "extern[0] != FUNC or api.signature_of(self.context, extern) != (params, results)", _INSTANCES),
    _if("memory.py", "extern[0] != MEMORY", _INSTANCES),
    _if("memory.py", "memory_type(store, extern).is_64", _INSTANCES),
    _if("memory.py", "base != self._base", _INSTANCES),
    Check("prepared.py", "if found:\n        raise EngineError", "if False:\n        raise EngineError", _INSTANCES),
    _if("fitting.py", "not fits", _INSTANCES),
    # memory
    Check(
        "memory.py",
        'out_of_bounds()\n        return self.data\n\n    def has(self, end: int) -> bool:\n        """Whether there are',
        'pass\n        return self.data\n\n    def has(self, end: int) -> bool:\n        """Whether there are',
        _VALUES,
    ),
    Check("lift.py", "if {pointer} & {align - 1}: unaligned()", "pass", _VALUES),
    Check(
        "lift.py",
        'if {pointer} + {size} > m.size: B = m.need({pointer} + {size})")  # else: `unpack',
        'pass")  #',
        _VALUES,
    ),
    Check("lift.py", "if {pointer} + {length} > m.size: B = m.need({pointer} + {length})", "pass", _VALUES),
    Check("lift.py", "if {size} > {MOST_BYTES}: too_long()", "pass", _VALUES),
    Check("lift.py", "if {pointer} & {found.align - 1}: unaligned()", "pass", _VALUES),
    Check(
        "lift.py",
        'if {pointer} + {size} > m.size: B = m.need({pointer} + {size})")  # else: a list',
        'pass")  #',
        _VALUES,
    ),
    Check("lift.py", 'line("if left < 0: exhausted()")  # else: a list of one', 'line("pass")  #', _VALUES),
    Check("lift.py", 'line("if left < 0: exhausted()")  # else: a list of small', 'line("pass")  #', _VALUES),
    Check("callbacks.py", "if place & {found.align - 1}: unaligned()", "pass", _VALUES),
    Check("callbacks.py", "if place + {found.size} > m.size: B = m.need(place + {found.size})", "pass", _VALUES),
    # realloc
    _if("live.py", "size > MOST_BYTES", _VALUES),
    Check("live.py", "if pointer & (align - 1) or (", "if (", _VALUES),
    Check("live.py", "(pointer + size > memory.size and not memory.has(pointer + size))", "False", _VALUES),
    Check("live.py", "state.may_leave = False\n                # A fin", "pass\n                # A fin", _ENTERING),
    Check(
        "callbacks.py",
        "if not inst.may_leave or status[0] == {REALLOC}: cannot_leave()",
        "if status[0] == {REALLOC}: cannot_leave()",
        _ENTERING,
    ),
    Check(
        "callbacks.py",
        "if not inst.may_leave or status[0] == {REALLOC}: cannot_leave()",
        "if not inst.may_leave: cannot_leave()",
        _ENTERING,
    ),
    Check(
        "callbacks.py", '_MAY_LEAVE = f"if status[0] == {REALLOC}: cannot_leave()"', '_MAY_LEAVE = "pass"', _ENTERING
    ),
    Check("calls.py", 'line("inst.may_leave = False")', 'line("pass")', _ENTERING),
    # values
    Check("lift.py", "if {case} >= {len(ty.names)}: bad_discriminant()", "pass", _VALUES),
    Check("columns.py", "self._cls(bits & self._mask)", "self._cls(bits)", _VALUES),
    _if("columns.py", "number > 0x10FFFF or 0xD800 <= number <= 0xDFFF", _VALUES),
    Check("callbacks.py", "bad_text(error)", "raise", _VALUES),
    Check("calls.py", 'line("bad_text(error)")', 'line("raise")', _VALUES),
    _if("text.py", "pointer + size > memory.size", _VALUES),
    _if("text.py", "left < 0", _VALUES),
    # handles
    _if("handles.py", "len(self.entries) > MOST_HANDLES", _INSTANCES),
    Check("handles.py", "if entry is None:\n            unknown", "if False:\n            unknown", _INSTANCES),
    _if("handles.py", "entry.resource is not resource", _INSTANCES),
    _if("handles.py", "entry.lends", _INSTANCES),
    Check("handles.py", "if not entry.owned:\n            not_owned", "if False:\n            not_owned", _INSTANCES),
    Check("handles.py", "if not self.may_leave:  # the", "if False:  # the", _ENTERING),
    Check(
        "handles.py",
        "if not self.may_leave:\n            cannot_leave()\n        entry",
        "if False:\n            pass\n        entry",
        _ENTERING,
    ),
    Check("calls.py", "if c.borrows: borrows_remain()", "pass", _INSTANCES),
    Check("calls.py", "if raw.resource is not SELF: raise Refused", "pass", _INSTANCES),
    Check("calls.py", "if held.raw is not raw: closed_error()", "pass", _INSTANCES),
    Check("calls.py", "        crossing.undo()\n", "        pass\n", _INSTANCES),
    Check(
        "resource.py", "if not isinstance(raw, GuestResource) or raw.resource is not resource:", "if False:", _INSTANCES
    ),
    # entering
    Check("calls.py", 'line(f"if not {root}.may_enter: again()")', 'line("pass")', _ENTERING),
    Check("calls.py", "if forgotten or not {root}.may_enter or store", "if forgotten or store", _ENTERING),
    Check("calls.py", "elif owner != me: busy_error()", "pass", "../runtime/test_failures.py"),
    Check("calls.py", "if stage == 2: die(error)", "pass", _ENTERING),
    Check("calls.py", 'line("cannot_enter()")', 'line("pass")', _ENTERING),
    Check(
        "calls.py",
        "if not ({' and '.join(f'{name}.may_enter' for name in body.entered)}): cannot_enter()",
        "pass",
        _ENTERING,
    ),
    Check("live.py", "if not state.may_enter:  # else", "if False:  # else", _ENTERING),
    Check("live.py", "root.may_enter = False\n                words", "pass\n                words", _ENTERING),
    # failures
    Check("live.py", "_delete(None, trap)\n        self.frame", "pass\n        self.frame", _ENTERING),
    Check(
        "live.py",
        "trap, self.trap[0] = self.trap[0], 0\n        _delete(None",
        "trap = 0\n        _delete(None",
        _ENTERING,
    ),
    Check("live.py", "self.die(interrupt)", "pass", _ENTERING),
)


def place(check: Check) -> Path:
    """The file that a check is in, in the project."""
    return CORE / check.module


def is_missed(copy: Path, check: Check) -> str:
    """What is to be said of a check that was removed in a `copy` of the project: "" where a test fails."""
    file = copy / place(check)
    whole = file.read_text("utf-8")
    file.write_text(whole.replace(check.text, check.without), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"tests/core/{check.test}"]
    try:
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return ""
    finally:
        file.write_text(whole, "utf-8")
    return "" if done.returncode else f"{check.module}: {check.text!r} is missed by nobody in {check.test}"


def main(words: list[str]) -> int:
    """Remove the checks one after the other; 1 where one is not missed."""
    chosen = [check for check in CHECKS if not words or any(word in check.module + check.text for word in words)]
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in _COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        for check in chosen:
            said = is_missed(copy, check)
            missed += bool(said)
            print(said or f"{check.module}: {check.text!r} is missed by {check.test}", flush=True)
    print(f"{len(chosen)} checks removed one by one, {missed} not missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

__all__ = ["CHECKS", "ROOT", "Check", "place"]
