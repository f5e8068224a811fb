"""The native back end: stubs that call the component that is entered, handles, and refusals that name the place."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.checkout import ROOT
from tests.testing.worlds import Attributes, load, on_path
from witgen import testing

STORE = """
package demo:store;

interface shelf {
  record box { label: string, weights: list<u16>, corner: option<tuple<u8, s8>> }
  variant lid { shut, ajar(u8) }
  resource item { constructor(name: string); name: func() -> string; pair: static func(a: item, b: borrow<item>) -> item; }
  put: func(boxes: list<box>) -> u32;
  close: func(lid: lid) -> lid;
  get: func(name: string) -> result<item, lid>;
  eat: func(item: item);
}
interface desk {
  use shelf.{box, item, lid};
  resource slip { constructor(text: string); read: func() -> string; }
  fetch: func(name: string) -> result<string, lid>;
  pack: func(labels: list<string>) -> list<box>;
  hold: func(item: borrow<item>) -> string;
  write: func(text: string) -> slip;
}
world store-world { import shelf; import tell: func(what: string); export desk; export ping: func(n: u8) -> u8; }
"""

OTHER = """
package demo:other;
interface shelf { put: func(text: string) -> u32; }
world other-world { import shelf; export run: func() -> u32; }
"""

APP = """
from store_world import exports, tell
import store_world
from store_world.imports import shelf
from store_world.imports.shelf import put
from componentize_py_types import Err

kept = []

class Desk(exports.Desk):
    def fetch(self, name):
        try:
            item = shelf.get(name)
        except Err as error:
            raise Err(error.value)
        with item:
            return item.name()

    def pack(self, labels):
        boxes = [shelf.Box(label, [len(label)], None) for label in labels]
        tell(f"{put(boxes)} boxes")
        return boxes

    def hold(self, item):
        kept.append(item)
        return item.name()

    def write(self, text):
        import desk
        return desk.Slip(text)

class StoreWorld(store_world.StoreWorld):
    def ping(self, n):
        return n + 1
"""

DESK = """
class Slip:
    def __init__(self, text):
        self.text = text
    def read(self):
        return self.text
"""


@pytest.fixture(scope="module", autouse=True)
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Two worlds with an interface of the same name, and an application."""
    worlds = {"store_world": STORE, "other_world": OTHER}
    other = "import other_world\nfrom other_world.imports.shelf import put\n"
    other += "class OtherWorld(other_world.OtherWorld):\n    def run(self):\n        return put('x')\n"
    sources = {"store_app": APP, "desk": DESK, "other_app": other, "empty_app": ""}
    with on_path(tmp_path_factory.mktemp("native"), {**worlds}, sources):
        yield


class Piece:
    """The imported resource."""

    def __init__(self, name: str) -> None:
        self.called = name
        self.dropped = 0

    def name(self) -> str:
        return self.called

    @classmethod
    def pair(cls, a: Piece, b: Piece) -> Piece:
        return cls(a.called + b.called)

    def __exit__(self, *error: object) -> None:
        self.dropped += 1


class Shelf(testing.ByName):
    """The imported interface."""

    Item: type = Piece

    def __init__(self) -> None:
        self.items = {"nut": Piece("nut")}
        self.boxes: list[Attributes] = []
        self.answer: object = None

    def put(self, boxes: list[Attributes]) -> object:
        self.boxes += boxes
        return len(self.boxes) if self.answer is None else self.answer

    def close(self, lid: object) -> object:
        return lid

    def get(self, name: str) -> Piece:
        if name not in self.items:
            raise testing.Err(load("store_world.imports.shelf").Lid_Ajar(3))
        return self.items[name]

    def eat(self, item: Piece) -> None:
        del self.items[item.called]


def enter(**implementations: object) -> Attributes:
    """The world, entered with its application."""
    return load("store_world_native").native(load("store_app"), **implementations)


def subclass(name: str, base: object, **members: object) -> type:
    """A subclass of a class of the guest's."""
    assert isinstance(base, type)
    return type(name, (base,), members)


def test_guest_code_runs_unchanged() -> None:
    """Functions taken by `from … import` call what is registered later; values are copied on the way."""
    shelf, told = Shelf(), list[str]()
    with enter(shelf=shelf, tell=told.append) as guest:
        boxes = guest.desk.pack(["a", "bcd"])
        assert [box.weights for box in boxes] == [[1], [3]]
    assert told == ["2 boxes"]
    assert shelf.boxes[0].label == "a"


def test_results_are_raised_and_handles_dropped() -> None:
    """An `Err` goes through both ways; `with` in the guest reaches the implementation's `__exit__`, once."""
    shelf = Shelf()
    with enter(shelf=shelf) as guest:
        assert guest.desk.fetch("nut") == "nut"
        with pytest.raises(Exception, match="Lid_Ajar") as caught:
            guest.desk.fetch("bolt")
        assert type(caught.value).__name__ == "Err"
        assert testing.handles(guest) == []
    assert shelf.items["nut"].dropped == 1


def test_what_is_not_registered_says_what_to_do() -> None:
    """Interface, function and member; and outside of a world that is entered."""
    cases: list[tuple[dict[str, object], str]] = [
        ({}, r"shelf\.put was called, and nothing is registered for `demo:store/shelf`: pass shelf=…"),
        (
            {"shelf": Shelf()},
            "tell was called, and nothing is registered for the function `tell` of the world: pass tell=…",
        ),
        ({"shelf": object(), "tell": print}, "`object` has no `put`"),
    ]
    for implementations, message in cases:
        with enter(**implementations) as guest, pytest.raises(testing.ImportMissing, match=message):
            guest.desk.pack(["a"])
    with pytest.raises(NotImplementedError, match=r"enter `native\(…\)` of the module `store_world_native`"):
        load("store_world").tell("x")


def test_a_wrong_value_names_the_place() -> None:
    """Import and export, argument and result, down to the field."""
    stubs, shelf = load("store_world.imports.shelf"), Shelf()
    box = stubs.Box
    cases = [
        ([box("a", [1, 70000], None)], r"shelf\.put\(boxes\[0\]\.weights\[1\]\): 70000 does not fit u16"),
        ([box("a", (1,), None)], r"shelf\.put\(boxes\[0\]\.weights\): expected a list, found tuple \(1,\)"),
        ([box("a", [], (1, 200))], r"shelf\.put\(boxes\[0\]\.corner\[1\]\): 200 does not fit s8"),
        ([box(None, [], None)], r"shelf\.put\(boxes\[0\]\.label\): expected a str, found NoneType None"),
    ]
    for boxes, message in cases:
        with enter(shelf=shelf) as guest, pytest.raises(testing.Trap, match=message):
            stubs.put(boxes)
        del guest
    with enter(shelf=shelf) as guest:
        with pytest.raises(testing.HostFault, match=r"ping\(n\): 256 does not fit u8"):
            guest.world.ping(256)
        with pytest.raises(testing.Trap, match=r"ping returned: 256 does not fit u8"):
            guest.world.ping(255)
        with pytest.raises(testing.Trap, match=r"the component is spent, by: ping returned"):
            guest.world.ping(1)


def test_what_is_done_wrong_in_a_test() -> None:
    """Calls of a component that was left, and arguments of another kind, are errors that say so."""
    with enter(shelf=Shelf()) as guest:
        with pytest.raises(TypeError, match="got n by name"):
            testing.call(guest.world.ping, n=1)
        with pytest.raises(TypeError, match="is not a resource of a guest"):
            testing.drop(3)
    with pytest.raises(testing.NativeError, match=r"ping: the `with` of this native component has ended"):
        guest.world.ping(1)
    with pytest.raises(TypeError, match=r"not what entering native\(…\) gave"):
        testing.handles(3)


def test_a_trap_cannot_be_swallowed() -> None:
    """A guest that catches everything has trapped all the same."""
    app, stubs = load("store_app"), load("store_world.imports.shelf")
    original = app.Desk.fetch

    def fetch(self: object, name: str) -> str:
        try:
            stubs.put([None])
        except Exception:  # noqa: BLE001 - what guests do
            return "fine"
        return name

    app.Desk.fetch = fetch
    try:
        with enter(shelf=Shelf()) as guest, pytest.raises(testing.Trap, match=r"shelf\.put\(boxes\[0\]"):
            guest.desk.fetch("x")
    finally:
        app.Desk.fetch = original


def test_an_exact_case_is_wanted() -> None:
    """A subclass traps, and the message says so."""
    stubs = load("store_world.imports.shelf")
    mine = subclass("Mine", stubs.Lid_Ajar)
    with enter(shelf=Shelf()):
        assert stubs.close(stubs.Lid_Ajar(1)) == stubs.Lid_Ajar(1)
        with pytest.raises(
            testing.Trap, match=r"close\(lid\): expected exactly Lid_Shut or Lid_Ajar, .*subclass traps"
        ):
            stubs.close(mine(1))


def test_handles_move_and_are_dropped_when_forgotten() -> None:
    """Given away, lent, collected: each is told apart."""
    stubs, shelf = load("store_world.imports.shelf"), Shelf()
    with enter(shelf=shelf) as guest:
        item = stubs.get("nut")
        stubs.eat(item)
        with pytest.raises(testing.Trap, match=r"shelf\.eat\(item\): this Item was dropped or given away"):
            stubs.eat(item)
        del guest
    with enter(shelf=Shelf()) as guest:
        made = stubs.Item.pair(stubs.Item("a"), stubs.Item("b"))
        assert made.name() == "ab"
        gc.collect()
        assert testing.handles(guest) == ["shelf.Item"]
        del made
        gc.collect()
        assert testing.handles(guest) == []


def test_a_loan_ends_with_the_call() -> None:
    """The handle is good for nothing afterwards, nor in another component."""
    stubs = load("store_world.imports.shelf")
    with enter(shelf=Shelf()) as guest:
        assert guest.desk.hold(Piece("mine")) == "mine"
        with pytest.raises(testing.Trap, match=r"shelf\.Item\.name\(self\): this Item was dropped or given away"):
            load("store_app").kept[0].name()
    with enter(shelf=Shelf()):
        item = stubs.get("nut")
    with enter(shelf=Shelf()), pytest.raises(testing.Trap, match="of an earlier component"):
        item.name()


def test_subclasses_of_the_stubs_serve_as_implementations() -> None:
    """They are typed against the generated class; what they leave out is missed by name."""
    stubs = load("store_world.imports.shelf")

    def init(self: Attributes, name: str) -> None:
        self.called = name

    mine = subclass("Mine", stubs.Item, __init__=init)

    class WithMine(Shelf):
        Item = mine

    with enter(shelf=WithMine()):
        item = stubs.Item("x")
        assert type(item).__name__ == "Item"  # the guest holds a handle, not the object
        with pytest.raises(
            testing.ImportMissing, match=r"shelf\.Item\.name: Mine, which the test gave, does not define it"
        ):
            item.name()


def test_exported_resources() -> None:
    """Handles with the methods of WIT; `with` drops them."""
    with enter(shelf=Shelf()) as guest:
        with guest.desk.Slip("a") as slip:
            assert slip.read() == "a"
        with pytest.raises(testing.HostFault, match=r"desk\.Slip\.read\(self\): this Slip was dropped"):
            slip.read()
        written = guest.desk.write("b")
        assert written.read() == "b"
        testing.drop(written)


TWICE = """
package demo:twice;
interface callbacks {
  resource handler { constructor(); }
  take: func(what: handler);
}
world twice { import callbacks; export callbacks; export run: func(mine: bool); }
"""
TWICE_CALLBACKS = """
from twice.exports import callbacks

class Handler(callbacks.Handler):
    def __init__(self):
        pass
"""
TWICE_APP = """
import twice
from callbacks import Handler
from twice import exports
from twice.imports import callbacks

class Callbacks(exports.Callbacks):
    def take(self, what):
        callbacks.take(what)

class Twice(twice.Twice):
    def run(self, mine):
        callbacks.take(Handler() if mine else callbacks.Handler())
"""


def test_two_resources_of_one_name(tmp_path: Path) -> None:
    """An imported and an exported one, or a class of the user's: messages say which of them they mean."""
    with on_path(tmp_path, {"twice": TWICE}, {"callbacks": TWICE_CALLBACKS, "twice_app": TWICE_APP}):
        app = load("twice_app")

        class Handler:
            """Not the guest's."""

        class Callbacks(testing.ByName):
            def __init__(self) -> None:
                self.Handler: type = Handler

            def take(self, what: object) -> None:
                assert isinstance(what, Handler)

        def enter_it() -> Attributes:
            return load("twice_native").native(app, callbacks=Callbacks())

        with enter_it() as guest:
            guest.world.run(False)
            with pytest.raises(
                testing.Trap,
                match=r"expected a handle of the imported callbacks\.Handler, found an object of callbacks\.Handler, which is"
                " a different class of the same name",
            ):
                guest.world.run(True)
        with (
            enter_it() as guest,
            pytest.raises(
                testing.HostFault,
                match=r"expected a handle of the exported callbacks\.Handler, found an object of .*\.Handler,",
            ),
        ):
            guest.callbacks.take(Handler())


def test_the_fault_of_an_implementation_is_its_own() -> None:
    """Its exceptions come out as they are; a wrong result is the test's fault, not the guest's."""
    shelf = Shelf()
    shelf.answer = -1
    with enter(shelf=shelf) as guest, pytest.raises(testing.HostFault, match=r"shelf\.put: -1 does not fit u32"):
        guest.desk.pack(["a"])

    def tell(what: str) -> None:
        raise KeyError(what)

    with enter(shelf=Shelf(), tell=tell) as guest, pytest.raises(KeyError, match="1 boxes"):
        guest.desk.pack(["a"])


def test_call_uses_an_object_of_the_tests() -> None:
    """`call` with a bound method makes the checks around that very object; with an export it is the call."""
    with enter(shelf=Shelf()) as guest:
        app = load("store_app")
        assert testing.call(app.StoreWorld().ping, 1) == 2
        assert testing.call(guest.world.ping, 2) == 3
        with pytest.raises(testing.HostFault, match="does not fit u8"):
            testing.call(app.StoreWorld().ping, -1)
    with pytest.raises(testing.NativeError, match="not an export of a component that is entered"):
        testing.call(load("store_app").StoreWorld().ping, 1)


def test_what_componentize_py_would_not_find() -> None:
    """Classes of the application and of exported resources."""
    native = load("store_world_native").native
    with pytest.raises(testing.BuildFailure, match="the application `empty_app` has no class `Desk`"):
        native("empty_app").__enter__()
    desk = load("desk")
    slip = desk.Slip
    desk.Slip = None
    try:
        with pytest.raises(testing.BuildFailure, match="the module `desk` has no class `Slip`"):
            native("store_app").__enter__()
    finally:
        desk.Slip = slip


def test_an_application_with_the_name_of_the_worlds_module_is_refused() -> None:
    """Python finds one of the two: the clash is named, and not the abstract class that comes of it."""
    native = load("store_world_native").native
    for app in ("store_world", load("store_world")):
        with pytest.raises(
            testing.BuildFailure, match=r"^the application is a module `store_world`, and so is the world:"
        ):
            native(app).__enter__()


def test_an_application_that_hides_the_world_is_refused(tmp_path: Path) -> None:
    """The application's file comes first on the path: loading it would be a circular import."""
    app = "import hidden_world\nclass HiddenWorld(hidden_world.HiddenWorld): pass\n"
    text = "package t:t; world hidden-world { export f: func(); }"
    with on_path(tmp_path / "generated", {"hidden_world": text}, {"fine_app": ""}):
        (tmp_path / "src").mkdir()
        (tmp_path / "src" / "hidden_world.py").write_text(app, encoding="utf-8")
        sys.path.insert(0, str(tmp_path / "src"))
        try:
            for name in (None, "fine_app"):
                with pytest.raises(
                    testing.BuildFailure, match=r"hidden_world\.py, which hides the package of the world: re"
                ):
                    load("hidden_world_native").native(name).__enter__()
        finally:
            sys.path.remove(str(tmp_path / "src"))


def test_two_worlds_and_nested_components_do_not_meet() -> None:
    """Each stub calls the component of its own world that was entered last."""
    first, second = Shelf(), Shelf()
    other = load("other_world_native").native

    class Count(testing.ByName):
        def put(self, text: str) -> int:
            return 7

    stubs = load("store_world.imports.shelf")
    with enter(shelf=first), other(load("other_app"), shelf=Count()) as guest:
        assert guest.world.run() == 7
        with enter(shelf=second):
            stubs.put([stubs.Box("in", [], None)])
        stubs.put([stubs.Box("out", [], None)])
    assert [box.label for box in first.boxes] == ["out"]
    assert [box.label for box in second.boxes] == ["in"]


def test_import_is_light() -> None:
    """The back end loads nothing heavy, and no pytest."""
    program = (
        "import sys, witgen.testing, witgen.testing.wasi\n"
        "print(sorted({'lark', 'jinja2', 'black', 'click', 'wasmtime', 'pytest', 'witgen.runtime'} & set(sys.modules)))"
    )
    root = str(ROOT)
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr
