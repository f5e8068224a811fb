"""The worlds that are compared: those of the corpus, and more in which types and resources take unusual ways."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from tests.compiler.bindings.guest.corpus import find_cases
from tests.wit_text import resolve_text
from witgen.component.items import World

MORE = """
package more:ways@1.2.0;

package more:far@0.3.1 {
  interface shapes {
    record point { x: s32, y: s32 }
    variant shape { dot, circle(point), lines(list<point>) }
    resource canvas { constructor(at: point); draw: func(s: shape) -> result<u32, shape>; }
  }
  interface inks { use shapes.{canvas as sheet, shape}; enum ink { black, red } type inks = list<ink>;
    paint: func(on: borrow<sheet>, i: inks, s: shape); }
}

interface store {
  variant failure { gone, other(string) }
  resource bucket {
    constructor(name: string);
    get: func(key: string, or: option<string>) -> option<list<u8>>;
    merge: func(other: borrow<bucket>);
    open: static func(name: string) -> result<bucket, failure>;
  }
  resource cursor { constructor(of: borrow<bucket>); next: func() -> option<tuple<string, u64>>; }
  record held { one: bucket, many: list<cursor> }
  type handle = borrow<bucket>;
  type spare = cursor;
  turn: func(c: borrow<spare>) -> spare;
  take: func(h: held) -> bucket;
  peek: func(h: handle, deep: bool) -> u32;
}
interface audit {
  use store.{bucket as pail, failure};
  type tub = pail;
  resource log { note: func(b: borrow<tub>) -> result<_, failure>; }
  swap: func(b: pail, c: tub) -> tub;
}
interface user { use audit.{tub, log}; use store.{held}; both: func(t: tub, l: borrow<log>, h: held) -> log; }
interface types { record a { x: u8 } record b { x: u8 } type id = u64; type ids = list<id>; flags caps { r, w } }
interface one { use types.{a, b, id, ids, caps}; f: func(a: a, b: b, i: id) -> ids; g: func(c: caps) -> a; }
interface two { use types.{a, id, ids as numbers}; f: func(a: a, i: id) -> numbers; }
interface three { use one.{a}; use two.{numbers}; f: func(a: a) -> numbers; }
interface later {
  resource pipe { read: async func() -> stream<u8>; make: static async func(n: u32) -> pipe; }
  record box { s: stream<string>, f: future<result<u8, string>>, none: future }
  send: async func(b: box, s: stream) -> future<box>;
}
interface fixed { type row = list<u8, 4>; f: func(r: row, g: list<row, 2>) -> list<f32, 16>; }
interface tables { f: func(m: map<string, list<u8>>, n: map<u8, map<char, string>>) -> option<map<u32, bool>>; }
interface nested { f: func(x: option<option<result<tuple<u8, result>, result<_, option<string>>>>>) -> result<_, u8>; }

world imports { import audit; }
world exports { export audit; export store; }
world exports-one { export audit; }
world both { import store; import audit; export store; export audit; }
world crossed { import store; export audit; import types; export three; }
world users { import user; export user; }
world all-users { export user; export audit; export store; }
world shared { import types; import one; import two; import three; }
world shared-exported { export types; export one; export two; export three; }
world own-types {
  use store.{bucket, held};
  use types.{a, id};
  record local { h: held, a: a }
  type twice = id;
  resource gate { constructor(l: local); pass: func(b: borrow<bucket>, i: twice) -> bool; make: static func() -> gate; }
  import give: func(g: borrow<gate>, b: bucket) -> id;
  export store;
  export take: func(b: bucket, g: gate, l: local) -> a;
  export types;
  export keep: func(a: a, i: twice) -> result<local, id>;
}
world inline {
  import there: interface { use store.{bucket}; enum e { x, y } resource r; f: func(e: e, b: borrow<bucket>) -> r; }
  export here: interface { use store.{bucket}; enum e { x, y } resource r { m: func(); } f: func(e: e, b: bucket) -> r; }
  export store;
}
world labels { import store; import first: store; import second: store; import audit; export third: store; export user; }
world far { import more:far/inks@0.3.1; export more:far/shapes@0.3.1; export more:far/inks@0.3.1; }
world asynchronous { import later; export later; import wait: async func(); export go: async func(a: string); }
world fixed-lists { import fixed; export fixed; }
world maps { import tables; export tables; }
world deep { import nested; export nested; }
world kinds { import types; import now: func() -> u64; export run: func(args: list<string>) -> result; export types; }
"""


@dataclass(frozen=True)
class Named:
    """A world, with a name for messages: what a model is shown as has no end that is worth waiting for."""

    name: str
    world: World = field(repr=False)


@cache
def corpus() -> tuple[Named, ...]:
    """Every world of the corpus."""
    return tuple(Named(case.module, case.world) for case in find_cases())


@cache
def more() -> tuple[Named, ...]:
    """The other worlds."""
    return tuple(Named(f"more/{name}", world) for name, world in resolve_text(MORE).resolved.root.worlds.items())


__all__ = ["MORE", "Named", "corpus", "more"]
