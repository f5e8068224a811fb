"""Methods of exported interfaces: from the second call on, the object itself has the link's function."""

from __future__ import annotations

import gc
import inspect
import weakref
from collections.abc import Callable, Sequence

import pytest

from tests.runtime import plugin
from tests.runtime.plugin import SHAPES, USES, Circle, ShapesLink
from witgen.runtime import generated as abi


class Shapes:
    """As generated."""

    def __init__(self, link: ShapesLink) -> None:
        self._link = link

    def total(self, circles: Sequence[Circle]) -> int:
        """The sum of their radii."""
        return abi.bound(self, Shapes.total, self._link.total)(circles)

    def melt(self, a: Circle, b: Circle) -> Circle:
        return abi.bound(self, Shapes.melt, self._link.melt)(a, b)


def shapes() -> tuple[Shapes, ShapesLink]:
    link = plugin.start().shapes
    return Shapes(link), link


def test_a_method_is_replaced_by_the_function(layer: str) -> None:
    """In that object; the public layer's functions take no keywords, and leave the method where it is."""
    made, link = shapes()
    others, _ = shapes()
    with link.circle_new(3) as one, link.circle_new(4) as other:
        assert made.total([one, other]) == 7
        assert made.total([one, other]) == 7
        assert made.total(circles=[one]) == 3
    assert (vars(made).get("total") is link.total) == (layer != "public")
    assert "total" not in vars(others)


def test_the_function_looks_as_the_method_did() -> None:
    """To `inspect`, to `help`, and in what Python says of a call that does not fit."""
    made, _ = shapes()
    before = made.total
    signature = inspect.signature(before)
    assert before([]) == made.total([]) == 0
    assert inspect.signature(made.total) == signature
    assert (made.total.__name__, made.total.__qualname__) == ("total", "Shapes.total")
    assert (made.total.__doc__, made.total.__module__) == ("The sum of their radii.", __name__)
    for total in (before, made.total):
        with pytest.raises(TypeError, match=r"^Shapes\.total\(\) missing 1 required positional argument: 'circles'$"):
            total()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # on purpose
        with pytest.raises(TypeError, match=r"^Shapes\.total\(\) got an unexpected keyword argument 'squares'$"):
            total(squares=[])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # on purpose


class Doubled(Shapes):
    def total(self, circles: Sequence[Circle]) -> int:
        return 2 * super().total(circles)


def test_the_method_of_a_subclass_stays() -> None:
    """And what it does."""
    made = Doubled(plugin.start().shapes)
    with made._link.circle_new(3) as one:  # pyright: ignore[reportPrivateUsage]  # as the class itself does
        assert [made.total([one]) for _ in range(3)] == [6, 6, 6]


def test_what_the_user_put_in_the_object_stays() -> None:
    """A function that was put there, while a method that was asked for before is called."""
    made, _ = shapes()
    before = made.total
    mine: Callable[[Sequence[Circle]], int] = len
    vars(made)["total"] = mine
    assert before([]) == 0
    assert made.total is mine


NAMES = ("busy", "state", "owner", "a0", "error", "instance", "x1", "me", "outer", "s2", "call", "self_", "class_")


class Named(abi.Link):
    """Parameters with names that the function's own code has for something else, or had."""


for _name in NAMES:
    _function = abi.ExportFunc[[str], object](USES, "make", ((_name, abi.STRING),), abi.Own(plugin.BUCKET))
    setattr(Named, f"make_{_name}", _function)
    _function.__set_name__(Named, f"make_{_name}")


@pytest.mark.parametrize("name", NAMES)
def test_parameters_have_any_name(name: str, layer: str) -> None:
    """By keyword as by position."""
    link = plugin.start().shapes.instance
    assert isinstance(link, abi.Instance)
    make: Callable[..., object] = getattr(link.link(Named), f"make_{name}")
    assert isinstance(make("abc"), plugin.MyBucket)
    if layer == "fast":
        made = make(**{name: "abc"})
        assert isinstance(made, plugin.MyBucket)
        assert made.name == "abc"


def test_objects_are_freed_with_their_functions() -> None:
    """At once: nothing that a function holds leads back to the object."""
    made, _ = shapes()
    made.total([])
    made.total([])
    seen = weakref.ref(made)
    gc.disable()
    try:
        del made
        assert seen() is None
    finally:
        gc.enable()


def test_the_interface_is_the_one_that_was_asked_for() -> None:
    """Two instances have a function each."""
    one, first = shapes()
    two, second = shapes()
    with first.circle_new(3) as circle, second.circle_new(4) as other:
        assert [one.total([circle]), two.total([other])] == [3, 4]
        for made, foreign in ((one, other), (two, circle)):
            with pytest.raises(ValueError, match=r"total\(circles\[0\]\): Circle belongs to a different instance"):
                made.total([foreign])
    assert SHAPES.startswith("acme:plugin/shapes")
