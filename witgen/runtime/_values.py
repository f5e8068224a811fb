"""The values that generated signatures mention: `Ok`, `Err`, `Some`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar, cast

from ..dataclass import dataclass

if TYPE_CHECKING:
    from typing_extensions import TypeVar as _TypeVarWithDefault

    E_co = _TypeVarWithDefault("E_co", covariant=True, default=object)
else:
    E_co = TypeVar("E_co", covariant=True)

T_co = TypeVar("T_co", covariant=True)


class Err(Exception, Generic[E_co]):
    """The error of a WIT `result`: raised by a function whose result it is, a value anywhere else.

    Two errors are equal if their values are, whatever subclass of `Err` carries them.
    """

    def __init__(self, value: E_co) -> None:
        if (
            not self.args
        ):  # it was given by its keyword; else `args` is set, and setting it again takes half of the time
            self.args = (value,)
        self._value = value

    @property
    def value(self) -> E_co:
        """The payload; None where the WIT type has none."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Err) and self._value == cast("Err[object]", other).value

    def __hash__(self) -> int:
        return hash(Err)  # equal errors must have equal hashes, and payloads need not be hashable

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._value!r})"

    def __str__(self) -> str:
        return str(self._value)


@dataclass(frozen=True, slots=True)
class Ok(Generic[T_co]):
    """The success of a WIT `result` where it is a value; None where the type has no payload."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Some(Generic[T_co]):
    """A present value of an `option<option<…>>`, which None could not tell apart."""

    value: T_co
