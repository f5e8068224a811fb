"""The world in plain CPython: `<world module>_native.py`, beside the package, for tests only.

It holds a Protocol per imported interface, the exports as a class, a description of the world as data for
`witgen.testing`, and `native`, which enters the world. The package itself knows nothing of it, so it never gets into a
component.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ....component.items import Constructor, Freestanding, Function, Static
from ....component.types import Resource, TypeDefinition
from ...emit.guest_modules import NativeFunction, NativeModule, NativeProtocol, NativeResource
from ...emit.pymodel import PyField, PyModule, PyParam
from ..imports import Imports
from ..naming import camel, parameter, snake
from .annotations import annotation, direct_result
from .constructors import PairConstructor
from .descriptions import TESTING, WorldDescriptions
from .functions import function_name
from .layout import PROTOCOLS, WORLD, Bound, Home, Layout, Side

_FIXED = ("Exports", "WORLD", "native")
_PARAMETERS: tuple[str, ...] = ("app", "others")


class _Names:
    """How the module spells names. WIT's names never begin with an underscore, so aliases that do are safe."""

    def __init__(self, layout: Layout, members: frozenset[str] = frozenset(), parent: _Names | None = None) -> None:
        self._layout = layout
        self._members = members
        self.imports: Imports = Imports() if parent is None else parent.imports
        self.checking: Imports = Imports() if parent is None else parent.checking
        self.exported = False

    def inside(self, members: frozenset[str], *, exported: bool) -> _Names:
        """The names in a class that has `members`."""
        names = _Names(self._layout, members, self)
        names.exported = exported
        return names

    def builtin(self, name: str) -> str:
        """A builtin; by another name where a member hides it."""
        return self.imports.name("builtins", name, f"_{name}") if name in self._members else name

    def helper(self, module: str, name: str) -> str:
        """A name of a sibling or of the standard library."""
        return self.checking.name(module, name, f"_{name}")

    def definition(self, definition: TypeDefinition) -> str:
        """A class of the guest package."""
        home = self._layout.homes(definition)[0]
        if isinstance(definition, Resource) and self.exported:
            home = self._layout.exported_home(definition) or home
        return self.of(home, camel(definition.name))

    def of(self, home: Home, name: str) -> str:
        """A class of a module of the guest package.

        Modules of exports are named one class at a time: `exports` may have the import's module under the same name.
        """
        module = self._layout.options.world_module
        if home.side is Side.IMPORTS:
            return f"{self.checking.name(f'{module}.imports', home.module, f'_i_{home.module}')}.{name}"
        prefix = "_w" if home == WORLD else f"_x_{home.module}" if home.module else "_exports"
        return self.checking.name(".".join((module, *home.parts)), name, f"{prefix}_{name}")


def plan_native(layout: Layout, constructors: Mapping[Home, Sequence[PairConstructor]]) -> PyModule:
    """The module for one world."""
    return _Native(layout, constructors).module()


class _Native:
    def __init__(self, layout: Layout, constructors: Mapping[Home, Sequence[PairConstructor]]) -> None:
        self._layout = layout
        self._constructors = constructors
        self._names = _Names(layout)
        self._names.imports.name("witgen", "testing", TESTING)
        self._names.imports.name("__future__", "annotations")
        self._describer = WorldDescriptions(layout)
        self._taken: set[str] = {*_FIXED}

    def module(self) -> PyModule:
        """Protocols, then the description, then what enters the world."""
        protocols: list[NativeProtocol] = []
        parameters: list[PyParam] = []
        imports: list[str] = []
        keys: Counter[str] = Counter(_PARAMETERS)
        for bound in self._layout.imports:
            functions = tuple(bound.interface.functions.values())
            if not functions:
                continue
            key = _unique(bound.home.module, keys)
            protocol = self._protocol(bound, camel(bound.name), functions, exported=False)
            protocols.append(protocol)
            parameters.append(PyParam(key, protocol.name))
            imports.append(self._describer.interface(bound, key))
        for function in self._layout.world_functions(Side.IMPORTS):
            if isinstance(function.kind, Freestanding):
                key = _unique(snake(function.item_name), keys)
                parameters.append(PyParam(key, self._callable(function)))
                imports.append(self._describer.world_function(function, key))
        fields, exports = self._exports(protocols)
        world = self._describer.world(imports, exports, self._constructors)
        if protocols:
            self._names.imports.name("typing", "Protocol", "_Protocol")
        self._names.imports.name("types", "ModuleType", "_ModuleType")
        checking = self._names.checking.blocks()
        if checking:
            self._names.imports.name("typing", "TYPE_CHECKING")
        return NativeModule(
            f"{self._layout.options.world_module.replace('.', '/')}_native.py",
            f"The world `{self._layout.world.name}` in plain CPython, for tests: an application never imports this.",
            self._names.imports.blocks(),
            checking,
            protocols=tuple(protocols),
            exports=tuple(fields),
            constants=tuple(self._describer.constants),
            world=world,
            parameters=tuple(parameters),
        )

    # Protocols --------------------------------------------------------------------------------------------------------

    def _protocol(self, bound: Bound, name: str, functions: Sequence[Function], *, exported: bool) -> NativeProtocol:
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        free = [function for function in functions if isinstance(function.kind, Freestanding)]
        resources = _constructible(functions)
        members = frozenset((*map(function_name, free), *(camel(resource.name) for resource in resources)))
        names = self._names.inside(members, exported=exported)
        what = "What the component exports as" if exported else "What a test registers for"
        return NativeProtocol(
            name,
            f"{what} `{bound.label}`.",
            tuple(NativeResource(camel(resource.name), names.definition(resource)) for resource in resources),
            tuple(self._function(function, names) for function in free),
            property=names.builtin("property") if resources else "",
            type=names.builtin("type") if resources else "",
        )

    def _function(self, function: Function, names: _Names) -> NativeFunction:
        params = tuple(PyParam(parameter(p.name), annotation(p.type, names)) for p in function.params)
        return NativeFunction(function_name(function), params, _result(function, names), function.is_async)

    def _callable(self, function: Function) -> str:
        params = ", ".join(annotation(param.type, self._names) for param in function.params)
        result = _result(function, self._names)
        if function.is_async:
            result = f"{self._names.helper('collections.abc', 'Awaitable')}[{result}]"
        return f"{self._names.helper('collections.abc', 'Callable')}[[{params}], {result}]"

    # Exports ----------------------------------------------------------------------------------------------------------

    def _exports(self, protocols: list[NativeProtocol]) -> tuple[list[PyField], list[str]]:
        keys: Counter[str] = Counter()
        fields: list[PyField] = []
        exports: list[str] = []
        for bound in self._layout.exports:
            functions = tuple(bound.interface.functions.values())
            if not functions:
                continue
            key = _unique(bound.home.module, keys)
            if _constructible(functions):
                protocol = self._protocol(bound, f"{bound.protocol}Exports", functions, exported=True)
                protocols.append(protocol)
                type = protocol.name
            else:
                type = self._names.of(PROTOCOLS, bound.protocol)
            fields.append(PyField(key, type))
            exports.append(self._describer.interface(bound, key))
        functions = tuple(self._layout.world_functions(Side.EXPORTS))
        if functions:
            key = _unique("world", keys)
            protocol_name = self._describer.world_protocol
            fields.append(PyField(key, self._names.of(WORLD, protocol_name)))
            exports.append(self._describer.world_exports(functions, key))
        return fields, exports


def _result(function: Function, names: _Names) -> str:
    direct = direct_result(function.result)
    return annotation(function.result if direct is None else direct.ok, names)


def _constructible(functions: Sequence[Function]) -> list[Resource]:
    """The resources that have a constructor or a static function, in order."""
    found: dict[Resource, None] = {}
    for function in functions:
        if isinstance(function.kind, Constructor | Static):
            found[function.kind.resource] = None
    return list(found)


def _unique(name: str, taken: Counter[str]) -> str:
    while taken[name]:
        name += "_"
    taken[name] += 1
    return name


__all__ = ["plan_native"]
