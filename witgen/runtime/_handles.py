"""Handles: what Python holds of a resource that lives inside wasm."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from ._errors import ResourceInUseError
from ._stores.store import Entry
from ._wasmtime import Owned, ResourceAny, is_open

if TYPE_CHECKING:
    from typing import Never, NoReturn, Self, SupportsIndex

    from ._instance import Instance

H = TypeVar("H", bound="Handle")


class _Closing(Protocol):
    """What the fast layer has instead of a `ResourceAny`."""

    def close(self, handle: Handle, /) -> None: ...


class Held:
    """What a handle stands for. `raw` is None once it is closed or was given away."""

    __slots__ = ("instance", "lends", "raw", "resource")

    def __init__(self, instance: Instance, raw: Owned | None, resource: object) -> None:
        self.instance = instance
        self.raw = raw
        self.resource = resource
        """The description of the resource."""
        self.lends = 0
        """How many running calls borrow it."""

    def let_go(self) -> None:
        """It is about to be closed."""
        self.raw = None

    def is_gone(self) -> bool:
        """Whether it went with its store."""
        return self.instance.state.spent is not None or not is_open(self.instance.store)


_NOTHING = Held(cast("Instance", None), None, None)
"""What a handle stands for that no component made: an object of a subclass whose `__init__` does not call that of `Handle`."""


class _NoLink:
    """The link of such an object."""

    def __getattr__(self, name: str) -> NoReturn:
        raise ValueError(
            "no component made this object: handles come from calls, and their classes are not for subclassing"
        )


class Handle:
    """A resource that lives in the component; base of the generated classes, and made by them only.

    All names but Python's own start with an underscore, so that methods of the WIT resource can have any name. Leaving
    a `with` block drops the resource; using it after that, or after it was given away as an `own`, is a ValueError.
    """

    _held: Held = _NOTHING

    if TYPE_CHECKING:

        def __init__(self, only_the_component_makes_one: Never, /) -> None:
            """No argument fits: checkers refuse every call."""

    else:
        _link = _NoLink()

        def __init__(self, *args: object, **kwargs: object) -> None:
            raise TypeError(f"a {type(self).__name__} is made by the component")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        close(self)

    def __del__(self) -> None:
        held = self._held
        if held.raw is None or held.is_gone():
            return
        held.instance.forgotten.append(held.raw)
        held.raw = None
        warnings.warn(f"a {type(self).__name__} was never closed", ResourceWarning, stacklevel=2, source=self)

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            f"a {type(self).__name__} cannot be copied or pickled: it represents a resource of one instance"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x}{', closed' if self._held.raw is None else ''}>"


class NativeHandle(Handle):
    """A resource that wasmtime itself supplies (a WASI stream, say): to be closed, or passed back to its instance."""


held_by: Callable[[Handle], Held] = attrgetter("_held")
"""What a handle stands for."""


def make(cls: type[H], instance: Instance, raw: Owned, resource: object, link: object) -> H:
    """A handle of class `cls` for an owned resource; `resource` is its description."""
    handle = cls.__new__(cls)
    setattr(handle, "_held", Held(instance, raw, resource))  # noqa: B010  # its own, and set by nobody else
    setattr(handle, "_link", link)  # noqa: B010  # declared by generated classes, each with its own type
    return handle


def close(handle: Handle) -> None:
    """Drop the resource. Does nothing where it is closed, was given away, or went with its store.

    Raises:
        ResourceInUseError: a call that borrows the resource is running.
        StoreBusyError: another thread is inside the store.
        Trap: its destructor trapped.
    """
    if is_over(handle):
        return
    held = held_by(handle)
    raw = held.raw
    if isinstance(raw, ResourceAny):
        with Entry(held.instance) as entry:
            if not is_over(handle):  # again: forgotten handles were dropped, which may run user code
                entry.drop(raw, held.let_go)
    else:
        cast("_Closing", raw).close(handle)


def is_over(handle: Handle) -> bool:
    """Whether there is nothing to drop: it is closed, was given away, or went with its store.

    Raises:
        ResourceInUseError: a call borrows it.
    """
    held = held_by(handle)
    if held.raw is None:
        return True
    if held.lends:
        raise ResourceInUseError(f"{type(handle).__name__} is in use by a call and cannot be closed")
    if held.is_gone():
        held.raw = None
        return True
    return False
