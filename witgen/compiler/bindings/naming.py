"""How WIT names are spelled in Python: the only place that does it, for host and guest alike.

A WIT name is split at its dashes; no other splitting happens (`HTTP-error` is `HttpError`, `http_error`). Only hard
keywords are escaped, by a trailing underscore, and `self` and `cls` where they are parameters. Builtins keep their name:
the annotation that would mean the builtin is qualified instead.
"""

from __future__ import annotations

import keyword
import sys

from ...component.names import Version

CLASS_ATTRIBUTES = frozenset({"mro"})
"""The names without underscores that every class has by itself: `dataclass` takes a bare field so called for one with a
default."""


_NEEDED = frozenset({"wasmtime", "witgen"})
"""What a host package imports besides the standard library."""


def _words(name: str) -> list[str]:
    return [word.lower() for word in name.split("-")]


def package_word(name: str) -> str:
    """A package's name as part of a longer name, so never escaped: `my-pkg` is `my_pkg`."""
    return "_".join(_words(name))


def escape(name: str) -> str:
    """`name`, with a trailing underscore if it is a hard keyword."""
    return f"{name}_" if keyword.iskeyword(name) else name


def snake(name: str) -> str:
    """The name of a function, method, field or module: `get-arguments` is `get_arguments`."""
    return escape("_".join(_words(name)))


def parameter(name: str) -> str:
    """The name of a parameter: as `snake`, and `self` and `cls` are escaped too."""
    spelled = snake(name)
    return f"{spelled}_" if spelled in ("self", "cls") else spelled


def camel(name: str) -> str:
    """The name of a class: `error-code` is `ErrorCode`."""
    return escape(_camel(name))


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in _words(name))


def variant_case(variant: str, case: str) -> str:
    """The class of a variant's case: `V_A` for case `a` of `v`, `V_None_` for case `none`."""
    return f"{camel(variant)}_{camel(case)}"


def shouty(name: str) -> str:
    """The name of an enum's or flags' member: `read-only` is `READ_ONLY`. No escaping: no keyword is upper case."""
    return "_".join(_words(name)).upper()


def distribution_folder(world: str) -> str:
    """The folder of a world's host package: snake case, escaped where it would hide a module that the package needs."""
    spelled = snake(world)
    return f"{spelled}_" if spelled in sys.stdlib_module_names or spelled in _NEEDED else spelled


def version_suffix(version: Version | None, *, full: bool = False) -> str:
    """What a version adds to its package's folder name: `_v1`, `_v0_2`, `_v0_0_1`; nothing where there is none.

    A pre-release is spelled in full, build metadata is dropped; `full` asks for all numbers.
    """
    if version is None:
        return ""
    if version.pre or full:
        text = f"{version.major}.{version.minor}.{version.patch}"
        if version.pre:
            text += f"-{version.pre}"
    elif version.major:
        text = str(version.major)
    elif version.minor:
        text = f"0.{version.minor}"
    else:
        text = f"0.0.{version.patch}"
    return "_v" + "".join(c if c.isalnum() and c.isascii() else "_" for c in text)
