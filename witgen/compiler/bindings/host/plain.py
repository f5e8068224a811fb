"""The private module `_plain`: the worlds of the package as plain data, with which components are compared at run time."""

from __future__ import annotations

from ...emit.pymodel import PyFunction, PyModule, PyText
from ...model.formats.plain import worlds_text
from .annotations import Plan
from .layout import PLAIN

_WORLDS = "WORLDS"
LOADER = "_plain"
"""The function of `_abi` that gives the text, when it is asked for."""


def plan_plain(plan: Plan) -> PyModule:
    """The module."""
    text = worlds_text(part.world for part in plan.layout.parts)
    docs = "What a component must fit: the types of this package's worlds, as data. Private, and read by `prepare`."
    return PyModule(f"{PLAIN[0]}.py", docs, items=(PyText(_WORLDS, text),))


def plain_loader() -> PyFunction:
    """The function `LOADER`: importing the package does not load the text."""
    module = PLAIN[0]
    return PyFunction(LOADER, (), "str", body=(f"from .{module} import {_WORLDS}", "", f"return {_WORLDS}"))
