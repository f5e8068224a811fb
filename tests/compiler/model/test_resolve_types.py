"""Types, handles, constructors: what is accepted, what is refused, and where the finding points."""

from __future__ import annotations

import pytest

from tests.wit_text import findings, resolve_text
from witgen.component.types import Alias, FixedList, Future, Map, Option, Own, Primitive, Result, Stream, Tuple, Type

HEAD = "package a:b; interface i { "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tuple<>", Tuple(())),
        ("tuple<u8, tuple<s64>>", Tuple((Primitive.U8, Tuple((Primitive.S64,))))),
        ("list<f32, 4294967295>", FixedList(Primitive.F32, 2**32 - 1)),
        ("map<char, option<bool>>", Map(Primitive.CHAR, Option(Primitive.BOOL))),
        ("result", Result(None, None)),
        ("result<u16>", Result(Primitive.U16, None)),
        ("result<_, error-context>", Result(None, Primitive.ERROR_CONTEXT)),
        ("result<s8, string>", Result(Primitive.S8, Primitive.STRING)),
        ("future", Future(None)),
        ("future<stream<u32>>", Future(Stream(Primitive.U32))),
        ("stream", Stream(None)),
    ],
)
def test_anonymous_types(text: str, expected: Type) -> None:
    """They compare by value."""
    alias = resolve_text(f"{HEAD} type t = {text}; }}").resolved.root.interfaces["i"].types["t"]
    assert isinstance(alias, Alias)
    assert alias.target == expected


@pytest.mark.parametrize(
    "body",
    [
        "record r {} flags f {}",
        "resource r; type t = own<r>; f: func(a: borrow<r>, b: list<borrow<r>>, c: future<borrow<r>>);",
        "resource r { m: func() -> list<r>; } record h { r: r }",
        "resource r { constructor() -> result<r>; }",
        "resource r { constructor() -> result<own<r>, string>; }",
        "resource r { constructor() -> t; } type t = result<own<r>>;",
        "resource r { f: func(); %constructor: func(); r: static func(); } r2: func();",
        "type a = map<u8, u8>; type b = map<string, map<char, u8>>;",
        "variant v { some-thing, something }",
        "f: func(a: u8, b: u8); g: func(a: u8);",
        f"flags f {{ {', '.join(f'x{n}' for n in range(70))} }}",
    ],
)
def test_accepted(body: str) -> None:
    """What the language allows."""
    assert findings(f"{HEAD}{body} }}") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("type t = t;", ["dependency-cycle 1:37"]),
        ("type t = list<t>;", ["dependency-cycle 1:42"]),
        ("type a = u; type b = b;", ["unknown-name 1:37", "dependency-cycle 1:49"]),
        ("record r { a: t } f: func() -> u;", ["unknown-name 1:42", "unknown-name 1:59"]),
        ("type t = map<f32, u8>;", ["invalid-map-key 1:37"]),
        ("type k = u8; type t = list<map<k, u8>>;", ["invalid-map-key 1:55"]),
        ("type t = u8; type h = own<t>;", ["not-a-resource 1:54"]),
        ("type u = u8; type t = u; f: func(a: borrow<t>);", ["not-a-resource 1:71"]),
        ("f: func(a: borrow<nope>);", ["unknown-name 1:46"]),
        ("resource r { constructor() -> result<_, u8>; }", ["invalid-constructor 1:58"]),
        ("resource r { constructor() -> result<s>; } resource s;", ["invalid-constructor 1:65"]),
        ("resource r { constructor() -> t; } type t = result<u8>;", ["invalid-constructor 1:58"]),
        ("resource r { constructor() -> u8; }", ["invalid-constructor 1:58"]),
        ("resource r { constructor() -> own<r>; }", ["invalid-constructor 1:62"]),
        ("resource r { constructor() -> result<borrow<r>>; }", ["invalid-constructor 1:72"]),
        ("resource r { constructor() -> t; } type t = u; type u = result<r>;", ["invalid-constructor 1:58"]),
        ("resource r { constructor() -> result<a>; } type a = r;", ["invalid-constructor 1:65"]),
        ("resource r; type b = borrow<r>; f: func() -> b;", ["borrow-in-result 1:60"]),
        ("resource r { m: func() -> tuple<u8, borrow<r>>; }", ["borrow-in-result 1:41"]),
        ("f: func(a: u8, b: u8, a: u8);", ["duplicate-name 1:50"]),
        ("f: func(a: nope, a: neither);", ["unknown-name 1:39", "duplicate-name 1:45", "unknown-name 1:48"]),
        ("f: func(); f: func();", ["duplicate-name 1:39"]),
        ("flags f { a, b, A }", ["duplicate-name 1:44"]),
    ],
)
def test_refused(body: str, expected: list[str]) -> None:
    """Each with its code, at the place where the reference parser points."""
    assert findings(f"{HEAD}{body} }}") == expected


def test_handles_of_another_package_are_checked_when_it_is_known() -> None:
    """Through aliases on both sides."""
    lib = "package c:d { interface j { resource r; type a = r; type n = u8; } }"
    good = f"{HEAD} use c:d/j.{{a}}; type b = a; f: func(x: borrow<b>, y: b); }} {lib}"
    (function,) = resolve_text(good).resolved.root.interfaces["i"].functions.values()
    alias = resolve_text(good).resolved.root.interfaces["i"].types["b"]
    assert isinstance(alias, Alias) and isinstance(function.params[1].type, Own)
    assert findings(f"{HEAD} use c:d/j.{{n}}; type b = n; f: func(x: borrow<b>); }} {lib}") == ["not-a-resource 1:74"]


def test_handles_are_followed_through_the_package_to_another() -> None:
    """A world's handle of what an interface here takes from elsewhere: neither is built when handles are checked."""
    here = "package a:b; interface s { use c:d/j.{t as u}; type v = u; } world w { use s.{v as y}; type z = own<y>; }"
    assert findings(f"{here} package c:d {{ interface j {{ resource t; }} }}") == []
    assert findings(f"{here} package c:d {{ interface j {{ type t = u8; }} }}") == ["not-a-resource 1:101"]


def test_a_type_nests_a_hundred_levels() -> None:
    """As deep as the language goes, in a definition and in a signature."""
    nested = "list<" * 99 + "u8" + ">" * 99
    interface = resolve_text(f"{HEAD} type t = {nested}; f: func() -> {nested}; }}").resolved.root.interfaces["i"]
    alias = interface.types["t"]
    assert isinstance(alias, Alias)
    assert alias.target == interface.functions["f"].result
