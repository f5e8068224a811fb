"""The same cases natively and in a component: equal results, and refusals where the component traps.

The guest (`agree/guest`) evaluates what a case tells it. One component serves all cases, each in an instance of its own.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast

import pytest

from tests.checkout import TESTS
from tests.run.building import CACHE, build
from witgen import runtime, testing
from witgen.api import Request, generate
from witgen.runtime import engine

CASE = TESTS / "run" / "agree"
WORLD_MODULE = "agree_world"
TRAP = ("trap",)


class Exports(Protocol):
    """What both sides have, by name: `api.give_u8` and so on."""

    def __getattr__(self, name: str, /) -> Callable[..., object]: ...


class Thing:
    """The imported resource, the same on both sides."""

    def __init__(self, name: str) -> None:
        self.called = name

    def name(self) -> str:
        return self.called

    def rename(self, name: str) -> None:
        self.called = name

    def same(self, other: Thing) -> bool:
        return self is other


@dataclass
class Host:
    """The imports, for either side: `values` holds that side's classes."""

    values: ModuleType
    err: Callable[[object], Exception]
    dropped: list[str] = field(default_factory=list[str])
    logged: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        dropped, failure = self.dropped, self.failure

        class Dropped(Thing):
            def __exit__(self, *error: object) -> None:
                dropped.append(self.called)

            @classmethod
            def open(cls, name: str) -> Thing:
                if name == "locked":
                    raise failure("RED")
                return cls(name)

        self.Thing = Dropped

    def failure(self, color: str) -> Exception:
        return self.err(self.values.Color[color])

    def echoed(self, v: object) -> object:
        return v

    take_u8 = take_s64 = take_f32 = take_char = take_text = take_bytes = take_list = take_pair = echoed
    take_shape = take_color = take_edges = take_option = echoed

    def take_result(self, v: object) -> str:
        return f"{type(v).__name__} {payload(v)!r}"

    def fail(self, how: str) -> int:
        if how == "err":
            raise self.failure("GREEN")
        return len(how)

    def consume(self, t: Thing) -> str:
        return f"ate {t.called}"

    def look(self, t: Thing) -> str:
        return f"saw {t.called}"

    def give(self, name: str) -> Thing:
        return self.Thing(name)

    def log(self, line: str) -> int:
        self.logged.append(line)
        return len(self.logged)


@dataclass
class Side:
    """A component that runs, on one side."""

    api: Exports
    top: Callable[[str], object]
    host: Host
    drop: Callable[[object], None]

    @property
    def values(self) -> ModuleType:
        """The value classes of this side."""
        return self.host.values

    def run(self, code: str) -> object:
        """The `repr` of what the guest makes of `code`."""
        try:
            return self.top(code)
        except Exception as error:
            if type(error).__name__ != "Err":
                raise
            return payload(error)


def payload(value: object) -> object:
    """The value of an `Ok` or `Err` of either side."""
    return cast("object", getattr(value, "value"))  # noqa: B009 - no class in common


def plain(value: object) -> object:
    """A value without the classes of its side."""
    match value:
        case enum.Enum():
            return f"{type(value).__name__}.{value.value if isinstance(value, enum.Flag) else value.name}"
        case list() | tuple():
            items = cast("Sequence[object]", value)
            return (items.__class__.__name__, *(plain(item) for item in items))
        case Thing():
            return f"thing {value.called}"
        case _ if hasattr(value, "next"):  # a counter of the guest's
            close(value)
            return type(value).__name__
        case BaseException():
            return ("Err", plain(payload(value)))
        case float():
            return repr(value)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = [(f.name, plain(getattr(value, f.name))) for f in dataclasses.fields(value)]
            return (type(value).__name__, *fields)
        case _:
            return value


def close(handle: object) -> None:
    """Drop a handle of the host package's."""
    cast("AbstractContextManager[object]", handle).__exit__(None, None, None)


def outcome(case: Callable[[Side], object], side: Side) -> object:
    """What a case comes to: the value, the failure that WIT knows of, or a trap."""
    try:
        return ("value", plain(case(side)), [*side.host.dropped], [*side.host.logged])
    except (testing.Trap, runtime.Trap):
        return TRAP
    except Exception as error:
        if any(base.__name__ == "Err" for base in type(error).__mro__):
            return ("err", plain(payload(error)))
        raise


def give(what: str, code: str) -> Callable[[Side], object]:
    """The export `give-<what>` on what `code` is in the guest."""
    return lambda side: getattr(side.api, f"give_{what}")(code)


def run(code: str) -> Callable[[Side], object]:
    """Whatever `code` does in the guest, as text."""
    return lambda side: side.run(code)


def lent(code: str) -> Callable[[Side], object]:
    """`code` with a thing lent as `t`; then what the thing is called."""

    def case(side: Side) -> object:
        thing = side.host.Thing("mine")
        return side.api.lent(thing, code), thing.called

    return case


def given(code: str) -> Callable[[Side], object]:
    """`code` with a thing given as `t`."""
    return lambda side: side.api.given(side.host.Thing("yours"), code)


def echo(side: Side) -> object:
    """Values of every kind in, and out again."""
    v = side.values
    return side.api.echo(
        v.Point(-(2**31), 0.1),
        v.Shape_Many([1, 65535]),
        v.Color.GREEN,
        v.Edges.LEFT | v.Edges.RIGHT,
        testing.Some(None) if side.values.__name__.startswith(WORLD_MODULE) else runtime.Some(None),
        testing.Ok(7) if side.values.__name__.startswith(WORLD_MODULE) else runtime.Ok(7),
    )


def counters(side: Side) -> object:
    """Exported objects: made, called, merged."""
    make = side.api.Counter
    a, b = cast("list[Exports]", [make(3), make(40)])
    assert a.next("self.at") == 4
    c = cast("Exports", cast("Exports", make).merge(a, b))
    result = c.next("self.at"), b.next("self.at")
    side.drop(b)
    side.drop(c)
    return result


def counter_code(code: str) -> Callable[[Side], object]:
    """A method that evaluates `code`."""

    def case(side: Side) -> object:
        with cast("AbstractContextManager[Exports]", side.api.Counter(1)) as counter:
            return counter.next(code)

    return case


def shared(side: Side) -> object:
    """Each exported function has an object of its own."""
    return side.api.count(), side.api.count(), side.api.counted()


def after_trap(side: Side) -> object:
    """A component that has trapped is spent."""
    with pytest.raises((testing.Trap, runtime.Trap, runtime.StoreSpentError)):
        side.api.give_u8("300")
    try:
        return side.api.give_u8("3")
    except runtime.StoreSpentError as error:
        raise testing.Trap("spent") from error


CASES: dict[str, Callable[[Side], object]] = {
    **{
        f"{t} {c}": give(t, c)
        for t, low, high in (
            ("u8", 0, 2**8 - 1),
            ("u16", 0, 2**16 - 1),
            ("u32", 0, 2**32 - 1),
            ("u64", 0, 2**64 - 1),
            ("s8", -(2**7), 2**7 - 1),
            ("s16", -(2**15), 2**15 - 1),
            ("s32", -(2**31), 2**31 - 1),
            ("s64", -(2**63), 2**63 - 1),
        )
        for c in (str(low), str(high), str(low - 1), str(high + 1))
    },
    **{
        f"{t} {c}": give(t, c)
        for t, c in (
            ("u8", "True"),
            ("u8", "1.0"),
            ("u8", "'1'"),
            ("u8", "None"),
            ("u8", "MyInt(7)"),
            ("bool", "True"),
            ("bool", "0"),
            ("bool", "[1]"),
            ("bool", "None"),
            ("bool", "''"),
            ("f32", "0.1"),
            ("f32", "1e300"),
            ("f32", "3"),
            ("f32", "'x'"),
            ("f32", "float('nan')"),
            ("f64", "0.1"),
            ("f64", "True"),
            ("f64", "-0.0"),
            ("f64", "None"),
            ("f64", "float('-inf')"),
            ("f64", "10**400"),
            ("char", "'☃'"),
            ("char", "'ab'"),
            ("char", "''"),
            ("char", "65"),
            ("char", "'\\ud800'"),
            ("text", "'grün'"),
            ("text", "''"),
            ("text", "b'x'"),
            ("text", "None"),
            ("text", "'\\ud800'"),
            ("bytes", "b'\\x00\\xff'"),
            ("bytes", "bytearray(b'x')"),
            ("bytes", "[1, 2]"),
            ("bytes", "memoryview(b'x')"),
            ("bytes", "'x'"),
            ("list", "[1, 2]"),
            ("list", "[]"),
            ("list", "(1, 2)"),
            ("list", "range(2)"),
            ("list", "(x for x in [1])"),
            ("list", "[1, -1]"),
            ("list", "b'ab'"),
            ("list", "type('L', (list,), {})([3])"),
            ("pair", "(1, 'a')"),
            ("pair", "[1, 'a']"),
            ("pair", "(1, 2)"),
            ("pair", "(256, 'a')"),
            ("point", "kinds.Point(1, 2.5)"),
            ("point", "Duck(x=1, y=2.5)"),
            ("point", "kinds.Point(2**31, 0.0)"),
            ("point", "Duck(x=1)"),
            ("point", "None"),
            ("point", "(1, 2.5)"),
            ("shape", "kinds.Shape_None_()"),
            ("shape", "kinds.Shape_Dot(kinds.Point(1, 2))"),
            ("shape", "kinds.Shape_Many([1])"),
            ("shape", "Dot(kinds.Point(1, 2))"),
            ("shape", "kinds.Point(1, 2)"),
            ("shape", "kinds.Shape_Many([-1])"),
            ("shape", "kinds.Shape_None_"),
            ("color", "kinds.Color.GREEN"),
            ("color", "Duck(value=1)"),
            ("color", "1"),
            ("color", "Duck(value=2)"),
            ("edges", "kinds.Edges.LEFT"),
            ("edges", "kinds.Edges(0)"),
            ("edges", "~kinds.Edges(0)"),
            ("edges", "Duck(value=3)"),
            ("edges", "3"),
            ("option", "None"),
            ("option", "0"),
            ("option", "Some(1)"),
            ("option", "256"),
            ("nested", "None"),
            ("nested", "Some(None)"),
            ("nested", "Some(3)"),
            ("nested", "3"),
            ("nested", "Duck(value=3)"),
            ("outcomes", "[Ok(1), Err('no')]"),
            ("outcomes", "[MyErr('no')]"),
            ("outcomes", "[1]"),
            ("outcomes", "[Ok('x')]"),
            ("result", "5"),
            ("result", "fail(Err('no'))"),
            ("result", "fail(MyErr('no'))"),
            ("result", "Ok(5)"),
            ("result", "Err('x')"),
            ("result", "fail(Err(5))"),
            ("result", "fail(ValueError('x'))"),
            ("result", "None"),
            ("nothing", "None"),
            ("nothing", "5"),
            ("nothing", "fail(Err('x'))"),
            ("nothing", "fail(KeyError())"),
            ("thing", "things.Thing('a')"),
            ("thing", "things.give('b')"),
            ("thing", "None"),
            ("thing", "Duck(handle=1)"),
            ("thing", "kept.append(things.Thing('a')) or kept[0]"),
            ("counter", "None and 1 or api.Counter(5)"),
            ("counter", "Slotted()"),
            ("counter", "Duck()"),
        )
    },
    **{
        f"import {c}": run(c)
        for c in (
            "things.take_u8(255)",
            "things.take_u8(256)",
            "things.take_u8(-1)",
            "things.take_u8('1')",
            "things.take_u8(v=3)",
            "things.take_s64(-2**63)",
            "things.take_f32(0.1)",
            "things.take_char('ab')",
            "things.take_char('x')",
            "things.take_text('ü')",
            "things.take_bytes(b'x')",
            "things.take_bytes(bytearray(b'x'))",
            "things.take_list([1, 2])",
            "things.take_list((1, 2))",
            "things.take_list([1, 70000])",
            "things.take_pair((1, 'x'))",
            "things.take_pair([1, 'x'])",
            "things.take_shape(kinds.Shape_Dot(kinds.Point(1, 0.5)))",
            "things.take_shape(Dot(kinds.Point(1, 0.5)))",
            "things.take_color(kinds.Color.RED)",
            "things.take_edges(kinds.Edges.RIGHT)",
            "things.take_option(Some(None))",
            "things.take_option(None)",
            "things.take_result(Ok(1))",
            "things.take_result(Err('x'))",
            "things.take_result(MyErr('x'))",
            "things.fail('four')",
            "fail_ = 0\ntry:\n    things.fail('err')\nexcept Err as e:\n    it = (type(e).__name__, e.value)",
            "things.fail('err')",
            "log('a'), log('b')",
            "log(5)",
            "it = 0\ntry:\n    things.take_u8()\nexcept TypeError:\n    it = 'TypeError'",
            "it = 0\ntry:\n    things.take_u8(300)\nexcept BaseException:\n    it = 'caught'",
            "things.Thing('x').name()",
            "t = things.Thing('x')\nt.rename('y')\nit = t.name()",
            "t = things.Thing('x')\nit = t.same(t), t.same(things.Thing('x'))",
            "with things.Thing('x') as t:\n    it = t.name()",
            "t = things.Thing('x')\nit = things.look(t), things.look(t), things.consume(t)",
            "t = things.Thing('x')\nthings.consume(t)\nit = things.consume(t)",
            "t = things.Thing('x')\nthings.consume(t)\nit = t.name()",
            "t = things.Thing('x')\nit = hasattr(t, 'handle')\nthings.consume(t)\nit = it, hasattr(t, 'handle')",
            "with things.Thing('x') as t:\n    pass\nit = t.name()",
            "it = 0\ntry:\n    with things.Thing('x') as t:\n        things.consume(t)\nexcept TypeError:\n    it = 'TypeError'",
            "it = 0\nwith things.Thing('x') as t:\n    pass\ntry:\n    t.__exit__(None, None, None)\nexcept TypeError:\n    it = 'TypeError'",
            "things.Thing.open('new').name()",
            "things.Thing.open('locked')",
            "things.consume(Duck(handle=1))",
            "things.look(None)",
            "t = things.Thing('gone')\ndel t\nit = log('x')",
            "type(things.give('x')).__name__, isinstance(things.give('x'), things.Thing)",
        )
    },
    **{
        f"lent {c}": lent(c)
        for c in (
            "t.name()",
            "t.rename('new')",
            "things.look(t)",
            "things.consume(t)",
            "kept.append(t)",
            "with t:\n    it = 1",
        )
    },
    **{f"given {c}": given(c) for c in ("t.name()", "things.consume(t)", "kept.append(t)", "with t:\n    it = 1")},
    "a thing kept from an earlier loan": lambda side: (lent("kept.append(t)")(side), side.run("kept[0].name()")),
    "a thing kept for good": lambda side: (given("kept.append(t)")(side), side.run("kept[0].name()")),
    "echo": echo,
    "counters": counters,
    **{f"counter {c}": counter_code(c) for c in ("self.at", "-1", "'x'", "1/0")},
    "a constructor that fails": lambda side: side.api.Counter(99),
    "objects are not shared": shared,
    "spent after a trap": after_trap,
}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Host and guest package of the world, in one folder that is on the path."""
    from witgen.compiler.bindings.guest_options import GuestOptions

    folder = tmp_path_factory.mktemp("agree")
    generate(Request(str(CASE / "wit"), ("agree",), folder, guest=GuestOptions(world_module=WORLD_MODULE)))
    return folder


@pytest.fixture(scope="module")
def on_path(generated: Path) -> Iterator[Path]:
    """The generated packages and the guest can be imported."""
    sources = CASE / "guest"
    before = list(sys.path)
    sys.path[:0] = [str(generated / "guest"), str(generated / "host"), str(sources)]
    importlib.invalidate_caches()
    modules = set(sys.modules)
    yield sources
    sys.path[:] = before
    for name in set(sys.modules) - modules:
        if str(getattr(sys.modules[name], "__file__", "")).startswith((str(generated), str(sources))):
            del sys.modules[name]


@pytest.fixture(scope="module")
def in_component(generated: Path, on_path: Path) -> Callable[[], AbstractContextManager[Side]]:
    """Makes instances of the built component."""
    from contextlib import contextmanager

    component = build(CASE / "wit", "agree", "app", on_path, generated / "guest", ("--world-module", WORLD_MODULE))
    wasm = engine(cache=CACHE.parent / "compiled")
    package = importlib.import_module("agree")
    values = importlib.import_module("agree").kinds
    prepared = package.Agree.prepare(wasm, component)

    @contextmanager
    def instance() -> Generator[Side]:
        host = Host(values, runtime.Err)
        app = prepared.instantiate(runtime.Store(wasm), things=host, log=host.log)
        yield Side(app.api, app.top, host, close)
        app.close()

    return instance


@pytest.fixture(scope="module")
def in_python(on_path: Path) -> Callable[[], AbstractContextManager[Side]]:
    """Makes native components."""
    from contextlib import contextmanager

    native = importlib.import_module(f"{WORLD_MODULE}_native").native
    values = importlib.import_module(f"{WORLD_MODULE}.imports.kinds")
    app = importlib.import_module("app")

    @contextmanager
    def instance() -> Generator[Side]:
        app.kept.clear()
        host = Host(values, testing.Err)
        with native(app, things=host, log=host.log) as guest:
            yield Side(guest.api, guest.world.top, host, testing.drop)

    return instance


def test_cases_agree(
    in_component: Callable[[], AbstractContextManager[Side]],
    in_python: Callable[[], AbstractContextManager[Side]],
) -> None:
    """Every case comes to the same on both sides."""
    differing: list[str] = []
    for name, case in CASES.items():
        with in_python() as side:
            natively = outcome(case, side)
        with in_component() as side:
            built = outcome(case, side)
        if natively != built:
            differing.append(f"{name!r}: natively {natively}, built {built}")
    assert not differing, f"{len(differing)} of {len(CASES)}\n" + "\n".join(differing)


def test_the_back_end_is_in_no_component(in_component: Callable[[], AbstractContextManager[Side]]) -> None:
    """Neither witgen nor the description of the world is loaded there, though it stands beside the package."""
    with in_component() as side:
        found = side.run("[name for name in __import__('sys').modules if 'witgen' in name or name.endswith('_native')]")
    assert found == "[]"
