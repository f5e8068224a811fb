"""What a component imports, and implementations that are offered to any component."""

from __future__ import annotations

from typing import TypeVar, cast

from ...dataclass import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Need:
    """One import of a component.

    Attributes:
        name: the name under which the component imports it; for a function or resource of the world, its own.
        keyword: the keyword of `instantiate` that supplies it; "" where the world lacks it and wasmtime supplies it.
        native: whether wasmtime supplies it where nothing is given.
        http: whether wasmtime does so with `http=True` only.
    """

    name: str
    keyword: str
    native: bool
    http: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """An implementation that need not be used."""

    implementation: object


def offered(implementation: T) -> T:
    """Mark an implementation that is passed to every component, whether it imports the interface or not.

    `instantiate(clocks_wall_clock=offered(FixedClock()))` gives no `UnusedImportWarning`. What is returned is for
    `instantiate` alone.

    Args:
        implementation: what is otherwise passed to the keyword.

    Returns:
        The same, marked; to checkers, the same.
    """
    return cast("T", Offered(implementation))


__all__ = ["Need", "Offered", "offered"]
