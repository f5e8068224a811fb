"""How messages name the class of a value."""

from __future__ import annotations


def kind(value: object) -> str:
    """How a message calls the kind of `value`."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"class {value.__name__}"
    return type(value).__name__


def different(wanted: type, found: type) -> str:
    """How a message calls a class that has the name of the one that is wanted."""
    one, other = (f"{cls.__module__}.{cls.__qualname__}" for cls in (wanted, found))
    if one == other:
        return f"a different {found.__name__}: the module {found.__module__} was loaded twice, or reloaded"
    return f"a different {found.__name__}: {other}, not {one}"


def instead_of(wanted: type, value: object) -> str:
    """How a message calls the kind of `value`, which should be an instance of `wanted`."""
    found = type(value)
    return different(wanted, found) if found.__name__ == wanted.__name__ else kind(value)


__all__ = ["different", "instead_of", "kind"]
