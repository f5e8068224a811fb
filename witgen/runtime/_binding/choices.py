"""Which imports of a component are given: what holds for every implementation of them, found out once for each set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...dataclass import dataclass, field
from .._errors import MissingImportError, NativeGroupError
from .._types import ImportInterface, WorldType, mentioned
from .._wasmtime.reflect import Items, resources_in
from .implementations import article


@dataclass(slots=True)
class Needed:
    """An interface of the world that the component imports: under which names, and what it uses of it under each."""

    interface: ImportInterface
    uses: dict[str, Items] = field(default_factory=dict[str, Items])


@dataclass(frozen=True, slots=True)
class Choice:
    """A set of keywords that the component can be instantiated with.

    `used` are those of interfaces that the component imports. `native` is whether wasmtime has anything to supply, and
    `waits` whether the component can wait in that: for a clock, a stream or a socket, through `wasi:io`. `unused` are
    interfaces that would have replaced something of wasmtime's, had the component imported them.
    """

    used: frozenset[str]
    http: bool
    native: bool
    waits: bool
    unused: tuple[ImportInterface, ...]


class Choices:
    """The choices of one component. Thread-safe."""

    def __init__(
        self,
        world: WorldType,
        needed: Mapping[str, Needed],
        extra_native: Mapping[str, Items],
        extra_http: Mapping[str, Items],
    ) -> None:
        """`extra_native` and `extra_http` are what the world lacks and wasmtime supplies."""
        self._world = world
        self._needed = needed
        self._extra_native = extra_native
        self._extra_http = extra_http
        self._known: dict[tuple[frozenset[str], bool], Choice] = {}

    def of(self, keys: frozenset[str], http: bool) -> Choice:
        """The choice of these keywords of the world.

        Raises:
            MissingImportError: something that the component imports is not given.
            NativeGroupError: some of a group of native interfaces are given, and not all.
        """
        known = self._known.get((keys, http))
        if known is None:
            known = self._known[keys, http] = self._check(keys, http)
        return known

    def _check(self, keys: frozenset[str], http: bool) -> Choice:
        missing = [line for n in self._needed.values() if (line := _missing(n.interface, keys, http))]
        if self._extra_http and not http:
            missing.extend(f"missing import {name}: pass http=True{_NETWORK}" for name in self._extra_http)
        if missing:
            raise MissingImportError("\n".join(missing))
        self._check_groups(keys)
        supplied = [n.interface.id for key, n in self._needed.items() if n.interface.native and key not in keys]
        supplied += [*self._extra_native, *self._extra_http]
        waits = any(name.startswith("wasi:io/") for name in supplied)
        unused = [i for i in self._world.imports if i.native and i.key in keys and i.key not in self._needed]
        return Choice(keys.intersection(self._needed), http, bool(supplied), waits, tuple(unused))

    def _check_groups(self, keys: frozenset[str]) -> None:
        """A native interface shares its resources with others, so it cannot be replaced alone.

        Where one with resources is given, all native ones that mention them must be: theirs would be of another type.
        Where one that takes another's resources is given, so must the other be: Python could do nothing with them. Only
        one that merely returns them may stand alone; it fails if it is asked for one.
        """
        native = [n.interface for n in self._needed.values() if n.interface.native]
        first = [i for i in native if i.key in keys]
        group = list(first)
        for one in group:  # grows
            for other in native:
                users = one.id in other.needs and one.resources, other.id in one.needs and _takes(one, other)
                if other not in group and any(users):
                    group.append(other)
        lacking = [i for i in group if i not in first]
        outside = self._outside(group) if first else []
        if not lacking and not outside:
            return
        cures = [f"pass {', '.join(f'{i.key}= ({article(i.protocol)})' for i in lacking)} too"] if lacking else []
        if outside:
            statements = " ".join(f"import {name};" for name in outside)
            cures.append(f"add `{statements}`, which world {self._world.id} lacks, generate again and pass what is new")
        raise NativeGroupError(
            f"{', '.join(i.id for i in first)} cannot be given without what shares resources with it:"
            f" {', and '.join(cures)}, or leave the whole group to wasmtime"
        )

    def _outside(self, group: Sequence[ImportInterface]) -> list[str]:
        """What the component imports of wasmtime's and the world lacks, and what mentions a resource of `group`."""
        resources = [
            item
            for interface in group
            if interface.key in self._needed
            for items in self._needed[interface.key].uses.values()
            for name, item in items.items()
            if name in {r.name for r in interface.resources}
        ]
        extra = {**self._extra_native, **self._extra_http}
        return [name for name, items in extra.items() if any(r in resources for r in resources_in(items))]


_NETWORK = " to let wasmtime supply it, which gives the component the network"


def _missing(interface: ImportInterface, keys: frozenset[str], http: bool) -> str:
    if interface.key in keys:
        return ""
    name = interface.id or (interface.resources or interface.functions)[0].name
    pass_it = f"pass {interface.key}= ({article(interface.protocol)})"
    if not interface.native:
        return f"missing import {name}: {pass_it}"
    if interface.http and not http:
        return f"missing import {name}: pass http=True{_NETWORK}, or {pass_it}"
    return ""


def _takes(interface: ImportInterface, owner: ImportInterface) -> bool:
    """Whether a function of `interface` is given resources of `owner`."""
    return any(
        mention.resource in owner.resources
        for function in interface.functions
        for _, param in function.params
        for mention in mentioned(param)
    )
