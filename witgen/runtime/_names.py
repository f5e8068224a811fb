"""How messages call an exported function: as the user wrote the call."""

from __future__ import annotations

from ._link import ExportSignature


def export_label(function: ExportSignature) -> str:
    """How messages call a function: `handle`, `Circle.area`, `Circle.unit`; `Circle` for the constructor."""
    kind, bracket, rest = function.name.partition("]")
    if not bracket:
        return _snake(function.name)
    resource, _, member = rest.partition(".")
    cls = "".join(word[:1].upper() + word[1:].lower() for word in resource.split("-"))
    return cls if kind == "[constructor" else f"{cls}.{_snake(member)}"


def _snake(name: str) -> str:
    return name.replace("-", "_").lower()


def full_name(interface: str, name: str) -> str:
    """The WIT name of a function, with its interface where it has one."""
    return f"{interface}, {name}" if interface else name
