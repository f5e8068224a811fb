"""The world of a component, from its plan: what it exports can then be called, and what it imports given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.component.wast.values import Types
from witgen.component.plan import Plan
from witgen.component.plan.items import Function, Imported, Instance, Lifted, Lowered
from witgen.runtime import generated as abi
from witgen.runtime._types import AnyResource


class Thing(abi.Handle):
    """A resource of a component's; each has a class of its own."""


@dataclass(slots=True)
class Exported:
    """A function that can be called."""

    home: str
    name: str
    params: tuple[tuple[str, abi.Type], ...]
    result: abi.Type | None

    def bind(self, instance: abi.Instance) -> Callable[..., object]:
        """The function of an instance."""
        return instance.bind(abi.ExportFunc[..., object](self.home, self.name, self.params, self.result))


@dataclass(slots=True)
class Planned:
    """A world, and the functions that it exports."""

    world: abi.WorldType
    exported: list[Exported] = field(default_factory=list[Exported])


class _Planner:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._homes: dict[int, tuple[str, str]] = {}
        for home, instance in [("", plan.exports), *plan.exports.instances.items()]:
            for name, index in instance.resources.items():
                self._homes.setdefault(index, (home, name))
        self._resources: dict[int, AnyResource] = {}
        self._types = Types(self._resource)

    def _resource(self, index: int) -> AnyResource:
        if index not in self._resources:
            found = self._plan.resources[index]
            made: AnyResource
            if found.instance is None:
                made = abi.ImportedResource(found.interface, found.name, "host.Thing")
            else:
                home, name = self._homes.get(index, ("", "r"))
                made = abi.ExportedResource(home, name, type("Thing", (Thing,), {}), lambda: abi.Link)
            self._resources[index] = made
        return self._resources[index]

    def planned(self) -> Planned:
        exported = list(self._exported("", self._plan.exports))
        exports: list[abi.ExportInterface] = []
        for home, instance in self._plan.exports.instances.items():
            found = self._exported(home, instance)
            exported += found
            exports.append(abi.ExportInterface(home, tuple(function.name for function in found)))
        functions = tuple(function.name for function in exported if not function.home)
        world = abi.WorldType("test:both/both", "0.1.0", self._imports(), tuple(exports), functions)
        return Planned(world, exported)

    def _exported(self, home: str, instance: Instance) -> list[Exported]:
        return [
            Exported(home, name, self._params(function), self._types.optional(function.type.result))
            for name, function in instance.functions.items()
            if isinstance(function, Lifted)
        ]

    def _params(self, function: Function) -> tuple[tuple[str, abi.Type], ...]:
        return tuple((f"a{n}", self._types.of(ty)) for n, (_, ty) in enumerate(function.type.params))

    def _imports(self) -> tuple[abi.ImportInterface, ...]:
        lowered = [item.function for item in self._plan.trampolines if isinstance(item, Lowered)]
        found = {(f.interface, f.name): f for f in lowered if isinstance(f, Imported)}
        interfaces: dict[str, list[abi.ImportFunc]] = {}
        made: list[abi.ImportInterface] = []
        for number, ((interface, name), function) in enumerate(found.items()):
            attribute = f"f{number}" if interface else ""
            described = abi.ImportFunc(
                name, attribute, self._params(function), self._types.optional(function.type.result)
            )
            if interface:
                interfaces.setdefault(interface, []).append(described)
            else:
                made.append(abi.ImportInterface(f"w{number}", "", "Callable", (described,)))
        resources: dict[str, list[abi.ImportedResource]] = {}
        for index, resource in enumerate(self._plan.resources):
            described_resource = self._resource(index)
            if isinstance(described_resource, abi.ImportedResource):
                resources.setdefault(resource.interface, []).append(described_resource)
        for number, interface in enumerate({**interfaces, **resources}):
            functions = tuple(interfaces.get(interface, ()))
            owned = tuple(resources.get(interface, ()))
            made.append(abi.ImportInterface(f"i{number}", interface, f"host.I{number}", functions, owned))
        return tuple(made)


def planned(plan: Plan) -> Planned:
    """The world of a component.

    Raises:
        CannotRun: a type in it cannot be described.
    """
    return _Planner(plan).planned()


__all__ = ["Exported", "Planned", "Thing", "planned"]
