"""What a caller may choose about the guest package, with the options of componentize-py that must say the same.

This is read on the fast path too, so nothing here imports the planners.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from enum import Enum

from ...dataclass import dataclass

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*")
_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z0-9]+|[A-Z]|[0-9]+")
_SIBLINGS = ("componentize_py_async_support", "componentize_py_runtime", "componentize_py_types", "poll_loop")


class GuestLayout(Enum):
    """How the modules of a guest package are laid out."""

    WIT_WORLD = "wit-world"
    """One module for the world, with a module per interface below `imports` and `exports`."""


@dataclass(frozen=True, slots=True)
class GuestOptions:
    """The choices of one run.

    Raises:
        ValueError: the world module or a name cannot be one in Python.
    """

    world_module: str = "wit_world"
    """The module that componentize-py gets by its option `--world-module`; dots make sub-packages."""
    full_names: bool = False
    """Every interface module carries its package and version (`--full-names`), not only where names clash."""
    import_names: tuple[tuple[str, str], ...] = ()
    """Names for imported interfaces by their ids (`--import-interface-name`); the last one for an id counts."""
    export_names: tuple[tuple[str, str], ...] = ()
    """Names for exported interfaces by their ids (`--export-interface-name`); the last one for an id counts."""
    layout: GuestLayout = GuestLayout.WIT_WORLD

    def __post_init__(self) -> None:
        parts = self.world_module.split(".")
        if not all(part.isidentifier() and part.isascii() and not keyword.iskeyword(part) for part in parts):
            raise ValueError(f"`{self.world_module}` cannot be the name of a Python module")
        if parts[0] in _SIBLINGS:
            raise ValueError(
                f"`{parts[0]}` is a module beside the world's: choose a different name for the world's module"
            )
        for interface, name in (*self.import_names, *self.export_names):
            if not interface or not _NAME.fullmatch(name):
                raise ValueError(f"`{interface}={name}`: an interface gets a name of letters, digits and dashes")

    def words(self) -> tuple[str, ...]:
        """The words of a command line that say the same, without what is said by default; in one order."""
        words: list[str] = []
        if self.layout is not GuestLayout.WIT_WORLD:
            words += ["--guest-layout", self.layout.value]
        if self.world_module != DEFAULT.world_module:
            words += ["--world-module", self.world_module]
        if self.full_names:
            words.append("--full-names")
        for option, names in (
            ("--import-interface-name", self.import_names),
            ("--export-interface-name", self.export_names),
        ):
            for interface, name in sorted(dict(names).items()):
                words += [option, f"{interface}={name}"]
        return tuple(words)

    def command(self) -> str:
        """`words` as a shell takes them, with a space in front; empty for the default."""
        import shlex

        return "".join(f" {shlex.quote(word)}" for word in self.words())


def read_name(text: str) -> tuple[str, str]:
    """The parts of `ns:pkg/interface@1.0.0=name`.

    Raises:
        ValueError: there is no `=`.
    """
    interface, equals, name = text.partition("=")
    if not equals:
        raise ValueError(f"`{text}` is not of the form `ns:pkg/interface@1.0.0=name`")
    return interface, name


def read_names(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """`read_name` for each value of an option."""
    return tuple(read_name(text) for text in texts)


def kebab(name: str) -> str:
    """A name from a command line in kebab case: `fooBar`, `foo_bar` and `Foo-Bar` are `foo-bar`."""
    return "-".join(word.lower() for word in _WORD.findall(name))


DEFAULT = GuestOptions()

__all__ = ["DEFAULT", "GuestLayout", "GuestOptions", "kebab", "read_name", "read_names"]
