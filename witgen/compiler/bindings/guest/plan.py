"""The guest planner: an elaborated world in, the Python model of its guest package out.

The package is a drop-in for what `componentize-py bindings` writes: the same modules with the same public names, because
componentize-py puts its own modules in their place when it builds the component. What is better here is what a reader
and a type checker see: current annotations, docs of fields and cases, no name hidden by another, no function lost.

    <world module>/__init__.py       types, functions and Protocol of the world itself; makers of streams and futures
    <world module>/imports/*.py      one module per imported interface
    <world module>/exports/*.py      types and resource Protocols of exported interfaces; their Protocols in `__init__`
    <world module>_native.py         the world in plain CPython, for tests: see `native`
    componentize_py_types.py …       the siblings: see `support`
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ....component.items import Freestanding, Function, World
from ....component.types import Alias, Enum, Flags, Record, Resource, TypeDefinition, Variant
from ....dataclass import dataclass
from ...diagnostics import Diagnostics
from ...emit.guest_modules import ExportsModule, InterfaceModule, Signature, WorldModule
from ...emit.pymodel import Printed, PyHeader, PyModule, PyPackage
from ..docs import docstring
from ..guest_options import DEFAULT, GuestOptions, kebab
from ..naming import camel
from .annotations import Absolute
from .constructors import PairConstructor, pair_constructors, plan_constructor
from .definitions import definition_names, plan_enum, plan_flags, plan_record, plan_variant
from .findings import check_members, check_modules, check_names, check_world
from .functions import function_name, plan_exported_resource, plan_import, plan_imported_resource, plan_protocol
from .layout import PROTOCOLS, WORLD, Bound, Home, Layout, Side
from .native import plan_native
from .scope import Scope
from .support import plan_support


def plan_guest(world: World, header: PyHeader, diagnostics: Diagnostics, options: GuestOptions = DEFAULT) -> PyPackage:
    """Plan the guest package of `world`, which must be elaborated.

    What componentize-py cannot build is a warning; two WIT names that meet in one Python name, or a type that is too
    large to write, are errors. All go to `diagnostics`; after an error the package is not to be written.
    """
    layout = Layout(world, options)
    check_names(layout, diagnostics)
    check_world(layout, diagnostics)
    check_modules(layout, diagnostics)
    if diagnostics.has_errors:
        return PyPackage("guest", header)
    constructors = pair_constructors(layout)
    planner = _Planner(layout, constructors, diagnostics)
    is_async = bool(constructors) or any(function.is_async for _, _, function in layout.functions())
    modules = (*planner.modules(), plan_native(layout, constructors))
    return PyPackage("guest", header, modules, plan_support(layout, is_async=is_async))


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a module of an interface, or the world module, defines."""

    home: Home
    definitions: tuple[TypeDefinition, ...]
    constructors: tuple[PairConstructor, ...]
    functions: tuple[Function, ...]

    def names(self) -> list[str]:
        """The names that the module binds, in order."""
        return [
            *(name for definition in self.definitions for name in definition_names(definition)),
            *(constructor.name for constructor in self.constructors),
            *(function_name(function) for function in self.functions),
        ]

    def __bool__(self) -> bool:
        return bool(self.definitions or self.constructors or self.functions)


class _Planner:
    """Plans module by module; holds what all of them need."""

    def __init__(
        self, layout: Layout, constructors: dict[Home, tuple[PairConstructor, ...]], diagnostics: Diagnostics
    ) -> None:
        self._layout = layout
        self._constructors = constructors
        self._diagnostics = diagnostics

    def modules(self) -> tuple[PyModule, ...]:
        """All modules of the world's package."""
        imports = [c for c in map(self._interface, self._layout.imports) if c[1]]
        exports = [c for c in map(self._interface, self._layout.exports) if c[1] or c[0].interface.freestanding()]
        modules: list[PyModule] = [self._world()]
        if imports:
            docs = "What the world imports: one module per interface."
            modules.append(PyModule(self._path(Home(Side.IMPORTS)), docs))
            modules += [self._interface_module(bound, contents) for bound, contents in imports]
        if exports:
            modules.append(self._protocols([bound for bound, _ in exports]))
            modules += [self._interface_module(bound, contents) for bound, contents in exports]
        return tuple(modules)

    def _interface(self, bound: Bound) -> tuple[Bound, _Contents]:
        interface = bound.interface
        definitions = self._living(interface.types.values(), bound.home)
        functions = tuple(interface.freestanding()) if bound.side is Side.IMPORTS else ()
        return bound, _Contents(bound.home, definitions, self._constructors.get(bound.home, ()), functions)

    def _living(self, definitions: Iterable[TypeDefinition], home: Home) -> tuple[TypeDefinition, ...]:
        return tuple(d for d in definitions if home in self._layout.homes(d))

    def _interface_module(self, bound: Bound, contents: _Contents) -> PyModule:
        scope = self._scope(contents, ())
        items, functions = self._items(contents, scope), self._functions(contents, scope)
        return InterfaceModule(
            self._path(bound.home),
            docstring(scope.respelled(bound.interface.docs, bound.interface), bound.interface.stability),
            scope.imports(),
            scope.checking_imports(),
            items=items,
            functions=functions,
        )

    def _world(self) -> PyModule:
        layout = self._layout
        protocol = camel(kebab(layout.options.world_module))
        definitions = self._living(layout.world_types(), WORLD)
        imports = [f for f in layout.world_functions(Side.IMPORTS) if isinstance(f.kind, Freestanding)]
        contents = _Contents(WORLD, definitions, self._constructors.get(WORLD, ()), tuple(imports))
        scope = self._scope(contents, (protocol,))
        items, functions = self._items(contents, scope), self._functions(contents, scope)
        exports = [f for f in layout.world_functions(Side.EXPORTS) if isinstance(f.kind, Freestanding)]
        docs = f"Nothing to implement: the world `{layout.world.name}` exports no functions of its own."
        if exports:
            docs = (
                f"What the application implements: the functions that the world `{layout.world.name}` exports itself."
            )
        protocols = (plan_protocol(protocol, exports, docs, scope, exported=False),)
        return WorldModule(
            self._path(WORLD),
            docstring(layout.world.docs, layout.world.stability),
            scope.imports(),
            scope.checking_imports(),
            items=items,
            functions=functions,
            protocols=protocols,
        )

    def _protocols(self, bounds: Sequence[Bound]) -> PyModule:
        names = [bound.protocol for bound in bounds]
        check_members(PROTOCOLS, names, self._layout, self._diagnostics)
        scope = Scope(self._layout, PROTOCOLS, frozenset(names), frozenset())
        protocols = tuple(
            plan_protocol(
                bound.protocol,
                bound.interface.freestanding(),
                docstring(scope.respelled(bound.interface.docs, bound.interface), bound.interface.stability)
                or f"The exported interface `{bound.label}`.",
                scope,
                exported=True,
            )
            for bound in bounds
        )
        docs = "What the application implements: one Protocol per exported interface."
        return ExportsModule(
            self._path(PROTOCOLS), docs, scope.imports(), scope.checking_imports(), protocols=protocols
        )

    def _scope(self, contents: _Contents, others: tuple[str, ...]) -> Scope:
        names = [*contents.names(), *others]
        check_members(contents.home, names, self._layout, self._diagnostics)
        return Scope(self._layout, contents.home, frozenset(names), frozenset(contents.definitions))

    def _items(self, contents: _Contents, scope: Scope) -> tuple[Printed, ...]:
        return tuple(item for definition in contents.definitions for item in self._definition(definition, scope))

    def _functions(self, contents: _Contents, scope: Scope) -> tuple[Signature, ...]:
        constructors = (plan_constructor(constructor, scope) for constructor in contents.constructors)
        return (*constructors, *(plan_import(function, scope) for function in contents.functions))

    def _definition(self, definition: TypeDefinition, scope: Scope) -> tuple[Printed, ...]:
        match definition:
            case Record():
                return plan_record(definition, scope, self._copy_note(definition, scope.home))
            case Variant():
                return plan_variant(definition, scope, self._copy_note(definition, scope.home))
            case Enum():
                return plan_enum(definition, scope)
            case Flags():
                return plan_flags(definition, scope)
            case Resource():
                functions = self._functions_of(definition, scope.home.side)
                if scope.home.side is Side.EXPORTS:
                    return (plan_exported_resource(definition, functions, scope),)
                return (plan_imported_resource(definition, functions, scope),)
            case Alias():
                return ()

    def _copy_note(self, definition: Record | Variant, home: Home) -> tuple[str, ...]:
        """The paragraph that warns of a class that componentize-py writes but its runtime refuses."""
        if not self._layout.is_copy(definition, home):
            return ()
        name = Absolute(self._layout).definition(definition)
        return (f"Build values with `{name}`: the runtime refuses this copy.",)

    def _functions_of(self, resource: Resource, side: Side | None) -> tuple[Function, ...]:
        if isinstance(resource.owner, World):
            functions = self._layout.world_functions(Side.IMPORTS)
            return tuple(f for f in functions if not isinstance(f.kind, Freestanding) and f.kind.resource is resource)
        return tuple(resource.owner.functions_of(resource))

    def _path(self, home: Home) -> str:
        folder = self._layout.options.world_module.replace(".", "/")
        parts = home.parts if home.module else (*home.parts, "__init__")
        return "/".join((folder, *parts)) + ".py"


__all__ = ["plan_guest"]
