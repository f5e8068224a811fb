"""`witgen validate --wasmtime`: what is printed, and the exit status, for each way in which it can end.

Most trials run in the process of the test; those that end a process run in one of their own, as all do for users.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import golden
from tests.cases import read_group
from tests.compiler.bindings.guest.corpus import find_cases
from tests.compiler.trial.trials import ask_here
from tests.wit_text import world_of
from witgen import api
from witgen.compiler.load.binaries import assembled
from witgen.compiler.trial import Trial, try_component
from witgen.compiler.trial import component as trial
from witgen.compiler.trial import component_child as trial_child
from witgen.compiler.trial.component import Verdict
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import component_world, read_binary
from witgen.component.fit import compare
from witgen.component.items import World
from witgen.runtime._binding.reported import Unreported

CASES = read_group("trial")
VALIDATED = read_group("validate")
WAITS = """(component
  (import "wasi:io/poll@0.2.0" (instance $poll
    (export "pollable" (type $p (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $p))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
    (export "pollable" (type $p (eq $pollable)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $p))))))
  (core func $sub (canon lower (func $clock "subscribe-duration")))
  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core module $m
    (import "" "sub" (func $sub (param i64) (result i32)))
    (import "" "block" (func $block (param i32)))
    (func $s (call $block (call $sub (i64.const 100000000000000))))
    (start $s))
  (core instance (instantiate $m (with "" (instance (export "sub" (func $sub)) (export "block" (func $block)))))))"""
"""A component that waits for a day when it is started, in wasmtime's own code."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials run in this process, and components are soon stopped."""
    monkeypatch.setattr(trial, "ask", ask_here)
    monkeypatch.setattr(trial, "START_SECONDS", 1.0)


def put(component: str, items: str) -> None:
    """Write a component and a world."""
    Path("app.wat").write_text(component)
    Path("app.wit").write_text(f"package a:b;\nworld w {{ {items} }}\n")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", CASES)
def test_golden_cases(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is said of each way to end; a refusal makes the exit status 1, a limit or a note does not."""
    CASES[name].put(folder)
    CASES[name].check(capsys)


@pytest.mark.parametrize("name", ["links", "refused-code"])
def test_in_a_process_of_its_own(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same, as users have it."""
    CASES[name].put(folder)
    CASES[name].check(capsys)


@pytest.mark.slow
def test_a_component_that_waits_in_wasmtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """No deadline reaches it, and its process is ended."""
    monkeypatch.setattr(trial, "START_SECONDS", 1.0)
    found = try_component(assembled("a.wat", WAITS.encode()), world_of("package a:b; world w {}", "w"), None)
    assert (found.verdict, found.problems, found.limits, found.imports) == (Verdict.LINKS, (), (), 2)
    assert [note.message for note in found.notes] == [
        "the component runs code when it is instantiated: it had not ended after 2 seconds, and was stopped"
    ]


def test_a_process_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trial gives up, which does not count as agreement."""
    monkeypatch.setattr(trial, "TIMEOUT", 0.01)
    found = try_component(assembled("a.wat", b"(component)"), world_of("package a:b; world w {}", "w"), None)
    assert found.verdict is Verdict.REFUSES
    assert found.problems[0].message == "gave up after 0 seconds while starting"


@pytest.mark.usefixtures("here")
def test_what_the_linker_does_not_see() -> None:
    """Of the changes that the comparison finds, wasmtime's linker refuses those of names; types it does not look at."""
    lines: list[str] = []
    for name, case in VALIDATED.items():
        if "app.wat" not in case.stubs:
            continue
        world = world_of(case.text("app.wit"), "app")
        component = assembled("a.wat", case.component("app.wat").encode())
        fits = not compare(component_world(read_binary(component)), world).differences
        found = try_component(component, world, None)
        assert not found.limits and not found.notes
        reasons = "".join(f"\n  {problem.step}: {problem.message}" for problem in found.problems)
        lines.append(f"{name}: {'fits' if fits else 'differs'}, {found.verdict.value}{reasons}\n")
        assert found.verdict is Verdict.LINKS or not fits
    golden.check(golden.GOLDEN / "trial-of-changes.txt", "".join(lines))


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_the_corpus() -> None:
    """Wasmtime links the stub of every world that it compiles, or says what it cannot carry."""
    for case in find_cases():
        found = try_component(assembled("a.wat", stub_component(case.world).encode()), case.world, None)
        assert found.problems == (), case.module
        assert found.linked or found.limits, case.module
        assert not any("report" in limit.step for limit in found.limits), case.module


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "module", ["resources_on_both_sides", "wasi_http_proxy", "implements_imported", "worlds_own_types", "maps_both"]
)
def test_through_the_host_package(module: str) -> None:
    """As a user's program does it."""
    case = next(case for case in find_cases() if case.module == module)
    Path("stub.wat").write_text(stub_component(case.world))
    found = api.validate("stub.wat", str(case.wit), case.id, wasmtime=True, all_features=True)
    assert found.trial is not None
    assert (found.trial.verdict, found.trial.problems, found.trial.limits) == (Verdict.LINKS, (), ())
    assert found.trial.exports or not case.world.exports


@pytest.mark.usefixtures("here")
def test_a_report_that_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    """If wasmtime and the reader disagree, one of them is wrong: nothing is to be relied on."""
    other = component_world(read_binary(assembled("a.wat", b'(component (import "g" (func)))')))

    def mistaken(component: object, engine: object) -> World:
        return other

    monkeypatch.setattr(trial_child, "reported_world", mistaken)
    found = fitting('(component (import "f" (func)))', "import f: func();")
    assert [(problem.step, problem.message.partition(";")[0]) for problem in found.problems] == [
        ("report", "import `g`: witgen reads nothing from the binary, wasmtime reports func()"),
        ("report", "import `f`: witgen reads func() from the binary, wasmtime reports nothing"),
    ]


def fitting(component: str, items: str) -> Trial:
    """The trial of a component."""
    put(component, items)
    found = api.validate("app.wat", "app.wit", wasmtime=True).trial
    assert found is not None
    return found


@pytest.mark.usefixtures("here")
def test_what_cannot_be_reported_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is tried all the same."""

    def unreported(component: object, engine: object) -> World:
        raise Unreported("import f: it is of a kind that is new")

    monkeypatch.setattr(trial_child, "reported_world", unreported)
    found = fitting('(component (import "f" (func)))', "import f: func();")
    assert found.verdict is Verdict.LINKS
    assert [(limit.step, limit.message) for limit in found.limits] == [
        ("report", "import f: it is of a kind that is new")
    ]
