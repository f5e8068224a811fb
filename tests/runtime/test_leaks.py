"""Memory does not grow, however often values cross: counted by the allocator that Rust and ctypes use.

A sample of calls here; `--full` makes 100,000 of each shape. Where glibc's counter is missing, the size of the process
is taken.
"""

from __future__ import annotations

import ctypes
import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

import witgen.runtime as rt
from tests.runtime import echo, plugin, test_values
from tests.runtime.test_values import Caps, Colour, Item, Point, Shape_None_, Shape_Number, Shape_Point, Shape_Text
from witgen.runtime import generated as abi
from witgen.runtime._wasmtime import CALLS_ASYNC

pytestmark = pytest.mark.slow

VALUES: dict[str, object] = {
    "bool": True,
    "u32": 2**31,
    "f64": 0.5,
    "char": "ż",
    "string": "x" * 100,
    "bytes": b"x" * 2000,
    "numbers": list(range(100)),
    "strings": ["", "a", "b" * 300],
    "items": [Item(1, None), Item(2, Point(3, True))],
    "pair": (255, "x" * 50),
    "item": Item(2, Point(3, True)),
    "shape": Shape_Point(Point(9, True)),
    "shapes": [Shape_Text("t" * 40), Shape_None_(), Shape_Number(0)],
    "colour": Colour.BLUE,
    "caps": Caps.READ_ONLY | Caps.EXEC,
    "nested": rt.Some(rt.Some(3)),
    "option-string": "some" * 20,
    "option-shape": Shape_Text("x"),
    "result": (rt.Err("no" * 20),),
    "result-nested": rt.Ok(rt.Err(Colour.BLUE)),
}


class _Mallinfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ["arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "used", "free", "keep"]
    ]


def used() -> int:
    """Bytes in use."""
    gc.collect()
    try:
        mallinfo = ctypes.CDLL(None).mallinfo2
    except AttributeError:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
    mallinfo.restype = _Mallinfo
    found = mallinfo()
    return int(found.used) + int(found.hblkhd)


@pytest.fixture
def calls(request: pytest.FixtureRequest) -> tuple[int, int]:
    """How many calls to warm up, and how many to count."""
    return (10_000, 100_000) if request.config.getoption("--full") else (200, 1000)


def growth(call: Callable[[], object], calls: tuple[int, int]) -> int:
    """How many bytes more are in use after the calls than before."""
    warm, count = calls
    for _ in range(warm):
        call()
    before = used()
    for _ in range(count):
        call()
    return used() - before


def bound(calls: tuple[int, int]) -> int:
    """Ten bytes a call, which is less than anything that could be forgotten; 1 MiB for 100,000."""
    return min(10 * calls[1], 1 << 20)


def bound_echo(name: str) -> Callable[[object], object]:
    """The export that gives its argument back by way of the import."""
    return test_values.echoes().instance.bind(echo.export(name, *test_values.FUNCTIONS[name]))


@pytest.mark.slow
@pytest.mark.parametrize("name", VALUES)
def test_values_leave_nothing(name: str, calls: tuple[int, int]) -> None:
    """In, out to the implementation, back in, and out."""
    call, value = bound_echo(name), VALUES[name]
    assert growth(lambda: call(value), calls) < bound(calls)


def test_what_is_refused_leaves_nothing(calls: tuple[int, int]) -> None:
    """Errors found while values are lowered."""
    items, strings = bound_echo("items"), bound_echo("strings")

    def call() -> None:
        for echoing, value in ((items, [Item(1, None), Item(300, None)]), (strings, ["a" * 100, "\ud800"])):
            with pytest.raises(ValueError, match=r"fit|surrogate"):
                echoing(value)

    assert growth(call, (calls[0], calls[1] // 2)) < bound(calls)


def test_errors_leave_nothing(calls: tuple[int, int]) -> None:
    """An `Err` out of an implementation and out of an export."""
    app = plugin.start()

    def call() -> None:
        with pytest.raises(rt.Err):
            app.uses.open("")

    assert growth(call, calls) < bound(calls)


def test_an_error_is_freed_without_the_collector(layer: str) -> None:
    """What a call raised goes when it was handled: no frame of ours holds the error that holds the frame."""
    if layer == "public":
        pytest.skip("the public layer leaves this to the collector")
    app = plugin.start()
    gone: weakref.ref[BaseException] | None = None
    gc.disable()
    try:
        try:
            app.uses.open("")
        except rt.Err as error:
            gone = weakref.ref(error)
        assert gone is not None and gone() is None
    finally:
        gc.enable()


def test_resources_leave_nothing(calls: tuple[int, int]) -> None:
    """Handles made, lent, given and dropped, on both sides."""
    app = plugin.start()
    bucket = plugin.MyBucket("abc")

    def call() -> None:
        with app.shapes.circle_new(3) as circle, app.shapes.circle_unit() as unit:
            circle.area()
            app.shapes.total([circle, unit])
            with app.shapes.melt(circle, unit) as melted:
                melted.area()
        app.uses.keep(bucket)
        app.uses.kept_size()
        app.uses.give_back()
        app.uses.peek(bucket)
        app.uses.merge_two(bucket, plugin.MyBucket(""))
        app.uses.consume_new("x")

    app.uses.consume_new("x")
    assert growth(call, (calls[0] // 10, calls[1] // 10)) < bound(calls) + 8 * calls[1]


def test_lending_and_returning_leaves_tables_and_memory_flat(calls: tuple[int, int]) -> None:
    """A cycle lends an object, gives it away and takes it back: wasmtime's tables would be full after 100,000 entries."""
    app = plugin.start()
    bucket = plugin.MyBucket("abc")
    circle = app.shapes.circle_new(3)

    def call() -> None:
        app.uses.peek(bucket)
        app.uses.keep(bucket)
        app.uses.give_back()
        circle.area()

    assert growth(call, calls) < bound(calls)
    table = app.instance.table(plugin.BUCKET)
    assert table is not None and not table.objects
    circle.__exit__()


@pytest.mark.skipif(not CALLS_ASYNC, reason="this wasmtime cannot call async functions")
@pytest.mark.component_api
def test_async_calls_leave_nothing(calls: tuple[int, int]) -> None:
    """Neither the polled call nor what it returns stays."""
    from tests.runtime.test_async import U32, App, Host

    function = abi.ExportFunc[[int], int]("", "later", U32, abi.U32, is_async=True, blocking=True)
    later = App(Host()).instance.bind(function)
    assert growth(lambda: later(2), calls) < bound(calls)


def test_exceptions_leave_nothing_but_their_store(calls: tuple[int, int]) -> None:
    """An exception spends its store; when that is gone, so is everything."""

    def fail(n: int) -> int:
        raise LookupError(n)

    def call() -> None:
        app = plugin.start(fail)
        circle = app.shapes.circle_new(3)
        with pytest.raises(LookupError):
            circle.ping()
        app.instance.store.close()

    assert growth(call, (calls[0] // 10, calls[1] // 10)) < bound(calls)
