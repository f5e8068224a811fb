"""Drawn worlds come back from plain data as they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.compiler.model.test_plain import check
from tests.property import test_verdicts as verdicts
from tests.property.wit import packages
from tests.wit_text import world_of


@given(st.data())
def test_packages(data: st.DataObject) -> None:
    """With types of every kind."""
    check(world_of(data.draw(packages(maps=True)).text, "w"))


@given(verdicts.worlds())
def test_worlds(drawn: verdicts.Drawn) -> None:
    """With versions of every kind, on both sides."""
    check(world_of(drawn.text(), "w"))
