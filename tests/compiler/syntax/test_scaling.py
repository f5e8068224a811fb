"""Work grows with the input and not faster, counted in calls: times would depend on the machine."""

from __future__ import annotations

import importlib.util
import sys
from types import FrameType, ModuleType

import pytest

from tests.checkout import ROOT
from witgen.compiler.diagnostics import Diagnostics
from witgen.compiler.input.parsed import load_text
from witgen.compiler.model.formats.json import dump_json
from witgen.compiler.model.resolve.passes import resolve

_BENCHMARK = ROOT / "benchmarks" / "parse.py"
_SIZE = 4000


def benchmark() -> ModuleType:
    """`benchmarks/parse.py`, whose made-up texts are those that are measured."""
    spec = importlib.util.spec_from_file_location("benchmarks_parse", _BENCHMARK)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


PARSE = benchmark()


def calls(text: str) -> int:
    """The calls of functions, built-in ones too, that it takes to parse, resolve and dump `text`."""
    count = 0

    def profile(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        loaded = load_text(text)
        dump_json(resolve(loaded, "all", Diagnostics()).resolved)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.slow
@pytest.mark.parametrize("shape", sorted(PARSE.SHAPES))
def test_work_is_linear(shape: str) -> None:
    """From one size to three times that, the work for each further byte stays the same."""
    first, second, third = (PARSE.SHAPES[shape](_SIZE * times) for times in (1, 2, 4))
    calls(first)
    before, middle, after = calls(first), calls(second), calls(third)
    early = (middle - before) / (len(second) - len(first))
    late = (after - middle) / (len(third) - len(second))
    assert late <= 1.15 * early + 0.05
