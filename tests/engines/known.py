"""Where the engines may differ, by reason: what the specification leaves to a host, and what one of them does not carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.engines.run import NOT_CARRIED
from witgen.component.binary.canon import Encoding
from witgen.component.binary.entities import Kind
from witgen.component.plan import Plan
from witgen.component.plan.items import Lifted, Lowered, Options, Shape


@dataclass(frozen=True)
class Difference:
    """The first lines that differ: wasmtime's, and witgen's; of a mutant of which family."""

    family: str
    plan: Plan
    one: str
    other: str


@dataclass(frozen=True)
class Known:
    """A reason, and whether a difference has it."""

    reason: str
    explains: Callable[[Difference], bool]


def _options(plan: Plan) -> list[Options]:
    found = [item.options for item in plan.trampolines if isinstance(item, Lowered)]
    lifted = [item.function for item in plan.trampolines if isinstance(item, Lowered)]
    for instance in [plan.exports, *plan.exports.instances.values()]:
        lifted += instance.functions.values()
    return found + [function.options for function in lifted if isinstance(function, Lifted)]


def _has_other_encoding(plan: Plan) -> bool:
    return any(options.encoding is not Encoding.UTF8 for options in _options(plan))


def _may_show_allocations(found: Difference) -> bool:
    """Whether it may come from where strings were put: where `realloc` may be wrong, and elsewhere only in values."""
    is_mutated = found.family in ("bytes", "code", "text")
    return _has_other_encoding(found.plan) and (is_mutated or (_is_value(found.one) and _is_value(found.other)))


def _has_inner_calls(plan: Plan) -> bool:
    return any(isinstance(item, Lowered) and isinstance(item.function, Lifted) for item in plan.trampolines)


def _has_parts(plan: Plan) -> bool:
    """Whether a value with parts, among which there may be gaps, crosses."""
    functions = [item.function for item in plan.trampolines if isinstance(item, Lowered)]
    for instance in [plan.exports, *plan.exports.instances.values()]:
        functions += instance.functions.values()
    waiting = [ty for function in functions for ty in (function.type.result, *(ty for _, ty in function.type.params))]
    while waiting:
        ty = waiting.pop()
        if isinstance(ty, Shape):
            if ty.kind in _WITH_PARTS:
                return True
            waiting += ty.parts
    return False


def _calls_its_kin(plan: Plan) -> bool:
    """Whether a component calls one that it is in, or that is in it."""
    return any(
        isinstance(item, Lowered)
        and isinstance(item.function, Lifted)
        and plan.is_related(item.options.instance, item.function.options.instance)
        for item in plan.trampolines
    )


def _is_value(line: str) -> bool:
    """Whether it tells of values, not of how a call ended otherwise."""
    return not any(word in line for word in ("Trap ", "Error", "(nothing)"))


def _is_canonical(line: str) -> bool:
    """Whether a call ended with a trap of the Canonical ABI, or of a core function that it calls."""
    return any(line.endswith(f"Trap {kind}") for kind in ("other", "unreachable"))


_WITH_PARTS = (Kind.RECORD, Kind.TUPLE, Kind.VARIANT, Kind.OPTION, Kind.RESULT, Kind.MAP)

KNOWN = (
    Known("witgen's engine refuses it by name", lambda found: NOT_CARRIED in found.other),
    Known(
        "fuel: what copies strings is wasm in one and machine code in the other",
        lambda found: "Trap fuel" in found.one or "Trap fuel" in found.other,
    ),
    Known(
        "strings between components: the specification allocates for the worst case and then less, witgen's engine once for"
        " what is needed, which a wrong `realloc` shows, or a pointer to where pointers are",
        lambda found: _has_inner_calls(found.plan) and _has_other_encoding(found.plan),
    ),
    Known(
        "strings that are not UTF-8: a host chooses how often it calls `realloc`, which shows in the same ways",
        lambda found: _may_show_allocations(found),
    ),
    Known(
        "what lies between fields: witgen's engine writes zeros where the specification writes nothing, which shows where a"
        " wrong `realloc` gives memory that is in use",
        lambda found: (
            found.family in ("bytes", "code", "text")
            and _is_value(found.one)
            and _is_value(found.other)
            and _has_parts(found.plan)
        ),
    ),
    Known(
        "a component that calls one that it is in, or that is in it, traps (trap-on-reenter.wast, `for now`); in wasmtime it"
        " may",
        lambda found: "Trap cannot-enter" in found.other and _calls_its_kin(found.plan),
    ),
    Known(
        "which of two mistakes is found first: between components wasmtime calls `realloc` while it still reads, where the"
        " specification reads all before",
        lambda found: _has_inner_calls(found.plan) and _is_canonical(found.one) and _is_canonical(found.other),
    ),
)


def reason_of(difference: Difference) -> str:
    """Why the engines may differ in this; "" if they may not."""
    return next((known.reason for known in KNOWN if known.explains(difference)), "")


__all__ = ["KNOWN", "Difference", "Known", "reason_of"]
