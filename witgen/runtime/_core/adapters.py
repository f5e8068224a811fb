"""Core code of the engine's own that runs beside a component's: what would take several entries into wasm takes one.

A component gets one adapter module. It imports the memories, `realloc`s and functions that its canonical definitions name,
and a *scratch* memory, in which Python writes at fixed addresses, with no `realloc` before it. For each pair of memory and
`realloc` it exports

- `put<n>`: allocates, and copies bytes there from the scratch memory;
- `strings<n>`: the same for a list of strings, whose pointers and lengths it writes into a list that it allocates first;

and `call<n>` for an exported function with strings or lists of plain values among its arguments: allocates, copies, calls.

wasmtime validates the module, and its types are compared when it is instantiated, as those of any other. What it checks
itself is what the Canonical ABI has a caller check of `realloc`. Where the module cannot be had, since the engine does not
take modules with several memories, say, or the pool has no room for it, calls do without (`Live.alloc`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from wasmtime import Module, WasmtimeError, wat2wasm

from ...component.binary.canon import Encoding
from ...component.plan.items import CoreItem, Lifted, Options
from ...dataclass import dataclass, field
from .._types import List, Map, Option, Primitive, Record, Result, Tuple, Type, Variant
from . import columns
from .flatten import SLOT, cases_of, layout, signature

PAGE = 1 << 16
WORD = 4
MASK, STATUS, SIZE, COUNT = 256, 260, 264, 268
"""Where the scratch memory has, after the slots of a call: which pieces are to be copied; whether `realloc` runs, or what
was wrong with its answer; the size of what `put` copies, then its pointer; the number of strings, then the list's pointer."""
SIZES, DATA = 1024, 8192
"""Where the sizes of strings begin, and the bytes."""
MOST_STRINGS = (DATA - SIZES) // WORD
ROOM = PAGE - DATA
"""How many bytes are copied at once. Above, copying them twice costs more than a second entry."""
REALLOC, UNALIGNED, BEYOND = 1, 2, 3
"""Values of the status."""
MOST_PIECES = 32


# ---- pieces --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """A string or list of plain values among flat arguments: the slot of its pointer, and alignment and size of an element."""

    slot: int
    align: int
    size: int
    is_optional: bool
    """Whether it is in a case of a variant, so that it may be absent."""


def pieces_of(types: Iterable[Type]) -> tuple[Piece, ...]:
    """The pieces among flat arguments, in the order in which they are lowered.

    There are none where a list that is no piece comes after one: its memory would be allocated before that of the piece.
    """
    found: list[Piece | None] = []
    _each(types, 0, False, found)
    pieces = tuple(piece for piece in found if piece is not None)
    return pieces if tuple(found[len(found) - len(pieces) :]) == pieces else ()


def _find(ty: Type, slot: int, optional: bool, found: list[Piece | None]) -> None:
    """Note what is allocated for a value: pieces, and None for other lists."""
    match ty:
        case Primitive.STRING:
            found.append(Piece(slot, 1, 1, optional))
        case List(element) if is_column(element):
            inner = layout(element)
            found.append(Piece(slot, inner.align, inner.size, optional))
        case List() | Map():
            found.append(None)
        case Record():
            _each((field for _, _, field in ty.fields), slot, optional, found)
        case Tuple(elements):
            _each(elements, slot, optional, found)
        case Variant() | Option() | Result():
            for case in cases_of(ty) or ():
                if case is not None:
                    _find(case, slot + 1, True, found)
        case _:
            pass


def _each(types: Iterable[Type], slot: int, optional: bool, found: list[Piece | None]) -> None:
    for ty in types:
        _find(ty, slot, optional, found)
        slot += len(layout(ty).flat)


def is_column(element: Type) -> bool:
    """Whether a list of `element` is lowered to bytes at once."""
    return element in (Primitive.U8, Primitive.S8) or columns.lowering(element) is not None


# ---- the module ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Adapter:
    """The module of one component, and what it imports."""

    scratch: Module
    """The module with the scratch memory, which is the first import of the other."""
    module: Module
    imports: tuple[CoreItem, ...]
    pairs: dict[tuple[CoreItem, CoreItem], int]
    """The number of each pair of memory and `realloc`."""
    calls: dict[int, int]
    """The number of each call, by `id` of the function."""


SCRATCH = '(module (memory (export "scratch") 1 1))'


@dataclass(slots=True)
class _Text:
    """The module under construction."""

    imports: list[CoreItem] = field(default_factory=list[CoreItem])
    heads: list[str] = field(default_factory=list[str])
    bodies: list[str] = field(default_factory=list[str])

    def imported(self, item: CoreItem, name: str, text: str) -> None:
        """Add an import."""
        self.imports.append(item)
        self.heads.append(f'(import "" "" {text.format(name=name)})')


def make_adapter(
    options: Iterable[Options],
    exported: Iterable[tuple[Lifted, Sequence[Type], Type | None]],
    compiled: Callable[[bytes], Module],
) -> Adapter | None:
    """The adapter of a component.

    Args:
        options: those of every canonical definition that lowers values into the component.
        exported: the functions that it exports, with the types of parameters and result.
        compiled: compiles a core module.

    Returns:
        None, where nothing is to be copied, or where the engine does not take the module.
    """
    text = _Text()
    pairs: dict[tuple[CoreItem, CoreItem], int] = {}
    for found in options:
        pair = _pair(found)
        if pair is not None and pair not in pairs:
            pairs[pair] = len(pairs)
            _put(text, pair, pairs[pair])
    calls: dict[int, int] = {}
    for lifted, params, result in exported:
        pair = _pair(lifted.options)
        pieces = pieces_of(params)
        core = signature(params, result, False)
        if pair is not None and 0 < len(pieces) <= MOST_PIECES and not core.spills:
            calls[id(lifted)] = len(calls)
            _call(text, lifted.core, calls[id(lifted)], pairs[pair], pieces, core.params, core.results)
    if not pairs:
        return None
    try:
        scratch = compiled(bytes(wat2wasm(SCRATCH)))
        module = compiled(bytes(wat2wasm("\n".join(["(module", *text.heads, *text.bodies, ")"]))))
    except WasmtimeError:  # modules with several memories are not allowed
        return None
    return Adapter(scratch, module, tuple(text.imports), pairs, calls)


def _pair(options: Options) -> tuple[CoreItem, CoreItem] | None:
    if options.memory is None or options.realloc is None or options.encoding is not Encoding.UTF8:
        return None
    return options.memory, options.realloc


def _put(text: _Text, pair: tuple[CoreItem, CoreItem], number: int) -> None:
    if not text.heads:
        text.heads.append('(import "" "" (memory $s 1))')
    text.imported(pair[0], f"$m{number}", "(memory {name} 0)")
    text.imported(pair[1], f"$r{number}", "(func {name} (param i32 i32 i32 i32) (result i32))")
    text.bodies.append(f"""
  (func $new{number} (param $align i32) (param $size i32) (result i32) (local $at i32)
    (i32.store $s (i32.const {STATUS}) (i32.const {REALLOC}))
    (local.set $at (call $r{number} (i32.const 0) (i32.const 0) (local.get $align) (local.get $size)))
    (i32.store $s (i32.const {STATUS}) (i32.const 0))
    (if (i32.and (local.get $at) (i32.sub (local.get $align) (i32.const 1)))
      (then (i32.store $s (i32.const {STATUS}) (i32.const {UNALIGNED})) unreachable))
    (if (i64.gt_u (i64.add (i64.extend_i32_u (local.get $at)) (i64.extend_i32_u (local.get $size)))
                  (i64.shl (i64.extend_i32_u (memory.size $m{number})) (i64.const 16)))
      (then (i32.store $s (i32.const {STATUS}) (i32.const {BEYOND})) unreachable))
    (local.get $at))
  (func $take{number} (param $align i32) (param $from i32) (param $size i32) (result i32) (local $at i32)
    (local.set $at (call $new{number} (local.get $align) (local.get $size)))
    (memory.copy $m{number} $s (local.get $at) (local.get $from) (local.get $size))
    (local.get $at))
  (func (export "put{number}")
    (i32.store $s (i32.const {SIZE})
      (call $take{number} (i32.const 1) (i32.const {DATA}) (i32.load $s (i32.const {SIZE})))))
  (func (export "strings{number}") (local $list i32) (local $at i32) (local $from i32) (local $next i32) (local $end i32)
    (local.set $list (call $new{number} (i32.const 4) (i32.shl (i32.load $s (i32.const {COUNT})) (i32.const 3))))
    (local.set $at (local.get $list))
    (local.set $from (i32.const {DATA}))
    (local.set $next (i32.const {SIZES}))
    (local.set $end (i32.add (i32.const {SIZES}) (i32.shl (i32.load $s (i32.const {COUNT})) (i32.const 2))))
    (block $done
      (loop $more
        (br_if $done (i32.eq (local.get $next) (local.get $end)))
        (i32.store $m{number} (local.get $at)
          (call $take{number} (i32.const 1) (local.get $from) (i32.load $s (local.get $next))))
        (i32.store $m{number} offset=4 (local.get $at) (i32.load $s (local.get $next)))
        (local.set $from (i32.add (local.get $from) (i32.load $s (local.get $next))))
        (local.set $next (i32.add (local.get $next) (i32.const {WORD})))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $more)))
    (i32.store $s (i32.const {COUNT}) (local.get $list)))""")


_NAMES = {"i": "i32", "l": "i64", "f": "f32", "d": "f64"}


def _call(
    text: _Text, core: CoreItem, number: int, pair: int, pieces: Sequence[Piece], params: str, results: str
) -> None:
    types = "".join(f" (param {_NAMES[letter]})" for letter in params)
    types += "".join(f" (result {_NAMES[letter]})" for letter in results)
    text.imported(core, f"$f{number}", f"(func {{name}}{types})")
    lines = [f'  (func (export "call{number}")']
    for bit, piece in enumerate(pieces):
        at = piece.slot * SLOT
        shift = piece.size.bit_length() - 1
        size = f"(i32.shl (i32.load $s (i32.const {at + SLOT})) (i32.const {shift}))"
        lines.append(
            f"    (if (i32.and (i32.load $s (i32.const {MASK})) (i32.const {_signed(1 << bit)})) (then"
            f" (i32.store $s (i32.const {at}) (call $take{pair} (i32.const {piece.align})"
            f" (i32.load $s (i32.const {at})) {size}))))"
        )
    loads = " ".join(f"({_NAMES[letter]}.load $s (i32.const {n * SLOT}))" for n, letter in enumerate(params))
    if results:
        lines[0] += f" (local $result {_NAMES[results]})"
        lines.append(f"    (local.set $result (call $f{number} {loads}))")
        lines.append(f"    ({_NAMES[results]}.store $s (i32.const 0) (local.get $result)))")
    else:
        lines.append(f"    (call $f{number} {loads}))")
    text.bodies.append("\n".join(lines))


def _signed(word: int) -> int:
    return word - (1 << 32) if word >> 31 else word


__all__ = [
    "BEYOND",
    "COUNT",
    "DATA",
    "MASK",
    "MOST_STRINGS",
    "REALLOC",
    "ROOM",
    "SCRATCH",
    "SIZE",
    "SIZES",
    "STATUS",
    "UNALIGNED",
    "Adapter",
    "Piece",
    "is_column",
    "make_adapter",
    "pieces_of",
]
