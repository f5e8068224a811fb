"""One component that runs natively: its application, its handles, and what the test registered for its imports."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Protocol, TypeVar, cast

from ._errors import BuildFailure, HostFault, ImportMissing, Misfit, NativeError, Trap
from ._events import GuestTask, runtime
from ._results import err_value
from ._tables import ExportedHandle, GuestHandles, HostHandles, Table
from ._types import Borrow, Func, Interface, Own, Resource, Result, Type, WorldType
from ._values import err_class, lift, lower_guest, lower_host, make

T = TypeVar("T")


class Supplier(Protocol):
    """Gives implementations for what a test leaves out."""

    def supply(self, interface: str, version: str, /) -> object:
        """An implementation of the interface `wasi:io/poll` of version `0.2.8`, or None.

        For a function of the world itself, `interface` is its name in Python.
        """
        ...


@dataclass(slots=True)
class Component:
    """What lives from entering a world to leaving it."""

    world: WorldType
    app: ModuleType | None
    implementations: Mapping[str, object]
    others: Supplier | None
    table: Table = field(default_factory=Table)
    classes: dict[Resource, type[ExportedHandle]] = field(default_factory=dict[Resource, type[ExportedHandle]])
    instances: dict[tuple[str, str], object] = field(default_factory=dict[tuple[str, str], object])
    failure: BaseException | None = None
    depth: int = 0
    tasks: list[GuestTask] = field(default_factory=list[GuestTask])
    running: list[asyncio.Future[None]] = field(default_factory=list["asyncio.Future[None]"])

    # Before the first call ---------------------------------------------------------------------------------------------

    def initialize(self) -> None:
        """Make the objects that componentize-py makes when it builds: one for each exported function.

        Raises:
            BuildFailure: the application lacks a class.
        """
        if self.app is None:
            return
        for interface in self.world.exports:
            for function in interface.functions:
                if function.resource is None:
                    self.instances[interface.key, function.path] = self._instance(self.app, interface)
                elif not function.path.startswith("."):
                    self.resource_class(interface, function.resource)

    def _instance(self, app: ModuleType, interface: Interface) -> object:
        cls = cast("object", getattr(app, interface.protocol, None))
        if not callable(cls):
            raise BuildFailure(f"the application `{app.__name__}` has no class `{interface.protocol}`")
        return cls()

    def resource_class(self, interface: Interface, resource: Resource) -> type:
        """The application's class of an exported resource, where the runtime looks for it.

        Raises:
            BuildFailure: there is none.
        """
        try:
            module = import_module(interface.home)
        except ImportError as error:
            raise BuildFailure(
                f"the class `{resource.name}` of the exported resource must be in a top-level module"
                f" `{interface.home}`: {error}"
            ) from error
        cls = cast("object", getattr(module, resource.name, None))
        if not isinstance(cls, type):
            hint = " (a module of Python's own: choose another name by --export-interface-name)"
            own = hint if interface.home in sys.stdlib_module_names else ""
            raise BuildFailure(f"the module `{interface.home}`{own} has no class `{resource.name}`")
        return cls

    # Imports ----------------------------------------------------------------------------------------------------------

    def call_import(self, interface: Interface, function: Func, args: tuple[object, ...]) -> object:
        """What a stub does: check, call the implementation, check."""
        label = interface.label(function)
        self.check_alive(label)
        handles = GuestHandles(self.table)
        host = HostHandles(self.classes)
        receiver: object = None
        rest = args
        if function.resource is not None:
            receiver, rest = args[0], args[1:]
        is_method = function.path.startswith(".")
        flat = self._lower_all(label, function, rest, handles)
        target = self._receiver(label, function, receiver, handles) if is_method else None
        values = [lift(type, item, host) for (_, type), item in zip(function.params, flat, strict=True)]
        implementation = target if is_method else self.implementation(interface, label)
        member = _member(implementation, function, interface, label)
        if function.is_async:
            return self._finish_later(label, function, member, values, handles, host)  # awaited by the stub's caller
        returned = self._outcome(label, function, lambda: member(*values))
        return self._finish_import(label, function, returned, receiver, handles, host)

    async def _finish_later(
        self,
        label: str,
        function: Func,
        member: Callable[..., object],
        values: list[object],
        handles: GuestHandles,
        host: HostHandles,
    ) -> object:
        async def outcome() -> object:
            try:
                result = member(*values)
                return True, await cast("Awaitable[object]", result) if inspect.isawaitable(result) else result
            except Exception as error:  # noqa: BLE001 - whatever an implementation raises
                return error

        found = await outcome() if runtime.current is None else await self._subtask(outcome)
        if isinstance(found, Exception):
            found = self._failed(label, function, found)
        return self._finish_import(label, function, cast("tuple[bool, object]", found), None, handles, host)

    async def _subtask(self, outcome: Callable[[], Awaitable[object]]) -> object:
        """Wait for something of the test's as the guest's own loop does."""
        wait = getattr(import_module("componentize_py_async_support"), "await_result")  # noqa: B009
        return await cast("Callable[[object], Awaitable[object]]", wait)(runtime.subtask(outcome))

    def _lower_all(self, label: str, function: Func, args: tuple[object, ...], handles: GuestHandles) -> list[object]:
        flat: list[object] = []
        for (name, type), value in zip(function.params, args, strict=True):
            flat.append(self.from_guest(f"{label}({name})", type, value, handles))
        return flat

    def _receiver(self, label: str, function: Func, receiver: object, handles: GuestHandles) -> object:
        assert function.resource is not None
        try:
            return handles.lower(function.resource, receiver, owned=False)
        except Misfit as misfit:
            raise self.trap(f"{label}(self): {misfit.message}") from None

    def implementation(self, interface: Interface, label: str) -> object:
        """What the test registered for an interface.

        Raises:
            ImportMissing: nothing.
        """
        found = self.implementations.get(interface.key)
        if found is None and self.others is not None:
            name, _, version = (interface.id or interface.functions[0].path).partition("@")
            found = self.others.supply(name, version)
        if found is None:
            what = f"`{interface.id}`" if interface.id else f"the function `{interface.key}` of the world"
            error = ImportMissing(f"{label} was called, and nothing is registered for {what}: pass {interface.key}=…")
            self.failure = error
            raise error
        return found

    def _outcome(self, label: str, function: Func, call: Callable[[], object]) -> tuple[bool, object]:
        """Whether the implementation returned, and the value returned or raised as an `Err`."""
        try:
            return True, call()
        except Exception as error:  # noqa: BLE001 - whatever an implementation raises
            return self._failed(label, function, error)

    def _failed(self, label: str, function: Func, error: Exception) -> tuple[bool, object]:
        is_err, value = err_value(error)
        if not is_err or not isinstance(function.result, Result):
            self.failure = self.failure or error
            raise error
        return False, value

    def _finish_import(
        self,
        label: str,
        function: Func,
        outcome: tuple[bool, object],
        receiver: object,
        handles: GuestHandles,
        host: HostHandles,
    ) -> object:
        is_ok, value = outcome
        result = function.result
        is_constructor = function.resource is not None and "." not in function.path
        if isinstance(result, Result) and (function.raises or is_constructor):
            part = result.ok if is_ok else result.err
            flat = self.from_host(label, part, value, host)
            if is_constructor:
                name = "Ok" if is_ok else "Err"
                raise AttributeError(
                    f"{name!r} object has no attribute 'finalizer': componentize-py cannot call {label}"
                )
            lifted = lift(part, flat, handles)
            if not is_ok:
                raise cast("Exception", make("Err", lifted))
            return lifted
        if isinstance(result, Result) and not is_ok:
            value = make("Err", value)
        flat = self.from_host(label, result, value, host)
        if is_constructor:
            assert isinstance(result, Own)
            self._adopt(receiver, lift(result, flat, handles))
            return None
        return lift(result, flat, handles)

    def _adopt(self, receiver: object, made: object) -> None:
        """Give the handle of a fresh object to the one whose `__init__` runs."""
        number = cast("int", made.__dict__["handle"])
        entry = self.table.entries[number]
        self.table.take(made, number)
        self.table.add(receiver, entry)

    # Both directions --------------------------------------------------------------------------------------------------

    def from_guest(self, place: str, type: Type | None, value: object, handles: GuestHandles) -> object:
        """A value that the guest gives, flat.

        Raises:
            Trap: a component would trap.
        """
        try:
            return lower_guest(type, value, handles)
        except Misfit as misfit:
            raise self.trap(_at(place, misfit)) from None

    def from_host(self, place: str, type: Type | None, value: object, host: HostHandles) -> object:
        """A value that the test's side gives, flat.

        Raises:
            HostFault: it has no such type.
        """
        try:
            return lower_host(type, value, host)
        except Misfit as misfit:
            fault = HostFault(_at(place, misfit))
            if self.depth:
                self.failure = self.failure or fault
            raise fault from None

    def trap(self, message: str) -> Trap:
        """The component is spent from here on, whatever the guest catches."""
        error = Trap(message)
        self.failure = self.failure or error
        return error

    def check_alive(self, label: str) -> None:
        """Refuse calls after a trap, and when the component was left."""
        if self.table.closed:
            raise NativeError(f"{label}: the `with` of this native component has ended")
        if self.failure is not None:
            raise Trap(f"{label}: the component is spent, by: {self.failure}") from self.failure

    # Exports ----------------------------------------------------------------------------------------------------------

    def call_export(
        self, interface: Interface, function: Func, args: tuple[object, ...], target: object = None
    ) -> object:
        """What the runtime does with a call from the host; for a method `args` begin with the handle.

        `target` replaces the object whose method is called.
        """
        label = interface.label(function)
        self.check_alive(label)
        host = HostHandles(self.classes)
        handles = GuestHandles(self.table)
        values = [
            lift(type, self.from_host(f"{label}({name})", type, value, host), handles)
            for (name, type), value in self._pair(label, function, args)
        ]
        member = self._target(interface, function, label, values, target)
        if function.is_async:
            return self._await_export(label, function, member, values, handles, host)
        self.depth += 1
        try:
            outcome = member(*values)
        except Exception as error:  # noqa: BLE001 - whatever the guest raises
            return self._raised(label, function, error, handles, host)
        finally:
            self.depth -= 1
        return self._returned(label, function, outcome, handles, host)

    async def _await_export(
        self,
        label: str,
        function: Func,
        member: Callable[..., object],
        values: list[object],
        handles: GuestHandles,
        host: HostHandles,
    ) -> object:
        loop = asyncio.get_running_loop()
        delivered: asyncio.Future[object] = loop.create_future()
        over: asyncio.Future[None] = loop.create_future()
        self.running.append(over)

        def settle(finish: Callable[[], object]) -> None:
            try:
                value = finish()
            except Exception as error:  # noqa: BLE001 - it is the outcome of the call
                if not delivered.done():
                    delivered.set_exception(error)
            else:
                if not delivered.done():
                    delivered.set_result(value)

        def returned(result: object) -> None:
            value = cast("object", getattr(result, "value"))  # noqa: B009 - an `Ok`, or the `Err` that was raised
            if isinstance(result, Exception):
                settle(lambda: self._raised(label, function, result, handles, host))
            else:
                settle(lambda: self._returned(label, function, value, handles, host))

        def ended(error: Exception | None, by_host: bool) -> None:
            if not over.done():
                over.set_result(None)
            if error is not None:
                self.failure = error if by_host and self.failure is None else self.failure
                settle(lambda: self._raised(label, function, error, handles, host))

        coroutine = cast("Coroutine[object, object, object]", member(*values))
        task = GuestTask(loop, coroutine, returned, ended)
        self.tasks.append(task)
        loop.call_soon(task.start)
        return await delivered

    def close(self) -> None:
        """Nothing of this component runs on."""
        self.table.closed = True
        with ExitStack() as stopping:  # all of them, whatever one does
            for task in reversed(self.tasks):
                stopping.callback(task.stop, None)

    async def settle(self) -> None:
        """Wait for what the guest has spawned.

        Raises:
            Exception: it failed.
        """
        while self.running:
            await self.running.pop()
        if self.failure is not None:
            raise self.failure

    def _pair(self, label: str, function: Func, args: tuple[object, ...]) -> list[tuple[tuple[str, Type], object]]:
        params = function.params
        if function.resource is not None and function.path.startswith("."):
            params = (("self", Borrow(function.resource)), *params)
        if len(args) != len(params):
            raise HostFault(f"{label} takes {len(params)} arguments, found {len(args)}")
        return list(zip(params, args, strict=True))

    def _target(
        self, interface: Interface, function: Func, label: str, values: list[object], target: object
    ) -> Callable[..., object]:
        """The application's callable; of a method, `values` lose the object."""
        name = function.path.rpartition(".")[2]
        if function.resource is None:
            owner = self.instances.get((interface.key, function.path)) if target is None else target
            if owner is None:
                raise NativeError(f"{label}: no application was given")
        elif function.path.startswith("."):
            owner = values.pop(0)
        else:
            cls = self.resource_class(interface, function.resource)
            if "." not in function.path:
                return cls
            owner = cls
        member = cast("object", getattr(owner, name, None))
        if not callable(member):
            raise self.trap(f"{label}: {_class_of(owner).__name__} has no method `{name}`")
        return member

    def _raised(self, label: str, function: Func, error: Exception, handles: GuestHandles, host: HostHandles) -> object:
        if self.failure is None and isinstance(error, NativeError):
            self.failure = error
        if self.failure is not None:
            raise self.failure
        err = err_class()
        result = function.result
        if type(error) is err and function.raises and isinstance(result, Result):
            value = cast("object", error.__dict__.get("value", getattr(error, "value", None)))
            flat = self.from_guest(f"{label} raised Err", result.err, value, handles)
            self._end_loans(label, handles)
            raise make_err(lift(result.err, flat, host)) from error
        if isinstance(error, err):
            why = (
                "but it has no result to fail with"
                if type(error) is err
                else f"{type(error).__name__} is not Err itself"
            )
            raise self.trap(f"{label} raised {error!r}, {why}") from error
        raise self.trap(f"{label} raised {type(error).__name__}: {error}") from error

    def _returned(
        self, label: str, function: Func, outcome: object, handles: GuestHandles, host: HostHandles
    ) -> object:
        if self.failure is not None:
            raise self.failure
        result = function.result
        part = result.ok if isinstance(result, Result) and function.raises else result
        flat = self.from_guest(f"{label} returned", part, outcome, handles)
        self._end_loans(label, handles)
        return lift(part, flat, host)

    def _end_loans(self, label: str, handles: GuestHandles) -> None:
        for proxy in handles.lent:
            try:
                self.table.end_loan(proxy)
            except Misfit as misfit:
                raise self.trap(f"{label}: the {type(proxy).__name__} {misfit.message}") from None


def make_err(value: object) -> Exception:
    """The guest's `Err`."""
    return cast("Exception", make("Err", value))


def _member(implementation: object, function: Func, interface: Interface, label: str) -> Callable[..., object]:
    found: object = implementation
    for name in function.path.lstrip(".").split(".") if interface.id else ():
        found = cast("object", getattr(found, name, None))
        if found is None:
            what = type(implementation).__name__ if not isinstance(implementation, type) else implementation.__name__
            raise ImportMissing(f"{label} was called, and `{what}` has no `{function.path.lstrip('.')}`")
    if not callable(found):
        raise HostFault(f"{label}: `{function.path}` of {found!r} cannot be called")
    return found


def _class_of(value: object) -> type:
    return value if isinstance(value, type) else type(value)


def _at(place: str, misfit: Misfit) -> str:
    """`handler.search(books)` and `[3].pages` as `handler.search(books[3].pages)`."""
    where = f"{place[:-1]}{misfit.path})" if place.endswith(")") else f"{place}{misfit.path}"
    return f"{where}: {misfit.message}"


__all__ = ["Component", "Supplier", "make_err"]
