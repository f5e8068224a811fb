"""Arming: the generated stubs of a world call the native back end from then on.

Functions keep their identity and get another body, so that a guest which has done `from wit_world.imports.x import f`
long before calls the back end too. What a stub does is decided when it is called: by the component that is entered then.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from types import CodeType, FunctionType
from typing import cast

from ._errors import ImportMissing
from ._types import Func, Future, Interface, Stream, WorldType

Dispatch = Callable[[Interface, Func, tuple[object, ...]], object]
Drop = Callable[[object], None]


def _late(*args: object, _stub: Callable[..., object], **kwargs: object) -> object:
    """The body of every armed stub."""
    return _stub(*args, **kwargs)


_LATE: CodeType = _late.__code__


def arm(world: WorldType, dispatch: Dispatch, drop: Drop) -> None:
    """Make every stub of `world` call `dispatch`, and the end of `with` on a resource `drop`."""
    for interface in world.imports:
        module = import_module(interface.module)
        for function in interface.functions:
            stub = _stub_of(module.__dict__, function)
            if stub is not None:
                rebind(stub, _caller(interface, function, dispatch))
        for resource in interface.resources:
            cls = resource.cls()
            rebind(cast("FunctionType", cls.__dict__["__exit__"]), _dropper(cls, drop))


def arm_constructors(world: WorldType, make: Callable[[Stream | Future, tuple[object, ...]], object]) -> None:
    """Make the functions of `world` that make streams and futures call `make`."""

    def maker(type: Stream | Future) -> Callable[..., object]:
        return lambda *default: make(type, default)

    for module, name, type in world.constructors:
        stub = cast("object", getattr(import_module(module), name))
        assert isinstance(stub, FunctionType)
        rebind(stub, maker(type))


def _stub_of(names: dict[str, object], function: Func) -> FunctionType | None:
    """The generated function; None if the world's module has none (an interface whose functions get lost)."""
    if function.resource is None:
        found = names.get(function.path)
    else:
        name = function.path.rpartition(".")[2] if "." in function.path else "__init__"
        found = vars(function.resource.cls()).get(name)
    found = cast("object", getattr(found, "__func__", found))
    return found if isinstance(found, FunctionType) else None


def _caller(interface: Interface, function: Func, dispatch: Dispatch) -> Callable[..., object]:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature([inspect.Parameter(name, kind) for name, _ in function.params])
    label = interface.label(function)
    is_static = function.resource is not None and "." in function.path and not function.path.startswith(".")
    has_receiver = function.resource is not None

    def call(*args: object, **kwargs: object) -> object:
        rest = args[1:] if has_receiver else args
        if has_receiver and not is_static:
            _check_receiver(args[0], function, label)
        try:
            bound = signature.bind(*rest, **kwargs)
        except TypeError as error:
            raise TypeError(f"{label}(): {error}") from None
        return dispatch(interface, function, (*args[: len(args) - len(rest)], *bound.args))

    return call


def _check_receiver(receiver: object, function: Func, label: str) -> None:
    """Only handles reach the back end: an object of the test's gets here where its class lacks the method."""
    assert function.resource is not None
    if type(receiver) is not function.resource.cls():
        raise ImportMissing(f"{label}: {type(receiver).__name__}, which the test gave, does not define it")


def _dropper(cls: type, drop: Drop) -> Callable[..., object]:
    def leave(receiver: object, *error: object, **named: object) -> None:
        if type(receiver) is cls:
            drop(receiver)

    return leave


def rebind(stub: FunctionType, body: Callable[..., object]) -> None:
    """Replace the body of a function, keeping its identity."""
    if stub.__code__ is not _LATE:
        setattr(stub, "__signature__", inspect.signature(stub))  # noqa: B010 - for `help` and `inspect`
    stub.__code__ = _LATE
    stub.__kwdefaults__ = {"_stub": body}


__all__ = ["arm", "arm_constructors", "rebind"]
