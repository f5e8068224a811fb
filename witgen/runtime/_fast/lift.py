"""Code that reads a value which wasmtime wrote, and makes the Python value.

A value's payload is at most three words. Those of a whole record or tuple are read by one `Struct.unpack_from` into
locals; what is behind the pointers among them is read from there on.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from itertools import repeat

from .._types import (
    Borrow,
    Enum,
    Flags,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Result,
    Tuple,
    Type,
    Variant,
)
from .._values import Ok, Some
from . import columns
from .lower import mentions_resource
from .memory import PRIMITIVE, SIZE, VIEWS, chars
from .resource import resource_codec
from .source import Source


def slots(ty: Type) -> list[tuple[str, int]]:
    """What of a value's 32 bytes is read: (format, offset)."""
    match ty:
        case Primitive.BOOL:
            return [("?", 8)]
        case Primitive.STRING | List() | Map() | Enum() | Flags():
            return [("Q", 8), ("Q", 16)]
        case Primitive():
            return [(PRIMITIVE[ty][1], 8)]
        case Record(fields=items) | Tuple(elements=items):
            return [("Q", 16)] if items else []
        case Variant():
            payloads = any(payload is not None for _, _, payload in ty.cases)
            return [("Q", 8), ("Q", 16), *([("Q", 24)] if payloads else [])]
        case Option() | Own() | Borrow():
            return [("Q", 8)]
        case Result():
            return [("B", 8), ("Q", 16)]
        case _:
            raise AssertionError(f"{ty} was refused before")


Item = tuple[Type, int]
"""A type, and where its value is in a piece of memory."""


class Lifting:
    """Emits into `source`. Code for types with resources uses a local `call`."""

    def __init__(self, source: Source, counts: bool) -> None:
        """`counts`: the code collects the lengths of strings in `size`, by or."""
        self._source = source
        self._counts = counts
        self._lists: dict[Type, str] = {}

    def unpack(self, items: Sequence[Item], pointer: str) -> list[list[str]]:
        """Emit the reading of values at `pointer`; returns their locals."""
        found = [(form, at + offset) for ty, at in items for form, offset in slots(ty)]
        variables = [[self._source.name("y") for _ in slots(ty)] for ty, _ in items]
        flat = [name for names in variables for name in names]
        if len(found) == 1:
            self._source.line(f"{flat[0]} = {self.at(*found[0], pointer)}")
        elif found:
            self._source.line(f"{', '.join(flat)} = {self._unpacker(found)}(MB, {pointer})")
        return variables

    def _unpacker(self, found: Sequence[tuple[str, int]]) -> str:
        return self._source.bind(_unpacker(tuple(found)))

    def at(self, form: str, offset: int, pointer: str) -> str:
        """The expression for one element at an address."""
        size = SIZE[form]
        view = self._source.bind(VIEWS[form])
        if size == 1:
            return f"{view}[{pointer} + {offset}]"
        return f"{view}[({pointer} >> {size.bit_length() - 1}) + {offset // size}]"

    def lift(self, ty: Type, v: Sequence[str], base: str) -> str:
        """The expression for a value whose payload is in the locals `v` and which is at address `base`."""
        match ty:
            case Primitive.STRING:
                if self._counts:
                    self._source.line(f"size |= {v[0]}")
                # By way of bytes is quicker, until there are so many that copying them costs more than a memoryview.
                at = f"{v[1]}:{v[1]} + {v[0]}"
                return f"(MC[{at}].decode() if {v[0]} < 4096 else str(MB[{at}], 'utf-8'))"
            case Primitive.CHAR:
                return f"chr({v[0]})"
            case Primitive():
                return v[0]
            case List() | Map():
                if self._counts:
                    scalars = isinstance(ty, List) and isinstance(ty.element, Primitive)
                    known = scalars and ty != List(Primitive.STRING)
                    self._source.line(f"size |= {v[0]} << {6 if known else 16}")
                call = "call, " if mentions_resource(ty) else ""
                return f"{self._vector_function(ty)}({call}{v[0]}, {v[1]})"
            case Record():
                items = [(field, 48 * n + 16) for n, (_, _, field) in enumerate(ty.fields)]
                return f"{self._source.bind(ty.cls)}({', '.join(self._inner(items, v))})"
            case Tuple():
                inner = self._inner([(element, 32 * n) for n, element in enumerate(ty.elements)], v)
                return f"({', '.join(inner)}{',' if len(inner) == 1 else ''})"
            case Variant():
                return self._variant(ty, v)
            case Enum():
                table = {name.encode(): member for member, name in zip(ty.cls, ty.names, strict=True)}
                return f"{self._source.bind(table)}[MC[{v[1]}:{v[1]} + {v[0]}]]"
            case Flags():
                return f"{self._source.bind(_flags(ty))}({v[0]}, {v[1]})"
            case Option():
                return self._option(ty, v)
            case Result():
                return self._result(ty, v)
            case Own() | Borrow():
                return f"{self._source.bind(resource_codec(ty))}.lift(call, {v[0]}, {base})"
            case _:
                raise AssertionError(f"{ty} was refused before")

    def _inner(self, items: Sequence[Item], v: Sequence[str]) -> list[str]:
        if not items:
            return []
        variables = self.unpack(items, v[0])
        return [self.lift(ty, inner, f"{v[0]} + {at}") for (ty, at), inner in zip(items, variables, strict=True)]

    def payload(self, ty: Type | None, pointer: str) -> str:
        """The expression for what a box holds; None for no type."""
        if ty is None:
            return "None"
        (variables,) = self.unpack([(ty, 0)], pointer)
        return self.lift(ty, variables, pointer)

    def _option(self, ty: Option, v: Sequence[str]) -> str:
        source = self._source
        made = source.name("z")
        with source.block(f"if {v[0]}:"):
            value = self.payload(ty.element, v[0])
            source.line(f"{made} = {source.bind(Some)}({value})" if _nested(ty) else f"{made} = {value}")
        with source.block("else:"):
            source.line(f"{made} = None")
        return made

    def _result(self, ty: Result, v: Sequence[str]) -> str:
        source = self._source
        made = source.name("z")
        with source.block(f"if {v[0]}:"):
            source.line(f"{made} = {source.bind(Ok)}({self.payload(ty.ok, v[1])})")
        with source.block("else:"):
            source.line(f"{made} = {source.bind(ty.error)}({self.payload(ty.err, v[1])})")
        return made

    def _variant(self, ty: Variant, v: Sequence[str]) -> str:
        source = self._source
        plain = {wit.encode(): cls for wit, cls, payload in ty.cases if payload is None}
        key = f"MC[{v[1]}:{v[1]} + {v[0]}]"
        if len(plain) == len(ty.cases):
            return f"{source.bind(plain)}[{key}]()"
        made = source.name("z")
        source.line(f"{made} = {key}")
        head = "if"
        for wit, cls, payload in ty.cases:
            if payload is not None:
                with source.block(f"{head} {made} == {source.bind(wit.encode())}:"):
                    source.line(f"{made} = {source.bind(cls)}({self.payload(payload, v[2])})")
                head = "elif"
        if plain:
            with source.block("else:"):
                source.line(f"{made} = {source.bind(plain)}[{made}]()")
        return made

    # ---- lists and maps --------------------------------------------------------------------------------------------

    def _vector_function(self, ty: List | Map) -> str:
        """The name of a function from (length, address) to a list or dict."""
        known = self._lists.get(ty)
        if known is None:
            column = columns.lifting(ty.element) if isinstance(ty, List) else None
            known = self._lists[ty] = self._source.name("lift") if column is None else self._source.bind(column)
            if column is None:
                self._define(ty, known)
        return known

    def _define(self, ty: List | Map, name: str) -> None:
        source = self._source
        counts, self._counts = self._counts, False
        resources = mentions_resource(ty)
        step = 32 if isinstance(ty, List) else 64
        with source.function(f"def {name}({'call, ' if resources else ''}n, p):"):
            source.line(f"if not n: return {'[]' if isinstance(ty, List) else '{}'}")
            if isinstance(ty, List) and _is_plain(ty.element):
                self._comprehension(ty.element)
            else:
                source.line(f"made = {'[]' if isinstance(ty, List) else '{}'}")
                with source.block(f"for p in range(p, p + {step} * n, {step}):"):
                    if isinstance(ty, List):
                        source.line(f"made.append({self.payload(ty.element, 'p')})")
                    else:
                        key, value = self.unpack([(ty.key, 0), (ty.value, 32)], "p")
                        key_made, value_made = self.lift(ty.key, key, "p"), self.lift(ty.value, value, "p + 32")
                        source.line(f"made[{key_made}] = {value_made}")
                source.line("return made")
        self._counts = counts

    def _comprehension(self, element: Type) -> None:
        """A list whose elements need no statements."""
        source = self._source
        match element:
            case Record() | Tuple():
                pointers = f"{source.bind(VIEWS['Q'])}[(p >> 3) + 2:(p >> 3) + 4 * n:4].tolist()"
                fields = [f for _, _, f in element.fields] if isinstance(element, Record) else element.elements
                starts = [48 * n + 16 if isinstance(element, Record) else 32 * n for n in range(len(fields))]
                found = [
                    (form, at + offset) for ty, at in zip(fields, starts, strict=True) for form, offset in slots(ty)
                ]
                groups = [[source.name("y") for _ in slots(ty)] for ty in fields]
                flat = ", ".join(name for group in groups for name in group)
                inner = ", ".join(self.lift(ty, group, "") for ty, group in zip(fields, groups, strict=True))
                made = f"{source.bind(element.cls)}({inner})" if isinstance(element, Record) else f"({inner},)"
                over = f"map({self._unpacker(found)}, {source.bind(repeat(VIEWS['B']))}, {pointers})"
                source.line(f"return [{made} for {flat}, in {over}]")
            case _:
                found = slots(element)
                names = [source.name("y") for _ in found]
                over = f"{source.bind(_iterator(tuple(found)))}(MB[p:p + 32 * n])"
                source.line(f"return [{self.lift(element, names, '')} for {', '.join(names)}, in {over}]")


def _nested(ty: Option) -> bool:
    return isinstance(ty.element, Option)


def _is_leaf(ty: Type) -> bool:
    return isinstance(ty, Primitive | Enum | Flags) or (isinstance(ty, List) and not mentions_resource(ty))


def _is_plain(ty: Type) -> bool:
    """Whether lifting it takes one expression."""
    match ty:
        case Record():
            return bool(ty.fields) and all(_is_leaf(field) for _, _, field in ty.fields)
        case Tuple():
            return bool(ty.elements) and all(map(_is_leaf, ty.elements))
        case _:
            return _is_leaf(ty)


def _format(found: tuple[tuple[str, int], ...]) -> tuple[str, int]:
    text, end = "<", 0
    for form, at in found:
        text += f"{at - end}x{form}"
        end = at + SIZE[form]
    return text, end


def _unpacker(found: tuple[tuple[str, int], ...]) -> object:
    return struct.Struct(_format(found)[0]).unpack_from


def _iterator(found: tuple[tuple[str, int], ...]) -> object:
    text, end = _format(found)
    return struct.Struct(f"{text}{32 - end}x").iter_unpack


def _flags(ty: Flags) -> Callable[[int, int], object]:
    """The function from the number and address of names to a set of flags. A few hundred sets are remembered."""
    bit_of = {name.encode(): 1 << n for n, name in enumerate(ty.names)}
    known = {0: ty.cls(0)}
    unpackers = [struct.Struct(f"<{2 * n}Q").unpack_from for n in range(len(ty.names) + 1)]
    bytes_view, space = VIEWS["B"], chars()

    def lift(n: int, p: int) -> object:
        if not n:
            return known[0]
        names = iter(unpackers[n](bytes_view, p))
        bits = 0
        for length, at in zip(names, names):  # noqa: B905  # an even number
            bits |= bit_of[space[at : at + length]]
        made = known.get(bits)
        if made is None:
            made = ty.cls(bits)
            if len(known) < 512:
                known[bits] = made
        return made

    return lift


def grows(ty: Type) -> bool:
    """Whether there are strings, lists or maps in values of a type, which may be large."""
    match ty:
        case Primitive.STRING | List() | Map():
            return True
        case Option(element):
            return grows(element)
        case Tuple(elements):
            return any(map(grows, elements))
        case Result(ok, err):
            return any(part is not None and grows(part) for part in (ok, err))
        case Record():
            return any(grows(field) for _, _, field in ty.fields)
        case Variant():
            return any(payload is not None and grows(payload) for _, _, payload in ty.cases)
        case _:
            return False


def names() -> dict[str, object]:
    """What lifting code uses by name."""
    return {"MB": VIEWS["B"], "MC": chars()}
