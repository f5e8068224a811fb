"""WIT with every type that wasmtime compiles, written out: what drawing would seldom come upon."""

from __future__ import annotations

TYPES = """
  record unit { only: tuple<u8> }
  record point { x: s32, y: f64, %class: option<string> }
  record wide { a: u8, b: u16, c: u32, d: u64, e: s8, f: s16, g: s32, h: s64, i: f32, j: f64, k: char, l: bool,
    m: string, n: list<u8>, o: list<s8>, p: point, q: option<point>, r: result<point, string> }
  variant mixed { none, small(u8), big(u64), real(f32), double(f64), text(string), at(point), %list(list<mixed1>) }
  variant mixed1 { a(f32), b(s32) }
  variant alone { only }
  variant payload { only(string) }
  enum one { only }
  enum two { %true, %false }
  enum many { MANY }
  flags f1 { FLAGS1 }
  flags f7 { FLAGS7 }
  flags f8 { FLAGS8 }
  flags f9 { FLAGS9 }
  flags f16 { FLAGS16 }
  flags f17 { FLAGS17 }
  flags f31 { FLAGS31 }
  flags f32-bits { FLAGS32 }
  type id = u64;
  type points = list<point>;
  type outcome = result<id, mixed>;
  type maybe = option<option<id>>;
"""
EVERY = (
    *("bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string"),
    *("unit", "point", "wide", "mixed", "alone", "payload", "one", "two", "many", "id", "points", "maybe"),
    *("f1", "f7", "f8", "f9", "f16", "f17", "f31", "f32-bits"),
    *(
        "list<bool>",
        "list<u8>",
        "list<s8>",
        "list<u16>",
        "list<u32>",
        "list<u64>",
        "list<s64>",
        "list<f32>",
        "list<f64>",
    ),
    *(
        "list<char>",
        "list<string>",
        "list<point>",
        "list<wide>",
        "list<mixed>",
        "list<many>",
        "list<f9>",
        "list<f32-bits>",
    ),
    *(
        "list<list<u8>>",
        "list<list<string>>",
        "list<option<u8>>",
        "list<result>",
        "list<tuple<u8, u64>>",
        "list<alone>",
    ),
    *("option<u8>", "option<string>", "option<point>", "option<option<option<string>>>", "option<list<u8>>", "maybe"),
    *("option<result>", "option<maybe>", "list<maybe>", "list<outcome>", "option<list<option<outcome>>>"),
    *("tuple<u8>", "tuple<string, point, mixed>", "tuple<tuple<tuple<u8>>>", f"tuple<{'u8, string, f32, ' * 7}u64>"),
    *("list<result<u8>>", "list<result<_, string>>", "list<result<result<u8, u64>, result<f32, f64>>>"),
)
MAPS = (
    *(f"map<{key}, u8>" for key in ("bool", "u8", "s16", "u64", "char", "string")),
    *("map<string, string>", "map<u8, point>", "map<s64, map<char, list<f32>>>", "list<map<u8, mixed>>"),
    *("option<map<string, result<wide, u8>>>", "map<u32, list<u8>>", "map<u16, option<option<many>>>"),
)
RESULTS = (
    *("result", "result<u8>", "result<_, u8>", "result<string, string>", "result<point, mixed>", "outcome"),
    *("result<option<u8>, option<u8>>", "result<result<u8, string>, result>", "result<_, many>", "result<wide, wide>"),
    "result<list<u8>, f32-bits>",
)


def every_type(maps: bool) -> str:
    """WIT in which each of the types above is taken and given back, by itself and beside more than sixteen others."""
    types = TYPES.replace("MANY", ", ".join(f"case{n}" for n in range(300)))
    for size in (32, 31, 17, 16, 9, 8, 7, 1):
        types = types.replace(f"FLAGS{size} ", ", ".join(f"bit{n}" for n in range(size)) + " ")
    every = (*EVERY, *MAPS) if maps else EVERY
    functions = [f"echo{number}: func(value: {type}) -> {type};" for number, type in enumerate(every)]
    functions += [
        f"spill{number}: func(before: tuple<u8, u64, f32, f64, string, string, s8, s16>, value: {type}, "
        f"after: tuple<u64, u8, u64, u8, u64, u8, u64, u8>) -> tuple<u8, {type}>;"
        for number, type in enumerate(every)
    ]
    functions += [f"end{number}: func(value: {type}) -> {type};" for number, type in enumerate(RESULTS)]
    body = types + "\n  ".join(functions)
    return f"package test:trips@1.2.3;\ninterface host {{{body}\n}}\nworld w {{ import host; export host; }}"
