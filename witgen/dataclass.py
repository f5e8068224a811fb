"""`dataclass`, `field` and `replace` as the standard library has them, for classes that cost little to define.

A run of witgen defines some 200 of these classes and makes objects of a few. The standard library compiles up to seven
methods for each class, which was a third of the start-up of every command. Here a method is compiled when it is first
asked for, and `inspect` is not imported. What is the same: the arguments `eq`, `frozen`, `slots` and `kw_only`, the
order of fields and bases, defaults, `__post_init__`, `__match_args__`, equality and hashes by value, the text of `repr`,
copies and pickles; `dataclasses.fields`, `asdict` and `is_dataclass` take the objects. `ClassVar` is written by that name
in annotations that are text (`from __future__ import annotations`).
"""

from __future__ import annotations

from _thread import get_ident
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, Final, TypeVar, cast, dataclass_transform, overload

_T = TypeVar("_T")
_MISSING: Final = object()
_FIELDS = "__witgen_fields__"
_STANDARD = "__dataclass_fields__"
_LATER = "__witgen_later__"


class _Field:
    """What is said of a field besides its annotation."""

    __slots__ = ("compare", "default", "factory", "repr")

    def __init__(self, default: object, factory: object, repr: bool, compare: bool) -> None:
        self.default = default
        self.factory = factory
        self.repr = repr
        self.compare = compare


@overload
def field(*, default: _T, repr: bool = ..., compare: bool = ...) -> _T: ...


@overload
def field(*, default_factory: Callable[[], _T], repr: bool = ..., compare: bool = ...) -> _T: ...


@overload
def field(*, repr: bool = ..., compare: bool = ...) -> Any: ...


def field(
    *, default: object = _MISSING, default_factory: object = _MISSING, repr: bool = True, compare: bool = True
) -> object:
    """What a field has besides an annotation.

    Args:
        default: its value where none is given.
        default_factory: what makes its value where none is given.
        repr: whether `repr` of the object shows it.
        compare: whether equality and hash depend on it.
    """
    return _Field(default, default_factory, repr, compare)


@overload
def dataclass(cls: type[_T], /) -> type[_T]: ...


@overload
def dataclass(
    *, eq: bool = ..., frozen: bool = ..., slots: bool = ..., kw_only: bool = ...
) -> Callable[[type[_T]], type[_T]]: ...


@dataclass_transform(field_specifiers=(field,))
def dataclass(
    cls: type[_T] | None = None, /, *, eq: bool = True, frozen: bool = False, slots: bool = False, kw_only: bool = False
) -> type[_T] | Callable[[type[_T]], type[_T]]:
    """Make a class of annotated attributes a dataclass.

    Args:
        eq: whether objects of the class with equal fields are equal; by identity otherwise.
        frozen: whether fields cannot be assigned; frozen objects with `eq` have a hash by value.
        slots: whether objects have no `__dict__`.
        kw_only: whether values are given by name only.
    """

    def decorate(cls: type[_T]) -> type[_T]:
        return _define(cls, eq=eq, frozen=frozen, slots=slots, kw_only=kw_only)

    return decorate if cls is None else decorate(cls)


def replace(value: _T, /, **changes: object) -> _T:
    """A copy of `value` with other values for some fields.

    Raises:
        TypeError: a field is not one of the class.
    """
    kept = {name: getattr(value, name) for name in _fields_of(type(value)) if name not in changes}
    return type(value)(**kept, **changes)


# Definition -----------------------------------------------------------------------------------------------------------


def _define(cls: type[_T], *, eq: bool, frozen: bool, slots: bool, kw_only: bool) -> type[_T]:
    own = {name: _own_field(cls, name) for name, text in _annotations(cls).items() if not text.startswith("ClassVar")}
    inherited: dict[str, _Field] = {}
    for base in reversed(cls.__mro__[1:]):
        inherited |= cast("dict[str, _Field]", base.__dict__.get(_FIELDS, {}))
    fields = inherited | own
    members: dict[str, object] = {
        "__init__": _Later(lambda made: _make_init(made, frozen, kw_only)),
        "__repr__": _repr,
        "__match_args__": () if kw_only else tuple(fields),
    }
    if eq:
        members["__eq__"] = _later_eq()
    members = {name: member for name, member in members.items() if name not in cls.__dict__}
    if eq and cls.__dict__.get("__hash__") is None:
        members["__hash__"] = _later_hash() if frozen else None
    if frozen:
        members |= {"__setattr__": _refuse_assignment, "__delattr__": _refuse_deletion}
    members |= {_FIELDS: fields, _STANDARD: _Later(_make_standard_fields)}
    if slots:
        return _with_slots(cls, members, own, inherited, frozen)
    for name, found in own.items():
        if found.default is not _MISSING:
            setattr(cls, name, found.default)
        elif name in cls.__dict__:
            delattr(cls, name)
    for name, member in members.items():
        setattr(cls, name, member)
    _settle(cls, members)
    return cls


def _with_slots(
    cls: type[_T], members: dict[str, object], own: dict[str, _Field], inherited: dict[str, _Field], frozen: bool
) -> type[_T]:
    """The class made again, because slots are for classes to be."""
    space = {name: member for name, member in cls.__dict__.items() if name not in own} | members
    space.pop("__dict__", None)
    space.pop("__weakref__", None)
    space["__slots__"] = tuple(name for name in own if name not in inherited)
    if frozen:
        space |= {"__getstate__": _get_state, "__setstate__": _set_state}
    made = cast("Callable[[str, tuple[type, ...], dict[str, object]], type[_T]]", type(cls))
    again = made(cls.__name__, cls.__bases__, space)
    again.__qualname__ = cls.__qualname__
    _settle(again, members)
    return again


def _settle(cls: type, members: Mapping[str, object]) -> None:
    """Say to the members that are made later where they belong.

    `__set_name__` would do the same, but up to Python 3.11 a Ctrl-C in it is a `RuntimeError`.
    """
    for name, member in members.items():
        later = member.__dict__.get(_LATER) if isinstance(member, FunctionType) else member
        if isinstance(later, _Later):
            later.settle(cls, name)


def _annotations(cls: type) -> Mapping[str, str]:
    return cls.__annotations__  # of the class itself, not of its bases


def _own_field(cls: type, name: str) -> _Field:
    said = cls.__dict__.get(name, _MISSING)
    return said if isinstance(said, _Field) else _Field(said, _MISSING, True, True)


class _Later:
    """A member of a class that is made when it is first asked for, and takes this one's place."""

    __slots__ = ("_make", "_name", "_owner")

    def __init__(self, make: Callable[[type], object]) -> None:
        self._make = make

    def settle(self, owner: type, name: str) -> None:
        """The class that this is a member of, and under which name."""
        self._owner, self._name = owner, name

    def __get__(self, instance: object, asking: type) -> object:
        member = self.made()
        return member.__get__(instance, asking) if isinstance(member, FunctionType) else member

    def made(self) -> object:
        """Make the member and put it in place."""
        member = self._make(self._owner)
        setattr(self._owner, self._name, member)
        return member


def _later_eq() -> object:
    """`__eq__` until its first call, as a function: `==` hides what a descriptor raises, a Ctrl-C say, and is False then."""
    later = _Later(_make_eq)

    def __eq__(self: object, other: object) -> object:
        return cast("Callable[[object, object], object]", later.made())(self, other)

    setattr(__eq__, _LATER, later)
    return __eq__


def _later_hash() -> object:
    """`__hash__` until its first call, as a function: `hash` makes a `TypeError` of all that a descriptor raises."""
    later = _Later(_make_hash)

    def __hash__(self: object) -> int:
        return cast("Callable[[object], int]", later.made())(self)

    setattr(__hash__, _LATER, later)
    return __hash__


# Methods --------------------------------------------------------------------------------------------------------------


def _fields_of(cls: type) -> Mapping[str, _Field]:
    return cast("Mapping[str, _Field]", getattr(cls, _FIELDS))


def _compile(cls: type, head: str, body: list[str], names: dict[str, object]) -> object:
    exec("\n    ".join((f"def {head}:", *body, "return" if not body else "")), names)  # noqa: S102 - text of our own
    name = head.partition("(")[0]
    made = names[name]
    assert isinstance(made, FunctionType)
    made.__qualname__ = f"{cls.__qualname__}.{name}"
    made.__module__ = cls.__module__
    return made


def _make_init(cls: type, frozen: bool, kw_only: bool) -> object:
    names: dict[str, object] = {"_missing": _MISSING, "_set": object.__setattr__}
    params = ["self", *(["*"] if kw_only else [])]
    body: list[str] = []
    for name, found in _fields_of(cls).items():
        value = name
        if found.default is not _MISSING:
            names[f"_default_{name}"] = found.default
            params.append(f"{name}=_default_{name}")
        elif found.factory is not _MISSING:
            names[f"_make_{name}"] = found.factory
            params.append(f"{name}=_missing")
            value = f"_make_{name}() if {name} is _missing else {name}"
        else:
            params.append(name)
        body.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    return _compile(cls, f"__init__({', '.join(params)})", body, names)


def _values(cls: type, owner: str) -> str:
    return f"({''.join(f'{owner}.{name}, ' for name, found in _fields_of(cls).items() if found.compare)})"


def _make_eq(cls: type) -> object:
    body = [
        "if other.__class__ is self.__class__:",
        f"    return {_values(cls, 'self')} == {_values(cls, 'other')}",
        "return NotImplemented",
    ]
    return _compile(cls, "__eq__(self, other)", body, {})


def _make_hash(cls: type) -> object:
    return _compile(cls, "__hash__(self)", [f"return hash({_values(cls, 'self')})"], {})


def _make_standard_fields(cls: type) -> object:
    """Set the attributes that `dataclasses.fields` and its like look for."""
    import dataclasses

    specified: list[tuple[str, object, object]] = []
    for name, found in _fields_of(cls).items():
        said = {"default": found.default, "default_factory": found.factory}
        options: dict[str, Any] = {key: value for key, value in said.items() if value is not _MISSING}
        specified.append((name, object, dataclasses.field(repr=found.repr, compare=found.compare, **options)))
    fields: object = getattr(dataclasses.make_dataclass(cls.__name__, cast("Any", specified), kw_only=True), _STANDARD)
    return fields


_shown: set[tuple[int, int]] = set()
"""The objects whose `repr` is being made, and the thread that does: what holds itself is shown as `...`."""


def _repr(self: object) -> str:
    key = (id(self), get_ident())
    if key in _shown:
        return "..."
    _shown.add(key)
    try:
        fields = _fields_of(type(self)).items()
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name, found in fields if found.repr)
    finally:
        _shown.discard(key)
    return f"{type(self).__qualname__}({values})"


def _refuse_assignment(self: object, name: str, value: object) -> None:
    if _is_frozen(self, name):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def _refuse_deletion(self: object, name: str) -> None:
    if _is_frozen(self, name):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")
    object.__delattr__(self, name)


def _is_frozen(self: object, name: str) -> bool:
    """Whether this is a field, or an object of the frozen class itself: a plain subclass may have more attributes."""
    cls = type(self)
    return _FIELDS in cls.__dict__ or name in _fields_of(cls)


def _get_state(self: object) -> list[object]:
    return [getattr(self, name) for name in _fields_of(type(self))]


def _set_state(self: object, state: list[object]) -> None:
    for name, value in zip(_fields_of(type(self)), state, strict=True):
        object.__setattr__(self, name, value)
