"""The names of one interface (or of the world itself): classes, factories, errors, functions.

What WIT named keeps its name. What it did not (`BucketFactory`, `FaultErr`, the class of the interface itself)
gives way to it by a trailing underscore. Two WIT names that meet in one Python name are a `name-clash`.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from ....component.items import Constructor, Freestanding, Function, Method, Static
from ....component.types import Enum, EnumCase, Flags, Record, Resource, TypeDefinition, Variant
from ...diagnostics import Diagnostics, codes
from .. import naming
from ..names_in_docs import names_in_docs


class Namespace:
    """The names of one Python scope. `title` says in messages what the scope belongs to."""

    def __init__(self, title: str, diagnostics: Diagnostics) -> None:
        self._title = title
        self._diagnostics = diagnostics
        self._taken: dict[str, str] = {}

    def take(self, name: str, wit: str) -> str:
        """Claim `name` for the WIT name `wit`; a clash is reported."""
        other = self._taken.get(name)
        if other is not None:
            self._diagnostics.error(
                codes.NAME_CLASH,
                f"{self._title}: `{other}` and `{wit}` are both `{name}` in Python",
                help=("rename one of them",),
            )
        self._taken[name] = wit
        return name

    def derive(self, name: str) -> str:
        """Claim `name`, or the first of `name_`, `name__` … that is free, for something that WIT does not name."""
        while name in self._taken:
            name += "_"
        self._taken[name] = ""
        return name

    def reserve(self, *names: str) -> None:
        """Keep `names` free: they are ours."""
        for name in names:
            self._taken.setdefault(name, "")

    def __contains__(self, name: object) -> bool:
        return name in self._taken

    def __iter__(self) -> Iterator[str]:
        return iter(self._taken)


class Names:
    """The Python names of what one interface or world defines.

    `module` holds all names of the module's own scope, `members` those of all functions and fields in its classes.
    """

    def __init__(
        self,
        title: str,
        own_class: str,
        definitions: Mapping[str, TypeDefinition],
        functions: Iterable[Iterable[Function]],
        errors: Iterable[TypeDefinition],
        diagnostics: Diagnostics,
    ) -> None:
        """`functions` come in groups: names need to differ only within one."""
        self.module = Namespace(title, diagnostics)
        self.members: set[str] = set()
        self.types: dict[TypeDefinition, str] = {}
        self.cases: dict[Variant, tuple[str, ...]] = {}
        self.functions: dict[Function, str] = {}
        self.parameters: dict[Function, tuple[str, ...]] = {}
        self.blocking: dict[Function, str] = {}
        """What the blocking twin of an async function is called."""
        self.fields: dict[Record, tuple[str, ...]] = {}
        self._title = title
        self._diagnostics = diagnostics
        for name, definition in definitions.items():
            self._define(name, definition)
        for group in functions:
            self._functions(list(group))
        self.own_class = self.module.derive(own_class)
        resources = [definition for definition in self.types if isinstance(definition, Resource)]
        self.factories = {r: self.module.derive(f"{self.types[r]}Factory") for r in resources}
        self.errors = {e: self.module.derive(f"{self.types[e]}Err") for e in errors if e in self.types}
        self.variables: dict[Resource, str] = {}
        """The type variables that stand for the user's classes, without what says how they vary; the layout names them."""
        self.supplied_class = self.module.derive(f"{own_class}Like") if resources else self.own_class
        """What `instantiate` takes for the interface, where factories make it differ from `own_class`."""

    def in_docs(self, function: Function) -> Mapping[str, str]:
        """The Python names of what the docs of `function` may mention by its name in WIT: parameters come first."""
        params = zip(function.params, self.parameters[function], strict=True)
        return ChainMap({param.name: name for param, name in params}, self.doc_names)

    @cached_property
    def doc_names(self) -> dict[str, str]:
        """The same for the docs of anything else."""
        return names_in_docs(self.types, self.cases, self.functions)

    def variable(self, resource: Resource, suffix: str) -> str:
        """The type variable that stands for the implementation of `resource`; `suffix` is "", "_co" or "_contra"."""
        return self.variables[resource] + suffix

    def add_twin(self, twin: TypeDefinition, kept: TypeDefinition) -> None:
        """Let `twin` go under the names of `kept`."""
        self.types[twin] = self.types[kept]
        if kept in self.errors:
            self.errors[twin] = self.errors[kept]

    def _define(self, name: str, definition: TypeDefinition) -> None:
        spelled = self.types[definition] = self.module.take(naming.camel(name), name)
        match definition:
            case Variant(cases=cases):
                self.cases[definition] = tuple(
                    self.module.take(naming.variant_case(name, case.name), f"{name}.{case.name}") for case in cases
                )
            case Record(fields=fields):
                scope = Namespace(f"{self._title}, record `{name}`", self._diagnostics)
                self.fields[definition] = tuple(scope.take(naming.snake(f.name), f.name) for f in fields)
                self.members.update(self.fields[definition])
            case Enum(cases=members) | Flags(flags=members):
                self._check_members(spelled, members)
            case _:
                pass

    def _check_members(self, name: str, members: tuple[EnumCase, ...]) -> None:
        scope = Namespace(f"{self._title}, `{name}`", self._diagnostics)
        for member in members:
            scope.take(naming.shouty(member.name), member.name)

    def _functions(self, functions: list[Function]) -> None:
        scopes: dict[Resource | None, Namespace] = {}
        for function in functions:
            match function.kind:
                case Constructor():
                    self.functions[function] = "__call__"
                case Freestanding():
                    self._function(function, scopes.setdefault(None, Namespace(self._title, self._diagnostics)))
                case Method(resource) | Static(resource):
                    title = f"{self._title}, resource `{resource.name}`"
                    self._function(function, scopes.setdefault(resource, Namespace(title, self._diagnostics)))
            title = f"{self._title}, `{function.name}`"
            scope = Namespace(title, self._diagnostics)
            self.parameters[function] = tuple(
                "self" if i == 0 and isinstance(function.kind, Method) else scope.take(naming.parameter(p.name), p.name)
                for i, p in enumerate(function.params)
            )
        for function in functions:
            if function.is_async:
                owner = None if isinstance(function.kind, Freestanding) else function.kind.resource
                self.blocking[function] = scopes[owner].derive(f"{self.functions[function]}_blocking")

    def _function(self, function: Function, scope: Namespace) -> None:
        name = scope.take(naming.snake(function.item_name), function.item_name)
        self.functions[function] = name
        self.members.add(name)
