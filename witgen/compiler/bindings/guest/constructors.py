"""The functions that make streams and futures: `byte_stream()`, `string_future(default)`.

componentize-py writes one per distinct payload, in the order in which it sorts the world's types, beside the type if
that has a name of its own in an interface (`type s = stream<u32>`), else in the world module. The order decides which of
two equal payloads gives the name, so the sorting is done over here: depth first, each type after those it mentions, and
a resource after the types of its functions. An alias is equal to its target; two definitions are never equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ....component.items import Freestanding, FunctionItem, Interface, InterfaceItem, TypeItem, World
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
    parts,
    resolve_alias,
    resource_of,
)
from ....dataclass import dataclass
from ...emit.guest_modules import Signature
from ...emit.pymodel import PyParam
from ..naming import snake
from .annotations import FUTURES, STREAMS, Place, annotation
from .layout import WORLD, Home, Layout
from .scope import Scope

_BYTES = (Primitive.U8, Primitive.S8)
_BYTE_STREAM = "byte_stream"


@dataclass(frozen=True, slots=True)
class PairConstructor:
    """A function that makes both ends of a stream or future."""

    name: str
    type: Stream | Future


def pair_constructors(layout: Layout) -> dict[Home, tuple[PairConstructor, ...]]:
    """The constructors of each module, in order. Bytes signed and unsigned have one name: they are one constructor."""
    found: defaultdict[Home, list[PairConstructor]] = defaultdict(list)
    shapes = _Shapes()
    seen: set[tuple[bool, int]] = set()
    for type, owner in _sorted_pairs(layout):
        identity = (isinstance(type, Stream), shapes.of(type.element))
        if identity in seen:
            continue
        seen.add(identity)
        constructor = PairConstructor(_name(type, owner, layout), type)
        for home in (WORLD,) if owner is None else layout.homes_of_items(owner, on_both=layout.holders.holds(type)):
            if constructor.name != _BYTE_STREAM or all(other.name != _BYTE_STREAM for other in found[home]):
                found[home].append(constructor)
    return {home: tuple(constructors) for home, constructors in found.items()}


def plan_constructor(constructor: PairConstructor, scope: Scope) -> Signature:
    """The constructor as a stub: writer first."""
    place = Place(scope)
    type = constructor.type
    params: tuple[PyParam, ...] = ()
    if isinstance(type, Stream) and type.element in _BYTES:
        ends = [place.helper(STREAMS, f"ByteStream{end}") for end in ("Writer", "Reader")]
        doc = "Make a stream of bytes: the end to write to, then the end to read from."
    elif isinstance(type, Stream):
        payload = annotation(type.element, place)
        ends = [f"{place.helper(STREAMS, f'Stream{end}')}[{payload}]" for end in ("Writer", "Reader")]
        doc = "Make a stream: the end to write to, then the end to read from."
    else:
        payload = annotation(type.element, place)
        ends = [f"{place.helper(FUTURES, f'Future{end}')}[{payload}]" for end in ("Writer", "Reader")]
        doc = "Make a future: the end to write to, which sends `default()` if it is dropped unwritten, then the end to read."
        params = (PyParam("default", f"{place.helper('collections.abc', 'Callable')}[[], {payload}]"),)
    result = f"{place.builtin('tuple')}[{', '.join(ends)}]"
    return Signature(constructor.name, params, result, doc, place.builtin("NotImplementedError"))


def _name(type: Stream | Future, owner: Interface | World | None, layout: Layout) -> str:
    if isinstance(type, Stream):
        return _BYTE_STREAM if type.element in _BYTES else f"{_mangle(type.element, owner, layout)}_stream"
    return f"{_mangle(type.element, owner, layout)}_future"


def _mangle(type: Type | Resource | None, owner: Interface | World | None, layout: Layout) -> str:
    """A type's part of a constructor's name; `owner` is the interface whose module has the constructor, or None."""
    match type:
        case None:
            return "unit"
        case Primitive():
            return snake(type.value)
        case List(element):
            return f"list_{_mangle(element, owner, layout)}"
        case FixedList(element, size):
            return f"list{size}_{_mangle(element, owner, layout)}"
        case Map(key, value):
            return f"map_{_mangle(key, owner, layout)}_{_mangle(value, owner, layout)}"
        case Option(element):
            return f"option_{_mangle(element, owner, layout)}"
        case Result(ok, err):
            return f"result_{_mangle(ok, owner, layout)}_{_mangle(err, owner, layout)}"
        case Tuple(elements):
            return f"tuple{len(elements)}_" + "_".join(_mangle(element, owner, layout) for element in elements)
        case Stream(payload):
            return f"stream_{_mangle(payload, owner, layout)}"
        case Future(payload):
            return f"future_{_mangle(payload, owner, layout)}"
        case Own(resource) | Borrow(resource):
            return _mangle(resource_of(resource), owner, layout)
        case Record() | Variant() | Enum() | Flags() | Resource():
            name = snake(type.name)
            module = layout.homes(type)[0].module
            return name if type.owner is owner or not module else f"{module}_{name}"
        case Alias():
            return _mangle(resolve_alias(type), owner, layout)


# The order ------------------------------------------------------------------------------------------------------------


def _sorted_pairs(layout: Layout) -> Iterator[tuple[Stream | Future, Interface | World | None]]:
    """Every stream and future of the world in componentize-py's order, with the owner of its name if it has one."""
    entered: set[Resource] = set()
    done: set[Type | Resource] = set()
    stack: list[tuple[Type | Resource, bool]] = [(type, False) for type in reversed(list(_roots(layout)))]
    functions = _resource_types(layout)
    while stack:
        type, is_after = stack.pop()
        if is_after:
            if type not in done:
                done.add(type)
                target = type.target if isinstance(type, Alias) else type
                if isinstance(target, Stream | Future):
                    yield target, type.owner if isinstance(type, Alias) else None
            continue
        if type in done or (isinstance(type, Resource) and type in entered):
            continue
        stack.append((type, True))
        match type:
            case Resource():
                entered.add(type)
                below: Iterable[Type | Resource] = functions[type]
            case Own(resource) | Borrow(resource):
                below = (resource_of(resource),)
            case Alias(target=(Stream() | Future()) as target):
                below = parts(target)
            case _:
                below = parts(type)
        stack.extend((part, False) for part in reversed(tuple(below)))


def _roots(layout: Layout) -> Iterator[Type | Resource]:
    """The types that the world mentions, in its order: of each interface the types, then those of its functions."""
    for items in (layout.world.imports, layout.world.exports):
        for item in items.values():
            match item:
                case InterfaceItem():
                    yield from item.interface.types.values()
                    functions = list(item.interface.functions.values())
                case FunctionItem():
                    functions = [item.function]
                case TypeItem():
                    yield item.type
                    continue
            for function in functions:
                yield from (param.type for param in function.params)
                if function.result is not None:
                    yield function.result


def _resource_types(layout: Layout) -> defaultdict[Resource, list[Type | Resource]]:
    """The types of the functions of each resource, imports before exports."""
    found: defaultdict[Resource, list[Type | Resource]] = defaultdict(list)
    for _, bound, function in layout.functions():
        if bound is not None and not isinstance(function.kind, Freestanding):
            types = found[function.kind.resource]
            types.extend(param.type for param in function.params)
            if function.result is not None:
                types.append(function.result)
    return found


class _Shapes:
    """Numbers for types such that two types have one number if and only if they are equal, aliases looked through."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}

    def of(self, type: Type | Resource | None) -> int:
        """The number of `type`."""
        match type:
            case Alias():
                return self.of(resolve_alias(type))
            case None | Primitive() | Record() | Variant() | Enum() | Flags() | Resource():
                return self._number(type)
            case Own(resource):
                return self._number(("own", resource_of(resource)))
            case Borrow(resource):
                return self._number(("borrow", resource_of(resource)))
            case FixedList(element, size):
                return self._number(("fixed-list", self.of(element), size))
            case Result(ok, err):
                return self._number(("result", self.of(ok), self.of(err)))
            case Stream(payload) | Future(payload):
                return self._number((type.__class__.__name__, self.of(payload)))
            case List() | Map() | Option() | Tuple():
                return self._number((type.__class__.__name__, *(self.of(part) for part in parts(type))))

    def _number(self, shape: object) -> int:
        return self._numbers.setdefault(shape, len(self._numbers))


__all__ = ["PairConstructor", "pair_constructors", "plan_constructor"]
