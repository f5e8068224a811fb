"""The skeleton: small, of the same type, and valid if and only if the component is."""

from __future__ import annotations

import pytest
from wasmtime import wat2wasm
from wasmtime.component import Component

from tests.component.component_types import reported
from tests.component.plan.texts import IMPORTS, OUTER, TWICE
from tests.fuzz.fuzz_plan import engine, find_components, fuzz, judge
from tests.runtime import plugin
from witgen.component.plan import make_plan


@pytest.mark.parametrize("text", [TWICE, OUTER, IMPORTS, plugin.TEXT])
def test_it_has_the_type_of_the_component_and_not_its_code(text: str) -> None:
    data = bytes(wat2wasm(text))
    _, skeleton = make_plan(data)
    assert len(skeleton) < len(data)
    assert reported(Component(engine(), skeleton), engine()) == reported(Component(engine(), data), engine())


def test_code_and_custom_sections_are_left_out() -> None:
    code = '(func (export "f")' + " (drop (i32.const 1))" * 10_000 + ")"
    hidden = "(func)" * 1_000
    _, skeleton = make_plan(
        bytes(wat2wasm(f'(component (core module {code} {hidden} (@custom "name" "{"x" * 999}")))'))
    )
    assert len(skeleton) < 100


LIFT = '(component (core module $m (func (export "f") {core})) (core instance $i (instantiate $m)) {rest})'


@pytest.mark.parametrize(
    "text",
    [
        LIFT.format(core="(param i32 i32)", rest='(func (export "f") (param "a" u32) (canon lift (core func $i "f")))'),
        LIFT.format(core="(param f32)", rest='(func (export "f") (param "a" u32) (canon lift (core func $i "f")))'),
        LIFT.format(core="(result i32)", rest='(func (export "f") (canon lift (core func $i "f")))'),
        LIFT.format(
            core="(param i32 i32)", rest='(func (export "f") (param "a" string) (canon lift (core func $i "f")))'
        ),  # no memory
        LIFT.format(
            core="(param i32)",
            rest='(func (export "f") (param "a" u32) (canon lift (core func $i "f") (post-return (core func $i "f"))))',
        ),
        LIFT.format(core="(param i64)", rest='(type (resource (rep i32) (dtor (core func $i "f"))))'),
        (
            '(component (import "f" (func $f (param "a" u32))) (core func $l (canon lower (func $f)))'
            ' (core module $m (import "" "f" (func (param i64))))'
            ' (core instance (instantiate $m (with "" (instance (export "f" (func $l)))))))'
        ),
    ],
)
def test_wrong_core_signatures_are_refused_by_wasmtime(text: str) -> None:
    """An engine that called these functions as their types have it would crash the process."""
    assert judge(bytes(wat2wasm(text))) is False


@pytest.mark.parametrize(
    "module",
    [
        '(module (global (export "g") (mut i32) (i32.add (i32.const 1) (i32.const 2))))',
        '(module (global (export "g") v128 (v128.const i64x2 1 2)) (func (export "f")))',
        '(module (global (export "g") (ref func) (ref.func $f)) (func $f (export "f") (result i64) (i64.const 1)))',
        '(module (table (export "t") 1 (ref func) (ref.func $f)) (func $f) (func (export "g")))',
        '(module (type $s (struct (field i32))) (global (export "g") (ref $s) (struct.new $s (i32.const 1))))',
        '(module (tag (export "t") (param i32)) (func (export "f")) (func (export "f2")))',
        '(module (import "a" "t" (table 1 (ref null func))) (memory (export "m") i64 1 2))',
        '(module (func $f (export "f")) (export "g" (func $f)) (func (export "h") (param i64)) (start $f))',
    ],
)
def test_modules_with_rare_items(module: str) -> None:
    assert judge(bytes(wat2wasm(f"(component (core {module[1:]})"))) is True


def test_mutations_are_judged_as_wasmtime_judges_them(request: pytest.FixtureRequest) -> None:
    """A fixed sample; `--full` tries a hundred times as many."""
    most = 30_000 if request.config.getoption("--full") else 300
    tries, valid, failures = fuzz(0, most, 600)
    assert tries == most
    assert valid > most / 20
    assert not failures, failures[0]


def test_the_sample_has_components_with_code() -> None:
    assert len(find_components()) > 5
    assert all(judge(data) for data in find_components())
