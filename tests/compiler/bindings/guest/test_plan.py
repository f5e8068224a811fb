"""The guest planner: the text it comes to, and what checkers and Python make of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compiler.bindings.guest.planning import plan_text, write
from witgen.compiler.bindings.guest import GuestOptions
from witgen.compiler.diagnostics import Severity

INTERFACE = """
package t:t;
interface i {{
  {0}
}}
world w {{ import i; }}
"""


def body_of(item: str) -> str:
    """What the module of an imported interface with `item` holds after its imports, without empty lines."""
    files, _ = plan_text(INTERFACE.format(item), "w")
    lines = files["wit_world/imports/i.py"].splitlines()
    last = max(n for n, line in enumerate(lines) if line.startswith(("from ", "import ")))
    return "\n".join(line for line in lines[last + 1 :] if line)


@pytest.mark.parametrize(
    ("wit", "python"),
    [
        ("bool", "bool"),
        ("u64", "int"),
        ("f32", "float"),
        ("char", "str"),
        ("string", "str"),
        ("error-context", "int"),
        ("list<u8>", "bytes"),
        ("list<s8>", "bytes"),
        ("list<u16>", "list[int]"),
        ("list<u8, 4>", "list[int]"),
        ("map<string, list<u8>>", "dict[str, bytes]"),
        ("tuple<u8, string>", "tuple[int, str]"),
        ("tuple<>", "tuple[()]"),
        ("option<u8>", "int | None"),
        ("option<option<u8>>", "Some[int | None] | None"),
        ("option<option<option<u8>>>", "Some[Some[int | None] | None] | None"),
        ("option<maybe>", "Some[int | None] | None"),
        ("maybe", "int | None"),
        ("result<u8, string>", "Result[int, str]"),
        ("result", "Result[None, None]"),
        ("list<result<_, color>>", "list[Result[None, Color]]"),
        ("stream<u8>", "ByteStreamReader"),
        ("stream<string>", "StreamReader[str]"),
        ("stream", "StreamReader[None]"),
        ("future<color>", "FutureReader[Color]"),
        ("future", "FutureReader[None]"),
        ("own<r>", "R"),
        ("borrow<r>", "R"),
        ("renamed", "R"),
    ],
)
def test_annotations(wit: str, python: str) -> None:
    """Each WIT type as the type of a parameter."""
    text = body_of(f"type maybe = option<u8>; enum color {{ a }} resource r; type renamed = r; f: func(x: {wit});")
    assert f"def f(x: {python}) -> None:" in text


@pytest.mark.parametrize(
    ("result", "python", "raises"),
    [
        ("u8", "int", ""),
        ("result<u8, color>", "int", "t.imports.i.Color"),
        ("result<u8>", "int", "None"),
        ("result<_, string>", "None", "str"),
        ("result", "None", "None"),
        ("named", "int", "t.imports.i.Color"),
        ("renamed", "Result[int, Color]", ""),
        ("option<result<u8>>", "Result[int, None] | None", ""),
    ],
)
def test_a_result_is_raised_as_componentize_py_does(result: str, python: str, raises: str) -> None:
    """A function's own result is raised; behind a second name it is a value."""
    item = f"enum color {{ a }} type named = result<u8, color>; type renamed = named; f: func() -> {result};"
    files, _ = plan_text(INTERFACE.format(item), "w", GuestOptions(world_module="t"))
    text = files["t/imports/i.py"]
    assert f"def f() -> {python}:" in text
    assert ("Raises:" in text) == bool(raises)
    value = "no value" if raises == "None" else f"a `value` of type `{raises}`"
    assert f"componentize_py_types.Err: With {value}." in text or not raises


def test_a_record() -> None:
    """A dataclass with the docs of its fields."""
    item = "/// A place.\n record place { /// East.\n x: s32, y-axis: f64, class: string }"
    assert body_of(item) == (
        '@dataclass\nclass Place:\n    """A place."""\n    x: int\n    """East."""\n    y_axis: float\n    class_: str'
    )


def test_a_field_that_every_class_has_gets_no_default() -> None:
    """A bare `mro` would take `type.mro` for its default, and the fields after it could not be without one."""
    assert (
        body_of("record r { a: u8, mro: u8, b: u8 }")
        == "@dataclass\nclass R:\n    a: int\n    mro: int = field()\n    b: int"
    )


def test_a_variant() -> None:
    """One dataclass per case and their union; docs of cases and of the whole."""
    item = "/// V.\n variant v-w { /// A.\n a, none(list<string>) }"
    assert body_of(item) == (
        '@final\n@dataclass\nclass VW_A:\n    """A."""\n@final\n@dataclass\nclass VW_None_:\n    value: list[str]\n'
        'VW = VW_A | VW_None_\n"""V."""'
    )


def test_enums_and_flags() -> None:
    """Members count from 0, and one bit each."""
    text = body_of("enum e { none, a-b } flags f { x, y-z } flags empty { }")
    assert text == (
        "class E(Enum):\n    NONE = 0\n    A_B = 1\nclass F(Flag):\n    X = auto()\n    Y_Z = auto()\nclass Empty(Flag):\n    pass"
    )


def test_a_resource_on_each_side() -> None:
    """A class with a context manager on one side, a Protocol on the other; the export's own class is meant by exports."""
    files, diagnostics = plan_text(
        """
        package t:t;
        interface i {
          /// Docs.
          resource r { constructor(name: string); next: func() -> option<r>; join: static func(a: r, b: borrow<r>) -> r; }
          record held { r: r }
          swap: func(r: r) -> held;
          give: func() -> r;
        }
        world w { import i; export i; use i.{r}; export take: func(r: r) -> r; }
        """,
        "w",
    )
    assert diagnostics.found == []
    imported = files["wit_world/imports/i.py"]
    assert "class R:\n" in imported
    assert "    @classmethod\n    def join(cls, a: R, b: R) -> R:" in imported
    assert "    def __enter__(self) -> Self:" in imported
    exported = files["wit_world/exports/i.py"]
    assert "class R(Protocol):" in exported
    assert "    @classmethod\n    @abstractmethod\n    def join(cls, a: Self, b: Self) -> Self:" in exported
    assert "Build values with `wit_world.imports.i.Held`: the runtime refuses this copy." in exported
    assert "__enter__" not in exported
    protocols = files["wit_world/exports/__init__.py"]
    assert "    from ..exports.i import R as _i_R\n" in protocols
    assert "    def swap(self, r: _i_R) -> i.Held:" in protocols
    assert "    def give(self) -> _i_R:" in protocols
    assert "    def take(self, r: i.R) -> i.R:" in files["wit_world/__init__.py"]


def test_stubs_refuse_to_run() -> None:
    """A call outside of a component says what to do."""
    assert body_of("f: func();") == (
        'def f() -> None:\n    raise NotImplementedError("runs in a component; in tests, enter native(…)")'
    )


def test_full_names() -> None:
    """`--full-names` of componentize-py."""
    text = "package t:t@1.2.3-rc.1; interface i { f: func(); } world w { import i; export i; }"
    files, _ = plan_text(text, "w", GuestOptions(full_names=True))
    assert "wit_world/imports/t_t_i_1_2_3_rc_1.py" in files
    assert "class TTI123Rc1(Protocol):" in files["wit_world/exports/__init__.py"]


# Names of WIT that hide builtins, helpers, modules and each other, wherever that is possible.
ADVERSARY = """
package t:adversary@1.0.0;
interface types {
  enum %enum { a, none, true }
  flags %flags { x, y-z }
  record some { str: string, int: u8, %list: list<string>, types: option<u8>, self: %bool, class: u8 }
  type %bool = option<option<some-more>>;
  record some-more { %bool: bool, %float: f64, value: list<u8> }
  variant %result { ok(string), err(some), none }
  variant any { only }
  record base-exception { e: %enum }
  record not-implemented-error { x: u8 }
  record self { me: bool }
  record classy { mro: u8, field: string }
  annotations: func() -> classy;
  resource %list {
    constructor(%list: list<string>);
    %list: func(a: list<string>) -> list<u32>;
    %type: func() -> option<option<u8>>;
    classmethod: static func(cls-of: u8) -> string;
    types: func() -> tuple<u8, list<u8>>;
    builtins: func() -> list<string>;
    bytes: func() -> list<u8>;
  }
  int: func(x: u8) -> u32;
  str: func(x: string) -> option<result<string, u8>>;
  %tuple: func(self: tuple<u8, u16>) -> result<tuple<u8>, string>;
  auto: func() -> %flags;
  callable: func(x: future<any>) -> stream<some>;
}
interface builtins {
  use types.{%list, some};
  resource r { clone: func() -> r; make: static func(x: borrow<r>, y: borrow<%list>) -> result<r, some>; }
  record holder { h: own<r> }
  dataclass: func(x: holder) -> bytes;
  type bytes = result<u8>;
  object: func() -> r;
}
interface dataclass { f: func() -> u8; record i { x: u8 } }
world adversary {
  import types;
  import builtins;
  import dataclass;
  export builtins;
  export dataclass;
  import imports: func() -> u8;
  import exports: func(x: string) -> list<string>;
  type t = string;
  record thing { t: t, str: u8 }
  export run: func(thing: thing) -> list<thing>;
  export str: func(x: string) -> string;
  import inline: interface { f: func(); record q { a: u8 } }
  export protocol: interface { use types.{some}; f: func(s: some) -> some; resource z { constructor(); } }
}
"""

# What an application writes against it.
APPLICATION = """
from __future__ import annotations

from componentize_py_types import Err
from wit_world import Thing
from wit_world import WitWorld as World
from wit_world.exports import Builtins as Protocols
from wit_world.exports.builtins import R as ExportedR
from wit_world.imports import builtins, types


class R(ExportedR):
    def __init__(self, name: str) -> None:
        self.name = name

    def clone(self) -> R:
        return R(self.name)

    @classmethod
    def make(cls, x: R, y: types.List) -> R:
        try:
            with types.List(["a"]) as items:
                return R(x.name + "".join(items.builtins()))
        except NotImplementedError:
            raise Err(types.Some("", 1, [], None, None, 2)) from None


class Builtins(Protocols):
    def dataclass(self, x: builtins.Holder) -> int:
        return 1 if types.str("x") is None else 2

    def object(self) -> R:
        return R("name")


class WitWorld(World):
    def run(self, thing: Thing) -> list[Thing]:
        return [Thing(thing.t, thing.str + types.int(1))]

    def str(self, x: str) -> str:
        return x


def name(value: types.Result) -> str:
    match value:
        case types.Result_Ok(text):
            return text
        case types.Result_Err(some):
            return some.str
        case types.Result_None_():
            return "none"
"""


@pytest.fixture(scope="module")
def adversary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guest package of the adversary, with an application beside it."""
    files, diagnostics = plan_text(ADVERSARY, "adversary")
    assert all(found.severity is Severity.WARNING for found in diagnostics.found)
    folder = write(files, tmp_path_factory.mktemp("adversary"))
    (folder / "app.py").write_text(APPLICATION.lstrip(), encoding="utf-8")
    return folder


CHECKERS = {
    "mypy": ("mypy", "--strict", "--cache-dir=/dev/null", "--python-version=3.11", "--config-file=", "."),
    "pyright": ("pyright", "--project", ".", "--pythonpath", sys.executable),
    "ruff": ("ruff", "check", "--isolated", "--no-cache", "--extend-select=I,UP", "--target-version=py311", "."),
}


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKERS)
def test_hostile_names_pass_the_checkers(checker: str, adversary: Path) -> None:
    """Generated modules and an application that uses them are clean under strict checkers."""
    (adversary / "pyrightconfig.json").write_text(
        json.dumps({"strict": ["."], "pythonVersion": "3.11"}), encoding="utf-8"
    )
    command = [sys.executable, "-m", *CHECKERS[checker]]
    done = subprocess.run(command, cwd=adversary, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_hostile_names_import_and_evaluate(adversary: Path) -> None:
    """Every module imports, and every annotation means what it says at run time."""
    program = """
import dataclasses, inspect, typing
import app
from wit_world import Thing
from wit_world.imports import builtins, dataclass, inline, types
from wit_world.exports import protocol
assert typing.get_type_hints(Thing) == {"t": str, "str": int}
assert typing.get_type_hints(types.Some)["list"] == list[str]
assert typing.get_type_hints(types.Some)["types"] == int | None
assert typing.get_type_hints(types.SomeMore)["value"] == bytes
assert typing.get_type_hints(types.int) == {"x": int, "return": int}
assert typing.get_type_hints(types.List.types) == {"return": tuple[int, bytes]}
assert dataclasses.astuple(types.Some("s", 1, [], None, None, 2)) == ("s", 1, [], None, None, 2)
assert app.name(types.Result_None_()) == "none"
assert app.WitWorld().str("x") == "x"
try:
    app.R.make(app.R("n"), None)
except app.Err as error:
    assert isinstance(error.value, types.Some)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=adversary, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("item", "is_async"),
    [
        ("f: func();", False),
        ("f: async func();", True),
        ("f: func(x: stream<u8>);", True),
        ("type x = future<u8>;", True),
    ],
)
def test_support_of_async_is_there_where_the_world_needs_it(item: str, is_async: bool) -> None:
    """The modules that asynchronous functions, streams and futures stand on."""
    files, _ = plan_text(INTERFACE.format(item), "w", GuestOptions(world_module="t"))
    assert ("componentize_py_async_support/__init__.py" in files) == is_async
    assert ("componentize_py_runtime.py" in files) == is_async
    assert "componentize_py_types.py" in files


@pytest.mark.parametrize(
    ("item", "python"),
    [
        ("f: func(self: u8, cls: u8, class: u8, match: u8);", "def f(self: int, cls: int, class_: int, match: int)"),
        ("resource r { constructor(cls: u8, self: u8); }", "def __init__(self, cls: int, self_: int)"),
        ("resource r { m: func(cls: u8); }", "def m(self, cls: int)"),
        ("resource r { s: static func(self: r, cls: u8); }", "def s(cls, self: R, cls_: int)"),
    ],
)
def test_parameters_are_renamed_where_python_needs_it(item: str, python: str) -> None:
    """Keywords, and the name of the parameter before them; componentize-py keeps all other names."""
    assert python in body_of(item)


def test_docs_name_things_as_python_does() -> None:
    """In backticks, on both sides of the world: parameters first, then what the interface or the world itself has."""
    files, _ = plan_text(
        "package t:t; /// Has `my-thing`.\ninterface i { /// By `my-thing.make-one`.\nresource my-thing {"
        " make-one: static func() -> my-thing; } enum e { /// Not `none`.\n red-ish } /// `red-ish`, `my-arg`, `e`, `w`.\n"
        " f: func(my-arg: u8); } world w { import i; export i; /// `go-on` with `my-arg`.\nexport go-on: func(my-arg: u8); }",
        "w",
    )
    for text in (files["wit_world/imports/i.py"], files["wit_world/exports/__init__.py"]):
        assert '"""Has `MyThing`."""' in text
        assert '"""`E.RED_ISH`, `my_arg`, `E`, `w`."""' in text
    assert '"""By `MyThing.make_one`."""' in files["wit_world/exports/i.py"]
    assert '"""Not `None`."""' in files["wit_world/imports/i.py"]
    assert '"""`go_on` with `my_arg`."""' in files["wit_world/__init__.py"]
