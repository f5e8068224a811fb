"""Mutated components and encoded packages give models or diagnostics: `python -m tests.fuzz.fuzz_binary --seconds 600`.

The bytes are this project's stubs and encoded packages. A mutation changes, removes, repeats or copies some bytes, or
puts a number that is often at fault in their place. What is read goes on through the whole front end.
"""

from __future__ import annotations

import argparse
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

from wasmtime import WasmtimeError, wat2wasm
from wasmtime.component import Component

from tests.compiler.bindings.guest.corpus import find_cases
from tests.golden import GOLDEN
from witgen import runtime
from witgen.compiler.diagnostics import Diagnostics, WitError
from witgen.compiler.input.inputs import InputFile, InputGroup, Inputs
from witgen.compiler.input.parsed import parse_inputs
from witgen.compiler.load.binaries import decode_inputs
from witgen.compiler.model.resolve.passes import resolve
from witgen.compiler.trial.stub import stub_component
from witgen.component.binary import BinaryError, component_world, read_binary
from witgen.component.fit import compare
from witgen.runtime._binding.reported import Unreported, reported_world

SLOW = 10.0
"""Seconds that no input of this size may take."""
_NUMBERS = (
    b"\x00",
    b"\x7f",
    b"\x80\x01",
    b"\xff\x7f",
    b"\xff\xff\xff\xff\x0f",
    b"\x80\x80\x80\x80\x80\x80",
    b"\xff\xff\xff\xff\x7f",
)


def find_binaries() -> list[bytes]:
    """The binaries to begin with: small ones."""
    encoded = [path.read_bytes() for path in sorted((GOLDEN / "encoded").glob("*.wasm"))]
    stubs = [bytes(wat2wasm(stub_component(case.world))) for case in find_cases()[::9]]
    return [data for data in (*encoded, *stubs) if len(data) < 12_000]


def mutate(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """One to four changes."""
    mutated = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(mutated)) if mutated else 0
        length = random.randint(1, 12)
        match random.randrange(7):
            case 0 if mutated:
                mutated[at] = random.randrange(256)
            case 1 if mutated:
                mutated[at] = (mutated[at] + random.choice((-1, 1))) % 256
            case 2:
                del mutated[at : at + length]
            case 3:
                mutated[at:at] = mutated[at : at + length]
            case 4:
                mutated[at : at + 1] = random.choice(_NUMBERS)
            case 5:
                other = random.choice(others)
                start = random.randrange(len(other))
                mutated[at : at + length] = other[start : start + length]
            case _:
                if random.random() < 0.1:
                    del mutated[at:]
    return bytes(mutated)


def read(data: bytes) -> bool:
    """Read bytes in every way there is; True if there is a model.

    Raises:
        Exception: something was raised that must not be.
    """
    with suppress(BinaryError):
        component_world(read_binary(data))
    inputs = Inputs(InputGroup("a.wasm", (InputFile("a.wasm", None, data=data),)), ())
    try:
        resolve(parse_inputs(decode_inputs(inputs)), frozenset(), Diagnostics())
    except WitError:
        return False
    return True


def agree(data: bytes) -> bool:
    """Hold the reader beside wasmtime; True if both take the bytes.

    Raises:
        AssertionError: they disagree.
    """
    engine = runtime.engine(component_async=True)
    try:
        found = component_world(read_binary(data))
        reported = reported_world(Component(engine, data), engine)
    except (BinaryError, WasmtimeError, Unreported):
        return False
    for one, other in ((reported, found), (found, reported)):
        comparison = compare(one, other, strict=True)
        assert not comparison.differences and not comparison.unasked, comparison
    return True


def fuzz(seed: int, goes_on: Callable[[int], bool], read: Callable[[bytes], bool] = read) -> tuple[int, int, list[str]]:
    """Mutate and read until `goes_on` says no.

    Args:
        read: what to do with the bytes; whether they are right.

    Returns:
        How many mutations were tried, how many were right, and a text for each failure.
    """
    random, binaries = Random(seed), find_binaries()
    tries = models = 0
    failures: list[str] = []
    while goes_on(tries):
        data = mutate(random, random.choice(binaries), binaries)
        tries += 1
        start = time.monotonic()
        try:
            models += read(data)
        except Exception:  # noqa: BLE001 - a fuzzer reports every exception
            failures.append(f"{traceback.format_exc()}\n{data.hex()}")
        if time.monotonic() - start > SLOW:
            failures.append(f"too slow\n{data.hex()}")
    return tries, models, failures


def main() -> None:
    """Run for some seconds, and write what fails to `fuzz-failures.txt`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--wasmtime", action="store_true", help="hold what is read beside what wasmtime reports")
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    way = agree if options.wasmtime else read
    tries, models, failures = fuzz(options.seed, lambda _tries: time.monotonic() < end, way)
    print(f"{tries:,} mutations, {models:,} of them read, {len(failures)} failures")
    if failures:
        Path("fuzz-failures.txt").write_text("\n\n".join(failures), encoding="utf-8")


if __name__ == "__main__":
    main()
