"""Implementations written for a host package, as the world around a native guest.

The Protocols of a host package and the guest's stubs speak of the same WIT with different classes. What goes to the
implementation is made of the host package's classes, what comes back is matched by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import cast

from .. import runtime as rt
from ..runtime import generated as abi
from ._component import Supplier
from ._results import ByName, case

Functions = Sequence[abi.ImportFunc]
"""All imports of the world: the methods of any resource are among them."""


class HostImports:
    """Serves implementations for the host package `package` to a native guest: `native(…, others=HostImports(…))`.

    Args:
        package: the generated host package.
        others: what is asked for all that is not given here, such as a `Wasi`.
        implementations: by the keywords of the host world's `instantiate`.

    Raises:
        TypeError: a keyword is none of the world's.
    """

    def __init__(self, package: ModuleType, /, *, others: Supplier | None = None, **implementations: object) -> None:
        world = cast("object", getattr(import_module(f"{package.__name__}._abi"), "WORLD"))  # noqa: B009
        assert isinstance(world, abi.WorldType)
        self._others = others
        self._adapters: dict[str, object] = {}
        functions = [function for interface in world.imports for function in interface.functions]
        known = {interface.key: interface for interface in world.imports}
        for key, implementation in implementations.items():
            if key not in known:
                raise TypeError(f"the world {world.id} has no import `{key}`: {', '.join(sorted(known))}")
            interface = known[key]
            name = interface.id or interface.functions[0].name.replace("-", "_")
            self._adapters[name] = _adapter(interface, implementation, functions)

    def supply(self, interface: str, version: str) -> object:
        """The implementation of an interface."""
        found = self._adapters.get(f"{interface}@{version}" if version else interface)
        if found is None and self._others is not None:
            return self._others.supply(interface, version)
        return found


class HostObject(ByName):
    """A host resource in the guest's table; its methods convert. `inner` is the implementation's object."""

    def __init__(self, inner: object, resource: abi.ImportedResource, functions: Functions) -> None:
        self.__dict__.update(inner=inner)
        for function in functions:
            if function.path.startswith(".") and function.params[0][1] == abi.Borrow(resource):
                name = function.path[1:]
                member = cast("Callable[..., object]", getattr(inner, name))
                self.__dict__[name] = _converting(member, function, functions, function.params[1:])

    def __exit__(self, *error: object) -> None:
        inner = self.__dict__["inner"]
        if hasattr(inner, "__exit__"):
            inner.__exit__(None, None, None)


def _adapter(interface: abi.ImportInterface, implementation: object, functions: Functions) -> object:
    """An object with the members that the guest's side looks up."""
    if not interface.id:
        return _converting(cast("Callable[..., object]", implementation), interface.functions[0], functions)
    adapter = SimpleNamespace()
    constructors = {f.path: f for f in interface.functions if f.name.startswith("[constructor]")}
    for name in {f.path.partition(".")[0] for f in interface.functions if f.name.startswith(("[con", "[static]"))}:
        cls = cast("object", getattr(implementation, name))
        setattr(adapter, name, _class(cls, constructors.get(name), functions))
    for function in interface.functions:
        if function.path.startswith(".") or function in constructors.values():
            continue
        member: object = implementation
        *owners, last = function.path.split(".")
        for name in (*owners, last):
            member = cast("object", getattr(member, name))
        place = getattr(adapter, owners[0]) if owners else adapter
        setattr(place, last, _converting(cast("Callable[..., object]", member), function, functions))
    return adapter


def _class(cls: object, constructor: abi.ImportFunc | None, functions: Functions) -> object:
    """Something to call and with static functions, as a class is."""

    class Class:
        def __call__(self, *values: object) -> object:
            assert constructor is not None
            return _converting(cast("Callable[..., object]", cls), constructor, functions)(*values)

    return Class()


def _converting(
    member: Callable[..., object],
    function: abi.ImportFunc,
    functions: Functions,
    params: Sequence[tuple[str, abi.Type]] | None = None,
) -> Callable[..., object]:
    types = [type for _, type in (function.params if params is None else params)]

    def call(*values: object) -> object:
        result = member(*(to_host(type, value) for type, value in zip(types, values, strict=True)))
        type = function.result
        part = type.ok if isinstance(type, abi.Result) else type
        return None if part is None else from_host(part, result, functions)

    return call


def to_host(type: abi.Type, value: object) -> object:
    """Convert a value of the guest's classes to the host package's classes."""
    match type:
        case abi.List(element) | abi.FixedList(element):
            return value if isinstance(value, bytes) else [to_host(element, item) for item in _items(value)]
        case abi.Map(key, part):
            pairs = cast("Mapping[object, object]", value).items()
            return {to_host(key, name): to_host(part, item) for name, item in pairs}
        case abi.Tuple(elements):
            return tuple(to_host(part, item) for part, item in zip(elements, _items(value), strict=True))
        case abi.Option(element):
            if value is None:
                return None
            nested = isinstance(element, abi.Option)
            inner = to_host(element, _attribute(value, "value") if nested else value)
            return rt.Some(inner) if nested else inner
        case abi.Result(ok, err):
            is_ok = value.__class__.__name__ == "Ok"
            payload = _payload(ok if is_ok else err, value)
            return rt.Ok(payload) if is_ok else rt.Err(payload)
        case abi.Record(cls, fields):
            return _call(cls, *(to_host(part, _attribute(value, name)) for _, name, part in fields))
        case abi.Variant(cases=cases):
            for _, cls, payload_type in cases:
                if cls.__name__ == value.__class__.__name__:
                    return _call(cls) if payload_type is None else _call(cls, _payload(payload_type, value))
            raise TypeError(f"{value!r} is no {type.name}")
        case abi.Enum(cls):
            return cls[cast("str", _attribute(value, "name"))]
        case abi.Flags(cls):
            return cls(_attribute(value, "value"))
        case abi.Own() | abi.Borrow():
            return value.__dict__["inner"] if isinstance(value, HostObject) else value
        case _:
            return value


def from_host(type: abi.Type, value: object, functions: Functions) -> object:
    """A value of the host package's, with its resources as `HostObject`; the rest is matched by name later."""
    match type:
        case abi.Own(abi.ImportedResource() as resource) | abi.Borrow(abi.ImportedResource() as resource):
            return HostObject(value, resource, functions)
        case abi.List(abi.U8 | abi.S8):
            return value
        case abi.List(element) | abi.FixedList(element):
            return [from_host(element, item, functions) for item in _items(value)]
        case abi.Tuple(elements):
            return tuple(from_host(part, item, functions) for part, item in zip(elements, _items(value), strict=True))
        case abi.Option(element):
            nested = isinstance(element, abi.Option)
            return value if value is None or nested else from_host(element, value, functions)
        case abi.Record(fields=fields):
            parts = {name: from_host(part, _attribute(value, name), functions) for _, name, part in fields}
            return SimpleNamespace(**parts)
        case abi.Variant(cases=cases):
            for _, cls, part in cases:
                if part is not None and isinstance(value, cls):
                    return case(cls.__name__, from_host(part, _attribute(value, "value"), functions))
            return value
        case _:
            return value


def _payload(type: abi.Type | None, value: object) -> object:
    return None if type is None else to_host(type, _attribute(value, "value"))


def _items(value: object) -> Sequence[object]:
    return cast("Sequence[object]", value)


def _attribute(value: object, name: str) -> object:
    return cast("object", getattr(value, name))


def _call(cls: type, *values: object) -> object:
    return cast("Callable[..., object]", cls)(*values)


__all__ = ["HostImports"]
