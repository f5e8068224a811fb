"""Which value layer is chosen, and what is special about each."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from types import MappingProxyType

import pytest

import witgen
import witgen.runtime as rt
from tests.runtime import echo, layers, test_values
from tests.runtime.test_values import Item, Point, brief
from witgen.runtime import _wasmtime
from witgen.runtime import generated as abi
from witgen.runtime._process import interrupt as _interrupt

VARIABLE = "WITGEN_VALUE_LAYER"


def echoing(ty: abi.Type, host: object = None) -> Callable[[object], object]:
    """The export, of one parameter and result of type `ty`, that asks the host."""
    functions: dict[str, tuple[abi.Type | None, abi.Type | None]] = {"f": (ty, ty)}
    engine = rt.engine()
    prepared = abi.Prepared(engine, layers.component(engine, echo.component(functions)), echo.world(functions))
    instance = prepared.instantiate(rt.Store(engine), {"host": host or test_values.Host()})
    return instance.bind(echo.export("f", ty, ty))


# ---- choice ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def choosing(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Forget what was chosen and found, until the end of the test."""
    monkeypatch.setattr("witgen.runtime._layer._chosen", {})
    monkeypatch.setattr("witgen.runtime._layer._found", [])
    return monkeypatch


def test_the_variable_decides(layer: str) -> None:
    """What the environment asks for is what components are prepared with."""
    functions: dict[str, tuple[abi.Type | None, abi.Type | None]] = {"f": (abi.U8, abi.U8)}
    engine = rt.engine()
    prepared = abi.Prepared(engine, layers.component(engine, echo.component(functions)), echo.world(functions))
    assert prepared.layer == layer
    assert prepared.abi == ("witgen" if layer == "core" else "wasmtime")


def test_the_fast_layer_is_the_default(choosing: pytest.MonkeyPatch) -> None:
    """Without the variable, it is chosen where it can be used, which is here."""
    choosing.delenv(VARIABLE)
    assert rt.value_layer() == "fast"


def test_unknown_layer(choosing: pytest.MonkeyPatch) -> None:
    """A typo is an error, and no third layer."""
    choosing.setenv(VARIABLE, "quick")
    with pytest.raises(rt.EngineError, match=r"^WITGEN_VALUE_LAYER=quick: expected fast or public$"):
        rt.value_layer()


def version_51(name: str) -> str:
    """The version of any distribution: one that nobody has tested."""
    return "51.0.0"


OBSTACLES: list[tuple[object, str, object, str]] = [
    (metadata, "version", version_51, "wasmtime 51.0.0 is not one of the tested versions 50, 49, 48"),
    (sys, "byteorder", "big", "the fast layer needs a 64-bit little-endian machine"),
    (_wasmtime, "layout", lambda: "values have a different layout", "values have a different layout"),
    (_wasmtime, "layout", lambda: 1 / 0, "the self-test failed: ZeroDivisionError: division by zero"),
]


@pytest.mark.parametrize(("owner", "name", "value", "message"), OBSTACLES, ids=brief)
def test_where_the_fast_layer_cannot_be_used(
    choosing: pytest.MonkeyPatch, owner: object, name: str, value: object, message: str
) -> None:
    """The public one takes its place; who insists is told why."""
    choosing.setattr(owner, name, value)
    choosing.delenv(VARIABLE)
    assert rt.value_layer() == "public"
    choosing.setenv(VARIABLE, "fast")
    with pytest.raises(rt.EngineError) as caught:
        rt.value_layer()
    assert str(caught.value) == f"WITGEN_VALUE_LAYER=fast: {message}"


@pytest.mark.slow
def test_importing_the_runtime_opens_no_memory() -> None:
    """The fast layer is loaded when the first component is prepared, not before."""
    program = "import sys, witgen.runtime; print([m for m in sys.modules if '_fast' in m or m == 'witgen.runtime._fast.memory'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


# ---- maps: what only the fast layer carries --------------------------------------------------------------------------

MAP = abi.Map(abi.STRING, abi.List(abi.Map(abi.U8, test_values.ITEM)))


def test_map_crosses(layer: str) -> None:
    """As a dict, in and out; any mapping is taken. The public layer refuses it by name."""
    if layer == "public":
        with pytest.raises(rt.UnsupportedTypeError, match=r"host\.Host\.f: wasmtime-py cannot carry map"):
            echoing(MAP)
        return
    call = echoing(MAP)
    item = Item(1, Point(2, True))
    value: Mapping[str, object] = {"": [], "a": [{}, {0: item, 255: Item(3, None)}], "b": [{7: item}] * 3}
    assert call(value) == value
    assert call({}) == {}
    empty: Mapping[str, object] = MappingProxyType(dict[str, object]())
    assert call(MappingProxyType({"x": [empty]})) == {"x": [{}]}


def test_a_map_with_a_name() -> None:
    """An interface may name a map; wasmtime-py 48 cannot read one that does, and that is said."""
    engine = rt.engine()
    text = """(component (import "a:b/i" (instance (type $m (map u8 u8)) (export "m" (type (eq $m))))))"""
    world = abi.WorldType("a:b/w", witgen.__version__, (abi.ImportInterface("i", "a:b/i", "i"),))
    if metadata.version("wasmtime").startswith("48."):
        with pytest.raises(
            rt.UnsupportedTypeError, match=r"a:b/i: .* cannot read an interface that gives a map a name"
        ):
            abi.Prepared(engine, layers.component(engine, text), world)
    else:
        abi.Prepared(engine, layers.component(engine, text), world).instantiate(rt.Store(engine), {})


BAD_MAPS: list[tuple[object, str]] = [
    ([("a", [])], "f(x): expected a mapping, got list"),
    ({"a": [], 3: []}, "f(x.keys()[1]): expected str, got int"),
    ({"a": [{}, {1: 2}]}, "f(x['a'][1][1]): expected Item, got int"),
    ({"a": [{1: Item(300, None)}]}, "f(x['a'][0][1].id): 300 does not fit u8"),
]


@pytest.mark.parametrize(("value", "message"), BAD_MAPS, ids=brief)
def test_map_that_does_not_fit(value: object, message: str, layer: str) -> None:
    """The path names the key."""
    if layer == "fast":
        with pytest.raises((TypeError, ValueError)) as caught:
            echoing(MAP)(value)
        assert str(caught.value) == message


# ---- structures ------------------------------------------------------------------------------------------------------


def around(n: int, inner: abi.Type, value: object) -> tuple[abi.Type, object]:
    """The `n`th type around `inner`, and the value of it that holds `value`."""
    match n % 4:
        case 0:
            return abi.Option(inner), value
        case 1:
            return abi.List(inner), [value, value] if n < 8 else [value]
        case 2:
            return abi.Tuple((inner,)), (value,)
        case _:
            return abi.Result(inner, abi.U8), rt.Ok(value)


@pytest.mark.parametrize("depth", [12, 40])
def test_deep_types(depth: int) -> None:
    """Types nested far deeper than code can be: lists in options in tuples in results."""
    nested: tuple[abi.Type, object] = (abi.STRING, "at the bottom")
    for n in range(depth):
        nested = around(n, *nested)
    ty, value = nested
    assert echoing(abi.Tuple((ty,)))((value,)) == (value,)


@dataclass
class Big:
    a: int
    b: str
    c: list[str]
    d: float
    e: tuple[int, ...]


BIG = abi.Record(
    Big,
    (
        ("a", "a", abi.S64),
        ("b", "b", abi.STRING),
        ("c", "c", abi.List(abi.STRING)),
        ("d", "d", abi.F32),
        ("e", "e", abi.Tuple((abi.U8,) * 20)),
    ),
)


def test_records_in_lists_beyond_sixteen_flat_parameters() -> None:
    """More than fits in registers, alone and in a list."""
    value = Big(-1, "b", ["c", "", "ccc"], 0.25, tuple(range(20)))
    assert echoing(BIG)(value) == value
    assert echoing(abi.List(BIG))([value] * 50) == [value] * 50


SCALARS: list[tuple[abi.Type, list[object]]] = [
    (abi.BOOL, [True, False, True]),
    (abi.U16, [0, 65535]),
    (abi.S16, [-32768, 32767]),
    (abi.S32, [-(2**31), 2**31 - 1]),
    (abi.S64, [-(2**63), 2**63 - 1]),
    (abi.U64, [0, 2**64 - 1]),
    (abi.F32, [0.5, float("inf"), 3.4028234663852886e38]),
    (abi.F64, [0.1, -1e308]),
    (abi.CHAR, ["a", "\U0010ffff", "\ud7ff"]),
    (test_values.COLOUR, [*test_values.Colour]),
    (test_values.CAPS, [test_values.Caps(0), test_values.Caps.WRITE | test_values.Caps.EXEC]),
    (abi.Option(abi.U8), [None, 0, 255]),
    (abi.Tuple((abi.BOOL,)), [(True,), (False,)]),
]


@pytest.mark.parametrize(("ty", "values"), SCALARS, ids=brief)
def test_lists_of_everything(ty: abi.Type, values: list[object]) -> None:
    """Columns of each type, empty ones too."""
    call = echoing(abi.List(ty))
    for value in (values, [], values * 100):
        assert call(value) == value


BAD_LISTS: list[tuple[abi.Type, list[object], str]] = [
    (abi.BOOL, [True, 1], "f(x[1]): expected bool, got int"),
    (abi.U16, [1, True], "f(x[1]): expected int, got bool"),
    (abi.S64, [2**63], "f(x[0]): 9223372036854775808 does not fit s64"),
    (abi.F32, [0.5, float("inf"), 1e39], "f(x[2]): 1e+39 does not fit f32"),
    (abi.F64, [0.5, True], "f(x[1]): expected float, got bool"),
    (abi.CHAR, ["a", "\ud800"], "f(x[1]): U+D800 is a surrogate, which no char can be"),
    (abi.CHAR, ["a", "bc", ""], "f(x[1]): a char is one character, got 2"),
    (abi.CHAR, [b"a"], "f(x[0]): expected str, got bytes"),
    (abi.STRING, ["a", b"b"], "f(x[1]): expected str, got bytes"),
    (abi.STRING, ["\udfff"], "f(x[0]): U+DFFF at index 0 is a surrogate, which a WIT string cannot hold"),
]


@pytest.mark.parametrize(("ty", "value", "message"), BAD_LISTS, ids=brief)
def test_lists_that_do_not_fit(ty: abi.Type, value: list[object], message: str) -> None:
    """The element is named."""
    with pytest.raises((TypeError, ValueError)) as caught:
        echoing(abi.List(ty))(value)
    assert str(caught.value) == message


class Number(int):
    """An int, with a value of its own to whoever asks otherwise."""

    def __index__(self) -> int:
        return 7

    def __int__(self) -> int:
        return 7


class Text(str):
    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xff"


def test_subclasses_pass_as_what_they_are() -> None:
    """What a subclass says of itself does not matter."""
    assert echoing(abi.List(abi.U8))(bytearray(b"\x03")) == b"\x03"
    assert echoing(abi.U32)(Number(3)) == 3
    assert echoing(abi.STRING)(Text("abc")) == "abc"
    assert echoing(abi.List(abi.STRING))([Text("abc")]) == ["abc"]


# ---- re-entry and threads --------------------------------------------------------------------------------------------


def test_reading_arguments_may_call_the_same_function() -> None:
    """A sequence that calls the very function it is passed to, while its arguments are half written."""
    call = echoing(abi.Tuple((abi.STRING, abi.List(abi.STRING), abi.STRING)))
    seen: list[object] = []

    class Calling(list[str]):
        def __init__(self, depth: int) -> None:
            super().__init__([f"{depth}" * 100, "b"])
            self.depth = depth

        def __iter__(self) -> Iterator[str]:
            if self.depth:
                seen.append(call((f"inner {self.depth}", Calling(self.depth - 1), "y" * 200)))
            return super().__iter__()

    assert call(("outer", Calling(3), "end")) == ("outer", ["3" * 100, "b"], "end")
    assert seen == [(f"inner {n + 1}", [f"{n}" * 100, "b"], "y" * 200) for n in range(3)]


def test_reading_arguments_may_close_the_store() -> None:
    """User code that runs while arguments are read closes the store: wasm is not entered."""
    functions: dict[str, tuple[abi.Type | None, abi.Type | None]] = {"f": (abi.List(abi.U32), abi.List(abi.U32))}
    engine = rt.engine()
    prepared = abi.Prepared(engine, layers.component(engine, echo.component(functions)), echo.world(functions))
    store = rt.Store(engine)
    call = prepared.instantiate(store, {"host": test_values.Host()}).bind(echo.export("f", *functions["f"]))

    class Closing(list[int]):
        def __iter__(self) -> Iterator[int]:
            store.close()
            return super().__iter__()

    with pytest.raises(ValueError, match="closed"):
        call(Closing([1]))


@pytest.mark.slow
def test_threads_with_stores_of_their_own() -> None:
    """Four threads in the same host functions: nobody gets a value of another's."""
    ty = abi.Tuple((abi.STRING, abi.List(abi.STRING), abi.Option(abi.U64)))
    functions: dict[str, tuple[abi.Type | None, abi.Type | None]] = {"f": (ty, ty)}
    engine = rt.engine()
    prepared = abi.Prepared(engine, layers.component(engine, echo.component(functions)), echo.world(functions))
    wrong: list[object] = []

    def run(number: int) -> None:
        instance = prepared.instantiate(rt.Store(engine), {"host": test_values.Host()})
        call = instance.bind(echo.export("f", ty, ty))
        for n in range(500):
            value = (f"{number}-" * n, [str(number)] * (n % 17), n * number or None)
            back = call(value)
            if back != value:
                wrong.append((value, back))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert wrong == []


def test_callbacks_begin_inside_their_try() -> None:
    """The exception table of an entry function covers its first bytecode."""

    def entry(table: dict[int, int], key: int) -> int:
        try:
            try:
                return table[key]
            except LookupError:
                return -1
        except LookupError:
            return -2

    code = entry.__code__
    shielded = _interrupt.shield(code)
    assert shielded is not None
    assert shielded.co_exceptiontable[0] == 0x80
    assert shielded.co_exceptiontable[-6:] == code.co_exceptiontable[-6:]
    assert code.co_exceptiontable[0] > 0x80
    assert _interrupt.shield((lambda: 0).__code__) is None
