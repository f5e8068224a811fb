"""How generated code names the functions of an exported interface: a link class with one descriptor each.

`ExportFunc` is a non-data descriptor: the first use of an attribute binds the function (looks it up, compiles its
types) and stores the callable in the link's `__dict__`, where Python finds it from then on without coming here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from inspect import CO_COROUTINE, CO_VARARGS
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Generic, ParamSpec, Protocol, TypeVar, overload

from ._types import Type

if TYPE_CHECKING:
    from typing import Self

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class Binder(Protocol):
    """What a link needs of an instance."""

    def bind(self, function: ExportFunc[P, R_co], /) -> Callable[P, R_co]: ...


class Link:
    """The functions of one exported interface (or of the world itself) in one instance."""

    def __init__(self, instance: Binder, /) -> None:
        self.instance = instance


F = TypeVar("F", bound=Callable[..., object])


def bound(owner: object, method: Callable[..., object], function: F) -> F:
    """Let `owner` have `function`, of a link, under the name of `method` from now on; returns `function`.

    A generated method calls its function through this, once: the next call of `owner.name` is one of the function, with
    no method before it. A method that a subclass replaced stays, and so does one of the public value layer, whose
    functions take no keywords.
    """
    name = method.__name__
    if _takes_keywords(function) and getattr(type(owner), name, None) is method:
        # For `inspect` alone, which finds the signature there: with `owner` in it, both would wait for the collector.
        update_wrapper(function, MethodType(method, type(owner)))
        vars(owner).setdefault(name, function)
    return function


def _takes_keywords(function: object) -> bool:
    return isinstance(function, FunctionType) and not function.__code__.co_flags & (CO_VARARGS | CO_COROUTINE)


class ExportSignature:
    """What an exported function is called, takes and gives: the part of an `ExportFunc` without Python types.

    `interface` is its interface's id as the world has it, "" for a function of the world; `name` is the WIT name,
    `[method]circle.area` included; `params` are (Python name, type). An async function has two: one whose callable
    gives something to await, and one that is `blocking`.
    """

    def __init__(
        self,
        interface: str,
        name: str,
        params: tuple[tuple[str, Type], ...] = (),
        result: Type | None = None,
        is_async: bool = False,
        blocking: bool = False,
    ) -> None:
        self.interface = interface
        self.name = name
        self.params = params
        self.result = result
        self.is_async = is_async
        """Whether it is an `async func`."""
        self.blocking = blocking
        """Whether one is called as a plain function all the same, and not awaited."""


class ExportFunc(ExportSignature, Generic[P, R_co]):
    """An exported function, typed by its declaration: `ExportFunc[[Circle], float](IFACE, name, params, F64)`."""

    _attribute = ""

    def __set_name__(self, owner: type[Link], name: str, /) -> None:
        self._attribute = name

    @overload
    def __get__(self, link: None, owner: type[Link], /) -> Self: ...
    @overload
    def __get__(self, link: Link, owner: type[Link], /) -> Callable[P, R_co]: ...
    def __get__(self, link: Link | None, owner: type[Link], /) -> Self | Callable[P, R_co]:
        if link is None:
            return self
        bound = link.instance.bind(self)
        link.__dict__[self._attribute] = bound
        return bound
