"""A guest that evaluates what it is told to: the cases of `tests/run/test_agreement.py` say what it gives and calls."""

from __future__ import annotations

from typing import Any

from componentize_py_types import Err, Ok, Result, Some

import api
import agree_world
from agree_world import exports
from agree_world.exports import api as types_of_api
from agree_world.imports import kinds, things

kept: list[Any] = []


class MyErr(Err[Any]):
    """A subclass of `Err`."""


class MyInt(int):
    """A subclass of `int`."""


class Duck:
    """Has the attributes that it is made with."""

    def __init__(self, **attributes: object) -> None:
        self.__dict__.update(attributes)


class Slotted:
    """Takes no new attributes."""

    __slots__ = ()


class Dot(kinds.Shape_Dot):
    """A subclass of a case."""


NAMES = {
    "Duck": Duck,
    "Dot": Dot,
    "Err": Err,
    "MyErr": MyErr,
    "MyInt": MyInt,
    "Ok": Ok,
    "Slotted": Slotted,
    "Some": Some,
    "api": api,
    "kept": kept,
    "kinds": kinds,
    "log": agree_world.log,
    "things": things,
}


def fail(error: BaseException) -> Any:
    """`raise` as an expression."""
    raise error


def run(code: str, **more: object) -> Any:
    """The value of `code`: an expression, or lines that set `it`."""
    names: dict[str, Any] = {**NAMES, "fail": fail, **more}
    if "\n" not in code and " = " not in code and not code.startswith("with "):
        return eval(code, names)
    exec(code, names)
    return names["it"]


class Api(exports.Api):
    """The exported interface."""

    def __init__(self) -> None:
        self.calls = 0

    def echo(self, p: Any, s: Any, c: Any, e: Any, o: Any, r: Any) -> Any:
        return (p, s, c, e, o, f"{type(r).__name__} {r.value!r}")

    def lent(self, t: things.Thing, code: str) -> str:
        return repr(run(code, t=t))

    def given(self, t: things.Thing, code: str) -> str:
        return repr(run(code, t=t))

    def count(self) -> int:
        self.calls += 1
        return self.calls

    def counted(self) -> int:
        return self.calls

    def give_bool(self, code: str) -> Any:
        return run(code)

    give_u8 = give_u16 = give_u32 = give_u64 = give_s8 = give_s16 = give_s32 = give_s64 = give_bool
    give_f32 = give_f64 = give_char = give_text = give_bytes = give_list = give_pair = give_bool
    give_point = give_shape = give_color = give_edges = give_option = give_nested = give_outcomes = give_bool
    give_result = give_nothing = give_thing = give_counter = give_bool


class AgreeWorld(agree_world.AgreeWorld):
    """The world's own function: runs code, and gives the length of what it printed as an error."""

    def top(self, code: str) -> int:
        raise Err(repr(run(code)))


unused: tuple[Result[Any, Any] | None, Any] = (None, types_of_api)
