"""Drawn WIT: a world whose exports have twins among its imports, over types of every kind.

What is drawn is text, as a user would write it. Its shape follows one plan: definitions, each of earlier ones; functions
over them; and a layout that says which interface or world has what.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from hypothesis import strategies as st

PRIMITIVES = ("bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string")
KEYS = tuple(name for name in PRIMITIVES if name not in ("f32", "f64"))

AWKWARD = (
    *(word.lower() for word in keyword.kwlist),
    *(word for word in dir(builtins) if word.islower() and word.isalpha()),
    *("self", "cls", "value", "name", "enum", "flag", "dataclass", "dataclasses", "annotations", "typing", "rt"),
    *("protocol", "generic", "type-var", "ok", "err", "some", "sequence", "callable", "instance", "link", "prepare"),
    *("instantiate", "store", "limits", "wasi", "http", "exports", "imports", "result", "option", "record", "flags"),
    *("u8", "string", "func", "use", "as", "async", "mro", "values", "keys", "items", "index", "count", "a", "b", "x"),
)
"""Names that could meet something else in Python."""
_LEAVES = ("primitive", "named", "named")
_SHAPES = ("list", "option", "tuple", "result", "list", "option", "wide", "map")
_FLAGS = (1, 2, 7, 8, 9, 16, 17, 31, 32)
_MANY = 300
_LARGEST = 40
"""Definitions larger than this take part in no others: records of records grow fast."""


class Layout(Enum):
    """Who has the types and who has the functions."""

    SAME = auto()
    """One interface, imported and exported."""
    TWINS = auto()
    """Types in an interface of their own, used by the two that have the functions."""
    HOST = auto()
    """Types in the imported interface, which the exported one uses."""
    INLINE = auto()
    """As TWINS, but the two interfaces are written in the world."""
    WORLD = auto()
    """Types and functions of the world."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A package of world `w`; `twins` are the keys of imports by those of exports."""

    text: str
    twins: tuple[tuple[str, str], ...]


def packages(maps: bool) -> st.SearchStrategy[Drawn]:
    """Draws packages; with `maps`, there are maps among the types."""
    return st.builds(_package, st.sampled_from(Layout), _parts(maps))


def _package(layout: Layout, parts: tuple[list[tuple[str, str]], list[str]]) -> Drawn:
    definitions, functions = parts
    types = "".join(f"  {text}\n" for _, text in definitions)
    names = ", ".join(f"%{name}" for name, _ in definitions)
    calls = "".join(f"  {function};\n" for function in functions)
    head = "package test:trips@1.2.3;\n"
    host, api = "test:trips/host@1.2.3", "test:trips/api@1.2.3"
    use = f"  use types.{{{names}}};\n"
    match layout:
        case Layout.SAME:
            text = f"interface host {{\n{types}{calls}}}\nworld w {{ import host; export host; }}"
            return Drawn(head + text, ())
        case Layout.TWINS:
            text = (
                f"interface types {{\n{types}}}\ninterface host {{\n{use}{calls}}}\ninterface api {{\n{use}{calls}}}\n"
            )
            return Drawn(f"{head}{text}world w {{ import host; export api; }}", ((api, host),))
        case Layout.HOST:
            text = f"interface host {{\n{types}{calls}}}\ninterface api {{\n{use.replace('types', 'host')}{calls}}}\n"
            return Drawn(f"{head}{text}world w {{ import host; export api; }}", ((api, host),))
        case Layout.INLINE:
            inline = f"interface {{\n{use}{calls}}}\n"
            text = f"interface types {{\n{types}}}\nworld w {{ import host: {inline} export api: {inline} }}"
            return Drawn(head + text, (("api", "host"),))
        case Layout.WORLD:
            both = "".join(f"  import {function};\n  export {function};\n" for function in functions)
            return Drawn(f"{head}world w {{\n{types}{both}}}", ())


def _names(count: int) -> st.SearchStrategy[list[str]]:
    word = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=3)
    plain = st.lists(word, min_size=1, max_size=3).map("-".join)
    return st.lists(st.one_of(st.sampled_from(AWKWARD), plain), min_size=count, max_size=count, unique=True)


@st.composite
def _parts(draw: st.DrawFn, maps: bool) -> tuple[list[tuple[str, str]], list[str]]:
    """Definitions as (name, text), and functions."""
    at, functions = draw(st.integers(1, 9)), draw(st.integers(1, 4))
    names = draw(_names(at + functions))
    definitions: list[tuple[str, str]] = []
    sizes: dict[str, int] = {}
    for name in names[:at]:
        small = [known for known in sizes if sizes[known] <= _LARGEST]
        definitions.append((name, draw(_definition(name, _type(small, maps)))))
        sizes[name] = _size(definitions[-1][1], sizes)
    type = _type([known for known in sizes if sizes[known] <= 4 * _LARGEST], maps)
    return definitions, [f"%{name}: {draw(_function(type))}" for name in names[at:]]


def _size(text: str, sizes: Mapping[str, int]) -> int:
    """How many types there are in a text when definitions are written out."""
    return sum(sizes.get(word, 1) for word in re.findall("[a-z0-9-]+", text))


@st.composite
def _type(draw: st.DrawFn, known: Sequence[str], maps: bool, depth: int = 3) -> str:
    """A type over primitives and known definitions; no strategy for the whole tree, which hypothesis would print."""

    def inner() -> str:
        return draw(_type(known, maps, depth - 1))

    kind = draw(st.sampled_from((*_LEAVES, *(_SHAPES if maps else _SHAPES[:-1])) if depth else _LEAVES))
    match kind:
        case "named" if known:
            return f"%{draw(st.sampled_from(known))}"
        case "list" | "option":
            return f"{kind}<{inner()}>"
        case "tuple":
            return f"tuple<{', '.join(inner() for _ in range(draw(st.sampled_from([2, 1, 3, 4]))))}>"
        case "wide":
            leaves = ", ".join(draw(_type(known, maps, 0)) for _ in range(draw(st.integers(15, 18))))
            return f"tuple<{leaves}>"
        case "result":
            shape = draw(st.sampled_from(["both", "ok", "err", ""]))
            ok = inner() if shape in ("both", "ok") else "_"
            err = f", {inner()}" if shape in ("both", "err") else ""
            return f"result<{ok}{err}>" if shape else "result"
        case "map":
            return f"map<{draw(st.sampled_from(KEYS))}, {inner()}>"
        case _:
            return draw(st.sampled_from(PRIMITIVES))


@st.composite
def _definition(draw: st.DrawFn, name: str, type: st.SearchStrategy[str]) -> str:
    kind = draw(st.sampled_from(["record", "record", "variant", "variant", "enum", "flags", "type"]))
    if kind == "type":
        return f"type %{name} = {draw(type)};"
    if kind == "flags":
        parts = draw(_sized(st.sampled_from(_FLAGS)))
    elif kind == "enum":
        parts = draw(_sized(st.sampled_from([1, 2, 3, 5, _MANY])))
    elif kind == "record":
        parts = [f"{part}: {draw(type)}" for part in draw(_sized(st.sampled_from([1, 2, 3, 4, 18])))]
    else:
        parts = [
            f"{part}({draw(type)})" if draw(st.booleans()) else part
            for part in draw(_sized(st.sampled_from([1, 2, 3, 6])))
        ]
    return f"{kind} %{name} {{ {', '.join(parts)} }}"


@st.composite
def _sized(draw: st.DrawFn, sizes: st.SearchStrategy[int]) -> list[str]:
    """As many different names; awkward ones first, since those of many matter little."""
    size = draw(sizes)
    awkward = draw(_names(min(size, 6)))
    return [f"%{name}" for name in [*awkward, *(f"n{number}n" for number in range(size - len(awkward)))]]


@st.composite
def _function(draw: st.DrawFn, type: st.SearchStrategy[str]) -> str:
    params = ", ".join(f"%{name}: {draw(type)}" for name in draw(_names(draw(st.sampled_from([2, 1, 3, 6, 0])))))
    results = (type, st.builds("result<{}, {}>".format, type, type), st.just(""))
    result = draw(st.sampled_from(results).flatmap(lambda strategy: strategy))
    return f"func({params})" + (f" -> {result}" if result else "")


__all__ = ["Drawn", "Layout", "packages"]
