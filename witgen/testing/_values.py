"""Values across the boundary, one function per direction and side.

Between the sides a value is *flat*: without classes of either side. A record is the tuple of its fields, a variant is
`(index, payload)`, an enum or flags an int, a result `(is_ok, payload)`, a present option `(value,)`, and a handle what
`Handles` makes of it.

The guest's side is as strict as the component: what it refuses would trap there. The test's side takes values by name
(any class `Query_All`, any enum with a member `FICTION`), so that fakes and implementations written for the host package
serve every world.
"""

from __future__ import annotations

import ctypes
import enum
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, assert_never, cast

from ._errors import Misfit
from ._types import (
    BYTES,
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
    load_class,
)

_RANGES = {
    Primitive.U8: (0, 2**8 - 1),
    Primitive.U16: (0, 2**16 - 1),
    Primitive.U32: (0, 2**32 - 1),
    Primitive.U64: (0, 2**64 - 1),
    Primitive.S8: (-(2**7), 2**7 - 1),
    Primitive.S16: (-(2**15), 2**15 - 1),
    Primitive.S32: (-(2**31), 2**31 - 1),
    Primitive.S64: (-(2**63), 2**63 - 1),
    Primitive.ERROR_CONTEXT: (0, 2**32 - 1),
}


class Handles(Protocol):
    """What becomes of handles: one side's table."""

    def lower(self, resource: Resource, value: object, *, owned: bool) -> object:
        """What crosses for a handle that this side gives."""
        ...

    def lift(self, resource: Resource, flat: object, *, owned: bool) -> object:
        """What this side gets."""
        ...

    def lower_end(self, type: Stream | Future, value: object) -> object:
        """What crosses for the reading end of a stream or future."""
        ...

    def lift_end(self, type: Stream | Future, flat: object) -> object:
        """The reading end that this side gets."""
        ...


def lift(type: Type | None, flat: object, handles: Handles) -> object:
    """A flat value as the generated classes of the guest package have it; both sides see these classes."""
    match type:
        case None:
            return None
        case Primitive():
            return flat
        case List(element) | FixedList(element):
            return flat if isinstance(flat, bytes) else [lift(element, item, handles) for item in _items(flat)]
        case Map(key, value):
            pairs = cast("list[tuple[object, object]]", flat)
            return {lift(key, k, handles): lift(value, v, handles) for k, v in pairs}
        case Tuple(elements):
            return tuple(lift(part, item, handles) for part, item in zip(elements, _items(flat), strict=True))
        case Option(element):
            if flat is None:
                return None
            inner = lift(element, _items(flat)[0], handles)
            return make("Some", inner) if isinstance(element, Option) else inner
        case Result(ok, err):
            is_ok, payload = _items(flat)
            return make("Ok", lift(ok, payload, handles)) if is_ok else make("Err", lift(err, payload, handles))
        case Record(fields=fields):
            items = zip(fields, _items(flat), strict=True)
            return _call(type.cls(), *(lift(part, item, handles) for (_, part), item in items))
        case Variant(cases=cases):
            index, payload = cast("tuple[int, object]", flat)
            part = cases[index][1]
            return _call(type.case(index)) if part is None else _call(type.case(index), lift(part, payload, handles))
        case Enum() | Flags():
            return _call(type.cls(), flat)
        case Own(resource):
            return handles.lift(resource, flat, owned=True)
        case Borrow(resource):
            return handles.lift(resource, flat, owned=False)
        case Stream() | Future():
            return handles.lift_end(type, flat)
        case _:
            assert_never(type)


def lower_guest(type: Type | None, value: object, handles: Handles) -> object:
    """What the guest gives, with the checks of the component.

    Raises:
        Misfit: the component would trap.
    """
    match type:
        case None:
            return None
        case Primitive():
            return _primitive(type, value)
        case List(element) if element in BYTES:
            if not isinstance(value, bytes):
                raise _expected("bytes", value)
            return bytes(value)
        case List(element):
            if not isinstance(value, list):
                raise _expected("a list", value)
            return _lower_items(element, cast("list[object]", value), handles, lower_guest)
        case FixedList(element, size):
            items = _if_list(value)
            if items is None or len(items) != size:
                raise _expected(f"a list of {size}", value)
            return _lower_items(element, items, handles, lower_guest)
        case Map(key, part):
            if not isinstance(value, dict):
                raise _expected("a dict", value)
            return _lower_pairs(key, part, cast("dict[object, object]", value), handles, lower_guest)
        case Tuple(elements):
            values = _if_tuple(value)
            if values is None or len(values) != len(elements):
                raise _expected(f"a tuple of {len(elements)}", value)
            return _lower_parts(elements, values, handles, lower_guest)
        case Option(element):
            if value is None:
                return None
            inner = _attribute(value, "value") if isinstance(element, Option) else value
            return (lower_guest(element, inner, handles),)
        case Result(ok, err):
            return _lower_result(_exact_result(value), ok, err, value, handles, lower_guest)
        case Record(fields=fields):
            return tuple(_lower_field(name, part, value, handles, lower_guest) for name, part in fields)
        case Variant(cases=cases):
            for index, (name, payload) in enumerate(cases):
                if value.__class__ is type.case(index):
                    return (index, _lower_payload(name, payload, value, handles, lower_guest))
            raise _expected_case(type, value)
        case Enum(members=members):
            return _number(_attribute(value, "value"), 0, len(members) - 1, value, type.name)
        case Flags(members=members):
            return _number(_attribute(value, "value"), 0, 2 ** len(members) - 1, value, type.name)
        case Own(resource):
            return handles.lower(resource, value, owned=True)
        case Borrow(resource):
            return handles.lower(resource, value, owned=False)
        case Stream() | Future():
            return handles.lower_end(type, value)
        case _:
            assert_never(type)


def lower_host(type: Type | None, value: object, handles: Handles) -> object:
    """What the test's side gives, by name.

    Raises:
        Misfit: it is not a value of the type.
    """
    match type:
        case None:
            return None
        case Primitive():
            return _primitive(type, value)
        case List(element) if element in BYTES:
            if not isinstance(value, bytes | bytearray):
                raise _expected("bytes", value)
            return bytes(value)
        case List(element) | FixedList(element):
            items = _sequence(value)
            if isinstance(type, FixedList) and len(items) != type.size:
                raise _expected(f"{type.size} items", value)
            return _lower_items(element, items, handles, lower_host)
        case Map(key, part):
            if not isinstance(value, Mapping):
                raise _expected("a mapping", value)
            return _lower_pairs(key, part, cast("Mapping[object, object]", value), handles, lower_host)
        case Tuple(elements):
            items = _sequence(value)
            if len(items) != len(elements):
                raise _expected(f"{len(elements)} items", value)
            return _lower_parts(elements, items, handles, lower_host)
        case Option(element):
            if value is None:
                return None
            nested = isinstance(element, Option)
            if nested and "Some" not in _names_of(value):
                raise _expected("Some or None", value)
            return (lower_host(element, _attribute(value, "value") if nested else value, handles),)
        case Result(ok, err):
            names = _names_of(value)
            is_ok = True if "Ok" in names else False if "Err" in names else None
            return _lower_result(is_ok, ok, err, value, handles, lower_host)
        case Record(fields=fields):
            return tuple(_lower_field(name, part, value, handles, lower_host) for name, part in fields)
        case Variant(cases=cases):
            indices = {name: index for index, (name, _) in enumerate(cases)}
            named = next((name for name in _names_of(value) if name in indices), None)
            if named is None:
                raise _expected_case(type, value)
            index = indices[named]
            return (index, _lower_payload(named, cases[index][1], value, handles, lower_host))
        case Enum(members=members):
            if not isinstance(value, enum.Enum) or value.name not in members:
                raise _expected(f"a member of {type.name}", value)
            return members.index(value.name)
        case Flags(members=members):
            if not isinstance(value, enum.Flag):
                raise _expected(f"flags {type.name}", value)
            return _number(value.value, 0, 2 ** len(members) - 1, value, type.name)
        case Own(resource):
            return handles.lower(resource, value, owned=True)
        case Borrow(resource):
            return handles.lower(resource, value, owned=False)
        case Stream() | Future():
            return handles.lower_end(type, value)
        case _:
            assert_never(type)


def make(name: str, value: object) -> object:
    """An `Ok`, `Err` or `Some` of the guest package."""
    return _call(load_class("componentize_py_types", name), value)


def err_class() -> type[Exception]:
    """The guest's `Err`."""
    return cast("type[Exception]", load_class("componentize_py_types", "Err"))


# Parts ----------------------------------------------------------------------------------------------------------------

_Lower = Callable[["Type | None", object, Handles], object]


def _call(cls: type, *values: object) -> object:
    return cast("Callable[..., object]", cls)(*values)


def _items(flat: object) -> Sequence[object]:
    return cast("Sequence[object]", flat)


def _primitive(type: Primitive, value: object) -> object:
    match type:
        case Primitive.BOOL:
            return bool(value)
        case Primitive.F32 | Primitive.F64:
            try:
                number = float(cast("float", value)) if not isinstance(value, str | bytes | bytearray) else None
            except (TypeError, ValueError, OverflowError):
                number = None
            if number is None:
                raise _expected("a float", value)
            return number if type is Primitive.F64 else ctypes.c_float(number).value
        case Primitive.CHAR | Primitive.STRING:
            if not isinstance(value, str):
                raise _expected("a str", value)
            if any("\ud800" <= c <= "\udfff" for c in value):
                raise Misfit(f"{value!a} has a surrogate, which no WIT string can have")
            if type is Primitive.CHAR and len(value) != 1:
                raise _expected("a str of length 1", value)
            return str(value)
        case _:
            low, high = _RANGES[type]
            return _number(value, low, high, value, type.value)


def _number(value: object, low: int, high: int, shown: object, name: str) -> int:
    try:
        number = operator.index(cast("int", value))
    except TypeError:
        raise _expected("an int", shown) from None
    if not low <= number <= high:
        raise Misfit(f"{shown!r} does not fit {name}")
    return number


def _lower_items(element: Type, items: Sequence[object], handles: Handles, lower: _Lower) -> list[object]:
    flat: list[object] = []
    try:
        for item in items:
            flat.append(lower(element, item, handles))
    except Misfit as misfit:
        raise misfit.within(f"[{len(flat)}]") from None
    return flat


def _lower_parts(
    elements: Sequence[Type], items: Sequence[object], handles: Handles, lower: _Lower
) -> tuple[object, ...]:
    flat: list[object] = []
    try:
        for element, item in zip(elements, items, strict=True):
            flat.append(lower(element, item, handles))
    except Misfit as misfit:
        raise misfit.within(f"[{len(flat)}]") from None
    return tuple(flat)


def _lower_pairs(
    key: Type, part: Type, value: Mapping[object, object], handles: Handles, lower: _Lower
) -> list[tuple[object, object]]:
    flat: list[tuple[object, object]] = []
    for name, item in value.items():
        try:
            flat.append((lower(key, name, handles), lower(part, item, handles)))
        except Misfit as misfit:
            raise misfit.within(f"[{name!r}]") from None
    return flat


def _lower_field(name: str, part: Type, value: object, handles: Handles, lower: _Lower) -> object:
    item = _attribute(value, name)
    try:
        return lower(part, item, handles)
    except Misfit as misfit:
        raise misfit.within(f".{name}") from None


def _lower_payload(name: str, part: Type | None, value: object, handles: Handles, lower: _Lower) -> object:
    if part is None:
        return None
    item = _attribute(value, "value")
    try:
        return lower(part, item, handles)
    except Misfit as misfit:
        raise misfit.within(f"<{name}>.value") from None


def _lower_result(
    is_ok: bool | None, ok: Type | None, err: Type | None, value: object, handles: Handles, lower: _Lower
) -> tuple[bool, object]:
    if is_ok is None:
        raise _expected("exactly Ok or Err", value)
    part = ok if is_ok else err
    name = "Ok" if is_ok else "Err"
    return (is_ok, _lower_payload(name, part, value, handles, lower))


def _exact_result(value: object) -> bool | None:
    if value.__class__ is load_class("componentize_py_types", "Ok"):
        return True
    return False if value.__class__ is err_class() else None


def _if_list(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None


def _if_tuple(value: object) -> tuple[object, ...] | None:
    return cast("tuple[object, ...]", value) if isinstance(value, tuple) else None


def _sequence(value: object) -> Sequence[object]:
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return cast("Sequence[object]", value)
    raise _expected("a sequence", value)


def _names_of(value: object) -> list[str]:
    """The names of the class of `value` and of its bases, the nearest first."""
    return [base.__name__ for base in value.__class__.__mro__]


def _attribute(value: object, name: str) -> object:
    try:
        return cast("object", getattr(value, name))
    except AttributeError:
        raise Misfit(f"{_shown(value)} has no `{name}`") from None


def _expected(what: str, value: object) -> Misfit:
    return Misfit(f"expected {what}, found {_shown(value)}")


def _expected_case(type: Variant, value: object) -> Misfit:
    cases: Iterable[str] = (name for name, _ in type.cases)
    bases = {base.__name__ for base in value.__class__.__mro__[1:]}
    hint = " (a subclass traps)" if bases & {name for name, _ in type.cases} else ""
    if value.__class__.__name__ in {name for name, _ in type.cases}:
        hint = f" (of module {value.__class__.__module__}, not {type.case(0).__module__})"
    return Misfit(f"expected exactly {' or '.join(cases)}, found {_shown(value)}{hint}")


def _shown(value: object) -> str:
    text = repr(value)
    text = text if len(text) <= 60 else text[:57] + "..."
    return f"{value.__class__.__name__} {text}"


__all__ = ["Handles", "err_class", "lift", "lower_guest", "lower_host", "make"]
