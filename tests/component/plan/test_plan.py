"""The plan of a component: what is instantiated, what crosses, which resource is which; and what has no plan."""

from __future__ import annotations

import pytest
from wasmtime import wat2wasm

from tests.component.plan.texts import IMPORTS, OUTER, TWICE
from witgen.component.binary import BinaryError, Fault
from witgen.component.binary.canon import Encoding
from witgen.component.plan import Plan, make_plan
from witgen.component.plan.items import (
    Imported,
    InstanceExport,
    Lifted,
    Lowered,
    ResourceBuiltin,
    Shape,
    Trampoline,
)


def planned(text: str) -> Plan:
    plan, _ = make_plan(bytes(wat2wasm(text)))
    return plan


def test_each_instance_of_a_component_has_its_own_resources() -> None:
    plan = planned(TWICE)
    assert [instance.parent for instance in plan.instances] == [None, 0, 0, 0]
    assert [resource.instance for resource in plan.resources] == [1, 2]
    destructors = [resource.destructor for resource in plan.resources]
    assert [(core.instance, core.name) for core in destructors if isinstance(core, InstanceExport)] == [
        (0, "dtor"),
        (1, "dtor"),
    ]
    a, b = plan.exports.instances["a"], plan.exports.instances["b"]
    assert (a.resources, b.resources) == ({"r": 0}, {"r": 1})
    made = a.functions["make"]
    assert isinstance(made, Lifted) and isinstance(made.type.result, Shape) and made.type.result.resource == 0


def test_a_component_uses_the_instance_that_it_is_given() -> None:
    plan = planned(TWICE)
    lowered = [t for t in plan.trampolines if isinstance(t, Lowered)]
    a = plan.exports.instances["a"].functions
    assert [t.function for t in lowered] == [a["make"], a["value"]]
    assert [(t.operation, t.resource, t.instance) for t in plan.trampolines if isinstance(t, ResourceBuiltin)] == [
        ("new", 0, 1),
        ("new", 1, 2),
        ("drop", 0, 3),
    ]
    assert all(isinstance(item, Trampoline) for item in plan.modules[-1].imports)


def test_a_call_enters_what_is_around_the_callee_and_not_around_the_caller() -> None:
    plan = planned(TWICE)
    assert plan.entered(1, None) == (1, 0)
    assert plan.entered(1, 3) == (1,)
    assert plan.entered(0, 3) == ()


def test_core_items_pass_through_instances_that_are_made_of_exports() -> None:
    plan = planned(OUTER)
    assert [(item.instance, item.name) for item in plan.modules[1].imports if isinstance(item, InstanceExport)] == [
        (0, "memory"),
        (0, "table"),
        (0, "first"),
        (0, "sum"),
    ]
    total = plan.exports.instances["math"].functions["total"]
    assert isinstance(total, Lifted)
    ((_, point),) = total.type.params
    assert isinstance(point, Shape) and point.names == ("x", "y")


def test_what_the_host_supplies_has_its_names() -> None:
    plan = planned(IMPORTS)
    log, take = (t for t in plan.trampolines if isinstance(t, Lowered))
    assert isinstance(log.function, Imported) and (log.function.interface, log.function.name) == ("", "log")
    assert log.options.encoding is Encoding.UTF16
    assert isinstance(take.function, Imported) and (take.function.interface, take.function.name) == ("host", "take")
    assert [(r.interface, r.name, r.instance) for r in plan.resources] == [("host", "r", None), ("", "thing", None)]


@pytest.mark.parametrize(
    ("text", "fault", "message"),
    [
        ('(component (import "c" (component)))', Fault.UNSUPPORTED, "`c` is an imported component"),
        ('(component (import "m" (core module)))', Fault.UNSUPPORTED, "`m` is an imported core module"),
        ("(component (core func (canon task.cancel)))", Fault.UNSUPPORTED, "uses `task.cancel`"),
        (
            '(component (import "f" (func $f)) (core func (canon lower (func $f) gc)))',
            Fault.UNSUPPORTED,
            "garbage-collected",
        ),
        (
            "(component (component $c (core module $m) (core instance (instantiate $m)))"
            + "(instance (instantiate $c))" * 2
            + '(instance $i (export "x" (component $c))) (alias export $i "y" (component)))',
            Fault.MALFORMED,
            "does not export `y`",
        ),
        (
            '(component (core module $m (import "a" "f" (func))) (core instance (instantiate $m)))',
            Fault.MALFORMED,
            "imports of `a` are not given",
        ),
        (
            (
                '(component (core module $m (import "a" "f" (func)))'
                ' (core module $n (memory (export "f") 1)) (core instance $i (instantiate $n))'
                ' (core instance (instantiate $m (with "a" (instance $i)))))'
            ),
            Fault.MALFORMED,
            "does not export the func `f`",
        ),
        (
            "(component (type $t0 (tuple u8 u8)) "
            + " ".join(f"(type $t{n} (tuple $t{n - 1} $t{n - 1}))" for n in range(1, 20))
            + ")",
            Fault.TOO_LARGE,
            "more than 10,000 parts",
        ),
        (
            "(component (type $t0 (option u8)) "
            + " ".join(f"(type $t{n} (option $t{n - 1}))" for n in range(1, 110))
            + ")",
            Fault.TOO_LARGE,
            "more than 100 levels",
        ),
        (
            "(component " + "".join(f"(component $c{n} " for n in range(55)) + ")" * 55 + ")",
            Fault.TOO_LARGE,
            "components nest",
        ),
        (
            "(component (component $c0) "
            + " ".join(
                f"(component $c{n} (instance (instantiate $c{n - 1})) (instance (instantiate $c{n - 1})))"
                for n in range(1, 30)
            ).replace("(component $c", "(component $c")
            + ")",
            Fault.MALFORMED,
            "",
        ),
    ][:-1],
)
def test_what_has_no_plan_is_refused_by_name(text: str, fault: Fault, message: str) -> None:
    with pytest.raises(BinaryError, match=message) as refused:
        planned(text)
    assert refused.value.fault is fault


@pytest.mark.slow
def test_instances_that_double_at_each_level_are_refused_in_time() -> None:
    """2 ** 40 instances in a file of two kilobytes."""
    text = "(component $c0)"
    for n in range(1, 41):
        text += f"(component $c{n} (alias outer 1 $c{n - 1} (component $d)) {'(instance (instantiate $d))' * 2})"
    with pytest.raises(BinaryError, match="declarations"):
        planned(f"(component {text} (instance (instantiate $c40)))")


def test_types_of_the_same_structure_are_one() -> None:
    plan = planned("""(component
          (import "f" (func $f (param "a" (list (tuple u8 string))) (result (list (tuple u8 string)))))
          (import "g" (func $g (param "a" (list (tuple u8 char)))))
          (core module $m (memory (export "m") 1) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable))
          (core instance $i (instantiate $m))
          (core func (canon lower (func $f) (memory (core memory $i "m")) (realloc (core func $i "r"))))
          (core func (canon lower (func $g) (memory (core memory $i "m")))))""")
    f, g = (t.function.type for t in plan.trampolines if isinstance(t, Lowered))
    assert f.params[0][1] is f.result
    assert g.params[0][1] is not f.result
