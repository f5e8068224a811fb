"""Resources of two interfaces that share a class: a handle of one is no handle of the other."""

from __future__ import annotations

import pytest

from tests.component.plan.texts import TWICE
from tests.core.guests import start
from witgen.runtime import generated as abi


class Thing(abi.Handle):
    """The class of both."""


def things(interface: str) -> abi.ExportedResource:
    """The resource of one instance of the component in `TWICE`."""
    return abi.ExportedResource(interface, "r", Thing, lambda: abi.Link)


A, B = things("a"), things("b")
WORLD = abi.WorldType(
    "test:core/twice", "0.1.0", (), (abi.ExportInterface("a", ("make",)), abi.ExportInterface("b", ("value",)))
)


def test_a_handle_of_another_resource_is_refused() -> None:
    """Before the component is entered, and its instance goes on."""
    instance = start(TWICE, WORLD)
    make = instance.bind(abi.ExportFunc[..., Thing]("a", "make", (("n", abi.U32),), abi.Own(A)))
    mine = instance.bind(abi.ExportFunc[..., int]("a", "value", (("self", abi.Borrow(A)),), abi.U32))
    other = instance.bind(abi.ExportFunc[..., int]("b", "value", (("self", abi.Borrow(B)),), abi.U32))
    with make(7) as thing:
        with pytest.raises(ValueError, match="is that of another resource whose class is the same"):
            other(thing)
        assert mine(thing) == 7
        with pytest.raises(TypeError, match="expected Thing"):
            other(1)
