"""Entering a world: what a generated `native(…)` returns."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType, TracebackType
from typing import Generic, ParamSpec, TypeVar, cast

from ._component import Component, Supplier
from ._ends import make_pair
from ._errors import BuildFailure, ImportMissing, NativeError
from ._events import arm_runtime
from ._stubs import arm, arm_constructors
from ._tables import ExportedHandle, GuestHandles
from ._types import Func, Future, Interface, Resource, Stream, WorldType

E = TypeVar("E")
P = ParamSpec("P")
T = TypeVar("T")

REFUSAL = "runs inside a component only: in tests, enter `native(…)` of the module `{module}_native`"


class _Backend:
    """The components of one world that are entered, innermost last."""

    def __init__(self, world: WorldType) -> None:
        self.world = world
        self.package = import_module(world.module)
        self.entered: list[Component] = []
        arm(world, self._dispatch, self._drop)
        if world.is_async:
            arm_runtime()
            arm_constructors(world, self._pair)

    def current(self) -> Component:
        """The component whose guest runs.

        Raises:
            ImportMissing: none.
        """
        if not self.entered:
            raise ImportMissing(REFUSAL.format(module=self.world.module))
        return self.entered[-1]

    def _dispatch(self, interface: Interface, function: Func, args: tuple[object, ...]) -> object:
        return self.current().call_import(interface, function, args)

    def _pair(self, type: Stream | Future, default: tuple[object, ...]) -> object:
        return make_pair(type, GuestHandles(self.current().table), default)

    def _drop(self, proxy: object) -> None:
        self.current().table.exit(proxy)


_backends: dict[str, _Backend] = {}


def _backend(world: WorldType) -> _Backend:
    found = _backends.get(world.module)
    if found is None or found.package is not import_module(world.module):  # loaded anew: other stubs
        found = _backends[world.module] = _Backend(world)
    if found.world != world:
        raise NativeError(
            f"`{world.module}` is the world {found.world.id} in this process: generate {world.id} with another --world-module"
        )
    return found


def _check_name(world: WorldType, app: ModuleType | str | None) -> None:
    """Refuse an application that has the name of the world's module: Python finds only one of them.

    Raises:
        BuildFailure: it has.
    """
    named = app if app is None or isinstance(app, str) else app.__name__
    where = f"the application is a module `{named}`, and so is the world" if named == world.module else ""
    if not where:
        loaded = sys.modules.get(world.module)
        spec = find_spec(world.module) if loaded is None else loaded.__spec__
        if spec is not None and spec.submodule_search_locations is None:
            where = f"`{world.module}` is {spec.origin}, which hides the package of the world"
    if where:
        raise BuildFailure(
            f"{where}: rename the application's module, or generate the world's with a different --world-module"
        )


class Native(Generic[E]):
    """A component of a world, to be entered with `with`; that gives its exports."""

    def __init__(
        self,
        world: WorldType,
        exports: type[E],
        app: ModuleType | str | None,
        implementations: Mapping[str, object],
        others: Supplier | None,
    ) -> None:
        self._world = world
        self._exports = exports
        self._app = app
        self._implementations = {key: value for key, value in implementations.items() if value is not None}
        self._others = others
        self._component: Component | None = None

    def __enter__(self) -> E:
        """Load the application and make its objects, as componentize-py does when it builds.

        Raises:
            BuildFailure: the application lacks a class that componentize-py looks up, or has the name of the world's module.
        """
        _check_name(self._world, self._app)
        backend = _backend(self._world)
        app = import_module(self._app) if isinstance(self._app, str) else self._app
        component = Component(self._world, app, self._implementations, self._others)
        exports = self._exports()
        for interface in self._world.exports:
            setattr(exports, interface.key, _exported(interface, component))
        component.initialize()
        backend.entered.append(component)
        self._component = component
        exports.__dict__["_component"] = component
        return exports

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """The component is gone; handles of it are good for nothing.

        Raises:
            NativeError: components of one world were left in another order than entered.
        """
        backend = _backend(self._world)
        component = self._component
        if component is None:
            raise NativeError("this native component was not entered, or was left before")
        self._component = None
        if not backend.entered or backend.entered[-1] is not component:
            raise NativeError("leave native components in the reverse order of entering them")
        backend.entered.pop()
        component.close()


def _exported(interface: Interface, component: Component) -> object:
    """The functions and classes of one exported interface."""
    names: dict[str, object] = {}
    for resource in interface.resources:
        cls = _handle_class(interface, resource, component)
        component.classes[resource] = cls
        names[resource.name] = cls
    for function in interface.functions:
        if function.resource is None:
            names[function.path] = staticmethod(_function(interface, function, component))
    return type(f"{interface.protocol}Exports", (), names)()


def _function(interface: Interface, function: Func, component: Component) -> Callable[..., object]:
    def call(*args: object) -> object:
        return component.call_export(interface, function, args)

    call.__name__ = function.path.rpartition(".")[2]
    call.__qualname__ = interface.label(function)
    return call


def _handle_class(interface: Interface, resource: Resource, component: Component) -> type[ExportedHandle]:
    members: dict[str, object] = {}
    for function in interface.functions:
        if function.resource != resource:
            continue
        call = _function(interface, function, component)
        if function.path.startswith("."):
            members[function.path[1:]] = call
        elif "." in function.path:
            members[function.path.rpartition(".")[2]] = staticmethod(call)
        else:
            members["__new__"] = _constructor(call)
    return type(resource.name, (ExportedHandle,), members)


def _constructor(call: Callable[..., object]) -> Callable[..., object]:
    def new(cls: type[ExportedHandle], *args: object) -> object:
        return call(*args)

    return new


def call(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call an export with the checks of the component.

    Args:
        function: a function of the exports that `native(…)` gave, or a method of an object of the application's class
            (`Handler().handle`): then that object is used.
        args: its arguments.

    Returns:
        What the component returns; the error of a `result` is raised as an `Err`.

    Raises:
        Trap: the component would trap.
        NativeError: the function is not an export of a component that is entered.
        TypeError: there are arguments by name; a component has none.
    """
    if kwargs:
        raise TypeError(f"exports take positional arguments, got {', '.join(kwargs)} by name")
    instance = cast("object", getattr(function, "__self__", None))
    if instance is None:
        return function(*args, **kwargs)
    name = cast("str", getattr(function, "__name__", ""))
    classes = {cls.__name__ for cls in type(instance).__mro__}
    for backend in _backends.values():
        if not backend.entered:
            continue
        component = backend.entered[-1]
        for interface in backend.world.exports:
            for candidate in interface.functions:
                if candidate.resource is None and candidate.path == name and interface.protocol in classes:
                    return cast("T", component.call_export(interface, candidate, args, instance))
    raise NativeError(f"{function!r} is not an export of a component that is entered")


async def settle(exports: object) -> None:
    """Wait until everything that the guest's asynchronous exports have spawned is done.

    Args:
        exports: what entering `native(…)` gave.

    Raises:
        Exception: some of it failed.
        TypeError: `exports` is not what entering `native(…)` gave.
    """
    await _component_of(exports).settle()


def drop(resource: object) -> None:
    """Drop a handle to a guest resource.

    Args:
        resource: what a constructor, or any function of the exports, returned.

    Raises:
        TypeError: it is not a resource of the guest.
    """
    if not isinstance(resource, ExportedHandle):
        raise TypeError(f"drop(): {resource!r} is not a resource of a guest")
    ExportedHandle.__exit__(resource)


def handles(exports: object) -> list[str]:
    """The test's resources that the guest holds at the moment: `["archive.Ledger"]`. Empty if nothing leaked.

    Args:
        exports: what entering `native(…)` gave.

    Raises:
        TypeError: `exports` is not what entering `native(…)` gave.
    """
    return [entry.resource.label for entry in _component_of(exports).table.entries.values()]


def _component_of(exports: object) -> Component:
    component: object = getattr(exports, "_component", None)
    if not isinstance(component, Component):
        raise TypeError(f"{exports!r} is not what entering native(…) gave")
    return component


__all__ = ["Native", "call", "drop", "handles", "settle"]
