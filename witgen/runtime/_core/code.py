"""Generated functions: their code is shared by all instances, their globals belong to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import CodeType, FunctionType
from typing import cast

from .._fast.door import NAMES as DOOR
from .._fast.lift import grows
from .._fast.lower import mentions_resource
from .._fast.source import Source
from .._types import Borrow, Own, Type
from . import columns, failure
from .handles import Crossing
from .memory import BUDGET

NAMES: dict[str, object] = {
    **columns.NAMES,
    **DOOR,
    "BUDGET": BUDGET,
    "Crossing": Crossing,
    "encode": str.encode,
    **{name: getattr(failure, name) for name in failure.__all__},
}
"""What generated code uses by name, wherever it runs."""


def callback(source: Source, body: Callable[[], None]) -> None:
    """Emit a function that wasm calls; `body` emits what it does.

    All of it is one `try` in another: what is raised is kept in the frame of the instance, and wasm gets a trap. ctypes
    would return garbage for an exception, and wasm go on with it.
    """
    with source.block("def callback(environment, caller, arguments, count):"):
        with source.block("try:"):
            with source.block("try:"):
                body()
            with source.block("except BaseException as error:"):
                source.line("frame.error = error")
                source.line("return new_trap()")
        with source.block("except BaseException:"):
            source.line("return new_trap()")


def callback_code(*statements: str) -> CodeType:
    """The code of a function that wasm calls, and that runs these statements."""
    source = Source()

    def body() -> None:
        for statement in statements:
            source.line(statement)

    callback(source, body)
    return source.code_of("callback")


class Handles:
    """The functions that convert handles in one generated function: a name for each type and direction."""

    def __init__(self) -> None:
        self.needs: dict[str, tuple[bool, Own | Borrow]] = {}
        """Whether it lifts, and the type, by name."""
        self._names: dict[tuple[bool, Own | Borrow], str] = {}

    def lift(self, ty: Own | Borrow, index: str) -> str:
        """The expression for what a handle is to Python."""
        return f"{self._name(True, ty)}(c, {index})"

    def lower(self, ty: Own | Borrow, value: str) -> str:
        """The expression for the handle of a value."""
        return f"{self._name(False, ty)}(c, {value})"

    def _name(self, lifts: bool, ty: Own | Borrow) -> str:
        name = self._names.setdefault((lifts, ty), f"handle{len(self._names)}")
        self.needs[name] = (lifts, ty)
        return name


class Code:
    """A generated function, of which `bind` makes one for an instance."""

    def __init__(self, source: Source, name: str, handles: Handles) -> None:
        self.code: CodeType = source.code_of(name)
        self.objects: dict[str, object] = {"__builtins__": __builtins__, **NAMES, **source.objects}
        self.handles = handles

    def function(self, names: Mapping[str, object]) -> Callable[..., object]:
        """The function, with the names of one instance."""
        return cast("Callable[..., object]", FunctionType(self.code, {**self.objects, **names}))


def uses_handles(*types: Type | None) -> bool:
    """Whether values of any of these types hold handles."""
    return any(map(mentions_resource, types))


def is_bounded(ty: Type | None) -> bool:
    """Whether values of a type cannot be large."""
    return ty is None or not grows(ty)


__all__ = ["NAMES", "Code", "Handles", "callback", "callback_code", "is_bounded", "uses_handles"]
