"""The front end over generated WIT from 10 KB to 5 MB: speed, growth and peak memory, for parsing and for resolving too.

    python benchmarks/parse.py [--shape mixed] [--largest 5000000] [--runs 3] [--quick]

Every measurement is a process of its own, so that peak memory is that of one input. `parse` reads the text into the AST;
`resolve` goes on to the resolved, elaborated model; `dump` prints that as JSON as well. The slope is that of a straight
line through the logarithms of size and time: 1 means that twice the input takes twice as long. The start of Python and
imports are not in the times, but they are in the memory (`empty`). Nothing is asserted here.

The text is made by rule, not by chance: the same on every machine. Shapes other than `mixed` stretch one thing only.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000, 2_000_000, 5_000_000)
STEPS = ("parse", "resolve", "dump")
# ru_maxrss counts kibibytes, but bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024

PRIMITIVES = ("u8", "u16", "u32", "u64", "s32", "f64", "bool", "char", "string")

# Made-up WIT -----------------------------------------------------------------------------------------------------------


def mixed(size: int) -> str:
    """Interfaces like those of WASI, each using types of the one before, and a world for every ten."""
    return _joined("package bench:mixed@1.2.3;\n\n", map(_mixed_item, count()), size)


def _mixed_item(number: int) -> str:
    if number % 10 == 9:
        lines = [f"  import i{n};" for n in range(number - 9, number - 4)]
        lines += [f"  export i{n};" for n in range(number - 4, number)]
        return (
            f"/// World {number}, which is there for its imports.\nworld w{number} {{\n" + "\n".join(lines) + "\n}\n\n"
        )
    first = number % 10 == 0
    use = "" if first else f"  use i{number - 1}.{{point as other-point, thing as other-thing, failure as earlier}};\n"
    other, thing = ("string", "thing") if first else ("earlier", "other-thing")
    primitive = PRIMITIVES[number % len(PRIMITIVES)]
    return f"""/// Interface {number}: what a service of its kind offers.
///
/// It says so in a few lines of documentation, as real packages do.
@since(version = 1.0.0)
interface i{number} {{
{use}
  /// A point in a plane.
  record point {{
    /// To the right.
    x: f64,
    /// Upwards.
    y: f64,
    label: option<tuple<{primitive}, string>>,
  }}

  variant failure {{ not-found(string), denied, other({other}), nested(list<result<point, u32>>) }}
  enum level {{ debug, info, warning, error, critical }}
  flags rights {{ read, write, execute, %use }}
  type points = list<point>;

  /// Something with an identity.
  resource thing {{
    constructor(name: string, at: option<point>);
    /// Moves it, and says where it was.
    move-to: func(to: point, speed: {primitive}) -> result<point, failure>;
    merge: static func(a: borrow<thing>, b: thing) -> result<thing, failure>;
  }}

  // How many there are.
  total: func() -> u64;
  find: func(name: string, rights: rights, level: level) -> result<option<thing>, failure>;
  hand-over: func(a: borrow<{thing}>, all: list<tuple<string, points>>) -> list<u8>;
}}

"""


def one_interface(size: int) -> str:
    """A single interface with very many records and functions."""
    items = (f"  record r{n} {{ a: u32, b: list<r{n - 1}> }}\n  fn{n}: func(a: r{n}) -> r{n};\n" for n in count(1))
    return _joined("package bench:one;\ninterface i {\n  type r0 = string;\n", items, size) + "}\n"


def use_chain(size: int) -> str:
    """Interfaces in a chain of uses, all needed by one world."""
    links = (f"interface i{n} {{ use i{n - 1}.{{t}}; f: func(a: t) -> t; }}\n" for n in count(1))
    text = _joined("package bench:chain;\ninterface i0 { type t = u32; }\n", links, size)
    last = text.rindex("interface i")
    name = text[last:].split()[1]
    return text + f"world w {{ import {name}; export e: interface {{ use {name}.{{t}}; }} }}\n"


def packages(size: int) -> str:
    """Nested packages, each using the one before."""
    items = (
        f"package p:n{n}@1.0.0 {{ interface i {{ use p:n{n - 1}/i@1.0.0.{{t}}; f: func() -> t; }} }}\n"
        for n in count(1)
    )
    return _joined("package bench:many;\npackage p:n0@1.0.0 { interface i { type t = u32; } }\n", items, size)


def worlds(size: int) -> str:
    """Worlds that include and import a few interfaces each."""
    items = (
        f"world w{n} {{ include base with {{ f as fn{n}, s as string{n} }} import g{n}: func(a: u8); export a; resource r{n}; }}\n"
        for n in count()
    )
    head = "package bench:worlds;\ninterface a { type t = u32; }\ninterface b { use a.{t}; f: func() -> t; }\n"
    return _joined(head + "world base { import b; import f: func(); type s = string; }\n", items, size)


def comment(size: int) -> str:
    """One block comment, nested in places, before an interface."""
    return (
        _joined("package bench:comment;\n/*", ("/* a line */ of a comment\n" for _ in count()), size)
        + "*/\ninterface i {}\n"
    )


def line_comments(size: int) -> str:
    """One run of line comments before an interface."""
    return _joined("package bench:docs;\n", ("/// a line of docs\n" for _ in count()), size) + "interface i {}\n"


def enum(size: int) -> str:
    """One enum."""
    return (
        _joined("package bench:enums;\ninterface i {\n  enum e {\n", (f"    case-{n},\n" for n in count()), size)
        + "  }\n}\n"
    )


def params(size: int) -> str:
    """One function with very many parameters."""
    return (
        _joined("package bench:params;\ninterface i {\n  f: func(", (f"p{n}: u32, " for n in count()), size) + ");\n}\n"
    )


def aliases(size: int) -> str:
    """Aliases in a chain."""
    items = (f"  type t{n} = t{n - 1};\n" for n in count(1))
    return _joined("package bench:aliases;\ninterface i {\n  resource t0;\n", items, size) + "}\n"


def deep_types(size: int) -> str:
    """Types nested as deeply as they may be."""
    items = (f"  fn{n}: func(a: {'list<option<' * 40}u{8 << n % 4}{'>>' * 40});\n" for n in count())
    return _joined("package bench:deep;\ninterface i {\n", items, size) + "}\n"


SHAPES: dict[str, Callable[[int], str]] = {
    "mixed": mixed,
    "one-interface": one_interface,
    "use-chain": use_chain,
    "packages": packages,
    "worlds": worlds,
    "comment": comment,
    "line-comments": line_comments,
    "enum": enum,
    "params": params,
    "aliases": aliases,
    "deep-types": deep_types,
}


def _joined(head: str, items: Iterator[str], size: int) -> str:
    """`head` and as many of `items` as it takes to have at least `size` characters."""
    parts = [head]
    length = len(head)
    while length < size:
        part = next(items)
        parts.append(part)
        length += len(part)
    return "".join(parts)


# One measurement, in a process of its own -------------------------------------------------------------------------------


def measure(shape: str, size: int, step: str, runs: int) -> None:
    """Print the size in bytes, the least CPU seconds of `runs` runs, and the peak memory of the process in bytes."""
    import resource

    from witgen.compiler.diagnostics import Diagnostics
    from witgen.compiler.input.parsed import load_text
    from witgen.compiler.model.formats.json import dump_json
    from witgen.compiler.model.resolve.passes import resolve

    text = SHAPES[shape](size) if size else "package bench:nothing;"
    seconds: list[float] = []
    for _ in range(runs):
        start = time.process_time()
        loaded = load_text(text)
        if step != "parse":
            resolution = resolve(loaded, "all", Diagnostics())
            if step == "dump":
                dump_json(resolution.resolved)
        seconds.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT
    print(len(text.encode()), min(seconds), peak)


@dataclass(frozen=True, slots=True)
class Measured:
    """Bytes of text, CPU seconds, and bytes of memory at the peak."""

    size: int
    seconds: float
    peak: int


def in_a_process(shape: str, size: int, step: str, runs: int) -> Measured:
    """Run this file again, for one measurement. Raises: SystemExit if that fails."""
    command = [sys.executable, __file__, "--one", shape, str(size), step, str(runs)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{shape}, {size} bytes, {step}:\n{done.stderr}")
    length, seconds, peak = done.stdout.split()
    return Measured(int(length), float(seconds), int(peak))


def slope(points: Sequence[Measured]) -> float:
    """The exponent that fits seconds = factor * size ** exponent best, in logarithms."""
    xs = [math.log(point.size) for point in points]
    ys = [math.log(max(point.seconds, 1e-6)) for point in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)


def table(shape: str, sizes: Sequence[int], runs: int) -> str:
    """The measurements of one shape as text."""
    lines = [f"{shape}", f"{'KB':>8}" + "".join(f"{step + ' ms':>13}{'MB/s':>7}{'peak MiB':>10}" for step in STEPS)]
    columns = {step: [in_a_process(shape, size, step, runs) for size in sizes] for step in STEPS}
    for at in range(len(sizes)):
        row = [columns[step][at] for step in STEPS]
        cells = (f"{m.seconds * 1e3:13.1f}{m.size / m.seconds / 1e6:7.2f}{m.peak / 2**20:10.1f}" for m in row)
        lines.append(f"{row[0].size / 1e3:8.0f}" + "".join(cells))
    if len(sizes) > 1:
        lines.append(f"{'slope':>8}" + "".join(f"{slope(columns[step]):13.2f}{'':17}" for step in STEPS).rstrip())
    return "\n".join(lines)


def main() -> None:
    """Measure what the command line asks for, and print it."""
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
        return
    parser = argparse.ArgumentParser(description="Times the front end over generated WIT; prints speed, slope, memory.")
    parser.add_argument("--shape", default="mixed", choices=[*SHAPES, "all"], help="what to stretch (default: mixed)")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="bytes of the largest text (default: 5000000)")
    parser.add_argument("--runs", type=int, default=3, help="runs of which the fastest counts (default: 3)")
    parser.add_argument("--quick", action="store_true", help="the smallest texts, once: whether the benchmark works")
    arguments = parser.parse_args()
    runs = 1 if arguments.quick else max(1, int(arguments.runs))
    largest = SIZES[1] if arguments.quick else int(arguments.largest)
    sizes = [size for size in SIZES if size <= largest] or [largest]
    print(f"CPython {platform.python_version()}, {os.cpu_count()} cores; CPU time, fastest of {runs}")
    print(f"empty: {in_a_process('mixed', 0, 'dump', 1).peak / 2**20:.1f} MiB\n")
    for shape in SHAPES if arguments.shape == "all" else [str(arguments.shape)]:
        print(table(shape, sizes, runs), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
