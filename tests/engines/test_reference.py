"""Lifting and lowering of witgen's engine, judged: by a layout that is written plainly, and by the specification's definitions."""

from __future__ import annotations

from pathlib import Path

import pytest

import witgen.runtime as rt
from tests.component.wast.runner import VARIABLE, checkout
from tests.engines.bench import Counts, judged
from tests.engines.drawn import enumeration, flags, record, variant
from tests.engines.judges import PlainJudge, ReferenceJudge, flat_of
from tests.engines.layout import payload_at, size_of
from witgen.runtime import generated as abi
from witgen.runtime._core.flatten import layout, payload_offset


@pytest.fixture(name="root", scope="module")
def _root() -> Path:
    found = checkout()
    if found is None:
        pytest.skip(f"{VARIABLE} names no checkout of github.com/WebAssembly/component-model")
    return found


def signatures(request: pytest.FixtureRequest) -> range:
    """How many signatures are drawn; `--full` draws fifty times as many."""
    return range(2_000 if request.config.getoption("--full") else 40)


@pytest.mark.slow
def test_the_engine_lays_out_values_as_the_plain_layout(request: pytest.FixtureRequest) -> None:
    """Core values and memory are the same, bit for bit, and what is laid out so is lifted as it was."""
    engine, counts = rt.engine(), Counts()
    for number in signatures(request):
        judged(engine, PlainJudge(), f"plain/{number}", counts, 20)
    assert counts.values > 60 * len(signatures(request)) and not counts.traps


@pytest.mark.slow
def test_the_engine_does_as_the_definitions(request: pytest.FixtureRequest, root: Path) -> None:
    """The same values, the same core values and bytes, or traps on both sides; memories have mistakes in them."""
    engine, counts, judge = rt.engine(), Counts(), ReferenceJudge(root)
    for number in signatures(request):
        judged(engine, judge, f"sample/{number}", counts, 20)
    assert 0 < counts.traps < counts.values / 2


@pytest.mark.parametrize(
    ("ty", "size", "align", "flat"),
    [
        (abi.BOOL, 1, 1, "i"),
        (abi.CHAR, 4, 4, "i"),
        (abi.STRING, 8, 4, "ii"),
        (flags(8), 1, 1, "i"),
        (flags(9), 2, 2, "i"),
        (flags(17), 4, 4, "i"),
        (enumeration(256), 1, 1, "i"),
        (enumeration(257), 2, 2, "i"),
        (abi.Option(abi.U64), 16, 8, "il"),
        (abi.Result(None, None), 1, 1, "i"),
        (abi.Result(abi.F32, abi.U8), 8, 4, "ii"),
        (abi.Result(abi.F32, abi.F32), 8, 4, "if"),
        (abi.Result(abi.F64, abi.U8), 16, 8, "il"),
        (variant([abi.U16, None, abi.Tuple((abi.F32, abi.STRING))]), 16, 4, "iiii"),
        (record([abi.U8, abi.U16, abi.U8, abi.U32, abi.U8]), 16, 4, "iiiii"),
        (abi.Map(abi.CHAR, abi.F64), 8, 4, "ii"),
    ],
    ids=str,
)
def test_sizes(ty: abi.Type, size: int, align: int, flat: str, request: pytest.FixtureRequest) -> None:
    """As written down here, which the definitions were asked about; and they are asked again where they are at hand."""
    found = layout(ty)
    assert (found.size, found.align, found.flat) == (size, align, flat)
    assert size_of(ty) == (size, align)
    letters = [{"i": "i32", "l": "i64", "f": "f32", "d": "f64"}[letter] for letter in flat]
    assert flat_of([ty]) == letters
    root = checkout()
    if root is not None:
        assert ReferenceJudge(root).measure(ty) == (size, align, letters)


def test_where_a_payload_begins() -> None:
    """Behind the case, aligned for the widest payload."""
    for payloads in ([abi.U8, None], [abi.U64, abi.U8], [None] * 300 + [abi.U8], [None] * 300 + [abi.U64]):
        assert payload_at(payloads) == payload_offset(payloads, len(payloads))
