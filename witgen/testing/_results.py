"""`Some`, `Ok` and `Err` for implementations that are written for no world in particular.

The back end takes them by name: those of a guest package, of the host runtime and these are all the same to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar, cast

T = TypeVar("T")


@dataclass
class Some(Generic[T]):
    """The present case of an option in an option."""

    value: T


@dataclass
class Ok(Generic[T]):
    """A success as a value."""

    value: T


class Err(Exception, Generic[T]):
    """A failure, as a value or raised."""

    def __init__(self, value: T) -> None:
        super().__init__(value)
        self.value = value


class ByName:
    """Base of implementations that are written for no world in particular.

    `native(…)` takes them for every interface; what they return is matched by the names of classes, fields and members.
    """


def case(name: str, *payload: object) -> object:
    """A case of a variant by the name of its class: `case("ErrorCode_ConnectionRefused")`."""
    members = {"value": payload[0]} if payload else {}
    return cast("object", type(name, (), members)())


def err_value(error: BaseException) -> tuple[bool, object]:
    """Whether `error` is an `Err` of any package, and its value."""
    is_err = any(base.__name__ == "Err" for base in type(error).__mro__) and hasattr(error, "value")
    return is_err, getattr(error, "value", None)


__all__ = ["ByName", "Err", "Ok", "Some", "case", "err_value"]
