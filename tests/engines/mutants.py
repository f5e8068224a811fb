"""Components that are drawn and mutated: number `n` of a seed is always the same one.

- `bytes`: a component with bytes changed anywhere;
- `code`: with bytes changed in its core modules, which are then often still valid;
- `text`: component text with numbers, instructions, types, options and names changed;
- `memory`: a rig (`rig.py`) whose memory has values with mistakes in them;
- `fused`: two components of that kind, of which the outer one calls the inner one;
- `handles`: a component that makes, lends, gives and drops handles in an order that is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from random import Random

from wasmtime import WasmtimeError, wat2wasm

from tests.attacks import guest
from tests.component.plan.texts import IMPORTS, OUTER, TWICE
from tests.core import test_adapters, test_entering, test_inner, test_instances
from tests.core.guests import GROWING, at_32, exporting, importing, realloc, words
from tests.engines.drawn import draw_type
from tests.engines.handles import handles
from tests.engines.layout import Layout, NoRoom, drawn_layout
from tests.engines.rig import ENCODINGS, FREE, REALLOC, Options, Signature, fused, rig
from tests.fuzz import fuzz_binary
from tests.runtime import plugin
from witgen.component.binary import BinaryError
from witgen.component.plan import read_code
from witgen.component.plan.sections import core_modules

REALLOCS = (
    realloc("(i32.const 51200)"),  # the same place again and again
    realloc("(i32.const 51201)"),
    realloc("(i32.const 131064)"),
    realloc("(i32.const -8)"),
    realloc("(i32.const 65536)"),
    realloc("unreachable"),
    realloc("(i32.add (i32.const 50001) (local.get 3))"),
    realloc("(i32.sub (i32.const 131072) (local.get 3))"),
    realloc("(drop (memory.grow (i32.const 1))) (i32.const 50000)"),
    realloc("(memory.fill (i32.const 0) (i32.const 255) (i32.const 65536)) (i32.const 50000)"),
    "(global $n (mut i32) (i32.const 0))"
    + realloc("(global.set $n (i32.add (global.get $n) (i32.const 1)))(i32.shl (global.get $n) (i32.const 20))"),
    GROWING.replace("1024", str(FREE)),
)
"""What they give is elsewhere than what a rig gives: it would tell in which order things are written that lie in one place."""
POSTS = ("", "", "(nop)", "unreachable", "(drop (memory.grow (i32.const 1)))")


def _constants() -> list[str]:
    """The component text that the tests of the engine have as constants."""
    values = [
        value
        for module in (test_adapters, test_entering, test_inner, test_instances)
        for value in vars(module).values()
    ]
    texts = [value for value in values if isinstance(value, str) and value.startswith("(component")]
    return [text for text in texts if _is_whole(text)]


def _is_whole(text: str) -> bool:
    """Whether it is a component as it stands, with nothing to be put in."""
    try:
        wat2wasm(text)
    except WasmtimeError:
        return False
    return True


@cache
def texts() -> list[str]:
    """Component text to begin with."""
    return [
        *_constants(),
        plugin.TEXT,
        guest.text(),
        TWICE,
        OUTER,
        IMPORTS,
        exporting("(result string)", "(result i32)", words(32, 5), data=at_32(b"hello")),
        exporting("(result (list u16))", "(result i32)", words(32, 3), data=at_32(bytes(range(12)))),
        exporting('(param "x" (list (list string))) (result u32)', "(param i32 i32) (result i32)", "(local.get 1)"),
        exporting('(param "s" string) (result string)', "(param i32 i32) (result i32)",
                  "(i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16)",
                  "string-encoding=utf16", REALLOC),
        exporting('(param "s" string) (result string)', "(param i32 i32) (result i32)",
                  "(i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16)",
                  "string-encoding=latin1+utf16", REALLOC),
        exporting("(result (option (result u8 (error char))))", "(result i32)", words(1, 1, 65)),
        importing('(param "x" (list string)) (result string)', "(param i32 i32 i32)",
                  f"{words(48, 2)} drop (i32.store (i32.const 48) (i32.const 32)) (i32.store (i32.const 52) (i32.const 3))"
                  "(call $g (i32.const 48) (i32.const 2) (i32.const 96)) (i32.load (i32.const 100))",
                  data=at_32(b"abcdefgh")),
        importing("(result (list u64))", "(param i32)", "(call $g (i32.const 96)) (i32.load (i32.const 96))"),
        importing('(param "a" (tuple u8 (option f32) (variant (case "a" s64) (case "b" string))))',
                  "(param i32 i32 f32 i32 i64 i32)",
                  "(call $g (i32.const 300) (i32.const 1) (f32.const nan) (i32.const 1) (i64.const 32) (i32.const 4))"
                  "(i32.const 0)", data=at_32(b"text")),
    ]  # fmt: skip


@cache
def binaries() -> list[bytes]:
    """Components to begin with."""
    made = [bytes(wat2wasm(text)) for text in texts()]
    random = Random(0)
    for _ in range(20):
        made.append(bytes(wat2wasm(_memory(random))))
        made.append(bytes(wat2wasm(_fused(random))))
        made.append(bytes(wat2wasm(handles(random))))
    return made


@cache
def stubs() -> list[bytes]:
    """Components of the corpus's worlds, whose functions trap."""
    return [data for data in fuzz_binary.find_binaries() if b"\0asm\x01" in data]


# ---- drawn ---------------------------------------------------------------------------------------------------------


def _signature(random: Random) -> Signature:
    params = tuple(draw_type(random) for _ in range(random.choice((0, 1, 1, 2, 3))))
    return Signature(params, draw_type(random) if random.random() < 0.9 else None)


def _mistakes(random: Random) -> float:
    return random.choice((0.0, 0.02, 0.1, 0.4))


def _layout(random: Random, signature: Signature, encoding: str) -> Layout:
    try:
        return drawn_layout(random, signature, encoding, _mistakes(random))
    except NoRoom:
        return Layout(encoding)


def _options(random: Random, signature: Signature) -> Options:
    encoding = random.choice(ENCODINGS)
    data = _layout(random, signature, encoding).text()
    # How often `realloc` is called for a string that is not UTF-8 is the host's to choose, so it must be a right one.
    is_right = encoding != "utf8" or random.random() < 0.6
    allocate = REALLOC if is_right else random.choice(REALLOCS)
    return Options(encoding, allocate, data, random.choice(POSTS))


def _memory(random: Random) -> str:
    signature = _signature(random)
    return rig([signature], _options(random, signature))


def _fused(random: Random) -> str:
    signature = _signature(random)
    return fused([signature], _options(random, signature), _options(random, signature))


# ---- mutated -------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+|\s+')
_NUMBER = re.compile(r"-?\d+")
_NUMBERS = (
    "0",
    "1",
    "2",
    "3",
    "7",
    "8",
    "16",
    "255",
    "256",
    "65535",
    "65536",
    "65532",
    "268435455",
    "2147483647",
    "-1",
    "-8",
)
_GROUPS = (
    ("u8", "s8", "u16", "s16", "u32", "s32", "char", "bool"),
    ("u64", "s64"),
    ("string", "(list u8)", "(list string)", "(list u64)", "(list (tuple u8 u32))"),
    ("own", "borrow"),
    ("utf16", "utf8", "latin1+utf16"),
    ("i32.add", "i32.sub", "i32.mul", "i32.div_u", "i32.and", "i32.or", "i32.shl", "i32.shr_u", "i32.eq", "i32.gt_u", "i32.rem_u"),
    ("i32.load", "i32.load8_u", "i32.load16_s"),
    ("i32.store", "i32.store8", "i32.store16"),
    ("nop", "unreachable", "return"),
    ("local.set", "local.tee"),
)  # fmt: skip
_LIKE = {word: group for group in _GROUPS for word in group}


def mutate_text(random: Random, text: str) -> str:
    """Component text with one to three changes."""
    parts: list[str] = _TOKEN.findall(text)
    for _ in range(random.choice((1, 1, 2, 3))):
        if not parts:
            break
        at = random.randrange(len(parts))
        choice = random.random()
        if choice < 0.45:
            _change(random, parts, lambda part: _NUMBER.fullmatch(part) is not None, _other_number)
        elif choice < 0.75:
            _change(random, parts, lambda part: part in _LIKE, _like)
        elif choice < 0.85:
            _change(random, parts, lambda part: part.startswith("$"), _of(parts))
        elif choice < 0.9:
            _change(random, parts, lambda part: part.startswith('"'), lambda _random, _part: '"memory"')
        elif parts[at] == "(":
            piece = parts[at : _closing(parts, at)]
            if random.random() < 0.5:
                del parts[at : at + len(piece)]
            else:
                parts[at:at] = piece
    return "".join(parts)


_Change = Callable[[Random, str], str]


def _change(random: Random, parts: list[str], is_one: Callable[[str], bool], change: _Change) -> None:
    """Change one of the tokens that are of a kind."""
    places = [number for number, part in enumerate(parts) if is_one(part)]
    if places:
        at = random.choice(places)
        parts[at] = change(random, parts[at])


def _of(parts: Sequence[str]) -> _Change:
    names = [part for part in parts if part.startswith("$")]
    return lambda random, _part: random.choice(names)


def _other_number(random: Random, text: str) -> str:
    if random.random() < 0.4:
        return str(int(text) + random.choice((-1, 1, 2, 4)))
    return random.choice(_NUMBERS)


def _like(random: Random, text: str) -> str:
    return random.choice(_LIKE[text])


def _closing(parts: Sequence[str], at: int) -> int:
    depth = 0
    for end in range(at, len(parts)):
        depth += (parts[end] == "(") - (parts[end] == ")")
        if not depth:
            return end + 1
    return len(parts)


def _mutate_code(random: Random, data: bytes) -> bytes:
    """Bytes changed in core modules only."""
    try:
        ranges = [(module.start, module.end) for module in core_modules(read_code(memoryview(data)))]
    except BinaryError:
        ranges = []
    mutated = bytearray(data)
    for _ in range(random.choice((1, 1, 2))):
        start, end = random.choice(ranges) if ranges else (0, len(data))
        at = random.randrange(start + 8, end) if end > start + 8 else 0
        mutated[at] = random.choice((random.randrange(256), (mutated[at] + random.choice((-1, 1, 64))) % 256))
    return bytes(mutated)


# ---- all of them ---------------------------------------------------------------------------------------------------

FAMILIES = ("bytes", "code", "text", "bytes", "memory", "text", "code", "fused", "bytes", "text", "code", "handles")
"""Which family a number is of, over and over."""


def mutant(seed: int, number: int) -> tuple[str, bytes]:
    """A mutant: its family, and its bytes ("" and none, if it is no text of a component)."""
    random = Random(f"{seed}/{number}")
    family = FAMILIES[number % len(FAMILIES)]
    match family:
        case "bytes":
            found = random.choice([*binaries(), *stubs()])
            return family, fuzz_binary.mutate(random, found, binaries())
        case "code":
            return family, _mutate_code(random, random.choice(binaries()))
        case "text":
            drawn = (_memory, _fused, handles)
            text = mutate_text(
                random, random.choice(texts()) if random.random() < 0.6 else random.choice(drawn)(random)
            )
        case "memory":
            text = _memory(random)
        case "fused":
            text = _fused(random)
        case _:
            text = handles(random)
    try:
        return family, bytes(wat2wasm(text))
    except WasmtimeError:
        return family, b""


__all__ = ["FAMILIES", "binaries", "mutant", "mutate_text", "texts"]
