"""What `prepare` and `instantiate` refuse, and how they say it."""

from __future__ import annotations

import enum
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import witgen
import witgen.runtime as rt
from tests.runtime import layers, plugin
from tests.runtime.layers import on_engine
from tests.runtime.plugin import NOTIFY_IMPORT, STORAGE_IMPORT, WORLD, MyBucket, MyStorage
from witgen.component.linker_names import family
from witgen.runtime import generated as abi
from witgen.runtime._binding.implementations import borrows
from witgen.runtime._fast.lower import mentions_resource
from witgen.runtime._stores.engine import carries_two_borrows
from witgen.runtime._types import mentioned


def prepare(world: abi.WorldType = WORLD, text: str = plugin.TEXT, engine: rt.Engine | None = None) -> abi.Prepared:
    engine = engine or plugin.engine()
    return abi.Prepared(engine, layers.component(engine, text), world)


def start(**imports: object) -> abi.Instance:
    pre = plugin.prepared()
    return pre.instantiate(rt.Store(pre.engine), {"storage": MyStorage(), "notify": abs} | imports)


def test_missing_imports_are_listed_with_their_cure() -> None:
    """Every import that nothing was given for, with keyword and Protocol."""
    with pytest.raises(rt.MissingImportError) as caught:
        start(storage=None, notify=None)
    assert str(caught.value).splitlines() == [
        "missing import acme:plugin/storage@1.2.0: pass storage= (a storage.Storage)",
        "missing import notify: pass notify= (a Callable[[int], int])",
    ]


def test_what_the_world_does_not_import_is_refused() -> None:
    """A keyword that is no import, with those that are."""
    with pytest.raises(rt.ImplementationError) as caught:
        start(storrage=MyStorage())
    assert str(caught.value) == (
        "world acme:plugin/plugin@1.2.0 has no import storrage=; its imports are storage=, notify="
    )


class NoConsume:
    Bucket = MyBucket


class NoOpen:
    class Bucket:
        def size(self) -> int:
            return 0

        def merge(self, other: object) -> None:
            pass

    def consume(self, bucket: object) -> int:
        return 0


class NoSize:
    class Bucket:
        @classmethod
        def open(cls, name: str) -> object:
            return cls()

        def merge(self, other: object) -> None:
            pass

    def consume(self, bucket: object) -> int:
        return 0


class NotCallable(MyStorage):
    consume = 3  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]  # what is tested


STORAGE = "storage= (acme:plugin/storage@1.2.0): "


@pytest.mark.parametrize(
    ("imports", "message"),
    [
        ({"storage": NoConsume()}, STORAGE + "storage.Storage: NoConsume has no 'consume'"),
        ({"storage": object()}, STORAGE + "storage.Storage: object has no 'Bucket'"),
        ({"storage": NoOpen()}, STORAGE + "storage.Storage.Bucket: class Bucket has no 'open'"),
        ({"storage": NoSize()}, STORAGE + "storage.Bucket: class Bucket has no method 'size'"),
        ({"storage": NotCallable()}, STORAGE + "storage.Storage.consume: expected a callable, got int"),
        (
            {"storage": MyStorage},
            STORAGE + "expected a storage.Storage, got the class MyStorage itself: pass an instance",
        ),
        ({"notify": 3}, "notify= (a function of the world): Callable[[int], int]: expected a callable, got int"),
    ],
    ids=lambda v: re.sub(r"\W+", "-", v)[-30:] if isinstance(v, str) else "imports",
)
def test_wrong_implementation(imports: dict[str, object], message: str) -> None:
    """The message names keyword, interface, Protocol and member."""
    with pytest.raises(rt.ImplementationError) as caught:
        start(**imports)
    assert str(caught.value) == message


SIZED = abi.ImportedResource("", "sized", "Sized")
SIZED_IMPORT = abi.ImportInterface(
    "sized",
    "",
    "Sized",
    (
        abi.ImportFunc("[constructor]sized", "", (("n", abi.U32),), abi.Own(SIZED)),
        abi.ImportFunc("[method]sized.size", ".size", (("self", abi.Borrow(SIZED)),), abi.U32),
        abi.ImportFunc("[static]sized.unit", "unit", (), abi.Own(SIZED)),
    ),
    (SIZED,),
)
SIZED_TEXT = """(component
  (import "sized" (type $s (sub resource)))
  (import "[constructor]sized" (func $new (param "n" u32) (result (own $s))))
  (import "[method]sized.size" (func $size (param "self" (borrow $s)) (result u32)))
  (import "[static]sized.unit" (func $unit (result (own $s))))
  (core func $new (canon lower (func $new)))
  (core func $size (canon lower (func $size)))
  (core func $unit (canon lower (func $unit)))
  (core module $m
    (import "i" "new" (func $new (param i32) (result i32)))
    (import "i" "size" (func $size (param i32) (result i32)))
    (import "i" "unit" (func $unit (result i32)))
    (func (export "sum") (param i32) (result i32)
      (i32.add (call $size (call $new (local.get 0))) (call $size (call $unit)))))
  (core instance $i (instantiate $m (with "i" (instance
    (export "new" (func $new)) (export "size" (func $size)) (export "unit" (func $unit))))))
  (func (export "sum") (param "n" u32) (result u32) (canon lift (core func $i "sum"))))
"""


class Sized:
    def __init__(self, n: int) -> None:
        self.n = n

    def size(self) -> int:
        return self.n

    @staticmethod
    def unit() -> Sized:
        return Sized(1)


def test_resource_of_the_world() -> None:
    """What is given for it is its class."""
    pre = prepare(abi.WorldType("t:t/t", "0.1.0", (SIZED_IMPORT,), functions=("sum",)), SIZED_TEXT)
    instance = pre.instantiate(rt.Store(pre.engine), {"sized": Sized})
    assert instance.bind(abi.ExportFunc[[int], int]("", "sum", (("n", abi.U32),), abi.U32))(4) == 5
    with pytest.raises(rt.MissingImportError, match=r"^missing import sized: pass sized= \(a Sized\)$"):
        pre.instantiate(rt.Store(pre.engine), {})
    with pytest.raises(
        rt.ImplementationError, match=r"^sized= \(a resource of the world\): Sized: class int has no method"
    ):
        pre.instantiate(rt.Store(pre.engine), {"sized": int})


def test_missing_exports_are_found_at_prepare() -> None:
    """Interfaces and functions that the world asks for, all at once."""
    world = abi.WorldType(
        WORLD.id,
        "0.1.0",
        WORLD.imports,
        (abi.ExportInterface(plugin.USES, ("keep", "more")), abi.ExportInterface("acme:plugin/other@1.0.0", ("f",))),
        ("run",),
    )
    with pytest.raises(rt.MissingExportError) as caught:
        prepare(world)
    assert str(caught.value) == (
        "the component does not export what world acme:plugin/plugin@1.2.0 asks for: run;"
        " acme:plugin/uses@1.2.0, more; acme:plugin/other@1.0.0"
    )


def test_import_that_the_world_does_not_have() -> None:
    """Neither an interface nor a function of the world may be unknown."""
    with pytest.raises(rt.InterfaceError, match=r"the component imports notify, which world \S+ does not"):
        prepare(abi.WorldType(WORLD.id, "0.1.0", (STORAGE_IMPORT,)))
    with pytest.raises(rt.InterfaceError, match=r"imports acme:plugin/storage@1\.2\.0, which world"):
        prepare(abi.WorldType(WORLD.id, "0.1.0", (NOTIFY_IMPORT,)))
    less = abi.ImportInterface(
        "storage", plugin.STORAGE, "s.S", STORAGE_IMPORT.functions[:-1], STORAGE_IMPORT.resources
    )
    with pytest.raises(rt.InterfaceError, match=r"imports acme:plugin/storage@1\.2\.0, consume, which world"):
        prepare(abi.WorldType(WORLD.id, "0.1.0", (less, NOTIFY_IMPORT)))


def test_names_match_as_wasmtime_matches_them() -> None:
    """A component of another patch or minor version fits, imports and exports alike."""
    text = plugin.TEXT.replace("@1.2.0", "@1.9.1")
    pre = prepare(text=text)
    app = plugin.App(pre.instantiate(rt.Store(pre.engine), {"storage": MyStorage(), "notify": abs}))
    assert app.uses.consume_new("abc") == 3
    with pytest.raises(rt.MissingExportError):
        prepare(text=plugin.TEXT.replace(plugin.USES, "acme:plugin/uses@2.0.0"))


@pytest.mark.parametrize(
    ("name", "known_by"),
    [
        ("a:b/c@1.2.3", "a:b/c@1"),
        ("a:b/c@0.2.3", "a:b/c@0.2"),
        ("a:b/c@0.0.3", "a:b/c@0.0.3"),
        ("a:b/c@1.0.0-rc.1", "a:b/c@1.0.0-rc.1"),
        ("a:b/c@1.0.0+x", "a:b/c@1"),
        ("a:b/c", "a:b/c"),
        ("run", "run"),
    ],
)
def test_family(name: str, known_by: str) -> None:
    """Pre-releases and 0.0.x match only themselves."""
    assert family(name) == known_by


def test_component_may_use_less() -> None:
    """What the component does not import need not be given, and is checked if it is."""
    pre = prepare(text="(component)", world=abi.WorldType(WORLD.id, "0.1.0", WORLD.imports))
    pre.instantiate(rt.Store(pre.engine), {"storage": None})
    with pytest.raises(rt.ImplementationError):
        pre.instantiate(rt.Store(pre.engine), {"storage": object()})


def test_interface_of_types_only_needs_nothing() -> None:
    """An import without functions and resources is supplied by itself, in the world or not."""
    text = """(component (import "acme:plugin/types@1.2.0" (instance
      (type $t (record (field "x" u8))) (export "t" (type (eq $t))))))"""
    world = abi.WorldType(WORLD.id, "0.1.0", (abi.ImportInterface("types", "acme:plugin/types@1.2.0", "types"),))
    for pre in (prepare(world, text), prepare(abi.WorldType(WORLD.id, "0.1.0"), text)):
        pre.instantiate(rt.Store(pre.engine), {})


OTHER_TYPES = [
    ((("circles", abi.U32),), abi.U32, "parameter circles: expected u32, found list"),
    ((), abi.U32, "expected 0 parameters, found 1"),
    ((("circles", abi.List(abi.Own(plugin.CIRCLE))),), abi.U32, "parameter circles: expected own, found borrow"),
    ((("circles", abi.List(abi.Borrow(plugin.CIRCLE))),), None, "result: expected nothing, found u32"),
    ((("circles", abi.List(abi.Borrow(plugin.CIRCLE))),), abi.S32, "result: expected s32, found u32"),
]


@pytest.mark.parametrize(("params", "result", "difference"), OTHER_TYPES, ids=lambda v: v if isinstance(v, str) else "")
def test_export_of_another_type(
    params: tuple[tuple[str, abi.Type], ...], result: abi.Type | None, difference: str
) -> None:
    """The component's own type must be the described one; it is compared before the first call."""
    function = abi.ExportFunc[[object], object](plugin.SHAPES, "total", params, result)
    with pytest.raises(rt.InterfaceError) as caught:
        start().bind(function)
    assert str(caught.value) == f"export acme:plugin/shapes@1.2.0, total: {difference}"


def test_import_of_another_type() -> None:
    """The same for what the component imports, at prepare."""
    other = abi.ImportInterface(
        "notify", "", "Callable[[str], int]", (abi.ImportFunc("notify", "", (("n", abi.STRING),), abi.U32),)
    )
    with pytest.raises(rt.InterfaceError, match="notify: parameter n: expected string, found u32"):
        prepare(abi.WorldType(WORLD.id, "0.1.0", (STORAGE_IMPORT, other)))


class NoFlags(enum.Flag):
    """Any flags: it is the names that are counted."""


@pytest.mark.parametrize(
    ("ty", "keyword"),
    [
        (abi.FixedList(abi.U8, 4), "fixed-length list"),
        (abi.Option(abi.Stream(abi.U8)), "stream"),
        (abi.List(abi.Future()), "future"),
        (abi.ERROR_CONTEXT, "error-context"),
        (abi.Tuple((abi.U8, abi.Tuple(()))), "empty tuple"),
        (abi.Record(object, ()), "empty record"),
        (abi.Flags(NoFlags, ()), "flags with 0 names"),
        (abi.List(abi.Flags(NoFlags, tuple(f"f{n}" for n in range(33)))), "flags with 33 names"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_types_that_cannot_cross(ty: abi.Type, keyword: str) -> None:
    """A named refusal when the function is bound, before anything could abort the process."""
    with pytest.raises(
        rt.UnsupportedTypeError, match=f"dropped: wasmtime-py cannot carry {keyword}: leave the function"
    ):
        start().bind(abi.ExportFunc[[], object](plugin.SHAPES, "dropped", (), ty))
    function = abi.ImportFunc("notify", "", (("n", ty),), abi.U32)
    notify = abi.ImportInterface("notify", "", "Callable[[object], int]", (function,))
    with pytest.raises(rt.UnsupportedTypeError, match=f"notify: wasmtime-py cannot carry {keyword}"):
        prepare(abi.WorldType(WORLD.id, "0.1.0", (STORAGE_IMPORT, notify)))


def test_maps_do_not_cross_on_the_public_layer(layer: str) -> None:
    """The public layer refuses an export with one by name; the others go on to compare types."""
    error = rt.UnsupportedTypeError if layer == "public" else rt.InterfaceError
    with pytest.raises(error, match="expected map, found u32" if layer != "public" else "dropped: .* cannot carry map"):
        start().bind(abi.ExportFunc[[], object](plugin.SHAPES, "dropped", (), abi.Map(abi.U32, abi.STRING)))


def test_async_import() -> None:
    """An async function cannot be supplied from Python."""
    function = abi.ImportFunc("notify", "", (("n", abi.U32),), abi.U32, is_async=True)
    notify = abi.ImportInterface("notify", "", "Callable[[int], int]", (function,))
    with pytest.raises(rt.UnsupportedTypeError, match="notify: wasmtime-py cannot supply an async function"):
        prepare(abi.WorldType(WORLD.id, "0.1.0", (STORAGE_IMPORT, notify)))


# ---- engines ---------------------------------------------------------------------------------------------------------


FAULTY = version("wasmtime").startswith("50.")


def test_fault_and_cure() -> None:
    """wasmtime 50 traps on a second borrow unless concurrency is off; `engine()` makes one that does not trap."""
    assert carries_two_borrows(rt.engine())
    assert carries_two_borrows(rt.engine(fuel=True, epoch_interruption=True))
    assert carries_two_borrows(rt.engine(component_async=True)) is not FAULTY
    assert carries_two_borrows(rt.Engine()) is not FAULTY


def test_fault_and_cure_in_a_component() -> None:
    """A method that borrows a second object works where there is no fault; with it, `prepare` refuses by name."""
    imports: dict[str, object] = {"storage": MyStorage(), "notify": abs}

    def merged(engine: rt.Engine) -> str:
        pre = abi.Prepared(engine, layers.component(engine, plugin.TEXT), WORLD)
        one, two = MyBucket("a"), MyBucket("b")
        plugin.App(pre.instantiate(rt.Store(engine), imports)).uses.merge_two(one, two)
        return one.name

    assert merged(rt.engine()) == "ab"
    if not FAULTY or on_engine():
        assert merged(rt.engine(component_async=True)) == "ab"
        return
    with pytest.raises(rt.EngineError, match=r"Bucket.merge borrows more than one handle"):
        merged(rt.engine(component_async=True))


def test_borrows_are_counted_without_spelling_types_out() -> None:
    """Deep lists and records that share their parts take no time, and what several of them hold counts as several."""
    borrow = abi.Borrow(abi.ImportedResource("a:b/i", "r", "i.R"))
    deep: abi.Type = abi.U8
    shared: abi.Type = abi.Option(borrow)
    plain: abi.Type = abi.U8
    for _ in range(80):
        plain = abi.Record(object, (("a", "a", plain), ("b", "b", plain)))
        deep = abi.List(deep)
        shared = abi.Record(object, (("a", "a", shared), ("b", "b", shared)))
    for ty, count, mentions in (
        (deep, 0, 0),
        (plain, 0, 0),
        (shared, 2, 2),
        (borrow, 1, 1),
        (abi.List(borrow), 2, 1),
        (abi.Tuple((abi.Option(borrow), abi.U8)), 1, 1),
        (abi.Tuple((borrow, borrow)), 2, 2),
    ):
        assert borrows(abi.ImportFunc("f", "f", (("a", ty),))) == count
        assert list(mentioned(ty)) == [borrow] * mentions
        assert mentions_resource(ty) == bool(mentions)


def test_unsuitable_engine_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that borrows twice, on such an engine: the function and the cure. The engine of witgen does not care."""
    if on_engine():
        assert prepare(engine=rt.Engine()).abi == "witgen"
        return
    if not FAULTY:

        def fails(engine: rt.Engine) -> bool:
            return False

        monkeypatch.setattr("witgen.runtime._binding.linkers.carries_two_borrows", fails)
    with pytest.raises(rt.EngineError) as caught:
        prepare(engine=rt.Engine())
    assert "storage.Bucket.merge borrows more than one handle" in str(caught.value)
    assert "witgen.runtime.engine()" in str(caught.value)


def test_store_of_another_engine() -> None:
    """A store and a component of two engines cannot meet."""
    with pytest.raises(rt.EngineError, match="a different engine"):
        plugin.prepared().instantiate(rt.Store(rt.engine()), {"storage": MyStorage(), "notify": abs})


def test_fuel_on_an_engine_without() -> None:
    """The message says how the engine must be made."""
    pre = plugin.prepared()
    with pytest.raises(rt.EngineError, match=r"engine\(fuel=True\)"):
        pre.instantiate(rt.Store(pre.engine), {"storage": MyStorage(), "notify": abs}, rt.Limits(fuel=1))


def test_code_cache(tmp_path: Path) -> None:
    """A cache folder is made, filled, and usable again."""
    for _ in range(2):
        engine = rt.engine(cache=tmp_path / "a" / "b")
        rt.Component(engine, plugin.TEXT)
    assert [p.name for p in (tmp_path / "a" / "b").iterdir() if p.is_file()] == ["wasmtime-cache.toml"]
    assert any(p.is_file() for p in (tmp_path / "a" / "b" / "code").rglob("*"))


# ---- sources, versions, limits ---------------------------------------------------------------------------------------


def test_component_sources(tmp_path: Path) -> None:
    """Bytes, a path (of either kind) and a Component."""
    from wasmtime import wat2wasm

    data = bytes(wat2wasm("(component)"))
    path = tmp_path / "c.wasm"
    path.write_bytes(data)
    engine = plugin.engine()
    world = abi.WorldType(WORLD.id, "0.1.0")
    sources: list[rt.ComponentSource] = [data, bytearray(data), path, str(path), rt.Component(engine, data)]
    for source in sources:
        abi.Prepared(engine, source, world).instantiate(rt.Store(engine), {})
    with pytest.raises(FileNotFoundError):
        abi.Prepared(engine, tmp_path / "none.wasm", world)


def test_versions() -> None:
    """The same major.minor is accepted; otherwise the message says which side to upgrade."""
    major, minor, _ = witgen.__version__.split(".")
    abi.check_version(f"{major}.{minor}.99")
    with pytest.raises(rt.VersionError, match="generate the package again with witgen"):
        abi.check_version("0.0.9")
    with pytest.raises(rt.VersionError, match=r"upgrade the installed witgen to 7\.3"):
        abi.check_version("7.3.1")
    with pytest.raises(rt.VersionError, match="not a version"):
        abi.check_version("new")
    with pytest.raises(rt.VersionError):
        prepare(abi.WorldType(WORLD.id, "7.3.1", WORLD.imports))


def test_limits_are_checked() -> None:
    """Of the right kind and range, and keywords only."""
    with pytest.raises(TypeError, match=r"Limits\(fuel\): expected int, got bool"):
        rt.Limits(fuel=True)
    with pytest.raises(ValueError, match=r"Limits\(memory_size\): -1 is not a limit"):
        rt.Limits(memory_size=-1)
    with pytest.raises(TypeError):
        rt.Limits(1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def test_errors_have_one_base() -> None:
    """Every error with a name of ours is a WitgenError; those about arguments are Python's kinds too."""
    named = [getattr(rt, name) for name in rt.__all__ if name.endswith("Error") or name in ("Trap", "Exit")]
    assert all(issubclass(cls, rt.WitgenError) for cls in named)
    assert issubclass(rt.NativeResourceError, TypeError)
    assert issubclass(rt.ResourceInUseError, ValueError)


def test_everything_of_ours_is_documented() -> None:
    """Each public class and function says what it is."""
    ours = [
        value for name in rt.__all__ if str(getattr(value := getattr(rt, name), "__module__", "")).startswith("witgen")
    ]
    assert [value for value in ours if (isinstance(value, type) or callable(value)) and not value.__doc__] == []


@pytest.mark.parametrize(
    ("imported", "rooms"),
    [
        ("witgen.runtime", ["dataclass"]),
        (
            "witgen.runtime.generated",
            [
                "atomic",
                "component",
                "component.described",
                "component.linker_names",
                "component.semver",
                "dataclass",
                "text",
            ],
        ),
    ],
)
def test_import_is_light(imported: str, rooms: list[str]) -> None:
    """The runtime loads wasmtime and a little of the standard library; what only some programs need, when they need it."""
    program = f"""
import sys, {imported}
heavy = {{"lark", "jinja2", "black", "click"}} & {{name.partition(".")[0] for name in sys.modules}}
heavy |= {{"asyncio", "concurrent.futures", "hashlib", "importlib.metadata", "json", "ssl", "subprocess", "tempfile"}} & sys.modules.keys()
ours = {{name for name in sys.modules if name.startswith("witgen.") and not name.startswith("witgen.runtime")}}
print(sorted(heavy), sorted(ours), "witgen.runtime._prepared" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    is_generated = imported == "witgen.runtime.generated"
    assert done.stdout == f"[] {[f'witgen.{room}' for room in rooms]} {is_generated}\n"


def test_lazy_binding_keeps_the_callable() -> None:
    """The first use of an attribute binds; from then on Python finds the callable in the link itself."""
    instance = start()
    link = instance.link(plugin.ShapesLink)
    assert "dropped" not in vars(link)
    assert link.dropped() == 0
    assert vars(link)["dropped"] is link.dropped
    assert isinstance(plugin.ShapesLink.dropped, abi.ExportFunc)
