"""`witgen.dataclass` beside the standard library's: the same classes behave alike."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar, cast

import pytest

from witgen import dataclass as ours

T = TypeVar("T")


def family(dataclass: Any, field: Any) -> dict[str, Any]:
    """Classes with everything that is used, made by one of the two libraries."""

    @dataclass(frozen=True, slots=True)
    class Point:
        """Docs."""

        axis: ClassVar[str] = "xy"
        x: int
        y: int = 2

        def moved(self) -> int:
            return self.x + self.y

    @dataclass(frozen=True, slots=True)
    class Point3(Point):
        z: int = 3

    @dataclass(frozen=True, slots=True, eq=False)
    class Named:
        name: str
        secret: str = field(default="", repr=False)

    @dataclass(frozen=True, slots=True)
    class Noted:
        name: str
        note: str = field(default="", compare=False)

    @dataclass(slots=True)
    class Open:
        items: list[int] = field(default_factory=list)
        me: object = None

    @dataclass
    class Loose:
        size: int = 1

        def __post_init__(self) -> None:
            self.size += 1

    @dataclass(frozen=True, kw_only=True)
    class ByName:
        a: int
        b: int = 0

    @dataclass(frozen=True, slots=True)
    class Box(Generic[T]):
        value: T

    @dataclass(frozen=True)
    class Spoken:
        a: int

        def __repr__(self) -> str:
            return "spoken"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Spoken)

    classes = (Point, Point3, Named, Noted, Open, Loose, ByName, Box, Spoken)
    return {cls.__name__: cls for cls in classes}


OURS = family(ours.dataclass, ours.field)
THEIRS = family(dataclasses.dataclass, dataclasses.field)


def outcome(action: Callable[[], object]) -> str:
    """What an action gives, or what it raises, without what differs by nature."""
    try:
        result = repr(action())
    except Exception as error:  # noqa: BLE001 - compared with the other library's
        result = f"{type(error).__name__}: {error}"
    return result.replace("__create_fn__.<locals>.", "")


ACTIONS: dict[str, Callable[[dict[str, Any]], object]] = {
    "repr": lambda c: c["Point"](1),
    "by name": lambda c: c["Point"](y=1, x=2),
    "a field is missing": lambda c: c["Point"](),
    "too many": lambda c: c["Point"](1, 2, 3),
    "not a field": lambda c: c["Point"](1, z=2),
    "equal": lambda c: (c["Point"](1) == c["Point"](1), c["Point"](1) == c["Point"](2), c["Point"](1) == (1, 2)),
    "equal hashes": lambda c: hash(c["Point"](1)) == hash(c["Point"](1)) == hash((1, 2)),
    "a set": lambda c: len({c["Point"](1), c["Point"](1), c["Point"](2)}),
    "a subclass": lambda c: (c["Point3"](1), c["Point3"](1) == c["Point"](1), c["Point3"](1).moved()),
    "identity": lambda c: (c["Named"]("a") == c["Named"]("a"), len({c["Named"]("a"), c["Named"]("a")})),
    "repr without": lambda c: c["Named"]("a", "b"),
    "not compared": lambda c: [c["Noted"]("a", "x") == c["Noted"]("a"), len({c["Noted"]("a"), c["Noted"]("a", "b")})],
    "each its own list": lambda c: (c["Open"]().items is c["Open"]().items, c["Open"]([1])),
    "no hash": lambda c: hash(c["Open"]()),
    "holds itself": lambda c: _holding_itself(c["Open"]()),
    "slots": lambda c: setattr(c["Open"](), "other", 1),
    "slot names": lambda c: (c["Point"].__slots__, c["Point3"].__slots__),
    "frozen": lambda c: setattr(c["Point"](1), "x", 3),
    "frozen for others": lambda c: setattr(c["ByName"](a=1), "other", 3),
    "frozen for deletion": lambda c: delattr(c["Point"](1), "x"),
    "a plain subclass": lambda c: setattr(type("Sub", (c["ByName"],), {})(a=1), "other", 3),
    "a field in a plain subclass": lambda c: setattr(type("Sub", (c["ByName"],), {})(a=1), "a", 3),
    "loose": lambda c: (c["Loose"](), c["Loose"](5).__dict__, c["Loose"].size),
    "only by name": lambda c: c["ByName"](1),
    "by name only": lambda c: c["ByName"](a=1),
    "generic": lambda c: c["Box"](3),
    "own methods": lambda c: (c["Spoken"](1), c["Spoken"](1) == c["Spoken"](2), hash(c["Spoken"](1))),
    "match": lambda c: [c["Point3"].__match_args__, c["ByName"].__match_args__],
    "copy": lambda c: [copy.copy(c["Point"](1)), copy.deepcopy(c["Open"]([1])), copy.copy(c["Loose"](1))],
    "signature": lambda c: [str(inspect.signature(cls)).split(" -> ")[0].count(",") for cls in c.values()],
    "fields": lambda c: [field.name for cls in c.values() for field in dataclasses.fields(cls)],
    "asdict": lambda c: [dataclasses.asdict(c["Point"](1)), dataclasses.asdict(c["Open"]([1]))],
    "is one": lambda c: all(map(dataclasses.is_dataclass, c.values())),
    "class variable": lambda c: c["Point"].axis,
    "names": lambda c: [(cls.__qualname__, cls.__module__, cls.__init__.__name__) for cls in c.values()],
    "doc": lambda c: c["Point"].__doc__,
}


def _holding_itself(value: Any) -> object:
    value.me = value
    return value


@pytest.mark.parametrize("name", ACTIONS)
def test_the_same_as_the_standard_library(name: str) -> None:
    """Results, texts and errors."""
    action = ACTIONS[name]
    assert outcome(lambda: action(OURS)) == outcome(lambda: action(THEIRS))


@pytest.mark.parametrize("replace", [ours.replace, dataclasses.replace])
def test_replace(replace: Callable[..., Any]) -> None:
    """Both libraries' functions replace fields of our objects."""
    assert replace(OURS["Point"](1), y=5) == OURS["Point"](1, 5)
    with pytest.raises(TypeError):
        replace(OURS["Point"](1), z=5)


@ours.dataclass(frozen=True, slots=True)
class Kept:
    """A class that pickle can find."""

    a: int
    b: str = "b"


def test_match() -> None:
    """Patterns by position take the fields in order."""
    match Kept(1):
        case Kept(number, text):
            assert (number, text) == (1, "b")


def test_pickle() -> None:
    """Frozen objects come back."""
    assert pickle.loads(pickle.dumps(Kept(1))) == Kept(1)


def test_methods_are_made_when_they_are_asked_for() -> None:
    """Defining a class compiles nothing: that is what the module is for."""

    @ours.dataclass(frozen=True, slots=True)
    class Late:
        a: int

    assert not inspect.isfunction(Late.__dict__["__init__"])
    assert hash(Late(1)) == hash(Late(1))
    assert inspect.isfunction(Late.__dict__["__init__"])
    assert inspect.isfunction(Late.__dict__["__hash__"])
    before = Late.__dict__["__eq__"]
    assert Late(1) == Late(1)
    assert Late.__dict__["__eq__"] is not before


def _is_itself(value: object) -> bool:
    return value == copy.copy(value)


def _make_one(value: object) -> object:
    return cast("Callable[[int], object]", type(value))(1)


@pytest.mark.parametrize("use", [hash, _is_itself, _make_one])
def test_ctrl_c_while_a_method_is_made(use: Callable[[object], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is raised as itself: no `TypeError`, no values that differ from themselves. Afterwards the class works."""

    @ours.dataclass(frozen=True)
    class Late:
        a: int

    value = object.__new__(Late)
    object.__setattr__(value, "a", 1)

    def interrupted(*_: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("witgen.dataclass._compile", interrupted)
        use(value)
    assert use(value)


@pytest.mark.parametrize("decorate", [ours.dataclass(slots=True), ours.dataclass(slots=False)])
def test_ctrl_c_while_a_class_is_defined(
    decorate: Callable[[type[object]], type[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is raised as itself."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    class Late:
        a: int

    monkeypatch.setattr("witgen.dataclass._Later.settle", interrupted)
    with pytest.raises(KeyboardInterrupt):
        decorate(Late)
