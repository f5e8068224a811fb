"""Mutated components give a plan or a named error, and the skeleton is judged as wasmtime judges the component:
`python -m tests.fuzz.fuzz_plan --seconds 600`.

What is mutated are small components with core code: those of the runtime's tests, and stubs of the corpus.
"""

from __future__ import annotations

import argparse
from functools import cache
from pathlib import Path
from random import Random
from time import monotonic

from wasmtime import Engine, Module, WasmtimeError, wat2wasm
from wasmtime.component import Component

import witgen.runtime as rt
from tests.component.plan.texts import IMPORTS, OUTER, TWICE
from tests.fuzz import fuzz_binary
from tests.runtime import echo, plugin
from witgen.component.binary import BinaryError, Fault
from witgen.component.plan import make_plan, read_code
from witgen.component.plan.sections import core_modules
from witgen.runtime import generated as abi


@cache
def find_components() -> list[bytes]:
    """The components to begin with."""
    texts = [
        plugin.TEXT,
        echo.component({"f": (abi.List(abi.STRING), abi.Option(abi.U8)), "g": (abi.F64, None)}),
        TWICE,
        OUTER,
        IMPORTS,
    ]
    stubs = [data for data in fuzz_binary.find_binaries() if b"\0asm\x01" in data]
    return [bytes(wat2wasm(text)) for text in texts] + [data for data in stubs if _is_valid(data)]


@cache
def engine() -> Engine:
    """The engine that judges."""
    return rt.engine(component_async=True)


def judge(data: bytes) -> bool:
    """Hold the plan and the skeleton beside wasmtime; True if the component is valid.

    Raises:
        AssertionError: they disagree.
    """
    is_valid = _is_valid(data)
    try:
        _, skeleton = make_plan(data)
    except BinaryError as error:
        assert not is_valid or error.fault in (Fault.UNSUPPORTED, Fault.TOO_LARGE), error
        return False
    parts = [data[module.start : module.end] for module in core_modules(read_code(memoryview(data)))]
    assert is_valid == (_is_valid(skeleton) and all(map(_is_valid_module, parts)))
    return is_valid


def _is_valid(data: bytes) -> bool:
    try:
        Component(engine(), data)
    except WasmtimeError:
        return False
    return True


def _is_valid_module(data: bytes) -> bool:
    try:
        Module(engine(), data)
    except WasmtimeError:
        return False
    return True


def plan(data: bytes) -> bool:
    """Plan without a judge; True if there is a plan.

    Raises:
        Exception: something was raised that must not be.
    """
    try:
        make_plan(data)
    except BinaryError:
        return False
    return True


def fuzz(seed: int, tries: int, seconds: float) -> tuple[int, int, list[str]]:
    """Mutate until `tries` or `seconds` are over.

    Returns:
        How many mutations were tried, how many were valid, and a text for each failure.
    """
    random, components = Random(seed), find_components()
    end = monotonic() + seconds
    count = valid = 0
    failures: list[str] = []
    while count < tries and monotonic() < end:
        data = fuzz_binary.mutate(random, random.choice(components), components)
        count += 1
        try:
            valid += judge(data)
        except Exception as error:  # noqa: BLE001 - a fuzzer reports every exception
            failures.append(f"{type(error).__name__}: {error}\n{data.hex()}")
    return count, valid, failures


def main() -> None:
    """Run for some seconds, and write what fails to `fuzz-failures.txt`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    count, valid, failures = fuzz(options.seed, 1 << 60, options.seconds)
    print(f"{count:,} mutations, {valid:,} of them valid, {len(failures)} failures")
    if failures:
        Path("fuzz-failures.txt").write_text("\n\n".join(failures), encoding="utf-8")


if __name__ == "__main__":
    main()
