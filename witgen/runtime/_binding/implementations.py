"""What the user implements: checked when bound, found again when wasm calls.

Host functions are defined once per linker and shared by stores and threads, so they belong to no instance: each has a
slot number, under which the instance that is being run (the innermost entry of the thread) has the implementation.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from operator import attrgetter
from types import FunctionType
from typing import TYPE_CHECKING, cast

from ...dataclass import dataclass
from .._codecs.base import Codec, Misfit
from .._codecs.effects import Call
from .._codecs.of_type import Compiler
from .._codecs.plain import ResultCodec
from .._errors import ImplementationError
from .._kinds import kind
from .._stores import store as _store
from .._types import Borrow, FixedList, ImportedResource, ImportFunc, ImportInterface, List, Map, Result, Type, parts
from .._values import Err

if TYPE_CHECKING:
    from .._instance import Instance
    from .choices import Choice


def resource_of(function: ImportFunc) -> str:
    """The WIT name of the resource that a method, static or constructor belongs to; "" for other functions."""
    if not function.name.startswith("["):
        return ""
    return function.name.partition("]")[2].partition(".")[0]


def borrows(function: ImportFunc) -> int:
    """How many borrowed handles one call can pass, as far as it matters: 0, 1 or 2, which stands for more."""
    known: dict[int, int] = {}
    return min(2, sum(_borrows(param, known) for _, param in function.params))


def _borrows(ty: Type | None, known: dict[int, int]) -> int:
    """As `borrows`, for one type. Types are shared: `known` holds those that are done, or a chain of records takes ages."""
    if isinstance(ty, Borrow):
        return 1
    if id(ty) not in known:
        count = sum(_borrows(part, known) for part in parts(ty))
        known[id(ty)] = min(2, count * 2 if isinstance(ty, List | FixedList | Map) else count)
    return known[id(ty)]


def label(interface: ImportInterface, function: ImportFunc) -> str:
    """How messages call a function: `host.Host.log`, `storage.Bucket.get`, `notify`."""
    name = resource_of(function)
    if not name:
        return f"{interface.protocol}.{function.path}" if function.path else interface.key
    cls = next((r.cls for r in interface.resources if r.name == name), name)
    member = function.path.rpartition(".")[2]
    return cls if function.name.startswith("[constructor]") else f"{cls}.{member}"


def article(protocol: str) -> str:
    """`a host.Host`, `an io_error.Error`."""
    return f"{'an' if protocol[:1].lower() in 'aeiou' else 'a'} {protocol}"


@dataclass(frozen=True, slots=True)
class Given:
    """What was given for the imports of a component, checked: all that an instance has to know of it.

    `targets` are the functions by slot, None for methods and for what was not given. `classes` are those of the resources'
    objects, None where no constructor or static shows it. What is given for a resource of the world is its class.
    """

    choice: Choice
    targets: tuple[Callable[..., object] | None, ...]
    classes: dict[ImportedResource, type | None]


class Requirements:
    """What an interface asks of an implementation, found out once."""

    def __init__(self, interface: ImportInterface) -> None:
        self._interface = interface
        self.members: dict[ImportedResource, tuple[str, ...]] = {}
        """The methods of each resource."""
        self._makers: dict[ImportedResource, tuple[str, ...]] = {}
        """The attributes that hold the class of each resource."""
        self._is_class = not interface.id and bool(interface.resources)
        of_world = f"a {'resource' if self._is_class else 'function'} of the world"
        self._what = f"{interface.key}= ({interface.id or of_world})"
        for resource in interface.resources:
            paths = [f.path for f in interface.functions if resource_of(f) == resource.name]
            self.members[resource] = tuple(path[1:] for path in paths if path.startswith("."))
            self._makers[resource] = tuple({path.partition(".")[0]: None for path in paths if not path.startswith(".")})
        self._finders = [_finder(function) for function in interface.functions]

    def check(self, given: object) -> tuple[list[Callable[..., object] | None], dict[ImportedResource, type | None]]:
        """The functions of an implementation, None for methods, and the classes of resources.

        Raises:
            ImplementationError: it lacks a member, or one is not what the interface asks for.
        """
        interface = self._interface
        if isinstance(given, type) and not self._is_class:
            self._check_instance(given)
        classes: dict[ImportedResource, type | None] = {}
        for resource, makers in self._makers.items():
            classes[resource] = None
            for cls in [given] if self._is_class else [cast("object", getattr(given, a, None)) for a in makers]:
                if isinstance(cls, type):
                    classes[resource] = cls
                    for method in self.members[resource]:
                        if not callable(getattr(cls, method, None)):
                            raise ImplementationError(
                                f"{self._what}: {resource.cls}: {kind(cls)} has no method {method!r}"
                            )
        functions: list[Callable[..., object] | None] = []
        for find, function in zip(self._finders, interface.functions, strict=True):
            if find is None:
                functions.append(None)
                continue
            try:
                found = find(given)
                functions.append(found if callable(found) else _find(self._what, interface, function, given))
            except AttributeError:
                functions.append(_find(self._what, interface, function, given))
        return functions, classes

    def _check_instance(self, given: type) -> None:
        if any(_needs_instance(given, f.path) for f in self._interface.functions):
            raise ImplementationError(
                f"{self._what}: expected {article(self._interface.protocol)}, got the class {given.__name__} itself:"
                " pass an instance"
            )


def _finder(function: ImportFunc) -> Callable[[object], object] | None:
    """What gets a function out of an implementation; None for a method, which each object has."""
    if function.path.startswith("."):
        return None
    return attrgetter(function.path) if function.path else _itself


def _itself(given: object) -> object:
    return given


def _needs_instance(given: type, path: str) -> bool:
    return "." not in path and isinstance(inspect.getattr_static(given, path, None), FunctionType)


def _find(what: str, interface: ImportInterface, function: ImportFunc, given: object) -> Callable[..., object]:
    """A function, step by step, to say where it is missing.

    Raises:
        ImplementationError: it is missing.
    """
    found = given
    seen = interface.protocol
    for attribute in function.path.split(".") if function.path else ():
        owner = found
        try:
            found = cast("object", getattr(owner, attribute))
        except AttributeError:
            raise ImplementationError(f"{what}: {seen}: {kind(owner)} has no {attribute!r}") from None
        seen = f"{seen}.{attribute}"
    if not callable(found):
        raise ImplementationError(f"{what}: {seen}: expected a callable, got {kind(found)}")
    return found


class HostCall:
    """One host function: lifts the arguments, calls the implementation, lowers what it returns or raises."""

    def __init__(self, slot: int, interface: ImportInterface, function: ImportFunc, compiler: Compiler) -> None:
        """Compile the codecs of the function's parameters and result.

        Raises:
            Unsupported: wasmtime-py cannot carry a type in it.
        """
        self._slot = slot
        self._label = label(interface, function)
        self._method = function.path[1:] if function.path.startswith(".") else ""
        self._params = [compiler.compile(ty) for _, ty in function.params]
        self._result: ResultCodec | None = None
        self._plain: Codec | None = None
        match function.result:
            case None:
                pass
            case Result() as result:
                self._result = compiler.result(result)
            case other:
                self._plain = compiler.compile(other)

    @property
    def result(self) -> Codec | None:
        """The codec of the result."""
        return self._result or self._plain

    def __call__(self, raw: list[object]) -> object:
        instance = _store.current().instance
        with _store.Outside(instance.state):
            return self._call(instance, raw)

    def _call(self, instance: Instance, raw: list[object]) -> object:
        call = Call(instance)
        try:
            arguments = [codec.lift(call, value) for codec, value in zip(self._params, raw, strict=True)]
            target = instance.target(self._slot) if not self._method else self._bound(arguments.pop(0))
            lowered = self._run(call, target, arguments)
            call.enter()
            if instance.watch is not None:
                instance.watch()
            return lowered
        finally:
            call.finish()

    def _bound(self, value: object) -> Callable[..., object]:
        method: object = getattr(value, self._method, None)
        if not callable(method):
            raise ImplementationError(f"{self._label}: {kind(value)} has no method {self._method!r}")
        return method

    def _run(self, call: Call, target: Callable[..., object], arguments: list[object]) -> object:
        if self._result is None:
            value = target(*arguments)
            if self._plain is None:
                return None
            try:
                return self._plain.lower(call, value)
            except Misfit as misfit:
                raise misfit.named(f"{self._label}() result") from None
        try:
            value = target(*arguments)
        except Err as error:
            raised: Err[object] = error
        else:
            try:
                return self._result.lower_ok(call, value)
            except Misfit as misfit:
                if isinstance(value, Err):
                    misfit.text += ": an error is raised, not returned"
                raise misfit.named(f"{self._label}() result") from None
        try:
            return self._result.lower_err(call, raised.value)
        except Misfit as misfit:
            raise misfit.named(f"{self._label}() error") from raised
        finally:
            del raised


def destroy(resource: ImportedResource, instance: Instance, rep: int) -> None:
    """The component dropped an object of the host: forget it, and call its `__exit__` if it has one."""
    table = instance.table(resource)
    value = None if table is None else table.objects.pop(rep, None)
    with _store.Outside(instance.state):
        leave(value)
    if instance.watch is not None:
        instance.watch()


def leave(value: object) -> None:
    """Call `value.__exit__(None, None, None)`, if it has one."""
    leave = getattr(type(value), "__exit__", None)
    if leave is not None:
        leave(value, None, None, None)
