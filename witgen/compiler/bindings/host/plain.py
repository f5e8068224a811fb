"""The private module `_plain`: the worlds of the package as plain data, with which components are compared at run time."""

from __future__ import annotations

from ...emit.pymodel import PyModule, PyText
from ...model.formats.plain import worlds_text
from .annotations import Plan
from .layout import PLAIN

_WORLDS = "WORLDS"
"""The text, which `_abi` loads when it is asked for."""


def plan_plain(plan: Plan) -> PyModule:
    """The module."""
    text = worlds_text(part.world for part in plan.layout.parts)
    docs = "What a component must fit: the types of this package's worlds, as data. Private, and read by `prepare`."
    return PyModule(f"{PLAIN[0]}.py", docs, items=(PyText(_WORLDS, text),))
