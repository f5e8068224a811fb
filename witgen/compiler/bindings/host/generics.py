"""Over which resources a generated class is generic, and how each of its type variables varies.

The one place that computes variance, since a Protocol whose variance is not exact is refused by both checkers. A
resource in a parameter makes its variable contravariant, in a result covariant, in both (or inside the invariant `list`
or `dict` that a parameter is) invariant. Dataclasses that hold resources are covariant, and results are spelled
`Sequence` and `Mapping`, so that variables stay covariant through them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum as _Enum
from typing import assert_never

from ....component.items import Constructor, Freestanding, Function, Method, Static
from ....component.types import (
    Alias,
    Borrow,
    Enum,
    FixedList,
    Flags,
    Future,
    List,
    Map,
    Option,
    Own,
    Primitive,
    Record,
    Resource,
    Result,
    Stream,
    Tuple,
    Type,
    Variant,
    resource_of,
)
from .layout import Layout, Site
from .type_traits import TypeTraits, returned


class Variance(_Enum):
    """How a type variable varies; the value is the suffix of its name."""

    IN = "_contra"
    OUT = "_co"
    BOTH = ""


Params = dict[Resource, Variance]
"""Type parameters in order: each resource with its variance."""

_LARGEST = 40
"""How many classes the most general form of a Protocol may name before it is cut short."""


class Generics:
    """The type parameters of every Protocol and factory of one world's imports."""

    def __init__(self, layout: Layout, traits: TypeTraits) -> None:
        self.traits = traits
        self._methods: dict[Resource, list[Function]] = {}
        self._makers: dict[Resource, list[Function]] = {}
        for function in _functions(layout):
            match function.kind:
                case Method(resource):
                    self._methods.setdefault(resource, []).append(function)
                case Static(resource) | Constructor(resource):
                    self._makers.setdefault(resource, []).append(function)
                case Freestanding():
                    pass
        resources = [
            *(resource for site in layout.imported for resource in site.resources),
            *layout.resources,
        ]
        self._protocols = {resource: self._protocol(resource) for resource in resources}
        self._size = self._sizes()

    def methods(self, resource: Resource) -> list[Function]:
        """The methods of `resource`, in source order."""
        return self._methods.get(resource, [])

    def makers(self, resource: Resource) -> list[Function]:
        """The constructor and statics of `resource`, in source order."""
        return self._makers.get(resource, [])

    def protocol(self, resource: Resource) -> Params:
        """The parameters of the Protocol of `resource`: what its methods mention, except itself, which is `Self`."""
        return self._protocols[resource]

    def factory(self, resource: Resource) -> Params:
        """The parameters of the factory of `resource`: itself first, then what its constructor and statics mention."""
        return _exact([resource], self._signatures(self.makers(resource)))

    def interface(self, site: Site) -> Params:
        """The parameters of the Protocol of an interface: its own resources, then those that its members mention."""
        uses = list(self._signatures(site.interface.freestanding()))
        for resource in self.factories(site):  # the factory is an attribute, and attributes are invariant
            uses += [(r, Variance.BOTH) for r in self.factory(resource)]
        return _exact(site.resources, uses)

    def supplied(self, site: Site) -> Params:
        """The parameters of what `instantiate` takes for an interface, in the order of `interface`.

        Its factories are only read, so each of their parameters varies as it does in the factory.
        """
        uses = list(self._signatures(site.interface.freestanding()))
        for resource in self.factories(site):
            uses += self.factory(resource).items()
        return _exact(site.resources, uses)

    def factories(self, site: Site) -> list[Resource]:
        """The resources of `site` that the component can make: an implementation has a factory for each."""
        return [resource for resource in site.resources if self.makers(resource)]

    def _protocol(self, resource: Resource) -> Params:
        uses = [(r, v) for r, v in self._signatures(self.methods(resource)) if r is not resource]
        return _exact((), uses)

    def _signatures(self, functions: Iterable[Function]) -> Iterator[tuple[Resource, Variance]]:
        for function in functions:
            for param in function.params[1 if isinstance(function.kind, Method) else 0 :]:
                yield from self._uses(param.type, Variance.IN, wide=False)
            result = returned(function)
            if result is not None:
                yield from self._uses(result, Variance.OUT, wide=True)

    def _uses(self, type: Type | Resource, variance: Variance, *, wide: bool) -> Iterator[tuple[Resource, Variance]]:
        """The resources that the annotation of `type` mentions, each with how it is used."""
        if not self.traits.resources(type):
            return
        match type:
            case Primitive() | Enum() | Flags():
                return
            case Resource():
                yield type, variance
            case Own(resource) | Borrow(resource):
                yield resource_of(resource), variance
            case Alias(target=target):
                yield from self._uses(target, variance, wide=wide)
            case List(element) | FixedList(element, _) | Map(_, element):
                yield from self._uses(element, variance if wide else Variance.BOTH, wide=wide)
            case Stream(element) | Future(element):
                if element is not None:
                    yield from self._uses(element, variance, wide=False)
            case Option(element):
                yield from self._uses(element, variance, wide=wide)
            case Result(ok, err):
                for part in (ok, err):
                    if part is not None:
                        yield from self._uses(part, variance, wide=wide)
            case Tuple(elements):
                for part in elements:
                    yield from self._uses(part, variance, wide=wide)
            case Record() | Variant():
                for resource in self.traits.resources(type):
                    yield resource, variance
            case _:
                assert_never(type)

    # The most general form of a Protocol ------------------------------------------------------------------------------

    def has_top(self, resource: Resource) -> bool:
        """Whether some type is a supertype of all implementations: there is none where a parameter is invariant."""
        return Variance.BOTH not in self._protocols[resource].values()

    def is_loose(self, resource: Resource) -> bool:
        """Whether its most general form is too large, or endless, to be named inside another: `object` stands for it."""
        return self._size[resource] >= _LARGEST or not self.has_top(resource)

    def top(self, resource: Resource, name: Callable[[Resource], str], never: Callable[[], str]) -> str:
        """The type of any implementation of `resource`, for where no type variable can say which."""
        if not self.has_top(resource):
            return "object"
        return self.top_of(resource, name, never, lambda parameter: self.top(parameter, name, never))

    def top_of(
        self,
        resource: Resource,
        name: Callable[[Resource], str],
        never: Callable[[], str],
        inner: Callable[[Resource], str],
    ) -> str:
        """The same for a `resource` that has such a type; `inner` gives that of a parameter that has one."""
        arguments: list[str] = []
        for parameter, variance in self._protocols[resource].items():
            if variance is Variance.IN:
                arguments.append(never())
            else:
                arguments.append("object" if self.is_loose(parameter) else inner(parameter))
        return name(resource) + (f"[{', '.join(arguments)}]" if arguments else "")

    def _sizes(self) -> dict[Resource, int]:
        """How many classes each most general form names, up to `_LARGEST`; endless ones reach it."""
        sizes = dict.fromkeys(self._protocols, 1)
        for _ in range(_LARGEST):
            sizes = {
                resource: min(_LARGEST, 1 + sum(sizes[r] for r, v in params.items() if v is Variance.OUT))
                for resource, params in self._protocols.items()
            }
        return sizes


def _functions(layout: Layout) -> Iterator[Function]:
    for site in layout.sites.values():
        yield from site.interface.functions.values()
    yield from layout.resource_functions


def _exact(first: Iterable[Resource], uses: Iterable[tuple[Resource, Variance]]) -> Params:
    found: dict[Resource, set[Variance]] = {resource: set() for resource in first}
    for resource, variance in uses:
        found.setdefault(resource, set()).add(variance)
    return {
        resource: variances.pop() if len(variances) == 1 else Variance.BOTH if variances else Variance.OUT
        for resource, variances in found.items()
    }
